using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Simulator;
using SmartCity.Tests.Access;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Video in pieces as readers get it, from a Simulator that encodes it, by the host's own addresses.</summary>
public sealed class HlsPageTests(CityWithCameras with) : IClassFixture<CityWithCameras>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly Cameras Simulated = new(Scenario.Read<Scenario>(Repository.Path("cities", "seoul", "simulator.yaml")), null!);
    private TestCity City => with.City;
    private IEnumerable<Camera> Of(Release release, Cameras.Condition condition = SmartCity.Simulator.Cameras.Condition.Well) =>
        with.Cameras.Where(c => c.Release == release && c.PlaysHls && Simulated.Of(int.Parse(c.Name.In("ko").Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)) == condition);
    private static string List(Camera camera) => $"/traffic/cameras/{camera.Id}/hls/index.m3u8";
    private static IEnumerable<string> Names(string list) => list.Split('\n').Where(l => l.Length > 0 && l[0] != '#');

    [Fact]
    public async Task Many_viewers_get_the_list_under_our_names_and_each_piece_by_one_question()
    {
        var camera = Of(Release.Public).First();
        using var nobody = City.Client();
        var before = City.Simulator.RequestCount("camera-pictures");
        var lists = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => nobody.GetStringAsync(List(camera), Cancel)));
        var list = lists[0];
        Assert.All(lists, l => Assert.Equal(list, l));
        Assert.DoesNotContain("m4s", list, StringComparison.Ordinal);
        Assert.DoesNotContain(City.Simulator.Address.Authority, list, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-PROGRAM-DATE-TIME:", list, StringComparison.Ordinal);
        var last = Names(list).Last();
        Assert.Matches("^[0-9a-f]{24}$", last);
        var pieces = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => nobody.GetByteArrayAsync($"/traffic/cameras/{camera.Id}/hls/{last}", Cancel)));
        Assert.All(pieces, p => Assert.Equal("moof"u8.ToArray(), p[4..8]));
        using var map = await nobody.GetAsync($"/traffic/cameras/{camera.Id}/hls/{list.Split("URI=\"")[1].Split('"')[0]}", Cancel);
        Assert.Equal(("video/mp4", true), (map.Content.Headers.ContentType!.MediaType, map.Headers.CacheControl!.NoStore));
        Assert.Equal("ftyp"u8.ToArray(), (await map.Content.ReadAsByteArrayAsync(Cancel))[4..8]);
        Assert.Equal(3, City.Simulator.RequestCount("camera-pictures") - before);
        foreach (var other in new[] { "init.mp4", "1784520210.m4s", new string('0', 24), "..%2Findex.m3u8" })
            Assert.Equal(HttpStatusCode.NotFound, await nobody.Status($"/traffic/cameras/{camera.Id}/hls/{other}"));
    }

    [Fact]
    public async Task A_camera_for_officials_gives_the_public_neither_list_nor_piece_and_what_is_taken_back_ends_at_once()
    {
        var camera = Of(Release.Officials).First();
        var page = $"/en/traffic/cameras/{camera.Id}";
        using var nobody = City.Client();
        using var head = await City.Client(Roles.DepartmentHead);
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(List(camera)));
        var piece = $"/traffic/cameras/{camera.Id}/hls/{Names(await head.GetStringAsync(List(camera), Cancel)).Last()}";
        // that an official watches opens nothing to others
        Assert.Equal(HttpStatusCode.OK, await head.Status(piece));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(piece));
        using (var opened = await head.Send(page, "Decide", ("open", "true"), ("hours", "2"), ("why", "flood nearby"))) Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await nobody.Status(piece));
        using (var closed = await head.Send(page, "Decide", ("open", "false"), ("why", "water has gone"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(piece));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(List(camera)));
    }

    [Fact]
    public async Task A_dead_camera_is_refused_with_a_word_when_to_come_again()
    {
        using var nobody = City.Client();
        foreach (var condition in new[] { SmartCity.Simulator.Cameras.Condition.Dead, SmartCity.Simulator.Cameras.Condition.Page })
        {
            using var answer = await nobody.GetAsync(List(Of(Release.Public, condition).First()), Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, Hls.Rest), (answer.StatusCode, answer.Headers.RetryAfter!.Delta));
        }
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(List(with.Cameras.First(c => c.Kind == CameraKind.Mjpeg && c.Release == Release.Public))));
    }

    [Fact]
    public async Task Whoever_comes_when_all_places_are_taken_is_told_to_come_again()
    {
        using var nobody = City.Client();
        var camera = Of(Release.Public).Last();
        var piece = $"/traffic/cameras/{camera.Id}/hls/{Names(await nobody.GetStringAsync(List(camera), Cancel)).Last()}";
        var hls = City.Services.GetRequiredService<Hls>();
        var places = Enumerable.Range(0, Hls.MostDeliveries).Select(_ => hls.Deliver()).ToList();
        Assert.DoesNotContain(null, places);
        using (var refused = await nobody.GetAsync(piece, Cancel)) Assert.Equal((HttpStatusCode.ServiceUnavailable, Hls.Rest), (refused.StatusCode, refused.Headers.RetryAfter!.Delta));
        foreach (var place in places) place!.Dispose();
        Assert.Equal(HttpStatusCode.OK, await nobody.Status(piece));
    }

    [Fact]
    public async Task Only_the_page_of_such_a_camera_may_play_media_and_names_the_player()
    {
        using var nobody = City.Client();
        var camera = Of(Release.Public).First();
        async Task<string> Policy(string address)
        {
            using var answer = await nobody.GetAsync(address, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return answer.Headers.GetValues("Content-Security-Policy").Single();
        }
        foreach (var language in new[] { "ko", "en" })
        {
            var address = $"/{language}/traffic/cameras/{camera.Id}";
            Assert.EndsWith("; media-src 'self' blob:", await Policy(address), StringComparison.Ordinal);
            var page = await nobody.Open(address);
            Assert.Equal(List(camera), page.QuerySelector("[data-hls]")!.GetAttribute("data-hls"));
            Assert.Equal(HttpStatusCode.OK, await nobody.Status(page.QuerySelector("[data-player]")!.GetAttribute("data-player")!));
        }
        foreach (var other in new[] { "/en", "/en/traffic/cameras", "/en/traffic/cameras/wall?size=4", $"/en/traffic/cameras/{with.Cameras.First(c => c.Kind == CameraKind.Mjpeg && c.Release == Release.Public).Id}" })
            Assert.DoesNotContain("media-src", await Policy(other), StringComparison.Ordinal);
    }
}

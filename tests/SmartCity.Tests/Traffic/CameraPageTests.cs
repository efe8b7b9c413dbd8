using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;
using SmartCity.Tests.Access;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>A city whose camera list has come.</summary>
public sealed class CityWithCameras : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;
    /// <summary>The cameras that stand, and those that fly.</summary>
    internal IReadOnlyList<Camera> Cameras { get; private set; } = [];
    internal IReadOnlyList<Camera> Drones { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        City = await TestCity.Start();
        await TestCity.Until(() => City.Services.GetRequiredService<FeedBook>().HealthOf(TrafficModule.CameraFeed)!.Outcome == FetchOutcome.Ok, "the camera list has come", 90);
        await using var scope = City.Services.CreateAsyncScope();
        await TestCity.Until(() => City.Services.GetRequiredService<FeedBook>().HealthOf(TrafficModule.DroneFeed)!.Outcome == FetchOutcome.Ok, "the list of drones has come", 90);
        var all = City.Services.GetRequiredService<CameraRegister>().All(scope.ServiceProvider.GetRequiredService<IFeeds>());
        (Cameras, Drones) = ([.. all.Where(c => !c.Drone)], [.. all.Where(c => c.Drone)]);
    }

    public async ValueTask DisposeAsync() => await City.DisposeAsync();
}

/// <summary>The cameras as readers of every role get them.</summary>
public sealed class CameraPageTests(CityWithCameras with) : IClassFixture<CityWithCameras>
{
    private TestCity City => with.City;
    private Camera First(Release release, int skip = 0) => with.Cameras.Where(c => c.Release == release).Skip(skip).First();

    // by the Simulator's own dice: which of its cameras works
    private Camera Well(Release release) => Working(with.Cameras.Where(c => c.Release == release)).First();
    private static IEnumerable<Camera> Working(IEnumerable<Camera> cameras) => cameras.Where(c => !c.Drone && Condition(c) == SmartCity.Simulator.Cameras.Condition.Well);
    private static Cameras.Condition Condition(Camera camera) => Simulated.Of(int.Parse(camera.Name.In("ko").Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    private static readonly Cameras Simulated = new(Scenario.Read<Scenario>(Repository.Path("cities", "seoul", "simulator.yaml")), null!);

    [Fact]
    public async Task Twelve_hundred_cameras_and_more_are_listed_to_everyone()
    {
        using var nobody = City.Client();
        var page = await nobody.Open("/en/traffic/cameras");
        Assert.Equal(60, page.QuerySelectorAll("table.cam-list tbody tr").Length);
        var open = with.Cameras.Count(c => c.Release == Release.Public);
        Assert.InRange(open, 1200, 1500);
        Assert.Contains($"{open} of {open} cameras", page.QuerySelector(".finding")!.TextContent, StringComparison.Ordinal);
        var rows = await nobody.GetFromJsonAsync<JsonNode>("/data/traffic.cameras.json");
        Assert.Contains($"\"{First(Release.Public).Id}\"", rows!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_finds_no_trace_of_a_closed_camera_whichever_way_it_looks()
    {
        using var nobody = City.Client();
        var closed = with.Cameras.Where(c => c.Release != Release.Public).ToList();
        Assert.True(closed.Count > 100);
        var pages = new List<string>();
        foreach (var address in new[]
        {
            "/data/traffic.cameras.csv", "/data/traffic.cameras.json", "/data/traffic.cameras.geojson", "/en/traffic/cameras?q=Sejong", "/en/traffic/cameras?q=Tongil", "/ko/data/traffic.cameras", "/en/traffic/cameras/wall?size=64",
            $"/en/traffic/cameras?near={FormattableString.Invariant($"{closed[0].At!.Value.Latitude},{closed[0].At!.Value.Longitude}")}", $"/en/traffic/cameras/wall?camera={closed[0].Id}&handler=States", "/en",
        })
            pages.Add(await nobody.GetStringAsync(address));
        foreach (var camera in closed)
            Assert.DoesNotContain(pages, p => p.Contains(camera.Id + '"', StringComparison.Ordinal) || p.Contains(camera.Id + ',', StringComparison.Ordinal) || p.Contains(camera.Name.In("en"), StringComparison.Ordinal) && !camera.Name.In("en").EndsWith(" 1", StringComparison.Ordinal));
        // and the page and the picture of each are not there
        foreach (var camera in closed.Take(40))
        {
            Assert.Equal(HttpStatusCode.NotFound, await nobody.Status($"/en/traffic/cameras/{camera.Id}"));
            Assert.Equal(HttpStatusCode.NotFound, await nobody.Status($"/traffic/cameras/{camera.Id}/still"));
        }
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status("/data/traffic.cameras-all.csv"));
    }

    [Fact]
    public async Task Each_camera_opens_to_those_who_hold_its_permission()
    {
        using var official = await City.Client(Roles.Official);
        using var mayor = await City.Client(Roles.Mayor);
        foreach (var (release, forOfficial) in new[] { (Release.Public, true), (Release.Officials, true), (Release.Closed, false) })
        {
            var camera = Well(release);
            Assert.Equal(forOfficial ? HttpStatusCode.OK : HttpStatusCode.NotFound, await official.Status($"/traffic/cameras/{camera.Id}/still"));
            Assert.Equal(HttpStatusCode.OK, await mayor.Status($"/traffic/cameras/{camera.Id}/still"));
            Assert.Equal(forOfficial ? HttpStatusCode.OK : HttpStatusCode.NotFound, await official.Status($"/en/traffic/cameras/{camera.Id}"));
        }
        Assert.DoesNotContain(First(Release.Closed).Id, await official.GetStringAsync("/data/traffic.cameras-all.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_is_a_picture_and_is_not_sent_twice()
    {
        using var nobody = City.Client();
        var camera = Well(Release.Public);
        using var answer = await nobody.GetAsync($"/traffic/cameras/{camera.Id}/still");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(("image/jpeg", "live"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("X-Camera-State").Single()));
        Assert.Equal(("image/jpeg", 320, 240), PictureReader.Head(bytes) is var (type, width, height) ? (type!, width, height) : default);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/traffic/cameras/{camera.Id}/still");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var same = await nobody.SendAsync(again);
        // within ten seconds there is no other picture
        Assert.True(same.StatusCode == HttpStatusCode.NotModified || same.Headers.ETag!.Tag != answer.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Dead_cameras_and_those_that_answer_a_page_say_so()
    {
        using var nobody = City.Client();
        foreach (var condition in new[] { SmartCity.Simulator.Cameras.Condition.Dead, SmartCity.Simulator.Cameras.Condition.Page })
        {
            var camera = with.Cameras.First(c => c.Release == Release.Public && Condition(c) == condition);
            using var answer = await nobody.GetAsync($"/traffic/cameras/{camera.Id}/still");
            // a sign and never what the camera sent
            Assert.Equal((HttpStatusCode.OK, "image/svg+xml", "dead"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("X-Camera-State").Single()));
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.DoesNotContain("sign in", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
            var states = await nobody.GetFromJsonAsync<JsonArray>($"/en/traffic/cameras/wall?handler=States&camera={camera.Id}");
            Assert.Equal(("dead", ""), (states![0]!["state"]!.GetValue<string>(), states[0]!["version"]!.GetValue<string>()));
            Assert.NotEqual("", states[0]!["word"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Every_kind_of_camera_gives_a_still_to_everyone_who_watches_and_the_source_is_asked_once()
    {
        using var nobody = City.Client();
        // as they are released now: other tests of this city open and close some
        var now = City.Services.GetRequiredService<CameraRegister>().All(City.Services.GetRequiredService<FeedBook>());
        var chosen = Enum.GetValues<CameraKind>().SelectMany(k => Working(now.Where(c => c.Release == Release.Public && c.Kind == k)).Skip(30).Take(3)).ToList();
        var before = City.Simulator.RequestCount("camera-pictures");
        var address = $"/en/traffic/cameras/wall?handler=States{string.Concat(chosen.Select(c => "&camera=" + c.Id))}";
        var watching = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => nobody.GetFromJsonAsync<JsonArray>(address)));
        Assert.All(watching, states => Assert.Equal(chosen.Select(c => c.Id), states!.Select(s => s!["id"]!.GetValue<string>())));
        await TestCity.Until(() => chosen.All(c => City.Services.GetRequiredService<Stills>().Known(c.Id).State == StillState.Live), "all nine pictures are there");
        Assert.InRange(City.Simulator.RequestCount("camera-pictures") - before, 9, 18);
    }

    // the parts of a stream of pictures, until it ends
    private static async Task Read(Stream stream, Action<string, int> part)
    {
        var held = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
        {
            held.AddRange(buffer.AsSpan(0, read));
            while (held.ToArray() is var all && all.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                var head = System.Text.Encoding.ASCII.GetString(all, 0, end);
                var length = int.Parse(head.Split("Content-Length: ")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
                if (all.Length < end + 4 + length + 2) break;
                part(head, length == 0 ? 0 : PictureReader.Head(all[(end + 4)..(end + 4 + length)]).Width);
                held.RemoveRange(0, end + 4 + length + 2);
            }
        }
    }

    [Fact]
    public async Task Live_video_reaches_everybody_by_one_connection_and_ends_when_the_camera_is_taken_back()
    {
        var camera = Working(with.Cameras.Where(c => c.Release == Release.Officials && c.Kind == CameraKind.Mjpeg)).First();
        var (page, video) = ($"/en/traffic/cameras/{camera.Id}", $"/traffic/cameras/{camera.Id}/live?lang=en");
        using var nobody = City.Client();
        using var head = await City.Client(Roles.DepartmentHead);
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(video));
        using (var opened = await head.Send(page, "Decide", ("open", "true"), ("hours", "2"), ("why", "flood nearby"))) Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        Assert.Equal(video, (await nobody.Open(page)).QuerySelector("[data-video]")!.GetAttribute("data-video"));

        var before = City.Simulator.RequestCount("camera-pictures");
        var seen = new int[6];
        var heads = new System.Collections.Concurrent.ConcurrentBag<string>();
        var watching = Enumerable.Range(0, seen.Length).Select(i => Task.Run(async () =>
        {
            using var answer = await nobody.GetAsync(video, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(("multipart/x-mixed-replace", true), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.NoStore));
            await using var stream = await answer.Content.ReadAsStreamAsync();
            await Read(stream, (head, width) =>
            {
                heads.Add(head);
                if (width == 320) Interlocked.Increment(ref seen[i]);
            });
        })).ToList();
        await TestCity.Until(() => seen.All(n => n >= 2), "six viewers see it move", 60);
        Assert.Equal(1, City.Simulator.RequestCount("camera-pictures") - before);
        Assert.All(heads, h => Assert.Matches("X-State: live\r\nX-Word: [0-9%A-Za-z.~_-]+s%20behind", h));
        using (var closed = await head.Send(page, "Decide", ("open", "false"), ("why", "water has gone"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);
        await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await TestCity.Until(() => City.Services.GetRequiredService<Videos>().Running == 0, "the connection to the camera has ended too");
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(video));
    }

    [Fact]
    public async Task Live_video_of_an_official_ends_with_the_session()
    {
        var camera = Working(with.Cameras.Where(c => c.Release == Release.Officials && c.Kind == CameraKind.Mjpeg)).Skip(1).First();
        using var official = await City.Client(Roles.Official);
        using var answer = await official.GetAsync($"/traffic/cameras/{camera.Id}/live?lang=ko", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var seen = 0;
        var watching = Task.Run(() => Read(stream, (_, _) => Interlocked.Increment(ref seen)));
        await TestCity.Until(() => seen > 0, "it plays");
        using var left = await official.Send("/en/sign-out", null);
        // cut, or ended: in any case nothing more comes
        try { await watching.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken); }
        catch (Exception cut) when (cut is IOException or HttpRequestException) { }
        Assert.True(watching.IsCompleted);
    }

    [Fact]
    public async Task A_drone_is_a_camera_of_its_incident_for_officials_and_plays()
    {
        Assert.NotEmpty(with.Drones);
        Assert.All(with.Drones, d => Assert.Equal((Release.Officials, CameraKind.Mjpeg, true), (d.Release, d.Kind, d.Incident!.StartsWith('D'))));
        using var nobody = City.Client();
        using var official = await City.Client(Roles.Official);
        var drone = with.Drones[0];
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status($"/en/traffic/cameras/{drone.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status($"/traffic/cameras/{drone.Id}/live"));
        Assert.DoesNotContain(drone.Incident!, await nobody.GetStringAsync("/data/traffic.cameras.csv"), StringComparison.Ordinal);
        var page = await official.Open($"/en/traffic/cameras/{drone.Id}");
        Assert.Contains($"Flies above the incident {drone.Incident}", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        // on the card of its incident it is the first camera, and on no other card
        var book = City.Services.GetRequiredService<FeedBook>();
        await TestCity.Until(() => book.Events("disaster-safety.dispatch").Count > 0, "the dispatch system has spoken", 60);
        var card = await official.Open($"/en/disaster-safety/incidents/d-{drone.Incident}");
        Assert.Equal("drone above it", card.QuerySelector("#cameras-h ~ ol li b")!.TextContent);
        Assert.EndsWith(drone.Id, card.QuerySelector("#cameras-h ~ ol li a")!.GetAttribute("href"), StringComparison.Ordinal);
        var other = book.Events("disaster-safety.dispatch").First(e => e.Kind != "fire" && e.OpenAt(DateTimeOffset.UtcNow) && !e.Test);
        Assert.DoesNotContain("drone above it", (await official.Open($"/en/disaster-safety/incidents/d-{other.Id}")).QuerySelector("#cameras-h ~ ol")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_favourite_is_its_persons_own_and_stays()
    {
        using var one = await City.Client(Roles.Official);
        using var other = await City.Client(Roles.Official);
        var camera = First(Release.Public, 5);
        using var stored = await one.Send("/en/traffic/cameras", "Favourite", ("camera", camera.Id));
        Assert.Equal(HttpStatusCode.Found, stored.StatusCode);
        using var twice = await one.Send("/en/traffic/cameras", "Favourite", ("camera", camera.Id));
        Assert.Equal(HttpStatusCode.Found, twice.StatusCode);
        Assert.Equal([camera.Name.In("en")], (await one.Open("/en/traffic/cameras?favourites=1")).QuerySelectorAll("table.cam-list tbody th").Select(t => t.TextContent));
        Assert.Empty((await other.Open("/en/traffic/cameras?favourites=1")).QuerySelectorAll("table.cam-list tbody th"));
        using var removed = await one.Send("/en/traffic/cameras", "Favourite", ("remove", camera.Id));
        Assert.Empty((await one.Open("/en/traffic/cameras?favourites=1")).QuerySelectorAll("table.cam-list tbody th"));
        using var closed = await one.Send("/en/traffic/cameras", "Favourite", ("camera", First(Release.Closed).Id));
        Assert.Equal(HttpStatusCode.NotFound, closed.StatusCode);
    }

    [Fact]
    public async Task Who_has_the_right_opens_a_camera_to_everyone_and_takes_it_back_in_the_audit_trail()
    {
        using var nobody = City.Client();
        using var head = await City.Client(Roles.DepartmentHead);
        using var official = await City.Client(Roles.Official);
        var camera = First(Release.Officials, 7);
        var address = $"/en/traffic/cameras/{camera.Id}";
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(address));
        using var refused = await official.Send(address, "Decide", ("open", "true"), ("why", "I would like to"));
        Assert.NotEqual(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(address));
        // without a reason nothing happens, and what was typed is still there
        using var silent = await head.Send(address, "Decide", ("open", "true"), ("hours", "2"), ("why", ""));
        Assert.Equal("2", (await Browser.Read(silent)).QuerySelector("input[name=hours]")!.GetAttribute("value"));
        using var odd = await head.Send(address, "Decide", ("open", "true"), ("hours", "-1"), ("why", "flood nearby"));
        Assert.Equal("flood nearby", (await Browser.Read(odd)).QuerySelector("input[name=why]")!.GetAttribute("value"));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(address));

        using var opened = await head.Send(address, "Decide", ("open", "true"), ("hours", "2"), ("why", "flood nearby"));
        Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await nobody.Status(address));
        Assert.Contains("until", (await nobody.Open(address)).QuerySelector("dl.facts")!.TextContent, StringComparison.Ordinal);
        using var closed = await head.Send(address, "Decide", ("open", "false"), ("why", "water has gone"));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status(address));
        using var administrator = await City.Client(Roles.Administrator);
        var trail = await administrator.GetStringAsync("/en/audit");
        Assert.Contains("Camera opened to everyone", trail, StringComparison.Ordinal);
        Assert.Contains("flood nearby", trail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/en/traffic/cameras?near=somewhere", "A place is written as latitude and longitude")]
    [InlineData("/ko/traffic/cameras?near=126.978,37.5665", "위도와 경도를 쉼표로")]
    [InlineData("/en/traffic/cameras?area=99999", "is no area of this city")]
    [InlineData("/en/traffic/cameras?incident=none", "not open now")]
    [InlineData("/en/traffic/cameras?q=%00zzzz", "No camera fits")]
    [InlineData("/en/traffic/cameras?page=-7&size=1e9", "of")]
    [InlineData("/en/traffic/cameras/wall?camera=nosuch", "1 camera of the address")]
    public async Task A_question_that_is_not_understood_says_so_and_nothing_breaks(string address, string said)
    {
        using var nobody = City.Client();
        var page = await nobody.Open(address);
        Assert.Contains(said, page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_leads_to_the_cameras_around_it()
    {
        await using var scope = City.Services.CreateAsyncScope();
        var feeds = scope.ServiceProvider.GetRequiredService<IFeeds>();
        await TestCity.Until(() => feeds.Events(TrafficModule.IncidentFeed).Any(e => e.Shape is not null), "an incident has come");
        var incident = feeds.Events(TrafficModule.IncidentFeed).First(e => e.Shape is not null);
        using var nobody = City.Client();
        var page = await nobody.Open("/en/traffic/cameras?incident=" + incident.Id);
        var nearest = new CameraQuery(Near: incident.Shape!.Centre).Of([.. with.Cameras.Where(c => c.Release == Release.Public)], ["ko", "en"])[0].Camera;
        Assert.Equal(nearest.Name.In("en"), page.QuerySelector("table.cam-list tbody th")!.TextContent);
    }

    [Fact]
    public async Task No_page_and_no_file_tells_where_a_picture_comes_from()
    {
        using var mayor = await City.Client(Roles.Mayor);
        var source = City.Simulator.Address.Authority;
        foreach (var address in new[] { "/data/traffic.cameras-all.json", "/data/traffic.cameras.geojson", "/en/traffic/cameras", $"/en/traffic/cameras/{Well(Release.Public).Id}", $"/en/traffic/cameras/wall?handler=States&camera={Well(Release.Public).Id}", "/en/traffic/cameras/wall" })
            Assert.DoesNotContain(source, await mayor.GetStringAsync(address), StringComparison.Ordinal);
    }
}

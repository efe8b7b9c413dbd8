using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Traffic;

/// <summary>The Simulator's cameras over the wire, and the one way out that asks them.</summary>
public sealed class LivePictureTests
{
    private static readonly Cameras Simulated = new(Scenario.Read<Scenario>(Repository.Path("cities", "seoul", "simulator.yaml")), null!);
    private static int Number(Cameras.Condition condition, int skip = 0) => Enumerable.Range(1, 1500).Where(n => Simulated.Of(n) == condition).Skip(skip).First();

    [Fact]
    public void Most_simulated_cameras_work_and_of_every_trouble_there_are_some()
    {
        var all = Enumerable.Range(1, 1500).CountBy(Simulated.Of).ToDictionary();
        Assert.All(Enum.GetValues<Cameras.Condition>(), c => Assert.InRange(all[c], 5, 1500));
        Assert.InRange(all[Cameras.Condition.Well], 1300, 1500);
    }

    [Fact]
    public async Task A_simulated_picture_moves_with_the_clock_and_its_address_expires()
    {
        await using var running = await RunningSimulator.Start();
        var address = $"/cctv/{Number(Cameras.Condition.Well)}/{RunningSimulator.Summer.ToUnixTimeSeconds()}/still.jpg";
        using var first = await running.Get(address);
        var picture = await first.Content.ReadAsByteArrayAsync(RunningSimulator.Cancel);
        Assert.Equal(("image/jpeg", 320, 240), PictureReader.Head(picture) is var (type, width, height) ? (type!, width, height) : default);
        Assert.InRange((RunningSimulator.Summer - first.Content.Headers.LastModified!.Value).TotalSeconds, 0, 5);
        running.Clock.Advance(TimeSpan.FromSeconds(10));
        using var second = await running.Get(address);
        Assert.NotEqual(picture, await second.Content.ReadAsByteArrayAsync(RunningSimulator.Cancel));
        running.Clock.Advance(TimeSpan.FromMinutes(76));
        using var expired = await running.Get(address);
        Assert.Equal(HttpStatusCode.Forbidden, expired.StatusCode);
        using var none = await running.Get($"/cctv/99999/{RunningSimulator.Summer.ToUnixTimeSeconds()}/still.jpg");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task The_list_is_in_two_parts_with_addresses_that_lead_here()
    {
        await using var running = await RunningSimulator.Start();
        var stills = (await running.Json("/roads/cctvInfo?cctvType=3"))["response"]!["data"]!.AsArray();
        var streams = (await running.Json("/roads/cctvInfo?cctvType=1"))["response"]!["data"]!.AsArray();
        Assert.Equal((1500, 1100), (stills.Count, streams.Count));
        Assert.Equal(stills[5]!["cctvname"]!.GetValue<string>(), streams[5]!["cctvname"]!.GetValue<string>());
        Assert.StartsWith(running.Simulator.Address.ToString(), stills[0]!["cctvurl"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_way_out_takes_stills_and_the_first_picture_of_a_stream_and_nothing_else()
    {
        await using var city = await TestCity.Start();
        var pictures = city.Services.GetRequiredService<ILivePictures>();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Task<LivePicture> Ask(int camera, string file, long token) => pictures.Ask(new Uri(city.Simulator.Address, $"/cctv/{camera}/{token}/{file}").ToString(), null, TestContext.Current.CancellationToken);
        foreach (var file in new[] { "still.jpg", "video.mjpg" })
        {
            var well = await Ask(Number(Cameras.Condition.Well), file, now);
            Assert.Equal((FetchOutcome.Ok, "image/jpeg", 320, 240), (well.Outcome, well.ContentType, well.Width, well.Height));
            Assert.InRange((DateTimeOffset.UtcNow - well.TakenAt!.Value).TotalSeconds, -1, 20);
        }
        Assert.Equal(FetchOutcome.Unparsable, (await Ask(Number(Cameras.Condition.Page), "still.jpg", now)).Outcome);
        Assert.Equal(FetchOutcome.Unreachable, (await Ask(Number(Cameras.Condition.Dead), "still.jpg", now)).Outcome);
        Assert.Equal(FetchOutcome.Auth, (await Ask(Number(Cameras.Condition.Well), "still.jpg", now - 7200)).Outcome);
        // a list of pieces is no picture
        Assert.Equal(FetchOutcome.Unparsable, (await Ask(Number(Cameras.Condition.Well), "live.m3u8", now)).Outcome);
        // addresses come from a list that others write: the one rule about addresses holds for them too
        Assert.Equal(FetchOutcome.Blocked, (await pictures.Ask("http://127.0.0.1:1/still.jpg", null, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(FetchOutcome.BadAddress, (await pictures.Ask("file:///etc/passwd", null, TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task A_feed_that_is_renewed_is_asked_now_and_at_most_once_a_minute()
    {
        await using var city = await TestCity.Start();
        var book = city.Services.GetRequiredService<FeedBook>();
        await TestCity.Until(() => book.HealthOf("traffic.cameras")!.Outcome == FetchOutcome.Ok && book.HealthOf("traffic.cameras")!.NextAttempt is not null, "the camera list has come", 90);
        var before = city.Simulator.RequestCount("cameras");
        var pictures = city.Services.GetRequiredService<ILivePictures>();
        for (var i = 0; i < 20; i++) pictures.Renew("traffic.cameras");
        await TestCity.Until(() => city.Simulator.RequestCount("cameras") >= before + 2, "the list is asked again");
        for (var i = 0; i < 20; i++) pictures.Renew("traffic.cameras");
        pictures.Renew("no.such-feed");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(before + 2, city.Simulator.RequestCount("cameras"));
    }
}

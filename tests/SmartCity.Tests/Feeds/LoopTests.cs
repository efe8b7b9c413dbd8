using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;
using SmartCity.Simulator;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Feeds;

public sealed partial class LoopTests
{
    [GeneratedRegex("/([0-9]+)/([0-9]+)/ HTTP", RegexOptions.None, 1000)]
    private static partial Regex Range();

    // a source of so many rows, one for each area and minute, that gives them by page
    private static StubSource Paged(int rows, string pastTheEnd, bool knowsPages = true) => new()
    {
        Answer = (stream, request, stop) =>
        {
            var asked = Range().Match(request);
            var (first, last) = knowsPages ? (int.Parse(asked.Groups[1].Value, null), int.Parse(asked.Groups[2].Value, null)) : (1, 10);
            var page = Enumerable.Range(first, Math.Max(0, Math.Min(last, rows) - first + 1)).Select(n =>
                $$"""{"MSRMT_DT":"{{RunningSimulator.Summer.AddHours(9).AddMinutes(-n):yyyyMMddHHmm}}","MSRSTN_NM":"중구","PM":{{n}},"FPM":1,"OZON":0,"NTDX":0,"CBMX":0,"SPDX":0,"CAI_GRD":"좋음"}""").ToList();
            return StubSource.Ok("application/json", page.Count == 0 ? pastTheEnd : $$$"""{"S":{"list_total_count":{{{page.Count}}},"RESULT":{"CODE":"INFO-000"},"row":[{{{string.Join(",", page)}}}]}}""")(stream, request, stop);
        },
    };

    [Theory]
    [InlineData(25, 3)]
    [InlineData(9, 1)]
    // the last page is full, so one more is asked: it says that there is nothing, or leaves its rows out
    [InlineData(20, 3)]
    [InlineData(20, 3, """{"S":{"list_total_count":0,"RESULT":{"CODE":"INFO-000"}}}""")]
    // a source that knows no pages sends the first again
    [InlineData(10, 2, "", false)]
    public async Task Pages_are_asked_until_a_short_one(int rows, int requests, string pastTheEnd = """{"RESULT":{"CODE":"INFO-200","MESSAGE":"none"}}""", bool knowsPages = true)
    {
        await using var source = Paged(rows, pastTheEnd, knowsPages);
        await using var bench = await FeedBench.Start();
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Paging = new() { First = 1, Size = 10 };
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Air)).Outcome);
        Assert.Equal(requests, source.Requests);
        Assert.Equal(Enumerable.Range(1, rows).Select(n => (double?)n).Reverse(), (await bench.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Select(r => r.Value));
    }

    [Fact]
    public async Task A_page_that_fails_fails_the_whole_fetch()
    {
        await using var source = Paged(20, """{"RESULT":{"CODE":"ERROR-337","MESSAGE":"used up"}}""");
        await using var bench = await FeedBench.Start();
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Paging = new() { First = 1, Size = 10 };
        Assert.Equal(FetchOutcome.Quota, (await bench.Beat(FeedBench.Air)).Outcome);
        Assert.Same(Snapshot.None, bench.Book.Latest(FeedBench.Air));
    }

    [Fact]
    public async Task However_many_look_a_source_is_asked_once_a_beat()
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        using var browser = city.Client();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => browser.GetAsync("/ko", FeedBench.Cancel)));
        var book = city.Services.GetRequiredService<FeedBook>();
        // a fetch may be on its way between the two counts
        await TestCity.Until(() => city.Simulator.RequestCount("air") == book.HealthOf(FeedBench.Air)!.Fetches, "every request is one of a beat");
    }

    [Fact]
    public async Task A_feed_that_hangs_or_breaks_does_not_hold_up_the_others()
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetFault("air", Fault.Hang);
        bench.Simulator.SetFault("snow", Fault.Refuse);
        await bench.Loop.StartAsync(FeedBench.Cancel);
        foreach (var beats in Enumerable.Range(1, 3))
        {
            await TestCity.Until(() => bench.Book.Health.Where(h => h.Plan.Feed.Key is not FeedBench.Air && h.Plan.Rhythm.Every <= TimeSpan.FromSeconds(10)).All(h => h.Fetches >= beats), $"the others have beaten {beats} times");
            bench.Clock.Advance(TimeSpan.FromSeconds(12));
        }
        Assert.InRange(bench.Book.HealthOf(FeedBench.Air)!.Fetches, 0, 1);
        await bench.Loop.StopAsync(FeedBench.Cancel);
    }

    [Fact]
    public async Task Beats_keep_their_rhythm_and_are_spread_by_the_jitter()
    {
        await using var bench = await FeedBench.Start();
        await bench.Loop.StartAsync(FeedBench.Cancel);
        var plan = bench.Plan(FeedBench.Air);
        await TestCity.Until(() => bench.Simulator.RequestCount("air") == 1, "the first beat, at once");
        for (var beat = 2; beat <= 5; beat++)
        {
            // just before the next beat nothing is asked, and by its end plus the jitter it is
            await TestCity.Until(() => bench.Book.HealthOf(FeedBench.Air)!.Fetches == beat - 1, "the beat is over");
            bench.Clock.Advance(plan.Rhythm.Every / 2);
            Assert.Equal(beat - 1, bench.Simulator.RequestCount("air"));
            await TestCity.Until(() => { bench.Clock.Advance(TimeSpan.FromMilliseconds(100)); return bench.Simulator.RequestCount("air") == beat; }, "the next beat");
        }
        await bench.Loop.StopAsync(FeedBench.Cancel);
    }

    [Fact]
    public async Task The_past_is_filled_once_and_never_over_what_was_seen_live()
    {
        await using var bench = await FeedBench.Start(days: 3);
        await bench.Beat(FeedBench.Air);
        var live = (await bench.Store.Since(FeedBench.Air, null, DateTimeOffset.UnixEpoch, FeedBench.Cancel)).ToHashSet();
        var plan = bench.Plan(FeedBench.Air);
        await bench.Loop.FillHistory(plan, FeedBench.Cancel);
        Assert.Equal(plan.Descriptor.History!.Days, bench.Simulator.RequestCount("air-history"));
        Assert.True(live.IsSubsetOf(await bench.Store.Since(FeedBench.Air, null, DateTimeOffset.UnixEpoch, FeedBench.Cancel)));
        var from = bench.City.Zone.GetUtcOffset(bench.Clock.GetUtcNow()) is var offset ? new DateTimeOffset(bench.Clock.GetUtcNow().ToOffset(offset).Date, offset).AddDays(1 - plan.Descriptor.History.Days) : default;
        var points = await bench.Book.History(FeedBench.Air, "pm25", null, from, bench.Clock.GetUtcNow(), Step.Hour, FeedBench.Cancel);
        Assert.Equal(2 * 24 + 14, points.Count);
        Assert.All(points, p => Assert.NotNull(p.Value));
        // a second start finds it all
        await bench.Loop.FillHistory(plan, FeedBench.Cancel);
        Assert.Equal(plan.Descriptor.History!.Days, bench.Simulator.RequestCount("air-history"));
    }

    [Theory]
    [InlineData(FeedBench.Air, "pm25", false, 0.03)]
    [InlineData(FeedBench.Weather, "temperature", false, 0.03)]
    // the last minute of each ten is not seen
    [InlineData(FeedBench.Rain, "rain-10m", true, 0.12)]
    public async Task The_past_that_a_source_tells_agrees_with_what_was_seen_live(string feed, string property, bool amount, double within)
    {
        await using var seen = await FeedBench.Start(at: RunningSimulator.Summer.AddMinutes(-4));
        // from 12:59:30 to 15:00:30, every minute
        for (var i = 0; i < 121; i++) await seen.Beat(feed, TimeSpan.FromMinutes(1));
        await using var told = await FeedBench.Start(at: seen.Clock.GetUtcNow());
        await told.Beat(feed);
        await told.Loop.FillHistory(told.Plan(feed), FeedBench.Cancel);
        var hour = new DateTimeOffset(2026, 7, 20, 5, 0, 0, TimeSpan.Zero);
        var (live, past) = (await One(seen), await One(told));
        Assert.NotNull(live);
        Assert.InRange(live.Value / past!.Value, 1 - within, 1 + within);
        async Task<double?> One(FeedBench bench) => (await bench.Book.History(feed, property, null, hour, hour.AddHours(1), Step.Hour, FeedBench.Cancel)).Select(p => amount ? p.Sum : p.Value).Single();
    }

    [Fact]
    public async Task A_gap_while_the_host_was_away_is_filled_after_the_next_start()
    {
        await using var before = await FeedBench.Start(days: 3);
        await before.Beat(FeedBench.Air);
        await before.Loop.FillHistory(before.Plan(FeedBench.Air), FeedBench.Cancel);
        await using var after = await FeedBench.Start(before.Folder, before.Clock.GetUtcNow().AddDays(2), days: 3);
        await after.Beat(FeedBench.Air);
        await after.Loop.FillHistory(after.Plan(FeedBench.Air), FeedBench.Cancel);
        // the day of the last start, the day between, and today
        Assert.Equal(3, after.Simulator.RequestCount("air-history"));
        Assert.All(await after.Book.History(FeedBench.Air, "pm25", null, before.Clock.GetUtcNow(), after.Clock.GetUtcNow(), Step.Hour, FeedBench.Cancel), p => Assert.NotNull(p.Value));
    }

    [Fact]
    public async Task A_past_that_cannot_be_had_is_asked_for_three_times_and_told_once()
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetFault("air-history", Fault.ServerError);
        var filling = bench.Loop.FillHistory(bench.Plan(FeedBench.Air), FeedBench.Cancel);
        while (!filling.IsCompleted) { bench.Clock.Advance(TimeSpan.FromSeconds(10)); await Task.Delay(5, FeedBench.Cancel); }
        Assert.Equal(3, bench.Simulator.RequestCount("air-history"));
        Assert.Equal("The past of the feed atmosphere.air could not be filled further than 2026-07-20: UpstreamDown HTTP 500", Assert.Single(bench.Log.Of(Microsoft.Extensions.Logging.LogLevel.Warning)));
    }

    [Fact]
    public async Task What_was_known_before_a_start_is_shown_after_it_with_its_age()
    {
        await using var before = await FeedBench.Start();
        foreach (var feed in FeedBench.Formats) await before.Beat(feed);
        await using var after = await FeedBench.Start(before.Folder, before.Clock.GetUtcNow().AddMinutes(4));
        foreach (var feed in new[] { FeedBench.Air, FeedBench.Snow })
        {
            Assert.Equal(Freshness.Stale, after.State(feed));
            Assert.Equal(before.Book.Latest(feed).Values.Values.OrderBy(r => (r.Thing, r.Property)), after.Book.Latest(feed).Values.Values.OrderBy(r => (r.Thing, r.Property)));
            Assert.Equal(before.Book.Latest(feed).Things.OrderBy(t => t.Key).Select(t => t.Value.Place), after.Book.Latest(feed).Things.OrderBy(t => t.Key).Select(t => t.Value.Place));
        }
        Assert.Equal(before.Book.Picture(FeedBench.Picture), after.Book.Picture(FeedBench.Picture));
        Assert.Equal(await before.Book.Documents(FeedBench.News, 20, FeedBench.Cancel), await after.Book.Documents(FeedBench.News, 20, FeedBench.Cancel));
        // and the same values again are not stored again
        Assert.Equal(25, (await after.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Count);
    }
}

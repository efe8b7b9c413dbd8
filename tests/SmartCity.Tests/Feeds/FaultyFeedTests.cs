using Microsoft.Extensions.Logging;
using SmartCity.Simulator;

namespace SmartCity.Tests.Feeds;

/// <summary>Everything that a source can do wrong, in every format, against the real Simulator.</summary>
public sealed class FaultyFeedTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    // what each fault comes to: rows, table, news, picture; and a word of the detail for the rows
    public static TheoryData<Fault, FetchOutcome, FetchOutcome, FetchOutcome, FetchOutcome, string?> Faults => new()
    {
        { Fault.Slow, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, null },
        { Fault.Hang, FetchOutcome.TimedOut, FetchOutcome.TimedOut, FetchOutcome.TimedOut, FetchOutcome.TimedOut, "no complete answer within" },
        { Fault.ServerError, FetchOutcome.UpstreamDown, FetchOutcome.UpstreamDown, FetchOutcome.UpstreamDown, FetchOutcome.UpstreamDown, "HTTP 500" },
        { Fault.HtmlWith200, FetchOutcome.Unparsable, FetchOutcome.Unparsable, FetchOutcome.Unparsable, FetchOutcome.Unparsable, "a web page instead of data" },
        { Fault.QuotaInBody, FetchOutcome.Quota, FetchOutcome.Quota, FetchOutcome.Quota, FetchOutcome.Quota, "ERROR-337" },
        { Fault.AuthInBody, FetchOutcome.Auth, FetchOutcome.Auth, FetchOutcome.Auth, FetchOutcome.Auth, "INFO-100" },
        { Fault.RenamedColumns, FetchOutcome.SchemaDrift, FetchOutcome.SchemaDrift, FetchOutcome.SchemaDrift, FetchOutcome.Ok, "no column for pm10, pm25, o3, no2, co, so2, grade, thing, time" },
        { Fault.OutageAsZero, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, null },
        { Fault.Empty, FetchOutcome.Empty, FetchOutcome.Empty, FetchOutcome.Empty, FetchOutcome.Unparsable, "INFO-200" },
        { Fault.Truncated, FetchOutcome.Unparsable, FetchOutcome.Unparsable, FetchOutcome.Unparsable, FetchOutcome.Unparsable, "not well formed" },
        { Fault.Frozen, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, FetchOutcome.Ok, null },
        { Fault.Refuse, FetchOutcome.Unreachable, FetchOutcome.Unreachable, FetchOutcome.Unreachable, FetchOutcome.Unreachable, "the connection was cut" },
    };

    [Fact]
    public void Every_fault_of_the_simulator_is_tried() =>
        Assert.Equal(Enum.GetValues<Fault>().Where(f => f != Fault.None).Order(), Faults.Select(f => f.Data.Item1).Order());

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_is_named_keeps_the_last_good_value_and_heals(Fault fault, FetchOutcome rows, FetchOutcome table, FetchOutcome news, FetchOutcome picture, string? detail)
    {
        await using var bench = await FeedBench.Start();
        foreach (var (feed, expected) in FeedBench.Formats.Zip([rows, table, news, picture]))
        {
            var source = feed.Split('.')[1];
            Assert.Equal(FetchOutcome.Ok, (await bench.Beat(feed)).Outcome);
            var (good, goodPicture, goodNews) = (bench.Book.Latest(feed), bench.Book.Picture(feed), await bench.Book.Documents(feed, 5, FeedBench.Cancel));

            bench.Simulator.SetFault(source, fault);
            if (fault == Fault.Hang) bench.Change(feed, p => p with { Timeout = TimeSpan.FromMilliseconds(200) });
            var asked = bench.Simulator.RequestCount(source);
            bench.Clock.Advance(Beat);
            var beat = bench.Beat(feed);
            if (fault == Fault.Slow)
            {
                await TestCity.Until(() => bench.Simulator.RequestCount(source) > asked, "the source is asked");
                while (!beat.IsCompleted) { bench.Clock.Advance(TimeSpan.FromSeconds(1)); await Task.Delay(5, FeedBench.Cancel); }
            }
            var health = await beat;
            Assert.Equal((feed, expected), (feed, health.Outcome));
            if (feed == FeedBench.Air && detail is not null) Assert.Contains(detail, health.Detail, StringComparison.Ordinal);
            if (expected != FetchOutcome.Ok)
            {
                Assert.Same(good, bench.Book.Latest(feed));
                Assert.Equal(goodPicture, bench.Book.Picture(feed));
                Assert.Equal(goodNews, await bench.Book.Documents(feed, 5, FeedBench.Cancel));
                // still young, so still live: one bad beat takes nothing from the screen
                Assert.Equal(Freshness.Live, bench.State(feed));
            }
            // the others do not notice
            foreach (var other in FeedBench.Formats.Where(f => f != feed)) Assert.Equal(FetchOutcome.Ok, (await bench.Beat(other)).Outcome);

            bench.Simulator.SetFault(source, Fault.None);
            bench.Change(feed, _ => bench.Book.Plans.Single(p => p.Feed.Key == feed));
            health = await bench.Beat(feed, TimeSpan.FromMinutes(2));
            Assert.Equal((FetchOutcome.Ok, Freshness.Live, 0), (health.Outcome, bench.State(feed), health.Failures));
        }
    }

    [Theory]
    [InlineData(Fault.ServerError)]
    [InlineData(Fault.RenamedColumns)]
    public async Task A_loss_is_logged_once_and_the_recovery_once(Fault fault)
    {
        await using var bench = await FeedBench.Start();
        await bench.Beat(FeedBench.Air);
        bench.Simulator.SetFault("air", fault);
        for (var i = 0; i < 4; i++) await bench.Beat(FeedBench.Air, Beat);
        bench.Simulator.SetFault("air", Fault.None);
        for (var i = 0; i < 2; i++) await bench.Beat(FeedBench.Air, Beat);
        Assert.StartsWith("The feed atmosphere.air is lost: ", Assert.Single(bench.Log.Of(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.Equal("The feed atmosphere.air is back after 4 failed fetches", Assert.Single(bench.Log.Of(LogLevel.Information), l => l.StartsWith("The feed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_feed_that_loses_its_columns_says_drift_and_never_no_data()
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetFault("air", Fault.RenamedColumns);
        await bench.Beat(FeedBench.Air);
        Assert.Equal((Freshness.Down, FetchOutcome.SchemaDrift), (bench.State(FeedBench.Air), bench.Book.AsOf(FeedBench.Air)!.Outcome));
        Assert.Contains("the source sends X_MSRMT_DT, X_SAREA_NM", bench.Book.HealthOf(FeedBench.Air)!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_whose_word_column_alone_is_renamed_drifts_too_since_the_outage_rule_reads_it()
    {
        await using var bench = await FeedBench.Start();
        bench.Plan(FeedBench.Air).Descriptor.Map.Fields["grade"].From = ["GRADE_OF_ANOTHER_YEAR"];
        var health = await bench.Beat(FeedBench.Air);
        Assert.Equal(FetchOutcome.SchemaDrift, health.Outcome);
        Assert.StartsWith("no column for grade;", health.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FeedBench.Air, true)]
    [InlineData(FeedBench.Air, false)]
    [InlineData(FeedBench.Rain, true)]
    [InlineData(FeedBench.Rain, false)]
    public async Task Old_and_new_column_names_both_map(string feed, bool old)
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetNaming(feed.Split('.')[1], old);
        var health = await bench.Beat(feed);
        Assert.Equal((FetchOutcome.Ok, true), (health.Outcome, health.Rows >= 20));
        Assert.All(bench.Book.Latest(feed).Values.Values, r => Assert.NotNull(r.Value));
    }

    [Theory]
    [InlineData(FeedBench.Air)]
    [InlineData(FeedBench.Weather)]
    [InlineData(FeedBench.Snow)]
    public async Task A_station_that_is_out_writes_zero_and_has_no_value(string feed)
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetFault(feed.Split('.')[1], Fault.OutageAsZero);
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(feed)).Outcome);
        var values = bench.Book.Latest(feed).Values.Values;
        var outages = values.Where(r => r.Quality == Quality.Maintenance).ToList();
        Assert.NotEmpty(outages);
        Assert.All(outages, r => Assert.Null(r.Value));
        var things = bench.Book.Latest(feed).Things.Count;
        Assert.InRange(outages.Select(r => r.Thing).Distinct().Count(), things / 4, things / 2);
        // and nothing of it reaches the past as a zero
        foreach (var property in outages.Select(r => r.Property).Distinct())
            Assert.All(await bench.Store.Since(feed, property, DateTimeOffset.UnixEpoch, FeedBench.Cancel), r => Assert.True(r.Value is null || r.Quality == Quality.Good));
    }

    [Fact]
    public async Task A_source_that_stands_still_answers_and_grows_old_all_the_same()
    {
        await using var bench = await FeedBench.Start();
        foreach (var source in new[] { "air", "snow", "air-picture" }) bench.Simulator.SetFault(source, Fault.Frozen);
        foreach (var feed in new[] { FeedBench.Air, FeedBench.Snow, FeedBench.Picture }) await bench.Beat(feed);
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        foreach (var feed in new[] { FeedBench.Air, FeedBench.Snow, FeedBench.Picture })
            Assert.Equal((FetchOutcome.Ok, Freshness.Stale), ((await bench.Beat(feed)).Outcome, bench.State(feed)));
    }

    [Fact]
    public async Task Stopping_the_sources_turns_each_feed_late_then_stale_then_down_and_starting_them_heals_it()
    {
        await using var bench = await FeedBench.Start();
        foreach (var feed in FeedBench.Formats) await bench.Beat(feed);
        await bench.Simulator.StopAsync();
        foreach (var feed in FeedBench.Formats)
        {
            var rhythm = bench.Plan(feed).Rhythm;
            var asOf = bench.Book.AsOf(feed)!.At!.Value;
            Assert.Equal(FetchOutcome.Unreachable, (await bench.Beat(feed)).Outcome);
            foreach (var (age, state) in new[] { (rhythm.Late, Freshness.Late), (rhythm.Stale, Freshness.Stale), (rhythm.Drop, Freshness.Down) })
                Assert.Equal(state, Shell.Feeds.FeedBook.FreshnessOf(bench.Book.HealthOf(feed)!, asOf + age + TimeSpan.FromSeconds(1)));
        }
        await bench.Simulator.StartAsync();
        foreach (var feed in FeedBench.Formats) Assert.Equal((FetchOutcome.Ok, Freshness.Live), ((await bench.Beat(feed, TimeSpan.FromMinutes(1))).Outcome, bench.State(feed)));
    }

    [Fact]
    public async Task A_source_that_is_lost_is_asked_once_a_beat_and_a_hiccup_twice()
    {
        await using var bench = await FeedBench.Start();
        await bench.Beat(FeedBench.Air);
        bench.Simulator.SetFault("air", Fault.Refuse);
        var asked = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var before = bench.Simulator.RequestCount("air");
            await bench.Beat(FeedBench.Air, Beat);
            asked.Add(bench.Simulator.RequestCount("air") - before);
        }
        Assert.Equal([2, 1, 1], asked);
        // every second request fails, and the further attempt makes up for it
        bench.Simulator.SetFault("air", Fault.None);
        await bench.Beat(FeedBench.Air, Beat);
        bench.Simulator.SetFault("air", Fault.Refuse, percent: 50);
        for (var i = 0; i < 4; i++) Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Air, Beat)).Outcome);
    }

    [Theory]
    [InlineData(Fault.AuthInBody)]
    [InlineData(Fault.QuotaInBody)]
    [InlineData(Fault.HtmlWith200)]
    [InlineData(Fault.RenamedColumns)]
    public async Task A_fault_that_does_not_pass_is_not_asked_again(Fault fault)
    {
        await using var bench = await FeedBench.Start();
        bench.Simulator.SetFault("air", fault);
        await bench.Beat(FeedBench.Air);
        Assert.Equal(1, bench.Simulator.RequestCount("air"));
    }
}

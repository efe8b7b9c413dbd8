using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

public sealed class FreshnessTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 20, 4, 0, 0, TimeSpan.Zero);
    private static readonly Rhythm Ten = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(15));

    private static FeedHealth Health(Rhythm rhythm, double? age, FetchOutcome outcome, bool nothing = false) =>
        new(new(null!, null!, null!, "json", rhythm, default, default, default, new Dictionary<string, Thing>())) { AsOf = age is { } a ? Start - TimeSpan.FromSeconds(a) : null, Outcome = outcome, NothingMeasured = nothing };

    [Theory]
    // nothing has ever come
    [InlineData(null, FetchOutcome.None, false, Freshness.NoData)]
    [InlineData(null, FetchOutcome.Empty, false, Freshness.NoData)]
    [InlineData(null, FetchOutcome.Unreachable, false, Freshness.Down)]
    [InlineData(null, FetchOutcome.SchemaDrift, false, Freshness.Down)]
    // age alone decides while a value may be shown, on the second
    [InlineData(0d, FetchOutcome.Ok, false, Freshness.Live)]
    [InlineData(25d, FetchOutcome.Ok, false, Freshness.Live)]
    [InlineData(25.001, FetchOutcome.Ok, false, Freshness.Late)]
    [InlineData(60d, FetchOutcome.UpstreamDown, false, Freshness.Late)]
    [InlineData(60.001, FetchOutcome.UpstreamDown, false, Freshness.Stale)]
    [InlineData(900d, FetchOutcome.Unreachable, false, Freshness.Stale)]
    // past it, the reason decides
    [InlineData(900.001, FetchOutcome.Unreachable, false, Freshness.Down)]
    [InlineData(900.001, FetchOutcome.SchemaDrift, false, Freshness.Down)]
    [InlineData(900.001, FetchOutcome.Ok, false, Freshness.Gone)]
    [InlineData(900.001, FetchOutcome.Empty, false, Freshness.NoData)]
    // rows without one value
    [InlineData(0d, FetchOutcome.Ok, true, Freshness.NoData)]
    [InlineData(40d, FetchOutcome.Ok, true, Freshness.NoData)]
    [InlineData(901d, FetchOutcome.Unreachable, true, Freshness.Down)]
    // the clock was set back: what is from the future is as doubtful as what is old
    [InlineData(-3600d, FetchOutcome.Ok, false, Freshness.Gone)]
    [InlineData(-5d, FetchOutcome.Ok, false, Freshness.Live)]
    public void A_state_follows_from_age_and_outcome(double? age, FetchOutcome outcome, bool nothing, Freshness expected) =>
        Assert.Equal(expected, FeedBook.FreshnessOf(Health(Ten, age, outcome, nothing), Start));

    [Fact]
    public async Task Ten_thousand_random_schedules_never_show_an_old_value_as_live()
    {
        await using var bench = await FeedBench.Start();
        var feed = bench.Book.Plans.Single(p => p.Feed.Key == FeedBench.Air);
        var random = new Random(4711);
        var (appeared, went) = (0, 0);
        for (var round = 0; round < 10_000; round++)
        {
            // a rhythm, and fetches that come, fail, bring nothing or bring old rows, at random times
            int[] steps = [.. Enumerable.Range(0, 4).Select(_ => random.Next(1, 400)).Order()];
            var plan = feed with { Rhythm = new(TimeSpan.FromSeconds(steps[0]), TimeSpan.FromSeconds(steps[1]), TimeSpan.FromSeconds(steps[2]), TimeSpan.FromSeconds(steps[3])) };
            var health = new FeedHealth(plan);
            var (now, said, failing, empty, last) = (0, (int?)null, false, false, Freshness.NoData);
            for (var step = 0; step < 8; step++)
            {
                now += random.Next(0, 300);
                var kind = random.Next(5);
                if (kind == 0) (health, failing, empty) = (health with { Outcome = FetchOutcome.Unreachable }, true, false);
                else if (kind == 1) (health, failing, empty) = (health with { Outcome = FetchOutcome.Empty }, false, true);
                else if (kind < 4)
                {
                    said = now - random.Next(0, 60);
                    (health, failing, empty) = (health with { Outcome = FetchOutcome.Ok, AsOf = Start.AddSeconds(said.Value) }, false, false);
                }
                var state = FeedBook.FreshnessOf(health, Start.AddSeconds(now));
                // the oracle
                var age = now - said;
                var truth = age is null ? (failing ? Freshness.Down : Freshness.NoData)
                    : age <= steps[1] ? Freshness.Live
                    : age <= steps[2] ? Freshness.Late
                    : age <= steps[3] ? Freshness.Stale
                    : failing ? Freshness.Down
                    : empty ? Freshness.NoData
                    : Freshness.Gone;
                Assert.True(truth == state, $"round {round}, step {step}: {age} s old by {string.Join('/', steps)} is {truth}, not {state}");
                if (last == Freshness.Live && state != Freshness.Live) appeared++;
                if (last is Freshness.Late or Freshness.Stale or Freshness.Gone && state == Freshness.Live) went++;
                last = state;
            }
        }
        // both directions were seen, often
        Assert.True(appeared > 1000 && went > 1000, $"{appeared} {went}");
    }

    [Fact]
    public async Task A_change_of_state_by_age_alone_is_told_once()
    {
        await using var bench = await FeedBench.Start();
        await bench.Beat(FeedBench.Air);
        await bench.Beat(FeedBench.News);
        var known = new Dictionary<string, Freshness>();
        var told = new List<(int Second, string Feed)>();
        for (var second = 0; second <= 70; second++)
        {
            told.AddRange(bench.Loop.Changed(known).Select(f => (second, f)));
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([(26, FeedBench.News), (26, FeedBench.Air), (61, FeedBench.Air)], told.OrderBy(t => t.Second).ThenBy(t => t.Feed == FeedBench.News ? 0 : 1));
    }

    [Fact]
    public async Task A_feed_is_as_of_the_end_of_what_was_observed_or_of_the_fetch_whichever_is_earlier()
    {
        await using var bench = await FeedBench.Start();
        // rows are stamped 04:03 and stand for a minute; it is 04:03:30
        await bench.Beat(FeedBench.Air);
        Assert.Equal(bench.Clock.GetUtcNow(), bench.Book.AsOf(FeedBench.Air)!.At);
        bench.Simulator.SetFault("air", SmartCity.Simulator.Fault.Frozen);
        await bench.Beat(FeedBench.Air, TimeSpan.FromSeconds(10));
        await bench.Beat(FeedBench.Air, TimeSpan.FromMinutes(10));
        Assert.Equal(new DateTimeOffset(2026, 7, 20, 4, 4, 0, TimeSpan.Zero), bench.Book.AsOf(FeedBench.Air)!.At);
    }

    [Fact]
    public async Task A_picture_is_as_of_its_whole_second_and_never_of_the_future()
    {
        await using var source = new StubSource();
        await using var bench = await FeedBench.Start(at: RunningAt(0.9));
        bench.Redirect(FeedBench.Picture, source.Address);
        // headers know whole seconds, and this source rounds up
        source.Answer = StubSource.Ok("image/png", Pictures.Png, $"Last-Modified: {bench.Clock.GetUtcNow().AddSeconds(1):R}");
        await bench.Beat(FeedBench.Picture);
        Assert.Equal(bench.Clock.GetUtcNow(), bench.Book.AsOf(FeedBench.Picture)!.At);
        Assert.Equal(Freshness.Live, bench.State(FeedBench.Picture));
        source.Answer = StubSource.Ok("image/png", [.. Pictures.Png], $"Last-Modified: {Start:R}");
        await bench.Beat(FeedBench.Picture, TimeSpan.FromSeconds(10));
        Assert.Equal(Start, bench.Book.Picture(FeedBench.Picture)!.TakenAt);
    }

    [Fact]
    public async Task A_picture_without_a_date_is_as_old_as_when_it_was_first_seen()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("image/png", Pictures.Png) };
        await using var bench = await FeedBench.Start(at: Start);
        bench.Redirect(FeedBench.Picture, source.Address);
        for (var i = 0; i < 30; i++) await bench.Beat(FeedBench.Picture, TimeSpan.FromSeconds(10));
        Assert.Equal(Freshness.Stale, bench.State(FeedBench.Picture));
    }

    private static DateTimeOffset RunningAt(double second) => Start.AddSeconds(second);
}

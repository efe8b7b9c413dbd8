using SmartCity.Shell.City;
using SmartCity.Tests.Simulator;
using SmartCity.Traffic;
using Lines = SmartCity.Traffic.Line;

namespace SmartCity.Tests.Traffic;

/// <summary>Buses and trains of every source in one model, and what a line's state is.</summary>
public sealed class TransitModelTests
{
    private static readonly CityPack City = CityPack.Load(Repository.Path("cities", "seoul"));
    private static readonly DateTimeOffset Now = RunningSimulator.Summer;
    private static readonly SmartCity.Traffic.Transit Transit = new(City);

    private static Thing Of(string key, string name, string kind, params (string Name, string Value)[] attributes) =>
        new(key, Text.Same(name), null, null) { Kind = kind, Attributes = attributes.ToDictionary(a => a.Name, a => a.Value) };

    private static Reading Told(string thing, string property, double value, int ago = 20) => new(thing, property, Now.AddSeconds(-ago), Now.AddSeconds(-ago), Now, value, Quality.Good);

    private static Snapshot Of(IEnumerable<Thing> things, params Reading[] readings) => new(1, things.ToDictionary(t => t.Key), readings.ToDictionary(r => (r.Thing, r.Property)));

    private static HeldFeeds Everything() => new(Now)
    {
        Snapshots =
        {
            [TrafficModule.SubwayFeed] = Of([Of("2345", "성수행", "1002", ("station", "강남"), ("line", "1002"), ("headsign", "성수행 - 역삼방면"), ("code", "99")), Of("99", "x", "1003", ("station", "nowhere"), ("line", "1003"))],
                Told("2345", "arrives", 140), Told("99", "arrives", 10)),
            [TrafficModule.BusFeed] = Of([Of("100000001|472", "종로2가", "472", ("stop", "100000001"), ("number", "01001"), ("last", "1")), Of("100000001|N13", "종로2가", "N13", ("stop", "100000001"), ("number", "01001"))],
                Told("100000001|472", "arrives", 80), Told("100000001|472", "crowd", 5), Told("100000001|N13", "arrives", 200)),
            [TrafficModule.DelayFeed] = Of([Of("T1", "T1", "143", ("stop", "S1"), ("arrival", Now.AddMinutes(4).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)))], Told("T1", "delay", 660)),
            [TrafficModule.StopFeed] = Of([Of("S1", "강남 정류장 1", "")]),
        },
    };

    [Fact]
    public void Seouls_formats_and_GTFS_Realtime_become_the_same_kind_of_arrival()
    {
        var arrivals = Transit.Arrivals(Everything());
        Assert.Equal(["bus-100000001", "subway-gangnam", "bus-100000001", "gtfs-S1"], arrivals.Select(a => a.Stop));
        Assert.Equal(["472", "1002", "N13", "143"], arrivals.Select(a => a.Line.Key));
        // what was told twenty seconds ago has come twenty seconds nearer
        Assert.Equal(Now.AddSeconds(60), arrivals[0].At);
        Assert.Equal((true, 0.8), (arrivals[0].IsLast, arrivals[0].Crowd));
        Assert.Equal(("성수", "Seongsu"), (arrivals[1].Towards!.In("ko"), arrivals[1].Towards!.In("en")));
        Assert.Equal("Gangnam", arrivals[1].StopName.In("en"));
        Assert.Equal((LineKind.Owl, TimeSpan.FromMinutes(11)), (arrivals[2].Line.Kind, arrivals[3].Delay));
    }

    [Fact]
    public void What_has_come_is_no_arrival_and_what_is_too_old_is_not_shown()
    {
        var feeds = Everything();
        feeds.Snapshots[TrafficModule.BusFeed] = Of([Of("1|472", "stop", "472")], Told("1|472", "arrives", 10, ago: 120));
        Assert.DoesNotContain(Transit.Arrivals(feeds), a => a.Stop == "bus-1");
        feeds.Gone.Add(TrafficModule.SubwayFeed);
        Assert.DoesNotContain(Transit.Arrivals(feeds), a => a.Feed == TrafficModule.SubwayFeed);
        Assert.Null(Transit.States(feeds).First(s => s.Line.Key == "1002").Vehicles);
    }

    [Fact]
    public void Two_routes_at_one_stop_are_one_stop()
    {
        var stops = Transit.Stops(Everything());
        Assert.Single(stops, s => s.Id == "bus-100000001");
        Assert.Single(stops, s => s.Id == "gtfs-S1");
        Assert.Single(stops, s => s.Id == "subway-gangnam");
        var odd = Everything();
        odd.Snapshots[TrafficModule.StopFeed] = Of([Of("../../x", "odd", ""), Of("a b", "odd", "")]);
        Assert.DoesNotContain(Transit.Stops(odd), s => s.Name.In("en") == "odd");
    }

    public static TheoryData<int?, int?, string?, int, string> Lives => new()
    {
        { 5, null, null, 12, "traffic.line.normal" },
        { 5, 300, null, 12, "traffic.line.late" },
        { 5, 600, null, 12, "traffic.line.verylate" },
        { 5, null, "detour", 12, "traffic.line.notice" },
        { 5, 600, "detour", 12, "traffic.line.verylate" },
        { 5, 600, "no_service", 12, "traffic.line.suspended" },
        { 0, null, null, 12, "traffic.line.silent" },
        { 0, null, null, 3, "traffic.line.over" },
        { null, null, null, 3, "traffic.line.unknown" },
    };

    [Theory, MemberData(nameof(Lives))]
    public void A_line_is_as_its_gravest_news(int? vehicles, int? delay, string? effect, int hour, string word)
    {
        var line = Transit.Pack.Lines.First(l => l.Key == "1002");
        Event[] notices = effect is null ? [] : [new("a", 1, "x", EventStatus.Active, Text.Same("notice"), Now, Now) { Attributes = new Dictionary<string, string> { ["effect"] = effect } }];
        Assert.Equal(word, SmartCity.Traffic.Transit.StateOf(line, vehicles, delay is { } d ? TimeSpan.FromSeconds(d) : null, notices, new(2026, 7, 20, hour, 0, 0, TimeSpan.FromHours(9))).Word);
    }

    [Fact]
    public void A_line_that_ends_after_midnight_runs_after_midnight()
    {
        var line = Transit.Pack.Lines.First(l => l.Key == "1002");
        Assert.Equal("00:20", Lines.Clock(line.Last));
        DateTimeOffset At(int hour, int minute) => new(2026, 7, 20, hour, minute, 0, TimeSpan.FromHours(9));
        Assert.True(line.RunsAt(At(0, 20)) && line.RunsAt(At(5, 30)) && line.RunsAt(At(23, 59)));
        Assert.False(line.RunsAt(At(0, 21)) || line.RunsAt(At(5, 29)));
        var owl = Transit.Pack.Lines.First(l => l.Key == "N13");
        Assert.True(owl.RunsAt(At(3, 0)) && !owl.RunsAt(At(12, 0)));
    }

    [Fact]
    public void The_line_map_is_drawn_at_right_angles_and_half_right_ones_and_no_name_covers_another()
    {
        foreach (var line in Transit.Pack.Lines.Where(l => l.Bends.Count > 0))
            foreach (var (from, to) in line.Bends.Zip(line.Loop ? [.. line.Bends.Skip(1), line.Bends[0]] : line.Bends.Skip(1)))
                Assert.True(from.X == to.X || from.Y == to.Y || Math.Abs(from.X - to.X) == Math.Abs(from.Y - to.Y), $"{line.Key}: {from.Station?.Key} to {to.Station?.Key}");
        foreach (var culture in new[] { "ko-KR", "en-GB" })
        {
            System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
            var labels = MapLabels.Place(Transit.Pack.Stations.Values, [.. Transit.Pack.Stations.Values]);
            Assert.InRange(labels.Count, 60, Transit.Pack.Stations.Count);
            Assert.All(labels, a => Assert.DoesNotContain(labels, b => a != b && a.Y == b.Y && a.X == b.X));
        }
    }

    [Fact]
    public void Hot_spots_of_the_pack_are_read_by_year()
    {
        var spots = new HotSpots(City);
        Assert.Equal([2025, 2024, 2023], spots.Years);
        Assert.All(spots.Years, y => Assert.True(spots.Of(y).Count > 40));
        Assert.Equal(spots.Of(2025).Max(s => s.Accidents), spots.Of(2025)[0].Accidents);
        Assert.Empty(spots.Of(1999));
    }

    [Fact]
    public void Speeds_are_means_of_a_roads_pieces_the_slowest_first_and_none_when_too_old()
    {
        var feeds = new HeldFeeds(Now) { Snapshots = { [TrafficModule.SpeedFeed] = Of([Of("1", "올림픽대로", ""), Of("2", "올림픽대로", ""), Of("3", "강변북로", "")], Told("1", "speed", 10), Told("2", "speed", 30), Told("3", "speed", 14)) } };
        var speeds = SmartCity.Traffic.Roads.Speeds(feeds, City);
        Assert.Equal([("강변북로", 14.0, 1), ("올림픽대로", 20.0, 2)], speeds.Select(r => (r.Key, r.KmH, r.Pieces)));
        Assert.Equal("Olympic-daero", speeds[1].Name.In("en"));
        Assert.Equal([State.Serious, State.Caution], speeds.Select(r => SmartCity.Traffic.Roads.ClassOf(r.KmH).State));
        feeds.Gone.Add(TrafficModule.SpeedFeed);
        Assert.Empty(SmartCity.Traffic.Roads.Speeds(feeds, City));
    }

    [Fact]
    public void Open_on_the_roads_is_what_has_begun_and_not_ended_and_is_no_test()
    {
        Event Event(string id, EventStatus status = EventStatus.Active, bool test = false, int onset = -10) => new(id, 1, "accident", status, Text.Same(id), Now.AddMinutes(-5), Now) { Test = test, Onset = Now.AddMinutes(onset) };
        var feeds = new HeldFeeds(Now) { Held = { [TrafficModule.IncidentFeed] = [Event("open"), Event("over", EventStatus.Ended), Event("exercise", test: true)], [TrafficModule.WorksFeed] = [Event("announced", onset: 60), Event("digging")] } };
        Assert.Equal(["open", "digging"], SmartCity.Traffic.Roads.Open(feeds).Select(e => e.Event.Id));
        Assert.Null(SmartCity.Traffic.Roads.Find("exercise", feeds));
        Assert.NotNull(SmartCity.Traffic.Roads.Find("over", feeds));
    }

    /// <summary>Feeds as a test holds them.</summary>
    private sealed class HeldFeeds(DateTimeOffset now) : IFeeds
    {
        public Dictionary<string, Snapshot> Snapshots { get; } = [];
        public Dictionary<string, IReadOnlyList<Event>> Held { get; } = [];
        public HashSet<string> Gone { get; } = [];
        public DateTimeOffset Now => now;
        public AsOf? AsOf(string feed) => new() { Feed = feed, Source = Text.Same(feed), Owner = Text.Same("owner"), At = now, Freshness = Gone.Contains(feed) ? Freshness.Gone : Freshness.Live, Rhythm = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)) };
        public Snapshot Latest(string feed) => Snapshots.GetValueOrDefault(feed) ?? Snapshot.None;
        public IReadOnlyList<Event> Events(string feed) => Held.GetValueOrDefault(feed) ?? [];
        public Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Point>>([]);
        public Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Reading>>([]);
        public Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Event>>([]);
        public Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Figure>>([]);
        public Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Document>>([]);
        public Picture? Picture(string feed) => null;
    }
}

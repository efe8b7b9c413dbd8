using SmartCity.DisasterSafety;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>A person is called seldom enough to come.</summary>
public sealed class AlarmTests
{
    private static DisasterSettings Settings => DisasterSettings.Of(Made.City);

    private static IReadOnlyList<Alarm> Of(IEnumerable<Incident> incidents, params Acknowledgement[] acknowledged) => Alarms.Of(incidents, [], acknowledged, Settings, Made.Now);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    public void Five_hundred_incidents_in_a_storm_raise_at_most_ten_alarms_in_any_ten_minutes(int seed)
    {
        var dice = new Random(seed);
        string[] kinds = ["fire", "rescue", "ems"];
        // 500 within ten minutes over all areas, then fifty minutes of the same rain
        var runs = Enumerable.Range(0, 3000).Select(i => Made.Run("D" + i, kinds[dice.Next(3)], Made.City.Areas[dice.Next(Made.City.Areas.Count)].Code, since: Made.Now.AddHours(-1).AddSeconds(i * 1.2))).ToList();
        var acts = runs.Where((_, i) => i % 3 == 0).Select((r, i) => new Act { Id = i + 1, Incident = "d-" + r.Id, Kind = Act.Escalation, Value = i % 2 == 0 ? "Extreme" : "Severe" }).ToList();
        var alarms = Of(Made.Incidents(runs, acts));
        Assert.True(alarms.Count > 1);
        foreach (var alarm in alarms)
            Assert.InRange(alarms.Count(a => a.First >= alarm.First && a.First < alarm.First.AddMinutes(10)), 1, 10);
        // and nothing that a rule asks for is in none of them
        Assert.Equal(Made.Incidents(runs, acts).Count(i => Settings.Alarms.Any(r => r.Fits(i))), alarms.Sum(a => a.Count));
        Assert.Contains(alarms, a => a.Rule == Alarm.Storm);
    }

    [Fact]
    public void Exercises_merged_and_ended_incidents_raise_no_alarm()
    {
        Assert.Single(Of(Made.Incidents([Made.Run("D1")])));
        Assert.Empty(Of(Made.Incidents([Made.Run("D1", test: true)])));
        Assert.Empty(Of(Made.Incidents([Made.Run("D1") with { Status = EventStatus.Ended }])));
        Assert.Empty(Of(Made.Incidents([Made.Run("D1")], [new() { Incident = "d-D1", Kind = Act.Merger, Value = "d-D2" }])));
        // a call for an ambulance is every few minutes: no rule asks for it
        Assert.Empty(Of(Made.Incidents([Made.Run("D1", "ems")])));
    }

    private static Acknowledgement Seen(string incident, Severity severity = Severity.Severe, string by = "kim", int minutesAgo = 0) =>
        new() { Id = 10 - minutesAgo, Rule = Alarm.One, Scope = Call.Name(incident), Severity = severity, At = Made.Now.AddMinutes(-minutesAgo).ToUnixTimeMilliseconds(), Person = by };

    [Fact]
    public void An_acknowledged_alarm_stays_so_until_it_grows_graver()
    {
        var alarm = Assert.Single(Of(Made.Incidents([Made.Run("D1")]), Seen("d-D1")));
        Assert.Equal(("kim", Made.Now), (alarm.AcknowledgedBy, alarm.AcknowledgedAt));
        // what has not been seen
        Assert.Null(Assert.Single(Of(Made.Incidents([Made.Run("D2")]), Seen("d-D1"))).AcknowledgedBy);
        // graver
        Assert.Null(Assert.Single(Of(Made.Incidents([Made.Run("D1")], [new() { Incident = "d-D1", Kind = Act.Escalation, Value = "Extreme" }]), Seen("d-D1"))).AcknowledgedBy);
        // and seen again, by the first who saw it as it is
        Assert.Equal("lee", Assert.Single(Of(Made.Incidents([Made.Run("D1")], [new() { Incident = "d-D1", Kind = Act.Escalation, Value = "Extreme" }]),
            Seen("d-D1", minutesAgo: 3), Seen("d-D1", Severity.Extreme, "lee", 2), Seen("d-D1", Severity.Extreme, "park", 1))).AcknowledgedBy);
    }

    [Fact]
    public void An_acknowledged_alarm_calls_again_when_one_more_incident_joins_it()
    {
        // also one that began before the acknowledgement and was told after it
        foreach (var since in new[] { -1, -4 })
        {
            var alarm = Assert.Single(Of(Made.Incidents([Made.Run("D1"), Made.Run("D2", since: Made.Now.AddMinutes(since))]), Seen("d-D1", minutesAgo: 2)));
            Assert.Null(alarm.AcknowledgedBy);
            Assert.Equal("d-D2", Assert.Single(alarm.Waiting).Key);
            // what waits stands first, whose turn it was stays readable
            Assert.Equal([("d-D2", null), ("d-D1", "kim")], alarm.Incidents.Select(c => (c.Key, c.By)));
        }
        // all of them seen: the last who saw one is who acknowledged the alarm
        Assert.Equal("lee", Assert.Single(Of(Made.Incidents([Made.Run("D1"), Made.Run("D2")]), Seen("d-D1", minutesAgo: 2), Seen("d-D2", by: "lee"))).AcknowledgedBy);
        // what has ended waits for nobody
        Assert.Equal("kim", Assert.Single(Of(Made.Incidents([Made.Run("D1"), Made.Run("D2") with { Status = EventStatus.Ended }]), Seen("d-D1"))).AcknowledgedBy);
    }

    [Fact]
    public void A_gauge_above_its_own_threshold_calls_and_one_without_a_threshold_does_not()
    {
        GaugeRow Row(double level, double? threshold, State state) => new(GaugeKind.River, new("R1", Text.Same("R1"), "11140", Made.Middle), Made.Now, level, "m", threshold, state, "watch");
        Assert.Equal(Severity.Severe, Assert.Single(Alarms.Of([], [Row(5, 4, State.Serious)], [], Settings, Made.Now)).Severity);
        Assert.Empty(Alarms.Of([], [Row(3.9, 4, State.Info), Row(9, null, State.Normal)], [], Settings, Made.Now));
    }

    [Theory]
    [InlineData(2.0, "below", State.Normal, 50)]
    [InlineData(3.3, "near", State.Info, 82.5)]
    [InlineData(4.0, "watch", State.Caution, 100)]
    [InlineData(6.1, "flood", State.Serious, 152.5)]
    [InlineData(13.0, "full", State.Critical, 325)]
    public async Task A_river_gauge_is_read_against_its_own_thresholds(double level, string word, State state, double percent)
    {
        var row = Assert.Single(await Gauges.Of(new OneGauge(level), null, Made.City, TestContext.Current.CancellationToken));
        Assert.Equal((word, state), (row.Word, row.State));
        Assert.Equal(percent, row.Ratio!.Value * 100, 6);
    }

    private sealed class OneGauge(double level) : IFeeds
    {
        private static readonly Thing Gauge = new("R1", Text.Same("R1"), "11140", Made.Middle) { Attributes = new Dictionary<string, string> { ["control"] = "4", ["flood"] = "6", ["levee"] = "13" } };

        public DateTimeOffset Now => Made.Now;
        public AsOf? AsOf(string feed) => new() { Feed = feed, Source = Text.Same("x"), Owner = Text.Same("x"), Rhythm = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4)), Freshness = Freshness.Live };
        public Snapshot Latest(string feed) => feed != DisasterSafetyModule.River ? Snapshot.None
            : new(1, new Dictionary<string, Thing> { ["R1"] = Gauge }, new Dictionary<(string, string), Reading> { [("R1", "level")] = new("R1", "level", Made.Now, Made.Now, Made.Now, level, Quality.Good) });
        public Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default) => throw new NotSupportedException();
        public Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default) => throw new NotSupportedException();
        public IReadOnlyList<Event> Events(string feed) => [];
        public Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => throw new NotSupportedException();
        public Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default) => throw new NotSupportedException();
        public Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default) => throw new NotSupportedException();
        public Picture? Picture(string feed) => null;
    }
}

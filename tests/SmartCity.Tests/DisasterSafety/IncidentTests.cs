using SmartCity.DisasterSafety;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>One noun over what five sources say and what people did.</summary>
public sealed class IncidentTests
{
    private static Act Done(string kind, string value = "", string incident = "d-D1", long id = 1) => new() { Id = id, Incident = incident, Kind = kind, Value = value, At = Made.Now.AddMinutes(-1).ToUnixTimeMilliseconds(), Person = "kim" };

    [Theory]
    [InlineData("fire", "Fire", "Severe")]
    [InlineData("rescue", "Rescue", "Moderate")]
    [InlineData("ems", "Medical", "Minor")]
    [InlineData("cat-in-tree", "Other", "Unknown")]
    public void A_dispatch_becomes_an_incident_of_its_category_with_a_severity_by_the_citys_rule(string kind, string category, string severity)
    {
        var incident = Made.Incident(Made.Run("D1", kind));
        Assert.Equal((category, severity), (incident.Category.ToString(), incident.Severity.ToString()));
        Assert.Equal(severity != "Unknown", incident.SeverityByRule);
        Assert.True(incident.Open);
        Assert.Equal("d-D1", incident.Key);
    }

    [Fact]
    public void What_people_did_stands_over_what_the_source_says_until_it_is_undone()
    {
        var run = Made.Run("D1", "ems");
        Assert.Equal(Severity.Extreme, Made.Incident(run, Done(Act.Escalation, "Extreme")).Severity);
        Assert.Equal(IncidentStatus.Closed, Made.Incident(run, Done(Act.Closure)).Status);
        Assert.Equal(IncidentStatus.Merged, Made.Incident(run, Done(Act.Merger, "d-D2")).Status);
        var undone = Done(Act.Closure);
        undone.UndoneAt = Made.Now.ToUnixTimeMilliseconds();
        Assert.True(Made.Incident(run, undone).Open);
        // and what will be done later is not known yet: a page of the past does not tell the future
        var later = Done(Act.Closure);
        later.At = Made.Now.AddHours(1).ToUnixTimeMilliseconds();
        Assert.True(Made.Incident(run, later).Open);
    }

    [Fact]
    public void A_merged_incident_counts_once_and_the_whole_names_its_parts()
    {
        var incidents = Made.Incidents([Made.Run("D1"), Made.Run("D2")], [Done(Act.Merger, "d-D2")]);
        Assert.Equal(["d-D1"], incidents.Single(i => i.Key == "d-D2").Parts);
        Assert.Equal(1, Counts.Of(incidents, Today.Midnight(Made.City, Made.Now), Made.Now).Fire);
    }

    [Fact]
    public void A_notice_is_an_incident_only_from_moderate_on()
    {
        Event Notice(string id, Severity severity) => Made.Run(id) with { Severity = severity, Expires = Made.Now.AddHours(2) };
        var found = Assembly.Of(new Dictionary<string, IReadOnlyList<Event>> { [DisasterSafetyModule.Messages] = [Notice("1", Severity.Minor), Notice("2", Severity.Severe)], [DisasterSafetyModule.Alerts] = [Notice("A,b/c 1", Severity.Moderate)] }, [], Made.City, Made.Now);
        Assert.Equal([Severity.Severe, Severity.Moderate], found.Select(i => i.Severity));
        // an identifier that no address takes becomes one that it does, and stays the same
        Assert.Matches("^a-x[0-9a-f]{24}$", found[1].Key);
    }

    [Theory]
    [InlineData(40, 30, 0.5, true)]
    [InlineData(91, 30, 0.5, false)]
    [InlineData(40, 140, 0.5, false)]
    [InlineData(40, 30, 1.2, false)]
    public void Two_networks_tell_of_one_earthquake_when_time_place_and_magnitude_agree(double seconds, double km, double magnitude, bool one)
    {
        var national = Made.Quake("20260720120000", 3.0, Made.Now.AddHours(-1), Made.Middle);
        var global = Made.Quake("us1", 3.0 + magnitude, Made.Now.AddHours(-1).AddSeconds(seconds), new(Made.Middle.Latitude + km / 111.2, Made.Middle.Longitude));
        var merged = Quakes.Merge([national], [global], new()).ToList();
        Assert.Equal(one ? 1 : 2, merged.Count);
        if (!one) return;
        // known by either of its names, whichever network a person acted on
        var incident = new Incident(Category.Disaster, merged[0], Made.Now);
        Assert.True(incident.Answers("k-20260720120000") && incident.Answers("u-us1"));
    }

    [Fact]
    public void A_swarm_is_paired_one_to_one_the_nearest_in_time_first()
    {
        var at = Made.Now.AddHours(-1);
        var merged = Quakes.Merge([Made.Quake("n1", 3, at, Made.Middle), Made.Quake("n2", 3, at.AddSeconds(60), Made.Middle)], [Made.Quake("g1", 3, at.AddSeconds(58), Made.Middle), Made.Quake("g2", 3, at.AddSeconds(2), Made.Middle)], new()).ToList();
        Assert.Equal(["n1+g2", "n2+g1"], merged.Select(m => string.Join('+', m.Select(a => a.Event.Id))));
    }

    [Fact]
    public void An_earthquake_far_away_is_no_incident_unless_it_is_strong()
    {
        IReadOnlyList<Account> At(double km, double magnitude) => [new(DisasterSafetyModule.Earthquakes, Made.Quake("x", magnitude, Made.Now, new(Made.Middle.Latitude - km / 111.2, Made.Middle.Longitude)))];
        Assert.True(Quakes.Concerns(At(100, 2.1), Made.City, new()));
        Assert.False(Quakes.Concerns(At(400, 4.9), Made.City, new()));
        Assert.True(Quakes.Concerns(At(400, 5.0), Made.City, new()));
        Assert.False(Quakes.Concerns(At(5000, 8.0), Made.City, new()));
    }

    [Fact]
    public void The_day_of_the_counts_begins_at_midnight_of_the_city_not_of_the_world()
    {
        // half past midnight of the 21st in a zone nine hours ahead: still the 20th in Greenwich
        var now = new DateTimeOffset(2026, 7, 20, 15, 30, 0, TimeSpan.Zero);
        var midnight = Today.Midnight(Made.City, now);
        Assert.Equal(new DateTimeOffset(2026, 7, 20, 15, 0, 0, TimeSpan.Zero), midnight);
        var incidents = Made.Incidents([Made.Run("D1", since: now.AddMinutes(-31)), Made.Run("D2", since: now.AddMinutes(-30)), Made.Run("D3", "rescue", since: now.AddMinutes(-1)), Made.Run("D4", since: now.AddMinutes(-1), test: true)], now: now);
        Assert.Equal(new Counts(0, 1, 1, 0), Counts.Of(incidents, midnight, now));
    }
}

using SmartCity.DisasterSafety;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>What is odd is drawn sensibly.</summary>
public sealed class EdgeTests
{
    private static IReadOnlyList<IncidentRow> Rows(IReadOnlyList<Incident> incidents) =>
        [.. incidents.Select(i => new IncidentRow(i, Openness.Everyone(DisasterSettings.Of(Made.City)), Made.City, Made.Words))];

    [Fact]
    public void Ten_thousand_at_one_point_are_one_sign_and_few_alarms()
    {
        var incidents = Made.Incidents([.. Enumerable.Range(0, 10_000).Select(i => Made.Run("D" + i, since: Made.Now.AddMilliseconds(-i * 60)))]);
        var cell = Assert.Single(DisasterTables.OfCells(Rows(incidents)));
        Assert.Equal((10_000, State.Serious), (cell.Count, cell.State));
        Assert.Equal(10_000, Counts.Of(incidents, Today.Midnight(Made.City, Made.Now), Made.Now).Fire);
        var alarm = Assert.Single(Alarms.Of(incidents, [], [], DisasterSettings.Of(Made.City), Made.Now));
        Assert.Equal((10_000, 20), (alarm.Count, alarm.Incidents.Count));
    }

    [Fact]
    public void None_at_all_is_no_sign_no_alarm_and_four_zeroes()
    {
        Assert.Empty(DisasterTables.OfCells([]));
        Assert.Empty(Alarms.Of([], [], [], DisasterSettings.Of(Made.City), Made.Now));
        Assert.Equal(new Counts(0, 0, 0, 0), Counts.Of([], Made.Now, Made.Now));
    }

    [Fact]
    public void On_a_border_it_counts_in_both_areas_and_once_in_the_city()
    {
        var incident = Made.Incident(Made.Run("D1") with { Areas = ["11140", "11170"] });
        var midnight = Today.Midnight(Made.City, Made.Now);
        Assert.Equal((1, 1, 0, 1), (Counts.Of([incident], midnight, Made.Now, "11140").Fire, Counts.Of([incident], midnight, Made.Now, "11170").Fire, Counts.Of([incident], midnight, Made.Now, "11110").Fire, Counts.Of([incident], midnight, Made.Now).Fire));
        Assert.Equal("Jung-gu, Yongsan-gu", Made.In("en-GB", () => Say.Where(incident, Made.City, Made.Words)));
    }

    [Fact]
    public void In_the_river_where_no_area_is_told_the_two_nearest_are_named()
    {
        var incident = Made.Incident(Made.Run("D1", area: null, place: new(37.5185, 126.9590), address: null));
        Assert.StartsWith("between ", Made.In("en-GB", () => Say.Where(incident, Made.City, Made.Words)), StringComparison.Ordinal);
        Assert.EndsWith(" 사이", Made.In("ko-KR", () => Say.Where(incident, Made.City, Made.Words)), StringComparison.Ordinal);
        // it is nobody's, and the city's
        var midnight = Today.Midnight(Made.City, Made.Now);
        Assert.All(Made.City.Areas, a => Assert.Equal(0, Counts.Of([incident], midnight, Made.Now, a.Code).All));
        Assert.Equal(1, Counts.Of([incident], midnight, Made.Now).All);
        Assert.Single(DisasterTables.OfCells(Rows([incident])));
    }

    [Fact]
    public void Ended_before_it_began_it_is_over_and_nobody_says_how_long_it_took()
    {
        var run = Made.Run("D1") with { Status = EventStatus.Ended, ReportedAt = Made.Now.AddHours(-3), Onset = Made.Now.AddHours(-1) };
        var incident = Made.Incident(run);
        Assert.Equal(IncidentStatus.Ended, incident.Status);
        Assert.True(incident.Backwards);
        Assert.Null(incident.Lasted);
        Assert.Equal(State.Normal, incident.State);
    }

    [Fact]
    public void In_a_renamed_area_it_is_told_under_its_old_code_and_counted_in_the_city()
    {
        var incident = Made.Incident(Made.Run("D1", area: "11999"));
        Assert.Equal("a former area (11999)", Made.In("en-GB", () => Say.Where(incident, Made.City, Made.Words)));
        Assert.Equal(1, Counts.Of([incident], Today.Midnight(Made.City, Made.Now), Made.Now).All);
    }

    [Fact]
    public void A_place_that_cannot_be_trusted_is_on_no_map()
    {
        var incident = Made.Incident(Made.Run("D1") with { PlaceInDoubt = "126.9 37.5" });
        Assert.Null(incident.Place);
        Assert.Equal("126.9 37.5", incident.PlaceInDoubt);
        Assert.Empty(DisasterTables.OfCells(Rows([incident])));
    }

    [Fact]
    public void What_begins_tomorrow_is_not_counted_today()
    {
        var incident = Made.Incident(Made.Run("D1", since: Made.Now.AddHours(20)));
        Assert.Null(incident.Lasted);
        Assert.Equal(0, Counts.Of([incident], Today.Midnight(Made.City, Made.Now), Made.Now).All);
    }
}

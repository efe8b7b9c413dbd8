using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>What follows from milestones, reports and money by rule, on days that are given.</summary>
public sealed class ScheduleTests
{
    private static readonly DateOnly Today = new(2026, 6, 1);

    private static Milestone M(string key, string planned, string? after = null, int? days = null, string? actual = null, string? forecast = null) =>
        new(key, Text.Same(key), DateOnly.Parse(planned, System.Globalization.CultureInfo.InvariantCulture), actual is null ? null : DateOnly.Parse(actual, System.Globalization.CultureInfo.InvariantCulture),
            forecast is null ? null : DateOnly.Parse(forecast, System.Globalization.CultureInfo.InvariantCulture), after?.Split(',') ?? [], days);

    private static Project P(Stage stage, DateOnly reported, IReadOnlyList<BudgetYear> budget, params Milestone[] milestones) => new()
    {
        Key = "p",
        Name = Text.Same("p"),
        Classification = new("c", Text.Same("c"), 1),
        Department = new("d", Text.Same("d")),
        Stages = [new(new(2025, 1, 1), stage)],
        Progress = [new(reported, 10)],
        Budget = budget,
        Milestones = milestones,
    };

    [Fact]
    public void The_longest_way_to_the_end_is_critical_and_the_others_say_how_much_they_may_slip()
    {
        // land is ready a month before works can begin, by the longer design
        var schedule = Schedule.Of([M("start", "2026-07-01"), M("design", "2026-09-01", "start"), M("land", "2026-08-01", "start"), M("works", "2027-03-01", "design,land", 181)], Today)!;
        Assert.Equal(["start", "design", "works"], schedule.Steps.Where(s => s.Critical).Select(s => s.Milestone.Key));
        Assert.Equal(31, schedule.Find("land")!.Slack);
        Assert.Equal(new(2027, 3, 1), schedule.Expected);
        Assert.Equal(0, schedule.LateBy);
    }

    [Fact]
    public void A_delay_moves_everything_behind_it_and_no_more_than_the_slack_allows()
    {
        Milestone[] plan = [M("start", "2026-07-01"), M("design", "2026-09-01", "start"), M("land", "2026-08-01", "start"), M("works", "2027-03-01", "design,land", 181)];
        // twenty days are inside the slack of the land
        var slipped = Schedule.Of([plan[0], plan[1], plan[2] with { Forecast = new(2026, 8, 21) }, plan[3]], Today)!;
        Assert.Equal((20, 0, 11), (slipped.Find("land")!.LateBy, slipped.LateBy, slipped.Find("land")!.Slack));
        Assert.Empty(slipped.CriticalAndLate);
        // fifty are not: the way to the end is another one now
        slipped = Schedule.Of([plan[0], plan[1], plan[2] with { Forecast = new(2026, 9, 20) }, plan[3]], Today)!;
        Assert.Equal((50, 19), (slipped.Find("land")!.LateBy, slipped.LateBy));
        Assert.Equal(["land", "works"], slipped.CriticalAndLate.Select(s => s.Milestone.Key));
        Assert.Equal(19, slipped.Find("design")!.Slack);
    }

    [Fact]
    public void What_was_not_done_by_today_is_expected_today_at_the_earliest_and_drags_the_rest()
    {
        var schedule = Schedule.Of([M("start", "2026-05-01"), M("end", "2026-08-01", "start", 92)], Today)!;
        Assert.Equal(Today, schedule.Find("start")!.Expected);
        Assert.Equal(31, schedule.LateBy);
        Assert.All(schedule.Steps, s => Assert.True(s.CriticalAndLate));
    }

    [Fact]
    public void A_forecast_may_catch_up_but_not_come_before_what_it_waits_for()
    {
        var schedule = Schedule.Of([M("start", "2026-05-01", forecast: "2026-07-10"), M("end", "2026-08-01", "start", 92, forecast: "2026-08-05")], Today)!;
        Assert.Equal(4, schedule.LateBy);
        schedule = Schedule.Of([M("start", "2026-05-01", forecast: "2026-09-10"), M("end", "2026-08-01", "start", 92, forecast: "2026-08-05")], Today)!;
        Assert.Equal(new(2026, 9, 10), schedule.Expected);
    }

    [Fact]
    public void A_milestone_that_was_done_late_is_told_so_and_is_critical_and_late_no_more()
    {
        var schedule = Schedule.Of([M("start", "2026-03-01", actual: "2026-03-20"), M("end", "2026-08-01", "start", 30)], Today)!;
        Assert.Equal((19, true), (schedule.Find("start")!.LateBy, schedule.Find("start")!.Done));
        Assert.Empty(schedule.CriticalAndLate);
    }

    [Fact]
    public void Milestones_that_wait_for_each_other_have_no_order() =>
        Assert.Null(Schedule.Order([M("a", "2026-01-01", "b"), M("b", "2026-01-02", "a")]));

    [Fact]
    public void A_standing_follows_from_the_rule_and_from_nothing_else()
    {
        var fine = M("end", "2026-12-01");
        BudgetYear[] money = [new(2026, 100, 90)];
        Assert.Equal(Standing.OnTime, Schedule.StandingOf(P(Stage.Works, Today, money, fine), Today));
        Assert.Equal(Standing.AtRisk, Schedule.StandingOf(P(Stage.Works, Today, money, fine with { Forecast = new(2026, 12, 10) }), Today));
        Assert.Equal(Standing.AtRisk, Schedule.StandingOf(P(Stage.Works, Today, [new(2026, 100, 101)], fine), Today));
        Assert.Equal(Standing.Late, Schedule.StandingOf(P(Stage.Works, Today, money, fine with { Forecast = new(2026, 12, 16) }), Today));
        Assert.Equal(Standing.Unreported, Schedule.StandingOf(P(Stage.Works, Today.AddDays(-Schedule.Reporting - 1), money, fine), Today));
        Assert.Equal(Standing.OnTime, Schedule.StandingOf(P(Stage.Works, Today.AddDays(-Schedule.Reporting), money, fine), Today));
        Assert.Equal(Standing.Done, Schedule.StandingOf(P(Stage.Done, Today.AddYears(-3), money, fine with { Planned = new(2020, 1, 1) }), Today));
        Assert.Equal(Standing.Resting, Schedule.StandingOf(P(Stage.Paused, Today, money, fine with { Planned = new(2020, 1, 1) }), Today));
        // what it follows from is closed: nothing is claimed
        Assert.Null(Schedule.StandingOf(P(Stage.Works, Today, money, fine).For(new HashSet<Field> { Field.Stages }), Today));
    }

    [Theory]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("１２", 12.0)]
    [InlineData("1,23", null)]
    [InlineData("1.234,5", null)]
    [InlineData("1e9", null)]
    [InlineData("", null)]
    public void Amounts_are_read_as_people_type_them_and_what_could_mean_two_things_is_refused(string text, double? expected) =>
        Assert.Equal(expected, Kinds.TryNumber(text, out var number) ? number : null);

    [Theory]
    [InlineData("2026-01-02", " gantt__now--start")]
    [InlineData("2026-07-01", "")]
    [InlineData("2026-12-30", " gantt__now--end")]
    public void The_word_of_today_stays_within_the_drawing(string day, string edge) => Assert.Equal(edge, new Timeline(new(2026, 1, 1), new(2026, 12, 31)).Edge(DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
}

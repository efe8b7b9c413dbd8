using SmartCity.DisasterSafety;
using SmartCity.Tests.Export;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>How many people an incident concerns: from a table, by a method that is told, or not at all.</summary>
public sealed class AffectedTests
{
    private sealed record Row(string Area, double? People);

    /// <summary>A city with one table of people.</summary>
    private sealed class Tables(params Row[] rows) : IDatasets
    {
        private readonly Dataset _table = Dataset.Of<Row>("city.people", Text.Of("생활인구", "Living population"), [], Text.Same("People by area."), _ => Task.FromResult<IReadOnlyList<Row>>(rows),
            Column.Area<Row>("area", Text.Same("Area"), r => r.Area), Column.Number<Row>("people", Text.Same("People"), "", r => r.People), Column.Time<Row>("observed", Text.Same("Observed"), _ => Made.Now.AddDays(-5)));

        public IReadOnlyList<Dataset> All => [_table];
        public Dataset? Find(string key) => key == "city.people" ? _table : null;
        public Task<IReadOnlyList<object>> Rows(string key, IReadOnlyDictionary<string, string>? query = null, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<object>>(rows);
    }

    private static readonly PeopleRule Rule = new() { Dataset = "city.people", Column = "people", Metres = { ["fire"] = 200 } };
    private static Task<Affected?> Of(Event e, IDatasets tables, PeopleRule? rule = null) => Affected.Of(tables, Made.City, rule ?? Rule, new Incident(Category.Fire, [new(DisasterSafetyModule.Dispatch, e)], Made.Now), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_fire_concerns_those_within_its_reach_at_the_mean_density_of_its_area()
    {
        var size = Made.City.Area("11140")!.SquareKm!.Value;
        var affected = await Of(Made.Run("A"), new Tables(new("11140", 130_000), new("11110", 900_000)));
        Assert.Equal(130_000 * Math.PI * 0.04 / size, affected!.People, 3);
        Assert.Equal((200d, true, "Living population", (DateTimeOffset?)Made.Now.AddDays(-5)), (affected.Metres!.Value, affected.ByDensity, affected.Table.In("en"), affected.ObservedAt));
        // of somebody nobody knows where it is exactly, all people of the area
        var whole = await Of(Made.Run("B") with { Shape = null }, new Tables(new Row("11140", 130_000)));
        Assert.Equal((130_000d, null, false), (whole!.People, whole.Metres, whole.ByDensity));
        // never more than there are
        var huge = await Of(Made.Run("C"), new Tables(new Row("11140", 130_000)), new() { Dataset = "city.people", Metres = { ["fire"] = 90_000 } });
        Assert.Equal(130_000, huge!.People);
    }

    [Fact]
    public async Task A_shape_that_the_source_drew_is_measured_and_several_areas_are_summed()
    {
        var at = Made.Middle;
        Place P(double north, double east) => new(at.Latitude + north / 110.57, at.Longitude + east / (111.32 * Math.Cos(at.Latitude * Math.PI / 180)));
        var square = new Shape(ShapeKind.Area, [[P(0, 0), P(0, 1), P(1, 1), P(1, 0), P(0, 0)]]);
        var people = new Tables(new("11140", 130_000), new("11110", 150_000));
        var affected = await Of(Made.Run("A") with { Shape = square }, people);
        Assert.Equal(130_000 / Made.City.Area("11140")!.SquareKm!.Value, affected!.People, 130_000 * 0.001);
        Assert.Null(affected.Metres);
        var two = await Of(Made.Run("B") with { Areas = ["11140", "11110"] }, people);
        Assert.Equal((280_000d, false), (two!.People, two.ByDensity));
    }

    [Fact]
    public async Task What_is_not_known_is_not_guessed()
    {
        var people = new Tables(new("11140", 130_000), new("11110", null));
        Assert.Null(await Of(Made.Run("A"), people, new()));
        Assert.Null(await Of(Made.Run("B"), people, new() { Dataset = "city.nothing" }));
        Assert.Null(await Of(Made.Run("C", "gas"), people));
        Assert.Null(await Of(Made.Run("D", area: null), people));
        Assert.Null(await Of(Made.Run("E", area: "11110"), people));
        Assert.Null(await Of(Made.Run("F") with { Areas = ["11140", "99999"] }, people));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7.4, 7)]
    [InlineData(966, 970)]
    [InlineData(132_400, 130_000)]
    public void A_number_is_told_no_more_exactly_than_it_is_known(double counted, double told) => Assert.Equal(told, new Affected(counted, null, [], Text.Same(""), null).Rounded);
}

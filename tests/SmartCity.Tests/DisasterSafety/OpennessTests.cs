using SmartCity.DisasterSafety;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>What everyone may see is decided field by field, closed by default.</summary>
public sealed class OpennessTests
{
    private static string? Block(string? address, string? pattern = null) => Made.In("en-GB", () => Openness.ToTheBlock(address, pattern ?? DisasterSettings.Of(Made.City).Address, Made.Words));

    [Theory]
    [InlineData("중구 공원로 132 3층", "공원로, block 100")]
    [InlineData("공원로 99", "공원로, block 0")]
    [InlineData("성북구 학교길 1204-7 (김씨네)", "학교길, block 1200")]
    [InlineData("중앙로12길 345 101동 1502호", "중앙로12길, block 300")]
    // nothing is certain to be no one's door
    [InlineData("김씨네 파란 대문 집", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_address_is_told_to_the_block_or_not_at_all(string? address, string? told) => Assert.Equal(told, Block(address));

    [Fact]
    public void A_city_that_states_no_pattern_of_addresses_shows_none() => Assert.Null(Block("공원로 132", ""));

    [Fact]
    public void Everyone_sees_the_middle_of_a_cell_the_same_for_all_in_it()
    {
        var cells = new[] { new Place(37.5661, 126.9781), new Place(37.5679, 126.9799) }.Select(p => Openness.Cell(p, 0.004)).Distinct().ToList();
        var cell = Assert.Single(cells)!.Value;
        Assert.Equal((37.566, 126.978), (Math.Round(cell.Latitude, 3), Math.Round(cell.Longitude, 3)));
        Assert.Null(Openness.Cell(new Place(double.NaN, 1), 0.004));
    }

    [Fact]
    public void A_city_that_opens_nothing_shows_nothing()
    {
        var closed = Openness.Everyone(new());
        Assert.False(closed.Any);
        Assert.False(closed.Knows(Made.Incident(Made.Run("D1"))));
        Assert.All(Openness.Fields, f => Assert.False(closed.Shows(f)));
        var row = new IncidentRow(Made.Incident(Made.Run("D1")), closed, Made.City, Made.Words);
        Assert.All(DisasterTables.Incidents.Columns.Where(c => c.Key != "incident"), c => Assert.Null(c.Of(row)));
    }

    [Fact]
    public void A_field_that_nobody_can_open_stops_the_start()
    {
        var wrong = new DisasterSettings { Public = ["what", "address", "crew"], Alarms = [new() { Key = "a", Minutes = 0 }], Severities = { ["fire"] = "Hot" } }.Problems();
        Assert.Equal(4, wrong.Count);
        Assert.Contains(wrong, w => w.Contains("\"address\" is no field that can be opened", StringComparison.Ordinal));
        Assert.Empty(DisasterSettings.Of(Made.City).Problems());
    }

    [Fact]
    public void Nobody_but_the_desk_knows_of_an_exercise() => Assert.False(Openness.Everyone(DisasterSettings.Of(Made.City)).Knows(Made.Incident(Made.Run("D1", test: true))));
}

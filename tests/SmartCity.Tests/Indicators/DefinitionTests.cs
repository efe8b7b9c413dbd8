using System.Globalization;
using SmartCity.Indicators;

namespace SmartCity.Tests.Indicators;

/// <summary>An indicator is defined as data; its state follows from a rule.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData("2026", "2026-01-01", "2026-12-31", "2026년", "2026")]
    [InlineData("2026-Q3", "2026-07-01", "2026-09-30", "2026년 3분기", "Q3 2026")]
    [InlineData("2024-02", "2024-02-01", "2024-02-29", "2024년 2월", "Feb 2024")]
    public void A_period_is_read_and_written_back(string text, string start, string end, string korean, string english)
    {
        Assert.True(SmartCity.Indicators.Period.TryParse(text, out var period));
        Assert.Equal(text, period.ToString());
        Assert.Equal(DateOnly.Parse(start, CultureInfo.InvariantCulture), period.Start);
        Assert.Equal(DateOnly.Parse(end, CultureInfo.InvariantCulture), period.End);
        Assert.Equal(period, period.Plus(5).Plus(-5));
        Assert.Equal(korean, In("ko-KR", () => period.Words));
        Assert.Equal(english, In("en-GB", () => period.Words));
    }

    [Theory]
    [InlineData("")]
    [InlineData("26")]
    [InlineData("2026-13")]
    [InlineData("2026-Q5")]
    [InlineData("2026-08-01")]
    [InlineData("+026")]
    [InlineData("2026-Q")]
    public void What_is_no_period_is_refused(string text) => Assert.False(SmartCity.Indicators.Period.TryParse(text, out _));

    [Fact]
    public void The_demonstration_city_has_61_indicators_over_its_sectors_with_ten_years_of_values()
    {
        using var city = new PackCity();
        var pack = city.Load();
        Assert.Equal(61, pack.Indicators.Count);
        Assert.Equal(10, pack.Sectors.Count);
        foreach (var indicator in pack.Indicators)
        {
            Assert.True(indicator.Demonstration, indicator.Key);
            var periods = pack.Values.Where(v => v.Indicator == indicator.Key && v.Area.Length == 0).Select(v => v.Period).ToList();
            var years = (double)(periods[^1].Number - periods[0].Number + 1) / SmartCity.Indicators.Period.PerYear(indicator.Cycle);
            Assert.True(years >= 10, $"{indicator.Key} has {years} years");
            Assert.Equal(periods.Count, periods[^1].Number - periods[0].Number + 1);
        }
        // borough by borough, where it is known
        Assert.True(pack.Values.Where(v => v.Area.Length > 0).Select(v => v.Indicator).Distinct().Count() >= 20);
    }

    [Fact]
    public void Everything_wrong_with_a_pack_is_told_at_once_by_file_and_line()
    {
        var wrong = PackCity.Right.Replace("direction: up", "direction: sideways", StringComparison.Ordinal).Replace("en: \"How calm it is\"", "fr: \"x\"", StringComparison.Ordinal)
            .Replace("near: 0.5", "nearly: 0.5", StringComparison.Ordinal).Replace("2030: 20", "2030: 200", StringComparison.Ordinal);
        using var city = new PackCity(("safety.yaml", wrong), ("safety.csv", "indicator,area,period,value\ncalm,,2020,11\ncalm,,2020-08,11\ncalm,nowhere,2021,11\nstorm,,2021,1\ncalm,,2022,abc\n"), ("broken.yaml", "a: [1\nb"));
        var said = Assert.Throws<WrongPackException>(() => city.Load()).Message;
        Assert.Contains("indicators/broken.yaml, line ", said, StringComparison.Ordinal);
        Assert.Contains("indicators/safety.yaml, line 9: direction is 'sideways'; it is one of up, down.", said, StringComparison.Ordinal);
        Assert.Contains("indicators/safety.yaml, line 6: plain has no text in en.", said, StringComparison.Ordinal);
        Assert.Contains("line 12: nearly is not a field", said, StringComparison.Ordinal);
        Assert.Contains("near is missing", said, StringComparison.Ordinal);
        Assert.Contains("line 11: The target 200 lies outside min and max.", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_values_are_told_by_file_and_line()
    {
        using var city = new PackCity(("safety.yaml", PackCity.Right), ("safety.csv", "indicator,area,period,value\ncalm,,2020,11\ncalm,,2020-08,11\ncalm,nowhere,2021,11\nstorm,,2021,1\ncalm,,2022,abc\ncalm,,2023,101\ncalm,,2020,12\n"));
        var lines = Assert.Throws<WrongPackException>(() => city.Load()).Message.Split(Environment.NewLine)[1..];
        Assert.Equal(["3", "4", "5", "6", "7", "8"], lines.Select(l => l.Split("line ")[1].Split(':')[0]));
        Assert.Contains("write it as 2026", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_pack_stops_the_start_in_one_message()
    {
        using var city = new PackCity(("safety.yaml", PackCity.Right.Replace("near: 0.5", "", StringComparison.Ordinal)));
        var folder = Path.GetDirectoryName(city.City.Files("indicators", ".yaml")[0])!;
        var stopped = await Assert.ThrowsAsync<WrongPackException>(() => TestCity.Start(c => c.Modules([new IndicatorsModule()]), $"--City={Path.GetDirectoryName(folder)}"));
        Assert.Contains("near is missing", stopped.Message, StringComparison.Ordinal);
    }

    private static Track Calm(params double?[] values)
    {
        using var city = new PackCity(("safety.yaml", PackCity.Right));
        var indicator = city.Load().Indicators[0];
        IReadOnlyList<Observation> observations = [.. values.Select((v, i) => new Observation(new(Cycle.Year, 2020 + i), v, 0, false))];
        return new(indicator, [KeyValuePair.Create("", observations)]);
    }

    [Fact]
    public void The_target_runs_straight_between_the_points_of_its_path()
    {
        var indicator = Calm().Indicator;
        Assert.Null(indicator.TargetAt(new(Cycle.Year, 2019)));
        Assert.Equal(10, indicator.TargetAt(new(Cycle.Year, 2020)));
        Assert.Equal(15, indicator.TargetAt(new(Cycle.Year, 2025)));
        Assert.Equal(20, indicator.TargetAt(new(Cycle.Year, 2040)));
    }

    [Theory]
    [InlineData(10.0, "2021-06-01", "OnTarget")]
    [InlineData(9.5, "2021-06-01", "Near")]
    [InlineData(9.4, "2021-06-01", "Behind")]
    [InlineData(10.0, "2022-01-30", "OnTarget")]
    [InlineData(10.0, "2022-01-31", "Overdue")]
    [InlineData(9.4, "2022-01-31", "Overdue")]
    [InlineData(null, "2021-06-01", "NoData")]
    public void The_state_follows_from_the_rule(double? value, string today, string expected) =>
        // the value of 2021 is due thirty days after the end of 2021
        Assert.Equal(Enum.Parse<Standing>(expected), Calm(value).Standing(DateOnly.Parse(today, CultureInfo.InvariantCulture)));

    [Fact]
    public void Where_less_is_better_the_shortfall_turns_round()
    {
        var indicator = Calm().Indicator with { Direction = Direction.Down };
        Assert.Equal(-1.5, indicator.Shortfall(8.5, 10));
        Assert.Equal(2, indicator.Shortfall(12, 10));
    }

    private static string In(string culture, Func<string> say)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        try { return say(); }
        finally { (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before; }
    }
}

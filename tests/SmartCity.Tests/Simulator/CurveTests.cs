using SmartCity.Simulator;

namespace SmartCity.Tests.Simulator;

public sealed class CurveTests
{
    private readonly Scenario _scenario = Scenario.Read<Scenario>(Path.Combine(RunningSimulator.Pack(), "simulator.yaml"));
    private readonly CityGround _ground;
    private readonly Curves _curves;

    public CurveTests()
    {
        _ground = CityGround.Load(RunningSimulator.Pack(), _scenario);
        _curves = new(_scenario, _ground.Zone, [.. _ground.Areas.Select(a => a.Spot)]);
    }

    // hours that walk through all hours of the day over a year
    private static IEnumerable<DateTimeOffset> Year() => Enumerable.Range(0, 8766 / 5).Select(i => new DateTimeOffset(2026, 1, 1, 0, 7, 0, TimeSpan.Zero).AddHours(i * 5));

    [Theory]
    [InlineData("pm10", 8, 220, 0.3)]
    [InlineData("pm25", 2, 130, 0.2)]
    [InlineData("o3", 0.001, 0.12, 0.0003)]
    [InlineData("no2", 0.003, 0.12, 0.0003)]
    [InlineData("co", 0.1, 2, 0.01)]
    [InlineData("so2", 0.0005, 0.01, 0.0002)]
    [InlineData("temperature", -22, 40, 0.05)]
    [InlineData("humidity", 12, 100, 0.5)]
    [InlineData("windSpeed", 0.1, 8, 0.1)]
    [InlineData("windDirection", 0, 360, 2.5)]
    [InlineData("solar", 0, 1000, 6)]
    [InlineData("rain", 0, 3, 0.02)]
    [InlineData("snowDepth", 0, 20, 0.01)]
    public void Curves_are_believable_and_without_jumps_over_a_year_in_every_area(string curve, double least, double most, double jump)
    {
        foreach (var spot in _ground.Areas.Select(a => a.Spot))
            foreach (var at in Year())
            {
                var value = _curves.At(curve, spot, at);
                if (value < least || value > most) Assert.Fail(FormattableString.Invariant($"{curve} is {value} in {spot.Area} at {at}."));
                var step = Math.Abs(_curves.At(curve, spot, at.AddSeconds(1)) - value);
                if (curve == "windDirection") step = Math.Min(step, 360 - step);
                if (step > jump) Assert.Fail(FormattableString.Invariant($"{curve} jumps by {step} in {spot.Area} at {at}."));
            }
    }

    [Fact]
    public void Fine_particles_reach_several_grades_and_stand_out_in_few_places()
    {
        var values = Year().SelectMany(at => _ground.Areas.Select(a => _curves.At("pm25", a.Spot, at))).ToList();
        Assert.InRange(values.Count(v => v > 35) / (double)values.Count, 0.005, 0.2);
        Assert.InRange(values.Count(v => v < 15) / (double)values.Count, 0.1, 0.7);
        Assert.True(Year().Average(at => _ground.Areas.Select(a => _curves.At("pm25", a.Spot, at)).Distinct().Count()) > 24);
    }

    [Fact]
    public void Rain_is_always_somewhere_and_nowhere_for_most_of_the_day()
    {
        var gauges = _ground.Stations.Where(s => s.Station!["kind"] == "rain").Select(s => s.Spot).ToList();
        var wet = 0.0;
        foreach (var at in Year())
        {
            var rates = gauges.Select(g => _curves.At("rain", g, at)).ToList();
            Assert.True(rates.Max() >= 0.5, FormattableString.Invariant($"no rain of any account at {at}"));
            wet += rates.Count(r => r > 0.05) / (double)rates.Count;
        }
        Assert.InRange(wet / Year().Count(), 0.05, 0.35);
    }

    [Fact]
    public void Rain_moves_from_west_to_east()
    {
        var spots = _ground.Areas.Select(a => a.Spot).ToList();
        var middle = spots.Average(s => s.Latitude);
        Spot Place(double share) => new("place", spots[0].Area, middle, spots.Min(s => s.Longitude) + share * (spots.Max(s => s.Longitude) - spots.Min(s => s.Longitude)));
        var (west, east) = (Place(0.3), Place(0.5));
        var minutes = Enumerable.Range(0, 600).Select(m => RunningSimulator.Summer.AddMinutes(m)).ToList();
        double Together(int lag) => minutes.Sum(at => _curves.At("rain", west, at) * _curves.At("rain", east, at.AddMinutes(lag)));
        Assert.InRange(Enumerable.Range(-60, 121).MaxBy(Together), 5, 60);
    }

    [Fact]
    public void The_mean_of_an_hour_agrees_with_its_moments()
    {
        var hour = new DateTimeOffset(2026, 3, 3, 22, 0, 0, TimeSpan.Zero);
        foreach (var (curve, near) in new[] { ("pm25", 0.3), ("o3", 0.0003), ("temperature", 0.05), ("windSpeed", 0.1) })
            foreach (var area in _ground.Areas)
            {
                var moments = Enumerable.Range(0, 360).Average(i => _curves.At(curve, area.Spot, hour.AddSeconds(i * 10 + 5)));
                Assert.Equal(moments, _curves.Over(curve, area.Spot, hour, TimeSpan.FromHours(1)), near);
            }
    }

    [Fact]
    public void Ten_minute_amounts_of_rain_add_up_to_the_hour()
    {
        var hour = new DateTimeOffset(2026, 3, 3, 22, 0, 0, TimeSpan.Zero);
        foreach (var area in _ground.Areas)
            Assert.Equal(_curves.Over("rain", area.Spot, hour, TimeSpan.FromHours(1)),
                Enumerable.Range(0, 6).Sum(i => _curves.Over("rain", area.Spot, hour.AddMinutes(10 * i), TimeSpan.FromMinutes(10))), 0.02);
    }

    [Theory]
    [InlineData(0, 0, 0, "좋음")]
    [InlineData(30, 10, 50, "좋음")]
    [InlineData(55, 10, 75, "보통")]
    [InlineData(80, 75, 250, "나쁨")]
    [InlineData(80, 900, 500, "매우나쁨")]
    public void The_index_is_the_worst_of_its_parts(double pm10, double pm25, double index, string word)
    {
        var (value, said, main) = _scenario.Index!.From(curve => curve switch { "pm10" => pm10, "pm25" => pm25, _ => 0 });
        Assert.Equal(index, value, 0.5);
        Assert.Equal(word, said);
        if (index > 0) Assert.Equal(pm25 > pm10 - 10 ? "PM2.5" : "PM10", main);
    }

    [Fact]
    public void Snow_lies_in_winter_only()
    {
        Assert.All(_ground.Areas, a => Assert.Equal(0, _curves.At("snowDepth", a.Spot, RunningSimulator.Summer)));
        Assert.Contains(Year(), at => _curves.At("snowDepth", _ground.Areas[0].Spot, at) > 1);
    }
}

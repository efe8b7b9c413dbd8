using System.Collections.Concurrent;

namespace SmartCity.Simulator;

/// <summary>Where something is measured.</summary>
/// <param name="Key">Unique: it seeds the spot's own noise.</param>
/// <param name="Area">Code of its area.</param>
/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
internal sealed record Spot(string Key, string Area, double Latitude, double Longitude)
{
    public ulong Seed { get; } = Noise.Seed(Key);
}

/// <summary>Values over time that look like a living city: reproducible, without jumps, and never measured.</summary>
internal sealed class Curves
{
    private const double Minute = 60, Hour = 3600, Day = 86400;
    private const double KilometresPerDegree = 111.32;
    private static readonly Dictionary<string, Func<Curves, Spot, double, bool, double>> All = new(StringComparer.Ordinal)
    {
        ["pm25"] = (c, s, t, q) => c.Pm25(s, t, q),
        ["pm10"] = (c, s, t, q) => c.Pm10(s, t, q),
        ["o3"] = (c, s, t, q) => c.O3(s, t, q),
        ["no2"] = (c, s, t, q) => c.No2(s, t, q),
        ["co"] = (c, s, t, q) => c.Co(s, t, q),
        ["so2"] = (c, s, t, q) => c.So2(s, t, q),
        ["temperature"] = (c, s, t, q) => c.Temperature(s, t, q),
        ["humidity"] = (c, s, t, q) => c.Humidity(s, t, q),
        ["windSpeed"] = (c, s, t, q) => c.WindSpeed(s, t, q),
        ["windDirection"] = (c, s, t, q) => c.WindDirection(s, t, q),
        ["solar"] = (c, s, t, _) => c.Solar(s, t),
        [Rain] = (c, s, t, _) => c.RainRate(s, t),
        ["snowDepth"] = (c, s, t, _) => c.SnowDepth(s, t),
        ["newSnow"] = (c, s, t, _) => c.NewSnow(s, t),
    };

    /// <summary>The one curve that is an amount: mm in ten minutes, summed and never averaged.</summary>
    public const string Rain = "rain";

    private readonly Scenario _scenario;
    private readonly ulong _seed;
    private readonly double _utcHours, _middleLatitude, _middleLongitude, _frontSpacing;
    private readonly ConcurrentDictionary<(string Curve, string Spot, long From, long Length), double> _past = new();

    /// <param name="scenario">Seed, climate, factors.</param>
    /// <param name="zone">Days begin at its midnight; the sun follows its standard time, so that clock changes make no jump.</param>
    /// <param name="areas">The areas' centres.</param>
    public Curves(Scenario scenario, TimeZoneInfo zone, IReadOnlyCollection<Spot> areas)
    {
        _scenario = scenario;
        _seed = Noise.Seed(FormattableString.Invariant($"{scenario.Seed}"));
        _utcHours = zone.BaseUtcOffset.TotalHours;
        _middleLatitude = areas.Average(a => a.Latitude);
        _middleLongitude = areas.Average(a => a.Longitude);
        var along = areas.Select(AlongFront).ToList();
        // narrower than the city, so that some front is always over it
        _frontSpacing = Math.Max(8, 0.9 * (along.Max() - along.Min()));
    }

    /// <summary>True when there is a curve of that name.</summary>
    public static bool Has(string name) => All.ContainsKey(name);
    /// <summary>The names of all curves.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The value at an instant; for <see cref="Rain"/> the rate in mm in ten minutes.</summary>
    public double At(string curve, Spot spot, DateTimeOffset at) => All[curve](this, spot, Seconds(at), true);

    /// <summary>The mean over a stretch of time; for <see cref="Rain"/> the amount that fell in it, in mm.</summary>
    public double Over(string curve, Spot spot, DateTimeOffset from, TimeSpan length)
    {
        if (_past.Count > 400_000) _past.Clear();
        return _past.GetOrAdd((curve, spot.Key, from.UtcTicks, length.Ticks),
            static (key, ask) => ask.Curves.Compute(key.Curve, ask.Spot, Seconds(ask.From), ask.Length.TotalSeconds), (Curves: this, Spot: spot, From: from, Length: length));
    }

    private double Compute(string curve, Spot spot, double from, double seconds)
    {
        if (seconds <= 0) return 0;
        var steps = (int)Math.Clamp(curve == Rain ? seconds / Minute : seconds / (3 * Minute), 10, 120);
        var width = seconds / steps;
        double sum = 0, north = 0, east = 0;
        for (var i = 0; i < steps; i++)
        {
            var value = All[curve](this, spot, from + (i + 0.5) * width, false);
            sum += value;
            if (curve != "windDirection") continue;
            north += Math.Cos(value * Math.PI / 180);
            east += Math.Sin(value * Math.PI / 180);
        }
        return curve switch
        {
            Rain => sum * width / (10 * Minute),
            "windDirection" => Round(Math.Atan2(east, north) * 180 / Math.PI),
            _ => sum / steps,
        };
    }

    private static double Seconds(DateTimeOffset at) => (at.UtcTicks - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond;
    private double Clock(double t) => (t / Hour + _utcHours) % 24;
    /// <summary>1 on the coldest day, -1 half a year later.</summary>
    private double Cold(double t) => _scenario.Winter ? 1 : Math.Cos(2 * Math.PI * (t / Day / 365.2425 - (_scenario.Climate.ColdestDay - 1) / 365.2425));
    private double Afternoon(double t) => Math.Cos(2 * Math.PI * (Clock(t) - 15) / 24);
    private double City(string what, double t, double period) => Noise.Along(Noise.Mix(_seed, Noise.Seed(what)), t / period);
    private double Own(string what, Spot spot, double t, double period) => Noise.Along(Noise.Mix(Noise.Mix(_seed, Noise.Seed(what)), spot.Seed), t / period);
    private double Quick(string what, Spot spot, double t, bool quick) => quick ? Own(what, spot, t, 25) : 0;
    private double Factor(string curve, Spot spot) =>
        _scenario.Curves.TryGetValue(curve, out var setting) ? setting.Scale * setting.Areas.GetValueOrDefault(spot.Area, 1) : 1;
    private static double Round(double degrees) => (degrees % 360 + 360) % 360;

    // how much of a bump around an hour of the clock is felt at another hour
    private static double Bump(double clock, double hour, double width)
    {
        var away = Math.Abs(clock - hour) % 24;
        away = Math.Min(away, 24 - away);
        return Math.Exp(-away * away / (2 * width * width));
    }

    private double Rush(double t) => Bump(Clock(t), 8.5, 1.6) + Bump(Clock(t), 19, 2.2);

    private double Pm25(Spot spot, double t, bool quick)
    {
        var level = 17 + 5 * Cold(t);
        var day = 1 + 0.24 * Rush(t) - 0.18 * Bump(Clock(t), 14.5, 3);
        var weather = Math.Exp(0.36 * City("haze", t, 2.2 * Day));
        var here = 1 + 0.2 * Own("haze-here", spot, t, 9 * Hour) + 0.05 * Own("haze-now", spot, t, 40 * Minute);
        return Math.Max(1, level * day * weather * here * Factor("pm25", spot) + 0.6 * Quick("haze-quick", spot, t, quick));
    }

    private double Pm10(Spot spot, double t, bool quick)
    {
        var coarse = (15 + 4 * City("dust", t, 3 * Day)) * (1 + 0.25 * Own("dust-here", spot, t, 7 * Hour) + 0.2 * Rush(t)) * Factor("pm10", spot);
        return 1.12 * Pm25(spot, t, quick) + coarse + 0.5 * Quick("dust-quick", spot, t, quick);
    }

    private double O3(Spot spot, double t, bool quick)
    {
        var sun = (0.027 - 0.016 * Cold(t)) * Bump(Clock(t), 15, 3.2) * (1 + 0.3 * City("ozone", t, 1.7 * Day));
        return Math.Max(0.001, (0.014 + sun) * (1 + 0.12 * Own("ozone-here", spot, t, 5 * Hour)) * Factor("o3", spot) + 0.0003 * Quick("ozone-quick", spot, t, quick));
    }

    private double No2(Spot spot, double t, bool quick) =>
        Math.Max(0.001, (0.017 + 0.004 * Cold(t) + 0.013 * Rush(t)) * (1 + 0.2 * City("fumes", t, 1.3 * Day) + 0.15 * Own("fumes-here", spot, t, 4 * Hour))
            * Factor("no2", spot) + 0.0003 * Quick("fumes-quick", spot, t, quick));

    private double Co(Spot spot, double t, bool quick) =>
        Math.Max(0.05, (0.42 + 0.1 * Cold(t) + 0.18 * Rush(t)) * (1 + 0.15 * City("fumes", t, 1.3 * Day) + 0.12 * Own("co-here", spot, t, 6 * Hour))
            * Factor("co", spot) + 0.02 * Quick("co-quick", spot, t, quick));

    private double So2(Spot spot, double t, bool quick) =>
        Math.Max(0.0005, (0.0032 + 0.0006 * Cold(t) + 0.0004 * Rush(t)) * (1 + 0.2 * Own("so2-here", spot, t, 8 * Hour)) * Factor("so2", spot) + 0.0002 * Quick("so2-quick", spot, t, quick));

    private double Temperature(Spot spot, double t, bool quick)
    {
        var climate = _scenario.Climate;
        return climate.Mean - climate.Swing * Cold(t) + climate.Daily * Afternoon(t) + 2.6 * City("air", t, 2.6 * Day)
            + climate.Uphill * (spot.Latitude - _middleLatitude) + 0.5 * Own("air-here", spot, t, 3 * Hour) + 0.06 * Quick("air-quick", spot, t, quick);
    }

    private double Humidity(Spot spot, double t, bool quick) =>
        Math.Clamp(58 - 13 * Cold(t) - 11 * Afternoon(t) + 9 * City("damp", t, 1.9 * Day) + 3 * Own("damp-here", spot, t, 3 * Hour)
            + 14 * Math.Min(1, RainRate(spot, t)) + 0.5 * Quick("damp-quick", spot, t, quick), 12, 100);

    private double WindSpeed(Spot spot, double t, bool quick) =>
        Math.Max(0.1, (2.1 + 0.7 * Afternoon(t)) * (1 + 0.35 * City("wind", t, 7 * Hour) + 0.2 * Own("wind-here", spot, t, Hour)) + 0.25 * Quick("wind-quick", spot, t, quick));

    private double WindDirection(Spot spot, double t, bool quick) =>
        Round(255 + 45 * Cold(t) + 55 * City("vane", t, 8 * Hour) + 18 * Own("vane-here", spot, t, Hour) + 7 * Quick("vane-quick", spot, t, quick));

    private double Solar(Spot spot, double t)
    {
        var tilt = -23.44 * Math.PI / 180 * Math.Cos(2 * Math.PI * (t / Day + 10) / 365.2425);
        var turn = (t / Hour % 24 + spot.Longitude / 15 - 12) * Math.PI / 12;
        var latitude = spot.Latitude * Math.PI / 180;
        var height = Math.Sin(latitude) * Math.Sin(tilt) + Math.Cos(latitude) * Math.Cos(tilt) * Math.Cos(turn);
        return Math.Max(0, 960 * height * (0.7 + 0.3 * City("cloud", t, 5 * Hour)) * (1 - 0.6 * Math.Min(1, RainRate(spot, t))));
    }

    // fronts lie north to south, lean a little, and come in a row from the west
    private double AlongFront(Spot spot)
    {
        var east = (spot.Longitude - _middleLongitude) * KilometresPerDegree * Math.Cos(_middleLatitude * Math.PI / 180);
        var north = (spot.Latitude - _middleLatitude) * KilometresPerDegree;
        return east + 0.35 * north;
    }

    private double RainRate(Spot spot, double t)
    {
        const double KilometresPerSecond = 0.004, Breadth = 3.4;
        var open = _scenario.Climate.Rain == Climate.RainAlways ? 1 : Math.Clamp(4 * (City("wet", t, 1.4 * Day) - 0.35), 0, 1);
        if (open <= 0) return 0;
        var phase = (AlongFront(spot) - t * KilometresPerSecond + 2 * City("front", t, 2 * Hour)) / _frontSpacing;
        var front = Math.Round(phase);
        var away = Math.Abs(phase - front) * _frontSpacing / Breadth;
        if (away >= 1) return 0;
        var strength = 1.3 + 1.5 * Noise.Die(Noise.Mix(_seed, 77), (long)front);
        return open * strength * (1 - away * away) * (0.92 + 0.16 * (Own("drops", spot, t, 12 * Minute) + 1) / 2) * Factor(Rain, spot);
    }

    private double SnowDepth(Spot spot, double t)
    {
        var winter = Math.Clamp(8 * (Cold(t) - 0.86), 0, 1);
        if (winter <= 0) return 0;
        var lying = _scenario.Winter ? 3.5 + 2.5 * City("snow", t, 3 * Day) : 7 * Math.Max(0, City("snow", t, 3 * Day) - 0.1);
        var hill = Math.Max(0.4, 1 + 4 * (spot.Latitude - _middleLatitude));
        return winter * lying * hill * (1 + 0.3 * Own("drift", spot, 0.5, 1)) * Factor("snowDepth", spot);
    }

    // what has been added since midnight
    private double NewSnow(Spot spot, double t)
    {
        var sinceMidnight = Clock(t) * Hour;
        return _scenario.Winter ? 0.13 * sinceMidnight / Hour * (1 + 0.3 * Own("drift", spot, 0.5, 1)) : Math.Max(0, SnowDepth(spot, t) - SnowDepth(spot, t - sinceMidnight));
    }
}

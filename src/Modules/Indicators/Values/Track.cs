using System.Globalization;

namespace SmartCity.Indicators;

/// <summary>How an indicator stands: follows from <see cref="Track.Standing"/>, never from a hand.</summary>
internal enum Standing { OnTarget, Near, Behind, Overdue, NoData }

/// <summary>One value of an indicator.</summary>
/// <param name="Value">Rounded to the indicator's decimals; null when it was taken back.</param>
/// <param name="Versions">How often it was stored since the pack or the first entry; above 0 it was corrected.</param>
/// <param name="Demonstration">True when it is made up.</param>
internal sealed record Observation(Period Period, double? Value, int Versions, bool Demonstration);

/// <summary>How a value compares with its target.</summary>
/// <param name="Shortfall">In the unit; negative when better.</param>
/// <param name="Score">The shortfall in units of what counts as near: 1 is just near, 3 is three times that.</param>
internal sealed record Aim(double Target, double Shortfall, double Score);

/// <summary>An indicator and its values.</summary>
internal sealed class Track
{
    private readonly Lazy<Forecast?> _forecast;

    public Track(Indicator indicator, IEnumerable<KeyValuePair<string, IReadOnlyList<Observation>>> byArea)
    {
        Indicator = indicator;
        ByArea = byArea.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        City = ByArea.GetValueOrDefault("", []);
        Latest = City.LastOrDefault(o => o.Value is not null);
        _forecast = new(() => Forecast.Of(Indicator, Gapless(City)));
    }

    public Indicator Indicator { get; }
    /// <summary>Values of the whole city, oldest first.</summary>
    public IReadOnlyList<Observation> City { get; }
    /// <summary>Values by code of the area; the whole city under the empty code.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Observation>> ByArea { get; }
    /// <summary>The newest value of the whole city.</summary>
    public Observation? Latest { get; }
    /// <summary>What the next periods may bring; null when there are too few values to say.</summary>
    public Forecast? Forecast => _forecast.Value;
    public bool HasAreas => ByArea.Keys.Any(k => k.Length > 0);

    public double? ValueAt(Period period, string area = "") => ByArea.GetValueOrDefault(area, []).FirstOrDefault(o => o.Period == period)?.Value;

    /// <summary>The value a period and a year before the newest.</summary>
    public double? Before => Latest is { } now ? ValueAt(now.Period.Plus(-1)) : null;
    public double? YearBefore => Latest is { } now ? ValueAt(now.Period.Plus(-Period.PerYear(now.Period.Cycle))) : null;

    /// <summary>The period whose value is waited for.</summary>
    public Period? Awaited => Latest?.Period.Plus(1);
    /// <summary>The last day on which it is in time.</summary>
    public DateOnly? NextUpdate => Awaited?.End.AddDays(Indicator.Lag);

    /// <summary>How a value stands against the target of its period; null where either is missing.</summary>
    public Aim? AimOf(Observation? observation)
    {
        if (observation?.Value is not { } value || Indicator.TargetAt(observation.Period) is not { } target) return null;
        var shortfall = Indicator.Shortfall(value, target);
        return new(target, shortfall, Indicator.Near > 0 ? shortfall / Indicator.Near : shortfall == 0 ? 0 : Math.Sign(shortfall) * 1e6);
    }

    public Aim? Aim => AimOf(Latest);

    /// <summary>The rule: without a value there is no data; past its next update it is overdue; else its shortfall decides,
    /// none being on target, up to <see cref="Indicator.Near"/> near, more behind.</summary>
    public Standing Standing(DateOnly today) => Latest is null ? Indicators.Standing.NoData
        : today > NextUpdate ? Indicators.Standing.Overdue
        : Aim is not { } aim ? Indicators.Standing.NoData
        : aim.Shortfall <= 0 ? Indicators.Standing.OnTarget
        : aim.Score <= 1 ? Indicators.Standing.Near : Indicators.Standing.Behind;

    /// <summary>As of when, and who says so.</summary>
    public AsOf AsOf(ICity city, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(city.Local(now).DateTime);
        var cycle = TimeSpan.FromDays(366.0 / Period.PerYear(Indicator.Cycle));
        return new()
        {
            Feed = "indicators.list",
            Page = "/indicators/" + Indicator.Key + "?depth=full",
            Source = Indicator.SourceName,
            Owner = Indicator.Owner,
            At = Latest is { } latest ? Earlier(now, Instant(city, latest.Period.End)) : null,
            Freshness = Standing(today) switch { Indicators.Standing.NoData when Latest is null => Freshness.NoData, Indicators.Standing.Overdue => Freshness.Late, _ => Freshness.Live },
            Outcome = FetchOutcome.Ok,
            Rhythm = new(cycle, cycle + TimeSpan.FromDays(Indicator.Lag), cycle * 3, TimeSpan.MaxValue),
            Demonstration = Latest?.Demonstration ?? Indicator.Demonstration,
        };
    }

    /// <summary>The end of a day of the city.</summary>
    public static DateTimeOffset Instant(ICity city, DateOnly day)
    {
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new(midnight, city.Zone.GetUtcOffset(midnight));
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <summary>The longest run of values without a gap that ends with the newest.</summary>
    public static IReadOnlyList<Observation> Gapless(IReadOnlyList<Observation> observations)
    {
        var run = new List<Observation>();
        foreach (var observation in observations.Reverse().SkipWhile(o => o.Value is null))
        {
            if (observation.Value is null || run.Count > 0 && observation.Period != run[^1].Period.Plus(-1)) break;
            run.Add(observation);
        }
        run.Reverse();
        return run;
    }

    public static string Invariant(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}

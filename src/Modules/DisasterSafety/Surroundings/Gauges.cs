using System.Globalization;

namespace SmartCity.DisasterSafety;

/// <summary>What a gauge measures.</summary>
internal enum GaugeKind { River, Sewer, Rain }

/// <summary>A gauge against its own threshold. Level and threshold are in the same unit; there is no threshold where nobody states one.</summary>
internal sealed record GaugeRow(GaugeKind Kind, Thing Gauge, DateTimeOffset? ObservedAt, double? Level, string Unit, double? Threshold, State State, string Word)
{
    /// <summary>1 is at its threshold.</summary>
    public double? Ratio => Level is { } level && Threshold is > 0 and var threshold ? level / threshold : null;
}

/// <summary>River, sewer and rain gauges, each as a ratio to its own threshold.</summary>
internal static class Gauges
{
    public static async Task<IReadOnlyList<GaugeRow>> Of(IFeeds feeds, IDatasets? datasets, ICity city, CancellationToken cancel)
    {
        var rule = DisasterSettings.Of(city).Gauges;
        var rows = new List<GaugeRow>();
        rows.AddRange(Levels(feeds, DisasterSafetyModule.River, GaugeKind.River, rule));
        rows.AddRange(Levels(feeds, DisasterSafetyModule.Sewer, GaugeKind.Sewer, rule));
        if (datasets is not null) rows.AddRange(await Rain(datasets, city, rule, cancel));
        return [.. rows.OrderByDescending(r => r.Ratio ?? -1).ThenBy(r => r.Gauge.Key, StringComparer.Ordinal)];
    }

    private static IEnumerable<GaugeRow> Levels(IFeeds feeds, string feed, GaugeKind kind, GaugeRule rule)
    {
        var latest = feeds.Latest(feed);
        var shown = feeds.AsOf(feed)?.Shown ?? false;
        foreach (var gauge in latest.Things.Values)
        {
            var reading = latest.Values.GetValueOrDefault((gauge.Key, "level"));
            var level = shown ? reading?.Value : null;
            double? Told(string name) => double.TryParse(gauge.Attributes.GetValueOrDefault(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && v > 0 ? v : null;
            var (watch, flood, full) = kind == GaugeKind.River ? (Told("control"), Told("flood"), Told("levee"))
                : (null, null, rule.Sewers.TryGetValue(gauge.Key, out var own) ? own : rule.Sewer);
            var threshold = watch ?? flood ?? full;
            yield return new(kind, gauge, reading?.ObservedAt, level, "m", threshold, StateOf(level, rule.Watch * threshold, watch, flood, full) is var s && level is not null ? s : State.Normal, Word(level, threshold, rule.Watch, watch, flood, full));
        }
    }

    private static State StateOf(double? level, double? near, double? watch, double? flood, double? full) =>
        level >= full ? State.Critical : level >= flood ? State.Serious : level >= watch ? State.Caution : level >= near ? State.Info : State.Normal;

    private static string Word(double? level, double? threshold, double share, double? watch, double? flood, double? full) =>
        level is null ? "nodata" : threshold is null ? "nothreshold" : level >= full ? "full" : level >= flood ? "flood" : level >= watch ? "watch" : level >= share * threshold ? "near" : "below";

    // the rain of the last hour by area belongs to another module, which this city may not have
    private static async Task<IEnumerable<GaugeRow>> Rain(IDatasets datasets, ICity city, GaugeRule rule, CancellationToken cancel)
    {
        if (datasets.Find("atmosphere.rain-now") is not { } dataset || dataset.AreaColumn is not { } area || dataset.Columns.FirstOrDefault(c => c.Key == "rain-hour") is not { } hour) return [];
        var rows = await datasets.Rows(dataset.Key, null, cancel);
        return rows.Select(r => (Area: city.Area(area.Of(r) as string ?? ""), Level: hour.Of(r) as double?)).Where(r => r.Area is not null).Select(r =>
            new GaugeRow(GaugeKind.Rain, new("rain-" + r.Area!.Code, r.Area.Name, r.Area.Code, r.Area.Centre), null, r.Level, "mm", rule.RainHour,
                r.Level >= rule.RainHour ? State.Caution : r.Level >= rule.RainHour * rule.Watch ? State.Info : State.Normal, Word(r.Level, rule.RainHour, rule.Watch, rule.RainHour, null, null)));
    }
}

using System.Globalization;

namespace SmartCity.Indicators;

/// <summary>The lines of an indicator: what was, what should be, what may come.</summary>
internal static class Charts
{
    /// <summary>The chart of an indicator's page.</summary>
    /// <param name="areas">Areas to compare with the city; at most two beside it while the target and the forecast are drawn.</param>
    public static Chart Of(Track track, ICity city, IWords words, DateTimeOffset now, IReadOnlyList<Area> areas)
    {
        var indicator = track.Indicator;
        var all = track.ByArea.Where(p => p.Key.Length == 0 || areas.Any(a => a.Code == p.Key)).SelectMany(p => p.Value).Select(o => o.Period).ToList();
        // with areas there are four lines already
        var forecast = areas.Count == 0 ? track.Forecast : null;
        var (first, last) = all.Count == 0 ? (Period.Of(indicator.Cycle, DateOnly.FromDateTime(now.UtcDateTime)), Period.Of(indicator.Cycle, DateOnly.FromDateTime(now.UtcDateTime))) : (all.Min(), all.Max());
        if (forecast is not null) last = forecast.Steps[^1].Period;
        var periods = Enumerable.Range(0, last.Number - first.Number + 1).Select(first.Plus).ToList();
        Point At(Period period, double? value, double? low = null, double? high = null) => new(Track.Instant(city, period.End), value, low, high);
        List<Point> Line(string area)
        {
            var values = track.ByArea.GetValueOrDefault(area, []).ToDictionary(o => o.Period, o => o.Value);
            return [.. periods.Select(p => At(p, values.GetValueOrDefault(p)))];
        }
        var series = new List<Series> { new(areas.Count == 0 ? words["indicators.chart.value"] : city.Name.ToString(), Line("")) };
        series.AddRange(areas.Select(a => new Series(a.Name.ToString(), Line(a.Code))));
        if (areas.Count < 3) series.Add(new(words["indicators.chart.target"], [.. periods.Select(p => At(p, indicator.TargetAt(p)))], Context: true) { Dashed = true });
        if (forecast is not null)
        {
            var steps = forecast.Steps.ToDictionary(s => s.Period);
            // begins at the newest value, so that the eye finds the way
            series.Add(new(words["indicators.chart.forecast"], [.. periods.Select(p => steps.TryGetValue(p, out var step) ? At(p, step.Value, step.Low, step.High) : p == track.Latest!.Period ? At(p, track.Latest.Value, track.Latest.Value, track.Latest.Value) : At(p, null))]) { Dashed = true, Band = true });
        }
        return new()
        {
            Id = "chart",
            Headline = Headline(track, words),
            Subtitle = $"{indicator.Name}, {city.Name}, {first.Words}–{(track.Latest?.Period ?? last).Words}",
            Unit = indicator.UnitName.ToString(),
            Decimals = indicator.Decimals,
            Series = series,
            Labels = [.. periods.Select(p => p.Words)],
            Marks = [.. indicator.Events.Where(e => e.Period.Number >= first.Number && e.Period.Number <= last.Number).OrderBy(e => e.Period.Number).Select(e => new Mark(e.Period.Number - first.Number, e.Title.ToString()))],
            AsOf = track.AsOf(city, now),
            Data = $"/data/indicators.values?indicator={indicator.Key}&lang={words.Language}",
        };
    }

    /// <summary>The finding of the whole line in a few words: since when the target is met or missed.</summary>
    public static string Headline(Track track, IWords words)
    {
        if (track.Aim is not { } aim) return Finding(track, words);
        var missed = aim.Shortfall > 0;
        var since = track.City.Reverse().SkipWhile(o => o.Value is null).TakeWhile(o => track.AimOf(o) is { } then && then.Shortfall > 0 == missed).Last().Period;
        return words.Of(missed ? "indicators.headline.missed" : "indicators.headline.met", since.Words);
    }

    /// <summary>What the newest value says, in a sentence.</summary>
    public static string Finding(Track track, IWords words)
    {
        var indicator = track.Indicator;
        if (track.Latest is not { Value: { } value } latest) return words["indicators.finding.nodata"];
        var number = indicator.WriteWithUnit(value);
        var change = track.YearBefore is not { } before ? "" : " " + (indicator.Round(value - before) switch
        {
            0 => words["indicators.finding.same"],
            > 0 and var more => words.Of("indicators.finding.more", indicator.WriteDifference(more)),
            var less => words.Of("indicators.finding.less", indicator.WriteDifference(-less)),
        });
        if (track.Aim is not { } aim) return words.Of("indicators.finding.plain", latest.Period.Words, number) + change;
        var target = indicator.WriteWithUnit(aim.Target);
        return (aim.Shortfall switch
        {
            <= 0 => words.Of("indicators.finding.met", latest.Period.Words, number, target),
            _ => words.Of(indicator.Direction == Direction.Up ? "indicators.finding.below" : "indicators.finding.above", latest.Period.Words, number, indicator.WriteDifference(aim.Shortfall), target),
        }) + change;
    }

    /// <summary>The error of the forecast, as it stands beside it; null without a forecast.</summary>
    public static string? ErrorOf(Track track, IWords words) => track.Forecast is not { } forecast ? null : forecast.Percent is { } percent
        ? words.Of("indicators.forecast.error", track.Indicator.WriteDifference(track.Indicator.Round(forecast.Error)), percent.ToString("0.#", CultureInfo.CurrentCulture), forecast.Tests, (100.0 * forecast.Hits / forecast.Tests).ToString("0", CultureInfo.CurrentCulture))
        : words.Of("indicators.forecast.errorplain", track.Indicator.WriteDifference(track.Indicator.Round(forecast.Error)), forecast.Tests);
}

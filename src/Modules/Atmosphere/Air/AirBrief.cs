namespace SmartCity.Atmosphere;

/// <summary>What the air and the rain have to say in the city brief: the whole of yesterday where it was received, else today
/// so far, and which of the two it is.</summary>
internal static class AirBrief
{
    public static async Task<IReadOnlyList<BriefLine>> Lines(ReportContext context)
    {
        var midnight = Midnight(context.City, context.Now);
        var lines = new List<BriefLine>();
        if (await Air(context, context.Since, midnight, "atmosphere.brief.yesterday") is { } yesterday) lines.Add(yesterday);
        else if (await Air(context, midnight, context.Now, "atmosphere.brief.today") is { } today) lines.Add(today);
        if (await Rain(context, midnight) is { } rain) lines.Add(rain);
        return lines;
    }

    private static DateTimeOffset Midnight(ICity city, DateTimeOffset now)
    {
        var start = city.Local(now).Date;
        while (city.Zone.IsInvalidTime(start)) start = start.AddMinutes(15);
        return new DateTimeOffset(start, city.Zone.GetUtcOffset(start)).ToUniversalTime();
    }

    // the area with the highest mean of the period, beside the mean of all
    private static async Task<BriefLine?> Air(ReportContext context, DateTimeOffset from, DateTimeOffset to, string word)
    {
        if (to - from < TimeSpan.FromHours(1)) from = to.AddHours(-1);
        var means = new List<(Area Area, double Mean)>();
        foreach (var area in context.City.Areas)
            if (await Mean(context, area.Code, from, to) is { } mean) means.Add((area, mean));
        if (means.Count == 0) return null;
        var worst = means.MaxBy(m => m.Mean);
        var grade = AirGrades.Of(AirGrades.Classes(context.City, "pm25"), worst.Mean);
        var unit = Units.Symbol(AirMeasures.Pm25.Unit);
        return new(context.Words.Of(word, worst.Area.Name.ToString(), $"{Units.Number(worst.Mean)} {unit}", grade?.Title.ToString() ?? "", $"{Units.Number(means.Average(m => m.Mean))} {unit}"),
            State: grade?.State ?? State.Normal, Url: $"/atmosphere/history?area={worst.Area.Code}", AsOf: context.Feeds.AsOf(AtmosphereModule.AirFeed));
    }

    private static async Task<double?> Mean(ReportContext context, string? area, DateTimeOffset from, DateTimeOffset to)
    {
        var hours = (await context.Feeds.History(AtmosphereModule.AirFeed, "pm25", area, from, to, Step.Hour, context.Cancel)).Where(p => p.Value is not null).ToList();
        return hours.Count == 0 ? null : hours.Average(p => p.Value!.Value);
    }

    private static async Task<BriefLine?> Rain(ReportContext context, DateTimeOffset midnight)
    {
        var hours = (await context.Feeds.History(AtmosphereModule.RainFeed, "rain-10m", null, context.Since, midnight, Step.Hour, context.Cancel)).Where(p => p.Sum is not null).ToList();
        var sum = hours.Sum(p => p.Sum!.Value);
        if (hours.Count == 0 || sum < 0.05) return null;
        return new(context.Words.Of("atmosphere.brief.rain", $"{Units.Number(sum, 1)} mm"), Url: "/atmosphere/rain-and-snow", AsOf: context.Feeds.AsOf(AtmosphereModule.RainFeed));
    }
}

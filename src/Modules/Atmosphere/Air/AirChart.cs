using System.Globalization;

namespace SmartCity.Atmosphere;

/// <summary>One measure over a period, of one area beside the city or of the city alone.</summary>
internal static class AirChart
{
    public static async Task<Chart> Draw(string id, Property measure, Area? area, string period, ICity city, IFeeds feeds, IWords words, DateTimeOffset now, CancellationToken cancel)
    {
        var (from, to, step) = Period.Of(period, now);
        var whole = await feeds.History(AtmosphereModule.AirFeed, measure.Key, null, from, to, step, cancel);
        var own = area is null ? null : await feeds.History(AtmosphereModule.AirFeed, measure.Key, area.Code, from, to, step, cancel);
        var classes = AirGrades.Classes(city, measure.Key);
        var cityMean = words["atmosphere.meanofall"];
        return new()
        {
            Id = id,
            Headline = Headline(own ?? whole, measure, city, words),
            Subtitle = $"{measure.Title}, {area?.Name ?? city.Name}, {Period.Choices.First(c => c.Key == period).Value}",
            Unit = measure.Unit,
            Decimals = measure.Decimals,
            Step = step,
            Series = own is null ? [new(cityMean, whole)] : [new(area!.Name.ToString(), own), new(cityMean, whole, Context: true)],
            Levels = [.. classes.Zip(classes.Skip(1)).Where(pair => pair.First.Below is not null).Select(pair => new Level(pair.First.Below!.Value, words.Of("atmosphere.from", pair.Second.Title.ToString())))],
            AsOf = feeds.AsOf(AtmosphereModule.AirFeed),
            Data = $"/data/atmosphere.air-past?measure={measure.Key}&area={area?.Code ?? "all"}&period={period}",
        };
    }

    // the finding, not the measure: where it stands against its own highest
    private static string Headline(IReadOnlyList<Point> points, Property measure, ICity city, IWords words)
    {
        if (points.LastOrDefault(p => p.Value is not null) is not { Value: { } last }) return words["atmosphere.nothingobserved"];
        var highest = points.Where(p => p.Value is not null).MaxBy(p => p.Value)!;
        var at = city.Local(highest.At);
        var when = at.ToString(points[1].At - points[0].At >= TimeSpan.FromHours(20) ? "MM-dd" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
        return highest.Value - last < 1e-9
            ? words.Of("atmosphere.highestnow", Units.Number(last, measure.Decimals))
            : words.Of("atmosphere.nowandhighest", Units.Number(last, measure.Decimals), Units.Number(highest.Value!.Value, measure.Decimals), when);
    }
}

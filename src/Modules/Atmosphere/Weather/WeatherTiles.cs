namespace SmartCity.Atmosphere;

/// <summary>The weather on the main screen.</summary>
internal static class WeatherTiles
{
    public static ValueTask<TileFace> Temperature(TileContext context) => Stations(context, "temperature", (words, rows) =>
        words.Of("atmosphere.range", Units.Number(rows.Min(r => r.Value), 1), Units.Number(rows.Max(r => r.Value), 1)));

    public static ValueTask<TileFace> Wind(TileContext context) => Stations(context, "wind", (words, rows) =>
        words.Of("atmosphere.strongest", rows.MaxBy(r => r.Value).Station.Name.ToString(), Units.Number(rows.Max(r => r.Value), 1)));

    private static async ValueTask<TileFace> Stations(TileContext context, string measure, Func<IWords, IReadOnlyList<(Thing Station, double Value)>, string> note)
    {
        var latest = context.Feeds.Latest(AtmosphereModule.WeatherFeed);
        var property = WeatherMeasures.All.First(p => p.Key == measure);
        var rows = latest.Things.Values.Select(t => (Station: t, Value: latest.Value(t.Key, measure))).Where(r => r.Value is not null).Select(r => (r.Station, r.Value!.Value)).ToList();
        if (rows.Count == 0) return new() { Feed = AtmosphereModule.WeatherFeed };
        var mean = rows.Average(r => r.Value);
        var day = await context.Feeds.History(AtmosphereModule.WeatherFeed, measure, null, context.Now.AddHours(-24), context.Now, Step.Hour, context.Cancel);
        return new()
        {
            Feed = AtmosphereModule.WeatherFeed,
            Value = mean,
            Unit = property.Unit,
            Decimals = property.Decimals,
            Comparison = day is [{ Value: { } before }, ..] ? Compare.With(context.Words, mean, before, property.Decimals) : null,
            Note = note(context.Words, rows),
            Spark = [.. day.Skip(1).Select(p => p.Value)],
        };
    }

    public static async ValueTask<TileFace> Rain(TileContext context)
    {
        var latest = context.Feeds.Latest(AtmosphereModule.RainFeed);
        var gauges = latest.Things.Values.Select(t => (Gauge: t, Value: latest.Value(t.Key, "rain-10m"))).Where(g => g.Value is not null).ToList();
        if (gauges.Count == 0) return new() { Feed = AtmosphereModule.RainFeed };
        var wettest = gauges.MaxBy(g => g.Value);
        var wet = gauges.Where(g => g.Value > 0).Select(g => g.Gauge.Area).Distinct(StringComparer.Ordinal).Count();
        var day = await context.Feeds.History(AtmosphereModule.RainFeed, "rain-10m", null, context.Now.AddHours(-23), context.Now, Step.Hour, context.Cancel);
        var grade = AirGrades.Of(RainMeasures.Classes, wettest.Value * 6)!;
        return new()
        {
            Feed = AtmosphereModule.RainFeed,
            Value = wettest.Value,
            Unit = "mm",
            Decimals = 1,
            Measure = context.Words["atmosphere.tenminutes"],
            State = grade.State,
            Word = grade.Title.ToString(),
            Note = wet == 0 ? context.Words["atmosphere.norain"] : context.Words.Of("atmosphere.rainin", wet, context.City.Area(wettest.Gauge.Area ?? "")?.Name.ToString() ?? wettest.Gauge.Name.ToString()),
            Spark = [.. day.Select(p => p.Sum)],
        };
    }

    public static ValueTask<TileFace> Snow(TileContext context)
    {
        var rows = RainDatasets.SnowRows(context.Feeds).Where(r => r.Depth is not null).ToList();
        if (rows.Count == 0) return new(new TileFace { Feed = AtmosphereModule.SnowFeed });
        var deepest = rows.MaxBy(r => r.Depth)!;
        return new(new TileFace
        {
            Feed = AtmosphereModule.SnowFeed,
            Value = deepest.Depth,
            Unit = "cm",
            Decimals = 1,
            Note = deepest.Depth > 0 ? context.Words.Of("atmosphere.deepest", deepest.Station.Name.ToString()) : context.Words["atmosphere.nosnow"],
        });
    }

    // a picture that would outweigh the rest of the main screen stays on its own page
    private const int LargestOnMainScreen = 40_000;

    public static ValueTask<TileFace> FromAbove(TileContext context)
    {
        var picture = context.Feeds.Picture(AtmosphereModule.Satellite);
        var fits = picture is { Bytes: <= LargestOnMainScreen };
        return new(new TileFace
        {
            Feed = AtmosphereModule.Satellite,
            Picture = fits ? picture : null,
            ValueText = picture is not null && !fits ? context.Words["atmosphere.open"] : null,
            Note = context.Words["atmosphere.satellitealt"],
        });
    }
}

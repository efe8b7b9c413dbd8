namespace SmartCity.Atmosphere;

/// <summary>The air on the main screen.</summary>
internal static class AirTile
{
    public static async ValueTask<TileFace> Face(TileContext context) => await Measure(context, "pm25", "PM2.5");

    public static async ValueTask<TileFace> Ozone(TileContext context) => await Measure(context, "o3", "O₃");

    private static async ValueTask<TileFace> Measure(TileContext context, string measure, string called)
    {
        var latest = context.Feeds.Latest(AtmosphereModule.AirFeed);
        var property = AirMeasures.Of(measure);
        var values = context.City.Areas.Select(a => (Area: a, Value: latest.Value(a.Code, measure))).Where(v => v.Value is not null).ToList();
        if (values.Count == 0) return new() { Feed = AtmosphereModule.AirFeed, Measure = called };
        var mean = values.Average(v => v.Value!.Value);
        var worst = values.MaxBy(v => v.Value);
        var grade = AirGrades.Of(AirGrades.Classes(context.City, measure), mean)!;
        var day = await context.Feeds.History(AtmosphereModule.AirFeed, measure, null, context.Now.AddHours(-23), context.Now, Step.Hour, context.Cancel);
        var yesterday = await context.Feeds.History(AtmosphereModule.AirFeed, measure, null, context.Now.AddHours(-24), context.Now.AddHours(-23), Step.Hour, context.Cancel);
        return new()
        {
            Feed = AtmosphereModule.AirFeed,
            Value = mean,
            Unit = property.Unit,
            Decimals = property.Decimals,
            Measure = called,
            State = grade.State,
            Word = grade.Title.ToString(),
            Comparison = yesterday is [{ Value: { } before }, ..] ? Compare.With(context.Words, mean, before, property.Decimals) : null,
            Note = context.Words.Of("atmosphere.highest", worst.Area.Name.ToString(), Units.Number(worst.Value!.Value, property.Decimals)),
            Spark = [.. day.Select(p => p.Value)],
        };
    }
}

/// <summary>A value against the same hour of the day before, in words.</summary>
internal static class Compare
{
    public static string With(IWords words, double now, double before, int decimals)
    {
        var difference = Math.Round(now - before, decimals);
        return difference == 0 ? words["atmosphere.asyesterday"]
            : words.Of(difference > 0 ? "atmosphere.moreyesterday" : "atmosphere.lessyesterday", Units.Number(Math.Abs(difference), decimals));
    }
}

namespace SmartCity.Atmosphere;

/// <summary>The charts of the day, before its tables.</summary>
internal static class AirReport
{
    public static async IAsyncEnumerable<ReportPart> Parts(ReportContext context)
    {
        yield return new ReportHeading(context.Words["atmosphere.history"]);
        foreach (var measure in new[] { AirMeasures.Pm25, AirMeasures.Of("pm10"), AirMeasures.Of("o3") })
            yield return new ReportFigure(await AirChart.Draw(measure.Key, measure, null, "24h", context.City, context.Feeds, context.Words, context.Now, context.Cancel));
        yield return new ReportHeading(context.Words["atmosphere.panorama"]);
    }
}

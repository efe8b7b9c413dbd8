namespace SmartCity.Atmosphere;

/// <summary>The newest values of a station.</summary>
internal sealed record StationRow(Thing Station, DateTimeOffset? ObservedAt, double? Temperature, double? Humidity, double? Wind);

/// <summary>The weather stations as a table.</summary>
internal static class WeatherDatasets
{
    public static Dataset Now { get; } = Dataset.Of("atmosphere.weather-now", Text.Of("관측소 날씨 (지금)", "Weather stations, now"), [AtmosphereModule.WeatherFeed],
        Text.Of("관측소마다 가장 새로운 기온, 습도, 풍속.", "The newest temperature, humidity and wind of each station."),
        context => Task.FromResult(Rows(context.Feeds)),
        Column.Text<StationRow>("station", Text.Of("관측소", "Station"), r => r.Station.Name),
        Column.Area<StationRow>("area", Text.Of("지역", "Area"), r => r.Station.Area),
        Column.Number<StationRow>("temperature", WeatherMeasures.All[0].Title, "Cel", r => r.Temperature, 1),
        Column.Number<StationRow>("humidity", WeatherMeasures.All[1].Title, "%", r => r.Humidity),
        Column.Number<StationRow>("wind", WeatherMeasures.All[2].Title, "m/s", r => r.Wind, 1),
        Column.Time<StationRow>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt),
        Column.Place<StationRow>("place", Text.Of("위치", "Place"), r => r.Station.Place)) with { Feed = AtmosphereModule.WeatherFeed, Licence = Dataset.CityLicence };

    public static IReadOnlyList<StationRow> Rows(IFeeds feeds)
    {
        var latest = feeds.Latest(AtmosphereModule.WeatherFeed);
        return [.. latest.Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new StationRow(t, latest.Values.GetValueOrDefault((t.Key, "temperature"))?.ObservedAt,
            latest.Value(t.Key, "temperature"), latest.Value(t.Key, "humidity"), latest.Value(t.Key, "wind")))];
    }
}

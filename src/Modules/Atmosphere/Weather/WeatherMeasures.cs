namespace SmartCity.Atmosphere;

/// <summary>What weather stations measure.</summary>
internal static class WeatherMeasures
{
    public static IReadOnlyList<Property> All { get; } =
    [
        new("temperature", Text.Of("기온", "Temperature"), "Cel", -50, 60, 1),
        new("humidity", Text.Of("습도", "Humidity"), "%", 0, 100),
        new("wind", Text.Of("풍속", "Wind speed"), "m/s", 0, 100, 1),
    ];
}

/// <summary>What rain and snow gauges measure.</summary>
internal static class RainMeasures
{
    public static Property TenMinutes { get; } = new("rain-10m", Text.Of("10분 강우량", "Rain in 10 minutes"), "mm", 0, 100, 1);
    public static Property NewSnow { get; } = new("new-snow", Text.Of("신적설", "New snow"), "cm", 0, 200, 1);
    public static Property SnowDepth { get; } = new("snow-depth", Text.Of("적설", "Snow depth"), "cm", 0, 500, 1);

    /// <summary>Classes of an hour's rain.</summary>
    public static IReadOnlyList<MapClass> Classes { get; } =
    [
        new(0.1, Text.Of("비 없음", "Dry"), State.Normal),
        new(3, Text.Of("약한 비", "Light"), State.Normal),
        new(15, Text.Of("보통 비", "Moderate"), State.Normal),
        new(30, Text.Of("강한 비", "Heavy"), State.Caution),
        new(null, Text.Of("매우 강한 비", "Very heavy"), State.Serious),
    ];
}

namespace SmartCity.Atmosphere;

/// <summary>What is measured of the air.</summary>
internal static class AirMeasures
{
    public static Property Pm25 { get; } = new("pm25", Text.Of("초미세먼지 PM2.5", "Fine dust PM2.5"), "ug/m3", 0, 1000);

    public static IReadOnlyList<Property> All { get; } =
    [
        Pm25,
        new("pm10", Text.Of("미세먼지 PM10", "Coarse dust PM10"), "ug/m3", 0, 2000),
        new("o3", Text.Of("오존 O₃", "Ozone O₃"), "[ppm]", 0, 1, 3),
        new("no2", Text.Of("이산화질소 NO₂", "Nitrogen dioxide NO₂"), "[ppm]", 0, 2, 3),
        new("co", Text.Of("일산화탄소 CO", "Carbon monoxide CO"), "[ppm]", 0, 50, 1),
        new("so2", Text.Of("아황산가스 SO₂", "Sulphur dioxide SO₂"), "[ppm]", 0, 1, 3),
    ];

    /// <summary>The measure with that key, or the first.</summary>
    public static Property Of(string? key) => All.FirstOrDefault(p => p.Key == key) ?? Pm25;
}

namespace SmartCity.Atmosphere;

/// <summary>Where one grade of air ends and the next begins; a city's pack may state its own (<c>settings/atmosphere.json</c>).</summary>
internal sealed class AirSettings
{
    /// <summary>For each measure, in its unit, the values at which the second, third and fourth grade begin. Without
    /// the pack's word: the WHO interim targets for a day, and comparable levels for gases.</summary>
    public Dictionary<string, double[]> Grades { get; set; } = new()
    {
        ["pm25"] = [15, 37.5, 75],
        ["pm10"] = [45, 75, 150],
        ["o3"] = [0.03, 0.09, 0.15],
        ["no2"] = [0.03, 0.06, 0.2],
        ["co"] = [2, 9, 15],
        ["so2"] = [0.02, 0.05, 0.15],
    };
}

/// <summary>The four grades of air: good, moderate, unhealthy, very unhealthy.</summary>
internal static class AirGrades
{
    private static readonly (Text Title, State State)[] Grades =
    [
        (Text.Of("좋음", "Good"), State.Normal),
        (Text.Of("보통", "Moderate"), State.Normal),
        (Text.Of("나쁨", "Unhealthy"), State.Caution),
        (Text.Of("매우 나쁨", "Very unhealthy"), State.Serious),
    ];

    /// <summary>The classes of a measure's scale in this city.</summary>
    public static IReadOnlyList<MapClass> Classes(ICity city, string measure)
    {
        var limits = city.Settings<AirSettings>("atmosphere").Grades.GetValueOrDefault(measure, []);
        return [.. Grades.Take(limits.Length + 1).Select((grade, i) => new MapClass(i < limits.Length ? limits[i] : null, grade.Title, grade.State))];
    }

    /// <summary>The grade of a value; null when there is no value.</summary>
    public static MapClass? Of(IReadOnlyList<MapClass> classes, double? value) =>
        value is { } v ? classes.FirstOrDefault(c => c.Below is not { } below || v < below) : null;
}

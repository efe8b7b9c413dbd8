namespace SmartCity.Atmosphere;

/// <summary>The periods that a reader may choose.</summary>
internal static class Period
{
    public static IReadOnlyList<KeyValuePair<string, Text>> Choices { get; } =
    [
        new("24h", Text.Of("지난 24시간", "Last 24 hours")),
        new("7d", Text.Of("지난 7일", "Last 7 days")),
        new("14d", Text.Of("지난 14일, 일별", "Last 14 days, by day")),
    ];

    public static IReadOnlyList<KeyValuePair<string, Text>> Areas(ICity city) =>
        [new("all", Text.Of("전체 평균", "Mean of all")), .. city.Areas.Select(a => KeyValuePair.Create(a.Code, a.Name))];

    public static (DateTimeOffset From, DateTimeOffset To, Step Step) Of(string? choice, DateTimeOffset now) => choice switch
    {
        "7d" => (now.AddDays(-7), now, Step.Hour),
        "14d" => (now.AddDays(-13), now, Step.Day),
        _ => (now.AddHours(-23), now, Step.Hour),
    };
}

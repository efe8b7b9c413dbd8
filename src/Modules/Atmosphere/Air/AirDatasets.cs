namespace SmartCity.Atmosphere;

/// <summary>The newest values of one area.</summary>
internal sealed record AirRow(string Area, DateTimeOffset? ObservedAt, IReadOnlyDictionary<string, double?> Values, Text? Grade);

/// <summary>One step of an area's past.</summary>
internal sealed record AirStep(string? Area, DateTimeOffset At, string Measure, double? Mean, double? Min, double? Max);

/// <summary>The air as tables.</summary>
internal static class AirDatasets
{
    private static readonly Text AreaWord = Text.Of("지역", "Area");

    public static Dataset Now { get; } = Dataset.Of("atmosphere.air-now", Text.Of("자치구별 대기질 (지금)", "Air quality by area, now"), [AtmosphereModule.AirFeed],
        Text.Of("지역마다 가장 새로운 측정값과 초미세먼지 등급.", "The newest measurement of each area and its grade of fine dust."),
        context => Task.FromResult<IReadOnlyList<AirRow>>(Rows(context.City, context.Feeds)),
        [
            Column.Area<AirRow>("area", AreaWord, r => r.Area),
            Column.Text<AirRow>("grade", Text.Of("등급", "Grade"), r => r.Grade),
            .. AirMeasures.All.Select(m => Column.Number<AirRow>(m.Key, m.Title, m.Unit, r => r.Values[m.Key], m.Decimals)),
            Column.Time<AirRow>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt),
        ]) with { Feed = AtmosphereModule.AirFeed, Licence = Dataset.CityLicence };

    public static Dataset Past { get; } = Dataset.Of("atmosphere.air-past", Text.Of("대기질 추이", "Air quality over time"), [],
        Text.Of("한 측정 항목의 시간별·일별 평균.", "Means of one measure by hour or by day."),
        async context =>
        {
            var (from, to, step) = Period.Of(context.Query["period"], context.Now);
            var area = context.Query["area"] is { Length: > 0 } and not "all" ? context.Query["area"] : null;
            var points = await context.Feeds.History(AtmosphereModule.AirFeed, context.Query["measure"], area, from, to, step, context.Cancel);
            return (IReadOnlyList<AirStep>)[.. points.Select(p => new AirStep(area, p.At, context.Query["measure"], p.Value, p.Min, p.Max))];
        },
        Column.Time<AirStep>("from", Text.Of("시작", "From"), r => r.At),
        Column.Area<AirStep>("in", AreaWord, r => r.Area),
        Column.Text<AirStep>("of", Text.Of("항목", "Measure"), r => r.Measure),
        Column.Number<AirStep>("mean", Text.Of("평균", "Mean"), "", r => r.Mean, 3),
        Column.Number<AirStep>("min", Text.Of("최저", "Lowest"), "", r => r.Min, 3),
        Column.Number<AirStep>("max", Text.Of("최고", "Highest"), "", r => r.Max, 3)) with
    {
        Feed = AtmosphereModule.AirFeed,
        Licence = Dataset.CityLicence,
        Filters =
        [
            new("measure", Text.Of("항목", "Measure"), _ => [.. AirMeasures.All.Select(m => KeyValuePair.Create(m.Key, m.Title))]),
            new("area", AreaWord, Period.Areas),
            new("period", Text.Of("기간", "Period"), _ => Period.Choices),
        ],
    };

    /// <summary>One row an area of the city, also where nothing was received.</summary>
    public static IReadOnlyList<AirRow> Rows(ICity city, IFeeds feeds)
    {
        var latest = feeds.Latest(AtmosphereModule.AirFeed);
        var classes = AirGrades.Classes(city, "pm25");
        return [.. city.Areas.Select(area =>
        {
            var newest = AirMeasures.All.Select(m => latest.Values.GetValueOrDefault((area.Code, m.Key))).Where(r => r is not null).ToList();
            return new AirRow(area.Code, newest.Count == 0 ? null : newest.Max(r => r!.ObservedAt), AirMeasures.All.ToDictionary(m => m.Key, m => latest.Value(area.Code, m.Key)),
                AirGrades.Of(classes, latest.Value(area.Code, "pm25"))?.Title);
        })];
    }
}

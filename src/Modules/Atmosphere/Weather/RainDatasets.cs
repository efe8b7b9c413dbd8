namespace SmartCity.Atmosphere;

/// <summary>Rain of one area: the wettest of its gauges.</summary>
internal sealed record RainRow(string Area, int Gauges, double? TenMinutes, double? Hour, DateTimeOffset? ObservedAt);

/// <summary>Rain of one hour, over all gauges of the city.</summary>
internal sealed record RainStep(DateTimeOffset At, double? Mean, double? Max);

/// <summary>Snow at one station.</summary>
internal sealed record SnowRow(Thing Station, double? New, double? Depth, DateTimeOffset? ObservedAt);

/// <summary>Rain and snow as tables.</summary>
internal static class RainDatasets
{
    private static readonly Text AreaWord = Text.Of("지역", "Area");

    public static Dataset Now { get; } = Dataset.Of("atmosphere.rain-now", Text.Of("지역별 비 (지금)", "Rain by area, now"), [AtmosphereModule.RainFeed],
        Text.Of("지역마다 가장 많이 내린 강우량계의 10분·1시간 강우량.", "Rain of ten minutes and of an hour at the wettest gauge of each area."),
        Rows,
        Column.Area<RainRow>("area", AreaWord, r => r.Area),
        Column.Number<RainRow>("rain-10m", RainMeasures.TenMinutes.Title, "mm", r => r.TenMinutes, 1),
        Column.Number<RainRow>("rain-hour", Text.Of("1시간 강우량", "Rain in an hour"), "mm", r => r.Hour, 1),
        Column.Number<RainRow>("gauges", Text.Of("강우량계 수", "Gauges"), "", r => r.Gauges),
        Column.Time<RainRow>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt)) with { Feed = AtmosphereModule.RainFeed, Licence = Dataset.CityLicence };

    public static Dataset Past { get; } = Dataset.Of("atmosphere.rain-past", Text.Of("시간별 비", "Rain by hour"), [],
        Text.Of("모든 강우량계의 시간별 평균 강우량.", "Rain of each hour, averaged over all gauges."),
        async context =>
        {
            var (from, to, step) = Period.Of(context.Query["period"], context.Now);
            var points = await context.Feeds.History(AtmosphereModule.RainFeed, "rain-10m", null, from, to, step, context.Cancel);
            return (IReadOnlyList<RainStep>)[.. points.Select(p => new RainStep(p.At, p.Sum, p.Max))];
        },
        Column.Time<RainStep>("from", Text.Of("시작", "From"), r => r.At),
        Column.Number<RainStep>("rain", Text.Of("평균 강우량", "Mean rain"), "mm", r => r.Mean, 1),
        Column.Number<RainStep>("max-10m", Text.Of("10분 최대", "Most in 10 minutes"), "mm", r => r.Max, 1)) with
    {
        Feed = AtmosphereModule.RainFeed,
        Licence = Dataset.CityLicence,
        Filters = [new("period", Text.Of("기간", "Period"), _ => Period.Choices)],
    };

    public static Dataset Snow { get; } = Dataset.Of("atmosphere.snow-now", Text.Of("적설 (지금)", "Snow, now"), [AtmosphereModule.SnowFeed],
        Text.Of("관측 지점의 신적설과 적설 깊이.", "New snow and depth of snow at each place."),
        context => Task.FromResult(SnowRows(context.Feeds)),
        Column.Text<SnowRow>("station", Text.Of("지점", "Place"), r => r.Station.Name),
        Column.Area<SnowRow>("area", AreaWord, r => r.Station.Area),
        Column.Number<SnowRow>("new-snow", RainMeasures.NewSnow.Title, "cm", r => r.New, 1),
        Column.Number<SnowRow>("snow-depth", RainMeasures.SnowDepth.Title, "cm", r => r.Depth, 1),
        Column.Time<SnowRow>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt)) with { Feed = AtmosphereModule.SnowFeed, Licence = Dataset.CityLicence };

    /// <summary>An hour's rain is the sum of the ten-minute amounts that began in the last sixty minutes.</summary>
    public static async Task<IReadOnlyList<RainRow>> Rows(DatasetContext context)
    {
        var latest = context.Feeds.Latest(AtmosphereModule.RainFeed);
        var hours = (await context.Feeds.Since(AtmosphereModule.RainFeed, "rain-10m", context.Now.AddMinutes(-60), context.Cancel)).Where(r => r.Value is not null)
            .GroupBy(r => r.Thing).ToDictionary(g => g.Key, g => g.Sum(r => r.Value!.Value), StringComparer.Ordinal);
        var rows = new List<RainRow>();
        foreach (var area in context.City.Areas)
        {
            var gauges = latest.Things.Values.Where(t => t.Area == area.Code).ToList();
            var newest = gauges.Select(g => latest.Values.GetValueOrDefault((g.Key, "rain-10m"))).Where(r => r?.Value is not null).ToList();
            double? hour = gauges.Exists(g => hours.ContainsKey(g.Key)) ? gauges.Max(g => hours.GetValueOrDefault(g.Key)) : null;
            rows.Add(new(area.Code, gauges.Count, newest.Count == 0 ? null : newest.Max(r => r!.Value), hour, newest.Count == 0 ? null : newest.Max(r => r!.ObservedAt)));
        }
        return rows;
    }

    public static IReadOnlyList<SnowRow> SnowRows(IFeeds feeds)
    {
        var latest = feeds.Latest(AtmosphereModule.SnowFeed);
        return [.. latest.Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new SnowRow(t, latest.Value(t.Key, "new-snow"), latest.Value(t.Key, "snow-depth"),
            latest.Values.GetValueOrDefault((t.Key, "snow-depth"))?.ObservedAt))];
    }
}

using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators;

/// <summary>A row of the list of indicators.</summary>
internal sealed record IndicatorRow(Track Track, Standing Standing)
{
    public Indicator Indicator => Track.Indicator;
}

/// <summary>One value of one indicator.</summary>
internal sealed record ValueRow(Indicator Indicator, string? Area, Observation Observation)
{
    public double? Target => Area is null ? Indicator.TargetAt(Observation.Period) : null;
}

/// <summary>The indicators as tables.</summary>
internal static class Tables
{
    private static readonly Text KeyWord = Text.Of("지표 코드", "Indicator code"), NameWord = Text.Of("지표", "Indicator"), UnitWord = Text.Of("단위", "Unit"), PeriodWord = Text.Of("기간", "Period"), ValueWord = Text.Of("값", "Value"), TargetWord = Text.Of("목표", "Target");

    public static Text Word(Standing standing) => standing switch
    {
        Standing.OnTarget => Text.Of("목표 달성", "On target"),
        Standing.Near => Text.Of("목표 근접", "Near target"),
        Standing.Behind => Text.Of("목표 미달", "Behind"),
        Standing.Overdue => Text.Of("갱신 지연", "Overdue"),
        _ => Text.Of("자료 없음", "No data"),
    };

    private static Column<IndicatorRow>[] Columns { get; } =
    [
        Column.Text<IndicatorRow>("indicator", KeyWord, r => r.Indicator.Key),
        Column.Text<IndicatorRow>("name", NameWord, r => r.Indicator.Name),
        Column.Text<IndicatorRow>("sector", Text.Of("분야", "Sector"), r => r.Indicator.Sector.Name),
        Column.Text<IndicatorRow>("standing", Text.Of("상태", "State"), r => Word(r.Standing)),
        Column.Number<IndicatorRow>("value", ValueWord, "", r => r.Track.Latest?.Value, 2),
        Column.Text<IndicatorRow>("unit", UnitWord, r => r.Indicator.UnitName),
        Column.Text<IndicatorRow>("period", PeriodWord, r => r.Track.Latest?.Period.ToString()),
        Column.Number<IndicatorRow>("target", TargetWord, "", r => r.Track.Aim?.Target, 2),
        Column.Number<IndicatorRow>("shortfall", Text.Of("목표와의 차이", "Missed by"), "", r => r.Track.Aim?.Shortfall, 2),
        Column.Number<IndicatorRow>("score", Text.Of("허용 폭 대비", "Times its tolerance"), "", r => r.Track.Aim is { } aim ? Math.Round(aim.Score, 2) : null, 2),
        Column.Number<IndicatorRow>("before", Text.Of("직전 값", "Value before"), "", r => r.Track.Before, 2),
        Column.Number<IndicatorRow>("yearbefore", Text.Of("1년 전 값", "A year before"), "", r => r.Track.YearBefore, 2),
        Column.Text<IndicatorRow>("better", Text.Of("좋은 방향", "Better"), r => r.Indicator.Direction == Direction.Up ? Text.Of("높을수록", "higher") : Text.Of("낮을수록", "lower")),
        Column.Text<IndicatorRow>("owner", Text.Of("담당 부서", "Department"), r => r.Indicator.Owner),
        Column.Text<IndicatorRow>("person", Text.Of("담당자", "Post"), r => r.Indicator.Person),
        Column.Text<IndicatorRow>("nextupdate", Text.Of("다음 갱신", "Next update"), r => r.Track.NextUpdate?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
        Column.Text<IndicatorRow>("standards", Text.Of("관련 표준", "Standards"), r => string.Join("; ", r.Indicator.Standards)),
        Column.Text<IndicatorRow>("method", Text.Of("산출 방법", "Method"), r => r.Indicator.Method),
        Column.Text<IndicatorRow>("source", Text.Of("출처", "Source"), r => r.Indicator.SourceName),
        Column.Text<IndicatorRow>("caveats", Text.Of("유의 사항", "Caveats"), r => r.Indicator.Caveats),
        Column.Text<IndicatorRow>("demonstration", Text.Of("시연용", "Demonstration"), r => (r.Track.Latest?.Demonstration ?? r.Indicator.Demonstration) ? Text.Of("예", "yes") : Text.Of("아니요", "no")),
    ];

    public static Dataset List { get; } = Dataset.Of("indicators.list", Text.Of("시정 지표", "City indicators"), [],
        Text.Of("지표마다 최근 값, 목표, 상태와 정의.", "The newest value of each indicator, its target, state and definition."),
        context => Rows(context, register => register.Tracks), Columns) with { Licence = Dataset.CityLicence, Page = RowPage.Of<IndicatorRow>(r => r.Indicator.Name, r => "/indicators/" + r.Indicator.Key) };

    public static Dataset Shortcomings { get; } = Dataset.Of("indicators.shortcomings", Text.Of("부족한 지표 10", "The ten shortcomings"), ["indicators.list"],
        Text.Of("목표에서 가장 먼 지표 10개. 차이를 각 지표의 허용 폭으로 나누어 순서를 정한다.", "The ten indicators that miss their targets by most, measured in each one's own tolerance."),
        context => Rows(context, register => register.Worst(10)), Columns) with { Licence = Dataset.CityLicence };

    public static Dataset Values { get; } = Dataset.Of("indicators.values", Text.Of("시정 지표의 값", "Values of the city indicators"), [],
        Text.Of("지표 하나의 모든 기간, 시 전체와 지역별 값.", "All periods of one indicator, for the whole city and by area."),
        async context =>
        {
            var register = await Of(context.Services).Now(context.Cancel);
            var track = register.Find(context.Query["indicator"]);
            return (IReadOnlyList<ValueRow>)[.. (track?.ByArea ?? new Dictionary<string, IReadOnlyList<Observation>>()).OrderBy(p => p.Key, StringComparer.Ordinal)
                .SelectMany(p => p.Value.Select(o => new ValueRow(track!.Indicator, p.Key.Length == 0 ? null : p.Key, o)))];
        },
        Column.Text<ValueRow>("code", KeyWord, r => r.Indicator.Key),
        Column.Text<ValueRow>("name", NameWord, r => r.Indicator.Name),
        Column.Text<ValueRow>("period", PeriodWord, r => r.Observation.Period.ToString()),
        Column.Area<ValueRow>("area", Text.Of("지역", "Area"), r => r.Area),
        Column.Number<ValueRow>("value", ValueWord, "", r => r.Observation.Value, 2),
        Column.Text<ValueRow>("unit", UnitWord, r => r.Indicator.UnitName),
        Column.Number<ValueRow>("target", TargetWord, "", r => r.Target, 2),
        Column.Number<ValueRow>("corrections", Text.Of("정정 횟수", "Corrections"), "", r => r.Observation.Versions),
        Column.Text<ValueRow>("demonstration", Text.Of("시연용", "Demonstration"), r => r.Observation.Demonstration ? Text.Of("예", "yes") : Text.Of("아니요", "no"))) with
    {
        Licence = Dataset.CityLicence,
        Filters = [new("indicator", NameWord, city => Book.Last(city) is { } register ? [.. register.Tracks.Select(t => KeyValuePair.Create(t.Indicator.Key, t.Indicator.Name))] : [])],
    };

    /// <summary>How often datasets were fetched; of those only that the reader may see.</summary>
    public static Dataset Uses { get; } = Dataset.Of("indicators.downloads", Text.Of("공공데이터 활용 건수", "Uses of open data"), [],
        Text.Of("날짜별로 자료를 파일로 받아 간 건수. 누가 받았는지는 남기지 않는다.", "How often each dataset was fetched as a file on each day. Who fetched it is not kept."),
        async context =>
        {
            var datasets = (IDatasets)context.Services.GetService(typeof(IDatasets))!;
            await using var db = await Db(context);
            return (IReadOnlyList<DownloadCount>)[.. (await db.Downloads.AsNoTracking().OrderByDescending(d => d.Day).ThenBy(d => d.Dataset).Take(10_000).ToListAsync(context.Cancel)).Where(d => datasets.Find(d.Dataset) is not null)];
        },
        Column.Text<DownloadCount>("day", Text.Of("날짜", "Day"), d => Downloads.Day(d.Day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
        Column.Text<DownloadCount>("dataset", Text.Of("자료", "Dataset"), d => d.Dataset),
        Column.Text<DownloadCount>("format", Text.Of("형식", "Format"), d => d.Format),
        Column.Number<DownloadCount>("count", Text.Of("건수", "Times fetched"), "", d => d.Count)) with { Licence = Dataset.CityLicence };

    /// <summary>Every correction, without the name of who made it.</summary>
    public static Dataset Corrections { get; } = Dataset.Of("indicators.corrections", Text.Of("지표 값의 정정 이력", "Corrections of indicator values"), ["indicators.values"],
        Text.Of("값이 바뀔 때마다 한 줄: 전의 값, 새 값, 때와 사유.", "A row for each change of a value: what it was, what it became, when and why."),
        async context =>
        {
            await using var db = await Db(context);
            return (IReadOnlyList<ValueVersion>)await db.Versions.AsNoTracking().Where(v => v.Was != null).OrderByDescending(v => v.Id).Take(10_000).ToListAsync(context.Cancel);
        },
        Column.Time<ValueVersion>("at", Text.Of("때", "When"), v => DateTimeOffset.FromUnixTimeMilliseconds(v.At)),
        Column.Text<ValueVersion>("indicator", KeyWord, v => v.Indicator),
        Column.Area<ValueVersion>("area", Text.Of("지역", "Area"), v => v.Area.Length == 0 ? null : v.Area),
        Column.Text<ValueVersion>("period", PeriodWord, v => v.Period),
        Column.Number<ValueVersion>("was", Text.Of("전의 값", "Was"), "", v => v.Was, 2),
        Column.Number<ValueVersion>("value", ValueWord, "", v => v.Value, 2),
        Column.Text<ValueVersion>("why", Text.Of("사유", "Reason"), v => v.Why)) with { Licence = Dataset.CityLicence };

    private static Task<IndicatorsDb> Db(DatasetContext context) => ((IDbContextFactory<IndicatorsDb>)context.Services.GetService(typeof(IDbContextFactory<IndicatorsDb>))!).CreateDbContextAsync(context.Cancel);

    public static Book Of(IServiceProvider services) => (Book)services.GetService(typeof(Book))!;

    private static async Task<IReadOnlyList<IndicatorRow>> Rows(DatasetContext context, Func<Register, IReadOnlyList<Track>> choose)
    {
        var book = Of(context.Services);
        return [.. choose(await book.Now(context.Cancel)).Select(t => new IndicatorRow(t, t.Standing(book.Today)))];
    }
}

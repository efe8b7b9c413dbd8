using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects;

/// <summary>A milestone of a project, a row.</summary>
internal sealed record MilestoneRow(Sight Sight, Step Step);
/// <summary>A year of a project's budget, a row.</summary>
internal sealed record BudgetRow(Project Project, BudgetYear Year);
/// <summary>A report of a project, a row.</summary>
internal sealed record ProgressRow(Project Project, ProgressReport Report);
/// <summary>A stage of a project, a row.</summary>
internal sealed record StageRow(Project Project, StageEntry Entry);
/// <summary>A document of a project, a row.</summary>
internal sealed record PaperRow(Project Project, Paper Paper);

/// <summary>The module's datasets. All but the last hold what is published, whoever asks: they are rendered once and shared.</summary>
internal static class Tables
{
    private static readonly Text Code = Text.Of("코드", "Code"), Name = Text.Of("사업", "Project"), All = Text.Of("모두", "All");

    public static Dataset List { get; } = Dataset.Of("urban-projects.list", Text.Of("도시 사업", "Urban projects"), [],
        Text.Of("사업마다 분류, 부서, 단계, 상태, 일정, 예산, 위치. 공개된 판만 담는다.", "Each project's class, department, stage, state, schedule, budget and place. Only what is published."),
        async context =>
        {
            // the map asks without any filter
            var filter = ProjectFilter.Read(context.Query.GetValueOrDefault) with { Sort = "" };
            return (IReadOnlyList<Sight>)[.. (await Sights(context)).Where(filter.Wants)];
        },
        Column.Text<Sight>("name", Name, s => s.Project.Name),
        Column.Text<Sight>("project", Code, s => s.Project.Key),
        Column.Text<Sight>("classification", Text.Of("분류", "Class"), s => s.Project.Classification.Name),
        Column.Text<Sight>("department", Text.Of("부서", "Department"), s => s.Project.Department.Name),
        Column.Area<Sight>("area", Text.Of("지역", "Area"), s => s.Project.Areas.Count > 0 ? s.Project.Areas[0] : null),
        Column.Text<Sight>("areas", Text.Of("모든 지역", "All areas"), s => string.Join(' ', s.Project.Areas)),
        Column.Text<Sight>("stage-name", Text.Of("단계", "Stage"), s => s.Project.Stage is { } stage ? Look.Word(stage) : null),
        Column.Text<Sight>("state-name", Text.Of("상태", "State"), s => s.Standing is { } standing ? Look.Word(standing) : null),
        Column.Number<Sight>("progress", Text.Of("진척", "Progress"), "%", s => s.Project.Percent),
        Column.Text<Sight>("start", Text.Of("시작", "Start"), s => s.Project.Start is { } day ? Look.Day(day) : null),
        Column.Text<Sight>("end", Text.Of("계획한 끝", "Planned end"), s => s.Project.End is { } day ? Look.Day(day) : null),
        Column.Text<Sight>("expected", Text.Of("예상하는 끝", "Expected end"), s => s.Schedule is { } schedule ? Look.Day(schedule.Expected) : null),
        Column.Number<Sight>("days-late", Text.Of("늦는 날수", "Days late"), "d", s => s.Schedule?.LateBy),
        Column.Number<Sight>("critical-late", Text.Of("늦은 핵심 일정", "Critical milestones late"), "", s => s.Schedule?.CriticalAndLate.Count()),
        Column.Number<Sight>("planned", Text.Of("예산 (백만)", "Planned (millions)"), "", s => s.Project.Planned),
        Column.Number<Sight>("spent", Text.Of("집행 (백만)", "Spent (millions)"), "", s => s.Project.Spent),
        Column.Place<Sight>("place", Text.Of("위치", "Place"), s => s.Project.At),
        Column.Number<Sight>("edition", Text.Of("판", "Edition"), "", s => s.Dossier.Edition?.Number ?? 0),
        Column.Text<Sight>("demonstration", Text.Of("시연용", "Demonstration"), s => s.Project.Demonstration ? Text.Of("예", "yes") : Text.Of("아니요", "no"))) with
    {
        Licence = Dataset.CityLicence,
        Page = RowPage.Of<Sight>(s => s.Project.Name, s => "/urban-projects/" + s.Project.Key),
        Filters =
        [
            new("class", Text.Of("분류", "Class"), city => Choices(Book.Last(city)?.Pack.Classifications.Select(c => KeyValuePair.Create(c.Key, c.Name)))),
            new("dept", Text.Of("부서", "Department"), city => Choices(city.Departments.Select(d => KeyValuePair.Create(d.Code, d.Name)))),
            new("borough", Text.Of("지역", "Area"), city => Choices(city.Areas.Select(a => KeyValuePair.Create(a.Code, a.Name)))),
            new("stage", Text.Of("단계", "Stage"), _ => Choices(Enum.GetValues<Stage>().Select(s => KeyValuePair.Create(Look.Key(s), Look.Word(s))))),
            new("state", Text.Of("상태", "State"), _ => Choices(Enum.GetValues<Standing>().Select(s => KeyValuePair.Create(Look.Key(s), Look.Word(s))))),
            new("q", Text.Of("낱말", "Word"), _ => []),
        ],
    };

    private static IReadOnlyList<KeyValuePair<string, Text>> Choices(IEnumerable<KeyValuePair<string, Text>>? some) => [KeyValuePair.Create("", All), .. some ?? []];

    public static Dataset Milestones { get; } = Dataset.Of("urban-projects.milestones", Text.Of("도시 사업의 일정", "Milestones of urban projects"), ["urban-projects.list"],
        Text.Of("사업마다 주요 일정의 계획일, 예측일, 실제일, 예상일과 핵심 경로.", "Planned, forecast, actual and expected day of each milestone, and whether it is on the critical path."),
        async context => (IReadOnlyList<MilestoneRow>)[.. (await Sights(context)).SelectMany(s => s.Schedule?.Steps.Select(step => new MilestoneRow(s, step)) ?? [])],
        Column.Text<MilestoneRow>("project", Code, r => r.Sight.Project.Key),
        Column.Text<MilestoneRow>("name", Name, r => r.Sight.Project.Name),
        Column.Text<MilestoneRow>("milestone", Text.Of("일정", "Milestone"), r => r.Step.Milestone.Name),
        Column.Text<MilestoneRow>("planned", Text.Of("계획", "Planned"), r => Look.Day(r.Step.Milestone.Planned)),
        Column.Text<MilestoneRow>("forecast", Text.Of("예측", "Forecast"), r => r.Step.Milestone.Forecast is { } day ? Look.Day(day) : null),
        Column.Text<MilestoneRow>("actual", Text.Of("실제", "Actual"), r => r.Step.Milestone.Actual is { } day ? Look.Day(day) : null),
        Column.Text<MilestoneRow>("expected", Text.Of("예상", "Expected"), r => Look.Day(r.Step.Expected)),
        Column.Number<MilestoneRow>("days-late", Text.Of("늦는 날수", "Days late"), "d", r => r.Step.LateBy),
        Column.Number<MilestoneRow>("slack", Text.Of("여유", "Slack"), "d", r => r.Step.Slack),
        Column.Text<MilestoneRow>("critical", Text.Of("핵심 경로", "Critical"), r => r.Step.Critical ? Text.Of("예", "yes") : Text.Of("아니요", "no"))) with { Licence = Dataset.CityLicence };

    public static Dataset Budgets { get; } = Dataset.Of("urban-projects.budgets", Text.Of("도시 사업의 예산", "Budgets of urban projects"), ["urban-projects.list"],
        Text.Of("사업과 해마다 계획한 예산과 집행한 금액, 백만 단위.", "What was planned and spent each year for each project, in millions of the city's currency."),
        async context => (IReadOnlyList<BudgetRow>)[.. (await Sights(context)).SelectMany(s => s.Project.Budget.Select(b => new BudgetRow(s.Project, b)))],
        Column.Text<BudgetRow>("project", Code, r => r.Project.Key),
        Column.Text<BudgetRow>("name", Name, r => r.Project.Name),
        Column.Text<BudgetRow>("year", Text.Of("연도", "Year"), r => r.Year.Year.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Column.Number<BudgetRow>("planned", Text.Of("예산 (백만)", "Planned (millions)"), "", r => r.Year.Planned),
        Column.Number<BudgetRow>("spent", Text.Of("집행 (백만)", "Spent (millions)"), "", r => r.Year.Spent)) with { Licence = Dataset.CityLicence };

    public static Dataset Progress { get; } = Dataset.Of("urban-projects.progress", Text.Of("도시 사업의 진척", "Progress of urban projects"), ["urban-projects.list"],
        Text.Of("부서가 보고한 날짜별 진척률.", "Progress by day, as the departments reported it."),
        async context => (IReadOnlyList<ProgressRow>)[.. (await Sights(context)).SelectMany(s => s.Project.Progress.Select(p => new ProgressRow(s.Project, p)))],
        Column.Text<ProgressRow>("project", Code, r => r.Project.Key),
        Column.Text<ProgressRow>("name", Name, r => r.Project.Name),
        Column.Text<ProgressRow>("day", Text.Of("날짜", "Day"), r => Look.Day(r.Report.Day)),
        Column.Number<ProgressRow>("progress", Text.Of("진척", "Progress"), "%", r => r.Report.Percent)) with { Licence = Dataset.CityLicence };

    public static Dataset States { get; } = Dataset.Of("urban-projects.states", Text.Of("도시 사업의 단계 이력", "Stages of urban projects"), ["urban-projects.list"],
        Text.Of("사업마다 거쳐 온 단계와 그 시작일.", "The stages that each project went through, and since when."),
        async context => (IReadOnlyList<StageRow>)[.. (await Sights(context)).SelectMany(s => s.Project.Stages.Select(e => new StageRow(s.Project, e)))],
        Column.Text<StageRow>("project", Code, r => r.Project.Key),
        Column.Text<StageRow>("name", Name, r => r.Project.Name),
        Column.Text<StageRow>("since", Text.Of("시작일", "Since"), r => Look.Day(r.Entry.Since)),
        Column.Text<StageRow>("stage", Text.Of("단계", "Stage"), r => Look.Word(r.Entry.Stage))) with { Licence = Dataset.CityLicence };

    public static Dataset Documents { get; } = Dataset.Of("urban-projects.documents", Text.Of("도시 사업의 문서", "Documents of urban projects"), ["urban-projects.list"],
        Text.Of("공개된 문서의 최신 판과 주소.", "The newest version of each published document, and its address."),
        async context => (IReadOnlyList<PaperRow>)[.. (await Sights(context)).SelectMany(s => s.Dossier.PapersFor(whole: false).Select(p => new PaperRow(s.Project, p)))],
        Column.Text<PaperRow>("project", Code, r => r.Project.Key),
        Column.Text<PaperRow>("name", Name, r => r.Project.Name),
        Column.Text<PaperRow>("title", Text.Of("제목", "Title"), r => r.Paper.Title),
        Column.Number<PaperRow>("version", Text.Of("판", "Version"), "", r => r.Paper.Version),
        Column.Text<PaperRow>("kind", Text.Of("형식", "Format"), r => r.Paper.Kind),
        Column.Number<PaperRow>("bytes", Text.Of("크기", "Size"), "By", r => r.Paper.Bytes),
        Column.Time<PaperRow>("at", Text.Of("올린 때", "Added"), r => DateTimeOffset.FromUnixTimeMilliseconds(r.Paper.At)),
        Column.Text<PaperRow>("sha256", Text.Of("지문 (SHA-256)", "SHA-256"), r => r.Paper.Sha256),
        Column.Text<PaperRow>("address", Text.Of("주소", "Address"), r => "/urban-projects/files/" + r.Paper.File)) with { Licence = Dataset.CityLicence };

    /// <summary>Everything that was written, for those who work with it.</summary>
    public static Dataset Changes { get; } = Dataset.Of("urban-projects.changes", Text.Of("도시 사업 변경 이력", "Changes to urban projects"), ["urban-projects.list"],
        Text.Of("쓰인 것 한 건에 한 줄: 전의 값, 새 값, 누가, 언제, 왜.", "A row for everything written: what was, what became of it, who, when and why."),
        async context =>
        {
            await using var db = await ((IDbContextFactory<UrbanProjectsDb>)context.Services.GetService(typeof(IDbContextFactory<UrbanProjectsDb>))!).CreateDbContextAsync(context.Cancel);
            return (IReadOnlyList<Entry>)await db.Entries.AsNoTracking().OrderByDescending(e => e.Id).Take(10_000).ToListAsync(context.Cancel);
        },
        Column.Time<Entry>("at", Text.Of("때", "When"), e => DateTimeOffset.FromUnixTimeMilliseconds(e.At)),
        Column.Text<Entry>("project", Code, e => e.Project),
        Column.Text<Entry>("kind", Text.Of("종류", "Kind"), e => e.Kind),
        Column.Text<Entry>("subject", Text.Of("대상", "Subject"), e => e.Subject),
        Column.Text<Entry>("was", Text.Of("전의 값", "Was"), e => e.Was),
        Column.Text<Entry>("value", Text.Of("새 값", "Value"), e => e.Value),
        Column.Text<Entry>("person", Text.Of("사람", "Person"), e => e.Person),
        Column.Text<Entry>("why", Text.Of("사유", "Reason"), e => e.Why)) with { Permission = UrbanProjectsModule.Edit };

    /// <summary>The classes of the progress that the map shows.</summary>
    public static MapLayer Layer { get; } = new("urban-projects.places", Text.Of("도시 사업 진척", "Progress of projects"), "urban-projects.list", "progress", MapStyle.Glyph)
    {
        Classes = _ => [new(25, Text.Of("시작", "Begun"), State.Normal), new(75, Text.Of("진행", "Under way"), State.Normal), new(100, Text.Of("마무리", "Nearly done"), State.Normal), new(null, Text.Of("완료", "Completed"), State.Normal)],
        Url = "/urban-projects?borough={area}",
        Order = 50,
        StreetOnly = true,
    };

    public static Book Of(IServiceProvider services) => (Book)services.GetService(typeof(Book))!;

    private static async Task<IReadOnlyList<Sight>> Sights(DatasetContext context)
    {
        var book = Of(context.Services);
        return Sight.All(await book.Now(context.Cancel), null, book.Today);
    }
}

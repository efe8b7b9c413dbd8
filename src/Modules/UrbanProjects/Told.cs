using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>What the published projects have to say in the city brief, and on the sheet of one project.</summary>
internal static class Told
{
    /// <summary>What changed since yesterday by published editions and reached milestones, and what is behind.</summary>
    public static async Task<IReadOnlyList<BriefLine>> Lines(ReportContext context)
    {
        var (book, words) = (Tables.Of(context.Services), context.Words);
        var sights = Sight.All(await book.Now(context.Cancel), null, book.Today);
        var asOf = Sight.Newest(sights, context.City, words, context.Now);
        var lines = new List<BriefLine>();
        var since = DateOnly.FromDateTime(context.City.Local(context.Since).DateTime);
        foreach (var sight in sights)
        {
            if (sight.Dossier.Edition is { } edition && edition.At >= context.Since.ToUnixTimeMilliseconds())
                lines.Add(new(words.Of("urban-projects.brief.published", sight.Project.Name.ToString(), edition.Number), Url: "/urban-projects/" + sight.Key, AsOf: asOf));
            foreach (var step in sight.Schedule?.Steps.Where(s => s.Milestone.Actual >= since && s.Milestone.Actual <= book.Today) ?? [])
                lines.Add(new(words.Of("urban-projects.brief.reached", sight.Project.Name.ToString(), step.Milestone.Name.ToString(), Look.Late(step.LateBy, words)), Url: $"/urban-projects/{sight.Key}#schedule", AsOf: asOf));
        }
        // the furthest behind by name, the others by number: a brief is read in a minute
        var late = Tiles.CriticalAndLate(sights);
        foreach (var (sight, step) in late.Take(3))
            lines.Add(new(words.Of("urban-projects.brief.late", sight.Project.Name.ToString(), step.Milestone.Name.ToString(), words.Of("urban-projects.days", step.LateBy)), BriefPart.Behind, step.LateBy > Schedule.Tolerance ? State.Serious : State.Caution, $"/urban-projects/{sight.Key}#schedule", asOf));
        if (late.Count > 3) lines.Add(new(words.Of("urban-projects.brief.more", late.Count - 3), BriefPart.Behind, State.Caution, "/urban-projects?sort=late", asOf));
        if (sights.Count(s => s.Standing == Standing.Unreported) is > 0 and var silent) lines.Add(new(words.Of("urban-projects.brief.unreported", silent), BriefPart.Open, State.Info, "/urban-projects?state=unreported", asOf));
        return lines;
    }

    /// <summary>One project on one page.</summary>
    public static async IAsyncEnumerable<ReportPart> Sheet(ReportContext context)
    {
        var (book, words, city) = (Tables.Of(context.Services), context.Words, context.City);
        var register = await book.Now(context.Cancel);
        if (register.Find(context.Query["project"]) is not { } dossier || Sight.Published(dossier, book.Today) is not { } sight)
        {
            yield return new ReportWords(words["urban-projects.sheet.none"]);
            yield break;
        }
        var project = sight.Project;
        yield return new ReportHeading(project.Name.ToString());
        if (project.Summary is { } summary) yield return new ReportWords(summary.ToString());
        if (project.Demonstration) yield return new ReportWords(words["urban-projects.demonstration"]);
        yield return new ReportLines([.. Facts(sight, city, words).Chunk(2).Select(pair => new BriefLine(string.Join(" · ", pair.Select(f => $"{f.Name}: {f.Value}"))))]);
        if (sight.Schedule is { } schedule)
        {
            yield return new ReportHeading(words["urban-projects.schedule"]);
            yield return new ReportWords(Finding(sight, words));
            yield return new ReportLines([.. schedule.Steps.Select(s => new BriefLine(Line(s, words), BriefPart.Behind, s.CriticalAndLate ? s.LateBy > Schedule.Tolerance ? State.Serious : State.Caution : State.Normal))]);
        }
        // one chart: with a second one the page is two
        if (project.Budget.Count > 0) yield return new ReportFigure(BudgetChart(project, city, words));
    }

    /// <summary>What is known of a project, in the order of the page; what is closed is not in it.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(Sight sight, ICity city, IWords words)
    {
        var project = sight.Project;
        yield return (words["urban-projects.class"], project.Classification.Name.ToString());
        yield return (words["urban-projects.department"], project.Department.Name.ToString());
        if (project.Stage is { } stage) yield return (words["urban-projects.stage"], Look.Word(stage).ToString());
        if (sight.Standing is { } standing) yield return (words["urban-projects.state"], Look.Word(standing).ToString());
        if (project.Start is not null || project.End is not null) yield return (words["urban-projects.period"], $"{Look.Day(project.Start)} – {Look.Day(project.End)}");
        if (project.Percent is { } percent) yield return (words["urban-projects.progress"], $"{Look.Percent(percent)} ({Look.Day(project.Progress[^1].Day)})");
        if (project.Planned is { } planned) yield return (words["urban-projects.budget"], words.Of("urban-projects.spentof", Look.Money(project.Spent ?? 0, city), Look.Money(planned, city)));
        if (project.Areas.Count > 0) yield return (city.AreaWord.ToString(), Look.Areas(project, city));
        foreach (var person in project.People) yield return (person.Post.ToString(), string.Join(", ", new[] { person.Name, person.Phone }.Where(p => p is not null).DefaultIfEmpty("—")));
        if (project.Contract is { } contract) yield return (words["urban-projects.contract"], string.Join(", ", new[] { contract.Contractor.ToString(), contract.Amount is { } amount ? Look.Money(amount, city) : null, contract.Number }.Where(p => p is not null)));
    }

    /// <summary>What the schedule says, in a sentence.</summary>
    public static string Finding(Sight sight, IWords words)
    {
        if (sight.Schedule is not { } schedule) return words["urban-projects.noschedule"];
        if (schedule.Steps.All(s => s.Done)) return words.Of("urban-projects.finding.done", Look.Day(schedule.Expected), Look.Late(schedule.LateBy, words));
        var end = schedule.LateBy > 0 ? words.Of("urban-projects.finding.late", Look.Day(schedule.Expected), words.Of("urban-projects.days", schedule.LateBy)) : words.Of("urban-projects.finding.ontime", Look.Day(schedule.Expected));
        return schedule.CriticalAndLate.FirstOrDefault() is { } cause ? $"{end} {words.Of("urban-projects.finding.cause", cause.Milestone.Name.ToString(), words.Of("urban-projects.days", cause.LateBy))}" : end;
    }

    private static string Line(Step step, IWords words)
    {
        var state = step.Done ? words.Of("urban-projects.line.done", Look.Day(step.Milestone.Actual)) : words.Of("urban-projects.line.expected", Look.Day(step.Expected));
        return $"{step.Milestone.Name} · {words.Of("urban-projects.line.planned", Look.Day(step.Milestone.Planned))} · {state} · {Look.Late(step.LateBy, words)}{(step.CriticalAndLate ? " · " + words["urban-projects.criticallate"] : step.Critical && !step.Done ? " · " + words["urban-projects.critical"] : "")}";
    }

    public static Chart BudgetChart(Project project, ICity city, IWords words)
    {
        // what was planned and spent up to the end of each year: the distance between the lines is the finding
        double planned = 0, spent = 0;
        var (plan, use) = (new List<Point>(), new List<Point>());
        foreach (var year in project.Budget)
        {
            var at = new DateTimeOffset(year.Year, 12, 31, 0, 0, 0, TimeSpan.Zero);
            plan.Add(new(at, planned += year.Planned ?? 0));
            use.Add(new(at, year.Spent is { } some ? spent += some : null));
        }
        return new()
        {
            Id = "budget-chart",
            Headline = words.Of("urban-projects.chart.budget", Look.Money(project.Spent ?? 0, city), Look.Money(project.Planned, city)),
            Subtitle = words["urban-projects.chart.budgetsub"],
            Unit = words.Of("urban-projects.millions", city.Currency),
            Series = [new(words["urban-projects.planned"], plan, Context: true) { Dashed = true }, new(words["urban-projects.spent"], use)],
            Step = SmartCity.Step.Day,
            Labels = [.. project.Budget.Select(b => b.Year.ToString(CultureInfo.InvariantCulture))],
            Data = $"/data/urban-projects.budgets?project={project.Key}&lang={words.Language}",
        };
    }

    public static Chart ProgressChart(Project project, ICity city, IWords words) => new()
    {
        Id = "progress-chart",
        Headline = words.Of("urban-projects.chart.progress", Look.Percent(project.Percent), Look.Day(project.Progress[^1].Day)),
        Subtitle = project.Name.ToString(),
        Unit = "%",
        Series = [new(words["urban-projects.progress"], [.. project.Progress.Select(p => new Point(new(p.Day.ToDateTime(default), TimeSpan.Zero), p.Percent))])],
        Step = SmartCity.Step.Day,
        Labels = [.. project.Progress.Select(p => Look.Day(p.Day))],
        Data = $"/data/urban-projects.progress?project={project.Key}&lang={words.Language}",
    };

    /// <summary>The published projects to choose from.</summary>
    public static IReadOnlyList<KeyValuePair<string, Text>> Choices(ICity city) => [.. (Book.Last(city)?.Public ?? []).Select(p => KeyValuePair.Create(p.Key, p.Name))];
}

using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>An indicator that a project is meant to move, as the other module tells it.</summary>
internal sealed record LinkedIndicator(string Key, string Name, string? Value, string? State, string? Period);

/// <summary>A news item that speaks of a project.</summary>
internal sealed record NewsItem(string Title, string? Link, DateTimeOffset? Published, string? Language, string Word);

/// <summary>What another module knows of a project.</summary>
internal sealed record Slot(Dataset Dataset, IReadOnlyList<string> Heads, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What other modules know of a project, read from their datasets. In a city without them it is left out.</summary>
internal sealed class Beside(IDatasets datasets, ICity city)
{
    public const string Indicators = "indicators.list", News = "administrative-content.news-list";

    public async Task<IReadOnlyList<LinkedIndicator>> LinkedTo(Project project, CancellationToken cancel)
    {
        if (project.Indicators.Count == 0 || datasets.Find(Indicators) is not { } dataset) return [];
        var rows = await datasets.Rows(Indicators, cancel: cancel);
        return [.. project.Indicators.Select(key => rows.FirstOrDefault(r => Cell(dataset, r, "indicator") as string == key)).OfType<object>().Select(row => new LinkedIndicator(
            (string)Cell(dataset, row, "indicator")!, Cell(dataset, row, "name")?.ToString() ?? "",
            Cell(dataset, row, "value") is double value ? $"{Units.Number(value, value % 1 == 0 ? 0 : 1)} {Cell(dataset, row, "unit")}" : null, Cell(dataset, row, "standing")?.ToString(), Cell(dataset, row, "period")?.ToString()))];
    }

    /// <summary>News whose title or summary has one of the project's words; where the project has a place, also the name of one of its areas,
    /// unless the word is the project's own name. In the language of the reader where the source says which it is.</summary>
    public async Task<IReadOnlyList<NewsItem>> NewsOf(Project project, string language, CancellationToken cancel)
    {
        if (datasets.Find(News) is not { } dataset) return [];
        var areas = project.Areas.Select(city.Area).OfType<Area>().SelectMany(a => a.Name.Languages.Select(a.Name.In)).ToList();
        var (known, unknown) = (new NewsWords(project, areas, language), new NewsWords(project, areas, null));
        var found = new List<NewsItem>();
        foreach (var row in await datasets.Rows(News, cancel: cancel))
        {
            var written = Cell(dataset, row, "language") as string;
            if (written is not null && written != language) continue;
            var (title, summary) = (Cell(dataset, row, "title")?.ToString() ?? "", Cell(dataset, row, "summary")?.ToString() ?? "");
            if ((written is null ? unknown : known).In(title, summary) is { } word) found.Add(new(title, Cell(dataset, row, "link") as string, Cell(dataset, row, "published") as DateTimeOffset?, written, word));
        }
        return [.. found.OrderByDescending(n => n.Published).Take(5)];
    }

    /// <summary>Rows of any other module's dataset that names the project: one with a column <c>project</c> that holds its code. Pledges,
    /// approvals and complaints come this way.</summary>
    public async Task<IReadOnlyList<Slot>> SlotsOf(Project project, CancellationToken cancel)
    {
        var slots = new List<Slot>();
        foreach (var dataset in datasets.All.Where(d => d.ModuleKey != UrbanProjectsDb.Module && d.Columns.Any(c => c is { Key: "project", Kind: ColumnKind.Text })).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var rows = (await datasets.Rows(dataset.Key, new Dictionary<string, string> { ["project"] = project.Key }, cancel)).Where(r => Cell(dataset, r, "project")?.ToString() == project.Key).Take(10).ToList();
            var columns = dataset.Columns.Where(c => c.Key != "project" && c.Kind != ColumnKind.Place).Take(5).ToList();
            if (rows.Count > 0) slots.Add(new(dataset, [.. columns.Select(c => c.Title.ToString())], [.. rows.Select(r => (IReadOnlyList<string>)[.. columns.Select(c => Show(c, c.Of(r)))])]));
        }
        return slots;
    }

    private static object? Cell(Dataset dataset, object row, string column) => dataset.Columns.FirstOrDefault(c => c.Key == column)?.Of(row);

    private string Show(Column column, object? value) => value switch
    {
        null => "—",
        double number => $"{Units.Number(number, column.Decimals)} {Units.Symbol(column.Unit)}".TrimEnd(),
        DateTimeOffset at => city.Local(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        string code when column.Kind == ColumnKind.Area => city.Area(code)?.Name.ToString() ?? code,
        _ => value.ToString() ?? "",
    };
}

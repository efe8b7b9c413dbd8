using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Export;

namespace SmartCity.Shell.Pages.Data;

/// <summary>One dataset as a table, with the same filters and order as its files. Closed and absent look the same.</summary>
[Authorize("city.view")]
internal sealed class TableModel(DatasetReader reader, Cells cells, IFeeds feeds, IWords words) : PageModel
{
    /// <summary>Rows on a page; the files carry all.</summary>
    public const int Most = 500;

    public Dataset Dataset { get; private set; } = null!;
    public DatasetAnswer Answer { get; private set; } = null!;
    public AsOf? AsOf => Dataset.Feed is { } feed ? feeds.AsOf(feed) : null;
    public string RowsUrl => $"/{words.Language}/data/{Dataset.Key}" + Request.QueryString.Add("handler", "Rows");

    public async Task<IActionResult> OnGetAsync(string key, CancellationToken cancel)
    {
        if (reader.Find(key) is not { } dataset) return NotFound();
        if (Request.Query.Any(q => q.Value.Count > 1)) return BadRequest();
        var (answer, wrong) = await reader.Read(dataset, Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()), cancel);
        if (wrong is not null) return BadRequest();
        (Dataset, Answer) = (dataset, answer!);
        return Page();
    }

    public async Task<IActionResult> OnGetRowsAsync(string key, CancellationToken cancel)
    {
        if (await OnGetAsync(key, cancel) is not PageResult) return NotFound();
        return Partial("_Rows", this);
    }

    public string SortUrl(Column column)
    {
        var query = new QueryString();
        foreach (var (name, value) in Answer.Filters.Concat(Answer.Where)) query = query.Add(name, value);
        query = query.Add("sort", Answer.Sort == column.Key && !Answer.Descending ? "-" + column.Key : column.Key);
        return $"/{words.Language}/data/{Dataset.Key}{query}";
    }

    /// <summary>A value for people.</summary>
    public string Show(Column column, object row) => cells.Show(column, row);
}

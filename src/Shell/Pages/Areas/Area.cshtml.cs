using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;

namespace SmartCity.Shell.Pages.Areas;

/// <summary>Everything that is known of one area: its rows of every dataset that has areas and the reader may see.</summary>
[Authorize("city.view")]
internal sealed class AreaModel(CityPack city, Catalogue catalogue, DatasetReader reader, IFeeds feeds) : PageModel
{
    public Area Area { get; private set; } = null!;
    public IReadOnlyList<(Dataset Dataset, IReadOnlyList<object> Rows, AsOf? AsOf)> Known { get; private set; } = [];
    /// <summary>The page follows the first feed that it shows; the others are read along with it.</summary>
    public string Topic => Known.Select(k => k.Dataset.Feed).FirstOrDefault(f => f is not null) ?? "";

    public async Task<IActionResult> OnGetAsync(string code, CancellationToken cancel)
    {
        if (city.Area(code) is not { } area) return NotFound();
        Area = area;
        var known = new List<(Dataset, IReadOnlyList<object>, AsOf?)>();
        // a dataset with filters of its own is a question, not a state
        foreach (var dataset in catalogue.Of<Dataset>().Where(d => d.AreaColumn is not null && d.Filters.Count == 0 && reader.Find(d.Key) is not null))
            known.Add((dataset, await reader.Rows(dataset.Key, new Dictionary<string, string> { [dataset.AreaColumn!.Key] = code }, cancel), dataset.Feed is { } feed ? feeds.AsOf(feed) : null));
        Known = known;
        return Page();
    }

    public async Task<IActionResult> OnGetNowAsync(string code, CancellationToken cancel) =>
        await OnGetAsync(code, cancel) is PageResult ? Partial("_Now", this) : NotFound();
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Search;

namespace SmartCity.Shell.Pages.Search;

/// <summary>Answers the search box. A command said in full is carried out: its page opens.</summary>
[Authorize("city.view")]
internal sealed class IndexModel(CitySearch search) : PageModel
{
    public string Query { get; private set; } = "";
    public IReadOnlyList<Found> Found { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? q, CancellationToken cancel)
    {
        Query = (q ?? "").Trim();
        Found = await search.Find(Query, cancel);
        var exact = Found.Where(f => f.Exact).ToList();
        if (exact.Exists(f => !f.Row)) exact.RemoveAll(f => f.Row);
        return exact is [var only] ? LocalRedirect(only.Url) : Page();
    }
}

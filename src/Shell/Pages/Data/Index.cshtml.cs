using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Shell.Pages.Data;

/// <summary>Every dataset that the reader may see.</summary>
[Authorize("city.view")]
internal sealed class IndexModel(Catalogue catalogue, IAudience audience, IFeeds feeds) : PageModel
{
    public IReadOnlyList<(Dataset Dataset, IModule? Module, AsOf? AsOf)> Datasets { get; } =
        [.. catalogue.Of<Dataset>().Where(d => audience.Can(Catalogue.PermissionOf(d))).Select(d => (d, catalogue.Modules.FirstOrDefault(m => m.Key == d.ModuleKey), d.Feed is { } feed ? feeds.AsOf(feed) : null))];

    public void OnGet() { }
}

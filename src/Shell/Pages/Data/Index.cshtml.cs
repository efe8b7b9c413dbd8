using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Pages.Data;

/// <summary>Every dataset that the reader may see.</summary>
[Authorize("city.view")]
internal sealed class IndexModel(Catalogue catalogue, CityPack city, IAudience audience, IFeeds feeds) : PageModel
{
    public IReadOnlyList<(Dataset Dataset, Text Owner, AsOf? AsOf)> Datasets { get; } =
        [.. catalogue.Of<Dataset>().Where(d => audience.Can(Catalogue.PermissionOf(d))).Select(d => (d, catalogue.Modules.FirstOrDefault(m => m.Key == d.ModuleKey)?.Title ?? city.Name, d.Feed is { } feed ? feeds.AsOf(feed) : null))];

    public void OnGet() { }
}

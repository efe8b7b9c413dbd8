using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Shell.Pages.Map;

/// <summary>The street-level map. Background tiles are drawn only where the city configures a server for them (Map:Tiles).</summary>
[Authorize("city.view")]
internal sealed class IndexModel(Catalogue catalogue, IAudience audience, IFeeds feeds, IConfiguration settings) : PageModel
{
    public IReadOnlyList<MapLayer> Layers { get; } = [.. catalogue.Of<MapLayer>().Where(l => audience.Can(Catalogue.PermissionOf(l)))];

    [BindProperty(SupportsGet = true, Name = "layer")]
    public string? Asked { get; set; }

    public MapLayer? Layer => Layers.FirstOrDefault(l => l.Key == Asked) ?? Layers.FirstOrDefault(l => l.Style == MapStyle.Glyph) ?? (Layers.Count > 0 ? Layers[0] : null);
    public string? Tiles => settings["Map:Tiles"];
    public string? Attribution => settings["Map:Attribution"];
    public AsOf? AsOf => Layer is { } layer && catalogue.Find<Dataset>(layer.Dataset)?.Feed is { } feed ? feeds.AsOf(feed) : null;
    public string Topic => Layer is { } layer ? catalogue.Find<Dataset>(layer.Dataset)?.Feed ?? layer.Dataset : "";
    public string? NameColumn => Layer is { } layer ? catalogue.Find<Dataset>(layer.Dataset)?.Columns.FirstOrDefault(c => c.Kind is ColumnKind.Text or ColumnKind.Area)?.Key : null;

    public void OnGet()
    {
        if (Topic.Length > 0) HttpContext.Items[LiveTagHelper.TopicsOfPage] = new SortedSet<string>(StringComparer.Ordinal) { Topic };
    }
}

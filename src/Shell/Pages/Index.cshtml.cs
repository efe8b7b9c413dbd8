using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Live;
using SmartCity.Shell.Replay;

namespace SmartCity.Shell.Pages;

/// <summary>The main screen: the city at a glance, real-time status, administrative status, administrative news. Every
/// part is rendered once for all its viewers; this page only puts together what the reader may see.</summary>
[Authorize("city.view")]
internal sealed class IndexModel(Catalogue catalogue, LiveParts parts, Moment moment, Replays replays, IAudience audience, IWords words) : PageModel
{
    private readonly Dictionary<string, string> _html = new(StringComparer.Ordinal);
    private readonly List<Tile> _tiles = [.. catalogue.Of<Tile>().Where(t => audience.Can(Catalogue.PermissionOf(t)))];

    /// <summary>Layers that the reader may see; one whose dataset the city left out is not drawn.</summary>
    public IReadOnlyList<MapLayer> Layers { get; } = [.. catalogue.Of<MapLayer>().Where(l => audience.Can(Catalogue.PermissionOf(l)) && parts.All.ContainsKey(CityParts.IdOf(l)))];
    public IReadOnlyList<LivePart> Parts { get; private set; } = [];
    public long Since { get; private set; }
    /// <summary>Two readers for whom this is the same see the same screen, but for the frame around it; null for an instant of the past.</summary>
    public string? Same { get; private set; }
    /// <summary>The instant that this screen is about.</summary>
    public Moment Moment => moment;

    /// <summary>The one theme that fills the areas.</summary>
    [BindProperty(SupportsGet = true, Name = "theme")]
    public string? ThemeKey { get; set; }
    /// <summary>Glyph layers that are shown, separated by commas; none given means none.</summary>
    [BindProperty(SupportsGet = true, Name = "layers")]
    public string? Shown { get; set; }
    [BindProperty(SupportsGet = true, Name = "surface")]
    public string? AskedSurface { get; set; }

    public string? Surface => AskedSurface is "wall" ? AskedSurface : null;
    public MapLayer? Theme => ThemeKey == "none" ? null : Layers.FirstOrDefault(l => l.Style == MapStyle.Fill && l.Key == ThemeKey) ?? Layers.FirstOrDefault(l => l.Style == MapStyle.Fill);
    public string LayerHtml(MapLayer layer) => _html[CityParts.IdOf(layer)];
    public string ListHtml(MapLayer layer) => _html[CityParts.ListIdOf(layer)];
    public string StatusHtml => _html.GetValueOrDefault(CityParts.Status, "");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var ids = _tiles.Select(CityParts.IdOf).Concat(Layers.Select(CityParts.IdOf)).Concat(Layers.Select(CityParts.ListIdOf));
        Parts = [.. ids.Append(CityParts.Status).Where(parts.All.ContainsKey).Select(id => parts.All[id]).Where(p => audience.Can(p.Permission))];
        if (moment.Past is { } past)
        {
            if (await replays.Render(past, Parts, words.Language, cancel) is not { } then) return StatusCode(StatusCodes.Status503ServiceUnavailable);
            foreach (var (id, html) in then) _html[id] = html;
            return Page();
        }
        // rendered first and then collected, so that the number covers all of it: the stream brings only what is newer,
        // not the whole page again
        foreach (var part in Parts) await parts.Get(part.Id, words.Language, cancel);
        Since = parts.Sequence;
        var drawn = new List<long>();
        foreach (var part in Parts)
        {
            var rendered = await parts.Get(part.Id, words.Language, cancel);
            _html[part.Id] = rendered.Html;
            drawn.Add(rendered.Sequence);
        }
        Same = $"{audience.Key} {words.Language} {ThemeKey} {Shown} {Surface} {string.Join(',', drawn)}";
        return Page();
    }

    /// <summary>Real-time tiles beside the map; the others stand below it, and not on the wall.</summary>
    public const int First = 7;

    /// <summary>Tiles of an element, ready rendered.</summary>
    public IReadOnlyList<string> Tiles(Element element) => [.. _tiles.Where(t => t.Element == element).Select(t => _html[CityParts.IdOf(t)])];

    public bool IsOn(MapLayer layer) => layer.Style == MapStyle.Fill ? layer == Theme : Glyphs.Contains(layer.Key);

    private string[] Glyphs => Shown?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The address of this screen with a layer turned on or off.</summary>
    public string LayerUrl(MapLayer layer)
    {
        var theme = layer.Style == MapStyle.Fill ? layer == Theme ? "none" : layer.Key : ThemeKey;
        var glyphs = layer.Style == MapStyle.Fill ? Glyphs : IsOn(layer) ? [.. Glyphs.Except([layer.Key])] : [.. Glyphs, layer.Key];
        var query = new QueryString();
        if (theme is not null) query = query.Add("theme", theme);
        if (glyphs.Length > 0) query = query.Add("layers", string.Join(',', glyphs));
        if (Surface is not null) query = query.Add("surface", Surface);
        return moment.Link($"/{words.Language}{query}");
    }

    /// <summary>Everything known of an area.</summary>
    public string AreaUrl(string code) => moment.Link("/" + words.Language + "/areas/" + code);
}

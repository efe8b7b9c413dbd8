using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages.Cameras;

/// <summary>The cameras that the reader may see: by name, area, road, kind, nearest to a point or an incident, favourites.</summary>
internal sealed class IndexModel(CameraRegister register, CameraLedger ledger, ICity city, IFeeds feeds, IAudience audience, IWords words) : PageModel
{
    public const int PageSize = 60;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }
    [BindProperty(SupportsGet = true, Name = "area")]
    public string? AskedArea { get; set; }
    [BindProperty(SupportsGet = true, Name = "road")]
    public string? AskedRoad { get; set; }
    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? AskedKind { get; set; }
    [BindProperty(SupportsGet = true, Name = "near")]
    public string? AskedNear { get; set; }
    [BindProperty(SupportsGet = true, Name = "incident")]
    public string? AskedIncident { get; set; }
    [BindProperty(SupportsGet = true, Name = "favourites")]
    public string? AskedFavourites { get; set; }
    [BindProperty(SupportsGet = true, Name = "page")]
    public string? AskedPage { get; set; }

    /// <summary>Roads by their first name.</summary>
    public IReadOnlyList<Text> Roads { get; private set; } = [];
    public IReadOnlyList<(Camera Camera, double? Metres)> Found { get; private set; } = [];
    public IReadOnlySet<string> Favourites { get; private set; } = new HashSet<string>();
    public string FirstLanguage => city.Languages[0];
    public int All { get; private set; }
    public bool SignedIn => audience.UserName is not null;
    public AsOf? AsOf => feeds.AsOf(TrafficModule.CameraFeed);
    /// <summary>What of the question was not understood; the rest is answered.</summary>
    public string? Problem { get; private set; }
    /// <summary>What the nearest were looked for.</summary>
    public string? NearWhat { get; private set; }
    public int PageNumber { get; private set; } = 1;
    public int Pages => Math.Max(1, (Found.Count + PageSize - 1) / PageSize);
    public IEnumerable<(Camera Camera, double? Metres)> Shown => Found.Skip((PageNumber - 1) * PageSize).Take(PageSize);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var cameras = register.For(feeds, audience);
        (All, Favourites) = (cameras.Count, await ledger.Favourites(cancel));
        Roads = [.. cameras.Select(c => c.Road).OfType<Text>().Distinct().OrderBy(r => r.ToString(), StringComparer.CurrentCulture)];
        Text = Text?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 100)] : null;
        if (AskedArea is { Length: > 0 } && city.Area(AskedArea) is null) Problem = words.Of("traffic.cameras.noarea", AskedArea);
        if (AskedRoad is { Length: > 0 } && Roads.All(r => r.In(FirstLanguage) != AskedRoad)) Problem = words.Of("traffic.cameras.noroad", AskedRoad);
        Found = new CameraQuery(Text, city.Area(AskedArea ?? "")?.Code, Roads.Any(r => r.In(FirstLanguage) == AskedRoad) ? AskedRoad : null,
            Enum.TryParse<CameraKind>(AskedKind, true, out var kind) && Enum.IsDefined(kind) ? kind : null, Near(), AskedFavourites is { Length: > 0 } ? Favourites : null).Of(cameras, city.Languages);
        PageNumber = Math.Clamp(int.TryParse(AskedPage, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? page : 1, 1, Pages);
    }

    private Place? Near()
    {
        if (AskedIncident is { Length: > 0 })
        {
            // without a place it can be near to nothing
            if (feeds.Events(TrafficModule.IncidentFeed).Concat(feeds.Events(TrafficModule.WorksFeed)).FirstOrDefault(e => e.Id == AskedIncident && !e.Test) is { PlaceInDoubt: null, Shape: { } shape } incident)
            {
                NearWhat = incident.Title.ToString();
                return shape.Centre;
            }
            Problem = words["traffic.cameras.noincident"];
        }
        if (AskedNear is not { Length: > 0 }) return null;
        if (Distance.Read(AskedNear) is { } place)
        {
            NearWhat = string.Create(CultureInfo.InvariantCulture, $"{place.Latitude:0.####}, {place.Longitude:0.####}");
            return place;
        }
        Problem = words["traffic.cameras.badnear"];
        return null;
    }

    /// <summary>The address of this list with another page.</summary>
    public string PageUrl(int page)
    {
        var query = new QueryBuilder(Request.Query.Where(q => q.Key is not ("page" or "handler")).SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v ?? ""))));
        if (page > 1) query.Add("page", page.ToString(CultureInfo.InvariantCulture));
        return $"/{words.Language}/traffic/cameras{query}";
    }

    /// <summary>The address of the table with the same filters, as far as it has them.</summary>
    public string DataQuery(string ending)
    {
        var query = new QueryBuilder();
        if (city.Area(AskedArea ?? "") is { } area) query.Add("area", area.Code);
        if (AskedRoad is { Length: > 0 } road && Roads.Any(r => r.In(FirstLanguage) == road)) query.Add("road", road);
        if (ending.Length > 0) query.Add("lang", words.Language);
        return ending + query;
    }

    public async Task<IActionResult> OnPostFavouriteAsync(string? camera, string? remove, string? back, CancellationToken cancel)
    {
        if (!SignedIn) return Forbid();
        if (register.Find(camera ?? remove ?? "", feeds, audience) is not { } found) return NotFound();
        var stored = await ledger.Favour(found.Id, remove is null, cancel);
        // more than there is room for: the list says so, nothing else is lost
        if (!stored)
        {
            await OnGetAsync(cancel);
            Problem = words.Of("traffic.favourites.full", CameraLedger.Most);
            return Page();
        }
        return LocalRedirect(back is { Length: > 0 } && Url.IsLocalUrl(back) ? back : $"/{words.Language}/traffic/cameras");
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>What a situation room leaves open: where things happen, the list, the alarms, and around the chosen incident its cameras.</summary>
[Authorize(DisasterSafetyModule.Desk)]
internal sealed class SituationModel(ICity city, IFeeds feeds, IAudience audience, IDatasets datasets, IncidentBook book) : PageModel
{
    // as many as fit on a screen beside each other
    private const int Most = 12;

    [BindProperty(SupportsGet = true, Name = "incident")]
    public string? Asked { get; set; }
    public IReadOnlyList<Incident> Open { get; private set; } = [];
    public IReadOnlyList<Incident> Listed => [.. Open.Take(Most)];
    /// <summary>The one that was chosen; else the first of the list. One that has ended stays until another is chosen.</summary>
    public Incident? Chosen { get; private set; }
    public bool ByHand { get; private set; }
    public IReadOnlyList<Near> Cameras { get; private set; } = [];
    public IReadOnlyList<Alarm> Alarms { get; private set; } = [];
    public IReadOnlyList<Post> Posts { get; private set; } = [];
    public IReadOnlyList<(Place Place, int Count, State State, bool Chosen)> Signs { get; private set; } = [];
    public Openness Openness { get; private set; } = null!;
    public DateTimeOffset Now => feeds.Now;
    public bool MayAct => audience.UserName is not null && audience.Can(DisasterSafetyModule.Act) && !HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);
    public AsOf? AsOf => feeds.AsOf(DisasterSafetyModule.Dispatch);
    public string Query => Asked is { Length: > 0 and <= 70 } asked ? "incident=" + Uri.EscapeDataString(asked) + "&" : "";

    [BindProperty(SupportsGet = true, Name = "scenes")]
    public string? Scenes { get; set; }
    /// <summary>How long an incident stays, in seconds.</summary>
    public int Seconds => int.TryParse(Scenes, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 5 and <= 600 ? seconds : 20;
    public bool Turns => Scenes is { Length: > 0 };
    public bool Past => HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);
    /// <summary>Whether this screen may be kept signed in; the shell has the permission and the page for it.</summary>
    public bool MayKeep => audience.UserName is not null && audience.Can("city.kept-screen");

    /// <summary>Says that the city is there and that the reader may still see this.</summary>
    public IActionResult OnGetPulse() => Content("", "text/html");

    public async Task OnGetAsync(CancellationToken cancel) => await Load(cancel);

    public async Task<IActionResult> OnGetRoomAsync(CancellationToken cancel)
    {
        await Load(cancel);
        return Partial("_Room", this);
    }

    private async Task Load(CancellationToken cancel)
    {
        var all = await book.Now(feeds, cancel);
        Openness = Openness.For(audience, DisasterSettings.Of(city));
        Open = [.. all.Where(i => i.Open && !i.Test)];
        Chosen = Asked is { Length: > 0 and <= 70 } key ? all.FirstOrDefault(i => i.Answers(key)) ?? await book.Find(feeds, key, cancel) : null;
        ByHand = Chosen is not null;
        Chosen ??= Open.FirstOrDefault();
        if (Chosen?.Place is { } at) Cameras = await Surroundings.Cameras(feeds, datasets, Chosen, at, 4, cancel);
        if (Chosen is not null) Posts = [.. DisasterSettings.Of(city).Posts.Where(p => p.AnswersFor(Chosen))];
        Alarms = [.. DisasterSafety.Alarms.Of(all, await Gauges.Of(feeds, datasets, city, cancel), await book.Acknowledgements(feeds.Now, cancel), DisasterSettings.Of(city), feeds.Now).Take(6)];
        // incidents of one cell are one sign
        Signs = [.. Open.Where(i => i.Place is not null).GroupBy(i => Openness.Cell(i.Place, 0.01)!.Value).Select(g => (g.Key, g.Count(), g.Max(i => i.State), Chosen is not null && g.Any(i => i.Key == Chosen.Key))).OrderBy(s => s.Item4).ThenBy(s => s.Item3)];
    }

    /// <summary>The borders of the areas in that drawing, coarse enough for a sketch.</summary>
    public string Border(Area area) => Sketch.Of(area, At);

    /// <summary>Where a place stands in a drawing of the city, 1000 wide and 800 high.</summary>
    public (string X, string Y) At(Place place)
    {
        var (west, south, east, north) = _box ??= Box();
        static string N(double n) => Math.Clamp(n, 8, 992).ToString("0", CultureInfo.InvariantCulture);
        // a degree of longitude is shorter than one of latitude; what is outside of the city stands at the drawing's edge
        var shorter = Math.Cos((south + north) / 2 * Math.PI / 180);
        var scale = Math.Min(960 / ((east - west) * shorter), 760 / (north - south));
        return (N(500 + (place.Longitude - (west + east) / 2) * shorter * scale), N(Math.Clamp(400 - (place.Latitude - (south + north) / 2) * scale, 8, 792)));
    }

    private (double West, double South, double East, double North)? _box;

    private (double West, double South, double East, double North) Box()
    {
        var all = city.Areas.SelectMany(a => a.Rings.SelectMany(r => r)).ToList();
        if (all.Count == 0) all = [.. city.Areas.SelectMany(a => new[] { new Place(a.Centre.Latitude - 0.03, a.Centre.Longitude - 0.04), new Place(a.Centre.Latitude + 0.03, a.Centre.Longitude + 0.04) })];
        return (all.Min(p => p.Longitude), all.Min(p => p.Latitude), all.Max(p => p.Longitude), all.Max(p => p.Latitude));
    }
}

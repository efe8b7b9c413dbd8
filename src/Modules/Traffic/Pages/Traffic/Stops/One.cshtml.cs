using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages.Stops;

/// <summary>What comes to one stop.</summary>
internal sealed class OneModel(Transit transit, ICity city, IFeeds feeds) : PageModel
{
    public Stop Stop { get; private set; } = null!;
    public IReadOnlyList<Arrival> Arrivals { get; private set; } = [];
    public IReadOnlyList<Line> Lines { get; private set; } = [];
    public AsOf? AsOf => feeds.AsOf(Stop.Feed);
    public DateTimeOffset Now => feeds.Now;

    public string Clock(DateTimeOffset at) => city.Local(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    private bool Load(string stop)
    {
        if (transit.Stops(feeds).FirstOrDefault(s => s.Id == stop) is not { } found) return false;
        Stop = found;
        Arrivals = [.. transit.Arrivals(feeds).Where(a => a.Stop == stop).Take(30)];
        Lines = [.. transit.Pack.Lines.Where(l => l.Stations.Any(s => "subway-" + s.Key == stop))];
        return true;
    }

    public IActionResult OnGet(string stop) => Load(stop) ? Page() : NotFound();
    public IActionResult OnGetArrivals(string stop) => Load(stop) ? Partial("_Arrivals", this) : NotFound();
}

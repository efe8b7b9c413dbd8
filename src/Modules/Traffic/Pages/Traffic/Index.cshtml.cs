using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>Traffic at a glance: what stands in the way, what does not run, where it is slow, how many cameras there are.</summary>
internal sealed class IndexModel(Transit transit, CameraRegister register, ICity city, IFeeds feeds, IAudience audience) : PageModel
{
    public IReadOnlyList<(Event Event, string Feed)> Incidents { get; private set; } = [];
    public IReadOnlyList<LineState> Troubled { get; private set; } = [];
    public IReadOnlyList<RoadSpeed> Slow { get; private set; } = [];
    public int Cameras { get; private set; }
    public AsOf? IncidentAsOf => feeds.AsOf(TrafficModule.IncidentFeed);
    public AsOf? SubwayAsOf => feeds.AsOf(TrafficModule.SubwayFeed);
    public AsOf? SpeedAsOf => feeds.AsOf(TrafficModule.SpeedFeed);
    public AsOf? CameraAsOf => feeds.AsOf(TrafficModule.CameraFeed);
    public DateTimeOffset Now => feeds.Now;

    public void OnGet()
    {
        Incidents = [.. Roads.Open(feeds).Where(e => !Roads.IsWork(e))];
        Troubled = [.. transit.States(feeds).Where(s => s.State is not State.Normal).OrderByDescending(s => s.State)];
        Slow = [.. Roads.Speeds(feeds, city).Take(5)];
        Cameras = register.For(feeds, audience).Count;
    }

    public IActionResult OnGetGlance()
    {
        OnGet();
        return Partial("_Glance", this);
    }
}

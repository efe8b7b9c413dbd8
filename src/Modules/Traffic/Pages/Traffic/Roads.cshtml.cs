using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>What stands in the way, and how fast it goes.</summary>
internal sealed class RoadsModel(ICity city, IFeeds feeds) : PageModel
{
    public IReadOnlyList<(Event Event, string Feed)> Incidents { get; private set; } = [];
    public IReadOnlyList<(Event Event, string Feed)> Works { get; private set; } = [];
    public IReadOnlyList<RoadSpeed> Speeds { get; private set; } = [];
    public AsOf? IncidentAsOf => feeds.AsOf(TrafficModule.IncidentFeed);
    public AsOf? WorksAsOf => feeds.AsOf(TrafficModule.WorksFeed);
    public AsOf? SpeedAsOf => feeds.AsOf(TrafficModule.SpeedFeed);
    public DateTimeOffset Now => feeds.Now;

    public void OnGet()
    {
        var open = Roads.Open(feeds);
        (Incidents, Works) = ([.. open.Where(e => !Roads.IsWork(e))], [.. open.Where(Roads.IsWork)]);
        Speeds = Roads.Speeds(feeds, city);
    }

    public IActionResult OnGetIncidents()
    {
        OnGet();
        return Partial("_Incidents", this);
    }

    public IActionResult OnGetSpeeds()
    {
        OnGet();
        return Partial("_Speeds", this);
    }
}

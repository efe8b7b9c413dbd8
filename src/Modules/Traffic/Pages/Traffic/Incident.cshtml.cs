using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>One incident on a road: what its source says of it, how that changed, the cameras around it.</summary>
internal sealed class IncidentModel(CameraRegister register, ICity city, IFeeds feeds, IAudience audience) : PageModel
{
    public Event Incident { get; private set; } = null!;
    public string Feed { get; private set; } = "";
    public bool Open => Incident.OpenAt(feeds.Now);
    public IReadOnlyList<Event> Versions { get; private set; } = [];
    public IReadOnlyList<(Camera Camera, double? Metres)> Near { get; private set; } = [];
    public AsOf? AsOf => feeds.AsOf(Feed);

    public string When(DateTimeOffset? at) => at is { } moment ? city.Local(moment).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "—";

    private async Task<bool> Load(string incident, CancellationToken cancel)
    {
        if (Roads.Find(incident, feeds) is not { } found) return false;
        (Incident, Feed) = found;
        Versions = [.. (await feeds.EventLog(Feed, Incident.ReportedAt.AddDays(-30), feeds.Now.AddDays(1), cancel)).Where(e => e.Id == incident && !e.Test).OrderByDescending(e => e.FetchedAt).Take(50)];
        if (Incident is { PlaceInDoubt: null, Shape: { } shape }) Near = [.. new CameraQuery(Near: shape.Centre).Of(register.For(feeds, audience), city.Languages).Take(6)];
        return true;
    }

    public async Task<IActionResult> OnGetAsync(string incident, CancellationToken cancel) => await Load(incident, cancel) ? Page() : NotFound();
    public async Task<IActionResult> OnGetNowAsync(string incident, CancellationToken cancel) => await Load(incident, cancel) ? Partial("_Incident", this) : NotFound();
}

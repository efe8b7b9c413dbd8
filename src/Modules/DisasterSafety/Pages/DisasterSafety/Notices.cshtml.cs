using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>What was told to everyone: alerts, emergency messages, earthquakes.</summary>
internal sealed class NoticesModel(ICity city, IFeeds feeds) : PageModel
{
    public IReadOnlyList<Account> Notices => DisasterTables.NoticesOf(feeds, city);
    public IReadOnlyList<Incident> Quakes => [.. DisasterSafety.Quakes.Merge(feeds.Events(DisasterSafetyModule.QuakeNotices), feeds.Events(DisasterSafetyModule.Earthquakes), DisasterSettings.Of(city).Quakes)
        .Select(q => new Incident(Category.Disaster, q, feeds.Now)).Where(q => !q.Test).OrderByDescending(q => q.Since).Take(50)];
    public QuakeRule Rule => DisasterSettings.Of(city).Quakes;
    public bool Concerns(Incident quake) => DisasterSafety.Quakes.Concerns(quake.Accounts, city, Rule);
    public DateTimeOffset Now => feeds.Now;
    public AsOf? AsOf(string feed) => feeds.AsOf(feed);

    public IActionResult OnGetNotices() => Partial("_Notices", this);
    public IActionResult OnGetQuakes() => Partial("_Quakes", this);
}

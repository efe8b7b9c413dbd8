using Microsoft.EntityFrameworkCore;

namespace SmartCity.DisasterSafety;

/// <summary>Reads incidents: what the feeds say now, over it what people did.</summary>
internal sealed class IncidentBook(ICity city, IDbContextFactory<DisasterDb> dbs)
{
    public static IReadOnlyList<string> Feeds { get; } = [DisasterSafetyModule.Dispatch, DisasterSafetyModule.Alerts, DisasterSafetyModule.Messages, DisasterSafetyModule.QuakeNotices, DisasterSafetyModule.Earthquakes];

    // what people did longer ago stays in the store and is read with its incident
    private static readonly TimeSpan Lately = TimeSpan.FromDays(40);

    /// <summary>Everything that is open or has ended within a day.</summary>
    public async Task<IReadOnlyList<Incident>> Now(IFeeds feeds, CancellationToken cancel) =>
        Assembly.Of(Feeds.ToDictionary(f => f, feeds.Events, StringComparer.Ordinal), await Acts(feeds.Now - Lately, cancel), city, feeds.Now);

    /// <summary>Everything that was open or began since an instant, also what memory has let go.</summary>
    public async Task<IReadOnlyList<Incident>> Since(IFeeds feeds, DateTimeOffset from, CancellationToken cancel)
    {
        var events = new Dictionary<string, IReadOnlyList<Event>>(StringComparer.Ordinal);
        foreach (var feed in Feeds)
        {
            var newest = feeds.Events(feed).ToDictionary(e => e.Id, StringComparer.Ordinal);
            foreach (var e in await feeds.EventLog(feed, from, feeds.Now.AddMinutes(1), cancel))
                if (!newest.TryGetValue(e.Id, out var known) || known.Version < e.Version) newest[e.Id] = e;
            events[feed] = [.. newest.Values];
        }
        return Assembly.Of(events, await Acts(from - Lately, cancel), city, feeds.Now);
    }

    /// <summary>One incident by any of its keys; what ended up to a month ago is looked for in the store.</summary>
    public async Task<Incident?> Find(IFeeds feeds, string key, CancellationToken cancel)
    {
        if ((await Now(feeds, cancel)).FirstOrDefault(i => i.Answers(key)) is { } known) return known;
        if (Feeds.FirstOrDefault(f => key.StartsWith(Account.Letter(f) + "-", StringComparison.Ordinal)) is not { } feed) return null;
        var versions = (await feeds.EventLog(feed, feeds.Now.AddDays(-30), feeds.Now, cancel)).Where(e => new Account(feed, e).Key == key).ToList();
        return versions.Count == 0 ? null
            : Assembly.Of(new Dictionary<string, IReadOnlyList<Event>>(StringComparer.Ordinal) { [feed] = [versions.MaxBy(e => e.Version)!] }, await Acts(feeds.Now - Lately, cancel), city, feeds.Now).FirstOrDefault();
    }

    /// <summary>Every version of what the sources said of an incident, oldest first.</summary>
    public static async Task<IReadOnlyList<Account>> Story(IFeeds feeds, Incident incident, CancellationToken cancel)
    {
        var story = new List<Account>();
        foreach (var account in incident.Accounts)
        {
            var versions = (await feeds.EventLog(account.Feed, incident.Since.AddDays(-1), feeds.Now.AddMinutes(1), cancel)).Where(e => e.Id == account.Event.Id).ToList();
            story.AddRange((versions.Count == 0 ? [account.Event] : versions).Select(e => new Account(account.Feed, e)));
        }
        return [.. story.OrderBy(a => a.Event.FetchedAt).ThenBy(a => a.Event.Version)];
    }

    public async Task<IReadOnlyList<Emergency>> Emergencies(DateTimeOffset now, CancellationToken cancel)
    {
        var moment = now.ToUnixTimeMilliseconds();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return await db.Emergencies.AsNoTracking().Where(e => e.EndedAt == null && e.At <= moment && e.Until > moment).OrderBy(e => e.Id).ToListAsync(cancel);
    }

    public async Task<IReadOnlyList<Order>> Orders(IReadOnlyList<string>? incidents, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return incidents is null ? await db.Orders.AsNoTracking().OrderByDescending(o => o.Id).Take(1000).ToListAsync(cancel)
            : await db.Orders.AsNoTracking().Where(o => incidents.Contains(o.Incident)).OrderBy(o => o.Id).ToListAsync(cancel);
    }

    public async Task<IReadOnlyList<Acknowledgement>> Acknowledgements(DateTimeOffset now, CancellationToken cancel)
    {
        var from = now.AddDays(-2).ToUnixTimeMilliseconds();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return await db.Acknowledgements.AsNoTracking().Where(a => a.At >= from).OrderBy(a => a.Id).ToListAsync(cancel);
    }

    private async Task<IReadOnlyList<Act>> Acts(DateTimeOffset from, CancellationToken cancel)
    {
        var since = from.ToUnixTimeMilliseconds();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return await db.Acts.AsNoTracking().Where(a => a.At >= since).OrderBy(a => a.Id).ToListAsync(cancel);
    }
}

/// <summary>The day of the city.</summary>
internal static class Today
{
    /// <summary>The last midnight by the city's clock, also where the clock jumps over it.</summary>
    public static DateTimeOffset Midnight(ICity city, DateTimeOffset now)
    {
        var start = city.Local(now).Date;
        while (city.Zone.IsInvalidTime(start)) start = start.AddMinutes(15);
        return new DateTimeOffset(start, city.Zone.GetUtcOffset(start)).ToUniversalTime();
    }
}

/// <summary>The four counts of the city's day: what began since midnight and was not taken back. Exercises and parts of other incidents are not counted.</summary>
internal sealed record Counts(int Disaster, int Fire, int Rescue, int Medical)
{
    public int All => Disaster + Fire + Rescue + Medical;

    /// <summary>Of an area, or of the whole city, where an incident of two areas counts once.</summary>
    public static Counts Of(IEnumerable<Incident> incidents, DateTimeOffset midnight, DateTimeOffset now, string? area = null)
    {
        var today = incidents.Where(i => !i.Test && i.Status is not (IncidentStatus.Merged or IncidentStatus.Cancelled) && i.Since >= midnight && i.Since <= now && (area is null || i.Areas.Contains(area))).CountBy(i => i.Category).ToDictionary();
        return new(today.GetValueOrDefault(Category.Disaster), today.GetValueOrDefault(Category.Fire), today.GetValueOrDefault(Category.Rescue), today.GetValueOrDefault(Category.Medical));
    }

    public IEnumerable<(Category Category, int Count)> Each => [(Category.Disaster, Disaster), (Category.Fire, Fire), (Category.Rescue, Rescue), (Category.Medical, Medical)];
}

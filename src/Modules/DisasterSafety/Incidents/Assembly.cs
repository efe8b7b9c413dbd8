using System.Globalization;

namespace SmartCity.DisasterSafety;

/// <summary>Makes incidents of what the feeds say and what people did.</summary>
internal static class Assembly
{
    /// <summary>Every incident of the newest versions of events by feed, tests among them, open ones first.</summary>
    public static IReadOnlyList<Incident> Of(IReadOnlyDictionary<string, IReadOnlyList<Event>> events, IReadOnlyList<Act> acts, ICity city, DateTimeOffset now)
    {
        var settings = DisasterSettings.Of(city);
        IReadOnlyList<Event> From(string feed) => events.GetValueOrDefault(feed, []);
        var found = new List<Incident>();
        foreach (var e in From(DisasterSafetyModule.Dispatch))
            found.Add(new(OfDispatch(e.Kind), [new(DisasterSafetyModule.Dispatch, e)], now) { ByRule = settings.SeverityOf(e.Kind) });
        // a notice below "moderate" is advice: it stands among the notices and is no incident
        foreach (var feed in new[] { DisasterSafetyModule.Alerts, DisasterSafetyModule.Messages })
            found.AddRange(From(feed).Where(e => e.Severity >= Severity.Moderate).Select(e => new Incident(Category.Disaster, [new(feed, e)], now)));
        foreach (var quake in Quakes.Merge(From(DisasterSafetyModule.QuakeNotices), From(DisasterSafetyModule.Earthquakes), settings.Quakes))
            if (Quakes.Concerns(quake, city, settings.Quakes)) found.Add(new(Category.Disaster, quake, now));

        var live = acts.Where(a => a.UndoneAt is null && a.Time <= now).OrderBy(a => a.Id).ToLookup(a => a.Incident, StringComparer.Ordinal);
        if (live.Count == 0) return Sorted(found);
        var into = live.SelectMany(g => g.Where(a => a.Kind == Act.Merger).Select(a => (Part: g.Key, Whole: a.Value))).ToLookup(m => m.Whole, m => m.Part, StringComparer.Ordinal);
        return Sorted([.. found.Select(i => i with
        {
            Acts = [.. i.Accounts.SelectMany(a => live[a.Key]).OrderBy(a => a.Id)],
            Parts = [.. i.Accounts.SelectMany(a => into[a.Key])],
        })]);
    }

    // open ones first, the gravest first, then the newest
    private static IReadOnlyList<Incident> Sorted(List<Incident> found) =>
        [.. found.OrderBy(i => i.Open && !i.Test ? 0 : i.Open ? 1 : 2).ThenByDescending(i => i.Open ? i.Severity : Severity.Unknown).ThenByDescending(i => i.Since).ThenBy(i => i.Key, StringComparer.Ordinal)];

    public static Category OfDispatch(string kind) => kind switch
    {
        "fire" => Category.Fire,
        "rescue" => Category.Rescue,
        "ems" => Category.Medical,
        "disaster" => Category.Disaster,
        _ => Category.Other,
    };
}

/// <summary>Earthquakes as two networks tell them.</summary>
internal static class Quakes
{
    public static double? Magnitude(Event e) => double.TryParse(e.Attributes.GetValueOrDefault("mag"), NumberStyles.Float, CultureInfo.InvariantCulture, out var m) && double.IsFinite(m) ? m : null;
    private static DateTimeOffset At(Event e) => e.Onset ?? e.ReportedAt;

    /// <summary>Joins reports of one earthquake: each of the national service's with at most one of the other network's, the
    /// nearest in time first. What is said of the place, the moment or the size must not contradict; what is not said cannot.</summary>
    public static IEnumerable<IReadOnlyList<Account>> Merge(IReadOnlyList<Event> national, IReadOnlyList<Event> global, QuakeRule rule)
    {
        var pairs = national.SelectMany(n => global.Where(g => Same(n, g, rule)).Select(g => (N: n, G: g)))
            .OrderBy(p => (At(p.N) - At(p.G)).Duration()).ThenBy(p => p.N.Id, StringComparer.Ordinal).ThenBy(p => p.G.Id, StringComparer.Ordinal);
        var (joined, taken) = (new Dictionary<string, Event>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (n, g) in pairs)
            if (!joined.ContainsKey(n.Id) && taken.Add(g.Id)) joined[n.Id] = g;
        foreach (var n in national)
            yield return joined.TryGetValue(n.Id, out var g) ? [new(DisasterSafetyModule.QuakeNotices, n), new(DisasterSafetyModule.Earthquakes, g)] : [new(DisasterSafetyModule.QuakeNotices, n)];
        foreach (var g in global.Where(g => !taken.Contains(g.Id))) yield return [new(DisasterSafetyModule.Earthquakes, g)];
    }

    private static bool Same(Event n, Event g, QuakeRule rule) =>
        n.Test == g.Test && (At(n) - At(g)).Duration() <= TimeSpan.FromSeconds(rule.Seconds)
        && !(n.Shape is { } a && g.Shape is { } b && Distance.Km(a.Centre, b.Centre) > rule.Km)
        && !(Magnitude(n) is { } m && Magnitude(g) is { } o && Math.Abs(m - o) > rule.Magnitude);

    /// <summary>True when an earthquake is near or strong enough to be the city's business.</summary>
    public static bool Concerns(IReadOnlyList<Account> quake, ICity city, QuakeRule rule)
    {
        if (quake.Select(a => a.Event.Shape?.Centre).FirstOrDefault(p => p is not null) is not { } at) return true;
        var km = city.Areas.Min(a => Distance.Km(a.Centre, at));
        return km <= rule.NearKm || km <= rule.FarKm && quake.Max(a => Magnitude(a.Event)) >= rule.FarMagnitude;
    }
}

/// <summary>Distances on the earth.</summary>
internal static class Distance
{
    /// <summary>Kilometres along the surface of a sphere.</summary>
    public static double Km(Place a, Place b) => a.MetresTo(b) / 1000;
}

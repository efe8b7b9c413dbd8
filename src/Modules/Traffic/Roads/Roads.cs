namespace SmartCity.Traffic;

/// <summary>How traffic moves on a road: the mean of its pieces.</summary>
/// <param name="Key">As the source calls it.</param>
/// <param name="Name">What people read.</param>
/// <param name="KmH">Mean speed of its pieces.</param>
/// <param name="Slowest">Of its slowest piece.</param>
/// <param name="Pieces">How many told a speed.</param>
/// <param name="ObservedAt">Of the newest of them.</param>
internal sealed record RoadSpeed(string Key, Text Name, double KmH, double Slowest, int Pieces, DateTimeOffset ObservedAt);

/// <summary>How traffic moves on one piece of a road whose place is known.</summary>
internal sealed record RoadPiece(string Key, Text Road, string? Area, Place At, double KmH, DateTimeOffset ObservedAt);

/// <summary>Speeds and what stands in the way, whatever format it came in.</summary>
internal static class Roads
{
    private static readonly string[] EventFeeds = [TrafficModule.IncidentFeed, TrafficModule.SituationFeed, TrafficModule.WorksFeed];

    /// <summary>Classes of speed on a city's roads, in km/h.</summary>
    public static IReadOnlyList<MapClass> Classes { get; } =
    [
        new(15, Text.Of("정체", "Jam"), State.Serious),
        new(25, Text.Of("서행", "Slow"), State.Caution),
        new(null, Text.Of("원활", "Free"), State.Normal),
    ];

    public static MapClass ClassOf(double kmH) => Classes.First(c => c.Below is not { } below || kmH < below);

    /// <summary>What is open now, the latest report first: incidents, situations, then works. Tests and what has been announced for later are left out.</summary>
    public static IReadOnlyList<(Event Event, string Feed)> Open(IFeeds feeds) =>
        [.. EventFeeds.SelectMany(feed => feeds.Events(feed).Where(e => e.OpenAt(feeds.Now) && !e.Test && !(e.Onset > feeds.Now)).OrderByDescending(e => e.Severity).ThenByDescending(e => e.ReportedAt).Select(e => (e, feed)))];

    public static bool IsWork((Event Event, string Feed) of) => of.Feed == TrafficModule.WorksFeed || of.Event.Kind is "roadworks" or "work-zone" or "maintenance-works" or "construction-works";

    public static (Event Event, string Feed)? Find(string id, IFeeds feeds)
    {
        foreach (var feed in EventFeeds) if (feeds.Events(feed).FirstOrDefault(e => e.Id == id && !e.Test) is { } found) return (found, feed);
        return null;
    }

    /// <summary>The roads, the slowest first; none when the speeds are too old to be shown.</summary>
    public static IReadOnlyList<RoadSpeed> Speeds(IFeeds feeds, ICity city)
    {
        if (feeds.AsOf(TrafficModule.SpeedFeed) is not { Shown: true }) return [];
        var latest = feeds.Latest(TrafficModule.SpeedFeed);
        var settings = city.Settings<CameraSettings>("traffic");
        return [.. latest.Things.Values.Select(t => (Thing: t, Reading: latest.Values.GetValueOrDefault((t.Key, "speed")))).Where(t => t.Reading?.Value is not null)
            .GroupBy(t => t.Thing.Name.In(city.Languages[0]))
            .Select(g => new RoadSpeed(g.Key, settings.RoadName(g.Key), g.Average(t => t.Reading!.Value!.Value), g.Min(t => t.Reading!.Value!.Value), g.Count(), g.Max(t => t.Reading!.ObservedAt)))
            .OrderBy(r => r.KmH)];
    }

    /// <summary>The pieces of which the pack's register says where they are; none when the speeds are too old to be shown.</summary>
    public static IReadOnlyList<RoadPiece> Pieces(IFeeds feeds, ICity city)
    {
        if (feeds.AsOf(TrafficModule.SpeedFeed) is not { Shown: true }) return [];
        var latest = feeds.Latest(TrafficModule.SpeedFeed);
        var settings = city.Settings<CameraSettings>("traffic");
        return [.. latest.Things.Values.Select(t => (Thing: t, Reading: latest.Values.GetValueOrDefault((t.Key, "speed")))).Where(t => t.Thing.Place is not null && t.Reading?.Value is not null)
            .Select(t => new RoadPiece(t.Thing.Key, settings.RoadName(t.Thing.Name.In(city.Languages[0])), t.Thing.Area, t.Thing.Place!.Value, t.Reading!.Value!.Value, t.Reading.ObservedAt)).OrderBy(p => p.KmH)];
    }

    /// <summary>The word of a kind of event.</summary>
    public static string KindWord(Event e, IWords words) => words.Has("traffic.kind." + e.Kind) ? words["traffic.kind." + e.Kind] : words["traffic.kind.incident"];
}

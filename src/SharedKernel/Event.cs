namespace SmartCity;

/// <summary>Something that happens and ends: an alert, an incident, an earthquake, road works. Every version is kept.</summary>
/// <param name="Id">Unique within its feed.</param>
/// <param name="Version">Rises with every change: a number of the source's, else counted here.</param>
/// <param name="Kind">Short lower-case word of the feed: <c>fire</c>, <c>earthquake</c>, <c>roadworks</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Title">Plain text, by language where the source has several.</param>
/// <param name="ReportedAt">When this version was issued, as its source says, else when it was fetched.</param>
/// <param name="FetchedAt">When this version was first fetched.</param>
public sealed record Event(string Id, long Version, string Kind, EventStatus Status, Text Title, DateTimeOffset ReportedAt, DateTimeOffset FetchedAt)
{
    /// <summary>Longer plain text, by language.</summary>
    public Text Summary { get; init; } = Text.Same("");
    /// <summary>How grave it is.</summary>
    public Severity Severity { get; init; }
    /// <summary>How soon to act.</summary>
    public Urgency Urgency { get; init; }
    /// <summary>How sure it is.</summary>
    public Certainty Certainty { get; init; }
    /// <summary>When it begins or began.</summary>
    public DateTimeOffset? Onset { get; init; }
    /// <summary>When it ends or is no longer valid.</summary>
    public DateTimeOffset? Expires { get; init; }
    /// <summary>Codes of the areas it concerns.</summary>
    public IReadOnlyList<string> Areas { get; init; } = [];
    /// <summary>Where it is, or null. Refused by the map when <see cref="PlaceInDoubt"/>.</summary>
    public Shape? Shape { get; init; }
    /// <summary>Why the place cannot be trusted (swapped, outside the city, not finite), or null.</summary>
    public string? PlaceInDoubt { get; init; }
    /// <summary>True for a test, an exercise or a draft: never shown to the public.</summary>
    public bool Test { get; init; }
    /// <summary>Absolute http or https address, or null.</summary>
    public string? Link { get; init; }
    /// <summary>What else the source says, plain text by name.</summary>
    public Attributes Attributes { get; init; } = Attributes.None;

    /// <summary>True while it concerns somebody: begun or announced, not over.</summary>
    public bool OpenAt(DateTimeOffset now) => Status is EventStatus.Active or EventStatus.Updated && !(Expires <= now);
}

/// <summary>Where an event stands.</summary>
public enum EventStatus
{
    /// <summary>First told.</summary>
    Active,
    /// <summary>Told again with changes.</summary>
    Updated,
    /// <summary>Over.</summary>
    Ended,
    /// <summary>Taken back.</summary>
    Cancelled,
}

/// <summary>Severity in the words of CAP 1.2, from unknown to extreme.</summary>
public enum Severity
{
    /// <summary>Not told.</summary>
    Unknown,
    /// <summary>Minimal or no known threat.</summary>
    Minor,
    /// <summary>Possible threat.</summary>
    Moderate,
    /// <summary>Significant threat.</summary>
    Severe,
    /// <summary>Extraordinary threat.</summary>
    Extreme,
}

/// <summary>Urgency in the words of CAP 1.2.</summary>
public enum Urgency
{
    /// <summary>Not told.</summary>
    Unknown,
    /// <summary>No longer required.</summary>
    Past,
    /// <summary>In the near future.</summary>
    Future,
    /// <summary>Within the next hour.</summary>
    Expected,
    /// <summary>Now.</summary>
    Immediate,
}

/// <summary>Certainty in the words of CAP 1.2.</summary>
public enum Certainty
{
    /// <summary>Not told.</summary>
    Unknown,
    /// <summary>Not expected to occur.</summary>
    Unlikely,
    /// <summary>Possible, at most half.</summary>
    Possible,
    /// <summary>More than half.</summary>
    Likely,
    /// <summary>Has occurred or goes on.</summary>
    Observed,
}

/// <summary>A point, lines or areas in WGS 84.</summary>
/// <param name="Kind">What the rings mean.</param>
/// <param name="Rings">One point; lines; or rings of areas, each closed, at most 10,000 points in all.</param>
/// <param name="RadiusKm">Of a circle around the one point; else 0.</param>
public sealed record Shape(ShapeKind Kind, IReadOnlyList<IReadOnlyList<Place>> Rings, double RadiusKm = 0)
{
    /// <summary>A point.</summary>
    public static Shape At(Place place) => new(ShapeKind.Point, [[place]]);
    /// <summary>A place for a sign: the point, or the middle of the box around everything.</summary>
    public Place Centre => Kind == ShapeKind.Point ? Rings[0][0]
        : new((Rings.Min(r => r.Min(p => p.Latitude)) + Rings.Max(r => r.Max(p => p.Latitude))) / 2, (Rings.Min(r => r.Min(p => p.Longitude)) + Rings.Max(r => r.Max(p => p.Longitude))) / 2);
}

/// <summary>What the rings of a <see cref="Shape"/> mean.</summary>
public enum ShapeKind
{
    /// <summary>One point, perhaps with a radius.</summary>
    Point,
    /// <summary>Lines.</summary>
    Line,
    /// <summary>Areas.</summary>
    Area,
}

/// <summary>One value of an indicator or a table for a period.</summary>
/// <param name="Indicator">Its key within the feed.</param>
/// <param name="Area">Code of the area, or null for the whole city.</param>
/// <param name="Period"><c>2026</c>, <c>2026-Q3</c>, <c>2026-08</c> or <c>2026-08-31</c>.</param>
/// <param name="Value">In <paramref name="Unit"/>; null when missing.</param>
/// <param name="Unit">UCUM code; empty for a bare number.</param>
/// <param name="Target">What it should be, or null.</param>
/// <param name="FetchedAt">When it was first fetched. A later one for the same period is a correction.</param>
public sealed record Figure(string Indicator, string? Area, string Period, double? Value, string Unit, double? Target, DateTimeOffset FetchedAt);

namespace SmartCity;

/// <summary>How old a value is against its source's own promise. One scale for the whole product.</summary>
public enum Freshness
{
    /// <summary>As young as the source promises.</summary>
    Live,
    /// <summary>Older than its promised interval.</summary>
    Late,
    /// <summary>Older than <c>stale</c>; shown dimmed, with its age in words.</summary>
    Stale,
    /// <summary>Older than <c>drop</c>; the number is removed.</summary>
    Gone,
    /// <summary>Nothing to show, because the source cannot be reached or answers with an error.</summary>
    Down,
    /// <summary>The source answers, the value is missing.</summary>
    NoData,
}

/// <summary>What the last fetch of a source came to. HTTP 200 means nothing: errors come in the body.</summary>
public enum FetchOutcome
{
    /// <summary>Not fetched yet.</summary>
    None,
    /// <summary>Rows arrived and were understood.</summary>
    Ok,
    /// <summary>The source says that there is nothing: a success.</summary>
    Empty,
    /// <summary>No answer: connection refused, name unknown, cut.</summary>
    Unreachable,
    /// <summary>No complete answer within the feed's time limit.</summary>
    TimedOut,
    /// <summary>HTTP 5xx or a transient error in the body.</summary>
    UpstreamDown,
    /// <summary>The key or the right is refused. Not tried again within the beat.</summary>
    Auth,
    /// <summary>The call quota is used up.</summary>
    Quota,
    /// <summary>The source refuses the question as asked.</summary>
    BadRequest,
    /// <summary>The answer is well formed, but columns that are mapped have vanished.</summary>
    SchemaDrift,
    /// <summary>The answer is not what it should be at all: HTML for JSON, cut off, not an image.</summary>
    Unparsable,
    /// <summary>The answer is larger than the feed's limit.</summary>
    TooLarge,
    /// <summary>Not asked: the address, or one that its name leads to, is internal, and nobody agreed to that.</summary>
    Blocked,
    /// <summary>Not asked: the address is not written as one that may be asked.</summary>
    BadAddress,
}

/// <summary>The four numbers every source has: how often it is asked, and when its values count as old.</summary>
/// <param name="Every">The beat.</param>
/// <param name="Late">Older than this is late.</param>
/// <param name="Stale">Older than this is stale.</param>
/// <param name="Drop">Older than this is not shown.</param>
public sealed record Rhythm(TimeSpan Every, TimeSpan Late, TimeSpan Stale, TimeSpan Drop)
{
    /// <summary>The state of a value of some age, when the source itself is well.</summary>
    public Freshness Of(TimeSpan age) =>
        age <= Late ? Freshness.Live : age <= Stale ? Freshness.Late : age <= Drop ? Freshness.Stale : Freshness.Gone;
}

/// <summary>The answer to "as of when?" and "says who?" that every number carries.</summary>
public sealed record AsOf
{
    /// <summary>Key of the feed.</summary>
    public required string Feed { get; init; }
    /// <summary>Name of the source.</summary>
    public required Text Source { get; init; }
    /// <summary>Who answers for it.</summary>
    public required Text Owner { get; init; }
    /// <summary>The instant up to which the source has spoken: the end of what was observed, or the last fetch that
    /// confirmed it, whichever is earlier. Null when nothing has been received.</summary>
    public DateTimeOffset? At { get; init; }
    /// <summary>State of the value at the moment this was made.</summary>
    public Freshness Freshness { get; init; }
    /// <summary>What the last fetch came to; the reason when the value is not live.</summary>
    public FetchOutcome Outcome { get; init; }
    /// <summary>The source's own rhythm.</summary>
    public required Rhythm Rhythm { get; init; }
    /// <summary>True when the data is made up for demonstration.</summary>
    public bool Demonstration { get; init; }
    /// <summary>Address below the language of the page that explains the source; null for the page of the feeds.</summary>
    public string? Page { get; init; }
    /// <summary>Open events that the source tells of and for which there was no room: every list and count of it is short by so many.</summary>
    public int LeftOut { get; init; }
    /// <summary>True while a number may be shown at all.</summary>
    public bool Shown => Freshness is Freshness.Live or Freshness.Late or Freshness.Stale;
}

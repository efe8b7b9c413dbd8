namespace SmartCity;

/// <summary>Asks a source for a picture of this very moment, such as a camera's, by the platform's one way out with every limit set.
/// Nothing is stored. What is asked again and again is a feed's business; this is for what is asked only while somebody watches.</summary>
public interface ILivePictures
{
    /// <summary>Key of a request whose page plays video: only there may a browser take media from this host, and from the page's own memory.</summary>
    public const string PageOfVideo = "smartcity.page-of-video";

    /// <summary>Asks once. Never throws for what a source does; only for <paramref name="cancel"/>.</summary>
    /// <param name="address">Absolute address, as a feed brought it. Of a stream of pictures the first one is taken.</param>
    /// <param name="previous">The last good answer, which makes the question conditional; null for none.</param>
    /// <param name="cancel">Gives up.</param>
    Task<LivePicture> Ask(string address, LivePicture? previous, CancellationToken cancel = default);

    /// <summary>Follows a stream of pictures for as long as it is read. Each picture is checked as <see cref="Ask"/> checks one. The last
    /// element says by its outcome why there are no more. Reads no faster than a megabyte a second, whatever the source sends. Never
    /// throws for what a source does; only for <paramref name="cancel"/>.</summary>
    /// <param name="address">Absolute address, as a feed brought it.</param>
    /// <param name="cancel">Ends it, and the connection with it.</param>
    IAsyncEnumerable<LivePicture> Follow(string address, CancellationToken cancel = default);

    /// <summary>Asks once for a file that belongs to a camera's video: a playlist or a piece. The bytes are not looked into: the caller does.
    /// Never throws for what a source does; only for <paramref name="cancel"/>.</summary>
    /// <param name="address">Absolute address, as a feed or a playlist brought it.</param>
    /// <param name="maxBytes">Largest file.</param>
    /// <param name="cancel">Gives up.</param>
    Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default);

    /// <summary>Asks a feed again now and not at its next beat, because an address it brought has expired. At most once a minute and
    /// feed, and not for a feed whose calls are counted; otherwise nothing happens.</summary>
    void Renew(string feed);
}

/// <summary>What came of a question for a picture. The bytes decided what it is, not its name.</summary>
/// <param name="Outcome"><see cref="FetchOutcome.Ok"/> when there is a picture.</param>
/// <param name="Bytes">The file; empty without one.</param>
/// <param name="ContentType">As the bytes say: PNG, JPEG or GIF; empty without one.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record LivePicture(FetchOutcome Outcome, ReadOnlyMemory<byte> Bytes, string ContentType, int Width, int Height)
{
    /// <summary>When the source says it was made; null when it does not say.</summary>
    public DateTimeOffset? TakenAt { get; init; }
    /// <summary>The source's own mark of this version.</summary>
    public string? ETag { get; init; }
    /// <summary>True when the source says that nothing has changed since the previous answer.</summary>
    public bool Unchanged { get; init; }
    /// <summary>Why there is none, for officials; no secret is in it.</summary>
    public string? Detail { get; init; }
}

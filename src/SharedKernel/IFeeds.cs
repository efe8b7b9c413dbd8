namespace SmartCity;

/// <summary>What the feeds have brought, for reading. A screen never calls a source.</summary>
public interface IFeeds
{
    /// <summary>The instant for which it answers: now, or the moment of the past that is being looked at. Pages ask this, not the clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Source, owner, age and state of a feed; null when this city has no descriptor for it.</summary>
    AsOf? AsOf(string feed);

    /// <summary>The newest value of every property of every thing of a feed. Immutable: hold it as long as you like.</summary>
    Snapshot Latest(string feed);

    /// <summary>Values over time, means of each step, oldest first; a step without a value is null, never joined over.</summary>
    /// <param name="feed">Key of the feed.</param>
    /// <param name="property">Key of the property.</param>
    /// <param name="thing">Key of the thing, or null for the mean over all things.</param>
    /// <param name="from">Start of the first step.</param>
    /// <param name="to">End, exclusive.</param>
    /// <param name="step">One hour or one day; days begin at midnight of the city.</param>
    /// <param name="cancel">Stops the query.</param>
    Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default);

    /// <summary>Every value of a property since an instant, each time once, by its latest correction, oldest first.</summary>
    Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default);

    /// <summary>The newest version of every event of a feed that is open or has ended lately, the latest report first.</summary>
    IReadOnlyList<Event> Events(string feed);

    /// <summary>Every version of the events of a feed that were reported within a time, oldest first.</summary>
    Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>The values of a feed's indicators, each period once, by its latest correction, oldest period first.</summary>
    Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default);

    /// <summary>The newest documents of a feed, newest first.</summary>
    Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default);

    /// <summary>The newest picture of a feed without its bytes, or null.</summary>
    Picture? Picture(string feed);
}

/// <summary>Width of a step of a history.</summary>
public enum Step
{
    /// <summary>One hour.</summary>
    Hour,
    /// <summary>One day of the city.</summary>
    Day,
}

/// <summary>One step of a history.</summary>
/// <param name="At">Start of the step.</param>
/// <param name="Value">Mean of the step in the property's unit; null when nothing was observed.</param>
/// <param name="Min">Smallest value of the step.</param>
/// <param name="Max">Largest value of the step.</param>
/// <param name="Sum">Sum of the step's values: for amounts such as rain.</param>
public sealed record Point(DateTimeOffset At, double? Value, double? Min = null, double? Max = null, double? Sum = null);

/// <summary>How far a value can be trusted.</summary>
public enum Quality
{
    /// <summary>As measured.</summary>
    Good,
    /// <summary>The source marks it, or it is at odds with its neighbours.</summary>
    Suspect,
    /// <summary>There is no value.</summary>
    Missing,
    /// <summary>There is no value because the instrument is being looked after.</summary>
    Maintenance,
    /// <summary>Modelled, not measured.</summary>
    Estimated,
    /// <summary>Will be corrected.</summary>
    Preliminary,
}

/// <summary>One value of one property of one thing.</summary>
/// <param name="Thing">Key of the thing within its feed: an area's code, a station's.</param>
/// <param name="Property">Key of the property.</param>
/// <param name="ObservedAt">Start of what was observed.</param>
/// <param name="ObservedUntil">End of what was observed; equal to the start for an instant.</param>
/// <param name="FetchedAt">When this value was first fetched. A later one for the same time is a correction.</param>
/// <param name="Value">In the property's unit; null when missing.</param>
/// <param name="Quality">How far it can be trusted.</param>
public sealed record Reading(string Thing, string Property, DateTimeOffset ObservedAt, DateTimeOffset ObservedUntil, DateTimeOffset FetchedAt, double? Value, Quality Quality);

/// <summary>Something that is observed or stands somewhere.</summary>
/// <param name="Key">Unique within its feed.</param>
/// <param name="Name">What people read.</param>
/// <param name="Area">Code of the area it stands for or in, or null.</param>
/// <param name="Place">Where it stands, or null.</param>
public sealed record Thing(string Key, Text Name, string? Area, Place? Place)
{
    /// <summary>What kind of thing it is, in a word of the feed; empty when there is one kind.</summary>
    public string Kind { get; init; } = "";
    /// <summary>What else the source says of it, plain text by name.</summary>
    public Attributes Attributes { get; init; } = Attributes.None;
}

/// <summary>The newest values of a feed.</summary>
/// <param name="Version">Rises by one whenever anything in it changes.</param>
/// <param name="Things">By key.</param>
/// <param name="Values">By thing and property.</param>
public sealed record Snapshot(long Version, IReadOnlyDictionary<string, Thing> Things, IReadOnlyDictionary<(string Thing, string Property), Reading> Values)
{
    /// <summary>A feed that has brought nothing.</summary>
    public static Snapshot None { get; } = new(0, new Dictionary<string, Thing>(), new Dictionary<(string, string), Reading>());

    /// <summary>The newest value of a property of a thing, or null.</summary>
    public double? Value(string thing, string property) => Values.GetValueOrDefault((thing, property))?.Value;
}

/// <summary>A text that was published.</summary>
/// <param name="Id">Unique within its feed.</param>
/// <param name="Title">Plain text in the language of the source.</param>
/// <param name="Link">Absolute http or https address, or null.</param>
/// <param name="Published">When it was published, as its source says, else when it was first seen.</param>
/// <param name="Summary">Plain text, at most a few sentences.</param>
/// <param name="Language">Two-letter code, or null when the source does not say.</param>
public sealed record Document(string Id, string Title, string? Link, DateTimeOffset Published, string Summary, string? Language)
{
    /// <summary>What else the source says of it, plain text by name: an entry of a catalogue has its owner, cadence, formats and licence here.</summary>
    public Attributes Attributes { get; init; } = Attributes.None;
}

/// <summary>The newest picture of a feed.</summary>
/// <param name="Feed">Key of the feed.</param>
/// <param name="Url">Where this host serves it; changes with the picture.</param>
/// <param name="TakenAt">When the source says it was made, else when it was fetched.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record Picture(string Feed, string Url, DateTimeOffset TakenAt, int Width, int Height, int Bytes);

/// <summary>Plain texts by name, equal when they say the same.</summary>
public sealed class Attributes : IReadOnlyDictionary<string, string>, IEquatable<Attributes>
{
    private readonly Dictionary<string, string> _texts;

    private Attributes(Dictionary<string, string> texts) => _texts = texts;

    /// <summary>Nothing is said.</summary>
    public static Attributes None { get; } = new([]);

    /// <summary>The texts of a dictionary.</summary>
    public static Attributes Of(IReadOnlyDictionary<string, string> texts) => texts as Attributes ?? (texts.Count == 0 ? None : new(new(texts, StringComparer.Ordinal)));

    /// <summary>The texts of a dictionary.</summary>
    public static implicit operator Attributes(Dictionary<string, string> texts) => Of(texts);

    /// <inheritdoc/>
    public string this[string key] => _texts[key];
    /// <inheritdoc/>
    public IEnumerable<string> Keys => _texts.Keys;
    /// <inheritdoc/>
    public IEnumerable<string> Values => _texts.Values;
    /// <inheritdoc/>
    public int Count => _texts.Count;
    /// <inheritdoc/>
    public bool ContainsKey(string key) => _texts.ContainsKey(key);
    /// <inheritdoc/>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value) => _texts.TryGetValue(key, out value);
    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _texts.GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    /// <inheritdoc/>
    public bool Equals(Attributes? other) => other is not null && (ReferenceEquals(this, other) || Count == other.Count && _texts.All(t => other._texts.TryGetValue(t.Key, out var text) && text == t.Value));
    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Attributes);
    /// <inheritdoc/>
    public override int GetHashCode() => _texts.Aggregate(Count, (hash, t) => hash ^ HashCode.Combine(t.Key, t.Value));
}

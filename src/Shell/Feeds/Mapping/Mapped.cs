namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>What one fetch means: records of the feed's kind.</summary>
/// <param name="Outcome">Ok, Empty, or SchemaDrift where the columns are not what was agreed.</param>
/// <param name="Detail">What could not be used, in plain words.</param>
internal sealed record Mapped(FetchOutcome Outcome, string? Detail = null)
{
    private static readonly IReadOnlyDictionary<string, Thing> NoThings = new Dictionary<string, Thing>();

    public IReadOnlyList<Reading> Readings { get; init; } = [];
    public IReadOnlyDictionary<string, Thing> Things { get; init; } = NoThings;
    public IReadOnlyList<Event> Events { get; init; } = [];
    public IReadOnlyList<Figure> Figures { get; init; } = [];
    public IReadOnlyList<Document> Documents { get; init; } = [];
    /// <summary>Columns that came and nobody asked for.</summary>
    public IReadOnlyList<string> Unmapped { get; init; } = [];
    /// <summary>How many records there are.</summary>
    public int Count => Math.Max(Math.Max(Readings.Count > 0 ? Things.Count : 0, Events.Count), Math.Max(Math.Max(Figures.Count, Documents.Count), Readings.Count == 0 ? Things.Count : 0));
}

/// <summary>Counts what could not be used, with one example each.</summary>
internal sealed class Oddities
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _examples = new(StringComparer.Ordinal);
    private readonly List<string> _said = [];

    /// <param name="what">What the rows or values are, to stand behind their number.</param>
    /// <param name="example">The first one, shown in quotes.</param>
    public void Count(string what, string? example = null)
    {
        _counts[what] = _counts.GetValueOrDefault(what) + 1;
        if (example is not null) _examples.TryAdd(what, example);
    }

    public void Say(string sentence) => _said.Add(sentence);
    public bool Any => _counts.Count > 0 || _said.Count > 0;

    public override string ToString() => string.Join("; ", _said.Concat(_counts.Select(c => $"{c.Value} {c.Key}{(_examples.TryGetValue(c.Key, out var example) ? $", such as '{NewsReader.Plain(example, 40)}'" : "")}")));
}

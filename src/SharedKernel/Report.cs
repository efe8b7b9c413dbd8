namespace SmartCity;

/// <summary>A printed account: datasets, figures and words, in one order. The shell makes a page, a PDF and a workbook of it.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">Its title.</param>
/// <param name="Datasets">Keys of the datasets it prints, in order; after <see cref="Parts"/> where there are both.</param>
public sealed record Report(string Key, Text Title, IReadOnlyList<string> Datasets) : Contribution(Key, Title)
{
    /// <summary>What stands before everything else.</summary>
    public Text? Preface { get; init; }
    /// <summary>What the reader chooses: a project, a sector. One without choices takes any text; it may be empty.</summary>
    public IReadOnlyList<Filter> Filters { get; init; } = [];
    /// <summary>Its parts in order, where a list of datasets does not say it. Given one by one, so that a long report shows its
    /// progress and can be stopped between any two.</summary>
    public Func<ReportContext, IAsyncEnumerable<ReportPart>>? Parts { get; init; }
}

/// <summary>What a report and a brief may use.</summary>
/// <param name="Services">A scope of its own.</param>
/// <param name="City">The city.</param>
/// <param name="Feeds">What the feeds have brought.</param>
/// <param name="Datasets">Datasets as the reader may see them.</param>
/// <param name="Words">Words in the language of the report.</param>
/// <param name="Query">Values of <see cref="Report.Filters"/> by name, checked; empty for a brief.</param>
/// <param name="Since">For a brief: from when on something is news, the beginning of the day before.</param>
/// <param name="Now">The moment of which it speaks.</param>
/// <param name="Cancel">Stops the work.</param>
public sealed record ReportContext(IServiceProvider Services, ICity City, IFeeds Feeds, IDatasets Datasets, IWords Words,
    IReadOnlyDictionary<string, string> Query, DateTimeOffset Since, DateTimeOffset Now, CancellationToken Cancel);

/// <summary>A part of a report.</summary>
public abstract record ReportPart;

/// <summary>A section begins.</summary>
/// <param name="Text">Its title.</param>
public sealed record ReportHeading(string Text) : ReportPart;

/// <summary>A paragraph.</summary>
/// <param name="Text">Plain text.</param>
public sealed record ReportWords(string Text) : ReportPart;

/// <summary>A list.</summary>
/// <param name="Lines">Its lines.</param>
public sealed record ReportLines(IReadOnlyList<BriefLine> Lines) : ReportPart;

/// <summary>A chart.</summary>
/// <param name="Chart">As on a page.</param>
public sealed record ReportFigure(Chart Chart) : ReportPart;

/// <summary>Rows of a dataset. One that the reader may not see is left out, and the report says so.</summary>
/// <param name="Dataset">Its key.</param>
/// <param name="Query">As in its address: filters, columns and <c>sort</c>.</param>
public sealed record ReportTable(string Dataset, IReadOnlyDictionary<string, string>? Query = null) : ReportPart;

/// <summary>What a module says in the city brief of the day. It may be silent: no line is better than an idle one.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">Stands before its lines.</param>
/// <param name="Lines">What there is to say, the most important first.</param>
public sealed record Brief(string Key, Text Title, Func<ReportContext, Task<IReadOnlyList<BriefLine>>> Lines) : Contribution(Key, Title);

/// <summary>The parts of the city brief.</summary>
public enum BriefPart
{
    /// <summary>What changed since yesterday.</summary>
    Changed,
    /// <summary>What is behind its plan, its target or its time.</summary>
    Behind,
    /// <summary>What is open and waits for somebody.</summary>
    Open,
}

/// <summary>A line of a brief or of a list.</summary>
/// <param name="Text">A whole sentence, in the language of the report, with its number and unit.</param>
/// <param name="Part">Where it stands in the city brief.</param>
/// <param name="State">How much it needs a person.</param>
/// <param name="Url">Where more is said, below the language; null for nowhere.</param>
/// <param name="AsOf">As of when, and who says so; null for the platform's own records.</param>
public sealed record BriefLine(string Text, BriefPart Part = BriefPart.Changed, State State = State.Normal, string? Url = null, AsOf? AsOf = null);

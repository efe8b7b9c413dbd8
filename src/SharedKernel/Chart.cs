namespace SmartCity;

/// <summary>A line chart over time, drawn by the shell's <c>_Chart</c> partial as SVG with a table twin.</summary>
public sealed record Chart
{
    /// <summary>Unique on the page; also the anchor.</summary>
    public required string Id { get; init; }
    /// <summary>The finding, in a sentence.</summary>
    public required string Headline { get; init; }
    /// <summary>Measure, place and period.</summary>
    public required string Subtitle { get; init; }
    /// <summary>UCUM code of the values.</summary>
    public required string Unit { get; init; }
    /// <summary>Digits after the point.</summary>
    public int Decimals { get; init; }
    /// <summary>At most four; more cannot be told apart.</summary>
    public required IReadOnlyList<Series> Series { get; init; }
    /// <summary>Width of a step.</summary>
    public Step Step { get; init; }
    /// <summary>Names of the steps where they are periods of the calendar, such as quarters, and not instants; as many as the
    /// longest series has points.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
    /// <summary>What happened, drawn at its step and told below.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
    /// <summary>Levels drawn across, with their words.</summary>
    public IReadOnlyList<Level> Levels { get; init; } = [];
    /// <summary>True when amounts are drawn as bars from zero.</summary>
    public bool Bars { get; init; }
    /// <summary>Says as of when and who.</summary>
    public AsOf? AsOf { get; init; }
    /// <summary>Address of the same values as a file, without the ending.</summary>
    public string? Data { get; init; }
}

/// <summary>A line of a chart.</summary>
/// <param name="Title">Written at its end.</param>
/// <param name="Points">Oldest first; a null value is a gap.</param>
/// <param name="Context">True for a grey line in the background.</param>
public sealed record Series(string Title, IReadOnlyList<Point> Points, bool Context = false)
{
    /// <summary>True for what was not observed: a target, a forecast.</summary>
    public bool Dashed { get; init; }
    /// <summary>True when the ground between the smallest and largest value of each step is shown: how uncertain it is.</summary>
    public bool Band { get; init; }
}

/// <summary>Something that happened at a step of a chart.</summary>
/// <param name="Step">Number of the step, from 0.</param>
/// <param name="Title">What happened.</param>
public sealed record Mark(int Step, string Title);

/// <summary>A level drawn across a chart.</summary>
/// <param name="Value">In the chart's unit.</param>
/// <param name="Title">Its word.</param>
public sealed record Level(double Value, string Title);

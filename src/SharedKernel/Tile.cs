namespace SmartCity;

/// <summary>A card on the main screen, on personal screens and on the wall. The shell draws the frame, keeps its size
/// through every state and updates it live; the module fills the face. Rendered once per version and language, and
/// shared by all its viewers.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Topics">Keys of the feeds and datasets after whose signal it is filled anew.</param>
/// <param name="Face">Fills it. May throw: the tile then shows its own error and the page stands.</param>
public sealed record Tile(string Key, Text Title, IReadOnlyList<string> Topics, Func<TileContext, ValueTask<TileFace>> Face) : Contribution(Key, Title)
{
    /// <summary>Which part of the main screen it stands in.</summary>
    public Element Element { get; init; } = Element.RealTimeStatus;
    /// <summary>How much room it takes.</summary>
    public TileSize Size { get; init; } = TileSize.Small;
    /// <summary>Address below the language of the page that explains it.</summary>
    public required string Url { get; init; }
    /// <summary>Name of a partial that draws the face in place of the shell's own; its model is the <see cref="TileFace"/>.</summary>
    public string? Partial { get; init; }
}

/// <summary>The parts of the main screen. One without a tile is not drawn.</summary>
public enum Element
{
    /// <summary>Real-time city status.</summary>
    RealTimeStatus,
    /// <summary>Administrative status.</summary>
    AdministrativeStatus,
    /// <summary>Administrative news.</summary>
    AdministrativeNews,
}

/// <summary>How much room a tile takes.</summary>
public enum TileSize
{
    /// <summary>A number.</summary>
    Small,
    /// <summary>A number and its story, across two small ones.</summary>
    Wide,
    /// <summary>A list.</summary>
    Tall,
}

/// <summary>What a tile's face may use.</summary>
/// <param name="Services">A scope of its own.</param>
/// <param name="City">The city.</param>
/// <param name="Feeds">What the feeds have brought.</param>
/// <param name="Words">Words in the language that is being rendered.</param>
/// <param name="Now">The moment of rendering.</param>
/// <param name="Cancel">Stops the work.</param>
public sealed record TileContext(IServiceProvider Services, ICity City, IFeeds Feeds, IWords Words, DateTimeOffset Now, CancellationToken Cancel);

/// <summary>What a tile says. Everything but the number's age and source, which the shell adds from the feed.</summary>
public sealed record TileFace
{
    /// <summary>Key of the feed the number comes from.</summary>
    public required string Feed { get; init; }
    /// <summary>As of when and says who, for what comes from no feed but from the platform's own rows.</summary>
    public AsOf? AsOf { get; init; }
    /// <summary>The number, in <see cref="Unit"/>; null when there is none.</summary>
    public double? Value { get; init; }
    /// <summary>In place of a number, a short word.</summary>
    public string? ValueText { get; init; }
    /// <summary>UCUM code of the unit.</summary>
    public string Unit { get; init; } = "";
    /// <summary>Digits after the point.</summary>
    public int Decimals { get; init; }
    /// <summary>What the number is, when the title does not say it: <c>PM2.5</c>.</summary>
    public string? Measure { get; init; }
    /// <summary>How much it needs a person.</summary>
    public State State { get; init; }
    /// <summary>The state in a word of the subject's own scale: good, unhealthy.</summary>
    public string? Word { get; init; }
    /// <summary>Against yesterday, a target or an average: one number never stands alone.</summary>
    public string? Comparison { get; init; }
    /// <summary>One more fact.</summary>
    public string? Note { get; init; }
    /// <summary>The recent past, oldest first, for the line under the number.</summary>
    public IReadOnlyList<double?> Spark { get; init; } = [];
    /// <summary>Lines of a list, for tiles that are one.</summary>
    public IReadOnlyList<TileLine> Lines { get; init; } = [];
    /// <summary>A picture, for tiles that show one.</summary>
    public Picture? Picture { get; init; }
}

/// <summary>A line of a list tile.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Url">Where it leads: below the language, or absolute; null for nowhere.</param>
/// <param name="At">When it happened.</param>
/// <param name="Value">A short value at its end.</param>
/// <param name="Language">Language of the text when it is not the page's.</param>
public sealed record TileLine(string Text, string? Url = null, DateTimeOffset? At = null, string? Value = null, string? Language = null);

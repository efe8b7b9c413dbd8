namespace SmartCity.Indicators;

/// <summary>The indicators on the main screen: how many are well, and the worst beside the best.</summary>
internal static class Tiles
{
    // as many as the wall has room for
    private const int Lines = 3;

    public static async ValueTask<TileFace> Count(TileContext context)
    {
        var (register, today) = await Read(context);
        var states = register.Tracks.Select(t => t.Standing(today)).ToList();
        int Of(Standing standing) => states.Count(s => s == standing);
        return new()
        {
            Feed = "indicators.list",
            AsOf = AsOf(context, register),
            Value = Of(Standing.OnTarget),
            Measure = context.Words.Of("indicators.tile.of", states.Count),
            Word = context.Words["indicators.tile.word"],
            Comparison = context.Words.Of("indicators.tile.behind", Of(Standing.Behind)) + " · " + context.Words.Of("indicators.tile.near", Of(Standing.Near)),
            Note = Of(Standing.Overdue) is > 0 and var overdue ? context.Words.Of("indicators.tile.overdue", overdue) : null,
        };
    }

    public static async ValueTask<TileFace> Worst(TileContext context)
    {
        var (register, _) = await Read(context);
        return Board(context, register, register.Worst(Lines), context.Words["indicators.tile.worstword"], State.Serious);
    }

    public static async ValueTask<TileFace> Best(TileContext context)
    {
        var (register, _) = await Read(context);
        return Board(context, register, register.Best(Lines), context.Words["indicators.tile.bestword"], State.Normal);
    }

    private static TileFace Board(TileContext context, Register register, IReadOnlyList<Track> tracks, string word, State state) => new()
    {
        Feed = "indicators.list",
        AsOf = AsOf(context, register),
        State = tracks.Count > 0 ? state : State.Normal,
        Word = word,
        Lines = [.. tracks.Select(t => new TileLine(t.Indicator.Name.ToString(), "/indicators/" + t.Indicator.Key, null, t.Indicator.WriteWithUnit(t.Latest!.Value)))],
    };

    private static async Task<(Register, DateOnly)> Read(TileContext context)
    {
        var book = Tables.Of(context.Services);
        return (await book.Now(context.Cancel), book.Today);
    }

    /// <summary>As of the newest value among all.</summary>
    internal static AsOf? AsOf(TileContext context, Register register) => Newest(context.City, context.Words, register, context.Now);

    internal static AsOf? Newest(ICity city, IWords words, Register register, DateTimeOffset now) =>
        register.Tracks.Where(t => t.Latest is not null).MaxBy(t => t.Latest!.Period.End)?.AsOf(city, now) is { } newest
            ? newest with { Source = Text.Same(words["indicators.title"]), Owner = Text.Same(words["indicators.owners"]), Page = "/indicators", Freshness = Freshness.Live, Demonstration = register.Tracks.Any(t => t.Latest is { Demonstration: true }) } : null;
}

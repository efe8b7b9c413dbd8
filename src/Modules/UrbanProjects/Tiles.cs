namespace SmartCity.UrbanProjects;

/// <summary>The published projects on the main screen: how many run and how they stand, what is critical and late, the year's money.</summary>
internal static class Tiles
{
    // as many as the wall has room for
    private const int Lines = 3;

    public static async ValueTask<TileFace> Count(TileContext context)
    {
        var sights = await Read(context);
        int Of(Standing standing) => sights.Count(s => s.Standing == standing);
        var running = sights.Count(s => s.Standing is not (Standing.Done or Standing.Resting));
        return new()
        {
            Feed = "urban-projects.list",
            AsOf = Sight.Newest(sights, context.City, context.Words, context.Now),
            Value = running,
            Measure = context.Words.Of("urban-projects.tile.of", sights.Count),
            Word = context.Words["urban-projects.tile.running"],
            Comparison = context.Words.Of("urban-projects.tile.late", Of(Standing.Late)) + " · " + context.Words.Of("urban-projects.tile.atrisk", Of(Standing.AtRisk)),
            Note = context.Words.Of("urban-projects.tile.done", Of(Standing.Done)),
        };
    }

    public static async ValueTask<TileFace> Late(TileContext context)
    {
        var sights = await Read(context);
        var late = CriticalAndLate(sights);
        return new()
        {
            Feed = "urban-projects.list",
            AsOf = Sight.Newest(sights, context.City, context.Words, context.Now),
            State = late.Count > 0 ? State.Serious : State.Normal,
            Word = context.Words.Of("urban-projects.tile.critical", late.Count),
            ValueText = late.Count == 0 ? context.Words["urban-projects.tile.nonelate"] : null,
            Lines = [.. late.Take(Lines).Select(l => new TileLine($"{l.Sight.Project.Name}: {l.Step.Milestone.Name}", $"/urban-projects/{l.Sight.Key}#schedule", null, context.Words.Of("urban-projects.days", l.Step.LateBy)))],
        };
    }

    public static async ValueTask<TileFace> Budget(TileContext context)
    {
        var sights = await Read(context);
        var year = Tables.Of(context.Services).Today.Year;
        var years = sights.SelectMany(s => s.Project.Budget.Where(b => b.Year == year)).ToList();
        var (planned, spent) = (years.Sum(b => b.Planned ?? 0), years.Sum(b => b.Spent ?? 0));
        return new()
        {
            Feed = "urban-projects.list",
            AsOf = Sight.Newest(sights, context.City, context.Words, context.Now),
            Value = planned > 0 ? Math.Round(100 * spent / planned, 1) : null,
            Unit = "%",
            Decimals = 1,
            Word = context.Words.Of("urban-projects.tile.spent", year),
            Comparison = planned > 0 ? context.Words.Of("urban-projects.tile.budget", Look.Money(spent, context.City), Look.Money(planned, context.City)) : null,
        };
    }

    /// <summary>Critical milestones that are behind their plan and not done, the latest first.</summary>
    public static IReadOnlyList<(Sight Sight, Step Step)> CriticalAndLate(IEnumerable<Sight> sights) =>
        [.. sights.Where(s => s.Standing is not (Standing.Done or Standing.Resting)).SelectMany(s => s.Schedule?.CriticalAndLate.Take(1).Select(step => (s, step)) ?? []).OrderByDescending(l => l.step.LateBy).ThenBy(l => l.s.Key, StringComparer.Ordinal)];

    private static async Task<IReadOnlyList<Sight>> Read(TileContext context)
    {
        var book = Tables.Of(context.Services);
        return Sight.All(await book.Now(context.Cancel), null, book.Today);
    }
}

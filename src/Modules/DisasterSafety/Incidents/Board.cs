namespace SmartCity.DisasterSafety;

/// <summary>What a page of incidents shows to its reader.</summary>
internal sealed record Board(IReadOnlyList<Incident> Incidents, int Open, int Exercises, Counts Today, IReadOnlyList<(Area Area, Counts Counts, int Open)> Areas, IReadOnlyList<Emergency> Emergencies, Openness Openness, Category? Category, Area? Area, string Which, AsOf? AsOf, DateTimeOffset Now)
{
    /// <summary>More rows would bury the page; the table page has them all.</summary>
    public const int Most = 60;

    public static async Task<Board> Read(IncidentBook book, IFeeds feeds, ICity city, IAudience audience, string? category, string? area, string? which, CancellationToken cancel)
    {
        var settings = DisasterSettings.Of(city);
        var openness = Openness.For(audience, settings);
        var midnight = DisasterSafety.Today.Midnight(city, feeds.Now);
        var today = openness.Any ? await book.Since(feeds, midnight, cancel) : [];
        var chosen = Enum.TryParse<Category>(category, ignoreCase: true, out var one) && Enum.IsDefined(one) && openness.Shows(Openness.What) ? one : (Category?)null;
        var where = openness.Shows(Openness.Area) && area is not null ? city.Area(area) : null;
        var known = today.Where(i => openness.Knows(i) && (chosen is null || i.Category == chosen) && (where is null || i.Areas.Contains(where.Code))).ToList();
        var shown = which switch
        {
            "ended" => known.Where(i => !i.Open && !i.Test).OrderByDescending(i => i.Ended).ToList(),
            "exercises" when openness.Desk => known.Where(i => i.Test).ToList(),
            _ => known.Where(i => i.Open && !i.Test).ToList(),
        };
        var numbers = openness.Shows(Openness.What) && openness.Shows(Openness.Area);
        return new(shown, known.Count(i => i.Open && !i.Test), known.Count(i => i.Test && openness.Desk), numbers ? Counts.Of(today, midnight, feeds.Now, where?.Code) : new(0, 0, 0, 0),
            numbers ? [.. city.Areas.Select(a => (a, Counts.Of(today, midnight, feeds.Now, a.Code), today.Count(i => i.Open && !i.Test && i.Areas.Contains(a.Code))))] : [],
            await book.Emergencies(feeds.Now, cancel), openness, chosen, where, which is "ended" or "exercises" ? which : "open", feeds.AsOf(DisasterSafetyModule.Dispatch), feeds.Now);
    }

    /// <summary>Address of the same page with another choice, below the language.</summary>
    public string With(Category? category, string? area, string which) =>
        "/disaster-safety?" + string.Join('&', new[] { category is { } c ? "category=" + c.ToString().ToLowerInvariant() : null, area is null ? null : "area=" + area, which == "open" ? null : "which=" + which }.Where(p => p is not null));

    public string Query => With(Category, Area?.Code, Which)["/disaster-safety?".Length..];
}

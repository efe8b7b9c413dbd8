namespace SmartCity.Shell.Feeds.Desk;

/// <summary>One line of the health of all feeds.</summary>
/// <param name="Health">As the book knows it.</param>
/// <param name="State">Its state now.</param>
/// <param name="Class">Error class in a word; empty when it is well.</param>
internal sealed record HealthRow(FeedHealth Health, Freshness State, string Class, DateTimeOffset Now)
{
    public FeedPlan Plan => Health.Plan;
    public string Key => Health.Plan.Feed.Key;
    /// <summary>How old what it says is, in seconds; null when it has said nothing.</summary>
    public double? Lag => Health.AsOf is { } at ? Math.Max(0, Math.Round((Now - at).TotalSeconds)) : null;
    /// <summary>Calls that are left today; null where the source sets no limit.</summary>
    public double? CallsLeft => Plan.Descriptor.Schedule.PerDay is > 0 and var most ? Math.Max(0, most - Health.CallsToday) : null;
}

/// <summary>The health of all feeds as rows: for the page, the dataset and the tile.</summary>
internal static class HealthTable
{
    public const string Key = "city.feeds-health";

    /// <summary>Every feed that a reader may know of: a closed feed of the city's own is not there for others.</summary>
    public static IEnumerable<HealthRow> Rows(FeedBook book, IAudience? audience, DateTimeOffset now) =>
        from health in book.Health
        where audience is null || !FeedOffers.IsOwn(health.Plan) || audience.Can(FeedOffers.PermissionOf(health.Plan)) || audience.Can(ShellContributions.Administer)
        let state = FeedBook.FreshnessOf(health, now)
        select new HealthRow(health, state, LostFeeds.Class(health, state), now);

    public static Dataset Dataset { get; } = SmartCity.Dataset.Of(Key, Text.Of("원천 상태 목록", "State of all sources"), [LostFeeds.Feed],
        Text.Of("모든 원천의 상태, 마지막 수신, 지연, 오류 종류.", "State, last success, lag and error class of every source."),
        c => Task.FromResult<IReadOnlyList<HealthRow>>([.. Rows(c.Services.GetRequiredService<FeedBook>(), c.Services.GetRequiredService<IAudience>(), c.Now).OrderBy(r => r.Key, StringComparer.Ordinal)]),
        Column.Text<HealthRow>("feed", Text.Of("원천", "Feed"), r => r.Key),
        Column.Text<HealthRow>("title", Text.Of("이름", "Title"), r => r.Plan.Feed.Title),
        Column.Text<HealthRow>("state", Text.Of("상태", "State"), r => r.State.ToString().ToLowerInvariant()),
        Column.Text<HealthRow>("class", Text.Of("오류 종류", "Error class"), r => r.Class),
        Column.Text<HealthRow>("owner", Text.Of("담당", "Owner"), r => new Text(r.Plan.Descriptor.Owner)),
        Column.Time<HealthRow>("last-success", Text.Of("마지막 수신", "Last success"), r => r.Health.LastSuccess),
        Column.Time<HealthRow>("as-of", Text.Of("기준 시각", "As of"), r => r.Health.AsOf),
        Column.Number<HealthRow>("lag", Text.Of("지연", "Lag"), "s", r => r.Lag),
        Column.Number<HealthRow>("rows", Text.Of("행", "Rows"), "", r => r.Health.Rows),
        Column.Number<HealthRow>("failures", Text.Of("연속 실패", "Failed in a row"), "", r => r.Health.Failures),
        Column.Number<HealthRow>("every", Text.Of("주기", "Beat"), "s", r => r.Plan.Rhythm.Every.TotalSeconds),
        Column.Number<HealthRow>("calls-left", Text.Of("오늘 남은 호출", "Calls left today"), "", r => r.CallsLeft),
        Column.Time<HealthRow>("next", Text.Of("다음 요청", "Next question"), r => r.Health.NextAttempt)) with { Permission = ShellContributions.SeeFeeds, Feed = LostFeeds.Feed };

    public static Tile Tile { get; } = new("city.feeds-tile", Text.Of("원천 수신", "Sources in time"), [LostFeeds.Feed], c =>
    {
        var rows = Rows(c.Services.GetRequiredService<FeedBook>(), null, c.Now).ToList();
        var (inTime, lost) = (rows.Count(r => LostFeeds.IsInTime(r.State)), rows.Count(r => LostFeeds.IsLost(r.State)));
        var worst = rows.Where(r => LostFeeds.IsLost(r.State)).OrderByDescending(r => r.State).ThenBy(r => r.Key, StringComparer.Ordinal).FirstOrDefault();
        return ValueTask.FromResult(new TileFace
        {
            Feed = LostFeeds.Feed, Value = inTime, Measure = c.Words.Of("feeds.tile.of", rows.Count),
            State = lost == 0 ? State.Normal : lost * 10 >= rows.Count ? State.Serious : State.Caution,
            Comparison = lost == 0 ? c.Words["feeds.tile.none"] : c.Words.Of("feeds.tile.lost", lost),
            Note = worst is null ? null : c.Words.Title(worst.Plan.Feed),
        });
    })
    { Permission = ShellContributions.SeeFeedData, Url = "/feeds", Element = Element.AdministrativeStatus };
}

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>One record of a feed of the city's own, whatever its kind, for the columns of its dataset.</summary>
internal sealed record FeedRow(Thing? Thing, IReadOnlyDictionary<string, Reading>? Values, Event? Event, Figure? Figure, Document? Document);

/// <summary>What a feed that no module asks for offers by itself: the feed, its dataset under the same key, and a layer of the street map
/// where it has places.</summary>
internal static class FeedOffers
{
    // names that the queries of a dataset use themselves
    private static readonly HashSet<string> Taken = new(["lang", "handler", "v", "page", "sort"], StringComparer.Ordinal);

    /// <summary>True for a feed of the city's own.</summary>
    public static bool IsOwn(FeedPlan plan) => plan.Feed.Key.StartsWith(FeedPlan.Own + ".", StringComparison.Ordinal);

    /// <summary>The permission that opens what a feed of the city's own brings.</summary>
    public static string PermissionOf(FeedPlan plan) => plan.Descriptor.Public ? "city.view" : ShellContributions.SeeFeedData;

    /// <summary>What the plans offer, for <see cref="Catalogue.Lay"/>.</summary>
    public static IEnumerable<Contribution> Of(IEnumerable<FeedPlan> plans) => plans.Where(IsOwn).SelectMany(Of);

    private static IEnumerable<Contribution> Of(FeedPlan plan)
    {
        var permission = PermissionOf(plan);
        yield return plan.Feed with { Permission = permission };
        if (DatasetOf(plan) is not { } dataset) yield break;
        dataset = dataset with { Permission = permission };
        yield return dataset;
        if (dataset.Columns.Any(c => c.Kind == ColumnKind.Place))
            yield return new MapLayer(plan.Feed.Key, plan.Feed.Title, dataset.Key, (dataset.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Number) ?? dataset.Columns[0]).Key, MapStyle.Glyph) { Permission = permission, Order = 1000 };
    }

    /// <summary>The dataset of a feed; null for pictures, which are no table.</summary>
    public static Dataset? DatasetOf(FeedPlan plan)
    {
        var feed = plan.Feed;
        var columns = new Columns();
        Func<DatasetContext, Task<IReadOnlyList<FeedRow>>> rows;
        switch (feed.Kind)
        {
            case FeedKind.Observations:
                Thing(columns, plan, withKind: plan.Descriptor.Map.Thing.Kind.Count > 0);
                foreach (var p in feed.Properties) columns.Add(new Column<FeedRow>(columns.Free(p.Key), p.Title, ColumnKind.Number, p.Unit, p.Decimals, r => r.Values!.GetValueOrDefault(p.Key)?.Value));
                columns.Add(Column.Time<FeedRow>(columns.Free("observed"), Text.Of("측정 시각", "Observed"), r => r.Values!.Count == 0 ? null : r.Values.Values.Max(v => v.ObservedAt)));
                Attributes(columns, plan, r => r.Thing!.Attributes);
                rows = c => Task.FromResult(Observations(c.Feeds.Latest(feed.Key)));
                break;
            case FeedKind.Things:
                Thing(columns, plan, withKind: true);
                Attributes(columns, plan, r => r.Thing!.Attributes);
                rows = c => Task.FromResult<IReadOnlyList<FeedRow>>([.. c.Feeds.Latest(feed.Key).Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new FeedRow(t, null, null, null, null))]);
                break;
            case FeedKind.Events:
                Events(columns);
                Attributes(columns, plan, r => r.Event!.Attributes);
                // a test is no news for the public
                rows = c => Task.FromResult<IReadOnlyList<FeedRow>>([.. c.Feeds.Events(feed.Key).Where(e => !e.Test || !plan.Descriptor.Public).Select(e => new FeedRow(null, null, e, null, null))]);
                break;
            case FeedKind.Figures:
                Figures(columns);
                rows = async c => [.. (await c.Feeds.Figures(feed.Key, c.Cancel)).Select(f => new FeedRow(null, null, null, f, null))];
                break;
            case FeedKind.Documents:
                Documents(columns);
                Attributes(columns, plan, r => r.Document!.Attributes);
                rows = async c => [.. (await c.Feeds.Documents(feed.Key, 200, c.Cancel)).Select(d => new FeedRow(null, null, null, null, d))];
                break;
            default: return null;
        }
        var owner = new Text(plan.Descriptor.Owner);
        return Dataset.Of(feed.Key, feed.Title, [feed.Key], Text.Of("{0}에서 받는 자료의 가장 새로운 값.", "The newest of what {0} sends.", owner), rows, [.. columns.All]) with { Feed = feed.Key, Licence = plan.Descriptor.Licence };
    }

    private sealed class Columns
    {
        private readonly HashSet<string> _keys = new(Taken, StringComparer.Ordinal);
        public List<Column<FeedRow>> All { get; } = [];

        public void Add(Column<FeedRow> column)
        {
            _keys.Add(column.Key);
            All.Add(column);
        }

        /// <summary>A key that no column has yet and no query uses.</summary>
        public string Free(string key) => _keys.Contains(key) ? Enumerable.Range(2, 1000).Select(n => $"{key}-{n}").First(k => !_keys.Contains(k)) : key;
    }

    private static IReadOnlyList<FeedRow> Observations(Snapshot latest)
    {
        var byThing = latest.Values.GroupBy(v => v.Key.Thing, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyDictionary<string, Reading>)g.ToDictionary(v => v.Key.Property, v => v.Value, StringComparer.Ordinal), StringComparer.Ordinal);
        var none = new Dictionary<string, Reading>();
        return [.. latest.Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new FeedRow(t, byThing.GetValueOrDefault(t.Key) ?? none, null, null, null))];
    }

    private static void Thing(Columns columns, FeedPlan plan, bool withKind)
    {
        var map = plan.Descriptor.Map;
        columns.Add(Column.Text<FeedRow>("name", Text.Of("이름", "Name"), r => r.Thing!.Name));
        columns.Add(Column.Text<FeedRow>("thing", Text.Of("식별자", "Identifier"), r => r.Thing!.Key));
        if (withKind) columns.Add(Column.Text<FeedRow>("kind", Text.Of("종류", "Kind"), r => r.Thing!.Kind));
        if (map.Thing.Area.Count > 0 || map.Thing.IsArea || map.Thing.AreaByPlace || plan.Register.Count > 0) columns.Add(Column.Area<FeedRow>("area", Text.Of("지역", "Area"), r => r.Thing!.Area));
        if (map.Place.Lat.Count + map.Place.X.Count + map.Place.Geometry.Count + plan.Register.Count > 0) columns.Add(Column.Place<FeedRow>("place", Text.Of("위치", "Place"), r => r.Thing!.Place));
    }

    private static void Attributes(Columns columns, FeedPlan plan, Func<FeedRow, Attributes> of)
    {
        foreach (var name in plan.Descriptor.Map.Attributes.Keys) columns.Add(Column.Text<FeedRow>(columns.Free(name), Text.Same(name), r => of(r).GetValueOrDefault(name)));
    }

    private static void Events(Columns columns)
    {
        columns.Add(Column.Text<FeedRow>("title", Text.Of("제목", "Title"), r => r.Event!.Title));
        columns.Add(Column.Text<FeedRow>("kind", Text.Of("종류", "Kind"), r => r.Event!.Kind));
        columns.Add(Column.Text<FeedRow>("status", Text.Of("상태", "Status"), r => r.Event!.Status.ToString().ToLowerInvariant()));
        columns.Add(Column.Text<FeedRow>("severity", Text.Of("심각도", "Severity"), r => r.Event!.Severity.ToString().ToLowerInvariant()));
        columns.Add(Column.Text<FeedRow>("urgency", Text.Of("긴급도", "Urgency"), r => r.Event!.Urgency.ToString().ToLowerInvariant()));
        columns.Add(Column.Text<FeedRow>("certainty", Text.Of("확실성", "Certainty"), r => r.Event!.Certainty.ToString().ToLowerInvariant()));
        columns.Add(Column.Area<FeedRow>("area", Text.Of("지역", "Area"), r => r.Event!.Areas.FirstOrDefault()));
        columns.Add(Column.Text<FeedRow>("areas", Text.Of("모든 지역 코드", "Codes of all areas"), r => r.Event!.Areas.Count == 0 ? null : string.Join(' ', r.Event.Areas)));
        columns.Add(Column.Place<FeedRow>("place", Text.Of("위치", "Place"), r => r.Event!.PlaceInDoubt is null ? r.Event.Shape?.Centre : null));
        columns.Add(Column.Time<FeedRow>("reported", Text.Of("보고 시각", "Reported"), r => r.Event!.ReportedAt));
        columns.Add(Column.Time<FeedRow>("onset", Text.Of("시작", "Onset"), r => r.Event!.Onset));
        columns.Add(Column.Time<FeedRow>("expires", Text.Of("종료", "Expires"), r => r.Event!.Expires));
        columns.Add(Column.Text<FeedRow>("summary", Text.Of("내용", "Summary"), r => r.Event!.Summary));
        columns.Add(Column.Text<FeedRow>("test", Text.Of("시험 여부", "Test"), r => r.Event!.Test ? "true" : "false"));
        columns.Add(Column.Text<FeedRow>("link", Text.Of("주소", "Link"), r => r.Event!.Link));
        columns.Add(Column.Text<FeedRow>("id", Text.Of("식별자", "Identifier"), r => r.Event!.Id));
    }

    private static void Figures(Columns columns)
    {
        columns.Add(Column.Text<FeedRow>("indicator", Text.Of("지표", "Indicator"), r => r.Figure!.Indicator));
        columns.Add(Column.Area<FeedRow>("area", Text.Of("지역", "Area"), r => r.Figure!.Area));
        columns.Add(Column.Text<FeedRow>("period", Text.Of("기간", "Period"), r => r.Figure!.Period));
        columns.Add(Column.Number<FeedRow>("value", Text.Of("값", "Value"), "", r => r.Figure!.Value, 2));
        columns.Add(Column.Text<FeedRow>("unit", Text.Of("단위", "Unit"), r => r.Figure!.Unit));
        columns.Add(Column.Number<FeedRow>("target", Text.Of("목표", "Target"), "", r => r.Figure!.Target, 2));
        columns.Add(Column.Time<FeedRow>("fetched", Text.Of("받은 시각", "Fetched"), r => r.Figure!.FetchedAt));
    }

    private static void Documents(Columns columns)
    {
        columns.Add(Column.Text<FeedRow>("title", Text.Of("제목", "Title"), r => r.Document!.Title));
        columns.Add(Column.Time<FeedRow>("published", Text.Of("발행", "Published"), r => r.Document!.Published));
        columns.Add(Column.Text<FeedRow>("summary", Text.Of("내용", "Summary"), r => r.Document!.Summary));
        columns.Add(Column.Text<FeedRow>("language", Text.Of("언어", "Language"), r => r.Document!.Language));
        columns.Add(Column.Text<FeedRow>("link", Text.Of("주소", "Link"), r => r.Document!.Link));
        columns.Add(Column.Text<FeedRow>("id", Text.Of("식별자", "Identifier"), r => r.Document!.Id));
    }
}

using System.Collections.Concurrent;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;
using SmartCity.Shell.Hosts;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>How a feed is doing, for the health page.</summary>
internal sealed record FeedHealth(FeedPlan Plan)
{
    public DateTimeOffset? LastAttempt { get; init; }
    public DateTimeOffset? LastSuccess { get; init; }
    public FetchOutcome Outcome { get; init; }
    public string? Detail { get; init; }
    public int Rows { get; init; }
    public TimeSpan Took { get; init; }
    public int Failures { get; init; }
    public long Fetches { get; init; }
    /// <summary>The instant up to which the source has spoken.</summary>
    public DateTimeOffset? AsOf { get; init; }
    /// <summary>True when rows arrived but none of them has a value.</summary>
    public bool NothingMeasured { get; init; }
    /// <summary>How much the store has not taken yet: zero while the database is well.</summary>
    public int Unstored { get; init; }
    /// <summary>Open events for which memory has no room.</summary>
    public int LeftOut { get; init; }
    /// <summary>When it is asked next; null while nobody asks it by the clock.</summary>
    public DateTimeOffset? NextAttempt { get; init; }
    /// <summary>Calls of today, where the source allows so many.</summary>
    public int CallsToday { get; init; }
}

/// <summary>What the feeds have brought, in memory for screens and in the store for the past.</summary>
internal sealed class FeedBook(CityPack city, IReadOnlyList<FeedPlan> plans, ReadingStore store, AnswerLog answers, FeedStates states, TimeProvider time) : IFeeds
{
    private readonly ConcurrentDictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FeedHealth> _health = new(plans.Select(p => KeyValuePair.Create(p.Feed.Key, new FeedHealth(p))));
    private readonly ConcurrentDictionary<string, StoredPicture> _pictures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<Document>> _documents = new(StringComparer.Ordinal);
    // what the last fetch of a feed said, so that of rows that are sent again and again only the new and the corrected are stored
    private readonly ConcurrentDictionary<string, HashSet<Reading>> _said = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EventMemory> _events = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _things = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Dictionary<(string, string?, string), Figure>> _figures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Sum, DateTimeOffset Since)> _same = new(StringComparer.Ordinal);
    // what the other hosts are still to be told of a feed
    private readonly ConcurrentDictionary<string, HostNotes.News> _news = new(StringComparer.Ordinal);
    private const int DocumentsInMemory = 200;

    private volatile IReadOnlyList<FeedPlan> _plans = plans;

    public IReadOnlyList<FeedPlan> Plans => _plans;
    public IEnumerable<FeedHealth> Health => _plans.Select(p => _health.GetValueOrDefault(p.Feed.Key)).OfType<FeedHealth>();
    /// <summary>The feeds that are lost, as events of their own.</summary>
    public Desk.LostFeeds Lost { get; } = new();
    public FeedHealth? HealthOf(string feed) => _health.GetValueOrDefault(feed);
    public StoredPicture? StoredPicture(string feed) => _pictures.GetValueOrDefault(feed);

    public DateTimeOffset Now => time.GetUtcNow();

    public AsOf? AsOf(string feed) => feed == Desk.LostFeeds.Feed ? Lost.AsOf(city, Now) : _health.TryGetValue(feed, out var health) ? AsOf(health, Now) : null;

    /// <summary>What a screen says of a feed's age and source at a moment.</summary>
    public static AsOf AsOf(FeedHealth health, DateTimeOffset now)
    {
        return new()
        {
            Feed = health.Plan.Feed.Key,
            Source = health.Plan.SourceName,
            Owner = new(health.Plan.Descriptor.Owner),
            At = health.AsOf,
            Freshness = FreshnessOf(health, now),
            Outcome = health.Outcome,
            Rhythm = health.Plan.Rhythm,
            LeftOut = health.LeftOut,
            Demonstration = health.Plan.Source.Demonstration,
        };
    }

    /// <summary>The state of a feed at a moment: by the age of what it says, never by the time of the fetch alone.</summary>
    public static Freshness FreshnessOf(FeedHealth health, DateTimeOffset now)
    {
        var failing = health.Outcome is not (FetchOutcome.None or FetchOutcome.Ok or FetchOutcome.Empty);
        if (health.AsOf is not { } at) return failing ? Freshness.Down : Freshness.NoData;
        // where the clock was set back, what is from the future is as doubtful as what is old
        var state = health.Plan.Rhythm.Of((now - at).Duration());
        if (state == Freshness.Gone) return failing ? Freshness.Down : health.Outcome == FetchOutcome.Empty ? Freshness.NoData : Freshness.Gone;
        return health.NothingMeasured ? Freshness.NoData : state;
    }

    public Snapshot Latest(string feed) => _snapshots.GetValueOrDefault(feed, Snapshot.None);

    public Picture? Picture(string feed) => _pictures.TryGetValue(feed, out var p)
        ? new(feed, $"/pictures/{feed}?v={p.Hash[..12]}", DateTimeOffset.FromUnixTimeMilliseconds(p.TakenAt), p.Width, p.Height, p.Bytes.Length) : null;

    public IReadOnlyList<Event> Events(string feed) => feed == Desk.LostFeeds.Feed ? Lost.Shown : _events.GetValueOrDefault(feed)?.Shown ?? [];

    public Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => store.Records.EventLog(feed, from, to, time.GetUtcNow(), cancel);

    public Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default)
    {
        if (!_figures.TryGetValue(feed, out var known)) return Task.FromResult<IReadOnlyList<Figure>>([]);
        lock (known) return Task.FromResult<IReadOnlyList<Figure>>([.. known.Values.OrderBy(f => f.Period, StringComparer.Ordinal).ThenBy(f => f.Indicator, StringComparer.Ordinal).ThenBy(f => f.Area, StringComparer.Ordinal)]);
    }

    public async Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default)
    {
        if (count > DocumentsInMemory) return await store.Records.Documents(feed, count, cancel);
        if (!_documents.TryGetValue(feed, out var known)) known = _documents.GetOrAdd(feed, await store.Records.Documents(feed, DocumentsInMemory, cancel));
        return [.. known.Take(count)];
    }

    public async Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default)
    {
        from = StepStart(from, step);
        return Points(await store.Sums(step, feed, property, thing, from, to, cancel), from, to, step);
    }

    /// <summary>The start of the step that an instant falls in.</summary>
    internal DateTimeOffset StepStart(DateTimeOffset at, Step step) => step == Step.Hour ? new(at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero) : CityDays.Start(at, city.Zone);

    /// <summary>Sums of steps of single things as points, with a gap where there is none.</summary>
    internal IReadOnlyList<Point> Points(IReadOnlyList<(long At, string Thing, int Count, double Sum, double Min, double Max)> sums, DateTimeOffset from, DateTimeOffset to, Step step)
    {
        var byStep = sums.GroupBy(h => h.At).ToDictionary(g => g.Key, g =>
        {
            // amounts are summed for each thing, then averaged over the things; means are weighed by count
            var things = g.Select(h => h.Thing).Distinct(StringComparer.Ordinal).Count();
            return new Point(DateTimeOffset.FromUnixTimeMilliseconds(g.Key), g.Sum(h => h.Sum) / g.Sum(h => h.Count), g.Min(h => h.Min), g.Max(h => h.Max), g.Sum(h => h.Sum) / things);
        });
        var points = new List<Point>();
        for (var at = from; at < to; at = step == Step.Hour ? at.AddHours(1) : CityDays.Start(at.AddHours(36), city.Zone))
            points.Add(byStep.GetValueOrDefault(at.ToUnixTimeMilliseconds()) ?? new(at, null));
        return points;
    }

    public Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default) => store.Since(feed, property, from, cancel);

    /// <summary>Reads back what was known when the host last ran, so that the first screen has it, with its age.</summary>
    public async Task Recall(CancellationToken cancel)
    {
        await store.FillDays(cancel);
        await Follow(_plans.ToDictionary(p => p.Feed.Key, _ => true, StringComparer.Ordinal), cancel);
    }

    /// <summary>Takes over from the store how feeds are doing, and what they have brought: another host asks them.</summary>
    /// <param name="feeds">Which; true where more than their state is new. Keys that are no feeds are left out.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task Follow(IReadOnlyDictionary<string, bool> feeds, CancellationToken cancel)
    {
        var known = await states.Read(cancel);
        foreach (var (feed, changed) in feeds)
        {
            if (!_health.TryGetValue(feed, out var health)) continue;
            if (changed)
            {
                // no further back than a value counts that is not silent
                var oldest = known.TryGetValue(feed, out var told) && told(health).AsOf is { } asOf ? asOf - health.Plan.Rhythm.Stale - health.Plan.Covers : DateTimeOffset.MinValue;
                await Recall(health.Plan, oldest, cancel);
            }
            if (known.TryGetValue(feed, out var change)) Change(feed, change);
            if (changed) LeaveOutSilent(health.Plan);
        }
    }

    /// <summary>What is still to be told of a feed; afterwards it is told.</summary>
    public HostNotes.News TakeNews(string feed) => _news.TryRemove(feed, out var news) ? news : HostNotes.News.Topic;

    /// <summary>Notes that there is something to be told of a feed.</summary>
    public void NoteNews(string feed, HostNotes.News news) => _news.AddOrUpdate(feed, news, (_, before) => before | news);

    // as when it was fetched: what has gone silent while the feed lives has no value
    private void LeaveOutSilent(FeedPlan plan)
    {
        if (plan.Feed.Kind != FeedKind.Observations || _health[plan.Feed.Key].AsOf is not { } asOf || !_snapshots.TryGetValue(plan.Feed.Key, out var all)) return;
        var values = all.Values.Where(v => asOf - v.Value.ObservedUntil <= plan.Rhythm.Stale).ToDictionary(v => v.Key, v => v.Value);
        if (values.Count < all.Values.Count) _snapshots[plan.Feed.Key] = all with { Values = values };
    }

    /// <summary>Takes on a feed while the city runs, or another plan of one: what the store knows of it is recalled.</summary>
    public async Task Put(FeedPlan plan, CancellationToken cancel)
    {
        var key = plan.Feed.Key;
        var version = Latest(key).Version;
        Forget(key);
        _health[key] = new(plan);
        await Follow(new Dictionary<string, bool> { [key] = true }, cancel);
        // whoever keeps the number of the newest snapshot sees that this is another one
        _snapshots.AddOrUpdate(key, _ => Snapshot.None with { Version = version + 1 }, (_, s) => s with { Version = version + 1 });
        _plans = [.. _plans.Where(p => p.Feed.Key != key), plan];
    }

    /// <summary>Lets a feed go. What it brought stays in the store.</summary>
    public void Remove(string feed)
    {
        _plans = [.. _plans.Where(p => p.Feed.Key != feed)];
        Forget(feed);
        _health.TryRemove(feed, out _);
    }

    private void Forget(string feed)
    {
        _snapshots.TryRemove(feed, out _);
        _pictures.TryRemove(feed, out _);
        _documents.TryRemove(feed, out _);
        _said.TryRemove(feed, out _);
        _events.TryRemove(feed, out _);
        _things.TryRemove(feed, out _);
        _figures.TryRemove(feed, out _);
    }

    private async Task Recall(FeedPlan plan, DateTimeOffset oldest, CancellationToken cancel)
    {
        var key = plan.Feed.Key;
        _said.TryRemove(key, out _);
        switch (plan.Feed.Kind)
        {
            case FeedKind.Observations:
                var since = time.GetUtcNow() - plan.Rhythm.Drop;
                var readings = await store.Newest(key, since < oldest ? oldest : since, cancel);
                if (readings.Count == 0) break;
                var named = await RecallThings(key, cancel);
                var things = readings.Select(r => r.Thing).Distinct(StringComparer.Ordinal).ToDictionary(t => t, t => named.GetValueOrDefault(t) ?? Known(plan, t), StringComparer.Ordinal);
                _snapshots[key] = new(Latest(key).Version + 1, things, readings.ToDictionary(r => (r.Thing, r.Property)));
                _health[key] = _health[key] with { AsOf = readings.Max(r => r.ObservedUntil < r.FetchedAt ? r.ObservedUntil : r.FetchedAt), NothingMeasured = readings.All(r => r.Value is null) };
                break;
            case FeedKind.Pictures:
                if (await store.Picture(key, cancel) is not { } picture) break;
                _pictures[key] = picture;
                _health[key] = _health[key] with { AsOf = DateTimeOffset.FromUnixTimeMilliseconds(picture.TakenAt) };
                break;
            case FeedKind.Events:
                var versions = await store.Records.Events(key, time.GetUtcNow(), EventMemory.Lately, cancel);
                _events.GetOrAdd(key, _ => new()).Recall(versions, time.GetUtcNow());
                if (versions.Count > 0) _health[key] = _health[key] with { AsOf = versions.Max(v => v.Event.FetchedAt) };
                break;
            case FeedKind.Things:
                if (await RecallThings(key, cancel) is { Count: > 0 } standing) _snapshots[key] = new(Latest(key).Version + 1, standing, Snapshot.None.Values);
                break;
            case FeedKind.Figures:
                var figures = await store.Records.Figures(key, time.GetUtcNow(), cancel);
                if (figures.Count == 0) break;
                _figures[key] = figures.ToDictionary(f => (f.Indicator, f.Area, f.Period));
                _health[key] = _health[key] with { AsOf = figures.Max(f => f.FetchedAt) };
                break;
            default:
                _documents[key] = await store.Records.Documents(key, DocumentsInMemory, cancel);
                break;
        }
    }

    private async Task<Dictionary<string, Thing>> RecallThings(string feed, CancellationToken cancel)
    {
        // should a thing stand there twice, the screens still stand
        var things = (await store.Records.Things(feed, time.GetUtcNow(), cancel)).GroupBy(t => t.Key, StringComparer.Ordinal).Select(g => g.Last()).ToList();
        _things[feed] = things.ToDictionary(t => t.Key, RecordBodies.Of, StringComparer.Ordinal);
        return things.ToDictionary(t => t.Key, StringComparer.Ordinal);
    }

    internal Thing Known(FeedPlan plan, string key) =>
        plan.Register.GetValueOrDefault(key) ?? (city.Area(key) is { } area ? new(key, area.Name, key, area.Centre) : new(key, Text.Same(key), null, null));

    /// <summary>Takes over what one fetch brought; returns the readings that are new or corrected, for the store.</summary>
    public IReadOnlyList<Reading> Take(FeedPlan plan, Mapped mapped, DateTimeOffset fetchedAt)
    {
        var key = plan.Feed.Key;
        var old = Latest(key);
        var values = new Dictionary<(string, string), Reading>(old.Values.Count);
        // a value from after the clock was set back would stay the newest for as long as the clock was wrong
        foreach (var (at, reading) in old.Values) if (reading.ObservedAt <= fetchedAt + RowMap.Ahead) values[at] = reading;
        var fresh = new List<Reading>();
        var before = _said.GetValueOrDefault(key);
        var said = new HashSet<Reading>(mapped.Readings.Count);
        // the order of a source's rows is not defined: oldest first here, so that the newest stays
        foreach (var reading in mapped.Readings.OrderBy(r => r.ObservedAt))
        {
            var timeless = reading with { FetchedAt = default };
            said.Add(timeless);
            var known = values.GetValueOrDefault((reading.Thing, reading.Property));
            if (before?.Contains(timeless) == true || known is not null && timeless == known with { FetchedAt = default }) continue;
            // also a value for an earlier moment: it came late, or corrects what was said before
            fresh.Add(reading);
            if (known is null || reading.ObservedAt >= known.ObservedAt) values[(reading.Thing, reading.Property)] = reading;
        }
        _said[key] = said;
        var things = old.Things.ToDictionary(StringComparer.Ordinal);
        foreach (var (id, thing) in mapped.Things) things[id] = thing;
        // things that say nothing of themselves are still there now
        var newest = mapped.Readings.Count == 0 ? fetchedAt : mapped.Readings.Max(r => r.ObservedUntil < fetchedAt ? r.ObservedUntil : fetchedAt);
        // a source that falls back on an older copy of itself does not make what is shown older than it is
        var asOf = _health[key].AsOf is { } was && was > newest && was <= fetchedAt ? was : newest;
        // a thing that has gone silent while the feed lives has no value any more: nothing on the screen would say how old it is
        foreach (var (at, reading) in values.ToList()) if (asOf - reading.ObservedUntil > plan.Rhythm.Stale) values.Remove(at);
        NoteSame(key, values, fetchedAt);
        _snapshots[key] = new(old.Version + 1, things, values);
        Change(key, h => h with { AsOf = asOf, NothingMeasured = values.Values.All(r => r.Value is null) });
        Brought(key, fresh.Count);
        return fresh;
    }

    /// <summary>Since when every value of a feed has been the same, whatever its times say; null where there is none, or nothing but zeros.</summary>
    public DateTimeOffset? SameSince(string feed) => _same.TryGetValue(feed, out var same) ? same.Since : null;

    private void NoteSame(string feed, IReadOnlyDictionary<(string Thing, string Property), Reading> values, DateTimeOffset now)
    {
        var sum = 0;
        var any = false;
        foreach (var ((thing, property), reading) in values)
            if (reading.Value is { } value)
            {
                any |= value != 0;
                // in any order; at the five digits that screens and sources show
                sum ^= HashCode.Combine(thing, property, Math.Round(value, 5));
            }
        if (!any) _same.TryRemove(feed, out _);
        else if (!_same.TryGetValue(feed, out var was) || was.Sum != sum) _same[feed] = (sum, now);
    }

    public void TakePicture(FeedPlan plan, StoredPicture picture, DateTimeOffset asOf)
    {
        if (_pictures.GetValueOrDefault(plan.Feed.Key)?.TakenAt != picture.TakenAt || _pictures[plan.Feed.Key].Hash != picture.Hash) Brought(plan.Feed.Key, 1);
        _pictures[plan.Feed.Key] = picture;
        Change(plan.Feed.Key, h => h with { AsOf = asOf });
    }

    /// <summary>Takes over the events of one answer; returns the versions that are new, for the store.</summary>
    /// <param name="plan">The feed.</param>
    /// <param name="events">As the source says them; a version of zero is counted here.</param>
    /// <param name="complete">True when the answer lists everything that is open: what is missing has ended.</param>
    /// <param name="fetchedAt">When.</param>
    public IReadOnlyList<EventVersion> TakeEvents(FeedPlan plan, IReadOnlyList<Event> events, bool complete, DateTimeOffset fetchedAt)
    {
        var memory = _events.GetOrAdd(plan.Feed.Key, _ => new());
        var fresh = memory.Take(events, complete, fetchedAt);
        Change(plan.Feed.Key, h => h with { AsOf = fetchedAt, LeftOut = memory.LeftOut });
        Brought(plan.Feed.Key, fresh.Count);
        return fresh;
    }

    /// <summary>Takes over things: everything that stands, for a feed of things; for another feed those that its rows name.
    /// Returns what is new, has changed or is no more, for the store.</summary>
    public IReadOnlyList<ThingVersion> TakeThings(FeedPlan plan, IReadOnlyDictionary<string, Thing> things, DateTimeOffset fetchedAt)
    {
        var key = plan.Feed.Key;
        var all = plan.Feed.Kind == FeedKind.Things;
        var known = _things.GetOrAdd(key, _ => new(StringComparer.Ordinal));
        var fresh = new List<ThingVersion>();
        foreach (var (id, thing) in things)
        {
            var body = RecordBodies.Of(thing);
            if (known.GetValueOrDefault(id) == body) continue;
            known[id] = body;
            fresh.Add(new(id, thing, fetchedAt));
        }
        Brought(key, fresh.Count);
        if (!all) return fresh;
        foreach (var id in known.Keys.Where(k => !things.ContainsKey(k)).ToList())
        {
            known.Remove(id);
            fresh.Add(new(id, null, fetchedAt));
        }
        Brought(key, fresh.Count);
        if (fresh.Count > 0) _snapshots[key] = new(Latest(key).Version + 1, things, Snapshot.None.Values);
        Change(key, h => h with { AsOf = fetchedAt });
        return fresh;
    }

    /// <summary>Takes over figures; returns those that are new or corrected, for the store.</summary>
    public IReadOnlyList<Figure> TakeFigures(FeedPlan plan, IReadOnlyList<Figure> figures, DateTimeOffset fetchedAt)
    {
        var known = _figures.GetOrAdd(plan.Feed.Key, _ => []);
        var fresh = new List<Figure>();
        lock (known)
            foreach (var figure in figures)
            {
                var was = known.GetValueOrDefault((figure.Indicator, figure.Area, figure.Period));
                if (was is not null && (was.Value, was.Unit, was.Target) == (figure.Value, figure.Unit, figure.Target)) continue;
                fresh.Add(known[(figure.Indicator, figure.Area, figure.Period)] = figure with { FetchedAt = fetchedAt });
            }
        Brought(plan.Feed.Key, fresh.Count);
        Change(plan.Feed.Key, h => h with { AsOf = fetchedAt });
        return fresh;
    }

    /// <summary>Keeps the record of a fetch and its raw answer, beside the beat. Rows about people, of which only sums are kept, are not.</summary>
    public void KeepAnswer(FeedPlan plan, DateTimeOffset fetchedAt, FetchOutcome outcome, string? detail, int rows, TimeSpan took, string? contentType, byte[] body) =>
        answers.Put(new(plan.Feed.Key, fetchedAt, outcome, detail, rows, took, contentType, plan.Descriptor.Rows.Aggregate is null ? body : [], plan.KeepRaw));

    /// <summary>A list was read: whatever is in it is confirmed as of now. Returns what is new or has changed, for the store.</summary>
    public IReadOnlyList<FetchedDocument> TakeDocuments(FeedPlan plan, IReadOnlyList<Document> documents, DateTimeOffset fetchedAt)
    {
        var known = _documents.GetValueOrDefault(plan.Feed.Key, []).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var fresh = new List<FetchedDocument>();
        foreach (var document in documents)
        {
            var was = known.GetValueOrDefault(document.Id);
            var now = was is null ? document : document with { Published = was.Published };
            if (now == was) continue;
            fresh.Add(new(known[now.Id] = now, fetchedAt));
        }
        if (fresh.Count > 0) _documents[plan.Feed.Key] = [.. known.Values.OrderByDescending(d => d.Published).ThenBy(d => d.Id, StringComparer.Ordinal).Take(DocumentsInMemory)];
        Brought(plan.Feed.Key, fresh.Count);
        Change(plan.Feed.Key, h => h with { AsOf = fetchedAt });
        return fresh;
    }

    /// <summary>Notes when a feed is asked next, and how many calls of the day it has used.</summary>
    public void NoteNext(FeedPlan plan, DateTimeOffset? at, int calls) => Change(plan.Feed.Key, h => h with { NextAttempt = at, CallsToday = calls });

    /// <summary>Notes how much of a feed the store has not taken yet.</summary>
    public void NoteUnstored(FeedPlan plan, int waiting) => Change(plan.Feed.Key, h => h with { Unstored = waiting });

    private void Brought(string feed, int count)
    {
        if (count > 0) NoteNews(feed, HostNotes.News.Content);
    }

    private void Change(string feed, Func<FeedHealth, FeedHealth> change) => _health.AddOrUpdate(feed, _ => throw new InvalidOperationException($"There is no feed {feed}."), (_, h) => change(h));

    /// <summary>Notes how a fetch went. Returns the health before and after.</summary>
    public (FeedHealth Before, FeedHealth After) Note(FeedPlan plan, FetchOutcome outcome, string? detail, int rows, DateTimeOffset at, TimeSpan took)
    {
        var before = _health[plan.Feed.Key];
        NoteNews(plan.Feed.Key, HostNotes.News.State);
        var ok = outcome is FetchOutcome.Ok or FetchOutcome.Empty;
        Change(plan.Feed.Key, h => h with
        {
            LastAttempt = at,
            LastSuccess = ok ? at : h.LastSuccess,
            Outcome = outcome,
            Detail = detail,
            Rows = rows,
            Took = took,
            Failures = ok ? 0 : h.Failures + 1,
            Fetches = h.Fetches + 1,
        });
        return (before, _health[plan.Feed.Key]);
    }
}

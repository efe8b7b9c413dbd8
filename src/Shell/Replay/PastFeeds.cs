using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Replay;

/// <summary>The feeds as they were known at an instant: nothing that was fetched later. Read once, then the same for every
/// viewer of that instant.</summary>
internal sealed class PastFeeds : IFeeds
{
    private readonly FeedBook _book;
    private readonly ReadingStore _store;
    private readonly Dictionary<string, FeedHealth> _health = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Event>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Picture> _pictures = new(StringComparer.Ordinal);

    private PastFeeds(FeedBook book, ReadingStore store, DateTimeOffset at) => (_book, _store, Now) = (book, store, at);

    public DateTimeOffset Now { get; }

    /// <summary>True when pictures of that time were told but are no longer kept.</summary>
    public bool PicturesMissing { get; private set; }

    /// <summary>True when single values of that time have moved to the archive, as far as they were not brought back.</summary>
    public bool Archived { get; private set; }

    /// <summary>What is too old to be shown is still told as that, with its age, for so long.</summary>
    private static readonly TimeSpan Beyond = TimeSpan.FromDays(1);

    /// <summary>Reads what was known.</summary>
    public static async Task<PastFeeds> Load(FeedBook book, ReadingStore store, AnswerLog answers, CityDatabase database, DateTimeOffset at, CancellationToken cancel)
    {
        var past = new PastFeeds(book, store, at);
        var windows = book.Plans.Where(p => p.Feed.Kind == FeedKind.Observations).ToDictionary(p => p.Feed.Key, p => p.Rhythm.Drop + p.Rhythm.Stale + p.Covers + Beyond, StringComparer.Ordinal);
        await using var connection = await database.OpenToLookBack(cancel);
        var runs = await answers.RunsAt(connection, at, book.Plans.Select(p => p.Rhythm.Drop).DefaultIfEmpty().Max() + TimeSpan.FromDays(2), cancel);
        var values = await store.NewestAt(connection, windows, at, cancel);
        past.Archived = values.Count == 0 && book.Plans.Any(p => p.Feed.Kind == FeedKind.Observations && at + p.KeepValues < book.Now);
        foreach (var plan in book.Plans)
        {
            var key = plan.Feed.Key;
            var fetches = runs.GetValueOrDefault(key, []);
            var good = fetches.LastOrDefault(r => r.Outcome is FetchOutcome.Ok or FetchOutcome.Empty)?.Until;
            var health = new FeedHealth(plan) { Outcome = fetches.Count == 0 ? FetchOutcome.None : fetches[^1].Outcome, Detail = fetches.Count == 0 ? null : fetches[^1].Detail, LastAttempt = fetches.Count == 0 ? null : fetches[^1].Until, LastSuccess = good };
            switch (plan.Feed.Kind)
            {
                case FeedKind.Observations:
                    var readings = values.GetValueOrDefault(key, []);
                    if (readings.Count == 0)
                    {
                        health = health with { AsOf = good };
                        break;
                    }
                    // confirmed by every later fetch that was well
                    var asOf = readings.Max(r => (good > r.FetchedAt ? good.Value : r.FetchedAt) is var told && r.ObservedUntil < told ? r.ObservedUntil : told);
                    var shown = readings.Where(r => asOf - r.ObservedUntil <= plan.Rhythm.Stale).ToDictionary(r => (r.Thing, r.Property));
                    var named = (await store.Records.Things(connection, key, at, cancel)).ToDictionary(t => t.Key, StringComparer.Ordinal);
                    var things = readings.Select(r => r.Thing).Distinct(StringComparer.Ordinal).ToDictionary(t => t, t => named.GetValueOrDefault(t) ?? book.Known(plan, t), StringComparer.Ordinal);
                    past._snapshots[key] = new(at.Ms(), things, shown);
                    health = health with { AsOf = asOf, NothingMeasured = shown.Values.All(r => r.Value is null) };
                    break;
                case FeedKind.Events:
                    var versions = await store.Records.Events(connection, key, at, EventMemory.Lately, cancel);
                    past._events[key] = [.. versions.Select(v => v.Event).OrderByDescending(e => e.ReportedAt).ThenBy(e => e.Id, StringComparer.Ordinal)];
                    health = health with { AsOf = good ?? (versions.Count == 0 ? null : versions.Max(v => v.Event.FetchedAt)) };
                    break;
                case FeedKind.Things:
                    var standing = await store.Records.Things(connection, key, at, cancel);
                    if (standing.Count > 0) past._snapshots[key] = new(at.Ms(), standing.ToDictionary(t => t.Key, StringComparer.Ordinal), Snapshot.None.Values);
                    health = health with { AsOf = good };
                    break;
                case FeedKind.Pictures:
                    if (await answers.PictureAt(connection, key, at, cancel) is { } kept)
                    {
                        var (type, width, height) = PictureReader.Head(kept.Body);
                        if (type is not null) past._pictures[key] = new(key, Moment.At($"/pictures/{key}", at), kept.From, width, height, kept.Body.Length);
                        health = health with { AsOf = kept.From + plan.Covers < at ? kept.From + plan.Covers : at };
                    }
                    else if (good is not null)
                    {
                        past.PicturesMissing = true;
                        health = health with { AsOf = good };
                    }
                    break;
                default:
                    health = health with { AsOf = good };
                    break;
            }
            past._health[key] = health;
        }
        return past;
    }

    public AsOf? AsOf(string feed) => _health.TryGetValue(feed, out var health) ? FeedBook.AsOf(health, Now) : null;
    public Snapshot Latest(string feed) => _snapshots.GetValueOrDefault(feed, Snapshot.None);
    public IReadOnlyList<Event> Events(string feed) => _events.GetValueOrDefault(feed, []);
    public Picture? Picture(string feed) => _pictures.GetValueOrDefault(feed);

    public async Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default)
    {
        from = _book.StepStart(from, step);
        var hours = await _store.HoursAt(feed, property, thing, from, to, Now, cancel);
        if (step == Step.Hour) return _book.Points(hours, from, to, step);
        var days = hours.GroupBy(h => (Day: _book.StepStart(Sql.At(h.At), step).Ms(), h.Thing)).Select(g => (g.Key.Day, g.Key.Thing, g.Sum(h => h.Count), g.Sum(h => h.Sum), g.Min(h => h.Min), g.Max(h => h.Max)));
        return _book.Points([.. days], from, to, step);
    }

    public Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default) => _store.Since(feed, property, from, Now, cancel);
    public Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => _store.Records.EventLog(feed, from, to, Now, cancel);
    public Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default) => _store.Records.Figures(feed, Now, cancel);
    public Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default) => _store.Records.Documents(feed, count, Now, cancel);
}

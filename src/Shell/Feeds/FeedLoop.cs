using System.Security.Cryptography;
using SmartCity.Shell.City;
using SmartCity.Shell.Live;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>Asks every source on its own beat, apart from the others: one fetch serves every viewer, and a source that is
/// slow or broken costs the others nothing.</summary>
internal sealed class FeedLoop(CityPack city, FeedBook book, ReadingStore store, SourceClient client, Signals signals, Secrets secrets, TimeProvider time, ILogger<FeedLoop> log) : BackgroundService
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(3);
    private const int HistoryAttempts = 3, MaxRows = 50_000;
    private readonly Dictionary<string, Outbox> _outboxes = book.Plans.ToDictionary(p => p.Feed.Key, p => new Outbox(p.Feed.Key, store));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll([.. book.Plans.Select(plan => Loop(plan, stoppingToken)), Watch(stoppingToken)]);

    private async Task Loop(FeedPlan plan, CancellationToken stop)
    {
        await Task.Yield();
        Answer? previous = null;
        var history = plan.Descriptor.History is null ? Task.CompletedTask : null;
        while (!stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                previous = await Beat(plan, previous, stop);
                // beside the beats: a long past must not make the present late
                if (history is null && book.HealthOf(plan.Feed.Key)!.Outcome == FetchOutcome.Ok) history = FillHistory(plan, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { break; }
            catch (Exception broken)
            {
                // a fault of ours: the feed lives on
                Settle(plan, FetchOutcome.Unparsable, $"could not be taken over: {broken.GetType().Name} {broken.Message}", 0, time.GetElapsedTime(began), broken);
            }
            if (!await Rest(plan.Rhythm.Every - time.GetElapsedTime(began) - plan.Jitter * Random.Shared.NextDouble(), stop)) break;
        }
        if (history is not null) await history;
    }

    private async Task<bool> Rest(TimeSpan rest, CancellationToken stop)
    {
        try { await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, stop); }
        catch (OperationCanceledException) { return false; }
        return true;
    }

    /// <summary>Asks once, with the bounded retries of the feed, and takes over what came.</summary>
    internal async Task<Answer?> Beat(FeedPlan plan, Answer? previous, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        // further attempts are for a hiccup: a source that is lost is not asked twice as often as a healthy one
        var retries = book.HealthOf(plan.Feed.Key)!.Failures == 0 ? plan.Descriptor.Schedule.Retries : 0;
        for (var attempt = 0; ; attempt++)
        {
            var (answer, outcome, detail, rows) = await Once(plan, previous, stop);
            var took = time.GetElapsedTime(began);
            if (outcome is FetchOutcome.Unreachable or FetchOutcome.UpstreamDown && attempt < retries && took + plan.Timeout < plan.Rhythm.Every)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300 * (attempt + 1)), time, stop);
                continue;
            }
            await Store(plan);
            Settle(plan, outcome, detail, rows, took);
            // only a good answer makes the next question conditional; its body has been taken over
            return outcome is FetchOutcome.Ok or FetchOutcome.Empty ? answer with { Body = [], NotModified = false } : previous;
        }
    }

    private void Settle(FeedPlan plan, FetchOutcome outcome, string? detail, int rows, TimeSpan took, Exception? broken = null)
    {
        var (before, after) = book.Note(plan, outcome, detail is null ? null : secrets.Redact(detail), rows, time.GetUtcNow(), took);
        LogOnce(before, after, broken);
        signals.Signal(plan.Feed.Key);
    }

    private async Task Store(FeedPlan plan)
    {
        var outbox = _outboxes[plan.Feed.Key];
        var (waiting, givenUp) = (book.HealthOf(plan.Feed.Key)!.Unstored, outbox.GivenUp);
        var broken = await outbox.Flush();
        var left = outbox.Waiting;
        if (waiting == 0 && left > 0) log.LogError(broken, "What the feed {Feed} brings cannot be stored; it waits in memory", plan.Feed.Key);
        else if (waiting > 0 && left == 0) log.LogInformation("What the feed {Feed} brings is stored again: {Count} waited, {GivenUp} were given up", plan.Feed.Key, waiting, givenUp);
        if (waiting != left) book.NoteUnstored(plan, left);
    }

    private async Task<(Answer Answer, FetchOutcome Outcome, string? Detail, int Rows)> Once(FeedPlan plan, Answer? previous, CancellationToken stop)
    {
        switch (plan.Format)
        {
            case "rss":
            {
                var answer = await client.Get(Address(plan, plan.Descriptor.Url), plan.Timeout, previous, stop);
                var now = time.GetUtcNow();
                if (answer.NotModified)
                {
                    book.TakeDocuments(plan, [], now);
                    return (answer, FetchOutcome.Ok, null, 0);
                }
                var (outcome, documents, detail) = NewsReader.Read(answer, city.Zone, now);
                if (outcome is FetchOutcome.Ok or FetchOutcome.Empty) _outboxes[plan.Feed.Key].Put(book.TakeDocuments(plan, documents, now));
                return (answer, outcome, detail, documents.Count);
            }
            case "image":
            {
                var answer = await client.Get(Address(plan, plan.Descriptor.Url), plan.Timeout, previous, stop);
                if (answer.NotModified) return (answer, FetchOutcome.Ok, null, 1);
                var (outcome, type, width, height, detail) = PictureReader.Read(answer);
                if (outcome == FetchOutcome.Ok)
                {
                    var now = time.GetUtcNow();
                    var hash = Convert.ToHexStringLower(SHA256.HashData(answer.Body));
                    var known = book.StoredPicture(plan.Feed.Key) is { } stored && stored.Hash == hash ? stored : null;
                    // without a date the same picture is as old as when it was first seen
                    var taken = answer.LastModified is { } modified ? (modified < now ? modified : now) : known is null ? now : DateTimeOffset.FromUnixTimeMilliseconds(known.TakenAt);
                    var picture = new StoredPicture { Feed = plan.Feed.Key, TakenAt = taken.ToUnixTimeMilliseconds(), ContentType = type, Width = width, Height = height, Hash = hash, Bytes = answer.Body };
                    if (known?.TakenAt != picture.TakenAt) _outboxes[plan.Feed.Key].Put(picture);
                    book.TakePicture(plan, picture, taken + plan.Covers < now ? taken + plan.Covers : now);
                }
                return (answer, outcome, detail, outcome == FetchOutcome.Ok ? 1 : 0);
            }
            default:
            {
                var (answer, table) = await Rows(plan, plan.Descriptor.Url, default, stop);
                if (table.Outcome != FetchOutcome.Ok) return (answer, table.Outcome, table.Detail, 0);
                var now = time.GetUtcNow();
                var mapped = RowMap.Map(plan, city, table.Rows, plan.Covers, now);
                if (mapped.Outcome == FetchOutcome.Ok) _outboxes[plan.Feed.Key].Put(book.Take(plan, mapped, now));
                return (answer, mapped.Outcome, mapped.Detail, mapped.Things.Count);
            }
        }
    }

    // pages until a short one: totals in the body are not to be trusted. All pages share the time of one attempt
    private async Task<(Answer, Table)> Rows(FeedPlan plan, string path, DateOnly day, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        var all = new List<IReadOnlyDictionary<string, string>>();
        var (size, hash) = (plan.Paging?.Size ?? 0, Array.Empty<byte>());
        for (var first = plan.Paging?.First ?? 0; ; first += size)
        {
            var left = plan.Timeout - TimeProvider.System.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return (Answer.Failed(FetchOutcome.TimedOut, ""), Table.Of(FetchOutcome.TimedOut, $"{all.Count} rows and no end within {plan.Timeout.TotalSeconds:0.#} s"));
            var answer = await client.Get(Address(plan, path, first, first + size - 1, day), left, null, stop);
            // an error's body may say more than its status line
            var table = answer.Outcome != FetchOutcome.Ok && answer.Body.Length == 0 ? Table.Of(answer.Outcome, answer.Detail) : TableReader.Read(plan, answer);
            // past the end some sources say that there is nothing, and some leave the rows out
            if (all.Count > 0 && (table.Outcome == FetchOutcome.Empty || table.NoRows)) return (answer, new(FetchOutcome.Ok, all));
            if (table.Outcome != FetchOutcome.Ok) return (answer, table);
            // and some know no pages and send everything again
            var same = SHA256.HashData(answer.Body);
            if (hash.AsSpan().SequenceEqual(same)) return (answer, new(FetchOutcome.Ok, all));
            hash = same;
            all.AddRange(table.Rows);
            if (plan.Paging is null || table.Rows.Count < size || all.Count > MaxRows) return (answer, new(FetchOutcome.Ok, all));
        }
    }

    private string Address(FeedPlan plan, string path, int start = 0, int end = 0, DateOnly day = default) =>
        plan.Source.Address + Placeholders.Fill(path, secrets, start, end, day);

    /// <summary>The past, from a source that gives it by day: newest day first, and only what is not known. Once a start.</summary>
    internal async Task FillHistory(FeedPlan plan, CancellationToken stop)
    {
        var history = plan.Descriptor.History!;
        FeedPlan.TryDuration(history.Covers, out var covers);
        var today = DateOnly.FromDateTime(((ICity)city).Local(time.GetUtcNow()).DateTime);
        try
        {
            for (var day = today; day > today.AddDays(-history.Days); day = day.AddDays(-1))
            {
                var (from, to) = (Midnight(day), Midnight(day.AddDays(1)));
                var now = time.GetUtcNow();
                var (hours, times) = await store.Known(plan.Feed.Key, from, to, stop);
                bool HasHour(DateTimeOffset at) => hours.Contains(at.ToUnixTimeMilliseconds() / ReadingStore.HourMs);
                var complete = true;
                for (var hour = from; hour < to && hour < now; hour = hour.AddHours(1)) complete &= HasHour(hour);
                // steps that are finer than an hour may be missing inside one; of the last days they are asked for
                if (complete && (covers >= TimeSpan.FromHours(1) || to < now - Keep)) continue;
                bool Unknown(Reading r) => !HasHour(r.ObservedAt) || covers < TimeSpan.FromHours(1) && times.Count > 0 && !times.Contains(r.ObservedAt.ToUnixTimeMilliseconds());
                for (var attempt = 1; ; attempt++)
                {
                    var (_, table) = await Rows(plan, history.Url, day, stop);
                    if (table.Outcome == FetchOutcome.Empty) break;
                    var mapped = table.Outcome == FetchOutcome.Ok ? RowMap.Map(plan, city, table.Rows, covers, time.GetUtcNow()) : new(table.Outcome, [], new Dictionary<string, Thing>(), table.Detail);
                    if (mapped.Outcome == FetchOutcome.Ok)
                    {
                        // in pieces, between which live values are stored
                        foreach (var piece in mapped.Readings.Where(Unknown).Chunk(300)) await store.Add(plan.Feed.Key, piece, stop);
                        signals.Signal(plan.Feed.Key);
                        break;
                    }
                    if (attempt == HistoryAttempts)
                    {
                        log.LogWarning("The past of the feed {Feed} could not be filled further than {Day:yyyy-MM-dd}: {Outcome} {Detail}", plan.Feed.Key, day, mapped.Outcome, secrets.Redact(mapped.Detail ?? ""));
                        return;
                    }
                    if (!await Rest(plan.Rhythm.Every, stop)) return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        catch (Exception broken) { log.LogError(broken, "The past of the feed {Feed} could not be filled", plan.Feed.Key); }
    }

    private DateTimeOffset Midnight(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    // the loss is logged once and the recovery once, however long it lasts
    private void LogOnce(FeedHealth before, FeedHealth after, Exception? broken)
    {
        if (before.Failures == 0 && after.Failures == 1) log.LogWarning(broken, "The feed {Feed} is lost: {Outcome} {Detail}", after.Plan.Feed.Key, after.Outcome, after.Detail);
        else if (before.Failures > 0 && after.Failures == 0) log.LogInformation("The feed {Feed} is back after {Failures} failed fetches", after.Plan.Feed.Key, before.Failures);
    }

    // age alone changes a state: nobody fetches, and the screen must still tell the truth
    private async Task Watch(CancellationToken stop)
    {
        var known = new Dictionary<string, Freshness>(StringComparer.Ordinal);
        while (await Rest(TimeSpan.FromSeconds(1), stop))
            try { Changed(known).ForEach(signals.Signal); }
            catch (Exception broken) { log.LogError(broken, "A change of state could not be told"); }
    }

    /// <summary>Feeds whose state is another than the known one, which is brought up to date.</summary>
    internal List<string> Changed(Dictionary<string, Freshness> known)
    {
        var now = time.GetUtcNow();
        var changed = new List<string>();
        foreach (var health in book.Health)
        {
            var (feed, state) = (health.Plan.Feed.Key, FeedBook.FreshnessOf(health, now));
            if (known.TryGetValue(feed, out var before) && before != state) changed.Add(feed);
            known[feed] = state;
        }
        return changed;
    }
}

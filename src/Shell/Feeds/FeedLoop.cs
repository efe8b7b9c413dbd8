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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll([.. book.Plans.Select(plan => Loop(plan, stoppingToken)), Watch(stoppingToken), Prune(stoppingToken)]);

    private async Task Loop(FeedPlan plan, CancellationToken stop)
    {
        await Task.Yield();
        Answer? previous = null;
        var historyDone = plan.Descriptor.History is null;
        while (!stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                previous = await Beat(plan, previous, stop);
                if (!historyDone && book.HealthOf(plan.Feed.Key)!.Outcome == FetchOutcome.Ok) historyDone = await FillHistory(plan, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception broken)
            {
                // a fault of ours, such as a database that is gone: the feed lives on
                log.LogError(broken, "The feed {Feed} could not be taken over", plan.Feed.Key);
                book.Note(plan, FetchOutcome.UpstreamDown, "could not be stored: " + broken.Message.Split('\n')[0], 0, time.GetUtcNow(), time.GetElapsedTime(began));
                signals.Signal(plan.Feed.Key);
            }
            var rest = plan.Rhythm.Every - time.GetElapsedTime(began) + plan.Jitter * Random.Shared.NextDouble();
            try { await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, stop); }
            catch (OperationCanceledException) { return; }
        }
    }

    /// <summary>Asks once, with the bounded retries of the feed, and takes over what came.</summary>
    internal async Task<Answer?> Beat(FeedPlan plan, Answer? previous, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var (answer, outcome, detail, rows) = await Once(plan, previous, stop);
            var passes = outcome is FetchOutcome.Unreachable or FetchOutcome.UpstreamDown;
            var took = time.GetElapsedTime(began);
            if (passes && attempt < plan.Descriptor.Schedule.Retries && took + plan.Timeout < plan.Rhythm.Every)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300 * (attempt + 1)), time, stop);
                continue;
            }
            var (before, after) = book.Note(plan, outcome, detail is null ? null : secrets.Redact(detail), rows, time.GetUtcNow(), took);
            LogOnce(before, after);
            signals.Signal(plan.Feed.Key);
            return answer.Outcome == FetchOutcome.Ok ? answer : previous;
        }
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
                    book.TakeDocuments(plan, now, changed: false);
                    return (answer, FetchOutcome.Ok, null, 0);
                }
                var (outcome, documents, detail) = NewsReader.Read(answer, now);
                if (outcome is FetchOutcome.Ok or FetchOutcome.Empty)
                {
                    var changed = documents.Count > 0 && await store.AddDocuments(plan.Feed.Key, documents, stop) > 0;
                    book.TakeDocuments(plan, now, changed);
                }
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
                    var taken = answer.LastModified is { } modified && modified < now ? modified : now;
                    var picture = new StoredPicture { Feed = plan.Feed.Key, TakenAt = taken.ToUnixTimeMilliseconds(), ContentType = type, Width = width, Height = height, Hash = Convert.ToHexStringLower(SHA256.HashData(answer.Body)), Bytes = answer.Body };
                    if (book.StoredPicture(plan.Feed.Key)?.Hash != picture.Hash) await store.SavePicture(picture, stop);
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
                if (mapped.Outcome == FetchOutcome.Ok) await store.Add(plan.Feed.Key, book.Take(plan, mapped, now), stop);
                return (answer, mapped.Outcome, mapped.Detail, mapped.Things.Count);
            }
        }
    }

    // pages until a short one: totals in the body are not to be trusted
    private async Task<(Answer, Table)> Rows(FeedPlan plan, string path, DateOnly day, CancellationToken stop)
    {
        var all = new List<IReadOnlyDictionary<string, string>>();
        var size = plan.Paging?.Size ?? 0;
        for (var first = plan.Paging?.First ?? 0; ; first += size)
        {
            var answer = await client.Get(Address(plan, path, first, first + size - 1, day), plan.Timeout, null, stop);
            // an error's body may say more than its status line
            var table = answer.Outcome != FetchOutcome.Ok && answer.Body.Length == 0 ? Table.Of(answer.Outcome, answer.Detail) : TableReader.Read(plan, answer);
            if (table.Outcome == FetchOutcome.Empty && all.Count > 0) return (answer, new(FetchOutcome.Ok, all));
            if (table.Outcome != FetchOutcome.Ok) return (answer, table);
            all.AddRange(table.Rows);
            if (plan.Paging is null || table.Rows.Count < size || all.Count > 50_000) return (answer, new(FetchOutcome.Ok, all));
        }
    }

    private string Address(FeedPlan plan, string path, int start = 0, int end = 0, DateOnly day = default) =>
        plan.Source.Address + Placeholders.Fill(path, secrets, start, end, day);

    // once, when a source gives its past by day: newest day first, so that today's line is there soon
    private async Task<bool> FillHistory(FeedPlan plan, CancellationToken stop)
    {
        var history = plan.Descriptor.History!;
        FeedPlan.TryDuration(history.Covers, out var covers);
        var oldest = await store.OldestHour(plan.Feed.Key, stop) ?? time.GetUtcNow();
        var today = DateOnly.FromDateTime(((ICity)city).Local(time.GetUtcNow()).DateTime);
        for (var day = today; day > today.AddDays(-history.Days); day = day.AddDays(-1))
        {
            var dayStart = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), city.Zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue)));
            if (dayStart >= oldest) continue;
            var (_, table) = await Rows(plan, history.Url, day, stop);
            if (table.Outcome == FetchOutcome.Empty) continue;
            if (table.Outcome != FetchOutcome.Ok) return false;
            var mapped = RowMap.Map(plan, city, table.Rows, covers, time.GetUtcNow());
            if (mapped.Outcome != FetchOutcome.Ok) return false;
            await store.Add(plan.Feed.Key, [.. mapped.Readings.Where(r => r.ObservedAt < oldest)], stop);
            signals.Signal(plan.Feed.Key);
        }
        return true;
    }

    // the loss is logged once and the recovery once, however long it lasts
    private void LogOnce(FeedHealth before, FeedHealth after)
    {
        if (before.Failures == 0 && after.Failures == 1 && log.IsEnabled(LogLevel.Warning))
            log.LogWarning("The feed {Feed} is lost: {Outcome} {Detail}", after.Plan.Feed.Key, after.Outcome, after.Detail);
        else if (before.Failures > 0 && after.Failures == 0 && log.IsEnabled(LogLevel.Information))
            log.LogInformation("The feed {Feed} is back after {Failures} failed fetches", after.Plan.Feed.Key, before.Failures);
    }

    // age alone changes a state: nobody fetches, and the screen must still tell the truth
    private async Task Watch(CancellationToken stop)
    {
        var known = new Dictionary<string, Freshness>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                foreach (var health in book.Health)
                {
                    var state = FeedBook.FreshnessOf(health, time.GetUtcNow());
                    if (known.TryGetValue(health.Plan.Feed.Key, out var before) && before != state) signals.Signal(health.Plan.Feed.Key);
                    known[health.Plan.Feed.Key] = state;
                }
        }
        catch (OperationCanceledException) { }
    }

    private async Task Prune(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                try { await store.Prune(time.GetUtcNow() - Keep, stop); }
                catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "Old values could not be deleted"); }
        }
        catch (OperationCanceledException) { }
    }
}

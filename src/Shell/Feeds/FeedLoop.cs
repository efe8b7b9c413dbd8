using System.Collections.Concurrent;
using System.Security.Cryptography;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;
using SmartCity.Shell.Hosts;
using SmartCity.Shell.Live;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>Asks every source on its own beat, apart from the others: one fetch serves every viewer, and a source that is
/// slow or broken costs the others nothing. Of several hosts one asks, and the others tell what it has brought.</summary>
internal sealed class FeedLoop(CityPack city, FeedBook book, ReadingStore store, AnswerLog kept, SourceClient client, Signals signals, Duty duty, Secrets secrets, TimeProvider time, ILogger<FeedLoop> log, IEnumerable<ICitySource>? citySources = null, DiskRoom? room = null) : BackgroundService
{
    private static readonly TimeSpan Still = TimeSpan.FromHours(6);
    // how far back steps finer than an hour are asked for again
    private static readonly TimeSpan Fine = TimeSpan.FromDays(3);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15), Round = TimeSpan.FromSeconds(1);
    private const int HistoryAttempts = 3, MaxRows = 50_000;
    private readonly ConcurrentDictionary<string, Outbox> _outboxes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Calls> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unstored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _brought = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _resting = new(StringComparer.Ordinal);
    private CancellationToken? _stop;

    private sealed record Running(CancellationTokenSource Stop, Task Task);

    private Outbox OutboxOf(FeedPlan plan) => _outboxes.GetOrAdd(plan.Feed.Key, key => new(key, store, room));
    private Calls CallsOf(FeedPlan plan) => _calls.GetOrAdd(plan.Feed.Key, _ => new());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Watch(stoppingToken), duty.WhileMine(AskAll, stoppingToken));

    /// <summary>Asks every source until the turn of this host ends.</summary>
    private async Task AskAll(CancellationToken turn)
    {
        if (!duty.IsAlone && !await TakeOver(turn)) return;
        lock (_running)
        {
            _stop = turn;
            foreach (var plan in book.Plans) Start(plan, turn);
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, turn).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Task[] running;
        lock (_running)
        {
            _stop = null;
            running = [.. _running.Values.Select(r => r.Task)];
            _running.Clear();
        }
        await Task.WhenAll(running);
    }

    // the host before this one may have died between storing and telling
    private async Task<bool> TakeOver(CancellationToken turn)
    {
        for (var attempt = 1; !turn.IsCancellationRequested; attempt++)
            try
            {
                await store.Forget(turn);
                kept.Forget();
                await book.Recall(turn);
                foreach (var health in book.Health) _calls[health.Plan.Feed.Key] = new(health.LastAttempt is { } last ? ((ICity)city).Local(last).Date : default, health.CallsToday);
                return true;
            }
            catch (Exception broken) when (!turn.IsCancellationRequested)
            {
                if (attempt == 1) log.LogWarning(broken, "What is known cannot be read, so no source is asked yet");
                await Rest(Round, turn);
            }
            catch (Exception) when (turn.IsCancellationRequested) { break; }
        return false;
    }

    // one that another host has just asked is asked when it is due
    private TimeSpan FirstRest(FeedPlan plan) => !duty.IsAlone && book.HealthOf(plan.Feed.Key)?.NextAttempt is { } next && next - time.GetUtcNow() is var rest && rest > TimeSpan.Zero && rest <= plan.Rhythm.Every ? rest : TimeSpan.Zero;

    private void Start(FeedPlan plan, CancellationToken stop)
    {
        if (!plan.Descriptor.IsAsked || _running.ContainsKey(plan.Feed.Key)) return;
        var own = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _running[plan.Feed.Key] = new(own, Loop(plan, own.Token));
    }

    /// <summary>Begins to ask for a feed that the book has taken on; its first question goes out at once.</summary>
    internal void TakeOn(FeedPlan plan)
    {
        // before the start: it begins with the others
        lock (_running) if (_stop is { } stop) Start(plan, stop);
    }

    /// <summary>Ends the beats of a feed, and stores what it brought last.</summary>
    internal async Task Drop(FeedPlan plan)
    {
        Running? running;
        lock (_running) _running.Remove(plan.Feed.Key, out running);
        if (running is not null)
        {
            await running.Stop.CancelAsync();
            await running.Task;
            running.Stop.Dispose();
        }
        await Store(plan);
    }

    /// <summary>Takes over what a source sent by itself, or people brought: the same path, without a question.</summary>
    /// <param name="plan">The feed.</param>
    /// <param name="answer">What came.</param>
    /// <param name="change">What is done to the records before they are taken over; null for nothing.</param>
    internal async Task<(FetchOutcome Outcome, string? Detail, int Rows)> Receive(FeedPlan plan, Answer answer, Func<Mapped, Mapped>? change = null)
    {
        var one = _brought.GetOrAdd(plan.Feed.Key, _ => new(1, 1));
        await one.WaitAsync(CancellationToken.None);
        try
        {
            var began = time.GetTimestamp();
            var now = time.GetUtcNow();
            var (outcome, detail, rows) = Take(plan, TableReader.Read(plan, answer, city.Zone, now), now, change);
            detail = Clean(detail);
            book.KeepAnswer(plan, now, outcome, detail, rows, time.GetElapsedTime(began), answer.ContentType, answer.Body);
            await Store(plan);
            Settle(plan, outcome, detail, rows, time.GetElapsedTime(began));
            return (outcome, detail, rows);
        }
        finally { one.Release(); }
    }

    private async Task Loop(FeedPlan plan, CancellationToken stop)
    {
        await Task.Yield();
        Answer? previous = null;
        var history = plan.Descriptor.History is null ? Task.CompletedTask : null;
        if (FirstRest(plan) is var first && first > TimeSpan.Zero && !await RestOf(plan, first, stop)) return;
        while (!stop.IsCancellationRequested)
        {
            // a host that was held up may have lost its turn and not have heard of it yet
            if (!duty.IsMine)
            {
                await Rest(Round, stop);
                continue;
            }
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
                Settle(plan, FetchOutcome.Unparsable, Clean($"could not be taken over: {broken.GetType().Name} {broken.Message}"), 0, time.GetElapsedTime(began), broken);
            }
            var rest = PauseOf(plan) - time.GetElapsedTime(began) - plan.Jitter * Random.Shared.NextDouble();
            var now = time.GetUtcNow();
            book.NoteNext(plan, rest > TimeSpan.Zero ? now + rest : now, CallsOf(plan).Used(((ICity)city).Local(now).Date));
            if (!await RestOf(plan, rest, stop)) break;
        }
        if (history is not null) await history;
    }

    // a slow feed that has never been reached is not left alone for hours because of one bad moment at the start
    private TimeSpan PauseOf(FeedPlan plan) =>
        book.HealthOf(plan.Feed.Key) is { LastSuccess: null, Outcome: FetchOutcome.Unreachable or FetchOutcome.TimedOut or FetchOutcome.UpstreamDown } && plan.Descriptor.Schedule.PerDay == 0 && plan.Rhythm.Every > Soon ? Soon : plan.Rhythm.Every;

    /// <summary>Ends the rest of a feed: it is asked now and not at its next beat. Nothing happens to one whose calls a day are counted.</summary>
    internal void Hurry(string feed)
    {
        if (book.Plans.FirstOrDefault(p => p.Feed.Key == feed) is not { Descriptor.Schedule.PerDay: 0 } || !_resting.TryGetValue(feed, out var rest)) return;
        try { rest.Cancel(); }
        catch (ObjectDisposedException) { /* it has just ended by itself */ }
    }

    private async Task<bool> RestOf(FeedPlan plan, TimeSpan rest, CancellationToken stop)
    {
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _resting[plan.Feed.Key] = hurry;
        try { await Rest(rest, hurry.Token); }
        finally { _resting.TryRemove(plan.Feed.Key, out _); }
        return !stop.IsCancellationRequested;
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
            var (answer, outcome, told, rows, answers, at) = await Once(plan, previous, stop);
            var (took, detail) = (time.GetElapsedTime(began), Clean(told));
            foreach (var one in answers.DefaultIfEmpty(answer)) book.KeepAnswer(plan, at, outcome, detail, rows, took, one.ContentType, one.Body);
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

    private string? Clean(string? detail) => detail is null ? null : secrets.Redact(detail);

    private void Settle(FeedPlan plan, FetchOutcome outcome, string? detail, int rows, TimeSpan took, Exception? broken = null)
    {
        var (before, after) = book.Note(plan, outcome, detail, rows, time.GetUtcNow(), took);
        LogOnce(before, after, broken);
        signals.Signal(plan.Feed.Key);
    }

    private async Task Store(FeedPlan plan)
    {
        var outbox = OutboxOf(plan);
        var (waiting, givenUp) = (book.HealthOf(plan.Feed.Key)!.Unstored, outbox.GivenUp);
        var broken = await outbox.Flush();
        var left = outbox.Waiting;
        // the loss is logged once and its end once
        if (broken is not null && _unstored.TryAdd(plan.Feed.Key, true)) log.LogError(broken, "What the feed {Feed} brings cannot be stored; it waits in memory", plan.Feed.Key);
        else if (left == 0 && _unstored.TryRemove(plan.Feed.Key, out _)) log.LogInformation("What the feed {Feed} brings is stored again: {Count} waited, {GivenUp} were given up", plan.Feed.Key, waiting, givenUp);
        if (waiting != left) book.NoteUnstored(plan, left);
        // the screens of this host show it already; the other hosts' can when it is stored
        if (left > 0 && broken is null && !duty.IsAlone) _ = TellWhenStored(plan, outbox);
    }

    /// <summary>Waits until what a feed brought is stored; false when it is not within a time.</summary>
    internal async Task<bool> Stored(FeedPlan plan, TimeSpan patience)
    {
        if (OutboxOf(plan).Waiting == 0) return true;
        try { return await OutboxOf(plan).Written().WaitAsync(patience); }
        catch (TimeoutException) { return false; }
    }

    private async Task TellWhenStored(FeedPlan plan, Outbox outbox)
    {
        if (!await outbox.Written()) return;
        book.NoteUnstored(plan, outbox.Waiting);
        signals.Signal(plan.Feed.Key);
    }

    /// <param name="Answer">The last one, which makes the next question conditional.</param>
    /// <param name="Answers">Every answer that came, for the record.</param>
    /// <param name="At">When: what was taken over bears this time.</param>
    private sealed record Fetched(Answer Answer, FetchOutcome Outcome, string? Detail, int Rows, IReadOnlyList<Answer> Answers, DateTimeOffset At);

    private async Task<Fetched> Once(FeedPlan plan, Answer? previous, CancellationToken stop)
    {
        switch (plan.Format)
        {
            case "image":
            {
                var url = plan.Source.Address + new Placeholders(new Dictionary<string, string>(), ((ICity)city).Local(time.GetUtcNow()).DateTime).Fill(plan.Descriptor.Url, secrets);
                var answer = await Get(plan, Asked(plan, url, plan.Timeout, previous), stop);
                if (answer.NotModified) return new(answer, FetchOutcome.Ok, null, 1, [], time.GetUtcNow());
                var (outcome, type, width, height, detail) = PictureReader.Read(answer);
                var now = time.GetUtcNow();
                if (outcome == FetchOutcome.Ok)
                {
                    var hash = Convert.ToHexStringLower(SHA256.HashData(answer.Body));
                    var known = book.StoredPicture(plan.Feed.Key) is { } stored && stored.Hash == hash ? stored : null;
                    // without a date the same picture is as old as when it was first seen
                    var taken = answer.LastModified is { } modified ? (modified < now ? modified : now) : known is null ? now : DateTimeOffset.FromUnixTimeMilliseconds(known.TakenAt);
                    var picture = new StoredPicture { Feed = plan.Feed.Key, TakenAt = taken.ToUnixTimeMilliseconds(), ContentType = type, Width = width, Height = height, Hash = hash, Bytes = answer.Body };
                    if (known?.TakenAt != picture.TakenAt) OutboxOf(plan).Put(picture);
                    book.TakePicture(plan, picture, taken + plan.Covers < now ? taken + plan.Covers : now);
                }
                return new(answer, outcome, detail, outcome == FetchOutcome.Ok ? 1 : 0, [], now);
            }
            default:
            {
                var answers = new List<Answer>();
                var (answer, table) = await Ask(plan, plan.Descriptor.Url, previous, default, answers, stop);
                var now = time.GetUtcNow();
                // what was said is said again
                if (answer.NotModified) return new(answer, Confirm(plan, now), null, book.HealthOf(plan.Feed.Key)!.Rows, [], now);
                var (outcome, detail, rows) = Take(plan, table, now);
                return new(answer, outcome, detail, rows, answers, now);
            }
        }
    }

    // a source that the city reads by code of its own is asked there, by the same clock and with the same limit of time and size
    private async Task<Answer> Get(FeedPlan plan, Question question, CancellationToken stop)
    {
        if (citySources?.FirstOrDefault(o => o.Key == plan.Source.Key) is not { } source) return await client.Get(question, stop);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(question.Timeout);
        try
        {
            var body = await source.Read(question.Url[plan.Source.Address.Length..], limit.Token).WaitAsync(limit.Token);
            return body.Length > question.MaxBytes ? Answer.Failed(FetchOutcome.Unparsable, $"{body.Length} bytes, more than {question.MaxBytes}") : new(FetchOutcome.Ok, body.ToArray());
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested) { return Answer.Failed(FetchOutcome.TimedOut, $"no complete answer within {question.Timeout.TotalSeconds:0.#} s"); }
        catch (Exception broken) when (!stop.IsCancellationRequested) { return Answer.Failed(FetchOutcome.UpstreamDown, secrets.Redact(broken.Message)); }
    }

    private FetchOutcome Confirm(FeedPlan plan, DateTimeOffset now)
    {
        switch (plan.Feed.Kind)
        {
            case FeedKind.Documents: book.TakeDocuments(plan, [], now); break;
            case FeedKind.Events: book.TakeEvents(plan, [], complete: false, now); break;
            case FeedKind.Figures: book.TakeFigures(plan, [], now); break;
            case FeedKind.Things: book.TakeThings(plan, book.Latest(plan.Feed.Key).Things, now); break;
        }
        return FetchOutcome.Ok;
    }

    /// <summary>Takes over what a table holds, of whatever kind the feed is.</summary>
    internal (FetchOutcome Outcome, string? Detail, int Rows) Take(FeedPlan plan, Table table, DateTimeOffset now, Func<Mapped, Mapped>? change = null)
    {
        if (table.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty)) return (table.Outcome, table.Detail, 0);
        if (table.Outcome == FetchOutcome.Empty && plan.Feed.Kind is not (FeedKind.Events or FeedKind.Documents)) return (table.Outcome, table.Detail, 0);
        var mapped = RowMap.Map(plan, city, table, plan.Covers, now);
        if (mapped.Outcome != FetchOutcome.Ok) return (mapped.Outcome, mapped.Detail, mapped.Count);
        if (change is not null) mapped = change(mapped);
        var outbox = OutboxOf(plan);
        switch (plan.Feed.Kind)
        {
            case FeedKind.Documents: outbox.Put(book.TakeDocuments(plan, mapped.Documents, now)); break;
            case FeedKind.Events: outbox.Put(book.TakeEvents(plan, mapped.Events, plan.Descriptor.Map.Event.Complete, now)); break;
            case FeedKind.Things: outbox.Put(book.TakeThings(plan, mapped.Things, now)); break;
            case FeedKind.Figures: outbox.Put(book.TakeFigures(plan, mapped.Figures, now)); break;
            default:
                outbox.Put(book.Take(plan, mapped, now));
                outbox.Put(book.TakeThings(plan, mapped.Things, now));
                if (Frozen(plan, now) is { } frozen) mapped = mapped with { Detail = mapped.Detail is null ? frozen : $"{frozen}; {mapped.Detail}" };
                break;
        }
        return (table.Outcome, table.Outcome == FetchOutcome.Ok ? mapped.Detail : table.Detail, mapped.Count);
    }

    // instruments that hang send their last value under ever new times
    private string? Frozen(FeedPlan plan, DateTimeOffset now) =>
        book.SameSince(plan.Feed.Key) is { } since && now - since is var same && same >= Still && same >= plan.Rhythm.Stale ? $"every value has been the same for {Math.Floor(same.TotalHours)} h" : null;

    // every value of for-each, every page: one table. All questions share the time of one attempt
    private async Task<(Answer, Table)> Ask(FeedPlan plan, string path, Answer? previous, DateOnly day, List<Answer> answers, CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        var questions = plan.Descriptor.ForEach.Aggregate<KeyValuePair<string, List<string>>, List<Dictionary<string, string>>>([[]],
            (all, each) => [.. all.SelectMany(q => each.Value.Select(v => new Dictionary<string, string>(q, StringComparer.Ordinal) { [each.Key] = v }))]);
        // a question that is asked in one piece may be answered by "as before"
        if (questions.Count == 1 && plan.Descriptor.Paging is null) return await Page(plan, path, questions[0], previous, day, plan.Timeout, answers, stop);
        Table? whole = null;
        (Answer Answer, Table Table) last = (Answer.Failed(FetchOutcome.Empty, ""), Table.Of(FetchOutcome.Empty));
        foreach (var question in questions)
        {
            last = await Pages(plan, path, question, day, began, answers, stop);
            // past one value that has nothing there are others; past one that fails there is half a truth
            if (last.Table.Outcome == FetchOutcome.Empty) continue;
            if (last.Table.Outcome != FetchOutcome.Ok) return last;
            if (whole is null) whole = last.Table;
            else whole.Append(last.Table);
        }
        return (last.Answer, whole ?? last.Table);
    }

    // pages until a short one: totals in the body are not to be trusted
    private async Task<(Answer, Table)> Pages(FeedPlan plan, string path, Dictionary<string, string> question, DateOnly day, long began, List<Answer> answers, CancellationToken stop)
    {
        Table? all = null;
        byte[] hash = [];
        var paging = plan.Descriptor.Paging;
        string? next = null;
        for (var page = 0; ; page++)
        {
            var left = plan.Timeout - TimeProvider.System.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return (Answer.Failed(FetchOutcome.TimedOut, ""), Table.Of(FetchOutcome.TimedOut, $"{all?.Rows.Count ?? 0} rows and no end within {plan.Timeout.TotalSeconds:0.#} s"));
            var (answer, table) = await Page(plan, path, Numbered(question, paging, page, next), null, day, left, answers, stop, paging?.Style == "next" ? next : null);
            // past the end some sources say that there is nothing, and some leave the rows out
            if (all is not null && (table.Outcome == FetchOutcome.Empty || table.NoRows)) return (answer, all);
            if (table.Outcome != FetchOutcome.Ok) return (answer, table);
            // and some know no pages and send everything again
            var same = SHA256.HashData(answer.Body);
            if (hash.AsSpan().SequenceEqual(same)) return (answer, all!);
            hash = same;
            var count = table.Rows.Count;
            next = table.Next is { Length: > 0 } more && more != next ? more : null;
            if (all is null) all = table;
            else all.Append(table);
            if (paging is null || (paging.Style == "next" ? next is null : count < paging.Size) || all.Rows.Count > MaxRows || page + 1 >= paging.Most) return (answer, all);
        }
    }

    private static Dictionary<string, string> Numbered(Dictionary<string, string> question, FeedDescriptor.PagingOf? paging, int page, string? token)
    {
        if (paging is null) return question;
        string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var first = paging.First + page * paging.Size;
        return new(question, StringComparer.Ordinal)
        {
            ["start"] = Text(first), ["end"] = Text(first + paging.Size - 1), ["page"] = Text(paging.First + page), ["offset"] = Text(page * paging.Size), ["size"] = Text(paging.Size), ["token"] = token ?? "",
        };
    }

    private async Task<(Answer, Table)> Page(FeedPlan plan, string path, Dictionary<string, string> question, Answer? previous, DateOnly day, TimeSpan left, List<Answer> answers, CancellationToken stop, string? next = null)
    {
        var now = time.GetUtcNow();
        if (plan.Descriptor.Schedule.PerDay is > 0 and var perDay && !CallsOf(plan).Take(((ICity)city).Local(now).Date, perDay))
            return (Answer.Failed(FetchOutcome.Quota, ""), Table.Of(FetchOutcome.Quota, $"{perDay} calls are all this source allows in a day"));
        var url = next is not null && Uri.TryCreate(next, UriKind.Absolute, out var to) && SameHost(to, plan) ? to.AbsoluteUri : plan.Source.Address + new Placeholders(Window(plan, question, now), ((ICity)city).Local(now).DateTime, day).Fill(path, secrets);
        var answer = await Get(plan, Asked(plan, url, left, previous), stop);
        if (answer.NotModified) return (answer, Table.Of(FetchOutcome.Ok));
        answers.Add(answer);
        // an error's body may say more than its status line
        return (answer, answer.Outcome != FetchOutcome.Ok && answer.Body.Length == 0 ? Table.Of(answer.Outcome, answer.Detail) : TableReader.Read(plan, answer, city.Zone, now));
    }

    private Question Asked(FeedPlan plan, string url, TimeSpan left, Answer? previous) => new(url, left)
    {
        Previous = previous,
        Headers = plan.Descriptor.Headers.ToDictionary(h => h.Key, h => Placeholders.Header(h.Value, secrets), StringComparer.OrdinalIgnoreCase),
        MaxBytes = (int)(plan.Descriptor.MaxMegabytes * 1024 * 1024),
        Redirects = plan.Descriptor.Redirects,
    };

    // a next page elsewhere was never agreed with the city
    private static bool SameHost(Uri next, FeedPlan plan) => next.GetLeftPart(UriPartial.Authority).Equals(new Uri(plan.Source.Address).GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);

    private Dictionary<string, string> Window(FeedPlan plan, Dictionary<string, string> question, DateTimeOffset now)
    {
        if (plan.Descriptor.Window is not { } window) return question;
        FeedPlan.TryDuration(window.Size, out var size);
        FeedPlan.TryDuration(window.Floor, out var floor);
        var to = new DateTimeOffset(now.UtcTicks / floor.Ticks * floor.Ticks, TimeSpan.Zero);
        string Of(DateTimeOffset at) => ((ICity)city).Local(at).ToString(window.Format, System.Globalization.CultureInfo.InvariantCulture);
        return new(question, StringComparer.Ordinal) { ["from"] = Of(to - size), ["to"] = Of(to) };
    }

    /// <summary>Counts the calls of a day, for sources that allow so many.</summary>
    internal sealed class Calls(DateTime day = default, int used = 0)
    {
        private readonly Lock _gate = new();
        private DateTime _day = day;
        private int _used = used;

        public bool Take(DateTime today, int most)
        {
            lock (_gate)
            {
                if (_day != today) (_day, _used) = (today, 0);
                if (_used >= most) return false;
                _used++;
                return true;
            }
        }

        public int Used(DateTime today) { lock (_gate) return _day == today ? _used : 0; }
    }

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
                while (room?.HistoryWaits == true) if (!await Rest(TimeSpan.FromMinutes(1), stop)) return;
                var (from, to) = (Midnight(day), Midnight(day.AddDays(1)));
                var now = time.GetUtcNow();
                var (hours, times) = await store.Known(plan.Feed.Key, from, to, stop);
                bool HasHour(DateTimeOffset at) => hours.Contains(at.ToUnixTimeMilliseconds() / ReadingStore.HourMs);
                var complete = true;
                for (var hour = from; hour < to && hour < now; hour = hour.AddHours(1)) complete &= HasHour(hour);
                // steps that are finer than an hour may be missing inside one
                if (complete && (covers >= TimeSpan.FromHours(1) || to < now - Fine)) continue;
                bool Unknown(Reading r) => !HasHour(r.ObservedAt) || covers < TimeSpan.FromHours(1) && times.Count > 0 && !times.Contains(r.ObservedAt.ToUnixTimeMilliseconds());
                for (var attempt = 1; ; attempt++)
                {
                    var (_, table) = await Ask(plan, history.Url, null, day, [], stop);
                    if (table.Outcome == FetchOutcome.Empty) break;
                    var mapped = table.Outcome == FetchOutcome.Ok ? RowMap.Map(plan, city, table, covers, time.GetUtcNow()) : new(table.Outcome, table.Detail);
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
        while (await Rest(Round, stop))
            try
            {
                // every host has a clock of its own
                Changed(known).ForEach(signals.Here);
                if (book.Lost.Look(book.Health, time.GetUtcNow())) signals.Here(Desk.LostFeeds.Feed);
                await StoreWhatIsLeft();
            }
            catch (Exception broken) { log.LogError(broken, "A change of state could not be told"); }
    }

    // what this host brought and could not store, and what it was sent: also when it is another's turn to ask
    private async Task StoreWhatIsLeft()
    {
        foreach (var health in book.Health)
        {
            lock (_running) if (_running.ContainsKey(health.Plan.Feed.Key)) continue;
            if (health.Unstored == 0) continue;
            await Store(health.Plan);
            if (book.HealthOf(health.Plan.Feed.Key) is { Unstored: 0 }) signals.Signal(health.Plan.Feed.Key);
            else return;
        }
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

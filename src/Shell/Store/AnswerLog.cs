using System.Data.Common;
using System.IO.Compression;
using System.Security.Cryptography;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>One fetch and the bytes it brought.</summary>
internal sealed record Fetch(string Feed, DateTimeOffset At, FetchOutcome Outcome, string? Detail, int Rows, TimeSpan Took, string? ContentType, byte[] Body, TimeSpan Keep);

/// <summary>Fetches of a feed, one after the other, that brought the same: what the health page lists.</summary>
/// <param name="Hash">SHA-256 in hexadecimal; empty when no bytes came.</param>
/// <param name="Size">Bytes as they came.</param>
internal sealed record KeptAnswer(string Feed, DateTimeOffset From, DateTimeOffset Until, int Count, FetchOutcome Outcome, string? Detail, int Rows, TimeSpan Took, string? ContentType, string Hash, int Size);

/// <summary>Fetches of a feed, one after the other, that came to the same.</summary>
internal sealed record FetchRun(string Feed, DateTimeOffset From, DateTimeOffset Until, int Count, FetchOutcome Outcome, string? Detail);

/// <summary>Every fetch and its raw answer: compressed, each content once, fetches that came to the same in one row. A beat only
/// lays its answer down here; when too many wait, the newest is given up and counted, because the present goes before its record.</summary>
internal sealed class AnswerLog(CityDatabase database, ILogger<AnswerLog> log, DiskRoom? room = null) : BackgroundService
{
    public const int MostWaiting = 5_000, MostBytes = 64 * 1024 * 1024;
    private const int Batch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Slack = TimeSpan.FromHours(1);
    private static readonly string[] FetchColumns = ["Feed", "From", "Until", "Count", "Outcome", "Detail"];
    private static readonly string[] AnswerColumns = ["Feed", "From", "Until", "Count", "Outcome", "Detail", "Rows", "Took", "ContentType", "Hash", "Size"];

    private readonly Lock _gate = new();
    private readonly Queue<Fetch> _waiting = [];
    private readonly SemaphoreSlim _one = new(1, 1);
    // the rows that may grow: the last of each feed
    private readonly Dictionary<string, FetchRun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeptAnswer> _answers = new(StringComparer.Ordinal);
    // until when contents are promised to be kept, of the feeds' last answers: said again, they are not written again
    private readonly Dictionary<string, (string Hash, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Answers that were given up because too many waited, or because the store refused them.</summary>
    public long GivenUp { get; private set; }
    public int Waiting { get { lock (_gate) return _waiting.Count; } }

    /// <summary>Lays a fetch down. Costs the caller nothing but that.</summary>
    public void Put(Fetch fetch)
    {
        lock (_gate)
        {
            if (_waiting.Count >= MostWaiting || _bytes + fetch.Body.Length > MostBytes)
            {
                GivenUp++;
                return;
            }
            _waiting.Enqueue(fetch);
            _bytes += fetch.Body.Length;
        }
    }

    /// <summary>Forgets the rows that may grow: another host has written since.</summary>
    public void Forget()
    {
        _one.Wait();
        _runs.Clear();
        _answers.Clear();
        _kept.Clear();
        _one.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        var broken = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                try
                {
                    if (room?.HistoryWaits == true) continue;
                    await Flush(stoppingToken);
                    if (broken) log.LogInformation("Raw answers are kept again; {GivenUp} were given up", GivenUp);
                    broken = false;
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    if (!broken) log.LogError(failed, "Raw answers cannot be kept; up to {Most} wait", MostWaiting);
                    broken = true;
                }
        }
        catch (OperationCanceledException) { /* the host stops */ }
        try { await Flush(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None); }
        catch (Exception failed) { log.LogWarning(failed, "{Count} raw answers were not kept when the host stopped", Waiting); }
    }

    /// <summary>Writes what waits.</summary>
    public async Task Flush(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            while (true)
            {
                List<Fetch> batch;
                lock (_gate) batch = [.. _waiting.Take(Batch)];
                if (batch.Count == 0) return;
                // compressed before the writer's place is taken
                var contents = new Dictionary<string, (byte[] Bytes, DateTimeOffset Until)>(StringComparer.Ordinal);
                var hashes = new List<string>(batch.Count);
                foreach (var fetch in batch)
                {
                    var hash = fetch.Body.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(fetch.Body));
                    hashes.Add(hash);
                    if (hash.Length == 0 || _kept.GetValueOrDefault(fetch.Feed) is var kept && kept.Hash == hash && kept.Until >= fetch.At + fetch.Keep) continue;
                    var until = fetch.At + fetch.Keep + Slack;
                    contents[hash] = contents.TryGetValue(hash, out var twice) ? (twice.Bytes, until > twice.Until ? until : twice.Until) : (Compress(fetch.Body), until);
                    _kept[fetch.Feed] = (hash, until);
                }
                try { await Write(batch, hashes, contents, cancel); }
                catch
                {
                    // what memory holds may be ahead of the database
                    _runs.Clear();
                    _answers.Clear();
                    _kept.Clear();
                    throw;
                }
                lock (_gate)
                    for (var i = 0; i < batch.Count; i++) _bytes -= _waiting.Dequeue().Body.Length;
            }
        }
        finally { _one.Release(); }
    }

    private Task Write(List<Fetch> batch, List<string> hashes, Dictionary<string, (byte[] Bytes, DateTimeOffset Until)> contents, CancellationToken cancel) => database.Write(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var raw = Command(connection, transaction, Sql.Insert(database.T("raw"), "Hash", "Bytes", "KeepUntil") +
            $" ON CONFLICT ({Q("Hash")}) DO UPDATE SET {Q("KeepUntil")} = CASE WHEN excluded.{Q("KeepUntil")} > raw_row.{Q("KeepUntil")} THEN excluded.{Q("KeepUntil")} ELSE raw_row.{Q("KeepUntil")} END".Replace("raw_row", database.Kind == DatabaseKind.Postgres ? "raw" : database.T("raw"), StringComparison.Ordinal), "Hash", "Bytes", "KeepUntil");
        foreach (var (hash, (bytes, until)) in contents) await raw.Run(cancel, hash, bytes, until.Ms());
        await using var run = Command(connection, transaction, Upsert("fetches", FetchColumns), FetchColumns);
        await using var answer = Command(connection, transaction, Upsert("answers", AnswerColumns), AnswerColumns);
        var (runs, answers) = (new Dictionary<string, FetchRun>(StringComparer.Ordinal), new Dictionary<string, KeptAnswer>(StringComparer.Ordinal));
        Task WriteRun(FetchRun r) => run.Run(cancel, r.Feed, r.From.Ms(), r.Until.Ms(), r.Count, (short)r.Outcome, r.Detail);
        Task WriteAnswer(KeptAnswer a) => answer.Run(cancel, a.Feed, a.From.Ms(), a.Until.Ms(), a.Count, (short)a.Outcome, a.Detail, a.Rows, (int)a.Took.TotalMilliseconds, a.ContentType, a.Hash, a.Size);
        foreach (var (fetch, hash) in batch.Zip(hashes))
        {
            // where the clock was set back, a new row begins
            var lastRun = runs.GetValueOrDefault(fetch.Feed) ?? _runs.GetValueOrDefault(fetch.Feed);
            if (lastRun is not null && fetch.At >= lastRun.Until && lastRun.Outcome == fetch.Outcome && lastRun.Detail == fetch.Detail) lastRun = lastRun with { Until = fetch.At, Count = lastRun.Count + 1 };
            else
            {
                if (runs.GetValueOrDefault(fetch.Feed) is { } done) await WriteRun(done);
                lastRun = new(fetch.Feed, fetch.At, fetch.At, 1, fetch.Outcome, fetch.Detail);
            }
            runs[fetch.Feed] = lastRun;
            var lastAnswer = answers.GetValueOrDefault(fetch.Feed) ?? _answers.GetValueOrDefault(fetch.Feed);
            if (lastAnswer is not null && fetch.At >= lastAnswer.Until && lastAnswer.Outcome == fetch.Outcome && lastAnswer.Hash == hash && lastAnswer.Detail == fetch.Detail) lastAnswer = lastAnswer with { Until = fetch.At, Count = lastAnswer.Count + 1, Rows = fetch.Rows, Took = fetch.Took };
            else
            {
                if (answers.GetValueOrDefault(fetch.Feed) is { } done) await WriteAnswer(done);
                lastAnswer = new(fetch.Feed, fetch.At, fetch.At, 1, fetch.Outcome, fetch.Detail, fetch.Rows, fetch.Took, fetch.ContentType, hash, fetch.Body.Length);
            }
            answers[fetch.Feed] = lastAnswer;
        }
        foreach (var r in runs.Values) await WriteRun(r);
        foreach (var a in answers.Values) await WriteAnswer(a);
        await transaction.CommitAsync(cancel);
        foreach (var (feed, r) in runs) _runs[feed] = r;
        foreach (var (feed, a) in answers) _answers[feed] = a;
    }, cancel);

    private string Upsert(string table, string[] columns) =>
        $"{Sql.Insert(database.T(table), columns)} ON CONFLICT ({Q("Feed")}, {Q("From")}) DO UPDATE SET {string.Join(", ", columns.Skip(2).Select(c => $"{Q(c)} = excluded.{Q(c)}"))}";

    private static byte[] Compress(byte[] body)
    {
        // the fourth level: three quarters of the best for a twentieth of its time
        var bytes = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        return BrotliEncoder.TryCompress(body, bytes, out var written, 4, 22) ? bytes[..written] : throw new InvalidOperationException("An answer could not be compressed.");
    }

    /// <summary>The last answers of a feed, newest first; fetches that brought the same are one.</summary>
    public async Task<IReadOnlyList<KeptAnswer>> Last(string feed, int count, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return await connection.Rows($"{SelectAnswers} WHERE {Q("Feed")} = @feed ORDER BY {Q("From")} DESC LIMIT @count", [("feed", feed), ("count", count)], ReadAnswer, cancel);
    }

    /// <summary>The answer that a record of a feed came from, by the time it was fetched; null when it is no longer kept.</summary>
    public async Task<KeptAnswer?> At(string feed, DateTimeOffset fetchedAt, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return (await connection.Rows($"{SelectAnswers} WHERE {Q("Feed")} = @feed AND {Q("From")} <= @at ORDER BY {Q("From")} DESC LIMIT 1", [("feed", feed), ("at", fetchedAt.Ms())], ReadAnswer, cancel)).FirstOrDefault(a => a.Until.Ms() >= fetchedAt.Ms());
    }

    /// <summary>The bytes of an answer as they came; null when they are no longer kept.</summary>
    /// <param name="hash">SHA-256 in hexadecimal.</param>
    /// <param name="cancel">Stops the query.</param>
    public async Task<byte[]?> Body(string hash, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return await Body(connection, hash, cancel);
    }

    public async Task<byte[]?> Body(DbConnection connection, string hash, CancellationToken cancel)
    {
        var found = await connection.Rows($"SELECT {Q("Bytes")} FROM {database.T("raw")} WHERE {Q("Hash")} = @hash", [("hash", hash)], row => (byte[])row[0], cancel);
        if (found is not [var bytes]) return null;
        await using var plain = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var body = new MemoryStream();
        await plain.CopyToAsync(body, cancel);
        return body.ToArray();
    }

    /// <summary>The newest bytes that a feed had brought at an instant, and when they first came; null when they are no longer kept.</summary>
    public async Task<(DateTimeOffset From, byte[] Body)?> PictureAt(DbConnection connection, string feed, DateTimeOffset at, CancellationToken cancel)
    {
        var last = await connection.Rows($"{SelectAnswers} WHERE {Q("Feed")} = @feed AND {Q("From")} <= @at AND {Q("Outcome")} = {(int)FetchOutcome.Ok} AND {Q("Hash")} <> '' ORDER BY {Q("From")} DESC LIMIT 1", [("feed", feed), ("at", at.Ms())], ReadAnswer, cancel);
        return last is [var answer] && await Body(connection, answer.Hash, cancel) is { } body ? (answer.From, body) : null;
    }

    public async Task<(DateTimeOffset From, byte[] Body)?> PictureAt(string feed, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return await PictureAt(connection, feed, at, cancel);
    }

    /// <summary>The runs of fetches of every feed that had begun at an instant, oldest first.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<FetchRun>>> RunsAt(DbConnection connection, DateTimeOffset at, TimeSpan window, CancellationToken cancel)
    {
        var runs = await connection.Rows($"SELECT {List(FetchColumns)} FROM {database.T("fetches")} WHERE {Q("Until")} >= @since AND {Q("From")} <= @at ORDER BY {Q("From")}", [("since", (at - window).Ms()), ("at", at.Ms())],
            row => new FetchRun(row.GetString(0), row.Instant(1), row.Instant(2) is var until && until > at ? at : until, row.GetInt32(3), (FetchOutcome)row.GetInt16(4), row.Text(5)), cancel);
        return runs.GroupBy(r => r.Feed, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<FetchRun>)[.. g], StringComparer.Ordinal);
    }

    private string SelectAnswers => $"SELECT {List(AnswerColumns)} FROM {database.T("answers")}";

    private static KeptAnswer ReadAnswer(DbDataReader row) => new(row.GetString(0), row.Instant(1), row.Instant(2), row.GetInt32(3), (FetchOutcome)row.GetInt16(4), row.Text(5), row.GetInt32(6), TimeSpan.FromMilliseconds(row.GetInt32(7)), row.Text(8), row.GetString(9), row.GetInt32(10));

    /// <summary>Deletes answers that have been kept long enough, and the record of fetches older than an instant.</summary>
    /// <param name="keep">How long the answers of each feed are kept.</param>
    /// <param name="now">The time.</param>
    /// <param name="fetchesBefore">Older runs of fetches are deleted.</param>
    /// <param name="cancel">Stops it.</param>
    public Task Prune(IEnumerable<KeyValuePair<string, TimeSpan>> keep, DateTimeOffset now, DateTimeOffset fetchesBefore, CancellationToken cancel) => database.Write(async connection =>
    {
        await using var answers = Command(connection, null, $"DELETE FROM {database.T("answers")} WHERE {Q("Feed")} = @feed AND {Q("Until")} < @before", "feed", "before");
        foreach (var (feed, time) in keep) await answers.Run(cancel, feed, (now - time).Ms());
        await using var raw = Command(connection, null, $"DELETE FROM {database.T("raw")} WHERE {Q("KeepUntil")} < @now", "now");
        await raw.Run(cancel, now.Ms());
        await using var fetches = Command(connection, null, $"DELETE FROM {database.T("fetches")} WHERE {Q("Until")} < @before", "before");
        await fetches.Run(cancel, fetchesBefore.Ms());
    }, cancel);

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }
}

using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>Keeps readings and answers questions about their past. Corrections never overwrite.</summary>
internal sealed partial class ReadingStore(CityDatabase database, IDbContextFactory<FeedsDb> contexts, TimeZoneInfo zone)
{
    public const long HourMs = 3_600_000;
    private readonly Dictionary<string, Dictionary<(string Thing, string Property), int>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Series, long Hour), OpenHour> _open = [];
    // hours that memory knows. Whole are those in which a feed has looked back once: it may do so with every answer
    private readonly Dictionary<(string Feed, long Hour), bool> _whole = [];
    private readonly CityDays _days = new(zone);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _me = Guid.NewGuid().ToString("N");
    private long _batch;

    /// <summary>What feeds bring besides values.</summary>
    public RecordStore Records { get; } = new(database);

    /// <summary>Single values that memory holds.</summary>
    public int Held => _open.Values.Sum(o => o.Held);

    private string T(string table) => database.T(table);

    /// <summary>Stores readings that are new or corrected, and brings the hours and days they fall in up to date, in one transaction.</summary>
    public async Task Add(string feed, IReadOnlyList<Reading> readings, CancellationToken cancel)
    {
        if (readings.Count == 0) return;
        await _gate.WaitAsync(cancel);
        try
        {
            try { await Write(feed, readings, certain: true, cancel); }
            catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // somebody else has written to the table: what memory holds of it is read anew
                Clear();
                await Write(feed, readings, certain: false, cancel);
            }
            // what is foretold lies ahead of the hours that are being filled, and pushes none of them out
            Forget(readings.Max(r => r.ObservedAt < r.FetchedAt ? r.ObservedAt : r.FetchedAt).Ms());
        }
        catch
        {
            // what memory holds may be ahead of the database: read it again when next needed
            Clear();
            throw;
        }
        finally { _gate.Release(); }
    }

    private Task Write(string feed, IReadOnlyList<Reading> readings, bool certain, CancellationToken cancel) => database.Write(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (database.Kind == DatabaseKind.Postgres) await BeTheWriter(connection, transaction, feed, cancel);
        var known = _series.TryGetValue(feed, out var series) ? series : _series[feed] = series = [];
        foreach (var reading in readings)
        {
            if (!known.ContainsKey((reading.Thing, reading.Property))) known[(reading.Thing, reading.Property)] = await NewSeries(connection, transaction, feed, reading, cancel);
            var hour = reading.ObservedAt.Ms() / HourMs * HourMs;
            if (_whole.TryAdd((feed, hour), false)) await Load(connection, transaction, feed, hour, cancel);
            else if (_open.TryGetValue((known[(reading.Thing, reading.Property)], hour), out var open) && open.Lacks(reading.ObservedAt.Ms()))
            {
                _whole[(feed, hour)] = true;
                foreach (var id in known.Values) _open.Remove((id, hour));
                await Load(connection, transaction, feed, hour, cancel);
            }
        }
        var rows = new List<ObservationRow>(readings.Count);
        var touched = new List<(int Series, long Hour, OpenHour Of)>();
        _batch++;
        foreach (var reading in readings)
        {
            var (id, at, fetched) = (known[(reading.Thing, reading.Property)], reading.ObservedAt.Ms(), reading.FetchedAt.Ms());
            var hour = at / HourMs * HourMs;
            if (!_open.TryGetValue((id, hour), out var open)) open = _open[(id, hour)] = new();
            var row = new ObservationRow(at, id, fetched, reading.ObservedUntil.Ms(), reading.Value ?? double.NaN, (short)reading.Quality);
            if (!open.Take(row.ObservedAt, row.ObservedUntil, fetched, row.Value, row.Quality)) continue;
            rows.Add(row);
            if (open.Thinned || open.Batch == _batch) continue;
            open.Batch = _batch;
            touched.Add((id, hour, open));
        }
        // oldest first, as the table lies
        if (rows.Count > 1) rows.Sort((a, b) => a.ObservedAt != b.ObservedAt ? a.ObservedAt.CompareTo(b.ObservedAt) : a.Series.CompareTo(b.Series));
        var writer = ReadingRows.On(database, connection);
        writer.Observations(rows, certain);
        writer.Hours(touched.ConvertAll(t => new HourRow(t.Series, t.Hour, t.Of.All.Count, t.Of.All.Sum, t.Of.All.Min, t.Of.All.Max, t.Of.ChangedAt)));
        writer.Days(touched.Select(t => (t.Series, Day: _days.Of(t.Hour))).Select(t => (t.Series, t.Day.Start, t.Day.End)).ToHashSet(), touched.Exists(t => t.Of.All.Count == 0));
        await transaction.CommitAsync(cancel);
        foreach (var (_, hour, of) in touched) if (!_whole[(feed, hour)]) of.LetGo();
    }, cancel);

    // the hours in memory are right for as long as nobody else writes the feed: one host at a time does, and whoever comes after another reads
    // them again. That holds however the turns change, and for what is sent or uploaded to different hosts
    private async Task BeTheWriter(DbConnection connection, DbTransaction transaction, string feed, CancellationToken cancel)
    {
        // two statements, so that the second sees what the lock has waited for
        await using var one = Command(connection, transaction, "SELECT pg_advisory_xact_lock(1936553063, hashtext(@feed))", "feed");
        await one.Run(cancel, feed);
        await using var last = Command(connection, transaction, $"SELECT {Q("Writer")} FROM {T("writers")} WHERE {Q("Feed")} = @feed", "feed");
        last.Set(feed);
        if (await last.ExecuteScalarAsync(cancel) as string == _me) return;
        if (_series.Remove(feed, out var series))
        {
            var ids = series.Values.ToHashSet();
            foreach (var hour in _open.Keys.Where(k => ids.Contains(k.Series)).ToList()) _open.Remove(hour);
        }
        foreach (var hour in _whole.Keys.Where(k => k.Feed == feed).ToList()) _whole.Remove(hour);
        await using var mine = Command(connection, transaction, $"{Sql.Insert(T("writers"), "Feed", "Writer")} ON CONFLICT ({Q("Feed")}) DO UPDATE SET {Q("Writer")} = excluded.{Q("Writer")}", "Feed", "Writer");
        await mine.Run(cancel, feed, _me);
    }

    private async Task<int> NewSeries(DbConnection connection, DbTransaction transaction, string feed, Reading reading, CancellationToken cancel)
    {
        await using var insert = Command(connection, transaction, Sql.Insert(T("series"), "Feed", "Thing", "Property") + " ON CONFLICT DO NOTHING", "Feed", "Thing", "Property");
        await using var find = Command(connection, transaction, $"SELECT {Q("Id")} FROM {T("series")} WHERE {Q("Feed")} = @Feed AND {Q("Thing")} = @Thing AND {Q("Property")} = @Property", "Feed", "Thing", "Property");
        find.Set(feed, reading.Thing, reading.Property);
        var id = await find.ExecuteScalarAsync(cancel);
        if (id is null)
        {
            await insert.Run(cancel, feed, reading.Thing, reading.Property);
            id = await find.ExecuteScalarAsync(cancel);
        }
        return Convert.ToInt32(id, CultureInfo.InvariantCulture);
    }

    // all series of the feed in one pass: asked one by one, each would read the whole hour
    private async Task Load(DbConnection connection, DbTransaction transaction, string feed, long hour, CancellationToken cancel)
    {
        OpenHour Of(int series) => _open.TryGetValue((series, hour), out var open) ? open : _open[(series, hour)] = new();
        var ofFeed = $"{Q("SeriesId")} IN (SELECT {Q("Id")} FROM {T("series")} WHERE {Q("Feed")} = @feed)";
        await using var query = Command(connection, transaction,
            $"SELECT {Q("SeriesId")}, {Q("ObservedAt")}, {Q("ObservedUntil")}, {Q("FetchedAt")}, {Q("Value")}, {Q("Quality")} FROM {T("observations")} WHERE {Q("ObservedAt")} >= @from AND {Q("ObservedAt")} < @to AND {ofFeed} ORDER BY {Q("ObservedAt")}, {Q("SeriesId")}, {Q("FetchedAt")}", "from", "to", "feed");
        query.Set(hour, hour + HourMs, feed);
        await using (var rows = await query.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel)) Of(rows.GetInt32(0)).Take(rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.Double(4) ?? double.NaN, rows.GetInt16(5));
        await using var count = Command(connection, transaction, $"SELECT {Q("SeriesId")}, {Q("Count")} FROM {T("hours")} WHERE {Q("Hour")} = @hour AND {ofFeed}", "hour", "feed");
        count.Set(hour, feed);
        await using (var rows = await count.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel)) if (Of(rows.GetInt32(0)) is var of && rows.GetInt32(1) > of.All.Count) of.Thinned = true;
    }

    private void Clear()
    {
        _open.Clear();
        _whole.Clear();
        _series.Clear();
    }

    /// <summary>Forgets what memory holds of the tables, after somebody else has written to them.</summary>
    public async Task Forget(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        Clear();
        _gate.Release();
    }

    private void Forget(long newest)
    {
        var before = newest - 2 * HourMs;
        var full = _whole.Keys.Where(k => k.Hour < before).ToList();
        if (full.Count == 0) return;
        foreach (var hour in full) _whole.Remove(hour);
        foreach (var old in _open.Keys.Where(k => k.Hour < before).ToList()) _open.Remove(old);
    }

    /// <summary>Makes the days of hours that were stored before there were days. Once.</summary>
    public Task FillDays(CancellationToken cancel) => database.Write(async connection =>
    {
        if (await connection.Number($"SELECT count(*) FROM (SELECT 1 FROM {T("days")} LIMIT 1) AS one", [], cancel) > 0) return;
        var first = await connection.Number($"SELECT min({Q("Hour")}) FROM {T("hours")}", [], cancel);
        var last = await connection.Number($"SELECT max({Q("Hour")}) FROM {T("hours")}", [], cancel);
        if (last == 0) return;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var fill = Command(connection, transaction, $"INSERT INTO {T("days")} ({List(["SeriesId", "Day", "Count", "Sum", "Min", "Max"])}) SELECT {Q("SeriesId")}, CAST(@day AS bigint), CAST(sum({Q("Count")}) AS integer), sum({Q("Sum")}), min({Q("Min")}), max({Q("Max")}) " +
            $"FROM {T("hours")} WHERE {Q("Hour")} >= @from AND {Q("Hour")} < @to GROUP BY {Q("SeriesId")}", "day", "from", "to");
        for (var (start, end) = _days.Of(first); start <= last; (start, end) = _days.Of(end)) await fill.Run(cancel, start, start, end);
        await transaction.CommitAsync(cancel);
    }, cancel);
}

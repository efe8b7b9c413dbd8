using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>Keeps readings and answers questions about their past. Corrections never overwrite.</summary>
internal sealed class ReadingStore(CityDatabase database, IDbContextFactory<FeedsDb> contexts)
{
    public const long HourMs = 3_600_000;
    private static readonly string[] ObservationColumns = ["ObservedAt", "SeriesId", "FetchedAt", "ObservedUntil", "Value", "Quality"];
    private readonly Dictionary<(string Feed, string Thing, string Property), int> _series = [];
    // the values of the hours that are being filled, so that an hour's sum counts each time once, by its latest correction
    private readonly Dictionary<(int Series, long Hour), OpenHour> _open = [];
    private readonly HashSet<long> _loaded = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <param name="Values">By time.</param>
    /// <param name="Thinned">True when single values of it have been deleted: its sums cannot be made again from what is left.</param>
    private sealed record OpenHour(Dictionary<long, double> Values, bool Thinned);

    /// <summary>What feeds bring besides values.</summary>
    public RecordStore Records { get; } = new(database);

    private string T(string table) => database.T(table);

    /// <summary>Stores readings and brings the hours they fall in up to date, in one transaction.</summary>
    public async Task Add(string feed, IReadOnlyList<Reading> readings, CancellationToken cancel)
    {
        if (readings.Count == 0) return;
        await _gate.WaitAsync(cancel);
        try
        {
            await database.Write(async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await using var insert = Command(connection, transaction,
                    $"INSERT INTO {T("observations")} ({string.Join(", ", ObservationColumns.Select(Q))}) VALUES ({string.Join(", ", ObservationColumns.Select(c => "@" + c))}) ON CONFLICT DO NOTHING", ObservationColumns);
                var touched = new Dictionary<(int, long), OpenHour>();
                foreach (var reading in readings)
                {
                    var series = await SeriesOf(connection, transaction, feed, reading, cancel);
                    var at = reading.ObservedAt.ToUnixTimeMilliseconds();
                    var hour = at / HourMs * HourMs;
                    var open = await Open(connection, transaction, series, hour, cancel);
                    insert.Set(at, series, reading.FetchedAt.ToUnixTimeMilliseconds(), reading.ObservedUntil.ToUnixTimeMilliseconds(), (object?)reading.Value ?? DBNull.Value, (short)reading.Quality);
                    await insert.ExecuteNonQueryAsync(cancel);
                    // a value that is taken back counts no longer
                    if (reading.Value is { } value) open.Values[at] = value;
                    else if (!open.Values.Remove(at)) continue;
                    if (!open.Thinned) touched[(series, hour)] = open;
                }
                await WriteHours(connection, transaction, touched, cancel);
                await transaction.CommitAsync(cancel);
            }, cancel);
            Forget(readings.Max(r => r.ObservedAt).ToUnixTimeMilliseconds());
        }
        catch
        {
            // what memory holds may be ahead of the database: read it again when next needed
            _open.Clear();
            _loaded.Clear();
            _series.Clear();
            throw;
        }
        finally { _gate.Release(); }
    }

    private async Task<int> SeriesOf(DbConnection connection, DbTransaction transaction, string feed, Reading reading, CancellationToken cancel)
    {
        var key = (feed, reading.Thing, reading.Property);
        if (_series.TryGetValue(key, out var id)) return id;
        await using var insert = Command(connection, transaction,
            $"INSERT INTO {T("series")} ({Q("Feed")}, {Q("Thing")}, {Q("Property")}) VALUES (@Feed, @Thing, @Property) ON CONFLICT DO NOTHING", "Feed", "Thing", "Property");
        insert.Set(feed, reading.Thing, reading.Property);
        await insert.ExecuteNonQueryAsync(cancel);
        insert.CommandText = $"SELECT {Q("Id")} FROM {T("series")} WHERE {Q("Feed")} = @Feed AND {Q("Thing")} = @Thing AND {Q("Property")} = @Property";
        return _series[key] = Convert.ToInt32(await insert.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    private async Task<OpenHour> Open(DbConnection connection, DbTransaction transaction, int series, long hour, CancellationToken cancel)
    {
        if (_loaded.Add(hour)) await Load(connection, transaction, hour, cancel);
        return _open.TryGetValue((series, hour), out var open) ? open : _open[(series, hour)] = new([], false);
    }

    // all series of the hour in one pass: asked one by one, each would read the whole hour
    private async Task Load(DbConnection connection, DbTransaction transaction, long hour, CancellationToken cancel)
    {
        var values = new Dictionary<int, Dictionary<long, double>>();
        await using var query = Command(connection, transaction,
            $"SELECT {Q("SeriesId")}, {Q("ObservedAt")}, {Q("Value")} FROM {T("observations")} WHERE {Q("ObservedAt")} >= @from AND {Q("ObservedAt")} < @to ORDER BY {Q("FetchedAt")}", "from", "to");
        query.Set(hour, hour + HourMs);
        await using (var rows = await query.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel))
            {
                var of = values.TryGetValue(rows.GetInt32(0), out var known) ? known : values[rows.GetInt32(0)] = [];
                if (rows.IsDBNull(2)) of.Remove(rows.GetInt64(1));
                else of[rows.GetInt64(1)] = rows.GetDouble(2);
            }
        var counted = new Dictionary<int, int>();
        await using var count = Command(connection, transaction, $"SELECT {Q("SeriesId")}, {Q("Count")} FROM {T("hours")} WHERE {Q("Hour")} = @hour", "hour");
        count.Set(hour);
        await using (var rows = await count.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel)) counted[rows.GetInt32(0)] = rows.GetInt32(1);
        foreach (var series in values.Keys.Union(counted.Keys))
        {
            var of = values.GetValueOrDefault(series) ?? [];
            _open[(series, hour)] = new(of, counted.GetValueOrDefault(series) > of.Count);
        }
    }

    private async Task WriteHours(DbConnection connection, DbTransaction transaction, Dictionary<(int Series, long Hour), OpenHour> touched, CancellationToken cancel)
    {
        await using var upsert = Command(connection, transaction,
            $"INSERT INTO {T("hours")} ({Q("SeriesId")}, {Q("Hour")}, {Q("Count")}, {Q("Sum")}, {Q("Min")}, {Q("Max")}) VALUES (@series, @hour, @count, @sum, @min, @max) " +
            $"ON CONFLICT ({Q("SeriesId")}, {Q("Hour")}) DO UPDATE SET {Q("Count")} = excluded.{Q("Count")}, {Q("Sum")} = excluded.{Q("Sum")}, {Q("Min")} = excluded.{Q("Min")}, {Q("Max")} = excluded.{Q("Max")}",
            "series", "hour", "count", "sum", "min", "max");
        await using var delete = Command(connection, transaction, $"DELETE FROM {T("hours")} WHERE {Q("SeriesId")} = @series AND {Q("Hour")} = @hour", "series", "hour");
        foreach (var ((series, hour), (values, _)) in touched)
        {
            if (values.Count == 0) delete.Set(series, hour);
            else upsert.Set(series, hour, values.Count, values.Values.Sum(), values.Values.Min(), values.Values.Max());
            await (values.Count == 0 ? delete : upsert).ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Forgets what memory holds of the tables, after somebody else has written to them.</summary>
    public async Task Forget(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        _open.Clear();
        _loaded.Clear();
        _series.Clear();
        _gate.Release();
    }

    private void Forget(long newest)
    {
        var before = newest - 2 * HourMs;
        foreach (var old in _open.Keys.Where(k => k.Hour < before).ToList()) _open.Remove(old);
        _loaded.RemoveWhere(hour => hour < before);
    }

    /// <summary>The newest reading of every series of a feed that was observed since an instant.</summary>
    public async Task<IReadOnlyList<Reading>> Newest(string feed, DateTimeOffset since, CancellationToken cancel) =>
        [.. (await Since(feed, null, since, cancel)).GroupBy(r => (r.Thing, r.Property)).Select(g => g.Last())];

    /// <summary>Every value since an instant, each time once, by its latest correction, oldest first.</summary>
    public async Task<IReadOnlyList<Reading>> Since(string feed, string? property, DateTimeOffset since, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        await using var query = Command(connection, null,
            $"SELECT s.{Q("Thing")}, s.{Q("Property")}, o.{Q("ObservedAt")}, o.{Q("ObservedUntil")}, o.{Q("FetchedAt")}, o.{Q("Value")}, o.{Q("Quality")} FROM {T("observations")} o JOIN {T("series")} s ON s.{Q("Id")} = o.{Q("SeriesId")} " +
            $"WHERE o.{Q("ObservedAt")} >= @since AND s.{Q("Feed")} = @feed {(property is null ? "" : $"AND s.{Q("Property")} = @property ")}ORDER BY o.{Q("ObservedAt")}, o.{Q("FetchedAt")}",
            property is null ? ["since", "feed"] : ["since", "feed", "property"]);
        query.Set(property is null ? [since.ToUnixTimeMilliseconds(), feed] : [since.ToUnixTimeMilliseconds(), feed, property]);
        var newest = new Dictionary<(string, string, long), Reading>();
        await using var rows = await query.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (thing, of) = (rows.GetString(0), rows.GetString(1));
            newest[(thing, of, rows.GetInt64(2))] = new(thing, of, At(rows.GetInt64(2)), At(rows.GetInt64(3)), At(rows.GetInt64(4)), rows.IsDBNull(5) ? null : rows.GetDouble(5), (Quality)rows.GetInt16(6));
        }
        return [.. newest.Values.OrderBy(r => r.ObservedAt)];
    }

    /// <summary>Sums of hours: of one thing, or over all things of the feed.</summary>
    public async Task<IReadOnlyList<(long Hour, string Thing, int Count, double Sum, double Min, double Max)>> Hours(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        await using var query = Command(connection, null,
            $"SELECT h.{Q("Hour")}, s.{Q("Thing")}, h.{Q("Count")}, h.{Q("Sum")}, h.{Q("Min")}, h.{Q("Max")} FROM {T("hours")} h JOIN {T("series")} s ON s.{Q("Id")} = h.{Q("SeriesId")} " +
            $"WHERE s.{Q("Feed")} = @feed AND s.{Q("Property")} = @property {(thing is null ? "" : $"AND s.{Q("Thing")} = @thing ")}AND h.{Q("Hour")} >= @from AND h.{Q("Hour")} < @to",
            thing is null ? ["feed", "property", "from", "to"] : ["feed", "property", "from", "to", "thing"]);
        query.Set(thing is null ? [feed, property, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds()] : [feed, property, from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), thing]);
        var hours = new List<(long, string, int, double, double, double)>();
        await using var rows = await query.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) hours.Add((rows.GetInt64(0), rows.GetString(1), rows.GetInt32(2), rows.GetDouble(3), rows.GetDouble(4), rows.GetDouble(5)));
        return hours;
    }

    /// <summary>What is known of a feed's past: its hours since 1970, and the times of its single values, in milliseconds.</summary>
    public async Task<(IReadOnlySet<long> Hours, IReadOnlySet<long> Times)> Known(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        async Task<HashSet<long>> Read(string table, string column, long first)
        {
            await using var query = Command(connection, null, $"SELECT DISTINCT t.{Q(column)} FROM {T(table)} t JOIN {T("series")} s ON s.{Q("Id")} = t.{Q("SeriesId")} WHERE s.{Q("Feed")} = @feed AND t.{Q(column)} >= @from AND t.{Q(column)} < @to", "feed", "from", "to");
            query.Set(feed, first, to.ToUnixTimeMilliseconds());
            var found = new HashSet<long>();
            await using var rows = await query.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel)) found.Add(rows.GetInt64(0));
            return found;
        }
        var start = from.ToUnixTimeMilliseconds();
        return ((await Read("hours", "Hour", start / HourMs * HourMs)).Select(h => h / HourMs).ToHashSet(), await Read("observations", "ObservedAt", start));
    }

    /// <summary>Deletes single values observed before an instant; their hours stay.</summary>
    public async Task<int> Prune(DateTimeOffset before, CancellationToken cancel)
    {
        var deleted = 0;
        await database.Write(async connection =>
        {
            await using var delete = Command(connection, null, $"DELETE FROM {T("observations")} WHERE {Q("ObservedAt")} < @before", "before");
            delete.Set(before.ToUnixTimeMilliseconds());
            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }, cancel);
        return deleted;
    }

    public async Task SavePicture(StoredPicture picture, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Pictures.AsNoTracking().AnyAsync(p => p.Feed == picture.Feed, cancel)) db.Pictures.Update(picture);
        else db.Pictures.Add(picture);
        await db.SaveChangesAsync(cancel);
    }

    public async Task<StoredPicture?> Picture(string feed, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Pictures.AsNoTracking().FirstOrDefaultAsync(p => p.Feed == feed, cancel);
    }
}

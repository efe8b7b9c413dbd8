using Microsoft.EntityFrameworkCore;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>The questions. They are asked by connections that cannot write, so they never wait for a write.</summary>
internal sealed partial class ReadingStore
{
    /// <summary>The newest reading of every series of a feed that was observed since an instant.</summary>
    public async Task<IReadOnlyList<Reading>> Newest(string feed, DateTimeOffset since, CancellationToken cancel) =>
        [.. (await Since(feed, null, since, cancel)).GroupBy(r => (r.Thing, r.Property)).Select(g => g.Last())];

    /// <summary>Every value since an instant, each time once, by its latest correction, oldest first.</summary>
    public async Task<IReadOnlyList<Reading>> Since(string feed, string? property, DateTimeOffset since, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
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

    /// <summary>Sums of hours or of days: of one thing, or over all things of the feed.</summary>
    public async Task<IReadOnlyList<(long At, string Thing, int Count, double Sum, double Min, double Max)>> Sums(Step step, string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var (table, at) = step == Step.Hour ? ("hours", "Hour") : ("days", "Day");
        await using var connection = await database.OpenToRead(cancel);
        return await connection.Rows($"SELECT h.{Q(at)}, s.{Q("Thing")}, h.{Q("Count")}, h.{Q("Sum")}, h.{Q("Min")}, h.{Q("Max")} FROM {T(table)} h JOIN {T("series")} s ON s.{Q("Id")} = h.{Q("SeriesId")} " +
            $"WHERE s.{Q("Feed")} = @feed AND s.{Q("Property")} = @property {(thing is null ? "" : $"AND s.{Q("Thing")} = @thing ")}AND h.{Q(at)} >= @from AND h.{Q(at)} < @to",
            thing is null ? [("feed", feed), ("property", property), ("from", from.Ms()), ("to", to.Ms())] : [("feed", feed), ("property", property), ("from", from.Ms()), ("to", to.Ms()), ("thing", thing)],
            row => (row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5)), cancel);
    }

    public Task<IReadOnlyList<(long At, string Thing, int Count, double Sum, double Min, double Max)>> Hours(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel) =>
        Sums(Step.Hour, feed, property, thing, from, to, cancel);

    /// <summary>What is known of a feed's past: its hours since 1970, and the times of its single values, in milliseconds.</summary>
    public async Task<(IReadOnlySet<long> Hours, IReadOnlySet<long> Times)> Known(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
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

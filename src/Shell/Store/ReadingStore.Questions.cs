using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>The questions. They are asked by connections that cannot write, so they never wait for a write; those about the past, of the replica where there is one.</summary>
internal sealed partial class ReadingStore
{
    /// <summary>The newest reading of every series of a feed that was observed since an instant.</summary>
    public async Task<IReadOnlyList<Reading>> Newest(string feed, DateTimeOffset since, CancellationToken cancel) =>
        [.. (await Since(feed, null, since, cancel)).GroupBy(r => (r.Thing, r.Property)).Select(g => g.Last())];

    /// <summary>Every value since an instant, each time once, by its latest correction, oldest first.</summary>
    public Task<IReadOnlyList<Reading>> Since(string feed, string? property, DateTimeOffset since, CancellationToken cancel) => Since(feed, property, since, null, cancel);

    /// <summary>The same, as it was known at an instant.</summary>
    public async Task<IReadOnlyList<Reading>> Since(string feed, string? property, DateTimeOffset since, DateTimeOffset? knownAt, CancellationToken cancel)
    {
        await using var connection = await (knownAt is null ? database.OpenToRead(cancel) : database.OpenToLookBack(cancel));
        await using var query = Command(connection, null,
            $"SELECT s.{Q("Thing")}, s.{Q("Property")}, o.{Q("ObservedAt")}, o.{Q("ObservedUntil")}, o.{Q("FetchedAt")}, o.{Q("Value")}, o.{Q("Quality")} FROM {T("observations")} o JOIN {T("series")} s ON s.{Q("Id")} = o.{Q("SeriesId")} " +
            $"WHERE o.{Q("ObservedAt")} >= @since AND s.{Q("Feed")} = @feed {(property is null ? "" : $"AND s.{Q("Property")} = @property ")}{(knownAt is null ? "" : $"AND o.{Q("FetchedAt")} <= @known AND o.{Q("ObservedAt")} <= @ahead ")}ORDER BY o.{Q("ObservedAt")}, o.{Q("FetchedAt")}",
            [.. (string[])["since", "feed"], .. property is null ? Array.Empty<string>() : ["property"], .. knownAt is null ? Array.Empty<string>() : ["known", "ahead"]]);
        query.Set([since.Ms(), feed, .. property is null ? Array.Empty<object>() : [property], .. knownAt is { } at ? [at.Ms(), at.Ms() + AheadMs] : Array.Empty<object>()]);
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

    /// <summary>Sums of hours as they were known at an instant: an hour that was filled or corrected later is summed up anew, from
    /// what had been fetched.</summary>
    public async Task<IReadOnlyList<(long At, string Thing, int Count, double Sum, double Min, double Max)>> HoursAt(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenToLookBack(cancel);
        var (of, end) = ($"s.{Q("Feed")} = @feed AND s.{Q("Property")} = @property{(thing is null ? "" : $" AND s.{Q("Thing")} = @thing")}", to < at ? to : at.AddMilliseconds(AheadMs));
        (string, object?)[] Key(params (string, object?)[] more) => [("feed", feed), ("property", property), .. thing is null ? Array.Empty<(string, object?)>() : [("thing", thing)], .. more];
        var hours = await connection.Rows($"SELECT h.{Q("Hour")}, s.{Q("Thing")}, h.{Q("Count")}, h.{Q("Sum")}, h.{Q("Min")}, h.{Q("Max")}, h.{Q("ChangedAt")} FROM {T("hours")} h JOIN {T("series")} s ON s.{Q("Id")} = h.{Q("SeriesId")} WHERE {of} AND h.{Q("Hour")} >= @from AND h.{Q("Hour")} < @to",
            Key(("from", from.Ms()), ("to", end.Ms())), row => (Sum: (row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5)), ChangedAt: row.GetInt64(6)), cancel);
        var known = hours.Where(h => h.ChangedAt <= at.Ms()).Select(h => h.Sum).ToList();
        var later = hours.Where(h => h.ChangedAt > at.Ms()).Select(h => (h.Sum.Item1, h.Sum.Item2)).ToHashSet();
        if (later.Count == 0) return known;
        // one way along the time, by the numbers of the series: the single values lie by time
        var things = (await connection.Rows($"SELECT s.{Q("Id")}, s.{Q("Thing")} FROM {T("series")} s WHERE {of}", Key(), row => (row.GetInt32(0), row.GetString(1)), cancel)).ToDictionary(r => r.Item1, r => r.Item2);
        var values = new Dictionary<(int Series, long At), double?>();
        foreach (var (series, time, value) in await connection.Rows($"SELECT {Q("SeriesId")}, {Q("ObservedAt")}, {Q("Value")} FROM {T("observations")} WHERE {Q("ObservedAt")} >= @from AND {Q("ObservedAt")} < @to AND {Q("FetchedAt")} <= @at AND {Q("SeriesId")} IN ({string.Join(", ", things.Keys)}) ORDER BY {Q("ObservedAt")}, {Q("SeriesId")}, {Q("FetchedAt")}",
            [("from", later.Min(l => l.Item1)), ("to", later.Max(l => l.Item1) + HourMs), ("at", at.Ms())], row => (row.GetInt32(0), row.GetInt64(1), row.Double(2)), cancel)) values[(series, time)] = value;
        known.AddRange(values.Where(v => v.Value is not null).GroupBy(v => (Hour: v.Key.At / HourMs * HourMs, Thing: things[v.Key.Series])).Where(g => later.Contains(g.Key))
            .Select(g => (g.Key.Hour, g.Key.Thing, g.Count(), g.Sum(v => v.Value!.Value), g.Min(v => v.Value!.Value), g.Max(v => v.Value!.Value))));
        return known;
    }

    /// <summary>The newest reading of every series as it was known at an instant, by feed.</summary>
    /// <param name="connection">One that only reads.</param>
    /// <param name="windows">How far back a value of each feed may lie.</param>
    /// <param name="at">The instant.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Reading>>> NewestAt(DbConnection connection, IReadOnlyDictionary<string, TimeSpan> windows, DateTimeOffset at, CancellationToken cancel)
    {
        var series = (await connection.Rows($"SELECT {Q("Id")}, {Q("Feed")}, {Q("Thing")}, {Q("Property")} FROM {T("series")}", [], row => (Id: row.GetInt32(0), Feed: row.GetString(1), Thing: row.GetString(2), Property: row.GetString(3)), cancel))
            .Where(s => windows.ContainsKey(s.Feed)).ToDictionary(s => s.Id);
        if (series.Count == 0) return new Dictionary<string, IReadOnlyList<Reading>>();
        var oldest = at.Ms() - (long)windows.Values.Max().TotalMilliseconds;
        // who has values at all within that time, from the hours: the single values lie by time and are read backwards until
        // everybody has been met
        var wanted = (await LastHours(at.Ms()))
            .Where(w => series.TryGetValue(w.Id, out var of) && w.Hour + HourMs > at.Ms() - (long)windows[of.Feed].TotalMilliseconds).ToDictionary(w => w.Id, w => w.Hour);
        var newest = new Dictionary<int, Reading>();
        async Task Read(long from, long to, bool all)
        {
            var found = new Dictionary<int, Reading>();
            // those few who have been silent for longer
            var only = all || wanted.Count > MostNamed ? "" : $"AND {Q("SeriesId")} IN ({string.Join(", ", wanted.Keys)}) ";
            foreach (var (id, reading) in await connection.Rows($"SELECT {Q("SeriesId")}, {Q("ObservedAt")}, {Q("ObservedUntil")}, {Q("FetchedAt")}, {Q("Value")}, {Q("Quality")} FROM {T("observations")} WHERE {Q("ObservedAt")} > @from AND {Q("ObservedAt")} <= @to AND {Q("FetchedAt")} <= @at {only}ORDER BY {Q("ObservedAt")}, {Q("SeriesId")}, {Q("FetchedAt")}",
                [("from", from), ("to", to), ("at", at.Ms())], row => (row.GetInt32(0), new Reading("", "", row.Instant(1), row.Instant(2), row.Instant(3), row.Double(4), (Quality)row.GetInt16(5))), cancel))
                if (series.TryGetValue(id, out var of) && !newest.ContainsKey(id) && at - reading.ObservedAt <= windows[of.Feed]) found[id] = reading with { Thing = of.Thing, Property = of.Property };
            foreach (var (id, reading) in found)
            {
                newest[id] = reading;
                wanted.Remove(id);
            }
        }
        var end = at.Ms() + AheadMs;
        foreach (var back in new[] { HourMs / 6, HourMs, 6 * HourMs })
        {
            if (wanted.Count == 0 && back > HourMs / 6) break;
            await Read(Math.Max(oldest, at.Ms() - back), end, all: back == HourMs / 6);
            end = Math.Max(oldest, at.Ms() - back);
        }
        // those who speak once a day or more seldom: straight to the hour in which they did; before it, where that was fetched later
        while (wanted.Count > 0)
        {
            var hour = wanted.Values.Max();
            await Read(hour - 1, Math.Min(hour + HourMs - 1, end), all: false);
            var later = wanted.Where(w => w.Value == hour).Select(w => w.Key).ToList();
            if (later.Count == 0) continue;
            foreach (var (id, before) in await LastHours(hour - 1, later))
                if (before + HourMs > at.Ms() - (long)windows[series[id].Feed].TotalMilliseconds) wanted[id] = before;
                else wanted.Remove(id);
        }
        async Task<IReadOnlyList<(int Id, long Hour)>> LastHours(long until, IReadOnlyCollection<int>? of = null) =>
            await connection.Rows($"SELECT s.{Q("Id")}, (SELECT max(h.{Q("Hour")}) FROM {T("hours")} h WHERE h.{Q("SeriesId")} = s.{Q("Id")} AND h.{Q("Hour")} > @from AND h.{Q("Hour")} <= @until) FROM {T("series")} s{(of is null ? "" : $" WHERE s.{Q("Id")} IN ({string.Join(", ", of)})")}",
                [("from", oldest - HourMs), ("until", until)], row => (row.GetInt32(0), row.IsDBNull(1) ? NoHour : row.GetInt64(1)), cancel);
        return newest.GroupBy(n => series[n.Key].Feed, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<Reading>)[.. g.Select(n => n.Value)], StringComparer.Ordinal);
    }

    /// <summary>More series than this are not named in a question: all are read.</summary>
    private const int MostNamed = 20_000;
    private const long NoHour = long.MinValue / 2;

    /// <summary>How far ahead of the clock a value may be observed.</summary>
    private static readonly long AheadMs = (long)Feeds.Mapping.RowMap.Ahead.TotalMilliseconds;

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

using System.Globalization;
using System.Text.Json;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>What is done to a table before it is mapped, within the limits of every table.</summary>
internal static class TableSteps
{
    private const int MaxName = 100;

    /// <summary>Applies the steps in their order; null, or what made them impossible.</summary>
    public static string? Apply(FeedDescriptor.RowsOf steps, Table table, CityPack city)
    {
        try
        {
            foreach (var column in steps.ParseJson) ParseJson(table, column);
            if (steps.Keep.Count > 0) Keep(table, steps.Keep, stay: true);
            Keep(table, steps.Drop, stay: false);
            // of nothing nothing is made, and no column of it is missing
            if (table.Rows.Count == 0) return null;
            return (steps.Pivot is { } pivot ? Pivot(table, pivot) : null)
                ?? (steps.Unpivot is { } unpivot ? Unpivot(table, unpivot) : null)
                ?? (steps.Aggregate is { } aggregate ? Aggregate(table, aggregate, city) : null);
        }
        catch (InvalidDataException limit) { return limit.Message; }
    }

    private static void Keep(Table table, List<Dictionary<string, string>> rules, bool stay)
    {
        if (rules.Count == 0) return;
        var all = rules.Select(rule => rule.Select(r => (At: table.Find(r.Key), r.Value)).ToArray()).ToArray();
        table.Rows.RemoveAll(row =>
        {
            foreach (var rule in all) if (Agrees(row, rule)) return !stay;
            return stay;
        });
    }

    private static bool Agrees(Cell[] row, (int At, string Value)[] rule)
    {
        foreach (var (at, value) in rule) if (Table.At(row, at).ToString() != value) return false;
        return true;
    }

    private static List<Cell[]> TakeRows(Table table)
    {
        var rows = table.Rows.ToList();
        table.Rows.Clear();
        return rows;
    }

    private static void ParseJson(Table table, string column)
    {
        if (table.Find(column) is var at && at < 0) return;
        var bad = 0;
        foreach (var cells in TakeRows(table))
        {
            var row = new RowOf(table);
            var json = Table.At(cells, at).ToString();
            if (json.Length == 0) row.Set(cells);
            else
            {
                var without = (Cell[])cells.Clone();
                without[at] = default;
                row.Set(without);
                try { JsonRows.Nested(row, column, json); }
                catch (Exception broken) when (broken is JsonException or InvalidOperationException) { bad++; }
            }
            row.Add();
        }
        if (bad > 0) table.Oddities.Add($"{bad} cells of {column} are not JSON");
    }

    private static string? Missing(Table table, string step, params IEnumerable<string> columns) =>
        columns.Where(c => !c.Split('|').Any(n => table.Find(n) >= 0)).ToList() is { Count: > 0 } lost ? $"no column {NewsReader.Plain(string.Join(", ", lost), 200)} for rows.{step}" : null;

    private static string? Pivot(Table table, FeedDescriptor.PivotOf pivot)
    {
        if (Missing(table, "pivot", [.. pivot.Key, pivot.By, pivot.Value]) is { } lost) return lost;
        var (by, value) = (table.Find(pivot.By), table.Find(pivot.Value));
        var keys = pivot.Key.Select(table.Find).ToArray();
        var rows = new Dictionary<string, RowOf>(StringComparer.Ordinal);
        foreach (var cells in TakeRows(table))
        {
            var name = Table.At(cells, by).ToString();
            if (name.Length is 0 or > MaxName || pivot.Key.Contains(name)) continue;
            var key = string.Join('\u001f', keys.Select(k => Table.At(cells, k).ToString()));
            if (!rows.TryGetValue(key, out var row))
            {
                rows[key] = row = new RowOf(table);
                foreach (var k in pivot.Key) row.Set(k, Table.At(cells, table.Find(k)));
            }
            row.Set(name, Table.At(cells, value));
        }
        foreach (var row in rows.Values) row.Add();
        return null;
    }

    private static string? Unpivot(Table table, FeedDescriptor.UnpivotOf unpivot)
    {
        var columns = unpivot.Columns.Where(c => table.Find(c) >= 0).Select(c => (Name: c, At: table.Find(c))).ToList();
        if (columns.Count == 0) return Missing(table, "unpivot", unpivot.Columns);
        foreach (var cells in TakeRows(table))
        {
            var rest = (Cell[])cells.Clone();
            foreach (var (_, at) in columns) if (at < rest.Length) rest[at] = default;
            foreach (var (name, at) in columns)
            {
                if (Table.At(cells, at).Kind == CellKind.None) continue;
                var row = new RowOf(table);
                row.Set(unpivot.Name, name);
                row.Set(unpivot.Value, Table.At(cells, at));
                row.Set(rest);
                row.Add();
            }
        }
        return null;
    }

    private sealed class Sums(int sums) { public int Count; public readonly (double Sum, int Count)[] Of = new (double, int)[sums]; }

    private static string? Aggregate(Table table, FeedDescriptor.AggregateOf aggregate, CityPack city)
    {
        var hour = aggregate.Hour is { } h ? h.From.Select(table.Find).FirstOrDefault(i => i >= 0, -1) : -1;
        if (aggregate.Hour is not null && hour < 0) return Missing(table, "aggregate", aggregate.Hour.From);
        // PRICE|A_PRICE is the first of these that there is, and is then called by the first: sources rename
        int Find(string names) => names.Split('|').Select(table.Find).FirstOrDefault(i => i >= 0, -1);
        static string Named(string names) => names.Split('|')[0];
        if (Missing(table, "aggregate", [.. aggregate.By, .. aggregate.Minutes.Values.SelectMany(m => new[] { m.From, m.To }), .. aggregate.Sum.Concat(aggregate.Mean).Except(aggregate.Minutes.Keys)]) is { } lost) return lost;
        var zone = aggregate.Hour?.Zone is { } named ? TimeZoneInfo.FindSystemTimeZoneById(named) : city.Zone;
        DateTimeOffset? At(Cell cell, FeedDescriptor.TimeOf of) => Moments.Read(cell, of, zone, city.Languages)?.At;

        var by = aggregate.By.Select(Find).ToArray();
        var numbers = aggregate.Sum.Select(c => (Name: c, Mean: false)).Concat(aggregate.Mean.Select(c => (Name: c, Mean: true))).DistinctBy(n => n.Name).ToArray();
        var read = numbers.Select(n => aggregate.Minutes.TryGetValue(n.Name, out var minutes)
            ? Between(table.Find(minutes.From), table.Find(minutes.To), new() { Format = minutes.Format })
            : Number(Find(n.Name))).ToArray();
        Func<Cell[], double?> Number(int at) => row => Table.At(row, at) is { Kind: CellKind.Number } cell ? cell.Number : RowMap.Number(Table.At(row, at).ToString()) is { } n && double.IsFinite(n) ? n : null;
        Func<Cell[], double?> Between(int from, int to, FeedDescriptor.TimeOf of) => row => (At(Table.At(row, to), of) - At(Table.At(row, from), of))?.TotalMinutes is >= 0 and < 60 * 24 * 7 and var minutes ? minutes : null;

        var groups = new Dictionary<string, (Cell[] Key, DateTimeOffset Hour, Sums Sums)>(StringComparer.Ordinal);
        var unread = 0;
        foreach (var row in TakeRows(table))
        {
            var cut = DateTimeOffset.MinValue;
            if (hour >= 0)
            {
                if (At(Table.At(row, hour), aggregate.Hour!) is not { } at) { unread++; continue; }
                cut = new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
            }
            var key = string.Join('\u001f', by.Select(b => Table.At(row, b).ToString()).Append(cut.UtcTicks.ToString(CultureInfo.InvariantCulture)));
            if (!groups.TryGetValue(key, out var group)) groups[key] = group = ([.. by.Select(b => Table.At(row, b))], cut, new(numbers.Length));
            group.Sums.Count++;
            for (var i = 0; i < read.Length; i++)
                if (read[i](row) is { } value) group.Sums.Of[i] = (group.Sums.Of[i].Sum + value, group.Sums.Of[i].Count + 1);
        }
        foreach (var (key, at, sums) in groups.Values)
        {
            var row = new RowOf(table);
            for (var i = 0; i < by.Length; i++) row.Set(Named(aggregate.By[i]), key[i]);
            row.Set("key", string.Join(" · ", key.Take(aggregate.Key > 0 ? aggregate.Key : key.Length)));
            if (hour >= 0) row.Set(aggregate.Hour!.From[0], at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            row.Set(aggregate.Count, sums.Count);
            for (var i = 0; i < numbers.Length; i++)
                if (sums.Of[i] is { Count: > 0 } of) row.Set(Named(numbers[i].Name), numbers[i].Mean ? of.Sum / of.Count : of.Sum);
            row.Add();
        }
        if (unread > 0) table.Oddities.Add($"{unread} rows have no time that can be read");
        return null;
    }
}

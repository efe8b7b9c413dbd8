using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>A GTFS schedule (zip): a row for every stop and every route, told apart by the column <c>entity</c>. Its trips and their times are
/// read through without being kept, so that a schedule that does not hang together is refused and the last one stays.</summary>
internal static class GtfsRows
{
    private const int MaxTimes = 5_000_000;
    private const double UnknownShare = 0.2;

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var zip = Zips.Open(body);
        // some publishers put all of it into one folder
        ZipArchiveEntry? File(string name) => zip.Entries.FirstOrDefault(e => e.Name == name && e.FullName.Count(c => c == '/') <= 1);
        foreach (var needed in new[] { "stops.txt", "routes.txt", "trips.txt", "stop_times.txt" })
            if (File(needed) is null) return Table.Of(FetchOutcome.SchemaDrift, $"there is no {needed}");
        if ((File("calendar.txt") ?? File("calendar_dates.txt")) is null) return Table.Of(FetchOutcome.SchemaDrift, "there is neither calendar.txt nor calendar_dates.txt");

        var table = new Table { Outcome = FetchOutcome.Ok };
        table.Column("entity");
        var encoding = context.Options.Encoding is { } named ? Encodings.Named($"text/csv; charset={named}") : null;
        if (Things(table, File("stops.txt")!, "stop", "stop_id", encoding, out var stops) is { } wrongStops) return Table.Of(FetchOutcome.SchemaDrift, wrongStops);
        if (Things(table, File("routes.txt")!, "route", "route_id", encoding, out var routes) is { } wrongRoutes) return Table.Of(FetchOutcome.SchemaDrift, wrongRoutes);
        Modes(table);
        var trips = new HashSet<string>(StringComparer.Ordinal);
        var (all, unknown) = (0, 0);
        foreach (var trip in Lines(File("trips.txt")!, encoding, "trip_id", "route_id"))
        {
            if (!trips.Add(trip[0])) return Table.Of(FetchOutcome.SchemaDrift, $"the trip {NewsReader.Plain(trip[0], 60)} stands twice in trips.txt");
            all++;
            if (!routes.Contains(trip[1])) unknown++;
        }
        if (all == 0 || unknown > UnknownShare * all) return Table.Of(FetchOutcome.SchemaDrift, all == 0 ? "there are no trips" : $"{unknown} of {all} trips are of a route that is not there");
        var (times, lost) = (0, 0);
        foreach (var time in Lines(File("stop_times.txt")!, encoding, "trip_id", "stop_id"))
        {
            if (++times > MaxTimes) throw new InvalidDataException($"more than {MaxTimes} stop times");
            if (!trips.Contains(time[0]) || !stops.Contains(time[1])) lost++;
        }
        if (times == 0 || lost > UnknownShare * times) return Table.Of(FetchOutcome.SchemaDrift, times == 0 ? "there are no stop times" : $"{lost} of {times} stop times name a trip or a stop that is not there");
        if (unknown + lost > 0) table.Oddities.Add($"{unknown} trips and {lost} stop times name something that is not there");
        return table;
    }

    private static CsvParser Parser(ZipArchiveEntry entry, Encoding? encoding) =>
        new(new StreamReader(Zips.Read(entry), encoding ?? new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true), new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MaxFieldSize = 64 * 1024, BadDataFound = null });

    private static string? Things(Table table, ZipArchiveEntry entry, string entity, string key, Encoding? encoding, out HashSet<string> keys)
    {
        keys = new(StringComparer.Ordinal);
        using var csv = Parser(entry, encoding);
        if (!csv.Read()) return $"{entry.Name} is empty";
        var header = csv.Record!.Select(h => h.Trim()).ToArray();
        var id = Array.IndexOf(header, key);
        if (id < 0) return $"{entry.Name} has no {key}";
        var at = header.Select(h => h.Length == 0 ? -1 : table.Column(h)).ToArray();
        while (csv.Read())
        {
            if (table.Rows.Count == Table.MaxRows) throw new InvalidDataException($"more than {Table.MaxRows} rows");
            if (csv.Count <= id || csv[id].Length == 0) continue;
            if (!keys.Add(csv[id])) return $"{NewsReader.Plain(csv[id], 60)} stands twice in {entry.Name}";
            var row = new Cell[table.Columns.Count];
            row[0] = Cell.Of(entity);
            for (var i = 0; i < Math.Min(csv.Count, at.Length); i++) if (at[i] > 0 && csv[i].Length > 0) row[at[i]] = Cell.Of(csv[i]);
            table.Rows.Add(row);
        }
        return keys.Count == 0 ? $"{entry.Name} has no rows" : null;
    }

    // the kind of a route in a word, by its number or by that of the extended list
    private static void Modes(Table table)
    {
        var (type, mode) = (table.Find("route_type"), table.Column("mode"));
        for (var i = 0; i < table.Rows.Count; i++)
            if (table.Rows[i][0].Text == "route" && int.TryParse(Table.At(table.Rows[i], type).ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Mode(number) is { } word)
            {
                var row = table.Rows[i];
                Array.Resize(ref row, mode + 1);
                row[mode] = Cell.Of(word);
                table.Rows[i] = row;
            }
    }

    private static string? Mode(int type) => type switch
    {
        0 or >= 900 and < 1000 => "tram", 1 or >= 400 and < 500 => "subway", 2 or >= 100 and < 200 => "rail", 3 or >= 200 and < 300 or >= 700 and < 800 => "bus",
        4 or >= 1000 and < 1100 or >= 1200 and < 1300 => "ferry", 5 => "cable-tram", 6 or >= 1300 and < 1400 => "aerial-lift", 7 or >= 1400 and < 1500 => "funicular",
        11 or >= 800 and < 900 => "trolleybus", 12 => "monorail", >= 1100 and < 1200 => "air", >= 1500 and < 1600 => "taxi", _ => null,
    };

    private static IEnumerable<string[]> Lines(ZipArchiveEntry entry, Encoding? encoding, string first, string second)
    {
        using var csv = Parser(entry, encoding);
        if (!csv.Read()) yield break;
        var header = csv.Record!.Select(h => h.Trim()).ToList();
        var (a, b) = (header.IndexOf(first), header.IndexOf(second));
        if (a < 0 || b < 0) throw new InvalidDataException($"{entry.Name} has no {(a < 0 ? first : second)}");
        while (csv.Read()) if (csv.Count > Math.Max(a, b)) yield return [csv[a], csv[b]];
    }
}

using System.Globalization;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds;

/// <summary>What the rows of one fetch mean.</summary>
internal sealed record Mapped(FetchOutcome Outcome, IReadOnlyList<Reading> Readings, IReadOnlyDictionary<string, Thing> Things, string? Detail = null);

/// <summary>Turns rows into readings by a descriptor: aliases, missing values, outages, ranges, times, areas.</summary>
internal static class RowMap
{
    /// <summary>How far a source's clock may be ahead of ours.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public static Mapped Map(FeedPlan plan, CityPack city, IReadOnlyList<IReadOnlyDictionary<string, string>> rows, TimeSpan covers, DateTimeOffset fetchedAt)
    {
        var map = plan.Descriptor.Map;
        bool Gone(List<string> columns) => columns.Count > 0 && !rows.Any(r => columns.Any(r.ContainsKey));
        // a column that only an outage rule looks at counts too: without it an outage's zeros would pass for values
        var lost = map.Values.Concat(map.Fields).Where(v => Gone(v.Value.From)).Select(v => v.Key).ToList();
        if (Gone(map.Thing.From)) lost.Add("thing");
        if (Gone(map.Time.From)) lost.Add("time");
        if (lost.Count > 0)
        {
            var seen = NewsReader.Plain(string.Join(", ", rows[0].Keys.Take(20)), 300);
            return new(FetchOutcome.SchemaDrift, [], new Dictionary<string, Thing>(), $"no column for {string.Join(", ", lost)}; the source sends {seen}");
        }

        var properties = plan.Feed.Properties.ToDictionary(p => p.Key);
        var things = new Dictionary<string, Thing>(StringComparer.Ordinal);
        var newest = new Dictionary<(string, string, DateTimeOffset), Reading>();
        var (unplaced, untimed, ahead, unread, outside) = (0, 0, 0, 0, 0);
        string? unknown = null;
        foreach (var row in rows)
        {
            if (Cell(row, map.Thing.From) is { } name && map.Thing.Skip.Contains(name)) continue;
            if (ThingOf(plan, city, row) is not { } thing) { unplaced++; continue; }
            if (TimeOf(map.Time, city, row) is not { } at) { untimed++; continue; }
            // a time ahead of the clock is an error of the source's, not the future
            if (at > fetchedAt + Ahead) { ahead++; continue; }
            things[thing.Key] = thing;
            var outage = map.Outages.Any(o => o.When.Count > 0 && o.When.All(w => Same(Cell(row, map.Fields.GetValueOrDefault(w.Key) ?? map.Values.GetValueOrDefault(w.Key)), w.Value)));
            foreach (var (key, field) in map.Values)
            {
                var (value, quality) = outage ? (null, Quality.Maintenance) : ValueOf(map, field, properties[key], Cell(row, field.From));
                if (value is null && quality == Quality.Suspect) outside++;
                else if (value is null && !outage && Cell(row, field.From) is { Length: > 0 } text && !map.Missing.Contains(text)) (unread, unknown) = (unread + 1, unknown ?? text);
                // of two rows for one moment, one that has a value says more
                if (value is null && newest.GetValueOrDefault((thing.Key, key, at))?.Value is not null) continue;
                newest[(thing.Key, key, at)] = new(thing.Key, key, at, at + covers, fetchedAt, value, quality);
            }
        }
        var oddities = new List<string>();
        if (unplaced > 0) oddities.Add($"{unplaced} rows name nothing that this city knows");
        if (untimed > 0) oddities.Add($"{untimed} rows have no time that can be read");
        if (ahead > 0) oddities.Add($"{ahead} rows are from the future");
        if (unread > 0) oddities.Add($"{unread} values are not numbers, such as '{NewsReader.Plain(unknown!, 40)}'");
        if (outside > 0) oddities.Add($"{outside} values are outside what is believed");
        if (things.Count < Math.Max(1, plan.Descriptor.Expect.Rows))
            return new(FetchOutcome.SchemaDrift, [], things, string.Join("; ", oddities.Prepend($"{things.Count} of at least {Math.Max(1, plan.Descriptor.Expect.Rows)} rows could be read")));
        return new(FetchOutcome.Ok, [.. newest.Values], things, oddities.Count == 0 ? null : string.Join("; ", oddities));
    }

    private static Thing? ThingOf(FeedPlan plan, CityPack city, IReadOnlyDictionary<string, string> row)
    {
        var map = plan.Descriptor.Map.Thing;
        // a key is stored and shown: one that no database takes would block the feed
        if (Cell(row, map.From) is not { Length: > 0 and <= 200 } key || key.Any(char.IsControl)) return null;
        if (map.IsArea)
            return city.FindArea(key, map.AreaCodes) is { } area ? new(area.Code, area.Name, area.Code, area.Centre) : null;
        key = key.EndsWith(".0", StringComparison.Ordinal) ? key[..^2] : key;
        if (plan.Register.TryGetValue(key, out var known)) return known;
        var inArea = Cell(row, map.Area) is { Length: > 0 } name ? city.FindArea(name, map.AreaCodes) : null;
        // a source for the whole country: rows of other places are not this city's
        if (map.Area.Count > 0 && inArea is null) return null;
        return new(key, Text.Same(Cell(row, map.Name) is { Length: > 0 } called ? called : key), inArea?.Code, null);
    }

    private static DateTimeOffset? TimeOf(FeedDescriptor.TimeOf map, CityPack city, IReadOnlyDictionary<string, string> row)
    {
        if (Cell(row, map.From) is not { } text) return null;
        foreach (var format in map.Format)
        {
            var (clock, days) = Midnight(text, format);
            foreach (var culture in format.Contains("tt", StringComparison.Ordinal) ? [CultureInfo.InvariantCulture, .. city.Languages.Select(CultureInfo.GetCultureInfo)] : Invariant)
            {
                if (format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal))
                {
                    if (DateTimeOffset.TryParseExact(clock, format, culture, DateTimeStyles.AssumeUniversal, out var exact)) return exact.AddDays(days).ToUniversalTime();
                }
                else if (DateTime.TryParseExact(clock, format, culture, DateTimeStyles.None, out var local))
                {
                    local = local.AddDays(days);
                    return city.Zone.IsInvalidTime(local) ? null : new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUniversalTime();
                }
            }
        }
        return null;
    }

    private static readonly CultureInfo[] Invariant = [CultureInfo.InvariantCulture];

    // 24:00 of a day is 00:00 of the next; any other minute of hour 24 is an error
    private static (string Text, int Days) Midnight(string text, string format)
    {
        var at = format.IndexOf("HH", StringComparison.Ordinal);
        if (at < 0 || text.Length < at + 2 || text[at] != '2' || text[at + 1] != '4') return (text, 0);
        return text[(at + 2)..].Any(c => char.IsAsciiDigit(c) && c != '0') ? (text, 0) : (string.Concat(text.AsSpan(0, at), "00", text.AsSpan(at + 2)), 1);
    }

    private static (double?, Quality) ValueOf(FeedDescriptor.MapOf map, FeedDescriptor.FieldOf field, Property property, string? text)
    {
        if (text is not { Length: > 0 } || map.Missing.Contains(text)) return (null, Quality.Missing);
        if (map.Words.TryGetValue(text, out var meant)) return (meant, Quality.Good);
        // thousands are grouped by some sources; 12,34 is a decimal comma, which none may use without saying so
        if (text.Contains(',', StringComparison.Ordinal) && !Grouped(text)) return (null, Quality.Missing);
        if (!double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value)) return (null, Quality.Missing);
        value *= field.Scale;
        return double.IsFinite(value) && value >= property.Min && value <= property.Max ? (value, Quality.Good) : (null, Quality.Suspect);
    }

    private static bool Grouped(string text)
    {
        var groups = text.TrimStart('-', '+').Split('.')[0].Split(',');
        return groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(g => g.Length == 3 && g.All(char.IsAsciiDigit)) && groups.Length > 1;
    }

    private static string? Cell(IReadOnlyDictionary<string, string> row, FeedDescriptor.FieldOf? field) => field is null ? null : Cell(row, field.From);

    private static string? Cell(IReadOnlyDictionary<string, string> row, List<string> columns)
    {
        foreach (var column in columns)
            if (row.TryGetValue(column, out var text)) return text.Trim();
        return null;
    }

    private static bool Same(string? cell, string expected) =>
        cell == expected || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b;
}

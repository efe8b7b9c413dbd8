using System.Globalization;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds;

/// <summary>What the rows of one fetch mean.</summary>
internal sealed record Mapped(FetchOutcome Outcome, IReadOnlyList<Reading> Readings, IReadOnlyDictionary<string, Thing> Things, string? Detail = null);

/// <summary>Turns rows into readings by a descriptor: aliases, missing values, outages, ranges, times, areas.</summary>
internal static class RowMap
{
    public static Mapped Map(FeedPlan plan, CityPack city, IReadOnlyList<IReadOnlyDictionary<string, string>> rows, TimeSpan covers, DateTimeOffset fetchedAt)
    {
        var map = plan.Descriptor.Map;
        var lost = map.Values.Where(v => v.Value.From.Count > 0 && !rows.Any(r => v.Value.From.Any(r.ContainsKey))).Select(v => v.Key).ToList();
        if (!rows.Any(r => map.Thing.From.Any(r.ContainsKey))) lost.Add("thing");
        if (!rows.Any(r => map.Time.From.Any(r.ContainsKey))) lost.Add("time");
        if (lost.Count > 0)
        {
            var seen = string.Join(", ", rows[0].Keys.Take(20));
            return new(FetchOutcome.SchemaDrift, [], new Dictionary<string, Thing>(), $"no column for {string.Join(", ", lost)}; the source sends {seen}");
        }

        var properties = plan.Feed.Properties.ToDictionary(p => p.Key);
        var things = new Dictionary<string, Thing>(StringComparer.Ordinal);
        var newest = new Dictionary<(string, string, DateTimeOffset), Reading>();
        var (unplaced, untimed) = (0, 0);
        foreach (var row in rows)
        {
            if (ThingOf(plan, city, row) is not { } thing) { unplaced++; continue; }
            if (TimeOf(map.Time, city, row) is not { } at) { untimed++; continue; }
            // a time ahead of the clock is an error of the source's, not the future
            if (at > fetchedAt.AddMinutes(5)) { untimed++; continue; }
            things[thing.Key] = thing;
            var outage = map.Outages.Any(o => o.When.Count > 0 && o.When.All(w => Same(Cell(row, map.Fields.GetValueOrDefault(w.Key) ?? map.Values.GetValueOrDefault(w.Key)), w.Value)));
            foreach (var (key, field) in map.Values)
            {
                var (value, quality) = outage ? (null, Quality.Maintenance) : ValueOf(map, field, properties[key], row);
                newest[(thing.Key, key, at)] = new(thing.Key, key, at, at + covers, fetchedAt, value, quality);
            }
        }
        if (things.Count == 0)
            return new(FetchOutcome.SchemaDrift, [], things, unplaced > 0 ? $"{unplaced} rows name nothing that this city knows" : $"{untimed} rows have no time that can be read");
        if (things.Count < plan.Descriptor.Expect.Rows)
            return new(FetchOutcome.SchemaDrift, [], things, $"{things.Count} of at least {plan.Descriptor.Expect.Rows} rows could be read");
        var detail = unplaced + untimed > 0 ? $"{unplaced} rows without a known place, {untimed} without a readable time" : null;
        return new(FetchOutcome.Ok, [.. newest.Values], things, detail);
    }

    private static Thing? ThingOf(FeedPlan plan, CityPack city, IReadOnlyDictionary<string, string> row)
    {
        var map = plan.Descriptor.Map.Thing;
        if (Cell(row, map.From) is not { Length: > 0 } key) return null;
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
            if (format.Contains('z', StringComparison.Ordinal))
            {
                if (DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var exact)) return exact.ToUniversalTime();
                continue;
            }
            if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) continue;
            if (city.Zone.IsInvalidTime(local)) return null;
            return new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUniversalTime();
        }
        return null;
    }

    private static (double?, Quality) ValueOf(FeedDescriptor.MapOf map, FeedDescriptor.FieldOf field, Property property, IReadOnlyDictionary<string, string> row)
    {
        if (Cell(row, field) is not { Length: > 0 } text || map.Missing.Contains(text)) return (null, Quality.Missing);
        if (map.Words.TryGetValue(text, out var meant)) return (meant, Quality.Good);
        // thousands are grouped by some sources; a decimal comma is not in use by any that is mapped without saying so
        if (!double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return (null, Quality.Missing);
        value *= field.Scale;
        return value >= property.Min && value <= property.Max ? (value, Quality.Good) : (null, Quality.Suspect);
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

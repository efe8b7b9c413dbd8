using System.Globalization;
using System.Text.Json;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>A file of the General Bikeshare Feed Specification, 2.x and 3.x: which it is says its list, and every row bears it as
/// <c>entity</c>: station, status, vehicle, vehicle-type, alert, region, feed. Times are ISO 8601 whatever they were, and names stand in one
/// column, and for each language in one of its own (<c>name.ko</c>).</summary>
internal static class GbfsRows
{
    private static readonly (string List, string Entity)[] Lists =
        [("stations", "station"), ("bikes", "vehicle"), ("vehicles", "vehicle"), ("vehicle_types", "vehicle-type"), ("alerts", "alert"), ("regions", "region"), ("plans", "plan"), ("rental_hours", "hours"), ("calendars", "calendar")];
    private static readonly HashSet<string> Times = new(["last_reported", "last_updated", "available_until", "start", "end"], StringComparer.Ordinal);
    // 3.x says vehicle where 2.x says bike
    private static readonly Dictionary<string, string> Now = new(StringComparer.Ordinal)
    {
        ["num_bikes_available"] = "num_vehicles_available", ["num_bikes_disabled"] = "num_vehicles_disabled", ["bike_id"] = "vehicle_id",
    };

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var document = JsonRows.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object || !root.TryGetProperty("last_updated", out var updated))
            return Table.Of(FetchOutcome.SchemaDrift, "not a GBFS file: it has no data and no last_updated");
        var table = new Table { Outcome = FetchOutcome.Ok, MadeAt = Moment(updated) is { } made && DateTimeOffset.TryParse(made, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null };
        foreach (var (list, entity) in Lists)
            if (data.TryGetProperty(list, out var rows) && rows.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in rows.EnumerateArray()) if (item.ValueKind == JsonValueKind.Object) Row(table, item, Status(item) ? "status" : entity);
                return table.Rows.Count > 0 ? table : Table.Of(FetchOutcome.Empty);
            }
        if (Feeds(data).ToList() is { Count: > 0 } feeds)
        {
            foreach (var feed in feeds) Row(table, feed, "feed");
            return table;
        }
        if (data.TryGetProperty("system_id", out _)) { Row(table, data, "system"); return table; }
        return Table.Of(FetchOutcome.SchemaDrift, $"a GBFS file without a list that is known; it has {NewsReader.Plain(string.Join(", ", data.EnumerateObject().Select(p => p.Name).Take(20)), 200)}");
    }

    // station_information and station_status have their lists by the same name
    private static bool Status(JsonElement item) => item.TryGetProperty("num_bikes_available", out _) || item.TryGetProperty("num_vehicles_available", out _) || item.TryGetProperty("is_renting", out _);

    // 3.x lists its feeds once, 2.x once a language
    private static IEnumerable<JsonElement> Feeds(JsonElement data) =>
        (data.TryGetProperty("feeds", out var own) ? own : data.EnumerateObject().Select(p => p.Value).FirstOrDefault(v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty("feeds", out _)) is { ValueKind: JsonValueKind.Object } language ? language.GetProperty("feeds") : default)
        is { ValueKind: JsonValueKind.Array } feeds ? feeds.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.Object) : [];

    private static void Row(Table table, JsonElement item, string entity)
    {
        var row = new RowOf(table);
        row.Set("entity", entity);
        foreach (var property in item.EnumerateObject())
        {
            var name = Now.GetValueOrDefault(property.Name, property.Name);
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Array when Texts(property.Value) is { Count: > 0 } texts:
                    row.Set(name, texts[0].Text);
                    foreach (var (language, text) in texts) row.Set($"{name}.{language}", text);
                    break;
                // an alert's first time is the one that counts now
                case JsonValueKind.Array when property.Name == "times":
                    foreach (var time in property.Value.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.Object).Take(1))
                        foreach (var end in time.EnumerateObject()) if (Times.Contains(end.Name)) row.Set(end.Name, Moment(end.Value));
                    break;
                case JsonValueKind.Array when Counts(property.Value) is { } sum: row.Set(name, sum); break;
                default:
                    if (Times.Contains(name)) row.Set(name, Moment(property.Value));
                    // 1.x wrote 1 and 0 for yes and no
                    else if (name.StartsWith("is_", StringComparison.Ordinal)) row.Set(name, property.Value.ValueKind == JsonValueKind.True || property.Value.ValueKind == JsonValueKind.Number && property.Value.GetRawText() == "1" ? "true" : "false");
                    else JsonRows.Set(row, name, property.Value);
                    break;
            }
        }
        row.Add();
    }

    private static List<(string Language, string Text)> Texts(JsonElement list) =>
        [.. list.EnumerateArray().Take(50).Where(t => t.ValueKind == JsonValueKind.Object && t.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String && t.TryGetProperty("language", out var of) && of.ValueKind == JsonValueKind.String)
            .Select(t => (t.GetProperty("language").GetString()!.Split('-')[0].ToLowerInvariant(), t.GetProperty("text").GetString()!)).Where(t => t.Item1 is { Length: 2 or 3 })];

    // how many of each kind of vehicle: together
    private static double? Counts(JsonElement list)
    {
        double sum = 0;
        if (list.GetArrayLength() == 0) return null;
        foreach (var item in list.EnumerateArray())
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("count", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetDouble(out var n) && double.IsFinite(n)) sum += n;
            else return null;
        return sum;
    }

    // POSIX seconds until 2.x, RFC 3339 since 3.0
    private static string? Moment(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var seconds) && seconds is > 0 and < 1e11 => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}

using System.Globalization;
using System.Text.Json;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Entities of NGSI-LD and NGSIv2 in all their forms (normalized, concise, key and value; one, a list, or a notification), one row each
/// and one more for every time of its own that a property has. A number's unit stands in <c>name/unit</c> as UCUM; its column is the property's name.</summary>
internal static class NgsiRows
{
    private const int Depth = 4;

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var document = JsonRows.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("id", out _) && !root.TryGetProperty("@id", out _))
        {
            if (Refused(root) is { } refused) return refused;
            if (!root.TryGetProperty("data", out root)) return Table.Of(FetchOutcome.SchemaDrift, "neither an entity nor a list of entities");
        }
        if (root.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) return Table.Of(FetchOutcome.SchemaDrift, "neither an entity nor a list of entities");
        var table = new Table { Outcome = FetchOutcome.Ok, Numeric = new(StringComparer.Ordinal) };
        var strange = 0;
        foreach (var entity in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : (JsonElement[])[root])
            if (entity.ValueKind == JsonValueKind.Object && (Text(entity, "id") ?? Text(entity, "@id")) is { Length: > 0 } id) Entity(table, id, entity);
            else strange++;
        if (strange > 0) table.Oddities.Add($"{strange} entities have no id");
        return table.Rows.Count > 0 ? table : Table.Of(strange > 0 ? FetchOutcome.SchemaDrift : FetchOutcome.Empty, strange > 0 ? table.Oddities[0] : null);
    }

    // {"type","title","detail"} of NGSI-LD, {"error","description"} of version 2, {"orionError":{"code","reasonPhrase"}} of its first brokers
    private static Table? Refused(JsonElement root)
    {
        var (kind, said) = (Text(root, "error"), Text(root, "description"));
        if (kind is null && root.TryGetProperty("orionError", out var orion) && orion.ValueKind == JsonValueKind.Object) (kind, said) = (Text(orion, "reasonPhrase"), Text(orion, "details"));
        if (kind is null && Text(root, "title") is { } title) (kind, said) = (Text(root, "type")?.Split('/')[^1] ?? "", $"{title} {Text(root, "detail")}");
        if (kind is null) return null;
        var outcome = kind switch
        {
            "Unauthorized" or "Forbidden" or "AccessDenied" => FetchOutcome.Auth,
            "InternalError" or "InternalServerError" or "LdContextNotAvailable" or "ServiceUnavailable" => FetchOutcome.UpstreamDown,
            _ => FetchOutcome.BadRequest,
        };
        return Table.Of(outcome, NewsReader.Plain($"{kind} {said}", 300));
    }

    private static void Entity(Table table, string id, JsonElement entity)
    {
        var type = entity.TryGetProperty("type", out var t) || entity.TryGetProperty("@type", out t) ? t.ValueKind == JsonValueKind.Array && t.GetArrayLength() > 0 ? t[0].ToString() : t.ToString() : "";
        RowOf Begin()
        {
            var row = new RowOf(table);
            row.Set("id", id);
            row.Set("type", type);
            return row;
        }
        var main = Begin();
        var timed = new Dictionary<string, RowOf>(StringComparer.Ordinal);
        JsonElement? location = null;
        string? from = null, to = null;
        foreach (var property in entity.EnumerateObject())
        {
            if (property.Name is "id" or "type" or "@id" or "@type" or "@context" or "scope") continue;
            var (value, unit, at) = Of(property.Value);
            if (property.Name == "location") location = value;
            if (property.Name == "dateObservedFrom") from = Scalar(value);
            if (property.Name == "dateObservedTo") to = Scalar(value);
            var row = main;
            if (at is not null && !timed.TryGetValue(at, out row))
            {
                timed[at] = row = Begin();
                row.Set("time", at);
            }
            Set(table, row!, property.Name, value, 0);
            if (value.ValueKind == JsonValueKind.Number && unit is not null) Unit(table, row!, property.Name, unit);
        }
        if (from is not null) main.Set("time", to is null ? from : $"{from}/{to}");
        if (location is { } place)
            foreach (var row in timed.Values.Where(r => !r.Has("location"))) Set(table, row, "location", place, 0);
        // what has a time of its own needs no second row that says nothing more
        if (timed.Count == 0 || main.Count > 2) main.Add();
        foreach (var row in timed.Values) row.Add();
    }

    // the value of a property in whichever form, its unit's code and its own time
    private static (JsonElement Value, string? Unit, string? At) Of(JsonElement property)
    {
        // several values at once, by data set: the first is the one without a name
        if (property.ValueKind == JsonValueKind.Array && property.GetArrayLength() > 0 && property[0].ValueKind == JsonValueKind.Object && property[0].TryGetProperty("value", out _)) property = property[0];
        if (property.ValueKind != JsonValueKind.Object) return (property, null, null);
        if (!property.TryGetProperty("value", out var value) && !property.TryGetProperty("object", out value) && !property.TryGetProperty("languageMap", out value)) return (property, null, null);
        var metadata = property.TryGetProperty("metadata", out var m) && m.ValueKind == JsonValueKind.Object ? m : default;
        string? Meta(string name) => metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(name, out var of) ? of.ValueKind == JsonValueKind.Object && of.TryGetProperty("value", out var inner) ? Scalar(inner) : Scalar(of) : null;
        return (value, Text(property, "unitCode") ?? Meta("unitCode"), Text(property, "observedAt") ?? Meta("observedAt") ?? Meta("timestamp") ?? Meta("TimeInstant"));
    }

    private static void Set(Table table, RowOf row, string name, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                if (!double.IsFinite(value.GetDouble())) throw new InvalidDataException("a number that is not finite");
                row.Set(name, value.GetDouble());
                table.Numeric!.Add(name);
                break;
            case JsonValueKind.Object when value.TryGetProperty("coordinates", out _): row.Set(name, value.GetRawText() is { Length: <= 1_000_000 } geometry ? geometry : Geometries.TooLong); break;
            case JsonValueKind.Object when value.TryGetProperty("@value", out var typed): row.Set(name, Scalar(typed)); break;
            // an address is read, not measured
            case JsonValueKind.Object when name == "address": row.Set(name, string.Join(", ", value.EnumerateObject().Where(p => p.Name != "type").Select(p => Scalar(p.Value)).Where(s => s is { Length: > 0 }))); break;
            case JsonValueKind.Object when depth < Depth: foreach (var inner in value.EnumerateObject()) Set(table, row, $"{name}/{inner.Name}", inner.Value, depth + 1); break;
            case JsonValueKind.Array: row.Set(name, string.Join(',', value.EnumerateArray().Take(100).Select(Scalar).Where(s => s is not null))); break;
            default: row.Set(name, Scalar(value)); break;
        }
    }

    // one unit for the whole column, or it is no column's
    private static void Unit(Table table, RowOf row, string name, string code)
    {
        var unit = Ucum.Code(code) ?? $"UN/CEFACT {NewsReader.Plain(code, 20)}";
        row.Set(name + "/unit", unit);
        if (Ucum.Code(code) is null || table.Units.TryGetValue(name, out var other) && other != unit) table.Units[name] = "";
        else table.Units.TryAdd(name, unit);
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        JsonValueKind.Object when value.TryGetProperty("@value", out var typed) && typed.ValueKind != JsonValueKind.Object => Scalar(typed),
        _ => null,
    };
}

using System.Text.Json;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Rows of a JSON answer. Nested objects become columns joined by <c>/</c>, lists of plain values one text joined by commas,
/// the first elements of a list of objects <c>name/0/key</c>; a GeoJSON geometry stays as it is, in one cell.</summary>
internal static class JsonRows
{
    private const int Depth = 32, Elements = 4, GeometryLength = 1_000_000;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Depth, AllowDuplicateProperties = false };

    /// <summary>Reads a document as strictly as it can be read: no comments, no key twice, at most 32 deep.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body, Strict);

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        var envelope = context.Envelope;
        if (XmlRows.Refusal(body, envelope) is { } refusal) return refusal;
        using var document = Parse(body);
        var root = document.RootElement;
        string? First(List<string> paths) => paths.Select(p => Find(root, p)).FirstOrDefault(e => e is not null) is { } found ? Scalar(found) : null;
        var status = First(envelope.Status);
        var detail = status is null ? null : $"{status} {First(envelope.Message)}".Trim();
        if (status is not null && envelope.Class(status) is var outcome and not FetchOutcome.Ok) return Table.Of(outcome, detail);
        var rows = envelope.Rows.Count == 0 ? root : envelope.Rows.Select(p => Find(root, p)).FirstOrDefault(e => e is not null);
        if (rows is not { } list) return new Table { Outcome = FetchOutcome.SchemaDrift, Detail = $"no rows at {string.Join(" or ", envelope.Rows)}", NoRows = true };
        // a place of the rows that is there and empty is an answer; one that is not there is none
        if (list.ValueKind is JsonValueKind.Null or JsonValueKind.String) return Table.Of(FetchOutcome.Empty, detail);
        if (list.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) return Table.Of(FetchOutcome.Unparsable, "neither a list nor an object");
        var table = new Table { Outcome = FetchOutcome.Ok, Detail = detail, Next = First(envelope.Next) };
        if (First(envelope.MadeAt) is { } made) table.MadeAt = Mapping.Moments.Guess(made, context.Zone)?.At;
        var explode = context.Options.Explode;
        var only = context.Options.Columns.Count == 0 ? null : context.Options.Columns.ToHashSet(StringComparer.Ordinal);
        foreach (var item in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : Items(list))
            if (item.ValueKind == JsonValueKind.Object)
                if (explode is null || Find(item, explode) is not { ValueKind: JsonValueKind.Array } parts) Row(table, item, only, explode);
                else foreach (var part in parts.EnumerateArray()) Row(table, item, only, explode, part);
            // a bare list of lists, as ArcGIS and Socrata exports have it, needs the names of its columns
            else if (item.ValueKind == JsonValueKind.Array && context.Options.Columns.Count > 0) List(table, item, context.Options.Columns);
        return table.Rows.Count > 0 ? table : Table.Of(FetchOutcome.Empty, detail);
    }

    private static IEnumerable<JsonElement> Items(JsonElement one) { yield return one; }

    private static void Row(Table table, JsonElement item, HashSet<string>? only, string? explode = null, JsonElement part = default)
    {
        var row = new RowOf(table, only);
        Flatten(row, "", item, explode, 0);
        if (part.ValueKind == JsonValueKind.Object) Flatten(row, explode + "/", part, null, 1);
        else if (part.ValueKind != JsonValueKind.Undefined && Value(part) is { } cell) row.Set(explode!, cell);
        row.Add();
    }

    private static void List(Table table, JsonElement item, List<string> names)
    {
        var row = new RowOf(table);
        var i = 0;
        foreach (var cell in item.EnumerateArray())
        {
            if (i >= names.Count) break;
            if (Value(cell) is { } value) row.Set(names[i], value);
            i++;
        }
        row.Add();
    }

    /// <summary>Sets the cells of a JSON text that stands in a cell itself, below a name; a geometry stays as it is.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static void Nested(RowOf row, string name, string json)
    {
        if (json.Length > GeometryLength) throw new InvalidDataException("a JSON text of more than 1 MB in a cell");
        using var document = Parse(System.Text.Encoding.UTF8.GetBytes(json));
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array) Array(row, name, root, null, 1);
        else if (root.ValueKind != JsonValueKind.Object || IsGeometry(root)) row.Set(name, json);
        else Flatten(row, name + "/", root, null, 1);
    }

    /// <summary>Sets the cells of a value below a name.</summary>
    public static void Set(RowOf row, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && !IsGeometry(value)) Flatten(row, name + "/", value, null, 1);
        else if (value.ValueKind == JsonValueKind.Object) row.Set(name, value.GetRawText());
        else if (value.ValueKind == JsonValueKind.Array) Array(row, name, value, null, 1);
        else if (Value(value) is { } cell) row.Set(name, cell);
    }

    private static void Flatten(RowOf row, string prefix, JsonElement item, string? without, int depth)
    {
        foreach (var property in item.EnumerateObject())
        {
            var name = prefix + property.Name;
            if (name == without) continue;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object when IsGeometry(property.Value):
                    // a place that is too long to be drawn is in doubt, and what it is the place of stands
                    row.Set(name, property.Value.GetRawText() is { Length: <= GeometryLength } geometry ? geometry : Mapping.Geometries.TooLong);
                    if (property.Value.GetProperty("coordinates") is var c && c.GetArrayLength() == 3 && c[2].ValueKind == JsonValueKind.Number) row.Set(name + "/height", c[2].GetDouble());
                    break;
                case JsonValueKind.Object when depth < 8: Flatten(row, name + "/", property.Value, without, depth + 1); break;
                case JsonValueKind.Array: Array(row, name, property.Value, without, depth); break;
                default: if (Value(property.Value) is { } cell) row.Set(name, cell); break;
            }
        }
    }

    private static void Array(RowOf row, string name, JsonElement list, string? without, int depth)
    {
        if (list.GetArrayLength() == 0) { row.Set(name, ""); return; }
        if (list[0].ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            row.Set(name, string.Join(',', list.EnumerateArray().Take(1000).Select(e => Scalar(e) ?? "")));
            return;
        }
        var i = 0;
        foreach (var element in list.EnumerateArray())
        {
            if (i == Elements) break;
            if (element.ValueKind == JsonValueKind.Object && depth < 8) Flatten(row, $"{name}/{i}/", element, without, depth + 1);
            i++;
        }
    }

    private static bool IsGeometry(JsonElement item) => item.TryGetProperty("coordinates", out var c) && c.ValueKind == JsonValueKind.Array && item.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String;

    /// <summary>The element at a path of keys joined by <c>/</c>; <c>*</c> is any key under which the rest exists, <c>[]</c> the
    /// first key with a list of objects, a number an element of a list.</summary>
    public static JsonElement? Find(JsonElement from, string path)
    {
        var here = from;
        var keys = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < keys.Length; i++)
        {
            if (here.ValueKind == JsonValueKind.Array && int.TryParse(keys[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at) && at >= 0 && at < here.GetArrayLength()) { here = here[at]; continue; }
            if (here.ValueKind != JsonValueKind.Object) return null;
            if (keys[i] == "*")
            {
                var rest = string.Join('/', keys[(i + 1)..]);
                return here.EnumerateObject().Select(child => Find(child.Value, rest)).FirstOrDefault(e => e is not null);
            }
            if (keys[i] == "[]")
            {
                here = here.EnumerateObject().Select(child => child.Value).FirstOrDefault(v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() > 0 && v[0].ValueKind == JsonValueKind.Object);
                if (here.ValueKind == JsonValueKind.Undefined) return null;
                continue;
            }
            if (!here.TryGetProperty(keys[i], out here)) return null;
        }
        return here;
    }

    private static Cell? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Number(value),
        JsonValueKind.Null => Cell.Of(""),
        _ => Scalar(value) is { } text ? Cell.Of(text) : null,
    };

    // a number that no double holds exactly is a name: 20 digits of an identifier
    private static Cell Number(JsonElement value)
    {
        var number = value.GetDouble();
        if (!double.IsFinite(number)) throw new InvalidDataException("a number that is not finite");
        return Math.Abs(number) > 1L << 53 && value.GetRawText() is { Length: <= 40 } digits && !digits.AsSpan().ContainsAny('.', 'e', 'E') ? Cell.Of(digits) : Cell.Of(number);
    }

    private static string? Scalar(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } s => s.GetString(),
        { ValueKind: JsonValueKind.Number } n => n.GetRawText() is { Length: <= 100 } raw ? raw : throw new InvalidDataException("a number of more than 100 digits"),
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        _ => null,
    };
}

using System.Text.Json;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Open311 GeoReport v2 in JSON or XML: requests or services, one row each; the several shapes of its errors and of its "nothing".</summary>
internal static class Open311Rows
{
    private static readonly FeedDescriptor.EnvelopeOf Xml = new() { Rows = ["service_requests/request", "services/service"], EmptyRoots = ["service_requests", "services"] };
    private static readonly FeedDescriptor.EnvelopeOf Json = new() { Rows = ["service_requests", "services", ""] };

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context) => IsXml(body.Span) ? Document(body, context) : Array(body, context);

    private static bool IsXml(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        body = body.TrimStart(" \r\n\t"u8);
        return body.Length > 0 && body[0] is (byte)'<' or > 0x7F;
    }

    private static Table Document(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var reader = XmlGuard.Open(body, context.ContentType, context.Options.Encoding);
        reader.MoveToContent();
        switch (reader.LocalName)
        {
            case "errors" or "error":
                var error = XmlItem.Read(reader);
                error = error.All("error").FirstOrDefault() ?? error;
                return Refused(error.Of("code"), error.Of("description") is { Length: > 0 } said ? said : error.Text);
            case "service_requests" or "services" or "requests": return Marked(XmlRows.Read(body, context with { Envelope = Xml }));
            case var root: return Table.Of(FetchOutcome.SchemaDrift, $"neither requests nor services; the document is {NewsReader.Plain(root, 40)}");
        }
    }

    private static Table Array(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using (var document = JsonRows.Parse(body))
        {
            var first = document.RootElement;
            if (first.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) return Table.Of(FetchOutcome.SchemaDrift, "neither requests nor services");
            foreach (var wrapped in (ReadOnlySpan<string>)["errors", "error"]) if (JsonRows.Find(first, wrapped) is { } inner) first = inner;
            if (first.ValueKind == JsonValueKind.String) return Refused("", first.GetString()!);
            if (first.ValueKind == JsonValueKind.Array && first.GetArrayLength() > 0) first = first[0];
            if (first.ValueKind == JsonValueKind.Object && !first.EnumerateObject().Any(p => p.Name.StartsWith("service", StringComparison.Ordinal)) && first.TryGetProperty("description", out var said))
                return Refused(first.TryGetProperty("code", out var code) ? code.ToString() : "", said.ToString());
        }
        return Marked(JsonRows.Read(body, context with { Envelope = Json }));
    }

    // a request repeats what service it is of, so that its row alone would pass for a service
    private static Table Marked(Table table)
    {
        var (mark, id, token) = (table.Column("entity"), table.Find("service_request_id"), table.Find("token"));
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var row = new Cell[Math.Max(mark + 1, table.Rows[i].Length)];
            table.Rows[i].CopyTo(row, 0);
            row[mark] = Cell.Of(Table.At(row, id).Kind != CellKind.None || Table.At(row, token).Kind != CellKind.None ? "request" : "service");
            table.Rows[i] = row;
        }
        return table;
    }

    private static Table Refused(string code, string said) => Table.Of(code switch
    {
        "401" or "403" => FetchOutcome.Auth,
        "429" => FetchOutcome.Quota,
        ['5', _, _] => FetchOutcome.UpstreamDown,
        _ => FetchOutcome.BadRequest,
    }, $"{code} {NewsReader.Plain(said, 200)}".Trim());
}

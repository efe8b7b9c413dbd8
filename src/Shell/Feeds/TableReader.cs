using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace SmartCity.Shell.Feeds;

/// <summary>The rows of one answer, or what it came to instead. A row is column to text; a JSON null is an empty one.</summary>
internal sealed record Table(FetchOutcome Outcome, IReadOnlyList<IReadOnlyDictionary<string, string>> Rows, string? Detail = null)
{
    /// <summary>True when the answer is well and the place of its rows is not there.</summary>
    public bool NoRows { get; init; }

    public static Table Of(FetchOutcome outcome, string? detail = null) => new(outcome, [], detail);
}

/// <summary>Reads the body of an answer as a table. HTTP 200 means nothing: the status in the body decides.</summary>
internal static class TableReader
{
    private const int MaxRows = 100_000;

    public static Table Read(FeedPlan plan, Answer answer)
    {
        var ok = answer.Outcome == FetchOutcome.Ok;
        if (LooksLikeHtml(answer)) return ok ? Table.Of(FetchOutcome.Unparsable, "a web page instead of data") : Table.Of(answer.Outcome, answer.Detail);
        if (answer.Body.Length == 0) return ok ? Table.Of(FetchOutcome.Unparsable, "the answer is empty") : Table.Of(answer.Outcome, answer.Detail);
        try
        {
            var table = plan.Format == "csv" ? Csv(plan, answer) : Json(plan.Envelope, answer.Body);
            // the body's own word about an error is better than the status line's
            return ok || table.Outcome is FetchOutcome.Auth or FetchOutcome.Quota or FetchOutcome.BadRequest or FetchOutcome.UpstreamDown ? table : Table.Of(answer.Outcome, answer.Detail);
        }
        // InvalidOperation: a text that is not Unicode, such as half a surrogate pair
        catch (Exception broken) when (broken is JsonException or CsvHelperException or DecoderFallbackException or InvalidDataException or InvalidOperationException)
        {
            return ok ? Table.Of(FetchOutcome.Unparsable, $"{(broken is InvalidDataException ? broken.Message : "not well formed")}: {Head(answer.Body)}") : Table.Of(answer.Outcome, answer.Detail);
        }
    }

    // how it begins, for a person: "Forbidden" says more than a parser's message
    private static string Head(byte[] body) => NewsReader.Plain(Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))), 60);

    internal static bool LooksLikeHtml(Answer answer)
    {
        var head = Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 200))).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return head.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || head.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    private static Table Json(FeedDescriptor.EnvelopeOf envelope, byte[] body)
    {
        if (XmlRefusal(envelope, body) is { } refusal) return refusal;
        using var document = JsonDocument.Parse(new ReadOnlyMemory<byte>(body).TrimBom(), new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
        var status = envelope.Status.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is not null) is { } found ? Scalar(found) : null;
        var message = envelope.Message.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is not null) is { } told ? Scalar(told) : null;
        var detail = status is null ? null : $"{status} {message}".Trim();
        if (status is not null && Classify(envelope, status) is var outcome and not FetchOutcome.Ok) return Table.Of(outcome, detail);
        var rows = envelope.Rows.Count == 0 ? document.RootElement : envelope.Rows.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is { ValueKind: JsonValueKind.Array or JsonValueKind.Object });
        if (rows is not { } list) return Table.Of(FetchOutcome.SchemaDrift, $"no rows at {string.Join(" or ", envelope.Rows)}") with { NoRows = true };
        var items = list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MaxRows) : [list];
        var read = items.Where(i => i.ValueKind == JsonValueKind.Object).Select(Row).ToList();
        return new(read.Count == 0 ? FetchOutcome.Empty : FetchOutcome.Ok, read, detail);
    }

    // gateways refuse in XML whatever was asked for: the code stands in an element that is named like the status
    private static Table? XmlRefusal(FeedDescriptor.EnvelopeOf envelope, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2000))).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (!text.StartsWith('<')) return null;
        string? Element(string path)
        {
            var name = path.Split('/')[^1];
            var open = text.IndexOf($"<{name}>", StringComparison.Ordinal) + name.Length + 2;
            var close = text.IndexOf($"</{name}>", StringComparison.Ordinal);
            return open > name.Length + 1 && close >= open ? text[open..close].Trim() : null;
        }
        if (envelope.Status.Select(Element).FirstOrDefault(c => c is not null) is not { } status || Classify(envelope, status) is not (var outcome and not FetchOutcome.Ok)) return null;
        return Table.Of(outcome, $"{status} {NewsReader.Plain(envelope.Message.Select(Element).FirstOrDefault(m => m is not null) ?? "", 200)}".Trim());
    }

    private static ReadOnlyMemory<byte> TrimBom(this ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    private static FetchOutcome Classify(FeedDescriptor.EnvelopeOf envelope, string status) =>
        envelope.Ok.Contains(status) ? FetchOutcome.Ok
        : envelope.Empty.Contains(status) ? FetchOutcome.Empty
        : envelope.Auth.Contains(status) ? FetchOutcome.Auth
        : envelope.Quota.Contains(status) ? FetchOutcome.Quota
        : envelope.Transient.Contains(status) ? FetchOutcome.UpstreamDown
        : FetchOutcome.BadRequest;

    private static JsonElement? Find(JsonElement from, string path)
    {
        JsonElement here = from;
        foreach (var key in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (here.ValueKind != JsonValueKind.Object) return null;
            if (key == "*")
            {
                // any child under which the rest of the path exists
                var rest = path[(path.IndexOf('*', StringComparison.Ordinal) + 1)..];
                return here.EnumerateObject().Select(child => Find(child.Value, rest)).FirstOrDefault(e => e is not null);
            }
            if (!here.TryGetProperty(key, out here)) return null;
        }
        return here;
    }

    private static Dictionary<string, string> Row(JsonElement item)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cell in item.EnumerateObject())
            if (cell.Value.ValueKind == JsonValueKind.Null) row[cell.Name] = "";
            else if (Scalar(cell.Value) is { } text) row[cell.Name] = text;
        return row;
    }

    private static string? Scalar(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } s => s.GetString(),
        { ValueKind: JsonValueKind.Number } n => n.GetRawText(),
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        _ => null,
    };

    private static Table Csv(FeedPlan plan, Answer answer)
    {
        var encoding = Encodings.Named(answer.ContentType) ?? new UTF8Encoding(false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(new MemoryStream(answer.Body), encoding, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd();
        // a number that was cut in half is still a number
        if (plan.Descriptor.Expect.LastLineEnds && !text.EndsWith('\n') && !text.EndsWith('\r')) throw new InvalidDataException("the last line does not end, so it may be cut off; if this source never ends it, say expect: { lastLineEnds: false }");
        using var csv = new CsvReader(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null, DetectColumnCountChanges = true });
        if (!csv.Read() || !csv.ReadHeader()) return Table.Of(FetchOutcome.Unparsable, "there is no header");
        var header = csv.HeaderRecord!;
        var rows = new List<IReadOnlyDictionary<string, string>>();
        while (csv.Read() && rows.Count < MaxRows)
        {
            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < header.Length; i++) row[header[i].Trim()] = csv.GetField(i) ?? "";
            rows.Add(row);
        }
        return new(rows.Count == 0 ? FetchOutcome.Empty : FetchOutcome.Ok, rows);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace SmartCity.Shell.Feeds;

/// <summary>The rows of one answer, or what it came to instead. A row is column to text; a JSON null is absent.</summary>
internal sealed record Table(FetchOutcome Outcome, IReadOnlyList<IReadOnlyDictionary<string, string>> Rows, string? Detail = null)
{
    public static Table Of(FetchOutcome outcome, string? detail = null) => new(outcome, [], detail);
}

/// <summary>Reads the body of an answer as a table. HTTP 200 means nothing: the status in the body decides.</summary>
internal static class TableReader
{
    private const int MaxRows = 100_000;

    public static Table Read(FeedPlan plan, Answer answer)
    {
        if (LooksLikeHtml(answer)) return Table.Of(answer.Outcome == FetchOutcome.Ok ? FetchOutcome.Unparsable : answer.Outcome, "a web page instead of data");
        try
        {
            var table = plan.Format == "csv" ? Csv(answer.Body) : Json(plan.Envelope, answer.Body);
            // the body's own word about an error is better than the status line's
            return answer.Outcome == FetchOutcome.Ok || table.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty) ? table : Table.Of(answer.Outcome, answer.Detail);
        }
        catch (Exception broken) when (broken is JsonException or CsvHelperException or DecoderFallbackException or InvalidDataException)
        {
            return answer.Outcome == FetchOutcome.Ok ? Table.Of(FetchOutcome.Unparsable, broken.Message.Split('\n')[0]) : Table.Of(answer.Outcome, answer.Detail);
        }
    }

    internal static bool LooksLikeHtml(Answer answer)
    {
        var head = Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 200))).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return head.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || head.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    private static Table Json(FeedDescriptor.EnvelopeOf envelope, byte[] body)
    {
        if (body.Length == 0) return Table.Of(FetchOutcome.Unparsable, "the answer is empty");
        using var document = JsonDocument.Parse(new ReadOnlyMemory<byte>(body).TrimBom(), new JsonDocumentOptions { MaxDepth = 32 });
        var status = envelope.Status.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is not null) is { } found ? Scalar(found) : null;
        var message = envelope.Message.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is not null) is { } told ? Scalar(told) : null;
        var detail = status is null ? null : $"{status} {message}".Trim();
        if (status is not null && Classify(envelope, status) is var outcome and not FetchOutcome.Ok) return Table.Of(outcome, detail);
        var rows = envelope.Rows.Count == 0 ? document.RootElement : envelope.Rows.Select(p => Find(document.RootElement, p)).FirstOrDefault(e => e is { ValueKind: JsonValueKind.Array or JsonValueKind.Object });
        if (rows is not { } list) return Table.Of(FetchOutcome.SchemaDrift, $"no rows at {string.Join(" or ", envelope.Rows)}");
        var items = list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MaxRows) : [list];
        var read = items.Where(i => i.ValueKind == JsonValueKind.Object).Select(Row).ToList();
        return new(read.Count == 0 ? FetchOutcome.Empty : FetchOutcome.Ok, read, detail);
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
            if (Scalar(cell.Value) is { } text) row[cell.Name] = text;
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

    private static Table Csv(byte[] body)
    {
        if (body.Length == 0) return Table.Of(FetchOutcome.Unparsable, "the answer is empty");
        using var reader = new StreamReader(new MemoryStream(body), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null, DetectColumnCountChanges = true });
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

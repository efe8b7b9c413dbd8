using System.Text;
using System.Text.Json;
using System.Xml;
using CsvHelper;

namespace SmartCity.Shell.Feeds;

/// <summary>Reads the body of an answer as a table. HTTP 200 means nothing: the status in the body decides. Nothing that a body can
/// hold makes it throw.</summary>
internal static class TableReader
{
    public static Table Read(FeedPlan plan, Answer answer, TimeZoneInfo zone, DateTimeOffset now)
    {
        var ok = answer.Outcome == FetchOutcome.Ok;
        if (LooksLikeHtml(answer)) return ok ? Table.Of(FetchOutcome.Unparsable, "a web page instead of data") : Table.Of(answer.Outcome, answer.Detail);
        if (answer.Body.Length == 0) return ok ? Table.Of(FetchOutcome.Unparsable, "the answer is empty") : Table.Of(answer.Outcome, answer.Detail);
        try
        {
            var table = Formats.Formats.All[plan.Format](answer.Body, new(plan.Descriptor.Envelope, plan.Descriptor.Read, answer.ContentType, zone, now));
            // the body's own word about an error is better than the status line's
            return ok || table.Outcome is FetchOutcome.Auth or FetchOutcome.Quota or FetchOutcome.BadRequest or FetchOutcome.UpstreamDown ? table : Table.Of(answer.Outcome, answer.Detail);
        }
        catch (Exception broken) when (IsTheSources(broken))
        {
            // some gateways refuse in a word or two
            if (Said(answer.Body) is { } said && plan.Descriptor.Envelope is var e && (e.Auth.Contains(said) || e.Quota.Contains(said) || e.Transient.Contains(said))) return Table.Of(e.Class(said), said);
            return ok ? Table.Of(FetchOutcome.Unparsable, $"{(broken is InvalidDataException { InnerException: null } ? broken.Message : "not well formed")}: {Head(answer.Body)}") : Table.Of(answer.Outcome, answer.Detail);
        }
    }

    /// <summary>True for what a parser throws about bytes. InvalidOperation: a text that is not Unicode, such as half a surrogate pair.</summary>
    internal static bool IsTheSources(Exception broken) => broken is JsonException or XmlException or CsvHelperException or DecoderFallbackException or InvalidDataException or InvalidOperationException or FormatException or EndOfStreamException;

    private static string? Said(byte[] body) => body.Length <= 200 ? Encoding.UTF8.GetString(body).Trim() : null;

    // how it begins, for a person: "Forbidden" says more than a parser's message
    private static string Head(byte[] body) => NewsReader.Plain(Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))), 60);

    internal static bool LooksLikeHtml(Answer answer)
    {
        var head = Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 200))).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return head.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || head.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }
}

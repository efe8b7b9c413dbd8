using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace SmartCity.Shell.Feeds;

/// <summary>Reads RSS 2.0 and Atom. Everything becomes plain text; addresses are http or https or nothing.</summary>
internal static class NewsReader
{
    private const int MaxDepth = 32, MaxItems = 200, MaxTitle = 200, MaxSummary = 500;

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = SourceClient.MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    public static (FetchOutcome Outcome, IReadOnlyList<Document> Documents, string? Detail) Read(Answer answer, DateTimeOffset fetchedAt)
    {
        if (answer.Outcome != FetchOutcome.Ok) return (answer.Outcome, [], answer.Detail);
        if (TableReader.LooksLikeHtml(answer)) return (FetchOutcome.Unparsable, [], "a web page instead of a news feed");
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(answer.Body), Safe);
            var documents = new List<Document>();
            var isFeed = false;
            string? feedLanguage = null;
            while (reader.Read())
            {
                if (reader.Depth > MaxDepth) return (FetchOutcome.Unparsable, [], "nested too deeply");
                if (reader.NodeType != XmlNodeType.Element) continue;
                isFeed |= reader.LocalName is "rss" or "feed" or "RDF";
                feedLanguage ??= reader.GetAttribute("xml:lang");
                if (reader.LocalName == "language" && reader.Depth == 2) feedLanguage = reader.ReadElementContentAsString();
                if (reader.LocalName is "item" or "entry" && documents.Count < MaxItems && Item(reader.ReadSubtree(), fetchedAt, feedLanguage) is { } item) documents.Add(item);
            }
            if (!isFeed) return (FetchOutcome.SchemaDrift, [], "neither RSS nor Atom");
            return (documents.Count == 0 ? FetchOutcome.Empty : FetchOutcome.Ok, documents.DistinctBy(d => d.Id).ToList(), null);
        }
        catch (XmlException broken)
        {
            return (FetchOutcome.Unparsable, [], $"line {broken.LineNumber}: not well-formed XML");
        }
    }

    private static Document? Item(XmlReader item, DateTimeOffset fetchedAt, string? language)
    {
        string title = "", link = "", id = "", published = "", summary = "";
        using (item)
        {
            item.Read();
            language = item.GetAttribute("xml:lang") ?? language;
            var more = item.Read();
            while (more)
            {
                if (item.NodeType != XmlNodeType.Element || item.Depth != 1) { more = item.Read(); continue; }
                switch (item.LocalName)
                {
                    case "title": title = Content(item); break;
                    case "link" when item.GetAttribute("href") is { } href: link = href; more = item.Read(); continue;
                    case "link": link = Content(item); break;
                    case "guid" or "id": id = Content(item); break;
                    case "pubDate" or "published" or "updated" or "date" when published.Length == 0: published = Content(item); break;
                    case "description" or "summary" when summary.Length == 0: summary = Content(item); break;
                    case "language": language = Content(item); break;
                    default: item.Skip(); break;
                }
                more = !item.EOF;
            }
        }
        title = Plain(title, MaxTitle);
        if (title.Length == 0) return null;
        var address = Uri.TryCreate(link.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri!.AbsoluteUri : null;
        if (id.Trim().Length == 0) id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(link + "\n" + title)))[..32];
        return new(id.Trim() is { Length: > 200 } tooLong ? tooLong[..200] : id.Trim(), title, address, When(published) is { } at && at <= fetchedAt.AddMinutes(5) ? at : fetchedAt, Plain(summary, MaxSummary),
            language is { Length: >= 2 } ? language[..2].ToLowerInvariant() : null);
    }

    private static string Content(XmlReader element)
    {
        var text = new StringBuilder();
        var depth = element.Depth;
        if (element.IsEmptyElement) { element.Read(); return ""; }
        while (element.Read() && element.Depth > depth)
            if (element.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace && text.Length < 64 * 1024) text.Append(element.Value);
        element.Read();
        return text.ToString();
    }

    /// <summary>Text without markup, on one line, cut at a border between letters.</summary>
    internal static string Plain(string html, int length)
    {
        var text = new StringBuilder();
        // decoded twice: sources escape what they have escaped already
        var decoded = WebUtility.HtmlDecode(WebUtility.HtmlDecode(html.Length > 20_000 ? html[..20_000] : html));
        var inTag = false;
        for (var i = 0; i < decoded.Length; i++)
        {
            var c = decoded[i];
            if (c == '<' && i + 1 < decoded.Length && (char.IsAsciiLetter(decoded[i + 1]) || decoded[i + 1] is '/' or '!')) inTag = true;
            else if (c == '>' && inTag) { inTag = false; text.Append(' '); }
            else if (!inTag) text.Append(char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate && !char.IsSurrogate(c) ? ' ' : c);
        }
        var plain = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Normalize();
        var letters = StringInfo.ParseCombiningCharacters(plain);
        return letters.Length <= length ? plain : plain[..letters[length - 1]] + "…";
    }

    private static DateTimeOffset? When(string text)
    {
        text = text.Trim();
        // RFC 822 names of zones that are in use; the framework reads numeric offsets
        foreach (var (name, offset) in new[] { ("KST", "+09:00"), ("UTC", "+00:00"), ("GMT", "+00:00"), ("EST", "-05:00"), ("PST", "-08:00") })
            if (text.EndsWith(" " + name, StringComparison.Ordinal)) text = text[..^name.Length] + offset;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;
    }
}

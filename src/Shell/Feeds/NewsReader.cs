using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Shell.Feeds;

/// <summary>Reads RSS 2.0 and Atom. Everything becomes plain text; addresses are http or https or nothing.</summary>
internal static class NewsReader
{
    private const int MaxItems = 200, MaxTitle = 200, MaxSummary = 500, MaxLink = 2000, MaxId = 200;

    // what a channel holds besides its items; a renamed item is none of these
    private static readonly HashSet<string> InChannel = new(["title", "link", "description", "language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "category", "generator", "docs", "cloud",
        "ttl", "image", "rating", "textInput", "skipHours", "skipDays", "channel", "item", "items", "entry", "id", "updated", "author", "contributor", "icon", "logo", "rights", "subtitle"], StringComparer.Ordinal);

    public static (FetchOutcome Outcome, IReadOnlyList<Document> Documents, string? Detail) Read(Answer answer, TimeZoneInfo zone, DateTimeOffset fetchedAt, string? encoding = null)
    {
        if (answer.Outcome != FetchOutcome.Ok) return (answer.Outcome, [], answer.Detail);
        if (TableReader.LooksLikeHtml(answer)) return (FetchOutcome.Unparsable, [], "a web page instead of a news feed");
        try
        {
            using var reader = XmlGuard.Open(answer.Body, answer.ContentType, encoding, longTexts: true);
            var documents = new List<Document>();
            var (isFeed, items) = (false, 0);
            string? feedLanguage = null, own = null, strange = null;
            for (var more = reader.Read(); more;)
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    own ??= reader.NamespaceURI;
                    isFeed |= reader.LocalName is "rss" or "feed" or "RDF";
                    if (reader.Depth is 1 or 2 && reader.NamespaceURI == own && !InChannel.Contains(reader.LocalName)) strange ??= reader.LocalName;
                    feedLanguage ??= reader.GetAttribute("xml:lang");
                    if (reader.LocalName == "language" && reader.Depth == 2)
                    {
                        // leaves the reader behind the element: what stands there is not to be read past
                        feedLanguage = Content(reader);
                        more = !reader.EOF;
                        continue;
                    }
                    if (reader.LocalName is "item" or "entry" && items++ < MaxItems && Item(reader.ReadSubtree(), zone, fetchedAt, feedLanguage) is { } item) documents.Add(item);
                }
                more = reader.Read();
            }
            if (!isFeed) return (FetchOutcome.SchemaDrift, [], "neither RSS nor Atom");
            if (documents.Count == 0 && items > 0) return (FetchOutcome.SchemaDrift, [], $"{items} items and not one title");
            if (documents.Count == 0 && strange is not null) return (FetchOutcome.SchemaDrift, [], $"no item; the source sends {Plain(strange, 40)}");
            return (documents.Count == 0 ? FetchOutcome.Empty : FetchOutcome.Ok, documents.DistinctBy(d => d.Id).ToList(), null);
        }
        catch (Exception refused) when (refused is InvalidDataException or DecoderFallbackException)
        {
            return (FetchOutcome.Unparsable, [], refused is InvalidDataException ? refused.Message : "not the encoding it says; if the source writes in another, say read: { encoding: … }");
        }
        catch (XmlException broken)
        {
            return (FetchOutcome.Unparsable, [], answer.Body.Length == 0 ? "the answer is empty" : $"line {broken.LineNumber}: not well-formed XML");
        }
    }

    private static Document? Item(XmlReader item, TimeZoneInfo zone, DateTimeOffset fetchedAt, string? language)
    {
        const string DublinCore = "http://purl.org/dc/elements/1.1/";
        string title = "", link = "", id = "", published = "", summary = "";
        using (item)
        {
            item.Read();
            language = item.GetAttribute("xml:lang") ?? language;
            var own = item.NamespaceURI;
            for (var more = item.Read(); more; more = !item.EOF)
            {
                if (item.NodeType != XmlNodeType.Element || item.Depth != 1) { item.Read(); continue; }
                // a picture's title or a podcast's summary stands in a namespace of its own
                switch (item.NamespaceURI == own ? item.LocalName : item.NamespaceURI == DublinCore ? "dc:" + item.LocalName : "")
                {
                    case "title": title = Content(item); break;
                    case "link" when item.GetAttribute("href") is { } href:
                        if (link.Length == 0 || item.GetAttribute("rel") is null or "alternate") link = href;
                        item.Skip();
                        break;
                    case "link": link = Content(item); break;
                    case "guid" or "id": id = Content(item); break;
                    case "pubDate" or "published" or "updated" or "dc:date" when published.Length == 0: published = Content(item); break;
                    case "description" or "summary" when summary.Length == 0: summary = Content(item); break;
                    case "language" or "dc:language": language = Content(item); break;
                    default: item.Skip(); break;
                }
            }
        }
        title = Plain(title, MaxTitle);
        if (title.Length == 0) return null;
        var address = link.Length <= MaxLink && Uri.TryCreate(link.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri!.AbsoluteUri : null;
        id = id.Trim();
        if (id.Length is 0 or > MaxId) id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.Length > 0 ? id : link + "\n" + title)))[..32];
        return new(id, title, address, When(published, zone) is { } at && at <= fetchedAt + Mapping.RowMap.Ahead ? at : fetchedAt, Plain(summary, MaxSummary),
            language?.Trim() is { Length: >= 2 } code && code[..2].All(char.IsAsciiLetter) ? code[..2].ToLowerInvariant() : null);
    }

    private static string Content(XmlReader element)
    {
        var text = new StringBuilder();
        var depth = element.Depth;
        if (element.IsEmptyElement) { element.Read(); return ""; }
        while (element.Read() && element.Depth > depth)
            if (element.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && text.Length < XmlGuard.MaxText) XmlGuard.Text(element, text, XmlGuard.MaxText);
        element.Read();
        return text.ToString();
    }

    /// <summary>Text without markup, on one line, cut at a border between letters.</summary>
    internal static string Plain(string html, int length)
    {
        // nearly every name of a stop or a vehicle is plain already
        if (html.Length <= length && IsPlain(html)) return html;
        var text = new StringBuilder();
        // decoded twice: sources escape what they have escaped already
        var decoded = WebUtility.HtmlDecode(WebUtility.HtmlDecode(html.Length > 20_000 ? html[..20_000] : html));
        var inTag = false;
        for (var i = 0; i < decoded.Length; i++)
        {
            var c = decoded[i];
            if (c == '<' && i + 1 < decoded.Length && (char.IsAsciiLetter(decoded[i + 1]) || decoded[i + 1] is '/' or '!')) inTag = true;
            else if (c == '>' && inTag) { inTag = false; text.Append(' '); }
            else if (inTag) continue;
            else if (i + 1 < decoded.Length && char.IsSurrogatePair(c, decoded[i + 1])) text.Append(c).Append(decoded[++i]);
            // control letters, marks that turn the writing direction, and halves of letters
            else text.Append(char.IsControl(c) || char.IsSurrogate(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned ? ' ' : c);
        }
        var plain = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Normalize();
        var letters = StringInfo.ParseCombiningCharacters(plain);
        return letters.Length <= length ? plain : plain[..letters[length - 1]] + "…";
    }

    // what none of the steps above would change: signs of Latin scripts without markup and soft hyphens, whole syllables of Hangul, single spaces in between
    private static bool IsPlain(string text)
    {
        var space = true;
        foreach (var c in text)
        {
            if (c == ' ' ? space : !(c is > ' ' and < '\u007F' and not ('<' or '&') or >= '\u00A1' and <= '\u017F' and not '\u00AD' or >= '\uAC00' and <= '\uD7A3')) return false;
            space = c == ' ';
        }
        return !space || text.Length == 0;
    }

    /// <summary>A time as RFC 822 and its neighbours write it, wrong weekdays and names of zones included.</summary>
    internal static DateTimeOffset? When(string text, TimeZoneInfo zone)
    {
        text = text.Trim();
        // the weekday adds nothing, and is wrong or in the city's language often enough
        if (text.IndexOf(',', StringComparison.Ordinal) is > 0 and < 12 and var comma) text = text[(comma + 1)..].TrimStart();
        // RFC 822 names of zones that are in use; the framework reads numeric offsets
        foreach (var (name, offset) in new[] { ("KST", "+09:00"), ("UTC", "+00:00"), ("GMT", "+00:00"), ("EST", "-05:00"), ("PST", "-08:00") })
            if (text.EndsWith(" " + name, StringComparison.Ordinal)) text = text[..^name.Length] + offset;
        // without a zone it is the city's own time
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? Mapping.Moments.Utc(at, zone) : null;
    }
}

using System.Text;
using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>The one way into XML: without document types and outside files, in an encoding that is known, and measured before it is parsed,
/// so that what is made to hurt is refused in the time of one look at its letters.</summary>
internal static class XmlGuard
{
    public const int MaxDepth = 32, MaxAttributes = 64, MaxText = 64 * 1024;

    // names of encodings whose second bytes are never taken for markup; UTF-7, EBCDIC and shifting ones are none
    private static readonly string[] Readable = ["utf-8", "us-ascii", "iso-8859-", "windows-", "euc-", "ks_c_5601", "cp949", "shift_jis", "gb", "big5", "koi8", "utf-16", "unicode"];

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 20_000_000, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true,
    };

    static XmlGuard() => Encodings.Know();

    /// <summary>A reader over a document that was measured.</summary>
    /// <param name="body">Its bytes.</param>
    /// <param name="contentType">As the source sent it, or null.</param>
    /// <param name="encoding">What a descriptor says of the encoding; it is stronger than what the source says.</param>
    /// <param name="longTexts">True for a caller that reads texts through <see cref="Text"/> and makes do with the beginning of a long one.</param>
    /// <exception cref="InvalidDataException">It has a document type, lies deeper than 32, an element has more than 64 attributes, or its encoding is not known.</exception>
    /// <exception cref="DecoderFallbackException">Its bytes are not what its encoding says.</exception>
    public static XmlReader Open(ReadOnlyMemory<byte> body, string? contentType = null, string? encoding = null, bool longTexts = false) => Open(Decode(body.Span, contentType, encoding), longTexts);

    /// <summary>A reader over a document that lies in a text.</summary>
    public static XmlReader Open(string text, bool longTexts = false)
    {
        Measure(text, longTexts);
        return XmlReader.Create(new StringReader(text), Safe);
    }

    private static string Decode(ReadOnlySpan<byte> body, string? contentType, string? encoding)
    {
        if (body.StartsWith("\uFEFF"u8)) return Strict(Encoding.UTF8, body[3..]);
        if (body.Length > 3 && (body[0], body[1]) is (0xFF, 0xFE)) return Strict(Encoding.Unicode, body[2..]);
        if (body.Length > 3 && (body[0], body[1]) is (0xFE, 0xFF)) return Strict(Encoding.BigEndianUnicode, body[2..]);
        if (body.Length > 3 && (body[0], body[1]) is ((byte)'<', 0)) return Strict(Encoding.Unicode, body);
        if (encoding is not null) return Strict(Known(encoding), body);
        if (Encodings.Named(contentType) is { } named && Array.Exists(Readable, r => named.WebName.StartsWith(r, StringComparison.OrdinalIgnoreCase))) return Strict(named, body);
        var head = Encoding.ASCII.GetString(body[..Math.Min(body.Length, 200)]);
        return Strict(Declared(head) is { } declared ? Known(declared) : Encoding.UTF8, body);
    }

    // <?xml version="1.0" encoding = 'name'?>
    private static string? Declared(string head)
    {
        head = head.TrimStart();
        var end = head.StartsWith("<?xml", StringComparison.Ordinal) ? head.IndexOf("?>", StringComparison.Ordinal) : -1;
        if (end < 0 || head.IndexOf("encoding", 0, end, StringComparison.Ordinal) is not (> 0 and var at)) return null;
        var parts = head[(at + 8)..end].Trim().TrimStart('=').Trim();
        return parts.Length > 2 && parts[0] is '"' or '\'' && parts.IndexOf(parts[0], 1) is > 1 and var close ? parts[1..close] : null;
    }

    private static Encoding Known(string name)
    {
        try
        {
            // utf-16 is written there by programs that have recoded the text and left the line
            var encoding = name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8 : Encoding.GetEncoding(name);
            if (Array.Exists(Readable, r => encoding.WebName.StartsWith(r, StringComparison.OrdinalIgnoreCase))) return encoding;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) { /* told below */ }
        throw new InvalidDataException($"the encoding {NewsReader.Plain(name, 40)} is not known");
    }

    private static string Strict(Encoding encoding, ReadOnlySpan<byte> body) =>
        Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetString(body);

    // what a parser would only notice when it has made its objects: one look at the letters
    private static void Measure(ReadOnlySpan<char> text, bool longTexts)
    {
        var depth = 0;
        while (text.IndexOf('<') is >= 0 and var open)
        {
            if (open > MaxText && !longTexts) throw new InvalidDataException("a text of more than 64 KB");
            text = text[(open + 1)..];
            if (text.Length == 0) return;
            switch (text[0])
            {
                case '?': text = Behind(text, "?>"); break;
                case '!' when text.StartsWith("!--", StringComparison.Ordinal): text = Behind(text[3..], "-->"); break;
                case '!' when text.StartsWith("![CDATA[", StringComparison.Ordinal): 
                    var behind = Behind(text, "]]>");
                    if (text.Length - behind.Length > MaxText + 11 && !longTexts) throw new InvalidDataException("a text of more than 64 KB");
                    text = behind;
                    break;
                case '!': throw new InvalidDataException("a document type, which is not read");
                case '/': depth--; break;
                default:
                    text = Tag(text, out var empty);
                    // the root lies at depth 0, as the reader counts
                    if (!empty && ++depth > MaxDepth + 1) throw new InvalidDataException($"nested deeper than {MaxDepth}");
                    break;
            }
        }
    }

    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> text, string end) => text.IndexOf(end, StringComparison.Ordinal) is >= 0 and var at ? text[(at + end.Length)..] : default;

    private static ReadOnlySpan<char> Tag(ReadOnlySpan<char> text, out bool empty)
    {
        var attributes = 0;
        empty = true;
        while (text.IndexOfAny('>', '"', '\'') is >= 0 and var at)
        {
            if (text[at] == '>')
            {
                empty = at > 0 && text[at - 1] == '/';
                return text[(at + 1)..];
            }
            var quote = text[at];
            text = text[(at + 1)..];
            var close = text.IndexOf(quote);
            if (close < 0) return default;
            if (close > MaxText) throw new InvalidDataException("a text of more than 64 KB");
            if (++attributes > MaxAttributes) throw new InvalidDataException($"an element with more than {MaxAttributes} attributes");
            text = text[(close + 1)..];
        }
        return default;
    }

    /// <summary>The text of the text node the reader stands on, no more of it than a limit.</summary>
    /// <param name="reader">Stands on text or CDATA.</param>
    /// <param name="into">Takes it.</param>
    /// <param name="most">Letters that <paramref name="into"/> may hold.</param>
    /// <returns>False when there is more.</returns>
    public static bool Text(XmlReader reader, StringBuilder into, int most)
    {
        if (!reader.CanReadValueChunk)
        {
            into.Append(reader.Value);
            return into.Length <= most;
        }
        var buffer = new char[4096];
        while (reader.ReadValueChunk(buffer, 0, buffer.Length) is > 0 and var read)
        {
            into.Append(buffer, 0, read);
            if (into.Length > most) return false;
        }
        return true;
    }

    /// <exception cref="InvalidDataException">The element lies too deep or has too many attributes.</exception>
    public static void Check(XmlReader reader)
    {
        if (reader.Depth > MaxDepth) throw new InvalidDataException($"nested deeper than {MaxDepth}");
        if (reader.AttributeCount > MaxAttributes) throw new InvalidDataException($"an element with more than {MaxAttributes} attributes");
    }
}

using System.Text;

namespace SmartCity.Tests.Feeds;

/// <summary>Makes bad bodies of good ones: bits, bytes, lengths, tokens of other bodies, texts that have hurt parsers before.</summary>
/// <param name="seed">The same seed gives the same bodies.</param>
internal sealed class Mutator(int seed)
{
    public const int MaxLength = 32 * 1024;

    private static readonly byte[][] Nasty = [.. new[]
    {
        "", "0", "-0", "-1", "1e999", "-1e999", "NaN", "Infinity", "1e-999", "9223372036854775808", "99999999999999999999999999999999999999", "0x7f", "١٢", "１２", "1,234", "12,34", ".5", "5.", "--5", "null", "true", "{}", "[]", "\"\"",
        "<![CDATA[", "]]>", "<!--", "-->", "<?x ?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "&#0;", "&#x110000;", "&amp;", "<a", "</", "/>", "<a/>", "<a xmlns:b='c'>", "xmlns=\"\"", "xsi:type='x'", "\u0000", "\u001F", "\u202E", "\uFEFF", "\uD7FF", "\u200D", "e\u0301\u0301\u0301",
        "\\ud800", "\\u0000", "\\", "\"", "'", "`", "<img src=x onerror=alert(1)>", "__proto__", "constructor", "../../etc/passwd", "=cmd|'/c calc'!A1", "javascript:alert(1)", "http://[::1]/", "http://127.0.0.1:1/", "{secret:plaza}", "%s%n", "24:00", "2026-02-30", "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z", "2026-07-20T00:00:00+99:99", "2026-07-20/2026-07-19", "한글", "\r\n", "\r", "\t", ",", ";", "|", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":", "90,180", "-91,181", "126.9,37.5", "37.5,126.9 37.6,126.9 37.5,127", "circle 0,0 1e9",
        "coordinates", "\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3,4],[1,2]]]", "\"@value\":{\"@value\":{\"@value\":1}}", "UEsDBA==", "PK\u0003\u0004",
    }.Select(Encoding.UTF8.GetBytes), [0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0x7F], [0x80, 0x80, 0x80, 0x80, 0x08], new byte[64]];

    private readonly Random _random = new(seed);

    /// <summary>One body made of some.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        var body = new List<byte>(seeds[_random.Next(seeds.Count)]);
        for (var n = 1 + _random.Next(4); n > 0; n--) Change(body, seeds);
        return body.Count <= MaxLength ? [.. body] : [.. body.Take(MaxLength)];
    }

    private void Change(List<byte> body, IReadOnlyList<byte[]> seeds)
    {
        if (body.Count == 0) { body.AddRange(Nasty[_random.Next(Nasty.Length)]); return; }
        var at = _random.Next(body.Count);
        switch (_random.Next(12))
        {
            case 0: body[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1: body[at] = (byte)_random.Next(256); break;
            case 2: body.RemoveRange(at, Math.Min(body.Count - at, 1 + _random.Next(_random.Next(4) == 0 ? body.Count : 16))); break;
            case 3: body.RemoveRange(at, body.Count - at); break;
            case 4 or 5: body.InsertRange(at, Nasty[_random.Next(Nasty.Length)]); break;
            case 6: // a piece again, and again
                var piece = body.GetRange(at, Math.Min(body.Count - at, 1 + _random.Next(200)));
                for (var n = 1 + _random.Next(_random.Next(10) == 0 ? 64 : 3); n > 0 && body.Count < MaxLength; n--) body.InsertRange(at, piece);
                break;
            case 7: // a length that lies, in bytes or in digits
                if (char.IsAsciiDigit((char)body[at])) body.InsertRange(at, "99999999"u8.ToArray());
                else for (var i = at; i < Math.Min(body.Count, at + 4); i++) body[i] = 0xFF;
                break;
            case 8 or 9: Token(body, Nasty[_random.Next(Nasty.Length)]); break;
            case 10: Token(body, TokenOf(seeds[_random.Next(seeds.Count)])); break;
            default: // the beginning of one, the end of another
                var other = seeds[_random.Next(seeds.Count)];
                body.RemoveRange(at, body.Count - at);
                body.AddRange(other.AsSpan(_random.Next(other.Length + 1)));
                break;
        }
    }

    // what stands between two marks of any of the languages
    private void Token(List<byte> body, byte[] with)
    {
        var (start, length) = Bounds([.. body]);
        body.RemoveRange(start, length);
        body.InsertRange(start, with);
    }

    private byte[] TokenOf(byte[] body)
    {
        var (start, length) = Bounds(body);
        return body.AsSpan(start, length).ToArray();
    }

    private (int Start, int Length) Bounds(ReadOnlySpan<byte> body)
    {
        if (body.Length == 0) return (0, 0);
        var at = _random.Next(body.Length);
        var start = body[..at].LastIndexOfAny("<>{}[]\",: \n="u8) + 1;
        var length = body[at..].IndexOfAny("<>{}[]\",: \n="u8);
        return (start, (length < 0 ? body.Length : at + length) - start);
    }
}

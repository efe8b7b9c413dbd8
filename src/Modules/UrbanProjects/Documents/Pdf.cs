using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace SmartCity.UrbanProjects;

/// <summary>A PDF may hold scripts, other files and orders to the reader's computer. One that does is refused; so is one that cannot be looked into.</summary>
internal static class Pdf
{
    private const long MostUnpacked = 64L * 1024 * 1024;
    private static readonly string[] Acting = ["/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec", "/RichMedia", "/Movie", "/Sound", "/XFA", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/3D", "/AA", "/Trans"];

    public static Inspection Inspect(byte[] bytes)
    {
        var tail = Encoding.Latin1.GetString(bytes, Math.Max(0, bytes.Length - 2048), Math.Min(2048, bytes.Length));
        if (!tail.Contains("%%EOF", StringComparison.Ordinal)) return Inspection.Refuse("urban-projects.file.broken");
        // bytes as letters, one each, so that places in the text are places in the file
        var text = Encoding.Latin1.GetString(bytes);
        if (Names(text).Contains("/Encrypt")) return Inspection.Refuse("urban-projects.file.locked");
        var outside = new StringBuilder();
        var (at, unpacked) = (0, 0L);
        while (true)
        {
            // between two streams stand the objects in plain letters
            var stream = NextStream(text, at);
            outside.Append(text, at, (stream < 0 ? text.Length : stream) - at).Append('\n');
            if (stream < 0) break;
            var begin = stream + 6;
            if (begin < text.Length && text[begin] == '\r') begin++;
            if (begin < text.Length && text[begin] == '\n') begin++;
            var end = text.IndexOf("endstream", begin, StringComparison.Ordinal);
            if (end < 0) return Inspection.Refuse("urban-projects.file.broken");
            var dictionary = Names(text[Math.Max(at, text.LastIndexOf("obj", stream, StringComparison.Ordinal))..stream]);
            // objects may hide in a stream
            if (dictionary.Contains("/ObjStm"))
            {
                if (!dictionary.Contains("/FlateDecode") && !dictionary.Contains("/Fl")) return Inspection.Refuse("urban-projects.file.locked");
                if (Inflate(bytes, begin, end - begin, MostUnpacked - unpacked) is not { } objects) return Inspection.Refuse("urban-projects.file.locked");
                unpacked += objects.Length;
                outside.Append(objects).Append('\n');
            }
            at = end + 9;
        }
        return Acting.FirstOrDefault(Names(outside.ToString()).Contains) is { } acts ? Inspection.Refuse("urban-projects.file.acts", acts) : Inspection.Keep("pdf", bytes);
    }

    private static int NextStream(string text, int from)
    {
        for (var at = text.IndexOf("stream", from, StringComparison.Ordinal); at >= 0; at = text.IndexOf("stream", at + 6, StringComparison.Ordinal))
            if (at + 6 < text.Length && text[at + 6] is '\r' or '\n' && (at < 3 || text[(at - 3)..at] != "end")) return at;
        return -1;
    }

    private static string? Inflate(byte[] bytes, int from, int length, long most)
    {
        try
        {
            using var packed = new ZLibStream(new MemoryStream(bytes, from, length, writable: false), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            var buffer = new byte[81920];
            while (packed.Read(buffer) is > 0 and var read)
            {
                plain.Write(buffer, 0, read);
                if (plain.Length > most) return null;
            }
            return Encoding.Latin1.GetString(plain.GetBuffer(), 0, (int)plain.Length);
        }
        catch (InvalidDataException) { return null; }
    }

    /// <summary>Names as PDF writes them, <c>/Java#53cript</c> read as what it means.</summary>
    private static HashSet<string> Names(string text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = text.IndexOf('/', StringComparison.Ordinal); at >= 0; at = text.IndexOf('/', at + 1))
        {
            var name = new StringBuilder("/");
            for (var i = at + 1; i < text.Length && name.Length < 40; i++)
            {
                var c = text[i];
                if (c is ' ' or '\t' or '\r' or '\n' or '\f' or '\0' or '/' or '<' or '>' or '[' or ']' or '(' or ')' or '{' or '}' or '%') break;
                if (c == '#' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)) (c, i) = ((char)code, i + 2);
                name.Append(c);
            }
            names.Add(name.ToString());
        }
        return names;
    }
}

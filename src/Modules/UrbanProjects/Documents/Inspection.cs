using System.Text;

namespace SmartCity.UrbanProjects;

/// <summary>What was found in a file: its kind and the bytes to keep, or why it is refused.</summary>
internal sealed record Inspection(FileKind? Kind, byte[] Bytes, Wrong? Wrong)
{
    public const int MostBytes = 20 * 1024 * 1024;

    // the industry's harmless test pattern, in two halves so that this source is not taken for it
    private static readonly byte[] TestPattern = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");

    /// <summary>Looks at a file: what it is by its content, never by its name; nothing in it may act. Nothing is written anywhere.</summary>
    public static Inspection Of(byte[] bytes, string name)
    {
        if (bytes.Length == 0) return Refuse("urban-projects.file.empty");
        if (bytes.Length > MostBytes) return Refuse("urban-projects.file.large", MostBytes / 1024 / 1024);
        if (bytes.AsSpan().IndexOf(TestPattern) >= 0) return Refuse("urban-projects.file.virus");
        var found = bytes.AsSpan() switch
        {
            var b when b.StartsWith("%PDF-"u8) => Pdf.Inspect(bytes),
            var b when b.StartsWith(Pictures.PngHead) => Pictures.Png(bytes),
            [0xFF, 0xD8, 0xFF, ..] => Pictures.Jpeg(bytes),
            var b when b.StartsWith("PK\x03\x04"u8) => Package.Inspect(bytes),
            // old office files can hold macros where nobody sees them
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Refuse("urban-projects.file.old"),
            _ => PlainText(bytes),
        };
        // a name that promises something else is a mistake or a trap; both are told
        if (found.Kind is { } kind && !kind.Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase))) return Refuse("urban-projects.file.ending", kind.Endings[0]);
        return found;
    }

    internal static Inspection Keep(string kind, byte[] bytes) => new(FileKind.Find(kind), bytes, null);
    internal static Inspection Refuse(string word, params object?[] arguments) => new(null, [], new("file", 0, word, arguments));

    private static Inspection PlainText(byte[] bytes)
    {
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF'); }
        catch (DecoderFallbackException) { return Refuse("urban-projects.file.kind"); }
        if (text.Any(c => char.IsControl(c) && c is not ('\r' or '\n' or '\t'))) return Refuse("urban-projects.file.kind");
        // markup that a browser would take for a page, whatever it is called
        var begin = text.TrimStart()[..Math.Min(1024, text.TrimStart().Length)];
        if (begin.StartsWith('<') || new[] { "<script", "<html", "<svg", "<iframe", "<!doctype", "javascript:" }.Any(m => begin.Contains(m, StringComparison.OrdinalIgnoreCase))) return Refuse("urban-projects.file.active");
        return Keep("text", bytes);
    }
}

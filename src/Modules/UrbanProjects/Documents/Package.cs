using System.IO.Compression;
using System.Text;

namespace SmartCity.UrbanProjects;

/// <summary>Office files are packages of files. Sizes are added up before anything is unpacked; nothing is unpacked to disk; what acts, or asks another computer, is refused.</summary>
internal static class Package
{
    private const int MostEntries = 2000;
    private const long MostUnpacked = 200L * 1024 * 1024;
    private const int MostRatio = 100;

    public static Inspection Inspect(byte[] bytes)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
            if (zip.Entries.Count is 0 or > MostEntries) return Inspection.Refuse("urban-projects.file.bomb");
            if (zip.Entries.Sum(e => Math.Max(0, e.Length)) is var declared && (declared > MostUnpacked || declared > Math.Max(1 << 20, (long)bytes.Length * MostRatio))) return Inspection.Refuse("urban-projects.file.bomb");
            if (zip.Entries.Any(e => !IsPlain(e))) return Inspection.Refuse("urban-projects.file.paths");
            if (zip.Entries.Select(e => e.FullName).Distinct(StringComparer.OrdinalIgnoreCase).Count() != zip.Entries.Count) return Inspection.Refuse("urban-projects.file.paths");
            if (zip.Entries.Any(e => Acts(e.FullName))) return Inspection.Refuse("urban-projects.file.macro");
            var kind = zip.GetEntry("[Content_Types].xml") is not null
                ? zip.GetEntry("word/document.xml") is not null ? "docx" : zip.GetEntry("xl/workbook.xml") is not null ? "xlsx" : zip.GetEntry("ppt/presentation.xml") is not null ? "pptx" : null
                : zip.GetEntry("mimetype") is { Length: < 100 } type && Read(type) == "application/hwp+zip" && zip.GetEntry("Contents/content.hpf") is not null ? "hwpx" : null;
            if (kind is null) return Inspection.Refuse("urban-projects.file.kind");
            foreach (var entry in zip.Entries)
            {
                var text = Read(entry);
                if (text is null) return Inspection.Refuse("urban-projects.file.bomb");
                // a link is read by a person; whatever else lies elsewhere is fetched by itself
                if (entry.FullName.EndsWith(".rels", StringComparison.OrdinalIgnoreCase) && Relationships(text).Any(r => r.Contains("external", StringComparison.OrdinalIgnoreCase) && !r.Contains("/hyperlink", StringComparison.OrdinalIgnoreCase))) return Inspection.Refuse("urban-projects.file.outside");
                if (entry.FullName == "[Content_Types].xml" && text.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase)) return Inspection.Refuse("urban-projects.file.macro");
                if (text.Contains("<!ENTITY", StringComparison.OrdinalIgnoreCase) || text.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase)) return Inspection.Refuse("urban-projects.file.active");
            }
            return Inspection.Keep(kind, bytes);
        }
        // encrypted, cut off, or not packed the way it says
        catch (Exception broken) when (broken is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException) { return Inspection.Refuse("urban-projects.file.broken"); }
    }

    private static bool IsPlain(ZipArchiveEntry entry)
    {
        var name = entry.FullName;
        // the upper half of the attributes holds the file type where a Unix packed it: a link is 0xA
        return name.Length is > 0 and < 300 && !name.StartsWith('/') && !name.Contains('\\', StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal) && !name.Split('/').Contains("..")
            && !name.Any(char.IsControl) && (entry.ExternalAttributes >> 28 & 0xF) != 0xA && !entry.IsEncrypted;
    }

    private static bool Acts(string name) =>
        new[] { "vbaproject", "activex", "/embeddings/", "oleobject", "macrosheets", "/scripts/", "customui/" }.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase))
        || new[] { ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".jar", ".lnk", ".scr", ".hta", ".html", ".htm", ".svg", ".swf", ".zip", ".bin" }.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && !name.Contains("printerSettings", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Relationships(string text) => text.Split("<Relationship", StringSplitOptions.None).Skip(1);

    private static readonly uint[] Crc = [.. Enumerable.Range(0, 256).Select(i => { var c = (uint)i; for (var k = 0; k < 8; k++) c = (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1; return c; })];

    /// <summary>The text of an entry; null when it is not what it says by length and checksum (the reader stops where the length says). What is not text is read through and given as nothing.</summary>
    private static string? Read(ZipArchiveEntry entry)
    {
        var isText = entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || entry.FullName.EndsWith(".rels", StringComparison.OrdinalIgnoreCase) || entry.FullName.EndsWith(".hpf", StringComparison.OrdinalIgnoreCase) || entry.FullName == "mimetype";
        using var stream = entry.Open();
        using var kept = new MemoryStream();
        var buffer = new byte[81920];
        var (sum, crc) = (0L, uint.MaxValue);
        while (stream.Read(buffer) is > 0 and var read)
        {
            if ((sum += read) > entry.Length) return null;
            foreach (var b in buffer.AsSpan(0, read)) crc = Crc[(crc ^ b) & 0xFF] ^ (crc >> 8);
            if (isText) kept.Write(buffer, 0, read);
        }
        if (sum != entry.Length || ~crc != entry.Crc32) return null;
        return isText ? Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length) : "";
    }
}

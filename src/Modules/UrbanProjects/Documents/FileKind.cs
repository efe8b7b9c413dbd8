using System.Globalization;
using System.Text;

namespace SmartCity.UrbanProjects;

/// <summary>A type of file that is taken. This list is the only one.</summary>
/// <param name="Key">As stored.</param>
/// <param name="Endings">What a name may end in; the first is what it is saved under.</param>
/// <param name="Inline">True when a browser shows it, false when it only saves it.</param>
internal sealed record FileKind(string Key, string[] Endings, string MediaType, bool Inline)
{
    public static IReadOnlyList<FileKind> All { get; } =
    [
        new("pdf", [".pdf"], "application/pdf", Inline: true),
        new("png", [".png"], "image/png", Inline: true),
        new("jpeg", [".jpg", ".jpeg"], "image/jpeg", Inline: true),
        new("docx", [".docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Inline: false),
        new("xlsx", [".xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Inline: false),
        new("pptx", [".pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation", Inline: false),
        new("hwpx", [".hwpx"], "application/hwp+zip", Inline: false),
        new("text", [".txt", ".csv"], "text/plain; charset=utf-8", Inline: false),
    ];

    public static FileKind? Find(string key) => All.FirstOrDefault(k => k.Key == key);

    public bool IsPicture => Key is "png" or "jpeg";

    /// <summary>For a form: what may be chosen.</summary>
    public static string Accept { get; } = string.Join(',', All.SelectMany(k => k.Endings));

    /// <summary>A name that is safe to save under: no folders, nothing invisible, no sign that a system reads as more than a letter, and the ending of what it is.</summary>
    public string Clean(string? name)
    {
        name = (name ?? "")[((name ?? "").LastIndexOfAny(['/', '\\']) + 1)..];
        try { name = name.Normalize(NormalizationForm.FormC); }
        catch (ArgumentException) { name = ""; }
        var ending = Endings.FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ?? Endings[0];
        if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        var plain = new StringBuilder();
        var letters = StringInfo.GetTextElementEnumerator(name);
        for (var count = 0; count < 60 && plain.Length < 90 && letters.MoveNext(); count++)
            foreach (var rune in letters.GetTextElement().EnumerateRunes())
                if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate) continue;
                else plain.Append(Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark || rune.Value is ' ' or '-' or '_' or '(' or ')' or '.' or ',' ? rune.ToString() : "_");
        // a point within could be read as another ending
        var clean = plain.ToString().Replace('.', '_').Trim(' ', '_', ',');
        return (clean.Length == 0 ? "document" : clean) + ending.ToLowerInvariant();
    }
}

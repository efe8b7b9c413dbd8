using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Identity;

namespace SmartCity.Shell.Access;

/// <summary>Names to sign in with: one spelling each, and none that only looks like another.</summary>
internal sealed class Names : ILookupNormalizer, IUserValidator<Person>
{
    public const int Longest = 64;

    /// <summary>Full-width, composed and invisible letters are written one way. Never throws: broken text becomes the empty name.</summary>
    public static string Tidy(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 4 * Longest) return "";
        var seen = new StringBuilder();
        try
        {
            foreach (var rune in name.Normalize(NormalizationForm.FormKC).EnumerateRunes())
                if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)) seen.Append(rune.ToString());
        }
        catch (ArgumentException) { return ""; }
        return seen.ToString().Trim();
    }

    public string? NormalizeName(string? name) => name is null ? null : Tidy(name).ToUpperInvariant();

    public string? NormalizeEmail(string? email) => NormalizeName(email);

    public Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user)
    {
        var wrong = Wrong(user.UserName ?? "");
        return Task.FromResult(wrong is null ? IdentityResult.Success : IdentityResult.Failed(new IdentityError { Code = wrong, Description = wrong }));
    }

    /// <summary>The code of what is wrong with a name, or null.</summary>
    public static string? Wrong(string name) =>
        name.Length is < 2 or > Longest || name != Tidy(name) || !name.EnumerateRunes().All(r => Rune.IsLetterOrDigit(r) || r.Value is '.' or '_' or '-' or '@') ? "InvalidUserName"
        : MixesScripts(name) ? "LookAlikeUserName" : null;

    /// <summary>True when letters of scripts that do not belong together stand in one name.</summary>
    public static bool MixesScripts(string name)
    {
        var scripts = name.EnumerateRunes().Where(Rune.IsLetter).Select(ScriptOf).ToHashSet();
        return scripts.Count > 1 && !scripts.IsSubsetOf(["hangul", "han"]) && !scripts.IsSubsetOf(["kana", "han"]);
    }

    // .NET knows no scripts; those of the platform's languages by their blocks, every other by its place in the code
    private static string ScriptOf(Rune letter) => letter.Value switch
    {
        < 0x250 or (>= 0x1E00 and < 0x1F00) or 0x2BB or 0x2BC => "latin",
        (>= 0x370 and < 0x400) or (>= 0x1F00 and < 0x2000) => "greek",
        >= 0x400 and < 0x530 => "cyrillic",
        (>= 0x1100 and < 0x1200) or (>= 0x3130 and < 0x3190) or (>= 0xAC00 and < 0xD7B0) => "hangul",
        >= 0x3040 and < 0x3100 => "kana",
        (>= 0x3400 and < 0xA000) or (>= 0x20000 and < 0x32000) => "han",
        var other => "block " + (other >> 8).ToString(CultureInfo.InvariantCulture),
    };
}

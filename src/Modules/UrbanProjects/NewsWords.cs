using System.Text.RegularExpressions;

namespace SmartCity.UrbanProjects;

/// <summary>The words by which news of one language are known to speak of a project.</summary>
internal sealed class NewsWords(Project project, IEnumerable<string> areas, string? language)
{
    // letters and digits other than Hangul: particles and compounds join Korean words
    private const string Letter = @"[\p{L}\p{Nd}-[\uac00-\ud7a3]]", Russian = @"[\u0400-\u052f]";
    private readonly List<(string Word, Regex Sign)> _names = [.. Signs(project.Name.Languages.Select(project.Name.In), language)];
    private readonly List<(string Word, Regex Sign)> _words = [.. Signs(project.News, language)];
    private readonly List<(string Word, Regex Sign)> _areas = [.. Signs(areas, language)];

    /// <summary>The word by which a news item speaks of the project, or null.</summary>
    public string? In(string title, string summary)
    {
        var text = Plain(title + "\n" + summary);
        bool Says((string Word, Regex Sign) some) => some.Sign.IsMatch(text);
        return _names.Find(Says).Word ?? (_areas.Count == 0 || _areas.Exists(Says) ? _words.Find(Says).Word : null);
    }

    /// <summary>True when a text has a word: from the beginning of a word, Korean anywhere; to its end in English, and with a short ending in a language that has them.</summary>
    /// <param name="language">Of the text; null where nobody says.</param>
    public static bool Speaks(string text, string word, string? language) => Signs([word], language).Any(s => s.Sign.IsMatch(Plain(text)));

    private static IEnumerable<(string Word, Regex Sign)> Signs(IEnumerable<string> words, string? language) =>
        words.Where(w => w.Length > 1).Distinct(StringComparer.OrdinalIgnoreCase).Select(word => (word, new Regex(string.Join(@"[ \t]+", Plain(word).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => Sign(w, language))), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))));

    private static string Sign(string word, string? language)
    {
        var begin = IsHangul(word[0]) || !char.IsLetterOrDigit(word[0]) ? "" : $"(?<!{Letter})";
        if (IsHangul(word[^1]) || !char.IsLetterOrDigit(word[^1])) return begin + Regex.Escape(word);
        var ending = "";
        if (word[^1] is >= '\u0400' and <= '\u052f')
        {
            // the last vowel is the ending itself
            if (word.Length > 3 && "аеёийоуыьэюя".Contains(char.ToLowerInvariant(word[^1]), StringComparison.Ordinal)) word = word[..^1];
            ending = Russian + "{0,3}";
        }
        else if (char.IsLetter(word[^1]) && language is not (null or "en" or "ko")) ending = @"[\p{L}'-[\uac00-\ud7a3]]{0,6}";
        return $"{begin}{Regex.Escape(word)}{ending}(?!{Letter})";
    }

    private static bool IsHangul(char c) => c is >= '\uac00' and <= '\ud7a3';

    // an apostrophe is a letter's sign in some languages, and is typed in five ways
    private static string Plain(string text) => string.Concat(text.Select(c => c is '\u2018' or '\u2019' or '\u02bb' or '\u02bc' or '`' ? '\'' : c));
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmartCity.Tests.Architecture;

/// <summary>The words that the sources ask for, and the catalogues that answer: every rule gives its violations as sentences.</summary>
internal static partial class WordUse
{
    /// <summary>Beginnings of keys that are put together at run time in a way that cannot be read from the call, each with the place.</summary>
    public static readonly IReadOnlyDictionary<string, string> PutTogether = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["error."] = "Pages/Error.cshtml: the title that the status gives, and the same with .what",
        ["shell.theme."] = "Pages/Shared/_Layout.cshtml: a button a choice",
    };

    // the first argument of Words[…] and Words.Of(…), with brackets inside it
    [GeneratedRegex("""\b[Ww]ords(?:\[|\.Of\(|\.Has\()(?<argument>(?:[^\[\]()",]|"[^"]*"|\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])+)""", RegexOptions.None, 5000)]
    private static partial Regex Calls();

    // also what stands between one text and the next: in markup a quote may hold code that holds quotes
    [GeneratedRegex("(?<=\")(?<text>[^\"\\n]*)(?=\")", RegexOptions.None, 5000)]
    private static partial Regex Literals();

    [GeneratedRegex(@"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$", RegexOptions.None, 5000)]
    private static partial Regex Key();

    [GeneratedRegex(@"\{(?<number>\d+)[^}]*\}", RegexOptions.None, 5000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\.(one|few|many|other)$", RegexOptions.None, 5000)]
    private static partial Regex PluralForm();

    [GeneratedRegex("[A-Za-z]{2,}", RegexOptions.None, 5000)]
    private static partial Regex LatinWord();

    /// <summary>Keys, and beginnings of keys (they end in a dot), that a source asks for.</summary>
    public static IEnumerable<string> Asked(string source)
    {
        foreach (var call in Calls().Matches(source).Select(m => m.Groups["argument"].Value))
            foreach (var literal in Literals().Matches(call).Select(m => m.Groups["text"].Value))
                if (Key().IsMatch(literal) || literal.EndsWith('.') && Key().IsMatch(literal[..^1] + ".x")) yield return literal;
    }

    /// <summary>Every text in quotes: a key that appears anywhere may reach the catalogue through a variable.</summary>
    public static IEnumerable<string> Quoted(string source) => Literals().Matches(source).Select(m => m.Groups["text"].Value);

    /// <summary>A key without its plural form.</summary>
    public static string Stem(string key) => PluralForm().Replace(key, "");

    /// <summary>Keys that are asked for and stand in no catalogue.</summary>
    public static IEnumerable<string> Absent(IEnumerable<string> asked, string language, IReadOnlyCollection<string> keys)
    {
        var stems = keys.Select(Stem).Concat(keys).ToHashSet(StringComparer.Ordinal);
        return asked.Where(k => k.EndsWith('.') ? !stems.Any(s => s.StartsWith(k, StringComparison.Ordinal)) : !stems.Contains(k)).Distinct(StringComparer.Ordinal)
            .Select(k => $"{k} is asked for, and the catalogue in {language} does not have it.");
    }

    /// <summary>Keys that stand in a catalogue and are asked for nowhere.</summary>
    public static IEnumerable<string> Unused(IEnumerable<string> keys, IReadOnlySet<string> quoted, IReadOnlyCollection<string> beginnings) =>
        keys.Where(k => !quoted.Contains(k) && !quoted.Contains(Stem(k)) && !beginnings.Any(b => k.StartsWith(b, StringComparison.Ordinal)))
            .Select(k => $"{k} stands in the catalogue and nothing asks for it.");

    /// <summary>Differences between the catalogue of a language and the English one: keys, plural forms, placeholders.</summary>
    public static IEnumerable<string> Differences(string language, IReadOnlyDictionary<string, string> words, IReadOnlyDictionary<string, string> english, Func<string, long, string> plural)
    {
        var (theirs, ours) = (english.ToLookup(p => Stem(p.Key)), words.ToLookup(p => Stem(p.Key)));
        var forms = Enumerable.Range(0, 200).Select(n => plural(language, n)).ToHashSet(StringComparer.Ordinal);
        foreach (var stem in theirs.Select(g => g.Key).Union(ours.Select(g => g.Key), StringComparer.Ordinal))
        {
            if (!ours.Contains(stem)) { yield return $"{stem} has no word in {language}."; continue; }
            if (!theirs.Contains(stem)) { yield return $"{stem} has a word in {language} and none in English."; continue; }
            if (theirs[stem].Any(p => p.Key != stem))
                foreach (var missing in forms.Where(f => !words.ContainsKey($"{stem}.{f}"))) yield return $"{stem}.{missing} is missing in {language}: numbers need this form.";
            var expected = Placeholders(theirs[stem].SelectMany(p => Numbers(p.Value)));
            foreach (var (key, text) in ours[stem].Select(p => (p.Key, p.Value)))
                if (Placeholders(Numbers(text)) is var found && found != expected) yield return $"{key} in {language} fills in {{{found}}}, in English {{{expected}}}.";
        }
    }

    private static IEnumerable<string> Numbers(string text) => Placeholder().Matches(text).Select(m => m.Groups["number"].Value);
    private static string Placeholders(IEnumerable<string> numbers) => string.Join(',', numbers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>A Korean text without Hangul that holds two or more English words was forgotten.</summary>
    public static bool IsUntranslated(string text) => !text.Any(c => c is >= '가' and <= '힣') && LatinWord().Count(Placeholder().Replace(text, "")) >= 2;

    /// <summary>The words of a file.</summary>
    public static IReadOnlyDictionary<string, string> Read(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>(), StringComparer.Ordinal);
}

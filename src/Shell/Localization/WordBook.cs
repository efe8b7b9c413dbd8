using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Localization;

/// <summary>All words of this city: the shell's and the modules' catalogues, or those of a language packed with the product, with the
/// city pack's laid over them.</summary>
internal sealed class WordBook(CityPack city, IEnumerable<Assembly> assemblies, ILogger<WordBook> log) : IWords
{
    private readonly Dictionary<string, Dictionary<string, string>> _byLanguage = city.Languages.Append("en").Distinct().ToDictionary(l => l, l => Read(l, assemblies, city));
    private readonly ConcurrentDictionary<(string, string), bool> _missing = new();

    /// <summary>Keys that were asked for and found nowhere: a defect, counted.</summary>
    public IReadOnlyCollection<(string Language, string Key)> Missing => [.. _missing.Keys];

    public string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    public string this[string key]
    {
        get
        {
            if (Find(key) is { } text) return text;
            if (_missing.TryAdd((Language, key), true)) log.LogWarning("No word for {Key} in {Language}", key, Language);
            return key;
        }
    }

    public string Of(string key, params object?[] arguments)
    {
        var chosen = arguments is [int or long, ..] ? key + "." + Plural.Of(Language, Convert.ToInt64(arguments[0], CultureInfo.InvariantCulture)) : key;
        var text = Find(chosen) ?? (chosen == key ? null : Find(key + ".other")) ?? this[key];
        return string.Format(CultureInfo.CurrentCulture, text, arguments);
    }

    public string Title(Contribution contribution) => city.Words(Language).GetValueOrDefault(contribution.Key) ?? contribution.Title.In(Language);

    public bool Has(string key) => Find(key) is not null;

    /// <summary>The catalogue of a language, for tests of completeness.</summary>
    public IReadOnlyDictionary<string, string> Catalogue(string language) => _byLanguage[language];

    private string? Find(string key) =>
        _byLanguage.GetValueOrDefault(Language)?.GetValueOrDefault(key) ?? (Language == "en" ? null : _byLanguage["en"].GetValueOrDefault(key));

    private static Dictionary<string, string> Read(string language, IEnumerable<Assembly> assemblies, CityPack city)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assembly in assemblies)
            foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith($".Resources.{language}.json", StringComparison.Ordinal)))
                using (var stream = assembly.GetManifestResourceStream(name)!)
                    foreach (var (key, text) in JsonNode.Parse(stream)!.AsObject())
                        words[key] = text!.GetValue<string>();
        foreach (var (key, text) in PackedLanguage.Words(language)) words[key] = text;
        if (PackedLanguage.Titles(language) is { Count: > 0 } titles) Text.Teach(language, titles);
        foreach (var (key, text) in city.Words(language)) words[key] = text;
        return words;
    }
}

/// <summary>The plural form of a whole number, by CLDR's rules for the languages in use.</summary>
internal static class Plural
{
    public static string Of(string language, long number)
    {
        var n = Math.Abs(number);
        return language switch
        {
            "ko" or "zh" or "ja" or "vi" or "th" => "other",
            // and "other" for fractions, which are no whole numbers
            "ru" or "uk" => (n % 10, n % 100) switch
            {
                (1, not 11) => "one",
                (>= 2 and <= 4, < 12 or > 14) => "few",
                _ => "many",
            },
            _ => n == 1 ? "one" : "other",
        };
    }
}

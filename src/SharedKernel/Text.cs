using System.Collections.Concurrent;
using System.Globalization;

namespace SmartCity;

/// <summary>One short text in several languages. A language that the sources are not written in knows it by its English words
/// (<see cref="Teach"/>); a city pack may set other words for the title of a contribution, by its key (<see cref="IWords.Title"/>).</summary>
public sealed record Text
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Taught = new(StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<(string Language, string English), bool> Lacking = new();
    private readonly Dictionary<string, string> _byLanguage;
    private readonly Text[] _parts = [];
    // written in the sources, so that a language is expected to have it
    private readonly bool _ours;

    /// <summary>A text by two-letter language code.</summary>
    public Text(IEnumerable<KeyValuePair<string, string>> byLanguage) =>
        _byLanguage = new(byLanguage, StringComparer.OrdinalIgnoreCase);

    /// <summary>A text in the two languages every module is written in.</summary>
    public static Text Of(string ko, string en) => new(ko, en, []);

    /// <summary>A text with <c>{0}</c>, <c>{1}</c>… for other texts, each in the language that is asked for.</summary>
    public static Text Of(string ko, string en, params Text[] parts) => new(ko, en, parts);

    private Text(string ko, string en, Text[] parts) : this([new("ko", ko), new("en", en)]) => (_parts, _ours) = (parts, true);

    /// <summary>Gives every text of the product its words in a further language, found by the English words. The product's languages
    /// are the same for every city of a process; a language that is taught anew replaces what was known of it.</summary>
    public static void Teach(string language, IReadOnlyDictionary<string, string> byEnglish) => Taught[language] = byEnglish;

    /// <summary>Texts of the product that were asked for in a taught language and were not found: they were shown in English.</summary>
    public static IReadOnlyCollection<(string Language, string English)> Untaught => [.. Lacking.Keys];

    /// <summary>The same text in every language: a name, a number, a code.</summary>
    public static Text Same(string text) => new([new("", text)]);

    /// <summary>The languages this text is written in; empty when it is the same in all.</summary>
    public IEnumerable<string> Languages => _byLanguage.Keys.Where(k => k.Length > 0);

    /// <summary>The text in a language, else in English, else in the first there is, else empty.</summary>
    public string In(string language) => _parts.Length == 0 ? Plain(language) : string.Format(CultureInfo.InvariantCulture, Plain(language), [.. _parts.Select(p => p.In(language))]);

    private string Plain(string language)
    {
        if (_byLanguage.TryGetValue(language, out var text) || _byLanguage.TryGetValue("", out text)) return text;
        if (!_byLanguage.TryGetValue("en", out text)) return _byLanguage.Values.FirstOrDefault() ?? "";
        if (!Taught.TryGetValue(language, out var words)) return text;
        if (words.TryGetValue(text, out var taught)) return taught;
        // what has no words, such as "{0}, {1}", lacks none
        if (_ours && Lacking.Count < 1000 && text.Any(char.IsAsciiLetter)) Lacking.TryAdd((language, text), true);
        return text;
    }

    /// <summary>The text in the language of the current request.</summary>
    public override string ToString() => In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);

    /// <summary>Equal when every language is equal.</summary>
    public bool Equals(Text? other) => other is not null && _byLanguage.Count == other._byLanguage.Count
        && _byLanguage.All(pair => other._byLanguage.TryGetValue(pair.Key, out var text) && text == pair.Value) && _parts.SequenceEqual(other._parts);

    /// <inheritdoc/>
    public override int GetHashCode() => _byLanguage.Count;
}

using System.Globalization;

namespace SmartCity;

/// <summary>One short text in several languages. A city pack may add a language, or other words, by the key of the
/// contribution that carries it (<see cref="IWords.Title"/>).</summary>
public sealed record Text
{
    private readonly Dictionary<string, string> _byLanguage;

    /// <summary>A text by two-letter language code.</summary>
    public Text(IEnumerable<KeyValuePair<string, string>> byLanguage) =>
        _byLanguage = new(byLanguage, StringComparer.OrdinalIgnoreCase);

    /// <summary>A text in the two languages every module is written in.</summary>
    public static Text Of(string ko, string en) => new([new("ko", ko), new("en", en)]);

    /// <summary>The same text in every language: a name, a number, a code.</summary>
    public static Text Same(string text) => new([new("", text)]);

    /// <summary>The languages this text is written in; empty when it is the same in all.</summary>
    public IEnumerable<string> Languages => _byLanguage.Keys.Where(k => k.Length > 0);

    /// <summary>The text in a language, else in English, else in the first there is, else empty.</summary>
    public string In(string language) =>
        _byLanguage.TryGetValue(language, out var text) || _byLanguage.TryGetValue("", out text)
        || _byLanguage.TryGetValue("en", out text) ? text : _byLanguage.Values.FirstOrDefault() ?? "";

    /// <summary>The text in the language of the current request.</summary>
    public override string ToString() => In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);

    /// <summary>Equal when every language is equal.</summary>
    public bool Equals(Text? other) => other is not null && _byLanguage.Count == other._byLanguage.Count
        && _byLanguage.All(pair => other._byLanguage.TryGetValue(pair.Key, out var text) && text == pair.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => _byLanguage.Count;
}

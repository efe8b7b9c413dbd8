using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SmartCity.Shell.Localization;
using SmartCity.Tests.Architecture;

namespace SmartCity.Tests.Languages;

/// <summary>Languages that the sources are not written in: how a text finds its words, and whether they are whole.</summary>
public sealed partial class LanguageTests
{
    // no language of any city, so that no other test is told anything
    private const string Made = "qx";

    [Fact]
    public void A_text_of_the_sources_is_found_by_its_english_words()
    {
        Text.Teach(Made, new Dictionary<string, string> { ["Rain"] = "Lietus", ["{0} is lost"] = "Prapuolė {0}" });
        Assert.Equal("Lietus", Text.Of("비", "Rain").In(Made));
        Assert.Equal("비", Text.Of("비", "Rain").In("ko"));
        Assert.Equal("Prapuolė Lietus", Text.Of("{0} 수신 끊김", "{0} is lost", Text.Of("비", "Rain")).In(Made));
        Assert.Equal("Rain is lost", Text.Of("{0} 수신 끊김", "{0} is lost", Text.Of("비", "Rain")).In("en"));
        Assert.Equal("비 수신 끊김", Text.Of("{0} 수신 끊김", "{0} is lost", Text.Of("비", "Rain")).In("ko"));
        // a name that a city gives is the city's own
        Assert.Equal("Smuikas", new Text([new("en", "Rain"), new(Made, "Smuikas")]).In(Made));
    }

    [Fact]
    public void A_text_that_a_language_lacks_is_shown_in_english_and_told()
    {
        const string other = "qy";
        Text.Teach(other, new Dictionary<string, string> { ["Rain"] = "Lietus" });
        Assert.Equal("Snowfall of the made test", Text.Of("눈", "Snowfall of the made test").In(other));
        Assert.Contains((other, "Snowfall of the made test"), Text.Untaught);
        // what holds no words lacks none, what a city wrote is the city's to add, and a language that nobody taught is not asked for
        _ = Text.Of("{0} · {1}", "{0}, {1}", Text.Same("a"), Text.Same("b")).In(other);
        _ = new Text([new("en", "A street of the made test")]).In(other);
        _ = Text.Of("눈", "Hail of the made test").In("qz");
        Assert.DoesNotContain(Text.Untaught, u => u.English is "{0}, {1}" or "A street of the made test" or "Hail of the made test");
    }

    [Fact]
    public void Texts_with_different_parts_differ()
    {
        static Text Lost(string what) => Text.Of("{0} 끊김", "{0} lost", Text.Same(what));
        Assert.Equal(Lost("a"), Lost("a"));
        Assert.NotEqual(Lost("a"), Lost("b"));
    }

    [Theory]
    [InlineData("ru", 1, "one")]
    [InlineData("ru", 2, "few")]
    [InlineData("ru", 5, "many")]
    [InlineData("ru", 11, "many")]
    [InlineData("ru", 21, "one")]
    [InlineData("ru", 112, "many")]
    [InlineData("uz", 1, "one")]
    [InlineData("uz", 2, "other")]
    [InlineData("uz", 5, "other")]
    [InlineData("uz", 11, "other")]
    [InlineData("uz", 21, "other")]
    public void The_plural_form_of_a_number_is_that_of_its_language(string language, int number, string form) => Assert.Equal(form, Plural.Of(language, number));

    [Fact]
    public void Numbers_for_people_follow_the_language_and_those_for_machines_do_not()
    {
        Assert.Equal("1\u00a0234\u00a0567,5", In("ru", () => Units.Number(1234567.5, 1)));
        Assert.Equal("1\u00a0234\u00a0567,5", In("uz", () => Units.Number(1234567.5, 1)));
        Assert.Equal("1,234,567.5", In("en", () => Units.Number(1234567.5, 1)));
        // only a culture with a country knows its money
        Assert.Equal("soʻm", LanguageInAddress.Culture("uz").NumberFormat.CurrencySymbol);
        Assert.Equal("uz-Latn-UZ", LanguageInAddress.Culture("uz").Name);
        Assert.Equal("ru-RU", LanguageInAddress.Culture("ru").Name);
    }

    private static string In(string language, Func<string> write)
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = LanguageInAddress.Culture(language);
        try { return write(); }
        finally { (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui); }
    }

    public static TheoryData<string> Packed => [.. PackedLanguage.All];

    /// <summary>The words of the sources, in English.</summary>
    private static IReadOnlyDictionary<string, string> English { get; } = Product.ModuleFolders.Select(m => Repository.Path("src", "Modules", m, "Resources", "en.json")).Append(Repository.Path("src", "Shell", "Resources", "en.json"))
        .Where(File.Exists).SelectMany(WordUse.Read).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    [GeneratedRegex("""(?:Text\.Of|\bBad)\(\s*"(?:[^"\\]|\\.)*",\s*(?<en>"(?:[^"\\]|\\.)*")""", RegexOptions.None, 5000)]
    private static partial Regex Declared();

    [GeneratedRegex(@"\{(\d+)", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    /// <summary>The titles that stand in the sources, in English.</summary>
    private static IReadOnlyList<string> Titles { get; } = [.. Product.Sources(Repository.Path("src")).Where(f => Path.GetExtension(f) is ".cs" or ".cshtml" && !f.Contains("Simulator", StringComparison.Ordinal))
        .SelectMany(f => Declared().Matches(File.ReadAllText(f))).Select(m => JsonSerializer.Deserialize<string>(m.Groups["en"].Value)!).Where(t => Placeholder().Replace(t, "").Any(char.IsAsciiLetter)).Distinct(StringComparer.Ordinal)];

    private static string Holes(string text) => string.Join(',', Placeholder().Matches(text).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packed))]
    public void A_packed_language_has_nearly_every_word_and_title(string language)
    {
        Assert.True(Titles.Count > 450, $"only {Titles.Count} titles were found");
        Assert.True(English.Count > 1000, $"only {English.Count} words were found");
        Enough(language, "titles", Titles, PackedLanguage.Titles(language).Keys);
        // plural forms differ between languages: by the word they are forms of
        Enough(language, "words", English.Keys.Select(Stem), PackedLanguage.Words(language).Keys.Select(Stem));
    }

    private static void Enough(string language, string what, IEnumerable<string> asked, IEnumerable<string> there)
    {
        var all = asked.Distinct(StringComparer.Ordinal).ToList();
        var missing = all.Except(there, StringComparer.Ordinal).ToList();
        TestContext.Current.AddWarningIf(missing.Count > 0, $"{language} lacks {missing.Count} of {all.Count} {what}: {string.Join(" | ", missing.Take(5))}");
        Assert.True(missing.Count <= all.Count * 0.02, $"{language} lacks {missing.Count} of {all.Count} {what}: {string.Join(" | ", missing.Take(40))}");
    }

    private static readonly string[] Forms = [".zero", ".one", ".two", ".few", ".many", ".other"];
    private static string Stem(string key) => Forms.FirstOrDefault(f => key.EndsWith(f, StringComparison.Ordinal)) is { } form ? key[..^form.Length] : key;

    [Theory]
    [MemberData(nameof(Packed))]
    public void A_packed_language_fills_in_what_the_sources_fill_in_and_has_every_plural_form(string language)
    {
        var words = PackedLanguage.Words(language);
        var wrong = WordUse.Differences(language, words, English, Plural.Of).Where(v => !v.EndsWith($" has no word in {language}.", StringComparison.Ordinal)).ToList();
        wrong.AddRange(PackedLanguage.Titles(language).Where(t => Holes(t.Key) != Holes(t.Value)).Select(t => $"the title {t.Key} fills in {{{Holes(t.Key)}}}, in {language} {{{Holes(t.Value)}}}"));
        wrong.AddRange(PackedLanguage.Titles(language).Keys.Except(Titles, StringComparer.Ordinal).Select(t => $"the title {t} stands in {language} and nowhere in the sources."));
        wrong.AddRange(words.Concat(PackedLanguage.Titles(language)).Where(p => p.Value.Any(c => c is >= '가' and <= '힣') || p.Value.Trim().Length == 0).Select(p => $"{p.Key} in {language}: {p.Value}"));
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}

internal static class Warnings
{
    public static void AddWarningIf(this ITestContext context, bool holds, string warning)
    {
        if (holds) context.AddWarning(warning);
    }
}

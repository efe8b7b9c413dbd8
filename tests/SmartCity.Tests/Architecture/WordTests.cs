using SmartCity.Shell.Localization;

namespace SmartCity.Tests.Architecture;

/// <summary>Every word that is asked for exists in every language, and none waits in vain.</summary>
public sealed class WordTests
{
    /// <summary>Folders with words: the shell's and each module's.</summary>
    private static IReadOnlyList<string> Owners { get; } = [Repository.Path("src", "Shell"), .. Product.ModuleFolders.Select(m => Repository.Path("src", "Modules", m)).Where(f => Directory.Exists(Path.Combine(f, "Resources")))];

    /// <summary>The languages of the product: those the shell speaks.</summary>
    private static IReadOnlyList<string> Languages { get; } = [.. Directory.GetFiles(Repository.Path("src", "Shell", "Resources"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private static readonly IReadOnlyList<string> Code = [.. Product.Sources(Repository.Path("src")).Where(f => Path.GetExtension(f) is ".cs" or ".cshtml" && !f.Contains("Simulator", StringComparison.Ordinal)).Select(File.ReadAllText)];

    private static IReadOnlyDictionary<string, string> Words(string owner, string language) =>
        Path.Combine(owner, "Resources", language + ".json") is var file && File.Exists(file) ? WordUse.Read(file) : new Dictionary<string, string>(StringComparer.Ordinal);

    private static void None(IEnumerable<string> violations)
    {
        var list = violations.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }

    [Fact]
    public void Every_word_that_is_asked_for_stands_in_every_language()
    {
        Assert.Contains("ko", Languages);
        Assert.Contains("en", Languages);
        var asked = Code.SelectMany(WordUse.Asked).ToList();
        Assert.True(asked.Count > 40, $"only {asked.Count} were found");
        None(Languages.SelectMany(language => WordUse.Absent(asked, language, [.. Owners.SelectMany(o => Words(o, language).Keys)])));
    }

    [Fact]
    public void Every_word_is_asked_for()
    {
        var beginnings = Code.SelectMany(WordUse.Asked).Where(k => k.EndsWith('.')).Concat(WordUse.PutTogether.Keys).ToHashSet(StringComparer.Ordinal);
        var quoted = Code.SelectMany(WordUse.Quoted).ToHashSet(StringComparer.Ordinal);
        None(WordUse.Unused(Languages.SelectMany(l => Owners.SelectMany(o => Words(o, l).Keys)).Distinct(StringComparer.Ordinal), quoted, beginnings));
    }

    [Fact]
    public void Every_language_says_the_same() =>
        None(Owners.SelectMany(owner => Languages.SelectMany(l => WordUse.Differences(l, Words(owner, l), Words(owner, "en"), Plural.Of).Select(v => $"{Path.GetFileName(owner)}: {v}"))));

    [Fact]
    public void A_word_belongs_to_one_owner_and_carries_its_modules_key()
    {
        var all = Owners.SelectMany(o => Words(o, "en").Keys.Select(k => (Owner: Path.GetFileName(o), Key: k))).ToList();
        None(all.GroupBy(w => w.Key).Where(g => g.Count() > 1).Select(g => $"{g.Key} stands in {string.Join(" and ", g.Select(w => w.Owner))}; one would hide the other."));
        var keys = TierD.Modules.ToDictionary(m => m.GetType().Assembly.GetName().Name!["SmartCity.".Length..], m => m.Key + ".");
        None(all.Where(w => keys.TryGetValue(w.Owner, out var key) && !w.Key.StartsWith(key, StringComparison.Ordinal)).Select(w => $"{w.Key} stands in {w.Owner}; its words begin with {keys[w.Owner]}"));
    }

    [Fact]
    public void Nothing_was_forgotten_in_English_among_the_Korean_words()
    {
        None(Owners.SelectMany(o => Words(o, "ko")).Where(p => WordUse.IsUntranslated(p.Value)).Select(p => $"{p.Key}: {p.Value}"));
        None(Titles().Where(t => WordUse.IsUntranslated(t.Text.In("ko"))).Select(t => $"{t.Key}: {t.Text.In("ko")}"));
    }

    [Fact]
    public void Every_title_is_written_in_both_languages_of_the_product() =>
        None(Titles().Where(t => t.Text.Languages.Any() && !(t.Text.Languages.Contains("ko") && t.Text.Languages.Contains("en")) || t.Text.In("en").Length == 0)
            .Select(t => $"{t.Key} is not written in Korean and English."));

    private static IEnumerable<(string Key, Text Text)> Titles() => TierD.Modules.SelectMany(m => m.Contributions.SelectMany(c => Titles(c)).Prepend((m.Key, m.Title))).Concat(Shell.ShellContributions.All.SelectMany(Titles));

    private static IEnumerable<(string Key, Text Text)> Titles(Contribution c)
    {
        yield return (c.Key, c.Title);
        switch (c)
        {
            case Dataset dataset:
                yield return (c.Key + " summary", dataset.Summary);
                foreach (var column in dataset.Columns) yield return ($"{c.Key} column {column.Key}", column.Title);
                foreach (var filter in dataset.Filters) yield return ($"{c.Key} filter {filter.Name}", filter.Title);
                break;
            case Command command:
                yield return (c.Key + " phrases", command.Phrases);
                break;
            case Feed feed:
                foreach (var property in feed.Properties) yield return ($"{c.Key} property {property.Key}", property.Title);
                break;
            case Report { Preface: { } preface }:
                yield return (c.Key + " preface", preface);
                break;
        }
    }

    [Fact]
    public void What_a_source_asks_for_is_read_from_it()
    {
        Assert.Equal(["a.b", "a.c", "a.d", "a.e", "a.f."], WordUse.Asked("""
            @Words["a.b"] context.Words.Of("a.c", "not.a-key") Words.Of(x > 0 ? "a.d" : "a.e", 1) @Words["a.f." + state.ToString(CultureInfo.InvariantCulture)] Words[name]
            """));
    }

    [Fact]
    public void A_missing_and_an_unused_word_are_found()
    {
        Assert.Contains("a.b is asked for", Assert.Single(WordUse.Absent(["a.b", "a.c", "a.p", "x."], "en", ["a.c", "a.p.one", "a.p.other", "x.y"])), StringComparison.Ordinal);
        Assert.Contains("a.idle stands", Assert.Single(WordUse.Unused(["a.b", "a.p.other", "a.idle", "x.y"], new HashSet<string> { "a.b", "a.p" }, ["x."])), StringComparison.Ordinal);
    }

    [Fact]
    public void Different_keys_plural_forms_and_placeholders_are_found()
    {
        var english = new Dictionary<string, string> { ["a"] = "A", ["b"] = "{0} of {1}", ["n.one"] = "{0} day", ["n.other"] = "{0} days" };
        Assert.Empty(WordUse.Differences("en", english, english, Plural.Of));
        Assert.Equal(["b in ko fills in {0}, in English {0,1}.", "n.other is missing in ko: numbers need this form.", "a has no word in ko.", "c has a word in ko and none in English."],
            WordUse.Differences("ko", new Dictionary<string, string> { ["b"] = "{0}", ["c"] = "다", ["n.one"] = "{0}일" }, english, Plural.Of).OrderBy(v => v[0] switch { 'b' => 0, 'n' => 1, 'a' => 2, _ => 3 }));
        Assert.Equal(["n.few is missing in ru: numbers need this form.", "n.many is missing in ru: numbers need this form."],
            WordUse.Differences("ru", english.Where(p => p.Key != "n.other").ToDictionary(), english, Plural.Of).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Show as a list", true)]
    [InlineData("목록으로 보기", false)]
    [InlineData("PM2.5", false)]
    [InlineData("{0} km/h", false)]
    [InlineData("CCTV {0}대", false)]
    public void English_among_the_Korean_words_is_found(string text, bool forgotten) => Assert.Equal(forgotten, WordUse.IsUntranslated(text));
}

using System.Text.RegularExpressions;

namespace SmartCity.Tests.Architecture;

/// <summary>Nothing in src/ knows a city: the names of every pack are searched for.</summary>
public sealed partial class CityNameTests
{
    private static IReadOnlyList<CityNames> Cities { get; } =
        [.. Directory.GetFiles(Repository.Path("cities"), "city.json", SearchOption.AllDirectories).Select(f => new CityNames(File.ReadAllText(f)))];

    // the one place where a host says which pack it serves; a partner writes its own there
    [GeneratedRegex("""^\s*"City": "cities/[^"]+",?\s*$""", RegexOptions.Multiline, 1000)]
    private static partial Regex ChoiceOfPack();

    [Fact]
    public void No_city_is_named_in_the_sources()
    {
        Assert.NotEmpty(Cities);
        var files = Product.Sources(Repository.Path("src")).ToList();
        Assert.True(files.Count > 100, $"only {files.Count} files were found");
        var hits = files.SelectMany(file =>
        {
            var name = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
            var text = File.ReadAllText(file);
            if (name == "src/Host/appsettings.json") text = ChoiceOfPack().Replace(text, "");
            return Cities.SelectMany(c => c.In(name, name + "\n" + text));
        }).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(hits.Count == 0, string.Join(Environment.NewLine, hits));
    }

    [Fact]
    public void Every_city_gives_names_to_search_for() => Assert.All(Cities, c => Assert.True(c.Names.Count > 5, string.Join(", ", c.Names)));

    [Theory]
    [InlineData("the sky over Rivertown", true)]
    [InlineData("rivertown-openapi", true)]
    [InlineData("var zone = \"Asia/Rivertown\";", true)]
    [InlineData("강마을에서", true)]
    [InlineData("달빛구의 공기", true)]
    [InlineData("Dalbit-gu", true)]
    [InlineData("중구", true)]
    [InlineData("Rivertown Open Data", true)]
    [InlineData("도중구간", false)]
    [InlineData("동작하지 않습니다", false)]
    [InlineData("동작구 하늘", true)]
    [InlineData("the Riverbank", false)]
    [InlineData("Plaza", false)]
    public void A_name_is_found_and_an_ordinary_word_is_not(string text, bool found)
    {
        var names = new CityNames("""
            {"key": "rivertown", "name": {"ko": "강마을", "en": "Rivertown"},
             "areas": [{"name": {"ko": "달빛구", "en": "Dalbit-gu"}}, {"name": {"ko": "중구", "en": "Jung-gu"}, "short": {"ko": "중구", "en": "Jung"}}, {"name": {"ko": "동작구", "en": "Dongjak-gu"}, "aliases": ["동작"]}],
             "sources": {"a": {"name": {"en": "Plaza"}}, "b": {"name": {"en": "Rivertown Open Data"}}}}
            """);
        Assert.Equal(found, names.In("file", text).Any());
    }
}

using SmartCity.Shell;
using SmartCity.Shell.City;

namespace SmartCity.Tests.Cities;

/// <summary><c>city check</c>: a copy of a pack with one mistake, and what is said of it.</summary>
public sealed class CityCheckTests
{
    private static readonly Catalogue All = Catalogue.Of(TierD.Modules, new HashSet<string>(), ShellContributions.All);

    private static async Task<(int Status, string Said)> Check(string folder)
    {
        var output = new StringWriter();
        var status = await new CityCheck(folder, All, TimeProvider.System).Run(output);
        return (status, output.ToString());
    }

    private static async Task<(int Status, string Said)> Broken(string file, string from, string to, string? without = null)
    {
        var copy = Directory.CreateTempSubdirectory("smartcity-check-").FullName;
        try
        {
            var pack = Repository.Path("cities", "tashkent");
            foreach (var path in Directory.GetFiles(pack, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(copy, Path.GetRelativePath(pack, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
            }
            var whole = Path.Combine(copy, file);
            var text = File.Exists(whole) ? await File.ReadAllTextAsync(whole) : "";
            Assert.Contains(from, text, StringComparison.Ordinal);
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            var at = text.IndexOf(from, StringComparison.Ordinal);
            var broken = text[..at] + to + text[(at + from.Length)..];
            await File.WriteAllTextAsync(whole, without is null ? broken : broken.Replace(without, "", StringComparison.Ordinal));
            return await Check(copy);
        }
        finally { Directory.Delete(copy, recursive: true); }
    }

    [Theory]
    [InlineData("seoul")]
    [InlineData("tashkent")]
    public async Task The_packs_of_the_product_are_clean(string pack)
    {
        var (status, said) = await Check(Repository.Path("cities", pack));
        Assert.True(status == 0, said);
        Assert.StartsWith($"{pack}: no errors, ", said.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_template_is_clean_and_says_what_its_maker_fills_next()
    {
        // as `dotnet new` writes it
        var copy = Directory.CreateTempSubdirectory("smartcity-template-").FullName;
        try
        {
            var pack = Repository.Path("src", "Templates", "content", "city", "pack");
            foreach (var path in Directory.GetFiles(pack, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(copy, Path.GetRelativePath(pack, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
            }
            var (status, said) = await Check(copy);
            Assert.True(status == 0, said);
            Assert.Contains("next     Sources with a made-up address, or played by the Simulator: news, air.", said, StringComparison.Ordinal);
            Assert.Matches("next     [0-9]+ of [0-9]+ feeds of this tier have no source yet: ", said);
            Assert.DoesNotContain("city.", said.Split('\n').Single(l => l.Contains("feeds of this tier", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.DoesNotContain("atmosphere.air,", said, StringComparison.Ordinal);
            Assert.Contains("next     users.yaml names nobody yet.", said, StringComparison.Ordinal);
        }
        finally { Directory.Delete(copy, recursive: true); }
    }

    [Theory]
    // outline and areas
    [InlineData("outline.geojson", ",[69.375,41.262]]]}", ",[69.37,41.26]]]}", "outline.geojson, line 2: an outline of 1726264 is not closed")]
    [InlineData("outline.geojson", "\"code\":\"1726294\"", "\"code\":\"999\"", "(Chilonzor district) has no outline")]
    [InlineData("outline.geojson", "\"code\":\"1726294\"", "\"code\":\"999\"", "outline.geojson, line 3: 999 is drawn and is no area of city.json")]
    [InlineData("outline.geojson", "\"code\":\"1726294\"", "\"code\":\"1726294\",", "outline.geojson, line 3: ")]
    [InlineData("city.json", "{\"code\": \"1726264\", ", "{", "an area has no code")]
    [InlineData("city.json", "\"ru\": \"Бектемирский район\", ", "", "city.json, line 13: the area 1726264 has no name in ru")]
    [InlineData("city.json", "\"1726294\"", "\"1726264\"", "two areas have the code 1726264")]
    // the city itself
    [InlineData("city.json", "Asia/Tashkent", "Asia/Nowhere", "city.json, line 5: the time zone Asia/Nowhere is unknown")]
    [InlineData("city.json", "\"UZS\"", "\"SOM\"", "city.json, line 7: SOM is no currency")]
    [InlineData("city.json", "[\"uz\", \"ru\", \"en\"]", "[\"uz\", \"ru\", \"en\", \"qq\"]", "city.json, line 6: qq is no language")]
    [InlineData("city.json", "\"currency\": \"UZS\",", "", "currency is missing")]
    [InlineData("city.json", "\"currency\": \"UZS\",", "\"currency\": \"UZS\"", "error    city.json, line 8: ")]
    [InlineData("city.json", "\"ru\": \"Управление транспорта\", ", "", "the department transport has no name in ru")]
    [InlineData("city.json", "\"ru\": \"Станции наблюдения\", ", "", "stations has no name in ru")]
    // feeds
    [InlineData("feeds/river.yaml", "unit: m,", "unit: kg,", "feeds/river.yaml, line 18: map.values.level: kg cannot be turned into m")]
    [InlineData("feeds/river.yaml", "feed: disaster-safety.river", "feed: city.river\nkind: observations", "map.values.level: it has no unit", "unit: m, ")]
    [InlineData("feeds/air.yaml", "source: stations", "source: nowhere", "feeds/air.yaml, line 2: the source nowhere is not listed in city.json")]
    [InlineData("feeds/air.yaml", "freshness:", "freshnes:", "feeds/air.yaml, line ")]
    [InlineData("feeds/air.yaml", "[district]", "[nothing]", "feeds/air.yaml, line 25: sample: schema-drift")]
    [InlineData("presets/station-network.yaml", "paging:", "pagin:", "presets/station-network.yaml, line ")]
    // people
    [InlineData("users.yaml", "role: official", "role: emperor", "users.yaml, line 3: there is no role emperor; there are citizen, official, department-head, mayors-office, mayor, administrator")]
    [InlineData("users.yaml", "role: official, ", "", "users.yaml, line 3: a role is missing")]
    [InlineData("users.yaml", "department: ecology", "department: nowhere", "users.yaml, line 4: nowhere is no department of city.json")]
    [InlineData("users.yaml", "demo.ecology-head", "Demo.Transport-Desk", "users.yaml, line 4: the name Demo.Transport-Desk stands on line 3 already")]
    [InlineData("users.yaml", "demo.ecology-head", "dеmo", "users.yaml, line 4: the name dеmo mixes letters of different scripts")]
    [InlineData("users.yaml", "name: demo.ecology-head", "name: a b", "users.yaml, line 4: the name 'a b' cannot be used")]
    [InlineData("users.yaml", "role: official", "role: official, password: secret", "users.yaml, line 3: a password never stands in a file")]
    [InlineData("users.yaml", "users:", "people:", "users.yaml, line 2: the file holds one list")]
    [InlineData("users.yaml", "{name: demo.transport-desk", "{name: {demo", "users.yaml, line ")]
    // modules' own files
    [InlineData("indicators/ecology.yaml", "    owner: {", "    # owner: {", "indicators/ecology.yaml, line 6: owner has no text in uz")]
    [InlineData("indicators/ecology.yaml", "owner: {uz: \"Ekologiya boshqarmasi\"", "owner: {uz: \"Kimdir\"", "Kimdir, who answers for fine-dust, is no department of city.json")]
    [InlineData("indicators/ecology.csv", "fine-dust,,2021-01,", "fine-dust,,2021-01,x", "indicators/ecology.csv, line 2: ")]
    [InlineData("projects/green.yaml", "    department: ecology\n", "", "projects/green.yaml, line 7")]
    [InlineData("projects/green.yaml", "department: ecology", "department: nobody", "nobody")]
    [InlineData("projects/green.yaml", "classification: {", "classification: {{", "projects/green.yaml")]
    [InlineData("settings/atmosphere.json", "\"grades\"", "\"grade\"", "settings/atmosphere.json, line 3: there is no field grade; it would be ignored")]
    [InlineData("settings/traffic.json", "\"cameras\": [", "\"cameras\": [,", "settings/traffic.json, line 12: ")]
    [InlineData("settings/disaster-safety.json", "\"block\": 0.004", "\"block\": 4", "settings/disaster-safety.json, line 5: block must be")]
    [InlineData("transit/lines.json", "\"chilonzor-1\": {\"uz\"", "\"chilonzor-1\": {\"xx\"", "transit/lines.json")]
    [InlineData("traffic/hot-spots.csv", "2024,1726264", "2024,999", "traffic/hot-spots.csv, line 2: ")]
    [InlineData("words/uz.json", "", "{\"shell.now\" \"x\"}", "words/uz.json, line 1: ")]
    public async Task A_mistake_is_told_with_its_place(string file, string from, string to, string said, string? without = null)
    {
        var (status, all) = await Broken(file, from, to, without);
        Assert.True(all.Contains(said, StringComparison.Ordinal), all);
        Assert.Equal(1, status);
        Assert.Matches(@": \d+ errors?, (no|\d+) warnings?\.$", all.TrimEnd());
    }

    [Fact]
    public async Task Areas_that_lie_over_one_another_are_found()
    {
        // a corner of the second district is moved into the middle of its neighbour
        var (status, said) = await Broken("outline.geojson", "[69.165,41.275],", "[69.1600,41.3050],");
        Assert.Equal(1, status);
        Assert.Contains("lie over one another", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_only_incomplete_is_a_warning()
    {
        var (status, said) = await Broken("words/uz.json", "", "{\"shell.nobody-asks\": \"x\"}");
        Assert.True(status == 0, said);
        Assert.Contains("warning  words/uz.json, line 1: \"shell.nobody-asks\": no word", said, StringComparison.Ordinal);
        (status, said) = await Broken("settings/parks-and-trees.json", "", "{}");
        Assert.True(status == 0, said);
        Assert.Contains("warning  settings/parks-and-trees.json: no module of this name", said, StringComparison.Ordinal);
        (status, said) = await Broken("city.json", "[\"uz\", \"ru\", \"en\"]", "[\"en\", \"uz\", \"ru\", \"fr\"]");
        Assert.Equal(1, status);
        Assert.Matches("warning  words in fr: [0-9]+ of [0-9]+ are missing and stand in English: [a-z.-]+, ", said);
    }

    [Fact]
    public async Task The_words_city_check_need_no_database_and_give_the_exit_status()
    {
        var nowhere = Directory.CreateTempSubdirectory("smartcity-check-").FullName;
        string[] With(string pack) => ["city", "check", pack, $"--contentRoot={nowhere}", "--Database=Host=nobody.example;Database=x"];
        static void Choose(CityChoices city) => city.Modules(TierD.Modules);
        Assert.Equal(0, await SmartCityApp.RunAsync(With(Repository.Path("cities", "tashkent")), Choose));
        // a folder without a pack, and a pack whose first file cannot be read
        Assert.Equal(1, await SmartCityApp.RunAsync(With(nowhere), Choose));
        await File.WriteAllTextAsync(Path.Combine(nowhere, "city.json"), "{");
        Assert.Equal(1, await SmartCityApp.RunAsync(With(nowhere), Choose));
        Assert.Equal(["city.json"], Directory.GetFileSystemEntries(nowhere).Select(Path.GetFileName));
        Directory.Delete(nowhere, recursive: true);
    }

    [Fact]
    public async Task Everything_wrong_is_told_at_once()
    {
        var (status, said) = await Broken("city.json", "\"timeZone\": \"Asia/Tashkent\"", "\"timeZone\": \"Asia/Nowhere\"", "\"ru\": \"Бектемирский район\", ");
        Assert.Equal(1, status);
        Assert.Contains("Asia/Nowhere", said, StringComparison.Ordinal);
        Assert.Contains("has no name in ru", said, StringComparison.Ordinal);
        Assert.Matches(@"[2-9] errors, ", said);
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Localization;
using SmartCity.Tests.Access;
using SmartCity.Tests.Architecture;
using SmartCity.Tests.Pages;

namespace SmartCity.Tests.Cities;

/// <summary>The second pack of <c>cities/</c> by the same build: other languages, zone, currency and sources.</summary>
public sealed class TheSecondCity : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        City = await TestCity.StartPack("tashkent");
        await City.UntilFed();
    }

    public ValueTask DisposeAsync() => City.DisposeAsync();
}

public sealed class SecondCityTests(TheSecondCity second) : IClassFixture<TheSecondCity>
{
    private static readonly string[] Languages = ["uz", "ru", "en"];
    private CityPack Pack => second.City.Services.GetRequiredService<CityPack>();

    private async Task<string> Get(string address)
    {
        using var browser = second.City.Client();
        using var answer = await browser.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_main_screen_speaks_each_language_and_names_every_district()
    {
        foreach (var language in Languages)
        {
            var page = await Get("/" + language);
            Assert.Contains($"<html lang=\"{language}\"", page, StringComparison.Ordinal);
            Assert.Contains(Pack.Name.In(language), page, StringComparison.Ordinal);
            Assert.Equal(12, Pack.Areas.Count);
            Assert.All(Pack.Areas, area => Assert.Contains(Pack.ShortNames[area.Code].In(language), page, StringComparison.Ordinal));
            Assert.All(Languages.Where(l => l != language), other => Assert.Contains($"hreflang=\"{other}\"", page, StringComparison.Ordinal));
        }
        Assert.Contains("Mirzo Ulug\u02bbbek", await Get("/uz"), StringComparison.Ordinal);
        Assert.Contains("Мирзо-Улугбек", await Get("/ru"), StringComparison.Ordinal);
        using var browser = second.City.Client();
        using var korean = await browser.GetAsync("/ko");
        Assert.Equal(HttpStatusCode.NotFound, korean.StatusCode);
    }

    [Fact]
    public async Task Times_are_of_its_own_zone()
    {
        Assert.Contains("data-zone=\"Asia/Tashkent\"", await Get("/uz"), StringComparison.Ordinal);
        // what a station calls 12:00 is 07:00 in Greenwich
        var air = second.City.Services.GetRequiredService<FeedBook>().Health.Single(h => h.Plan.Feed.Key == "atmosphere.air");
        Assert.InRange((DateTimeOffset.UtcNow - air.AsOf!.Value).TotalMinutes, -2, 5);
        Assert.Equal(TimeSpan.FromHours(5), ((ICity)Pack).Local(DateTimeOffset.UtcNow).Offset);
    }

    [Fact]
    public async Task Numbers_stand_in_the_form_of_the_language_and_drawings_in_that_of_machines()
    {
        foreach (var language in Languages)
        {
            var page = await Get("/" + language);
            var comma = language != "en";
            Assert.Matches(comma ? @">-?\d+,\d\s*</" : @">-?\d+\.\d\s*</", page);
            // a comma within a number of a drawing would be two numbers
            Assert.DoesNotMatch(@" (width|height|x|y|cx|cy|r|viewBox)=""[^""]{0,40}\d,\d", page);
            Assert.DoesNotMatch(@" d=""[^""]{0,4000}\u00a0", page);
        }
        var csv = await Get("/data/atmosphere.weather-now.csv?lang=uz");
        Assert.DoesNotMatch(@"""\d+,\d+""", csv);
        Assert.Matches(@"\d\.\d", csv);
    }

    [Fact]
    public async Task Money_is_its_own()
    {
        Assert.Contains("so\u02bbm", await Get("/uz/urban-projects"), StringComparison.Ordinal);
        Assert.Contains("UZS", await Get("/ru/urban-projects"), StringComparison.Ordinal);
        Assert.Matches("UZS\u00a0[0-9.]+\u00a0billion", await Get("/en/urban-projects"));
        foreach (var language in Languages) Assert.DoesNotMatch("KRW|₩|원|¤", await Get($"/{language}/urban-projects"));
    }

    [Theory]
    [InlineData("uz", "Mirzo Ulug'bek")]
    [InlineData("uz", "mirzo ulug\u2018bek")]
    [InlineData("ru", "мирзо-улугбек")]
    [InlineData("en", "Mirzo Ulug\u02bbbek")]
    public async Task A_district_is_found_however_its_apostrophe_is_typed(string language, string typed)
    {
        using var browser = second.City.Client();
        using var answer = await browser.GetAsync($"/{language}/search?q={Uri.EscapeDataString(typed)}");
        var found = answer.Headers.Location?.OriginalString ?? await answer.Content.ReadAsStringAsync();
        Assert.Contains($"/{language}/areas/1726269", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_first_city_appears()
    {
        var first = new CityNames(await File.ReadAllTextAsync(Repository.Path("cities", "seoul", "city.json")));
        var wrong = new List<string>();
        var walk = new Walk(second.City);
        var addresses = walk.PageStops().Where(s => s.Language == "uz").Select(s => s.Url).Concat(["/en/search?q=seoul", "/en/search?q=air", "/data/traffic.cameras.csv", "/data/atmosphere.air-now.json", "/data/feeds.health.csv", "/data/indicators.list.json"]);
        using var browser = second.City.Client();
        foreach (var address in addresses.Distinct())
        {
            using var answer = await browser.GetAsync(address);
            if (answer.StatusCode != HttpStatusCode.OK) continue;
            // what a reader typed is said back to them
            var text = (await answer.Content.ReadAsStringAsync()).Replace("value=\"seoul\"", "", StringComparison.Ordinal);
            if (!address.Contains("q=seoul", StringComparison.Ordinal)) wrong.AddRange(first.In(address, text));
            if (text.Any(c => c is >= '가' and <= '힣')) wrong.Add($"{address} has Korean in it: {string.Concat(text.SkipWhile(c => c is not (>= '가' and <= '힣')).Take(40))}");
            if (text.Contains("KOGL", StringComparison.Ordinal)) wrong.Add($"{address} tells a licence of another country");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct().Take(30)));
    }

    [Fact]
    public async Task Every_page_answers_in_every_language_and_keeps_the_rules()
    {
        var walk = new Walk(second.City);
        var readers = (await walk.Readers()).Where(r => r.Name is "nobody" or Roles.Administrator).ToList();
        var wrong = new List<string>();
        foreach (var stop in walk.PageStops())
            foreach (var reader in readers.Where(r => r.Name == "nobody" || stop.Language == "ru"))
            {
                using var answer = await reader.Browser.GetAsync(stop.Url);
                if (Walk.Verdict(stop, reader.Name, walk.Opens(reader, stop), answer.StatusCode, answer.Headers.Location) is { } sentence) wrong.Add(sentence);
                if (answer.StatusCode == HttpStatusCode.OK)
                    wrong.AddRange(WalkRules.CheckAnswer(answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(), stop.Whole ? stop.Language : null).Select(v => $"{stop.Url} for {reader.Name} {v}"));
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(40)));
        Assert.Empty(second.City.Services.GetRequiredService<WordBook>().Missing);
    }

    [Fact]
    public void Every_source_is_fetched_well_from_the_Simulator()
    {
        var wrong = second.City.Services.GetRequiredService<FeedBook>().Health.Where(h => h.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty) || h.Outcome == FetchOutcome.Empty && h.Plan.Feed.Kind != FeedKind.Events).Select(h => $"{h.Plan.Feed.Key}: {h.Outcome} {h.Detail}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        var keys = second.City.Services.GetRequiredService<FeedBook>().Plans.Select(p => p.Descriptor.Preset ?? p.Format).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(["gtfs", "gtfs-routes", "gtfs-rt", "gtfs-rt-trips", "gtfs-rt-alerts", "cap", "ckan", "ckan-datastore", "json", "csv", "cameras"]), keys);
    }

    [Fact]
    public async Task A_source_is_titled_in_the_languages_of_the_city()
    {
        using var chief = await second.City.Client(Roles.Administrator);
        using var imported = await chief.Send("/en/feeds/desk", "Import", ("Yaml", await File.ReadAllTextAsync(Repository.Path("cities", "tashkent", "feeds", "road-speeds.yaml"))));
        var (work, _) = await Feeds.Desk.DeskCity.Follow(chief, imported);
        foreach (var part in new[] { "Title", "Owner" })
        {
            Assert.Equal(Languages.Select(l => $"Form.{part}[{l}]"), work.QuerySelectorAll($"[id^='f-{part}-']").Select(f => f.GetAttribute("name")));
            Assert.All(Languages, l => Assert.NotEmpty(work.QuerySelector($"#f-{part}-{l}")!.GetAttribute("value")!));
        }
    }

    [Fact]
    public async Task Two_cities_of_one_build_run_side_by_side()
    {
        await using var first = await TestCity.Start();
        using var browser = first.Client();
        var korean = await browser.GetStringAsync("/ko");
        Assert.DoesNotMatch("Toshkent|Ташкент|Tashkent|Chilonzor", korean);
        Assert.Contains("lang=\"ko\"", korean, StringComparison.Ordinal);
        Assert.Contains("Toshkent", await Get("/uz"), StringComparison.Ordinal);
        using var russian = await browser.GetAsync("/ru");
        Assert.Equal(HttpStatusCode.NotFound, russian.StatusCode);
        await One_browser_is_signed_in_to_both(first);
    }

    // both answer at 127.0.0.1, and a browser does not tell their ports apart
    private async Task One_browser_is_signed_in_to_both(TestCity first)
    {
        var jar = new CookieContainer();
        HttpClient Tab(TestCity city) => new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, CookieContainer = jar }) { BaseAddress = city.Address };
        using var here = Tab(first);
        using var there = Tab(second.City);
        (await here.Send(await first.LinkFor(Roles.Official), null)).Dispose();
        (await there.Send(await second.City.LinkFor(Roles.Mayor), null)).Dispose();
        // forms of both, filled in turn
        using (var night = await here.PostAsync("/settings/theme", new FormUrlEncodedContent([new("theme", "night"), new("back", "/en")]))) Assert.Equal(HttpStatusCode.Found, night.StatusCode);
        Assert.StartsWith("Official-", await here.Who(), StringComparison.Ordinal);
        Assert.StartsWith("Mayor-", await there.Who(), StringComparison.Ordinal);
        Assert.Equal("night", (await here.Open("/en")).DocumentElement.GetAttribute("data-theme"));
        Assert.Equal("auto", (await there.Open("/en")).DocumentElement.GetAttribute("data-theme"));
        (await here.Send("/en/sign-out", null)).Dispose();
        Assert.Null(await here.Who());
        Assert.StartsWith("Mayor-", await there.Who(), StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbours_share_their_edges_to_the_last_digit()
    {
        Assert.Empty(Pack.Outline.Overlaps());
        var edges = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Pack.OutlineFile))!["features"]!.AsArray().SelectMany(f => f!["geometry"]!["coordinates"]![0]!.AsArray().Zip(f["geometry"]!["coordinates"]![0]!.AsArray().Skip(1), (a, b) => (From: a!.ToJsonString(), To: b!.ToJsonString()))).ToList();
        // an edge within the city is walked once in each direction, an edge around it once: the latter make one ring
        var around = edges.Where(e => !edges.Contains((e.To, e.From))).ToDictionary(e => e.From, e => e.To, StringComparer.Ordinal);
        var (at, steps) = (around.Keys.First(), 0);
        do { at = around[at]; steps++; } while (at != around.Keys.First() && steps <= around.Count);
        Assert.Equal(around.Count, steps);
        Assert.True(edges.Count - around.Count > 100);
        Assert.All(Pack.Areas, a => Assert.Equal(a.Code, Pack.Outline.AreaAt(a.Centre)));
    }
}

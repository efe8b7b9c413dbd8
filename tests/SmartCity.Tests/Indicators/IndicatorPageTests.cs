using System.Globalization;
using AngleSharp.Dom;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Indicators;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Indicators;

/// <summary>One city for the tests that only read.</summary>
public sealed class ReadCity : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;
    public async ValueTask InitializeAsync() => City = await TestCity.Start(null, "--Indicators:Compute=0");
    public async ValueTask DisposeAsync() => await City.DisposeAsync();
}

/// <summary>The same number on every kind of screen, out of one definition.</summary>
public sealed class IndicatorPageTests(ReadCity shared) : IClassFixture<ReadCity>
{
    private TestCity City => shared.City;
    private Book Book => City.Services.GetRequiredService<Book>();

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task Every_indicator_shows_the_same_number_in_list_tile_page_file_and_glance(string language)
    {
        using var browser = City.Client();
        var register = await Book.Now(TestContext.Current.CancellationToken);
        Assert.Equal(61, register.Tracks.Count);
        var tiles = Shown(await browser.Open($"/{language}/indicators"));
        var list = Shown(await browser.Open($"/{language}/indicators/list"));
        var file = (await browser.GetStringAsync($"/data/indicators.list.csv?lang={language}")).Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(',')).ToDictionary(c => c[0], c => c[4], StringComparer.Ordinal);
        foreach (var track in register.Tracks)
        {
            var key = track.Indicator.Key;
            var expected = (Value: Track.Invariant(track.Latest!.Value), Text: track.Latest.Value!.Value.ToString("N" + track.Indicator.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.GetCultureInfo(language == "ko" ? "ko-KR" : "en-GB")));
            Assert.Equal((key, expected), (key, tiles[key]));
            Assert.Equal((key, expected), (key, list[key]));
            Assert.Equal((key, expected.Value), (key, file[key]));
            foreach (var depth in new[] { "plain", "full", "glance" })
                Assert.Equal((key, depth, expected), (key, depth, Shown(await browser.Open($"/{language}/indicators/{key}?depth={depth}"))[key]));
        }

        static Dictionary<string, (string Value, string Text)> Shown(IDocument page) =>
            page.QuerySelectorAll("data[data-indicator]").ToDictionary(d => d.GetAttribute("data-indicator")!, d => (d.GetAttribute("value")!, d.TextContent), StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_list_goes_by_sector_and_can_be_asked_for_a_state_or_a_word()
    {
        using var browser = City.Client();
        Assert.Equal(10, (await browser.Open("/en/indicators")).QuerySelectorAll(".ind-sector").Length);
        var safety = await browser.Open("/en/indicators?sector=safety");
        Assert.Equal(7, safety.QuerySelectorAll("article.tile").Length);
        var behind = await browser.Open("/en/indicators?state=behind");
        Assert.All(behind.QuerySelectorAll(".tile__word"), w => Assert.Contains("Behind", w.TextContent, StringComparison.Ordinal));
        Assert.Single((await browser.Open("/ko/indicators?q=구급차없음소방차 7분")).QuerySelectorAll(".empty"));
        Assert.NotEmpty((await browser.Open("/en/indicators?q=소방차")).QuerySelectorAll("article.tile"));
    }

    [Fact]
    public async Task Without_a_script_a_page_says_everything_a_chart_has_to_say()
    {
        using var browser = City.Client();
        var page = await browser.Open("/en/indicators/fine-dust");
        var chart = page.QuerySelector("figure.chart")!;
        Assert.Contains("Fine dust", chart.QuerySelector("figcaption p")!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Behind its target since ", chart.QuerySelector("h2")!.TextContent, StringComparison.Ordinal);
        var heads = chart.QuerySelectorAll("thead th").Select(h => h.TextContent).ToList();
        Assert.Equal(["Value", "Target", "Forecast"], heads[1..]);
        // ten years, and a year to come with its band
        Assert.Equal(132, chart.QuerySelectorAll("tbody tr").Length);
        Assert.Matches(@"\d \(.*–.*\)", chart.QuerySelectorAll("tbody tr").Last().TextContent);
        Assert.NotNull(chart.QuerySelector(".chart__band"));
        Assert.Equal(2, chart.QuerySelectorAll(".chart__marks li").Length);
        Assert.Contains(chart.QuerySelectorAll("a"), a => a.GetAttribute("href")!.StartsWith("/data/indicators.values.csv?indicator=fine-dust", StringComparison.Ordinal));
        Assert.Matches(@"off by [\d.]+.µg/m³ on average \([\d.]+%\); \d+% of \d+ values", page.QuerySelector(".ind-error")!.TextContent);
    }

    [Fact]
    public async Task Boroughs_and_periods_are_compared()
    {
        using var browser = City.Client();
        var page = await browser.Open("/en/indicators/fine-dust?period=2026-08&with=2025-08&area=11110&area=11680&area=nowhere");
        Assert.Equal(26, page.QuerySelectorAll("#compare tbody tr").Length);
        Assert.Contains("Aug 2026", page.QuerySelector("#compare .finding")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Aug 2025", page.QuerySelector("#compare .finding")!.TextContent, StringComparison.Ordinal);
        var lines = page.QuerySelectorAll("figure.chart thead th").Select(h => h.TextContent).Skip(1).ToList();
        Assert.Equal(["Seoul", "Jongno-gu", "Gangnam-gu", "Target"], lines);
        var values = page.QuerySelectorAll("#compare tbody tr").Select(r => double.Parse(r.QuerySelector("td")!.TextContent, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(values.Order(), values);
    }

    [Fact]
    public async Task The_ten_worst_are_chosen_by_rule_and_stand_as_large_as_the_best()
    {
        using var browser = City.Client();
        var page = await browser.Open("/en/indicators/shortcomings");
        var register = await Book.Now(TestContext.Current.CancellationToken);
        var expected = register.Tracks.Where(t => t.Aim is { Shortfall: > 0 }).OrderByDescending(t => t.Aim!.Shortfall / t.Indicator.Near).Take(10).Select(t => "/en/indicators/" + t.Indicator.Key).ToList();
        Assert.Equal(10, expected.Count);
        Assert.Equal(expected, page.QuerySelectorAll("#worst a").Select(a => a.GetAttribute("href")!));
        Assert.Equal(10, page.QuerySelectorAll("#best li").Length);
        // one markup for both: the same list, the same heads
        Assert.Equal(page.QuerySelector("#best")!.ClassName, page.QuerySelector("#worst")!.ClassName);
        Assert.Equal(expected.Select(e => e["/en/indicators/".Length..]), (await browser.GetStringAsync("/data/indicators.shortcomings.csv?lang=en")).Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(',')[0]));
    }

    [Fact]
    public async Task The_main_screen_shows_how_many_are_on_target_and_the_worst_beside_the_best()
    {
        using var browser = City.Client();
        var main = await browser.Open("/en");
        var register = await Book.Now(TestContext.Current.CancellationToken);
        var count = main.QuerySelector("#tile-indicators-count-tile data")!.GetAttribute("value");
        Assert.Equal(register.Tracks.Count(t => t.Standing(Book.Today) == Standing.OnTarget).ToString(CultureInfo.InvariantCulture), count);
        var (worst, best) = (main.QuerySelector("#tile-indicators-worst-tile")!, main.QuerySelector("#tile-indicators-best-tile")!);
        Assert.Equal(best.QuerySelectorAll("li").Length, worst.QuerySelectorAll("li").Length);
        Assert.Equal(best.ClassName, worst.ClassName);
        Assert.NotNull(worst.QuerySelector(".demo"));
        Assert.Equal("/en/indicators/" + register.Worst(1)[0].Indicator.Key, worst.QuerySelector("li a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task An_unknown_indicator_is_not_found_and_odd_questions_are_answered_calmly()
    {
        using var browser = City.Client();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, await browser.Status("/en/indicators/no-such-thing"));
        foreach (var query in new[] { "depth=../../x", "period=99999", "with=%00", "area=%3Cscript%3E", "state=7" })
            Assert.Equal(System.Net.HttpStatusCode.OK, await browser.Status("/en/indicators/fine-dust?" + query));
    }
}

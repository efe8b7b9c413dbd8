namespace SmartCity.BrowserTests;

public sealed class EveryPageTests(Browser browser, Seoul seoul)
{
    private readonly TestCity _city = seoul.City;

    [Fact]
    public async Task The_main_screen_is_among_the_public_pages()
    {
        var pages = await PublicPages.Of(_city, "ko");
        Assert.Contains("/ko", pages);
    }

    [Theory]
    [InlineData("ko", 1280, 800, true)]
    [InlineData("en", 2600, 1400, false)]
    [InlineData("ko", 390, 844, false)]
    [InlineData("en", 390, 844, true)]
    // each language on a phone and on a wide screen, desk or wall; a colour is the same in both languages, so each theme is looked at on a desk and on a phone
    public async Task No_page_breaks_a_rule_of_accessibility(string language, int width, int height, bool everyTheme)
    {
        // on a wide screen also the main screen as a wall shows it
        var pages = (await PublicPages.Of(_city, language)).Concat(width > 2000 ? [$"/{language}?surface=wall"] : []);
        var wrong = await Accessibility.OfEach(pages, () => browser.Reader(_city, width, height), async (reader, address) => await Accessibility.Violations(reader, address, everyTheme));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task No_page_makes_the_browser_complain(string language)
    {
        await using var reader = await browser.Reader(_city);
        var wrong = new List<string>();
        foreach (var address in await PublicPages.Of(_city, language))
        {
            await reader.Open(address);
            await reader.IsLive();
            wrong.AddRange(reader.Complaints.Select(c => $"{address}: {c}"));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task An_inline_script_would_be_complained_about()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        await reader.Page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); }");
        await Expect(reader.Page.Locator("body")).ToBeVisibleAsync();
        Assert.Contains(reader.Complaints, c => c.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.False(await reader.Page.EvaluateAsync<bool>("() => window.ran === true"));
    }

    [Theory]
    [InlineData("ko", 320, 640, 1)]
    [InlineData("en", 320, 640, 1)]
    // 1280 by 1024 enlarged to 400 %
    [InlineData("ko", 320, 256, 4)]
    [InlineData("en", 320, 256, 4)]
    public async Task No_page_scrolls_sideways_on_a_narrow_or_enlarged_screen(string language, int width, int height, float zoom)
    {
        await using var reader = await browser.Reader(_city, width, height, zoom: zoom);
        var wrong = new List<string>();
        foreach (var address in await PublicPages.Of(_city, language))
        {
            await reader.Open(address);
            var wide = await reader.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
            if (wide > width) wrong.Add($"{address} is {wide} wide");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task Every_page_reads_without_javascript(string language)
    {
        await using var reader = await browser.Reader(_city, script: false);
        foreach (var address in await PublicPages.Of(_city, language))
        {
            await reader.Open(address);
            await Expect(reader.Page.Locator("h1")).ToHaveCountAsync(1);
            Assert.True((await reader.Page.Locator("main").InnerTextAsync()).Trim().Length > 20, $"{address} says nothing without JavaScript");
        }
    }
}

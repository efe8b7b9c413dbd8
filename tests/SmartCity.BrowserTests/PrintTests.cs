namespace SmartCity.BrowserTests;

/// <summary>A printed page is a sheet, not a picture of a screen.</summary>
public sealed class PrintTests(Browser browser, Seoul seoul)
{
    private readonly TestCity _city = seoul.City;

    [Theory]
    [InlineData("/en/data/atmosphere.air-now"), InlineData("/ko/reports/city.brief"), InlineData("/ko/atmosphere/history"), InlineData("/ko")]
    public async Task Paper_has_what_is_known_and_nothing_to_click(string address)
    {
        // as wide as A4 between its margins
        await using var reader = await browser.Reader(_city, 688, 1000, scheme: ColorScheme.Dark);
        await reader.Open(address);
        await reader.Page.EmulateMediaAsync(new() { Media = Media.Print });
        foreach (var clicked in new[] { ".top__menu", ".top__side", ".foot", ".downloads", ".filters", "main .pill" })
            foreach (var element in await reader.Page.Locator(clicked).AllAsync()) Assert.False(await element.IsVisibleAsync(), $"{address} prints {clicked}");
        await Expect(reader.Page.Locator("h1")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator(".asof").First).ToBeVisibleAsync();
        // where and when it was printed
        await Expect(reader.Page.Locator(".paper")).ToContainTextAsync(address);
        // dark ink on white, although the device is dark
        Assert.Equal("rgb(255, 255, 255)", await reader.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.Equal("rgb(29, 39, 51)", await reader.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).color"));
        // nothing stands beyond the edge, nothing is cut off in a box that would scroll
        var cut = await reader.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main, .scroll, table')].filter(e => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != 'visible' || e.getBoundingClientRect().right > innerWidth + 1)).map(e => e.tagName + '.' + e.className)");
        Assert.Empty(cut);
    }

    [Fact]
    public async Task Every_row_of_a_long_table_reaches_the_paper()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en/data/administrative-content.news-list");
        var rows = await reader.Page.Locator("#rows tbody tr").CountAsync();
        Assert.True(rows > 20, $"only {rows} rows");
        var pdf = await reader.Page.PdfAsync(new() { Format = "A4" });
        var pages = System.Text.RegularExpressions.Regex.Count(System.Text.Encoding.Latin1.GetString(pdf), "/Type /Page\\b", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.InRange(pages, 2, 8);
        await reader.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal("table-header-group", await reader.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('#rows thead')).display"));
        Assert.Equal("visible", await reader.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('#rows .scroll')).overflowX"));
    }
}

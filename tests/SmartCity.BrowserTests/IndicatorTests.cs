using System.Globalization;
using System.Text;

namespace SmartCity.BrowserTests;

/// <summary>Indicators as people use them: drawn guesses, charts by keys, values by spreadsheet, the pages of the departments.</summary>
public sealed class IndicatorTests(Browser browser, Seoul seoul)
{
    private readonly TestCity _city = seoul.City;

    private async Task SignIn(Reader reader, string role)
    {
        await reader.Open(await _city.LinkFor(role));
        await reader.Page.ClickAsync("main form button");
        await Expect(reader.Page.Locator(".pick summary bdi")).ToBeVisibleAsync();
    }

    private static async Task<double[]> Drawn(Reader reader) =>
        [.. (await reader.Page.Locator("[data-guess-field]").EvaluateAllAsync<string[]>("fields => fields.map(f => f.value)")).Select(v => v.Length == 0 ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture))];

    [Fact]
    public async Task A_guess_is_drawn_with_the_mouse_and_sent()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en/indicators/vacant-shops/guess");
        var hidden = (await reader.Page.Locator(".ind-guess .hide").BoundingBoxAsync())!;
        await reader.Page.Mouse.MoveAsync(hidden.X + 2, hidden.Y + hidden.Height * 0.8f);
        await reader.Page.Mouse.DownAsync();
        // one quick stroke upwards: what it skips is filled
        await reader.Page.Mouse.MoveAsync(hidden.X + hidden.Width - 2, hidden.Y + hidden.Height * 0.2f, new() { Steps = 3 });
        await reader.Page.Mouse.UpAsync();
        var values = await Drawn(reader);
        Assert.Equal(6, values.Length);
        Assert.Equal(values.Order(), values);
        Assert.True(values[^1] > values[0]);
        Assert.Equal(6, (await reader.Page.Locator("[data-mine]").GetAttributeAsync("d"))!.Count(c => c == 'L'));
        await reader.Page.ClickAsync(".ind-guess button");
        await Expect(reader.Page.Locator("#result")).ToContainTextAsync("you guessed");
        await Expect(reader.Page.Locator(".ind-guess .truth")).ToHaveCountAsync(1);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task A_guess_is_drawn_with_a_finger()
    {
        await using var reader = await browser.Reader(_city, 390, 844);
        await reader.Open("/ko/indicators/homeless/guess");
        await reader.Page.Locator(".ind-guess svg").ScrollIntoViewIfNeededAsync();
        var hidden = (await reader.Page.Locator(".ind-guess .hide").BoundingBoxAsync())!;
        var device = await reader.Context.NewCDPSessionAsync(reader.Page);
        await device.SendAsync("Emulation.setTouchEmulationEnabled", new() { ["enabled"] = true });
        async Task Touch(string type, float? along) => await device.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = along is { } at ? new[] { new Dictionary<string, object> { ["x"] = hidden.X + hidden.Width * at, ["y"] = hidden.Y + hidden.Height / 2 } } : [],
        });
        await Touch("touchStart", 0.02f);
        for (var at = 0.2f; at < 1; at += 0.2f) await Touch("touchMove", at);
        await Touch("touchMove", 0.99f);
        await Touch("touchEnd", null);
        var values = await Drawn(reader);
        Assert.DoesNotContain(double.NaN, values);
        // a level stroke is a level guess
        Assert.True(values.Max() - values.Min() <= Math.Abs(values.Max()) * 0.05, string.Join(' ', values));
    }

    [Fact]
    public async Task A_guess_is_made_by_keys_alone()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en/indicators/birth-rate/guess");
        await reader.Page.Locator("[data-guess-field]").First.FocusAsync();
        for (var i = 0; i < 3; i++)
        {
            await reader.Page.Keyboard.PressAsync("ArrowUp");
            if (i == 2) await reader.Page.Keyboard.PressAsync("PageDown");
            await reader.Page.Keyboard.PressAsync("Tab");
        }
        var values = await Drawn(reader);
        Assert.True(values[1] > values[0] && values[2] < values[1], string.Join(' ', values));
        await reader.Page.Keyboard.PressAsync("Enter");
        await Expect(reader.Page.Locator("#result")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_chart_is_read_point_by_point_with_its_forecast_and_how_uncertain_it_is()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en/indicators/recycling");
        await reader.Page.Locator("svg[data-chart]").FocusAsync();
        await reader.Page.Keyboard.PressAsync("End");
        await Expect(reader.Page.Locator("[data-said]")).ToContainTextAsync("Forecast ");
        Assert.Matches(@"Q\d 2027 · Value — · Target [\d.]+ · Forecast [\d.]+ \([\d.]+–[\d.]+\)", await reader.Page.Locator("[data-said]").InnerTextAsync());
        await reader.Page.Keyboard.PressAsync("Home");
        Assert.Contains("2016", await reader.Page.Locator("[data-said]").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_come_in_by_spreadsheet_with_a_mistake_first_and_go_out_again()
    {
        await using var reader = await browser.Reader(_city);
        await SignIn(reader, Roles.MayorsOffice);
        async Task Upload(string text)
        {
            await reader.Open("/en/indicators/enter");
            await reader.Page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "fires.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
            await reader.Page.ClickAsync("form[enctype] button");
        }
        await Upload("indicator,period,value,why\nfire-response,2026-09,ninety,recount\n");
        await Expect(reader.Page.Locator("#problems th[scope=row]")).ToHaveTextAsync("C2");
        await Upload("indicator,period,value,why\nfire-response,2026-09,93.1,recount\n");
        await Expect(reader.Page.Locator("#rows tbody tr")).ToHaveCountAsync(1);
        await reader.Page.ClickAsync("text=Store 1 value");
        await Expect(reader.Page.GetByText("Take it back")).ToBeVisibleAsync();
        await reader.Open("/en/indicators/fire-response/value?period=2026-09");
        await Expect(reader.Page.Locator("data[data-indicator]")).ToHaveTextAsync("93.1");
        await reader.Page.GoBackAsync();
        await reader.Page.ClickAsync("text=Take it back");
        await reader.Open("/en/indicators/fire-response/value?period=2026-09");
        await Expect(reader.Page.Locator("data[data-indicator]")).Not.ToHaveTextAsync("93.1");
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [InlineData("ko", 1280, 800)]
    [InlineData("en", 390, 844)]
    public async Task No_page_of_the_departments_breaks_a_rule_of_accessibility(string language, int width, int height)
    {
        string[] pages = ["enter", "due", "define", "import", "cctv/value", "fine-dust?depth=full", "fine-dust?depth=glance", "fine-dust?area=11110&area=11140", "?state=behind"];
        var wrong = await Accessibility.OfEach(pages.Select(page => $"/{language}/indicators/{page}".Replace("/?", "?", StringComparison.Ordinal)), async () =>
        {
            var reader = await browser.Reader(_city, width, height);
            await SignIn(reader, Roles.DepartmentHead);
            return reader;
        }, (reader, address) => Accessibility.Faults(reader, address, everyTheme: width == 1280));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}

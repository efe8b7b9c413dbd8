namespace SmartCity.BrowserTests;

/// <summary>What only signed-in people see, in a real browser.</summary>
public sealed class SignedInTests(Browser browser, Seoul seoul)
{
    private static readonly string[] Pages = ["account", "people", "roles", "audit", "feeds", "reports", "reports/city.brief", ""];
    // a colour is the same on every screen: it is looked at on one
    private const int Desk = 1280;
    private readonly TestCity _city = seoul.City;

    // a passkey belongs to a name: an address of numbers has none
    private Uri Named => new UriBuilder(_city.Address) { Host = "localhost" }.Uri;

    [Theory]
    [InlineData("ko", Desk, 800)]
    [InlineData("en", 390, 844)]
    public async Task No_page_of_an_administrator_breaks_a_rule_of_accessibility(string language, int width, int height)
    {
        var wrong = await Accessibility.OfEach(Pages.Select(page => $"/{language}/{page}".TrimEnd('/')), () => SignedIn(width, height, Roles.Administrator), (reader, address) => Accessibility.Faults(reader, address, everyTheme: width == Desk));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("ko", Desk, 800)]
    [InlineData("en", 390, 844)]
    [InlineData("ko", 2600, 1400)]
    public async Task No_page_of_the_situation_room_breaks_a_rule_of_accessibility(string language, int width, int height)
    {
        var pages = new List<string> { $"/{language}/disaster-safety/alarms", $"/{language}/disaster-safety/situation" };
        await using (var reader = await SignedIn(width, height, Roles.Official))
            foreach (var (list, link) in new[] { ("disaster-safety", "incidents/d-"), ("traffic/cameras", "traffic/cameras/") })
            {
                await reader.Open($"/{language}/{list}");
                pages.Add((await reader.Page.Locator($"main table a[href*='{link}']").First.GetAttributeAsync("href"))!);
            }
        var wrong = await Accessibility.OfEach(pages, () => SignedIn(width, height, Roles.Official), (reader, address) => Accessibility.Faults(reader, address, everyTheme: width == Desk));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_passkey_is_made_and_opens_the_door()
    {
        await using var reader = await browser.Reader(_city, through: Named);
        var device = await reader.Context.NewCDPSessionAsync(reader.Page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        await SignIn(reader, Roles.Official);
        await reader.Open("/en/account");
        await reader.Page.FillAsync("#label", "test key");
        await reader.Page.ClickAsync("form[data-passkey=create] button");
        await Expect(reader.Page.GetByText("test key")).ToBeVisibleAsync();
        var name = await reader.Page.Locator(".pick summary bdi").InnerTextAsync();

        await reader.Context.ClearCookiesAsync();
        await reader.Open("/en/sign-in");
        await reader.Page.ClickAsync("form[data-passkey=get] button");
        await Expect(reader.Page.Locator(".pick summary bdi")).ToHaveTextAsync(name);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task A_report_is_asked_for_and_appears_finished_without_a_reload()
    {
        await using var reader = await browser.Reader(_city);
        await SignIn(reader, Roles.Official);
        await reader.Open("/en/reports");
        await reader.IsLive();
        await Expect(reader.Page.Locator("#kept")).ToContainTextAsync("None is kept yet");
        // asked for in another window
        var other = await reader.Context.NewPageAsync();
        await other.GotoAsync("/en/reports/atmosphere.day");
        await other.ClickAsync("button:text('Make and keep')");
        await Expect(other.Locator("[role=status]")).ToContainTextAsync("It is being made");
        await Expect(reader.Page.Locator("#kept tbody tr")).ToContainTextAsync("Done");
        var file = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Page.ClickAsync("#kept a.pill"));
        Assert.EndsWith(".pdf", file.SuggestedFilename, StringComparison.Ordinal);
        await reader.Page.ClickAsync("#kept button:text('Remove')");
        await Expect(reader.Page.Locator("#kept")).ToContainTextAsync("None is kept yet");
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task The_chosen_display_stays_on_the_next_page()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en/atmosphere");
        await reader.Page.Locator("form[action='/settings/theme']").EvaluateAsync("form => form.closest('details').open = true");
        await reader.Page.ClickAsync("button[name=theme][value=night]");
        await Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "night");
        Assert.EndsWith("/en/atmosphere", reader.Page.Url, StringComparison.Ordinal);
        await reader.Open("/ko");
        await Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "night");
    }

    private async Task<Reader> SignedIn(int width, int height, string role)
    {
        var reader = await browser.Reader(_city, width, height);
        await SignIn(reader, role);
        return reader;
    }

    private async Task SignIn(Reader reader, string role)
    {
        await reader.Open(await _city.LinkFor(role));
        await reader.Page.ClickAsync("main form button");
        await Expect(reader.Page.Locator(".pick summary bdi")).ToBeVisibleAsync();
    }
}

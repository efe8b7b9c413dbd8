using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SmartCity.Shell;
using SmartCity.Shell.Access;

namespace SmartCity.Tests.Access;

public sealed class AdministrationTests
{
    [Fact]
    public async Task An_invited_person_comes_in_by_the_link_with_the_roles_that_were_ticked()
    {
        await using var city = await AccessCity.Start();
        using var chief = await city.City.Client(Roles.Administrator);
        using var answer = await chief.Send("/en/people", null, ("name", "홍길동"), ("roles", Roles.Official), ("roles", Roles.Mayor), ("roles", "Emperor"));
        var link = new Uri((await Browser.Read(answer)).QuerySelector("#link")!.GetAttribute("value")!).PathAndQuery;
        using var guest = city.City.Client();
        using var used = await guest.Send(link, null);
        // without a password, the first thing is to set one
        Assert.Equal("/en/account", used.Headers.Location!.OriginalString);
        Assert.Equal("홍길동", await guest.Who());
        Assert.Equal(HttpStatusCode.Forbidden, await guest.Status("/en/people"));
        Assert.Equal(["Official", "Mayor"], (await city.Audit("role-granted")).Where(a => a.Subject == "홍길동").Select(a => a.Detail));
        Assert.DoesNotContain("홍길동", link, StringComparison.Ordinal);
        using (var twice = await chief.Send("/en/people", null, ("name", "홍길동"))) Assert.NotNull((await Browser.Read(twice)).QuerySelector("#wrong"));
    }

    [Fact]
    public async Task Changed_roles_end_the_session_and_the_new_ones_hold_at_the_next()
    {
        await using var city = await AccessCity.Start();
        var kim = await city.Person("kim", Roles.Official);
        using var chief = await city.City.Client(Roles.Administrator);
        using var client = await city.SignedIn("kim");
        Assert.Equal(HttpStatusCode.Forbidden, await client.Status("/en/audit"));
        using var changed = await chief.Send($"/en/people/{kim.Id}", "Roles", ("roles", Roles.Administrator));
        Assert.Null(await client.Who());
        using var again = await city.SignedIn("kim");
        Assert.Equal(HttpStatusCode.OK, await again.Status("/en/audit"));
        Assert.Contains(await city.Audit("role-removed"), a => a is { Subject: "kim", Detail: "Official" });
        Assert.Contains(await city.Audit("role-granted"), a => a is { Subject: "kim", Detail: "Administrator" });
    }

    [Fact]
    public async Task An_open_live_stream_ends_with_the_session_and_with_the_rights_it_was_opened_with()
    {
        await using var city = await AccessCity.Start();
        var kim = await city.Person("kim", Roles.Official);
        using var chief = await city.City.Client(Roles.Administrator);
        using var client = await city.SignedIn("kim");
        await using var own = await client.GetStreamAsync("/live?lang=en");
        await using var open = await city.City.Client().GetStreamAsync("/live?lang=en");
        (await chief.Send($"/en/people/{kim.Id}", "Roles")).Dispose();
        city.Clock.Advance(TimeSpan.FromSeconds(2));
        await End(own);
        await Save(chief, "", ticked => [.. ticked.Where(t => t != "city.feeds|Anyone")]);
        await End(open);

        static async Task End(Stream stream)
        {
            var buffer = new byte[4096];
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (await stream.ReadAsync(buffer, limit.Token) > 0) { }
        }
    }

    [Fact]
    public async Task A_locked_person_is_out_at_once_and_stays_out()
    {
        await using var city = await AccessCity.Start();
        var kim = await city.Person("kim", Roles.Official);
        using var chief = await city.City.Client(Roles.Administrator);
        using var client = await city.SignedIn("kim");
        var link = await city.Link(kim);
        (await chief.Send($"/en/people/{kim.Id}", "Lock")).Dispose();
        Assert.Null(await client.Who());
        using var refused = await city.SignIn(client, "kim", AccessCity.Password);
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, await client.Status(link));
        (await chief.Send($"/en/people/{kim.Id}", "Unlock")).Dispose();
        using var back = await city.SignedIn("kim");
        Assert.Equal("kim", await back.Who());
        Assert.Single(await city.Audit("person-locked"));
        Assert.Single(await city.Audit("person-unlocked"));
    }

    [Fact]
    public async Task The_last_administrator_can_neither_be_locked_nor_lose_the_role()
    {
        await using var city = await AccessCity.Start();
        var chief = await city.Person("chief", Roles.Administrator);
        using var client = await city.SignedIn("chief");
        foreach (var handler in new[] { "Lock", "Roles" })
        {
            using var answer = await client.Send($"/en/people/{chief.Id}", handler);
            Assert.NotNull((await Browser.Read(answer)).QuerySelector("#wrong"));
        }
        Assert.Equal("chief", await client.Who());
    }

    [Fact]
    public async Task The_role_screen_grants_and_revokes_at_once_and_goes_back_to_the_default()
    {
        await using var city = await AccessCity.Start();
        using var chief = await city.City.Client(Roles.Administrator);
        using var official = await city.City.Client(Roles.Official);
        using var anyone = city.City.Client();
        Assert.Equal(HttpStatusCode.Forbidden, await official.Status("/en/audit"));
        Assert.Equal(HttpStatusCode.OK, await anyone.Status("/en"));

        await Save(chief, "", ticked => [.. ticked.Where(t => t != "city.view|Anyone"), "city.audit|Official", "city.view|Official", "no.such|Official", "city.audit|Emperor"]);
        Assert.Equal(HttpStatusCode.OK, await official.Status("/en/audit"));
        Assert.Equal(HttpStatusCode.OK, await official.Status("/en"));
        Assert.Equal(HttpStatusCode.Found, await anyone.Status("/en"));
        var page = await chief.Open("/en/roles");
        Assert.Equal(3, page.QuerySelectorAll(".changed").Length);
        Assert.Equal(["city.audit", "city.view", "city.view"], (await city.Audit("grant-changed")).Select(a => a.Subject).Order());

        await Save(chief, "city.audit", ticked => ticked);
        Assert.Equal(HttpStatusCode.Forbidden, await official.Status("/en/audit"));
        Assert.Equal(HttpStatusCode.Found, await anyone.Status("/en"));
        await Save(chief, "*", ticked => ticked);
        Assert.Equal(HttpStatusCode.OK, await anyone.Status("/en"));
        Assert.Empty((await chief.Open("/en/roles")).QuerySelectorAll(".changed"));
        Assert.Empty(await city.City.Services.GetRequiredService<GrantStore>().Read(CancellationToken.None));
    }

    [Fact]
    public async Task Two_administrators_do_not_undo_each_other_on_the_role_screen()
    {
        await using var city = await AccessCity.Start();
        using var chief = await city.City.Client(Roles.Administrator);
        var stale = (await chief.Open("/en/roles")).QuerySelector("input[name=version]")!.GetAttribute("value")!;
        await Save(chief, "", ticked => [.. ticked, "city.audit|Mayor"]);
        using var answer = await chief.Send("/en/roles", null, ("version", stale), ("back", "*"));
        Assert.NotNull((await Browser.Read(answer)).QuerySelector("[role=alert]"));
        Assert.Single((await chief.Open("/en/roles")).QuerySelectorAll(".changed"));
    }

    [Fact]
    public async Task Denied_access_is_written_down_once_a_minute_and_shown_with_control_characters_escaped()
    {
        await using var city = await AccessCity.Start();
        using var chief = await city.City.Client(Roles.Administrator);
        using var citizen = await city.City.Client(Roles.Citizen);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Forbidden, await citizen.Status("/en/roles"));
        var denied = Assert.Single(await city.Audit("denied"));
        Assert.Equal("GET /en/roles", denied.Subject);
        Assert.StartsWith("Citizen-", denied.Person, StringComparison.Ordinal);
        city.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Forbidden, await citizen.Status("/en/roles"));
        Assert.Equal(2, (await city.Audit("denied")).Count);
        Assert.Equal("a\\u{000A}b\\u{202E}c", Shell.Access.Audit.Plain("a\nb\u202Ec"));

        var page = await chief.Open("/en/audit?kind=denied");
        Assert.Equal(2, page.QuerySelectorAll("tbody tr").Length);
        Assert.Equal(2, (await chief.Open("/en/audit?person=" + denied.Person + "&kind=denied")).QuerySelectorAll("tbody tr").Length);
        Assert.Empty((await chief.Open("/en/audit?day=2020-01-01")).QuerySelectorAll("tbody tr"));
        var csv = await chief.GetStringAsync("/en/audit?handler=csv&kind=denied");
        Assert.Equal(3, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_trail_as_a_file_runs_no_formula()
    {
        await using var city = await AccessCity.Start();
        await using (var scope = city.City.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Shell.Access.Audit>().Write("denied", "=HYPERLINK(1)", "+1", "@me");
        using var chief = await city.City.Client(Roles.Administrator);
        Assert.Contains("denied,'@me,'=HYPERLINK(1),'+1,", await chief.GetStringAsync("/en/audit?handler=csv&kind=denied"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", 6)]
    [InlineData("Production", 0)]
    [InlineData("Staging", 0)]
    public async Task Only_a_demonstration_prints_links(string environment, int links)
    {
        await using var city = await TestCity.Start(_ => { }, "--environment=" + environment);
        var printed = await Notices(city);
        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"The city is at {city.Address.ToString().TrimEnd('/')}", lines[0].Trim());
        Assert.Equal(links, lines.Count(l => l.Contains("/link/", StringComparison.Ordinal)));
        if (links == 0) Assert.Single(lines);
        foreach (var line in lines.Where(l => l.Contains("/link/", StringComparison.Ordinal)))
        {
            using var client = city.Client();
            using var used = await client.Send(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()).AbsolutePath, null);
            Assert.Equal("/ko", used.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task Without_a_simulator_no_link_is_printed_in_Development_either()
    {
        await using var city = await TestCity.Start(_ => { }, "--Simulator=");
        Assert.DoesNotContain("/link/", await Notices(city), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_console_makes_the_first_administrator()
    {
        await using var city = await TestCity.Start(_ => { }, "--environment=Production");
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(0, await AccessSetup.AddAdministrator(city.Services, "chief", output, errors));
        var link = new Uri(output.ToString().Split('\n')[1].Trim()).AbsolutePath;
        using var client = city.Client();
        using var used = await client.Send(link, null);
        Assert.Equal("chief", await client.Who());
        Assert.Equal(HttpStatusCode.OK, await client.Status("/en/people"));
        Assert.Contains("console", (await client.Open("/en/audit?kind=person-created")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        // twice is no mistake: it is how a lost way in is found again
        Assert.Equal(0, await AccessSetup.AddAdministrator(city.Services, "chief", output, errors));
        Assert.Equal(1, await AccessSetup.AddAdministrator(city.Services, "ch\u0456ef", output, errors));
        Assert.Contains("scripts", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_refuses_politely_where_the_tables_are_missing()
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-test-").FullName;
        try
        {
            var app = SmartCityApp.Create(["--environment=Production", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={Path.Combine(folder, "none.db")}"], _ => { });
            using var output = new StringWriter();
            using var errors = new StringWriter();
            Assert.Equal(1, await AccessSetup.AddAdministrator(app.Web.Services, "chief", output, errors));
            Assert.Contains("migrate", errors.ToString(), StringComparison.Ordinal);
            Assert.Empty(output.ToString());
            await app.Web.DisposeAsync();
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task<string> Notices(TestCity city)
    {
        using var printed = new StringWriter();
        foreach (var notice in city.Services.GetServices<StartNotice>()) await notice.Write(city.App, printed);
        return printed.ToString();
    }

    private static async Task Save(HttpClient chief, string back, Func<List<string>, List<string>> change)
    {
        var page = await chief.Open("/en/roles");
        var ticked = page.QuerySelectorAll("input[name=grant][checked]:not([disabled])").Select(i => i.GetAttribute("value")!).ToList();
        using var answer = await chief.Send("/en/roles", null, [("version", page.QuerySelector("input[name=version]")!.GetAttribute("value")!), ("back", back), .. change(ticked).Select(t => ("grant", t))]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }
}

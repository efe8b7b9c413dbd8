using System.Net;

namespace SmartCity.Tests.Access;

public sealed class SignInTests
{
    [Fact]
    public async Task A_person_signs_in_and_out_and_the_old_cookie_opens_nothing_afterwards()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Administrator);
        var cookies = new CookieContainer();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = city.City.Address };
        Assert.Equal(HttpStatusCode.Found, await client.Status("/en/people"));
        using var answer = await city.SignIn(client, "kim", AccessCity.Password);
        Assert.Equal("/en", answer.Headers.Location!.ToString());
        Assert.Equal("kim", await client.Who());
        Assert.Equal(HttpStatusCode.OK, await client.Status("/en/people"));
        var old = cookies.GetCookies(city.City.Address)["city-seoul"]!.Value;

        using var gone = await client.Send("/en/sign-out", null);
        Assert.Null(await client.Who());
        using var thief = city.City.Client();
        thief.DefaultRequestHeaders.Add("Cookie", "city=" + old);
        Assert.Equal(HttpStatusCode.Found, await thief.Status("/en/people"));
        Assert.Single(await city.Audit("sign-in"), a => a.Person == "kim" && a.Detail == "password" && a.Address == "127.0.0.1");
        Assert.Single(await city.Audit("sign-out"), a => a.Person == "kim");
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_small()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Official, Roles.Administrator);
        using var client = city.City.Client();
        using var answer = await city.SignIn(client, "kim", AccessCity.Password);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("city-seoul=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(cookie.Split(';')[0].Length, 1, 1024);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_locked_person_get_the_same_answer_for_the_same_work()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        var locked = await city.Person("park");
        await city.Person("chief", Roles.Administrator);
        using (var chief = await city.SignedIn("chief")) (await chief.Send($"/en/people/{locked.Id}", "Lock")).Dispose();

        var answers = new List<string>();
        foreach (var (name, password) in new[] { ("kim", "wrong wrong wrong"), ("nobody", "wrong wrong wrong"), ("park", AccessCity.Password) })
        {
            city.Hashes.Verified = 0;
            using var client = city.City.Client();
            using var answer = await city.SignIn(client, name, password);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(1, city.Hashes.Verified);
            answers.Add((await Browser.Read(answer)).QuerySelector("[role=alert]")!.TextContent);
        }
        Assert.Single(answers.Distinct());
        // what was typed as an unknown name may have been a password
        Assert.Equal(["kim", "(unknown)", "park"], (await city.Audit("sign-in-failed")).Select(a => a.Subject));
    }

    [Fact]
    public async Task An_account_waits_longer_after_each_wrong_try_and_ten_minutes_after_ten()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        async Task<bool> Asked(string password)
        {
            city.Hashes.Verified = 0;
            using var guess = city.City.Client();
            using var answer = await city.SignIn(guess, "kim", password);
            return city.Hashes.Verified == 1;
        }

        for (var i = 0; i < 5; i++) Assert.True(await Asked("wrong wrong wrong"));
        var waits = new[] { 2, 4, 8, 16, 32, 600 };
        foreach (var wait in waits)
        {
            Assert.False(await Asked(AccessCity.Password), "it has to wait");
            city.Clock.Advance(TimeSpan.FromSeconds(wait - 1));
            Assert.False(await Asked(AccessCity.Password), $"{wait} s are not over");
            city.Clock.Advance(TimeSpan.FromSeconds(2));
            if (wait != 600) Assert.True(await Asked("wrong wrong wrong"));
        }
        using var client = await city.SignedIn("kim");
        Assert.Equal("kim", await client.Who());
    }

    [Fact]
    public async Task An_address_that_tries_many_names_has_to_wait_for_every_name()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        for (var i = 0; i < 5; i++)
        {
            using var spray = city.City.Client();
            (await city.SignIn(spray, "name" + i, "Spring2026 again")).Dispose();
        }
        using var client = city.City.Client();
        city.Hashes.Verified = 0;
        using var answer = await city.SignIn(client, "kim", AccessCity.Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, city.Hashes.Verified);
        city.Clock.Advance(TimeSpan.FromSeconds(3));
        using var later = await city.SignedIn("kim");
    }

    [Fact]
    public async Task The_owner_comes_in_from_a_known_device_while_strangers_try_the_name()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        using var home = await city.SignedIn("kim");
        (await home.Send("/en/sign-out", null)).Dispose();
        for (var i = 0; i < 12; i++)
        {
            using var stranger = city.City.Client();
            (await city.SignIn(stranger, "kim", "wrong wrong wrong")).Dispose();
            city.Clock.Advance(TimeSpan.FromSeconds(40));
        }
        using var answer = await city.SignIn(home, "kim", AccessCity.Password);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [Fact]
    public async Task Tries_at_the_same_moment_cannot_slip_past_the_count_and_never_take_more_than_two_processors()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        var clients = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var client = city.City.Client();
            return (Client: client, Token: (await client.Open("/en/sign-in")).Token());
        }));
        var answers = await Task.WhenAll(clients.Select(c => c.Client.PostAsync("/en/sign-in", new FormUrlEncodedContent([new("name", "kim"), new("password", "wrong wrong wrong"), new("__RequestVerificationToken", c.Token)]))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(5, city.Hashes.Verified);
        Assert.InRange(city.Hashes.Most, 1, 2);
        foreach (var (client, _) in clients) client.Dispose();
    }

    [Theory]
    [InlineData("Ａｄｍｉｎ")]
    [InlineData("adm\u200bin")]
    [InlineData(" admin ")]
    [InlineData("ADMIN")]
    public async Task Spellings_that_look_the_same_are_the_same_name(string spelling)
    {
        await using var city = await AccessCity.Start();
        await city.Person("admin");
        using var client = city.City.Client();
        using var answer = await city.SignIn(client, spelling, AccessCity.Password);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [Fact]
    public async Task A_name_that_mixes_scripts_is_refused_and_whole_scripts_are_welcome()
    {
        await using var city = await AccessCity.Start();
        await city.Person("chief", Roles.Administrator);
        using var chief = await city.SignedIn("chief");
        foreach (var (name, welcome) in new[] { ("\u0430dmin", false), ("chi\u0435f", false), ("chief", false), ("a", false), ("a b", false), ("홍길동", true), ("Айгуль", true), ("김kim", false), ("李小明", true), ("o\u02BBktam", true) })
        {
            using var answer = await chief.Send("/en/people", null, ("name", name), ("roles", Roles.Official));
            var page = await Browser.Read(answer);
            Assert.True(welcome == (page.QuerySelector("#link") is not null), name);
            Assert.True(welcome == (page.QuerySelector("#wrong") is null), name);
        }
    }

    [Theory]
    [InlineData("/en/feeds", "/en/feeds")]
    [InlineData("/en?theme=none", "/en?theme=none")]
    [InlineData("/ko/검색", "/ko/%EA%B2%80%EC%83%89")]
    [InlineData("//evil.example", "/en")]
    [InlineData("/\\evil.example", "/en")]
    [InlineData("/%2f%2fevil.example", "/en")]
    [InlineData("/%5cevil.example", "/en")]
    [InlineData("https:evil.example", "/en")]
    [InlineData("https://evil.example", "/en")]
    [InlineData("javascript:alert(1)", "/en")]
    [InlineData("/\t/evil.example", "/en")]
    [InlineData("/en\r\nSet-Cookie: a=b", "/en")]
    [InlineData("~/en", "/en")]
    [InlineData("", "/en")]
    public async Task Signing_in_leads_only_to_pages_of_this_city(string asked, string led)
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        using var client = city.City.Client();
        using var answer = await client.Send("/en/sign-in", null, ("name", "kim"), ("password", AccessCity.Password), ("returnUrl", asked));
        Assert.Equal(led, answer.Headers.Location!.OriginalString);
        using var theme = await client.PostAsync("/settings/theme", new FormUrlEncodedContent([new("theme", "night"), new("back", asked)]));
        Assert.Equal(led == "/en" ? "/ko" : led, theme.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_very_long_way_back_is_dropped()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        using var client = city.City.Client();
        using var answer = await client.Send("/en/sign-in", null, ("name", "kim"), ("password", AccessCity.Password), ("returnUrl", "/" + new string('a', 10_000)));
        Assert.Equal("/en", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_closed_page_asks_to_sign_in_in_its_own_language_and_a_closed_fragment_answers_401()
    {
        await using var city = await AccessCity.Start();
        using var client = city.City.Client();
        using var page = await client.GetAsync("/ko/audit?kind=denied");
        Assert.Equal("/ko/sign-in?returnUrl=%2Fko%2Faudit%3Fkind%3Ddenied", page.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, await client.Status("/en/audit?handler=csv"));
        using var fragment = new HttpRequestMessage(HttpMethod.Get, "/en/people") { Headers = { { "HX-Request", "true" } } };
        using var answer = await client.SendAsync(fragment);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("city-seoul", "forged")]
    [InlineData("city-seoul", "CfDJ8KPEee-gxO1Fg4vF6LlIma_aqIWrzVgY0IF")]
    [InlineData("known-seoul", "\"")]
    [InlineData("half-seoul", "CfDJ8")]
    [InlineData("form-seoul", "nonsense")]
    public async Task Made_up_cookies_are_like_none(string cookie, string value)
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim");
        using var client = city.City.Client();
        client.DefaultRequestHeaders.Add("Cookie", cookie + "=" + value);
        Assert.Equal(HttpStatusCode.OK, await client.Status("/en"));
        Assert.Equal(HttpStatusCode.OK, await client.Status("/en/sign-in"));
        Assert.Empty((await client.Open("/en/sign-in/code")).QuerySelectorAll("#code"));
        Assert.Null(await client.Who());
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;

namespace SmartCity.Tests.Access;

public sealed class AccountTests
{
    private const string Other = "another horse battery";

    [Fact]
    public async Task A_one_time_link_is_not_used_by_opening_it_and_signs_in_once()
    {
        await using var city = await AccessCity.Start();
        var link = await city.Link(await city.Person("kim", Roles.Citizen));
        using var scanner = city.City.Client();
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await scanner.Status(link));
        using var client = city.City.Client();
        using var used = await client.Send(link, null);
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        Assert.Equal("kim", await client.Who());
        Assert.Equal(HttpStatusCode.Gone, await scanner.Status(link));
        Assert.Single(await city.Audit("link-used"), a => a.Subject == "kim");
        Assert.Single(await city.Audit("link-created"));
    }

    [Fact]
    public async Task A_one_time_link_opened_twice_at_the_same_moment_signs_one_in()
    {
        await using var city = await AccessCity.Start();
        var link = await city.Link(await city.Person("kim", Roles.Citizen));
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var client = city.City.Client();
            return (Client: client, Token: (await client.Open(link)).Token());
        }));
        var answers = await Task.WhenAll(clients.Select(c => c.Client.PostAsync(link, new FormUrlEncodedContent([new("__RequestVerificationToken", c.Token)]))));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Gone));
    }

    [Fact]
    public async Task A_one_time_link_expires_and_the_database_does_not_hold_it()
    {
        await using var city = await AccessCity.Start();
        var link = await city.Link(await city.Person("kim", Roles.Citizen), TimeSpan.FromMinutes(10));
        await using (var db = await city.City.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync())
            Assert.DoesNotContain(link.Split('/')[^1], (await db.Links.SingleAsync()).Hash, StringComparison.OrdinalIgnoreCase);
        using var client = city.City.Client();
        var token = (await client.Open(link)).Token();
        city.Clock.Advance(TimeSpan.FromMinutes(11));
        using var late = await client.PostAsync(link, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        Assert.Null(await client.Who());
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_keeps_this_one()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Citizen);
        using var here = await city.SignedIn("kim");
        using var elsewhere = await city.SignedIn("kim");
        Assert.Equal("kim", await elsewhere.Who());
        using (var wrong = await here.Send("/en/account", "Password", ("current", "not my password"), ("next", Other)))
            Assert.Equal("current", (await Browser.Read(wrong)).QuerySelector("[aria-invalid]")!.Id);
        using (var weak = await here.Send("/en/account", "Password", ("current", AccessCity.Password), ("next", "kimkimkimkim")))
            Assert.Equal("next", (await Browser.Read(weak)).QuerySelector("[aria-invalid]")!.Id);
        Assert.Equal("kim", await elsewhere.Who());

        using var done = await here.Send("/en/account", "Password", ("current", AccessCity.Password), ("next", Other));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        Assert.Equal("kim", await here.Who());
        Assert.Null(await elsewhere.Who());
        using var again = city.City.Client();
        using var signedIn = await city.SignIn(again, "kim", Other);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Assert.Single(await city.Audit("password-changed"));
    }

    [Fact]
    public async Task A_second_factor_is_set_up_asked_for_and_taken_away()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Citizen);
        using var here = await city.SignedIn("kim");
        using var start = await here.Send("/en/account", "Authenticator");
        var setup = await here.Open(start.Headers.Location!.OriginalString);
        Assert.StartsWith("data:image/svg+xml;base64,", setup.QuerySelector("img.qr")!.GetAttribute("src"), StringComparison.Ordinal);
        var key = setup.QuerySelector(".steps code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        using (var wrong = await here.Send("/en/account?setup=true", "AuthenticatorOn", ("code", "000000")))
            Assert.NotNull((await Browser.Read(wrong)).QuerySelector("#on-code[aria-invalid]"));
        using var on = await here.Send("/en/account?setup=true", "AuthenticatorOn", ("code", Code(key, 0)));
        var codes = (await Browser.Read(on)).QuerySelectorAll(".codes code").Select(c => c.TextContent).ToList();
        Assert.Equal(10, codes.Count);
        Assert.Equal("kim", await here.Who());
        Assert.Empty((await here.Open("/en/account")).QuerySelectorAll(".codes"));

        using var there = city.City.Client();
        using var half = await city.SignIn(there, "kim", AccessCity.Password);
        Assert.Equal("/en/sign-in/code?returnUrl=%2Fen", half.Headers.Location!.OriginalString);
        Assert.Null(await there.Who());
        // the code that finished the set-up was seen: it opens nothing a second time
        using (var replay = await there.Send("/en/sign-in/code", null, ("code", Code(key, 0)))) Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
        using (var fresh = await there.Send("/en/sign-in/code", null, ("code", Code(key, 1)))) Assert.Equal(HttpStatusCode.Found, fresh.StatusCode);
        Assert.Equal("kim", await there.Who());

        using var lost = city.City.Client();
        (await city.SignIn(lost, "kim", AccessCity.Password)).Dispose();
        using (var recovered = await lost.Send("/en/sign-in/code?recovery=true", null, ("code", codes[0]), ("recovery", "true"))) Assert.Equal(HttpStatusCode.Found, recovered.StatusCode);
        using var twice = city.City.Client();
        (await city.SignIn(twice, "kim", AccessCity.Password)).Dispose();
        using (var refused = await twice.Send("/en/sign-in/code?recovery=true", null, ("code", codes[0]), ("recovery", "true"))) Assert.Equal(HttpStatusCode.OK, refused.StatusCode);

        using var off = await lost.Send("/en/account", "AuthenticatorOff", ("code", Code(key, -1)));
        Assert.Equal("/en/account?done=factor-off", off.Headers.Location!.OriginalString);
        using var plain = await city.SignedIn("kim");
        Assert.Equal("kim", await plain.Who());
        Assert.Equal(["authenticator on", "authenticator off"], (await city.Audit("second-factor-changed")).Select(a => a.Detail));
    }

    [Fact]
    public async Task A_link_does_not_pass_by_the_second_factor_and_guessing_codes_is_slowed_down()
    {
        await using var city = await AccessCity.Start();
        var kim = await city.Person("kim", Roles.Citizen);
        using var here = await city.SignedIn("kim");
        using var start = await here.Send("/en/account", "Authenticator");
        var key = (await here.Open("/en/account?setup=true")).QuerySelector(".steps code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        (await here.Send("/en/account?setup=true", "AuthenticatorOn", ("code", Code(key, 0)))).Dispose();
        using var thief = city.City.Client();
        using var half = await thief.Send(await city.Link(kim), null);
        Assert.Equal("/en/sign-in/code", half.Headers.Location!.OriginalString);
        for (var i = 0; i < 5; i++) (await thief.Send("/en/sign-in/code", null, ("code", "00000" + i))).Dispose();
        using var right = await thief.Send("/en/sign-in/code", null, ("code", Code(key, 1)));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Null(await thief.Who());
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_and_every_unused_link()
    {
        await using var city = await AccessCity.Start();
        var link = await city.Link(await city.Person("kim", Roles.Citizen));
        using var here = await city.SignedIn("kim");
        using var there = await city.SignedIn("kim");
        (await here.Send("/en/account", "EndSessions")).Dispose();
        Assert.Null(await here.Who());
        Assert.Null(await there.Who());
        Assert.Equal(HttpStatusCode.Gone, await there.Status(link));
        Assert.Single(await city.Audit("sessions-ended"));
    }

    [Fact]
    public async Task A_session_gets_a_new_number_at_each_sign_in_and_ends_after_twelve_hours()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Citizen);
        using var client = city.City.Client();
        var cookies = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await city.SignIn(client, "kim", AccessCity.Password);
            cookies.Add(answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("city-seoul=", StringComparison.Ordinal)).Split(';')[0]);
        }
        Assert.NotEqual(cookies[0], cookies[1]);
        // the browser's first session ended when it got the second: a cookie planted before signing in is worth nothing after
        using var planted = city.City.Client();
        planted.DefaultRequestHeaders.Add("Cookie", cookies[0]);
        Assert.Null(await planted.Who());
        for (var hour = 0; hour < 11; hour++)
        {
            city.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal("kim", await client.Who());
        }
        city.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(await client.Who());
    }

    [Fact]
    public async Task A_kept_screen_stays_signed_in_for_as_long_as_it_is_used_and_ends_at_once_with_its_rights()
    {
        await using var city = await AccessCity.Start();
        await city.Person("room", Roles.Official);
        await city.Person("kim", Roles.Citizen);
        using var wall = await city.SignedIn("room");
        using var citizen = await city.SignedIn("kim");
        using (var refused = await citizen.Send("/en/account", "Keep")) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using (var elsewhere = await wall.Send("/en/account", "Keep", ("back", "https://evil.example/"))) Assert.Equal("/en/account", elsewhere.Headers.Location!.OriginalString);
        Assert.Single(await city.Audit("screen-kept"), a => a.Person == "room");
        // three days and nights, looked at every half hour; a session like any other is long gone
        for (var half = 0; half < 144; half++)
        {
            city.Clock.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal("room", await wall.Who());
        }
        Assert.Null(await citizen.Who());
        // its cookie is renewed, its session is the same one: what asks for a recent sign-in still does
        await using var scope = city.City.Services.CreateAsyncScope();
        var person = await scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<Person>>().FindByNameAsync("room");
        await scope.ServiceProvider.GetRequiredService<People>().SetRoles(person!, new HashSet<string>([Roles.Citizen], StringComparer.Ordinal));
        Assert.Null(await wall.Who());
    }

    [Fact]
    public async Task A_kept_screen_that_nobody_uses_for_twelve_hours_is_signed_out()
    {
        await using var city = await AccessCity.Start();
        await city.Person("room", Roles.Official);
        using var wall = await city.SignedIn("room");
        (await wall.Send("/en/account", "Keep")).Dispose();
        for (var hour = 0; hour < 7; hour++)
        {
            city.Clock.Advance(TimeSpan.FromHours(3));
            Assert.Equal("room", await wall.Who());
        }
        city.Clock.Advance(TimeSpan.FromMinutes(12 * 60 + 1));
        Assert.Null(await wall.Who());
    }

    [Fact]
    public async Task Passkey_options_are_answered_and_nonsense_is_refused()
    {
        await using var city = await AccessCity.Start();
        await city.Person("kim", Roles.Citizen);
        using var stranger = city.City.Client();
        using var request = await stranger.Send("/en/sign-in", "PasskeyOptions");
        using var asked = JsonDocument.Parse(await request.Content.ReadAsStringAsync());
        Assert.Equal("required", asked.RootElement.GetProperty("userVerification").GetString());
        Assert.NotEmpty(asked.RootElement.GetProperty("challenge").GetString()!);
        using (var nonsense = await stranger.Send("/en/sign-in", "Passkey", ("credential", "{}"))) Assert.Equal(HttpStatusCode.OK, nonsense.StatusCode);
        using (var broken = await stranger.Send("/en/sign-in", "Passkey", ("credential", "not json"))) Assert.Equal(HttpStatusCode.OK, broken.StatusCode);
        using var without = city.City.Client();
        using (var early = await without.Send("/en/sign-in", "Passkey", ("credential", "{}"))) Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.Null(await stranger.Who());

        using var here = await city.SignedIn("kim");
        using var creation = await here.Send("/en/account", "PasskeyOptions");
        using var made = JsonDocument.Parse(await creation.Content.ReadAsStringAsync());
        Assert.Equal("kim", made.RootElement.GetProperty("user").GetProperty("name").GetString());
        using (var nonsense = await here.Send("/en/account", "Passkey", ("credential", "{}"))) Assert.Equal(HttpStatusCode.OK, nonsense.StatusCode);
        // an unattended screen is not enough to add a way in
        city.Clock.Advance(TimeSpan.FromMinutes(61));
        using var late = await here.Send("/en/account", "PasskeyOptions");
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    // half minutes are counted from the start of the test: one that ends meanwhile moves no code onto another
    private readonly long _step = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;

    // RFC 6238, as every authenticator app does it
    private string Code(string key, int stepsLater)
    {
        var bits = string.Concat(key.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, _step + stepsLater);
#pragma warning disable CA5350 // the standard says SHA-1, and so do the apps
        var hash = HMACSHA1.HashData(secret, step);
#pragma warning restore CA5350
        var number = (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & 0x7FFFFFFF) % 1_000_000;
        return number.ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }
}

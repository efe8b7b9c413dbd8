using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;
using SmartCity.Shell.Feeds;

namespace SmartCity.BrowserTests;

/// <summary>The situation view as a room leaves it open: through a cut, a restart, the end of its rights, thousands of updates.</summary>
public sealed class SituationTests(Browser browser, Seoul seoul)
{
    private const string View = "/en/disaster-safety/situation", Topic = "disaster-safety.alarms-now";

    private static async Task SignIn(Reader reader, TestCity city, string role)
    {
        await reader.Open(await city.LinkFor(role));
        await reader.Page.ClickAsync("main form button");
        await reader.Page.WaitForURLAsync(url => !url.Contains("/link/", StringComparison.Ordinal));
    }

    private static ILocator State(Reader reader) => reader.Page.Locator("[data-room-state]");

    // counts how often the room came anew
    private static Task Count(Reader reader) => reader.Page.EvaluateAsync("() => { window.rooms = 0; document.addEventListener('htmx:after:swap', () => window.rooms++); }");
    private static Task<int> Rooms(Reader reader) => reader.Page.EvaluateAsync<int>("() => window.rooms");

    private static async Task Eventually(Func<Task<bool>> holds, string what, int seconds = 60)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); DateTime.UtcNow < until; await Task.Delay(100)) if (await holds()) return;
        Assert.Fail(what);
    }

    [Fact]
    public async Task A_cut_and_a_restart_are_told_and_the_view_goes_on_by_itself()
    {
        var database = Path.Combine(Directory.CreateTempSubdirectory("smartcity-room-").FullName, "city.db");
        var city = await TestCity.Start(null, "--Indicators:Compute=0", $"--Database={database}");
        await using var wire = Wire.To(city.Address);
        try
        {
            await city.UntilFed();
            await using var reader = await browser.Reader(city, through: wire.Address);
            await SignIn(reader, city, Roles.Official);
            await reader.Open(View);
            await reader.IsLive();
            await reader.Page.EvaluateAsync("() => window.same = true");
            await Count(reader);
            wire.Cut();
            await Expect(State(reader)).ToContainTextAsync("cannot be reached");
            wire.Heal();
            await Expect(State(reader)).ToHaveTextAsync("");
            await reader.IsLive();
            await Eventually(async () => await Rooms(reader) > 0, "the room has caught up");
            var rooms = await Rooms(reader);
            // another host on the same database, as after an update: the session holds, the page is the same page
            wire.Cut();
            await city.DisposeAsync();
            city = await TestCity.Start(null, "--Indicators:Compute=0", $"--Database={database}");
            wire.Lead(city.Address);
            await Expect(State(reader)).ToContainTextAsync("cannot be reached");
            wire.Heal();
            await Expect(State(reader)).ToHaveTextAsync("", new() { Timeout = 60_000 });
            await reader.IsLive();
            await Eventually(async () => await Rooms(reader) > rooms, "the room has caught up again");
            Assert.True(await reader.Page.EvaluateAsync<bool>("() => window.same === true"));
            await Expect(reader.Page.Locator("#room[data-old]")).ToHaveCountAsync(0);
        }
        finally { await city.DisposeAsync(); }
    }

    [Fact]
    public async Task When_its_rights_have_ended_the_view_says_so_and_offers_the_way_back()
    {
        await using var reader = await browser.Reader(seoul.City);
        await SignIn(reader, seoul.City, Roles.Official);
        await reader.Open(View);
        await Expect(State(reader)).ToHaveTextAsync("");
        await Expect(reader.Page.Locator("text=Keep this screen signed in")).ToBeVisibleAsync();
        await reader.Page.ClickAsync("text=Keep this screen signed in");
        await reader.Page.WaitForURLAsync(url => url.EndsWith("situation", StringComparison.Ordinal));
        var name = await reader.Page.Locator(".pick summary bdi").InnerTextAsync();
        await using (var scope = seoul.City.Services.CreateAsyncScope())
        {
            var person = await scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<Person>>().FindByNameAsync(name);
            await scope.ServiceProvider.GetRequiredService<People>().SetRoles(person!, new HashSet<string>([Roles.Citizen], StringComparer.Ordinal));
        }
        await Expect(State(reader)).ToContainTextAsync("signed out, or your rights have changed");
        await Expect(reader.Page.Locator("[data-again-in]")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("#room[data-old]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Scenes_go_on_after_an_error_stop_by_a_key_and_never_begin_for_who_wants_less_motion()
    {
        await using var reader = await browser.Reader(seoul.City);
        await SignIn(reader, seoul.City, Roles.Mayor);
        // the reader of these tests wants less motion: an address that asks for scenes does not begin them
        await reader.Open(View + "?scenes=5");
        var turn = reader.Page.Locator("[data-turn]");
        await Expect(turn).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(reader.Page.Locator("#room .dis-pick a").Nth(1)).ToBeVisibleAsync();
        var current = reader.Page.Locator("#room .dis-pick a[aria-current]");
        var first = await current.GetAttributeAsync("href");
        await reader.Page.ClickAsync("[data-step='1']");
        await Expect(current).Not.ToHaveAttributeAsync("href", first!);
        // pressed, and nobody touches anything any more; the first turn fails
        await reader.Page.EvaluateAsync("() => { const now = Date.now; Date.now = () => now() + 60000 * (window.later ?? 0); }");
        await turn.ClickAsync();
        await Expect(turn).ToHaveAttributeAsync("aria-pressed", "true");
        await reader.Page.EvaluateAsync("() => { window.later = 1; }");
        var failed = 0;
        await reader.Page.RouteAsync("**/situation?incident=*handler=Room*", async route =>
        {
            if (Interlocked.Increment(ref failed) == 1) await route.AbortAsync();
            else await route.ContinueAsync();
        });
        var seen = new HashSet<string>();
        await Eventually(async () =>
        {
            if (await current.CountAsync() == 1) seen.Add((await current.GetAttributeAsync("href"))!);
            return seen.Count >= 3 && failed >= 3;
        }, "three incidents were shown, one after the other");
        await reader.Page.Keyboard.PressAsync("Escape");
        await Expect(turn).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.DoesNotContain("scenes", new Uri(reader.Page.Url).Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_of_this_moment_come_again_and_those_of_the_incident_before_are_let_go()
    {
        await using var reader = await browser.Reader(seoul.City);
        await SignIn(reader, seoul.City, Roles.Mayor);
        await reader.Open(View);
        await Eventually(async () =>
        {
            if (await reader.Page.Locator("#room img[data-again]").CountAsync() > 0) return true;
            await reader.Page.ClickAsync("[data-step='1']");
            await Task.Delay(1000);
            return false;
        }, "an incident with cameras near it is shown");
        await Expect(reader.Page.Locator("#room img[data-again][src*='?t=']").First).ToBeAttachedAsync();
        await reader.Page.ClickAsync("[data-step='1']");
        var device = await reader.Context.NewCDPSessionAsync(reader.Page);
        await device.SendAsync("DOM.enable");
        await Eventually(async () =>
        {
            await device.SendAsync("HeapProfiler.collectGarbage");
            return !(await device.SendAsync("DOM.getDetachedDomNodes"))!.Value.GetRawText().Contains("data-again", StringComparison.Ordinal);
        }, "no picture is held that stands on no page");
    }

    [Fact]
    public async Task After_a_thousand_updates_the_page_is_no_larger_than_before()
    {
        await using var reader = await browser.Reader(seoul.City);
        await SignIn(reader, seoul.City, Roles.Mayor);
        await reader.Open(View);
        await reader.IsLive();
        await Count(reader);
        var device = await reader.Context.NewCDPSessionAsync(reader.Page);
        await device.SendAsync("Performance.enable");
        async Task<(double Nodes, double Heap, double Listeners)> Size()
        {
            await device.SendAsync("HeapProfiler.collectGarbage");
            var metrics = (await device.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetDouble());
            return (metrics["Nodes"], metrics["JSHeapUsedSize"], metrics["JSEventListeners"]);
        }
        async Task Updates(int count)
        {
            var until = await Rooms(reader) + count;
            // each is asked for when the one before has come: none is merged into another
            await reader.Page.EvaluateAsync($$"""
                () => { const live = document.getElementById('live'); const ask = () => live.dispatchEvent(new CustomEvent('{{LiveTagHelper.EventOf(Topic)}}'));
                  window.asking?.abort(); window.asking = new AbortController(); document.addEventListener('htmx:after:swap', () => { if (window.rooms < {{until}}) setTimeout(ask); }, { signal: window.asking.signal }); ask(); }
                """);
            await Eventually(async () => await Rooms(reader) >= until, $"{count} updates have come", 240);
        }
        await Updates(100);
        var before = await Size();
        await Updates(1000);
        var after = await Size();
        Assert.True(after.Nodes < before.Nodes * 1.2 + 500 && after.Heap < before.Heap * 1.2 + 1e6 && after.Listeners < before.Listeners * 1.2 + 50, $"{before} became {after}");
    }
}

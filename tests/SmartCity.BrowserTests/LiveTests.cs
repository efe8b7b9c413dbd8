using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;

namespace SmartCity.BrowserTests;

/// <summary>What an open page does while the city changes. Order is proved, time is not: figures are in <c>bench/</c>.</summary>
public sealed class LiveTests(Browser browser, Seoul seoul)
{
    private const string Air = "#tile-atmosphere-air-tile", Weather = "#tile-atmosphere-weather-tile";

    /// <summary>What a page shows: instant, state, freshness and value of every tile, and the numbers on the map.</summary>
    private const string Shown = """
        () => [...document.querySelectorAll('article.tile')].map(t => [t.id, t.dataset.state, t.dataset.fresh, t.querySelector('time[data-age]')?.getAttribute('datetime'), t.querySelector('data')?.value].join(' '))
          .concat([...document.querySelectorAll('.map__layer text')].map(t => t.textContent))
        """;

    [Fact]
    public async Task A_new_value_is_on_the_open_page_before_the_source_is_asked_again()
    {
        var book = seoul.City.Services.GetRequiredService<FeedBook>();
        await using var reader = await browser.Reader(seoul.City);
        var shown = new ConcurrentQueue<(DateTimeOffset AsOf, int Asked)>();
        await reader.Page.ExposeFunctionAsync("shown", (string instant) =>
            shown.Enqueue((DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture), seoul.City.Simulator.RequestCount("air"))));
        await reader.Open("/en");
        await reader.IsLive();
        await reader.Page.EvaluateAsync($$"""
            () => new MutationObserver(() => {
              const now = document.querySelector('{{Air}} time[data-age]')?.getAttribute('datetime');
              if (now && now !== window.last) { window.last = now; shown(now); }
            }).observe(document.querySelector('.main-screen'), { subtree: true, childList: true, attributes: true })
            """);
        for (var beat = 0; beat < 3; beat++)
        {
            var before = book.HealthOf("atmosphere.air")!.Fetches;
            await TestCity.Until(() => book.HealthOf("atmosphere.air")!.Fetches > before, "the source is asked again", 60);
            var (asOf, asked) = (book.AsOf("atmosphere.air")!.At!.Value, seoul.City.Simulator.RequestCount("air"));
            await TestCity.Until(() => shown.Any(s => s.AsOf >= asOf.AddSeconds(-1)), "the page shows the value", 60);
            Assert.Equal(asked, shown.First(s => s.AsOf >= asOf.AddSeconds(-1)).Asked);
        }
    }

    [Fact]
    public async Task After_a_cut_the_stream_resumes_and_the_page_shows_the_full_present_state()
    {
        await using var city = await TestCity.Start(null, $"--City={Packs.Quick()}");
        await city.UntilFed();
        await using var wire = Wire.To(city.Address);
        await using var reader = await browser.Reader(city, through: wire.Address);
        await reader.Open("/en");
        await reader.IsLive();
        wire.Cut();
        await Expect(reader.Page.Locator("[data-live-state]")).ToHaveAttributeAsync("data-live", "off");
        var atTheCut = await reader.Page.EvaluateAsync<string[]>(Shown);
        // meanwhile new values come, and then every source falls silent, so that there is one truth to compare with
        var book = city.Services.GetRequiredService<FeedBook>();
        var before = book.Health.ToDictionary(h => h.Plan.Feed.Key, h => h.Fetches);
        await TestCity.Until(() => book.Health.All(h => h.Fetches > before[h.Plan.Feed.Key] + 1), "every source was asked again", 60);
        await city.Simulator.StopAsync();
        await TestCity.Until(() => book.Health.All(h => FeedBook.FreshnessOf(h, DateTimeOffset.UtcNow) is Freshness.Stale), "every value is stale", 90);
        wire.Heal();
        await reader.IsLive();
        await using var other = await browser.Reader(city);
        await other.Open("/en");
        var truth = await other.Page.EvaluateAsync<string[]>(Shown);
        Assert.NotEqual(atTheCut, truth);
        await Eventually(async () => Assert.Equal(truth, await reader.Page.EvaluateAsync<string[]>(Shown)));
    }

    [Fact]
    public async Task A_lost_source_makes_its_own_tiles_late_then_stale_and_only_those_and_heals_without_help()
    {
        await using var city = await TestCity.Start(null, $"--City={Packs.Quick()}");
        await city.UntilFed();
        await using var reader = await browser.Reader(city);
        await reader.Open("/en");
        await reader.IsLive();
        await reader.Page.EvaluateAsync("""
            () => {
              window.seen = {};
              const look = () => { for (const t of document.querySelectorAll('article.tile')) { const s = seen[t.id] ??= []; if (s.at(-1) !== t.dataset.fresh) s.push(t.dataset.fresh); } };
              look();
              new MutationObserver(look).observe(document.querySelector('.main-screen'), { subtree: true, childList: true, attributes: true });
            }
            """);
        var box = await reader.Page.Locator(Air).BoundingBoxAsync();
        city.Simulator.SetFault("air", Fault.Refuse);
        var air = reader.Page.Locator(Air);
        await Expect(air).ToHaveAttributeAsync("data-fresh", "stale", new() { Timeout = 60_000 });
        // still the last value, and how old it is
        await Expect(air.Locator("data")).ToBeVisibleAsync();
        await Expect(air.Locator("time[data-age]")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d+ (s|min) ago$"));
        Assert.Equal(box, await air.BoundingBoxAsync(), Same);
        city.Simulator.SetFault("air", Fault.None);
        await Expect(air).ToHaveAttributeAsync("data-fresh", "live", new() { Timeout = 60_000 });
        Assert.Equal(["live", "late", "stale", "live"], await Seen(reader, Air));
        Assert.Equal(["live"], await Seen(reader, Weather));
    }

    private static bool Same(LocatorBoundingBoxResult? a, LocatorBoundingBoxResult? b) => a is not null && b is not null && (a.X, a.Y, a.Width, a.Height) == (b.X, b.Y, b.Width, b.Height);

    private static Task<string[]> Seen(Reader reader, string tile) => reader.Page.EvaluateAsync<string[]>("id => seen[id]", tile[1..]);

    private static async Task Eventually(Func<Task> holds)
    {
        var until = DateTime.UtcNow.AddSeconds(30);
        while (true)
            try
            {
                await holds();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (DateTime.UtcNow < until) { await Task.Delay(100); }
    }
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Live;

namespace SmartCity.BrowserTests;

/// <summary>Updates change values and nothing else: nothing moves, and the reader's place is kept.</summary>
public sealed class StillnessTests(Browser browser)
{
    private const int Updates = 1000;
    private const string Air = "#tile-atmosphere-air-tile";

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(390, 844)]
    public async Task Nothing_moves_through_a_thousand_updates_with_the_longest_values_and_stale_texts(int width, int height)
    {
        var clock = new Clock();
        await using var city = await TestCity.Start(c => { c.Services.AddSingleton<TimeProvider>(clock); c.Modules(TierD.Modules); }, $"--City={Packs.Still()}");
        await city.UntilFed();
        await using var reader = await browser.Reader(city, width, height);
        await reader.Page.Clock.InstallAsync();
        await reader.Open("/ko");
        await reader.IsLive();
        await reader.Page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
        await reader.Page.Locator("#tile-atmosphere-rain-tile h3 a").FocusAsync();
        await reader.Page.EvaluateAsync("""
            () => {
              window.shifts = []; window.updates = 0;
              const at = box => [box.x, box.y, box.width, box.height].map(Math.round).join(' ');
              // a longer word takes more of its own line; anything larger than a word must stay where it is
              const word = node => (node?.nodeType === 3 ? node.parentElement : node)?.closest?.('.tile__word, .tile__value, .tile__note, .tile__foot, .tile__lines, .top__clock, .status');
              new PerformanceObserver(list => { for (const entry of list.getEntries()) for (const source of entry.sources) if (source.node && !word(source.node)) shifts.push(`${entry.value.toFixed(4)} ${at(source.previousRect)} > ${at(source.currentRect)}: ${(source.node.outerHTML ?? source.node.textContent).slice(0, 120)}`); }).observe({ type: 'layout-shift' });
              document.getElementById('live').addEventListener('htmx:sse:after:message', () => updates++);
            }
            """);
        const string Places = "() => [...document.querySelectorAll('article.tile, .map__drawing, h2, .pill, .foot')].map(e => { const b = e.getBoundingClientRect(); return [e.id || e.className, ...[b.x, b.y + scrollY, b.width, b.height].map(n => n.toFixed(2))].join(' '); })";
        var before = await reader.Page.EvaluateAsync<string[]>(Places);

        var extremes = new Extremes(city, clock);
        var parts = city.Services.GetRequiredService<LiveParts>();
        var freshness = new HashSet<string>();
        // ends where it began, with the first value of the list and all of it fresh
        for (var (n, sent) = (0, 0); sent < Updates || n % 18 != 1; n++)
        {
            var (was, rendered) = (parts.Sequence, parts.Renderings);
            await reader.Page.Clock.FastForwardAsync((long)extremes.Push(n).TotalMilliseconds);
            // a rendering that differs is one update of one part of the page
            await TestCity.Until(() => parts.Renderings > rendered, "the parts are rendered");
            sent += (int)(parts.Sequence - was);
            freshness.Add((await reader.Page.Locator(Air).GetAttributeAsync("data-fresh"))!);
        }
        await Expect(reader.Page.Locator(Air)).ToHaveAttributeAsync("data-fresh", "live");
        Assert.Superset(new HashSet<string> { "live", "late", "stale" }, freshness);
        Assert.True(await reader.Page.EvaluateAsync<int>("() => updates") > 10, "the updates reached the page");
        var after = await reader.Page.EvaluateAsync<string[]>(Places);
        var moved = before.Zip(after).Where(p => Moved(p.First, p.Second)).Select(p => $"{p.First} > {p.Second}").ToList();
        Assert.True(moved.Count == 0 && before.Length == after.Length, string.Join('\n', moved));
        var shifts = await reader.Page.EvaluateAsync<string[]>("() => [...new Set(shifts)]");
        Assert.True(shifts.Length == 0, string.Join('\n', shifts.OrderDescending(StringComparer.Ordinal).Take(20)));
        Assert.Equal("tile-atmosphere-rain-tile", await reader.Page.EvaluateAsync<string>("() => document.activeElement.closest('article')?.id"));
    }

    // a box stands where it stood when no side has moved by a whole pixel: parts of one come and go with where the page is scrolled
    private static bool Moved(string before, string after)
    {
        var (was, now) = (before.Split(' '), after.Split(' '));
        return !was[..^4].SequenceEqual(now[..^4]) || was[^4..].Zip(now[^4..]).Any(side => Math.Abs(double.Parse(side.First, CultureInfo.InvariantCulture) - double.Parse(side.Second, CultureInfo.InvariantCulture)) >= 1);
    }

    /// <summary>The city's clock, which the test sets forward.</summary>
    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }

    /// <summary>Lays readings into the city's book as fetches would: from nothing to absurdly much, then hours and days without any.</summary>
    private sealed class Extremes(TestCity city, Clock clock)
    {
        private static readonly double?[] Values = [0, 999.9, 12345.6, -24.6, null, 1_234_567.8];
        private readonly FeedBook _book = city.Services.GetRequiredService<FeedBook>();

        /// <summary>Every third time new values; in between they become late, then stale. Returns how far the clock went.</summary>
        public TimeSpan Push(int n)
        {
            var on = (n % 3) switch { 0 => TimeSpan.FromSeconds(10), 1 => TimeSpan.FromHours(7.5), _ => TimeSpan.FromHours(30) };
            clock.Ahead += on;
            var now = clock.GetUtcNow();
            foreach (var plan in _book.Plans)
            {
                var known = _book.Latest(plan.Feed.Key);
                var readings = known.Values.Values.Select(r => r with { ObservedAt = now, ObservedUntil = now, FetchedAt = now, Value = Values[n / 3 % Values.Length] + n % 7 * 0.1 }).ToList();
                if (n % 3 == 0 && readings.Count > 0) _book.Take(plan, new(FetchOutcome.Ok) { Readings = readings, Things = known.Things }, now);
                _book.Note(plan, n % 5 == 4 ? FetchOutcome.SchemaDrift : FetchOutcome.Ok, null, readings.Count, now, TimeSpan.Zero);
                city.Signal(plan.Feed.Key);
            }
            return on;
        }
    }
}

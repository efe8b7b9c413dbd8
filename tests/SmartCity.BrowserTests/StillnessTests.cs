using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Live;

namespace SmartCity.BrowserTests;

/// <summary>Updates change values and nothing else: nothing moves, and the reader's place is kept.</summary>
public sealed class StillnessTests(Browser browser)
{
    private const int Updates = 1000;

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(390, 844)]
    public async Task Nothing_moves_through_a_thousand_updates_with_the_longest_values_and_stale_texts(int width, int height)
    {
        await using var city = await TestCity.Start(null, $"--City={Packs.Still()}");
        await city.UntilFed();
        await using var reader = await browser.Reader(city, width, height);
        await reader.Open("/ko");
        await reader.IsLive();
        await reader.Page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
        await reader.Page.Locator("#tile-atmosphere-rain-tile h3 a").FocusAsync();
        await reader.Page.EvaluateAsync("""
            () => {
              window.shift = 0; window.updates = 0;
              new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value; }).observe({ type: 'layout-shift' });
              document.getElementById('live').addEventListener('htmx:sse:after:message', () => updates++);
            }
            """);
        const string Places = "() => [...document.querySelectorAll('article.tile, .map__drawing, h2, .pill, .foot')].map(e => { const b = e.getBoundingClientRect(); return [e.id || e.className, b.x, b.y + scrollY, b.width, b.height].join(' '); })";
        var before = await reader.Page.EvaluateAsync<string[]>(Places);

        var extremes = new Extremes(city);
        var parts = city.Services.GetRequiredService<LiveParts>();
        for (var (n, sent) = (0, 0); sent < Updates; n++)
        {
            var was = parts.Sequence;
            extremes.Push(n);
            // one rendering is one update of one part of the page
            await TestCity.Until(() => parts.Sequence > was, "the parts are rendered");
            sent += (int)(parts.Sequence - was);
        }
        extremes.Push(0);
        await Expect(reader.Page.Locator("#tile-atmosphere-air-tile")).ToHaveAttributeAsync("data-fresh", Extremes.FreshAt(0));
        Assert.True(await reader.Page.EvaluateAsync<int>("() => updates") > 10, "the updates reached the page");
        Assert.Equal(before, await reader.Page.EvaluateAsync<string[]>(Places));
        Assert.Equal(0, await reader.Page.EvaluateAsync<double>("() => shift"));
        Assert.Equal("tile-atmosphere-rain-tile", await reader.Page.EvaluateAsync<string>("() => document.activeElement.closest('article')?.id"));
    }

    /// <summary>Lays readings into the city's book as a fetch would: from nothing to absurdly much, fresh to stale, well to broken.</summary>
    private sealed class Extremes(TestCity city)
    {
        private static readonly double?[] Values = [0, 999.9, 12345.6, -24.6, null, 1_234_567.8];
        private readonly FeedBook _book = city.Services.GetRequiredService<FeedBook>();

        public static string FreshAt(int n) => (n % 3) switch { 0 => "live", 1 => "late", _ => "stale" };

        public void Push(int n)
        {
            foreach (var plan in _book.Plans.Where(p => _book.Latest(p.Feed.Key).Values.Count > 0))
            {
                var now = DateTimeOffset.UtcNow;
                var asOf = now - (n % 3) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromHours(7.5), _ => TimeSpan.FromHours(30) };
                var known = _book.Latest(plan.Feed.Key);
                var value = Values[n % Values.Length] + n % 7 * 0.1;
                // a thing that has never been seen with this instant is new: readings of an older instant would be refused
                var readings = known.Values.Values.Select(r => r with { ObservedAt = r.ObservedAt.AddTicks(1), ObservedUntil = asOf, FetchedAt = now, Value = value }).ToList();
                _book.Take(plan, new(FetchOutcome.Ok, readings, known.Things), now);
                _book.Note(plan, n % 5 == 4 ? FetchOutcome.SchemaDrift : FetchOutcome.Ok, null, readings.Count, now, TimeSpan.Zero);
                city.Signal(plan.Feed.Key);
            }
        }
    }
}

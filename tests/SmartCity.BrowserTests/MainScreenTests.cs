using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;

namespace SmartCity.BrowserTests;

public sealed partial class MainScreenTests(Browser browser, Seoul seoul)
{
    private readonly TestCity _city = seoul.City;

    [GeneratedRegex(@"^-?[\d,.]+$")]
    private static partial Regex Number();

    [Fact]
    public async Task Every_area_has_a_value_that_is_less_than_ten_seconds_old()
    {
        await using var reader = await browser.Reader(_city);
        var known = _city.Services.GetRequiredService<FeedBook>().AsOf("atmosphere.air")!.At!.Value;
        await reader.Open("/en");
        var values = await reader.Page.Locator("#layer-atmosphere-air-map text").AllTextContentsAsync();
        var rows = await reader.Page.Locator("#list-atmosphere-air-map tbody td.num").AllTextContentsAsync();
        Assert.Equal(25, values.Count(v => Number().IsMatch(v)));
        Assert.Equal(25, rows.Count(v => Number().IsMatch(v)));
        // never older than what the city knew before it was asked; that is at most one beat of 10 s
        var shown = DateTimeOffset.Parse((await reader.Page.Locator("#tile-atmosphere-air-tile time[data-age]").GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture);
        Assert.True(shown >= known.AddSeconds(-1), $"shown {shown:O}, known {known:O}");
        Assert.Equal(TimeSpan.FromSeconds(10), _city.Services.GetRequiredService<FeedBook>().HealthOf("atmosphere.air")!.Plan.Rhythm.Every);
    }

    [Fact]
    public async Task A_layer_is_chosen_by_its_link_and_the_address_keeps_it()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        var other = reader.Page.Locator("[data-layer-switch][data-style=fill]:not([aria-current])").First;
        var key = await other.GetAttributeAsync("data-layer-switch");
        await other.ClickAsync();
        await Expect(reader.Page).ToHaveURLAsync(new Regex("theme=" + Regex.Escape(key!)));
        var asChosen = await reader.Page.Locator("[data-layer]:visible").EvaluateAllAsync<string[]>("all => all.map(e => e.dataset.layer + e.className)");
        await reader.Page.ReloadAsync();
        await Expect(reader.Page.Locator($"[data-layer-switch='{key}']")).ToHaveAttributeAsync("aria-current", "true");
        Assert.Equal(asChosen, await reader.Page.Locator("[data-layer]:visible").EvaluateAllAsync<string[]>("all => all.map(e => e.dataset.layer + e.className)"));
        Assert.NotEmpty(asChosen);
    }

    [Fact]
    public async Task Without_javascript_values_layers_languages_and_looks_work_by_links_and_buttons()
    {
        await using var reader = await browser.Reader(_city, script: false);
        await reader.Open("/en");
        Assert.Equal(25, (await reader.Page.Locator("#layer-atmosphere-air-map text").AllTextContentsAsync()).Count(v => Number().IsMatch(v)));
        await Expect(reader.Page.Locator("#tile-atmosphere-air-tile time[data-age]")).ToContainTextAsync("as of ");
        var other = reader.Page.Locator("[data-layer-switch][data-style=fill]:not([aria-current])").First;
        var key = await other.GetAttributeAsync("data-layer-switch");
        await other.ClickAsync();
        await Expect(reader.Page.Locator($"[data-layer-switch='{key}']")).ToHaveAttributeAsync("aria-current", "true");
        await Expect(reader.Page.Locator($".map__slot[data-layer='{key}']")).Not.ToHaveAttributeAsync("hidden", "");
        await reader.Page.Locator("a[hreflang=ko]").First.ClickAsync();
        await Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        await Expect(reader.Page.Locator($"[data-layer-switch='{key}']")).ToHaveAttributeAsync("aria-current", "true");
        await reader.Page.Locator("details.pick summary").First.ClickAsync();
        await reader.Page.Locator("button[name=theme][value=night]").ClickAsync();
        await Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "night");
        await reader.Page.Locator(".map__list summary").ClickAsync();
        await Expect(reader.Page.Locator(".map__twin:visible tbody tr")).ToHaveCountAsync(25);
    }

    [Fact]
    public async Task The_first_stop_of_the_keyboard_leads_past_the_menu()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        await reader.Page.Keyboard.PressAsync("Tab");
        var skip = reader.Page.Locator("a.skip");
        await Expect(skip).ToBeFocusedAsync();
        await Expect(skip).ToBeInViewportAsync();
        await reader.Page.Keyboard.PressAsync("Enter");
        await Expect(reader.Page.Locator("#main")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Every_stop_of_the_keyboard_shows_where_it_is()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        var stops = 0;
        var wrong = new List<string>();
        for (; stops < 300; stops++)
        {
            await reader.Page.Keyboard.PressAsync("Tab");
            var stop = await reader.Page.EvaluateAsync<string[]?>("""
                () => {
                  const e = document.activeElement;
                  if (!e || e === document.body) return null;
                  const s = getComputedStyle(e), path = e.querySelector('path'), p = path ? getComputedStyle(path) : null;
                  const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, stroked = p && p.stroke !== 'none' && parseFloat(p.strokeWidth) >= 2;
                  const box = (path ?? e).getBoundingClientRect();
                  const inView = box.bottom > 0 && box.top < innerHeight && box.width > 0;
                  return [e.outerHTML.slice(0, 90), String(outlined || stroked), String(inView)];
                }
                """);
            if (stop is null) break;
            if (stop[1] != "true") wrong.Add("no visible focus: " + stop[0]);
            if (stop[2] != "true") wrong.Add("out of sight: " + stop[0]);
        }
        Assert.Empty(wrong);
        Assert.InRange(stops, 30, 299);
    }

    [Fact]
    public async Task Arrow_keys_walk_from_area_to_neighbour_and_reach_every_area()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        var areas = reader.Page.Locator(".area");
        var near = await areas.EvaluateAllAsync<string[][]>("all => all.map(a => [a.dataset.area, ...a.dataset.near.split(' ')])");
        var neighbours = near.ToDictionary(n => n[0], n => n[1..]);
        var reached = new HashSet<string> { near[0][0] };
        var waiting = new Queue<string>(reached);
        while (waiting.TryDequeue(out var here))
            foreach (var key in new[] { "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight" })
            {
                await reader.Page.Locator($".area[data-area='{here}']").FocusAsync();
                await reader.Page.Keyboard.PressAsync(key);
                var there = await reader.Page.EvaluateAsync<string>("() => document.activeElement.dataset.area");
                Assert.True(there == here || neighbours[here].Contains(there), $"{key} jumped from {here} to {there}");
                if (reached.Add(there)) waiting.Enqueue(there);
            }
        Assert.Equal(neighbours.Keys.Order(StringComparer.Ordinal), reached.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ages_count_on_without_a_request()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Page.Clock.InstallAsync();
        await reader.Open("/en");
        await reader.IsLive();
        // no stream and no server any more: what still counts, counts by itself
        await reader.Context.SetOfflineAsync(true);
        var requests = 0;
        reader.Page.Request += (_, request) => { if (!request.Url.Contains("/live?", StringComparison.Ordinal)) Interlocked.Increment(ref requests); };
        var age = reader.Page.Locator("#tile-atmosphere-air-tile time[data-age]");
        await reader.Page.Clock.FastForwardAsync(300_000);
        await Expect(age).ToContainTextAsync(new Regex("^[56] min ago"));
        await reader.Page.Clock.FastForwardAsync(7_200_000);
        await Expect(age).ToContainTextAsync("2 h ago");
        Assert.Equal(0, requests);
    }

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task On_the_wall_no_text_and_no_link_lies_on_a_seam_between_panels(string language)
    {
        await using var reader = await browser.Reader(_city, 5760, 2160);
        await reader.Open($"/{language}?surface=wall");
        var crossing = await reader.Page.EvaluateAsync<string[]>("""
            () => {
              const seams = [['x', 1920], ['x', 3840], ['y', 1080]], keep = 48, found = [];
              // what is cut off is not seen
              const seen = (box, element) => {
                let { left, top, right, bottom } = box;
                for (let up = element; up; up = up.parentElement)
                  if (getComputedStyle(up).overflowX !== 'visible') {
                    const cut = up.getBoundingClientRect();
                    [left, top, right, bottom] = [Math.max(left, cut.left), Math.max(top, cut.top), Math.min(right, cut.right), Math.min(bottom, cut.bottom)];
                  }
                return { left, top, right, bottom, width: right - left, height: bottom - top };
              };
              const look = (box, what) => {
                if (box.width < 1 || box.height < 1) return;
                for (const [axis, at] of seams) {
                  const [from, to] = axis === 'x' ? [box.left, box.right] : [box.top, box.bottom];
                  if (from < at + keep && to > at - keep) found.push(`${axis}=${at}: ${Math.round(box.left)},${Math.round(box.top)} to ${Math.round(box.right)},${Math.round(box.bottom)}: ${what}`);
                }
              };
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const node = walker.currentNode, parent = node.parentElement;
                if (!node.textContent.trim() || !parent.checkVisibility({ visibilityProperty: true }) || parent.closest('.unseen, .skip, script')) continue;
                const range = document.createRange();
                range.selectNodeContents(node);
                for (const box of range.getClientRects()) look(seen(box, parent), node.textContent.trim().slice(0, 40));
              }
              // an area of the map is a link as large as the area itself; its lines may cross
              for (const link of document.querySelectorAll('a, button, input')) if (!link.closest('.unseen, .skip, svg') && !link.classList.contains('skip') && link.checkVisibility({ visibilityProperty: true })) look(link.getBoundingClientRect(), link.outerHTML.slice(0, 60));
              return [...new Set(found)];
            }
            """);
        Assert.True(crossing.Length == 0, string.Join('\n', crossing));
    }

    [Fact]
    public async Task The_slider_of_the_time_bar_moves_the_time_and_the_button_goes_there()
    {
        await using var reader = await browser.Reader(_city);
        await reader.Open("/en");
        await reader.Page.ClickAsync(".pick--up summary");
        var (slide, field) = (reader.Page.Locator(".pick--up [data-slide]"), reader.Page.Locator(".pick--up input[type=datetime-local]"));
        var now = DateTime.Parse((await slide.GetAttributeAsync("data-slide"))!, System.Globalization.CultureInfo.InvariantCulture);
        await slide.FocusAsync();
        await reader.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(field).ToHaveValueAsync(now.AddMinutes(-10).ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        await reader.Page.ClickAsync(".pick--up form button");
        await Expect(reader.Page.Locator(".past__told")).ToContainTextAsync(now.AddMinutes(-10).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(reader.Complaints);
    }
}

using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Live;

namespace SmartCity.Tests.Live;

/// <summary>One rendering a version for all viewers; a stream that was cut goes on where the reader is.</summary>
public sealed class LiveStreamTests
{
    private const string Air = "tile-atmosphere-air-tile", Wind = "tile-atmosphere-wind-tile";

    [Fact]
    public async Task However_many_viewers_a_tile_is_rendered_once_a_version_and_language()
    {
        var filled = 0;
        var value = 1d;
        var counter = Dataset.Of<object>("atmosphere.counter", Text.Same("counter"), [], Text.Same("for the test"), _ => Task.FromResult<IReadOnlyList<object>>([]), Column.Text<object>("a", Text.Same("a"), _ => null));
        var tile = new Tile("atmosphere.counter-tile", Text.Same("counter"), ["atmosphere.counter"], _ =>
        {
            Interlocked.Increment(ref filled);
            return new(new TileFace { Feed = "atmosphere.air", ValueText = value.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }) { Url = "/atmosphere" };
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).With(counter).With(tile));
        await using var viewers = new Viewers();
        for (var i = 0; i < 30; i++) await viewers.Open(city, $"/live?lang={(i % 2 == 0 ? "ko" : "en")}&parts=tile-atmosphere-counter-tile");
        await viewers.AllHave(1);
        Assert.Equal(2, filled);
        value = 2;
        city.Signal("atmosphere.counter");
        await viewers.AllHave(2);
        Assert.Equal(4, filled);
    }

    [Fact]
    public async Task The_first_event_brings_what_is_newer_than_the_page_and_nothing_else()
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        var parts = city.Services.GetRequiredService<LiveParts>();
        await parts.Get(Air, "ko", default);
        await parts.Get(Wind, "ko", default);
        var all = await First(city, $"/live?lang=ko&parts={Air},{Wind}");
        Assert.Contains(Air, all, StringComparison.Ordinal);
        Assert.Contains(Wind, all, StringComparison.Ordinal);
        // the city lives: a beat may come between the two
        var nothing = "hx-partial";
        for (var i = 0; i < 5 && nothing.Contains("hx-partial", StringComparison.Ordinal); i++) nothing = await First(city, $"/live?lang=ko&parts={Air},{Wind}&since={parts.Sequence}");
        Assert.DoesNotContain("hx-partial", nothing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9223372036854775807"), InlineData("-5"), InlineData("abc"), InlineData("")]
    public async Task A_number_from_nowhere_gives_the_full_present_state(string lastEvent)
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        Assert.Contains(Air, await First(city, $"/live?lang=en&parts={Air}", lastEvent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_that_do_not_exist_or_are_closed_are_left_out()
    {
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).Without("atmosphere.wind-tile").With(Closed()));
        await city.UntilFed();
        var text = await First(city, $"/live?lang=en&parts=nonsense,{Air},tile-atmosphere-closed-tile");
        Assert.Contains(Air, text, StringComparison.Ordinal);
        Assert.DoesNotContain("closed-tile", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_names_its_parts_shortly_and_its_stream_knows_them()
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        var parts = city.Services.GetRequiredService<LiveParts>();
        Assert.All(parts.All.Keys, id => Assert.Equal(id, parts.Find(parts.NameOf(id))?.Id));
        Assert.Equal(parts.All.Count, parts.All.Keys.Select(parts.NameOf).Distinct().Count());
        using var client = city.Client();
        var page = await client.GetStringAsync("/en");
        var at = page.IndexOf("/live?", StringComparison.Ordinal);
        Assert.Contains(parts.NameOf(Air), page[at..page.IndexOf('"', at)], StringComparison.Ordinal);
        Assert.Contains(Air, await First(city, $"/live?lang=en&parts={parts.NameOf(Air)}"), StringComparison.Ordinal);
    }

    private static Tile Closed() => new("atmosphere.closed-tile", Text.Of("닫힘", "Closed"), ["atmosphere.air"], _ => new(new TileFace { Feed = "atmosphere.air", Value = 1 })) { Url = "/atmosphere", Permission = "city.administer" };

    private static Task Until(Func<bool> holds) => TestCity.Until(holds, "the live stream has moved on");

    private static async Task<string> First(TestCity city, string url, string? lastEvent = null)
    {
        using var client = city.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (lastEvent is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var text = new System.Text.StringBuilder();
        while (await reader.ReadLineAsync() is { Length: > 0 } line) text.Append(line).Append('\n');
        return text.ToString();
    }

    private sealed class Viewers : IAsyncDisposable
    {
        private readonly List<(HttpClient Client, HttpResponseMessage Response, Task Reading)> _open = [];
        private readonly List<int> _events = [];

        public async Task Open(TestCity city, string url)
        {
            var client = city.Client();
            var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            var mine = _events.Count;
            _events.Add(0);
            _open.Add((client, response, Task.Run(async () =>
            {
                try
                {
                    using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
                    while (await reader.ReadLineAsync() is { } line)
                        if (line.Length == 0) lock (_events) _events[mine]++;
                }
                catch (Exception gone) when (gone is IOException or HttpRequestException or ObjectDisposedException) { }
            })));
        }

        public Task AllHave(int events) => Until(() => { lock (_events) return _events.TrueForAll(e => e >= events); });

        public async ValueTask DisposeAsync()
        {
            foreach (var (client, response, _) in _open) { response.Dispose(); client.Dispose(); }
            await Task.WhenAll(_open.Select(o => o.Reading));
        }
    }
}

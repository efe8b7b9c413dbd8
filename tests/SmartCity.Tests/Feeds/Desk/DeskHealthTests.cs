using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Live;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>Three hundred feeds on one page, as a dataset, a tile and events; and one feed's own page.</summary>
public sealed class DeskHealthTests
{
    private static async Task<IReadOnlyList<FeedPlan>> Three_hundred(DeskCity desk)
    {
        var city = desk.City.Services.GetRequiredService<CityPack>();
        var live = desk.City.Services.GetRequiredService<LiveFeeds>();
        var plans = new List<FeedPlan>();
        for (var i = 0; i < 300; i++)
        {
            var d = new FeedDescriptor
            {
                Feed = $"city.feed-{i:000}", Kind = "events", Format = "json", Title = { ["ko"] = $"원천 {i}", ["en"] = $"System {i:000}" }, Owner = { ["ko"] = $"{i % 12}과", ["en"] = $"Division {i % 12}" }, Push = new() { Secret = "sensors" }, Public = i % 2 == 0,
                Freshness = { Late = "1h", Stale = "2h", Drop = "1d" }, Map = { Event = { Id = ["id"], Title = { ["any"] = ["title"] } } },
            };
            var problems = new List<Shell.Problem>();
            var plan = FeedPlan.Plan(city, FeedPlan.FeedOf(d, null)!, d, problems);
            Assert.Empty(problems);
            await live.Put(plan!, DeskCity.Cancel);
            plans.Add(plan!);
        }
        var now = DateTimeOffset.UtcNow;
        foreach (var (plan, i) in plans.Select((p, i) => (p, i)))
            if (i % 100 == 99) desk.Book.Note(plan, FetchOutcome.Unreachable, $"nobody answers, said with {DeskCity.Secret}", 0, now, TimeSpan.Zero);
            else
            {
                desk.Book.TakeEvents(plan, [], complete: true, now);
                desk.Book.Note(plan, FetchOutcome.Ok, null, i, now, TimeSpan.Zero);
            }
        return plans;
    }

    [Fact]
    public async Task Three_hundred_feeds_are_listed_filtered_and_sorted_and_are_a_dataset_a_tile_and_events()
    {
        await using var desk = await DeskCity.Start();
        await Three_hundred(desk);
        var page = await desk.Chief.Open("/en/feeds");
        Assert.Equal(300, page.QuerySelectorAll("table.health tbody tr").Length);
        Assert.Contains("297 of 300 sources in time", page.QuerySelector("#health")!.TextContent, StringComparison.Ordinal);
        // what needs a person stands first
        Assert.Equal("down", page.QuerySelector("table.health tbody tr")!.GetAttribute("data-fresh"));
        Assert.Contains("unreachable", page.QuerySelector("table.health tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(3, (await desk.Chief.Open("/en/feeds?state=down")).QuerySelectorAll("table.health tbody tr").Length);
        Assert.Equal(25, (await desk.Chief.Open("/en/feeds?q=division+7")).QuerySelectorAll("table.health tbody tr").Length);
        Assert.Equal("city.feed-000", (await desk.Chief.Open("/en/feeds?sort=name")).QuerySelector("table.health tbody tr")!.Id);
        Assert.Equal(300, (await desk.Chief.Open("/en/feeds?handler=Health&sort=rows")).QuerySelectorAll("tbody tr").Length);

        // others see the open ones, in page and dataset alike
        using var nobody = desk.City.Client();
        Assert.Equal(150, (await nobody.Open("/en/feeds")).QuerySelectorAll("table.health tbody tr").Length);
        Assert.Equal(150 + 1, (await nobody.GetStringAsync("/data/city.feeds-health.csv", DeskCity.Cancel)).TrimEnd().Split('\n').Length);

        // lost feeds are events that a module can follow
        await TestCity.Until(() => desk.Book.Events("city.feeds").Count == 3, "the lost feeds are told");
        var lost = desk.Book.Events("city.feeds").First(e => e.Id == "city.feed-099");
        Assert.Equal(("unreachable", EventStatus.Active, Severity.Moderate), (lost.Kind, lost.Status, lost.Severity));
        var back = desk.Book.HealthOf("city.feed-099")!.Plan;
        desk.Book.TakeEvents(back, [], complete: true, DateTimeOffset.UtcNow);
        desk.Book.Note(back, FetchOutcome.Ok, null, 1, DateTimeOffset.UtcNow, TimeSpan.Zero);
        await TestCity.Until(() => desk.Book.Events("city.feeds").Any(e => e is { Id: "city.feed-099", Status: EventStatus.Ended }), "a feed that is back has ended");

        // the tile is for staff and says the same
        using var official = await desk.City.Client(Roles.Official);
        var tile = (await official.Open("/en")).QuerySelector("#tile-city-feeds-tile")!;
        Assert.Contains("298", tile.TextContent, StringComparison.Ordinal);
        Assert.Contains("of 300", tile.TextContent, StringComparison.Ordinal);
        Assert.Contains("2 lost", tile.TextContent, StringComparison.Ordinal);
        Assert.Null((await nobody.Open("/en")).QuerySelector("#tile-city-feeds-tile"));
    }

    [Fact]
    public async Task A_feeds_page_shows_its_last_raw_answers_to_administrators_without_secrets()
    {
        await using var desk = await DeskCity.Start();
        await using var source = desk.Source("application/json", $$"""[{"id":"A","at":"2026-11-20T10:00:00Z","level":5,"note":"<b>{{DeskCity.Secret}}</b>"}]""");
        await desk.Live(DeskPageTests.Push.Replace("push: { secret: sensors }", $"public: true\naddress: {source.Address.ToString().TrimEnd('/')}\nurl: /levels?key={{secret:sensors}}\nschedule: {{ every: 10s, timeout: 5s, perDay: 50 }}", StringComparison.Ordinal).Replace("schedule: { every: 1m, timeout: 5s }\n", "", StringComparison.Ordinal));
        await TestCity.Until(() => desk.Book.HealthOf("city.sensors")?.NextAttempt is not null, "it was asked");
        await TestCity.Until(() => desk.Chief.GetStringAsync("/en/feeds/city.sensors").GetAwaiter().GetResult().Contains("/answers/", StringComparison.Ordinal), "the answer is kept");
        var page = await desk.Chief.Open("/en/feeds/city.sensors");
        Assert.Contains("49 of 50 left", page.DocumentElement.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("svg.strip rect[data-ok]"));
        Assert.Contains("{secret:sensors}", page.QuerySelector("section[aria-labelledby=descriptor]")!.TextContent, StringComparison.Ordinal);
        var link = page.QuerySelectorAll("section[aria-labelledby=answers] a").First(a => a.TextContent == "View").GetAttribute("href")!;
        var raw = (await desk.Chief.Open(link.Split('#')[0])).QuerySelector("pre.raw")!;
        Assert.Contains("\"level\":5", raw.TextContent, StringComparison.Ordinal);
        Assert.Contains("<b>", raw.TextContent, StringComparison.Ordinal);
        Assert.Null(raw.QuerySelector("b"));
        Assert.DoesNotContain("4711", raw.TextContent, StringComparison.Ordinal);
        var download = page.QuerySelectorAll("section[aria-labelledby=answers] a").First(a => a.TextContent == "Download").GetAttribute("href")!;
        using var file = await desk.Chief.GetAsync(download, DeskCity.Cancel);
        Assert.Equal(("attachment", "application/octet-stream"), (file.Content.Headers.ContentDisposition!.DispositionType, file.Content.Headers.ContentType!.MediaType));
        Assert.DoesNotContain("4711", await file.Content.ReadAsStringAsync(DeskCity.Cancel), StringComparison.Ordinal);

        // the public sees the state and its dataset, and neither answers nor descriptor
        using var nobody = desk.City.Client();
        var open = await nobody.Open("/en/feeds/city.sensors");
        Assert.NotNull(open.QuerySelector("a[href='/en/data/city.sensors']"));
        Assert.Null(open.QuerySelector("section[aria-labelledby=answers], section[aria-labelledby=descriptor]"));
        Assert.DoesNotContain("level", (await nobody.Open(link.Split('#')[0])).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.Status(download));
        using var official = await desk.City.Client(Roles.Official);
        Assert.Equal(HttpStatusCode.Forbidden, await official.Status(download));
    }

    [Theory]
    [InlineData("a;b\nx;1\ny;2\n", "csv", null)]
    [InlineData("""{"meta":{"n":2},"data":{"list":[{"id":"a","v":1},{"id":"b","v":2}]}}""", "json", "data/list")]
    [InlineData("<r><head><n>2</n></head><items><item><id>a</id><v>1</v></item><item><id>b</id><v>2</v></item></items></r>", "xml", "item")]
    public void What_no_preset_knows_is_read_by_its_shape(string text, string format, string? rows)
    {
        var city = CityPack.Load(Repository.Path("cities", "seoul"));
        var best = Ranking.Of(DeskCity.Bytes(text), null, city, DateTimeOffset.UtcNow)[0];
        Assert.Equal((format, 2), (best.Descriptor.Format, best.Records));
        if (rows is not null) Assert.Equal(rows, best.Descriptor.Envelope.Rows[0]);
        Assert.Equal([1d, 2d], best.Result.Mapped!.Readings.Select(r => r.Value!.Value).Order());
    }

    [Fact]
    public void A_preset_that_knows_the_envelope_goes_before_the_bare_format()
    {
        var city = CityPack.Load(Repository.Path("cities", "seoul"));
        const string plaza = """{"S":{"list_total_count":1,"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"},"row":[{"STN_ID":"1","TA":21.5,"DT":"2026-11-20 10:00"}]}}""";
        Assert.Equal("seoul-openapi", Ranking.Of(DeskCity.Bytes(plaza), "application/json", city, DateTimeOffset.UtcNow)[0].Name);
        Assert.Equal("rss", Ranking.Of(DeskCity.Bytes("""<rss version="2.0"><channel><title>x</title><item><title>t</title><link>https://a.example/1</link><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""), null, city, DateTimeOffset.UtcNow)[0].Name);
        Assert.Empty(Ranking.Of([0, 1, 2, 255, 254], null, city, DateTimeOffset.UtcNow));
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>A newcomer connects a source on the page, and it lives at once.</summary>
public sealed class DeskPageTests
{
    private const string Csv = "station_id,name,lat,lon,temp (°C),rain_mm,observed\r\nS1,Hill,37.55,126.98,21.5,0,2026-11-20 10:00\r\nS2,River,37.52,127.02,22.1,1.5,2026-11-20 10:00\r\n";

    private static readonly (string, string)[] About = [("Form.Feed", "city.gauges"), ("Form.Title[ko]", "강우 관측"), ("Form.Title[en]", "Rain gauges"), ("Form.Owner[ko]", "물재생과"), ("Form.Owner[en]", "Water Division"), ("Form.Every", "10s"), ("Form.Timeout", "5s"), ("Form.Late", "1h"), ("Form.Stale", "2h"), ("Form.Drop", "9000d"), ("Note", "wanted by the water division")];

    [Fact]
    public async Task An_address_becomes_a_table_a_draft_and_a_living_feed_without_a_restart()
    {
        await using var desk = await DeskCity.Start();
        await using var source = desk.Source("text/csv", Csv);
        var (work, address) = await desk.Look($"{source.Address}gauges.csv");
        Assert.Contains("/feeds/desk/work", address, StringComparison.Ordinal);
        // guessed: what names, when, where, what is measured, and its unit
        string Role(string column) => work.QuerySelector($"select[aria-label='Meaning: {column}'] option[selected]")!.GetAttribute("value")!;
        Assert.Equal(["id", "name", "lat", "lon", "value", "value", "time"], new[] { "station_id", "name", "lat", "lon", "temp (°C)", "rain_mm", "observed" }.Select(Role));
        Assert.Equal("Cel", work.QuerySelector("input[aria-label='Unit: temp (°C)']")!.GetAttribute("value"));
        Assert.Equal("iso", work.QuerySelector("#f-TimeFormat")!.GetAttribute("value"));
        Assert.Equal(2, work.QuerySelectorAll("svg.dots circle").Length);
        Assert.Contains(work.QuerySelectorAll("section[aria-labelledby=stored] td"), td => td.TextContent == "21.5");

        // without a title nothing is saved, the error stands beside the field, and what was typed is still there
        using var refused = await DeskCity.Submit(desk.Chief, work, "Save as draft", [.. About.Where(a => a.Item1 != "Form.Title[ko]"), ("Form.Columns[5].Unit", "rainbows")]);
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        var again = await Browser.Read(refused);
        Assert.Equal("Give it a title.", again.QuerySelector("#wrong-Title-ko")!.TextContent);
        Assert.Equal("true", again.QuerySelector("#f-Title-ko")!.GetAttribute("aria-invalid"));
        Assert.Contains("UCUM", again.QuerySelector("#wrong-Columns-5-Unit")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("rainbows", again.QuerySelector("input[aria-label='Unit: rain_mm']")!.GetAttribute("value"));
        Assert.Equal("Water Division", again.QuerySelector("#f-Owner-en")!.GetAttribute("value"));
        Assert.Equal("wanted by the water division", again.QuerySelector("#note")!.GetAttribute("value"));

        using var saved = await DeskCity.Submit(desk.Chief, again, "Save as draft", [.. About, ("Form.Columns[5].Unit", "mm"), ("Form.Columns[5].Key", "rain")]);
        var (versions, there) = await DeskCity.Follow(desk.Chief, saved);
        Assert.Equal("/en/feeds/city.gauges/versions?saved=1", there);
        Assert.Null(desk.Book.AsOf("city.gauges"));

        // one's own draft needs a reason
        using var silent = await DeskCity.Submit(desk.Chief, versions, "Approve, and go live");
        Assert.NotNull((await Browser.Read(silent)).QuerySelector("#wrong-note"));
        using var approved = await DeskCity.Submit(desk.Chief, versions, "Approve, and go live", ("Note", "nobody else is here"));
        Assert.Equal(HttpStatusCode.Found, approved.StatusCode);
        await TestCity.Until(() => desk.Book.HealthOf("city.gauges")?.Outcome == FetchOutcome.Ok, "the new feed has answered");
        Assert.Equal(1.5, desk.Book.Latest("city.gauges").Value("S2", "rain"));

        // its dataset is there at once, closed to the public, and it is on the map and in the search
        Assert.Equal(HttpStatusCode.OK, await desk.Chief.Status("/en/data/city.gauges"));
        var csv = await desk.Chief.GetStringAsync("/data/city.gauges.csv?sort=name", DeskCity.Cancel);
        Assert.Contains("rain [mm]", csv, StringComparison.Ordinal);
        Assert.Contains("River", csv, StringComparison.Ordinal);
        Assert.Contains("\"Point\"", await desk.Chief.GetStringAsync("/data/city.gauges.geojson", DeskCity.Cancel), StringComparison.Ordinal);
        Assert.Contains("Rain gauges", await desk.Chief.GetStringAsync("/en/map", DeskCity.Cancel), StringComparison.Ordinal);
        Assert.Contains("/data/city.gauges", await desk.Chief.GetStringAsync("/en/search?q=gauges", DeskCity.Cancel), StringComparison.Ordinal);
        using var official = await desk.City.Client(Roles.Official);
        Assert.Equal(HttpStatusCode.OK, await official.Status("/data/city.gauges.json"));
        using var nobody = desk.City.Client();
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status("/data/city.gauges.json"));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.Status("/en/feeds/city.gauges"));
        Assert.DoesNotContain("city.gauges", await nobody.GetStringAsync("/en/feeds", DeskCity.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_is_replaced_returned_to_and_retired_while_the_city_runs_and_every_version_is_kept()
    {
        await using var desk = await DeskCity.Start();
        await using var source = desk.Source("text/csv", Csv);
        string Yaml(string title, string extra) => $$"""
            feed: city.gauges
            title: { ko: 강우, en: {{title}} }
            owner: { ko: 과, en: Division }
            address: {{source.Address.ToString().TrimEnd('/')}}
            preset: csv
            url: /gauges.csv
            schedule: { every: 1s, timeout: 1s }
            freshness: { late: 1h, stale: 2h, drop: 9000d }
            map:
              thing: { from: [station_id] }
              time: { from: [observed], format: ["yyyy-MM-dd HH:mm"] }
              values:
                temp: { from: ["temp (°C)"], unit: Cel }
            {{extra}}
            """;
        Assert.Equal("city.gauges", await desk.Live(Yaml("First", "public: true")));
        await TestCity.Until(() => desk.Book.Latest("city.gauges").Value("S1", "temp") == 21.5, "the first version has answered");
        using (var nobody = desk.City.Client()) Assert.Equal(HttpStatusCode.OK, await nobody.Status("/data/city.gauges.json"));
        var asked = source.Requests;

        await desk.Live(Yaml("Second", ""));
        await TestCity.Until(() => source.Requests > asked && desk.Book.HealthOf("city.gauges")!.Plan.Feed.Title.In("en") == "Second" && desk.Book.HealthOf("city.gauges")!.Outcome == FetchOutcome.Ok, "the second version has answered");
        using (var nobody = desk.City.Client()) Assert.Equal(HttpStatusCode.NotFound, await nobody.Status("/data/city.gauges.json"));

        // a unit under a known name would change what is stored
        var unit = await desk.Chief.Open("/en/feeds/desk");
        using var imported = await desk.Chief.Send("/en/feeds/desk", "Import", ("Yaml", Yaml("Third", "").Replace("unit: Cel", "unit: K", StringComparison.Ordinal)));
        using var saved = await DeskCity.Submit(desk.Chief, (await DeskCity.Follow(desk.Chief, imported)).Page, "Save as draft");
        using var refused = await DeskCity.Submit(desk.Chief, (await DeskCity.Follow(desk.Chief, saved)).Page, "Approve, and go live", ("Note", "try"));
        Assert.Contains("temp: Cel ≠ K", (await Browser.Read(refused)).QuerySelector(".wrong")!.TextContent, StringComparison.Ordinal);

        var page = await desk.Chief.Open("/en/feeds/city.gauges/versions?from=1&to=2");
        Assert.Equal(3, page.QuerySelectorAll("form[action*=Approve], form[action*=approve]").Length + page.QuerySelectorAll("h2 small").Count(s => s.TextContent == "Live"));
        Assert.Contains(page.QuerySelectorAll(".diff ins"), l => l.TextContent.Contains("Second", StringComparison.Ordinal));
        Assert.Contains(page.QuerySelectorAll(".diff del"), l => l.TextContent.Contains("First", StringComparison.Ordinal));

        using var back = await DeskCity.Submit(desk.Chief, page, "Return to this version", ("Note", "the second is too closed"));
        Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        Assert.Equal("First", desk.Book.HealthOf("city.gauges")!.Plan.Feed.Title.In("en"));
        // what somebody saw before is not acted on after a change
        using var late = await DeskCity.Submit(desk.Chief, page, "Retire it", ("Note", "old page"));
        Assert.Contains("meanwhile", (await Browser.Read(late)).QuerySelector(".wrong")!.TextContent, StringComparison.Ordinal);

        using var retired = await DeskCity.Submit(desk.Chief, await desk.Chief.Open("/en/feeds/city.gauges/versions"), "Retire it", ("Note", "the gauges were taken down"));
        Assert.Equal(HttpStatusCode.Found, retired.StatusCode);
        Assert.Null(desk.Book.HealthOf("city.gauges"));
        var ended = source.Requests;
        await Task.Delay(1500, DeskCity.Cancel);
        Assert.Equal(ended, source.Requests);
        Assert.Equal(HttpStatusCode.NotFound, await desk.Chief.Status("/data/city.gauges.csv"));
        Assert.Contains("retired", (await desk.Chief.Open("/en/feeds/city.gauges")).QuerySelector("section")!.TextContent, StringComparison.OrdinalIgnoreCase);
        // its history stays in the store
        Assert.NotEmpty(await desk.City.Services.GetRequiredService<SmartCity.Shell.Store.ReadingStore>().Newest("city.gauges", DateTimeOffset.UnixEpoch, DeskCity.Cancel));
        // and who did what is in the audit trail
        var audit = await desk.Chief.GetStringAsync("/en/audit", DeskCity.Cancel);
        foreach (var sentence in new[] { "Feed draft saved", "Feed approved", "Feed retired", "the gauges were taken down" }) Assert.Contains(sentence, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_of_the_desk_lives_again_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-desk-").FullName;
        var database = $"--Database={Path.Combine(folder, "city.db")}";
        await using (var desk = await DeskCity.Start(database)) await desk.Live(Push);
        await using (var desk = await DeskCity.Start(database)) await TestCity.Until(() => desk.Book.HealthOf("city.sensors") is not null, "the feed is taken on again");
        Directory.Delete(folder, recursive: true);
    }

    internal const string Push = """
        feed: city.sensors
        title: { ko: 센서, en: Sensors }
        owner: { ko: 과, en: Division }
        format: json
        push: { secret: sensors }
        schedule: { every: 1m, timeout: 5s }
        freshness: { late: 5m, stale: 1h, drop: 9000d }
        map:
          thing: { from: [id] }
          time: { from: [at], format: [iso] }
          values:
            level: { from: [level], unit: cm, min: 0, max: 1000 }
        """;

    [Theory]
    [InlineData("http://169.254.169.254/latest", "an internal address may not be used")]
    [InlineData("http://localhost:9/x", "an internal address may not be used")]
    [InlineData("https://user:pass@data.example/x", "may not hold a user name")]
    [InlineData("ftp://data.example/x", "begins with http or https")]
    public async Task An_address_that_may_not_be_asked_is_told_beside_the_field_and_kept(string address, string reason)
    {
        await using var desk = await DeskCity.Start();
        var (page, _) = await desk.Look(address);
        Assert.Contains(reason, page.QuerySelector("#wrong-Address")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(address, page.QuerySelector("#address")!.GetAttribute("value"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_with_how_it_begins_and_without_a_secret()
    {
        await using var desk = await DeskCity.Start();
        await using var source = desk.Source("text/html", $"<!doctype html><html><body>No key {DeskCity.Secret}</body></html>");
        var (page, _) = await desk.Look($"{source.Address}x?key={Uri.EscapeDataString(DeskCity.Secret)}");
        Assert.Contains("cannot be read", page.QuerySelector("#wrong-Address")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No key", page.QuerySelector("pre.raw")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        // a secret of ours in the address is put away by its name, and is still sent
        Assert.EndsWith("x?key={secret:sensors}", page.QuerySelector("#address")!.GetAttribute("value")!, StringComparison.Ordinal);
        Assert.Contains($"key={Uri.EscapeDataString(DeskCity.Secret)}", source.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("feed: city.x\nlicense: KOGL-1\n", "feed.yaml, line 2: Property 'license' not found")]
    [InlineData("feed: city.feeds\n", "is a name of the platform's own")]
    [InlineData("feed: nowhere.x\n", "lower-case letters, digits and hyphens")]
    [InlineData("feed: city.x\naddress: http://10.0.0.1\nformat: csv\nurl: /x\n", "address: an internal address may not be used")]
    [InlineData("feed: city.x\nformat: abacus\n", "the format is 'abacus'")]
    public async Task Imported_text_is_read_strictly_and_comes_back(string yaml, string told)
    {
        await using var desk = await DeskCity.Start();
        using var answer = await desk.Chief.Send("/en/feeds/desk", "Import", ("Yaml", yaml));
        var page = await Browser.Read(answer);
        Assert.Contains(told, page.QuerySelector("#wrong-Yaml")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(yaml.TrimEnd(), page.QuerySelector("#yaml")!.TextContent.Trim());
    }

    [Fact]
    public async Task What_was_exported_can_be_imported_and_says_the_same()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(Push);
        using var answer = await desk.Chief.GetAsync("/feeds/city.sensors/descriptor.yaml", DeskCity.Cancel);
        Assert.Equal("sensors.yaml", answer.Content.Headers.ContentDisposition!.FileName);
        var yaml = await answer.Content.ReadAsStringAsync(DeskCity.Cancel);
        Assert.StartsWith("# yaml-language-server: $schema=http", yaml, StringComparison.Ordinal);
        using var imported = await desk.Chief.Send("/en/feeds/desk", "Import", ("Yaml", yaml));
        Assert.Equal(HttpStatusCode.Found, imported.StatusCode);
        using var official = await desk.City.Client(Roles.Official);
        Assert.Equal(HttpStatusCode.Forbidden, await official.Status("/feeds/city.sensors/descriptor.yaml"));
    }
}

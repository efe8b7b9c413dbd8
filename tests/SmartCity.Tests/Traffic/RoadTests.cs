using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Tests.Access;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Roads in a running city: situations of DATEX II among the other events, speeds where the pieces are.</summary>
public sealed class RoadTests(CityWithCameras with) : IClassFixture<CityWithCameras>
{
    private TestCity City => with.City;
    private FeedBook Book => City.Services.GetRequiredService<FeedBook>();

    [Fact]
    public async Task Situations_of_datex_stand_among_the_other_events_in_both_languages()
    {
        await TestCity.Until(() => Book.HealthOf(TrafficModule.SituationFeed)!.Outcome == FetchOutcome.Ok, "the situations have come", 60);
        using var nobody = City.Client();
        var open = Roads.Open(Book).Where(e => e.Feed == TrafficModule.SituationFeed).Select(e => e.Event).ToList();
        Assert.NotEmpty(open);
        foreach (var (language, word) in new[] { ("en", "Accident|Congestion|Maintenance|Lane control"), ("ko", "사고|정체|보수 공사|차로 통제") })
        {
            var page = (await nobody.Open($"/{language}/traffic/roads")).QuerySelector("main")!.TextContent;
            Assert.All(open, e => Assert.Contains(e.Title.In(language), page, StringComparison.Ordinal));
            Assert.Matches(word, page);
        }
        var rows = (await nobody.GetFromJsonAsync<JsonNode>("/data/traffic.incidents.json?lang=en"))!["rows"]!.AsArray();
        Assert.All(open, e => Assert.Contains(rows, r => r!["id"]!.GetValue<string>() == e.Id && r["place"] is not null));
    }

    [Fact]
    public async Task Speeds_stand_on_the_street_map_where_their_pieces_are_and_nowhere_else()
    {
        await TestCity.Until(() => Book.HealthOf(TrafficModule.SpeedFeed)!.Outcome == FetchOutcome.Ok, "the speeds have come", 60);
        using var nobody = City.Client();
        var places = (await nobody.GetFromJsonAsync<JsonNode>("/data/traffic.speed-pieces.geojson?lang=en"))!["features"]!.AsArray();
        Assert.Equal(100, places.Count);
        // each beside its road: none of the demonstration lies outside of the city
        Assert.All(places, p => Assert.InRange(p!["geometry"]!["coordinates"]![0]!.GetValue<double>(), 126.76, 127.19));
        Assert.Contains(places, p => p!["properties"]!.ToJsonString().Contains("Olympic-daero", StringComparison.Ordinal));
        Assert.Contains("traffic.speeds-map", await nobody.GetStringAsync("/en/map"), StringComparison.Ordinal);
        Assert.DoesNotContain("traffic.speeds-map", await nobody.GetStringAsync("/en"), StringComparison.Ordinal);
        // a road is one road in every language, and leads to its cameras
        var page = await nobody.Open("/en/traffic/roads");
        Assert.Equal(Roads.Speeds(Book, City.Services.GetRequiredService<ICity>()).Count, page.QuerySelectorAll("#speeds tbody tr").Length);
        Assert.Contains(Uri.EscapeDataString("올림픽대로"), page.QuerySelector("#speeds tbody")!.InnerHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiles_and_brief_say_what_the_tables_say()
    {
        await TestCity.Until(() => Book.HealthOf(TrafficModule.SpeedFeed)!.Outcome == FetchOutcome.Ok && Book.HealthOf(TrafficModule.IncidentFeed)!.Outcome == FetchOutcome.Ok && Book.HealthOf(TrafficModule.SubwayFeed)!.Outcome == FetchOutcome.Ok, "roads and subway have come", 60);
        var city = City.Services.GetRequiredService<ICity>();
        using var nobody = City.Client();
        var main = await nobody.Open("/en");
        var roads = Roads.Speeds(Book, city);
        var mean = roads.Sum(r => r.KmH * r.Pieces) / roads.Sum(r => r.Pieces);
        Assert.Equal(mean, double.Parse(main.QuerySelector("#tile-traffic-speed-tile data")!.GetAttribute("value")!, System.Globalization.CultureInfo.InvariantCulture), 1);
        Assert.Contains($"Slowest: {roads[0].Name.In("en")}", main.QuerySelector("#tile-traffic-speed-tile")!.TextContent, StringComparison.Ordinal);
        var open = Roads.Open(Book).Where(e => !Roads.IsWork(e)).ToList();
        Assert.Contains($"{open.Count} incident", main.QuerySelector("#tile-traffic-incidents-tile")!.TextContent, StringComparison.Ordinal);
        foreach (var link in main.QuerySelectorAll("#tile-traffic-incidents-tile a[href*='/traffic/incidents/']").Select(a => a.GetAttribute("href")!)) Assert.Equal(System.Net.HttpStatusCode.OK, await nobody.Status(link));
        var states = City.Services.GetRequiredService<Transit>().States(Book).Where(s => s.Line.Kind == LineKind.Subway).ToList();
        Assert.Contains($"of {states.Count} as usual", main.QuerySelector("#tile-traffic-subway-tile")!.TextContent, StringComparison.Ordinal);
        using var mayor = await City.Client(Roles.Mayor);
        foreach (var (language, said) in new[] { ("en", $"{roads[0].Name.In("en")} is the slowest at"), ("ko", roads[0].Name.In("ko")) })
            Assert.Contains(said, (await mayor.Open($"/{language}/reports/city.brief")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.DisasterSafety;
using SmartCity.Shell.Feeds;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>The odd cases through a running city: from what the source says to card, map and file.</summary>
public sealed class TenThousandTests(SafetyCity shared) : IClassFixture<SafetyCity>
{
    private TestCity City => shared.City;
    private FeedBook Book => City.Services.GetRequiredService<FeedBook>();

    // everything that the dispatch system says now, as its connector would take it over
    private void Say(IReadOnlyList<Event> runs)
    {
        var plan = Book.Plans.Single(p => p.Feed.Key == DisasterSafetyModule.Dispatch);
        Book.TakeEvents(plan, runs, complete: true, DateTimeOffset.UtcNow);
        City.Signal(DisasterSafetyModule.Dispatch);
    }

    private static async Task<JsonArray> Rows(HttpClient client, string dataset) => (await client.GetFromJsonAsync<JsonNode>($"/data/{dataset}.json?lang=en"))!["rows"]!.AsArray();

    [Fact]
    public async Task Of_ten_thousand_at_one_point_as_many_as_fit_are_one_sign_and_the_rest_is_told_everywhere()
    {
        var now = DateTimeOffset.UtcNow;
        Say([.. Enumerable.Range(0, 10_000).Select(i => SafetyCity.Run("T" + i) with { ReportedAt = now.AddMilliseconds(-i), FetchedAt = now })]);
        Assert.Equal(10_000 - EventMemory.MostOpen, Book.AsOf(DisasterSafetyModule.Dispatch)!.LeftOut);
        using var official = await City.Client(Roles.Official);
        using var nobody = City.Client();
        foreach (var (client, language, said) in new[] { (nobody, "en", "The source tells of 5000 more"), (official, "en", "The source tells of 5000 more"), (official, "ko", "원천이 알린 상황 가운데 5000건") })
            Assert.Contains(said, (await client.Open($"/{language}/disaster-safety")).QuerySelector("#leftout")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("5000", (await official.Open("/en/disaster-safety/situation")).QuerySelector(".dis-room__list .dis-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("5,000 more for which there is no room", (await official.Open("/en/feeds/" + DisasterSafetyModule.Dispatch)).QuerySelector("[data-left-out]")!.TextContent, StringComparison.Ordinal);
        // one sign with its number, on the map of the city and in the file
        var cell = Assert.Single(await Rows(nobody, DisasterTables.CellsKey), r => r!["count"]!.GetValue<double>() >= 5000);
        Assert.Equal("11140", cell!["area"]!.GetValue<string>());
        Assert.True((await Rows(official, DisasterTables.DeskKey)).Count(r => r!["incident"]!.GetValue<string>().StartsWith("d-T", StringComparison.Ordinal)) == EventMemory.MostOpen);
        // the card of one of them opens, and one that there was no room for is not there
        Assert.Equal(System.Net.HttpStatusCode.OK, await official.Status("/en/disaster-safety/incidents/d-T0"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, await official.Status("/en/disaster-safety/incidents/d-T9999"));
        // when they are over, all is as before
        Say([]);
        Assert.Equal(0, Book.AsOf(DisasterSafetyModule.Dispatch)!.LeftOut);
        Assert.Null((await official.Open("/en/disaster-safety")).QuerySelector("#leftout"));
        Assert.DoesNotContain(await Rows(nobody, DisasterTables.CellsKey), r => r!["count"]!.GetValue<double>() >= 5000);
    }

    [Fact]
    public async Task On_a_border_in_the_river_ended_before_begun_and_in_a_renamed_area_each_has_its_card_its_row_and_its_sign()
    {
        var now = DateTimeOffset.UtcNow;
        var cards = new Dictionary<string, (string Card, string[] Said)>
        {
            ["Border"] = (await shared.Tell(SafetyCity.Run("Border") with { Areas = ["11140", "11170"] }), ["Jung-gu, Yongsan-gu"]),
            ["River"] = (await shared.Tell(SafetyCity.Run("River") with { Areas = [], Shape = Shape.At(new(37.5185, 126.9590)) }), ["between "]),
            ["Backwards"] = (await shared.Tell(SafetyCity.Run("Backwards") with { Status = EventStatus.Ended, Onset = now.AddMinutes(-5), ReportedAt = now.AddHours(-3) }), ["Ended", "ended before it began"]),
            ["Renamed"] = (await shared.Tell(SafetyCity.Run("Renamed") with { Areas = ["11999"] }), ["a former area (11999)"]),
        };
        using var official = await City.Client(Roles.Official);
        var rows = await Rows(official, DisasterTables.DeskKey);
        foreach (var (id, (card, said)) in cards)
        {
            Assert.True(await official.Status(card) == System.Net.HttpStatusCode.OK, id);
            var text = (await official.Open(card)).QuerySelector("#incident")!.TextContent;
            Assert.All(said, s => Assert.Contains(s, text, StringComparison.OrdinalIgnoreCase));
            Assert.Single(rows, r => r!["incident"]!.GetValue<string>() == "d-" + id);
        }
        // where nobody lives, nobody is counted: a river and a former area have no people of their own
        Assert.Contains("not known", (await official.Open(cards["River"].Card)).QuerySelector("#affected")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("not known", (await official.Open(cards["Renamed"].Card)).QuerySelector("#affected")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Jung-gu, Yongsan-gu", (await official.Open(cards["Border"].Card)).QuerySelector("#affected")!.TextContent, StringComparison.Ordinal);
        // three are open and on the map; what is over is not
        Assert.NotEmpty((await official.Open("/en/disaster-safety/situation?incident=d-River")).QuerySelectorAll(".dis-sign[data-chosen=True]"));
        Assert.Empty((await official.Open("/en/disaster-safety/situation?incident=d-Backwards")).QuerySelectorAll(".dis-sign[data-chosen=True]"));
    }
}

using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>The descriptors of the packs that come with the product: each against its stored sample, and over the wire.</summary>
public sealed class PackTests
{
    [Fact]
    public async Task Every_descriptor_is_as_it_should_be_by_its_sample()
    {
        await using var bench = await FeedBench.Start();
        foreach (var pack in Directory.GetDirectories(Repository.Path("cities")))
        {
            var output = new StringWriter();
            var status = await FeedCommands.Check(CityPack.Load(pack), bench.Services.GetRequiredService<Catalogue>(), TimeProvider.System, output);
            Assert.True(status == 0, output.ToString());
        }
    }

    [Fact]
    public async Task Every_feed_is_fetched_well_from_the_Simulator()
    {
        await using var bench = await FeedBench.Start();
        var wrong = new List<string>();
        foreach (var plan in bench.Book.Plans)
        {
            var health = await bench.Beat(plan.Feed.Key);
            if (health.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty) || health.Outcome == FetchOutcome.Empty && plan.Feed.Kind is not FeedKind.Events) wrong.Add($"{plan.Feed.Key}: {health.Outcome} {health.Detail}");
            else if (health.Detail is { } odd && plan.Feed.Key.StartsWith(FeedPlan.Own, StringComparison.Ordinal) && !Expected.Contains(plan.Feed.Key)) wrong.Add($"{plan.Feed.Key}: {odd}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // sensors that lie, prices of nothing
    private static readonly string[] Expected = ["disaster-safety.sewer", "city.prices"];

    [Fact]
    public async Task Coming_modules_find_a_feed_of_their_domain()
    {
        await using var bench = await FeedBench.Start();
        var keys = bench.Book.Plans.Select(p => p.Feed.Key).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(
        [
            "disaster-safety.messages", "disaster-safety.alerts", "disaster-safety.dispatch", "disaster-safety.earthquakes", "disaster-safety.earthquake-notices", "disaster-safety.river", "disaster-safety.sewer", "atmosphere.rain", "atmosphere.snow", "atmosphere.weather", "city.weather-now",
            "atmosphere.air", "traffic.subway-arrivals", "traffic.bus-arrivals", "traffic.transit-vehicles", "traffic.transit-delays", "traffic.transit-alerts", "traffic.transit-stops", "traffic.transit-routes", "city.bike-share", "city.shared-mobility",
            "traffic.road-incidents", "traffic.road-works", "traffic.road-speeds", "traffic.road-situations", "traffic.drones", "traffic.cameras", "city.living-population", "city.hotspots", "city.call-taxi", "city.river-quality", "city.complaints", "city.prices", "city.parks", "city.culture",
            "administrative-content.news", "city.residents",
        ]), keys);
        // every property of a feed that no module declares is titled in every language of the city
        foreach (var plan in bench.Book.Plans.Where(p => p.Feed.Key.StartsWith(FeedPlan.Own, StringComparison.Ordinal)))
            Assert.All(plan.Feed.Properties, p => Assert.All(bench.City.Languages, l => Assert.Contains(l, p.Title.Languages)));
    }
}

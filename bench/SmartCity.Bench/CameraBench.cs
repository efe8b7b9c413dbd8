using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Export;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Map;

namespace SmartCity.Bench;

/// <summary>The city's cameras listed, filtered and placed on the server, against a plain loop over the same records that does no more than
/// compare an area and project a point; and the same over HTTP.</summary>
internal static class CameraBench
{
    private const int Rounds = 60;

    public static async Task Run()
    {
        await using var city = await BenchCity.Start();
        await using var scope = city.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var catalogue = services.GetRequiredService<Catalogue>();
        var (dataset, layer) = (catalogue.Find<Dataset>("traffic.cameras")!, catalogue.Find<MapLayer>("traffic.cameras-map")!);
        var (reader, map, pack) = (services.GetRequiredService<DatasetReader>(), services.GetRequiredService<MapReader>(), services.GetRequiredService<Shell.City.CityPack>());
        var things = services.GetRequiredService<FeedBook>().Latest("traffic.cameras").Things.Values.ToList();
        var area = pack.Areas[0].Code;
        var filter = new Dictionary<string, string>(StringComparer.Ordinal) { ["area"] = area };
        var listed = 0;
        async Task List()
        {
            listed = (await reader.Read(dataset, new Dictionary<string, string>(), default)).Answer!.Rows.Count;
            if ((await reader.Read(dataset, filter, default)).Answer!.Rows.Count is 0 || (await map.Layer(layer, dataset, default)).Items.Count != listed) throw new InvalidOperationException("cameras are missing");
        }
        var sum = 0.0;
        void Loop()
        {
            var (all, some) = (0, 0);
            foreach (var thing in things)
            {
                all++;
                if (thing.Area == area) some++;
                if (thing.Place is { } at) sum += pack.Outline.Project(at).Item1;
            }
            if (all == 0 || some == 0) throw new InvalidOperationException("cameras are missing");
        }
        using var http = new HttpClient { BaseAddress = city.Address };
        Task Page() => http.GetByteArrayAsync($"/en/traffic/cameras?area={area}");
        Task Places() => http.GetByteArrayAsync("/data/traffic.cameras.geojson");

        Console.WriteLine("| what | cameras | median, ms | slowest of 60, ms | a plain loop, ms |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var loop = new List<double>();
        foreach (var (name, work) in new (string, Func<Task>)[] { ("listed, filtered by area, placed", List), ("the list of an area as a page, over HTTP", Page), ("all places as GeoJSON, over HTTP", Places) })
        {
            for (var i = 0; i < 10; i++) { await work(); Loop(); }
            var times = new List<double>();
            // in turn, so that whatever else the machine does is shared
            for (var i = 0; i < Rounds; i++)
            {
                var began = Stopwatch.GetTimestamp();
                await work();
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                began = Stopwatch.GetTimestamp();
                Loop();
                loop.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            times.Sort();
            loop.Sort();
            Console.WriteLine(FormattableString.Invariant($"| {name} | {listed} | {times[Rounds / 2]:0.00} | {times[^1]:0.00} | {loop[loop.Count / 2]:0.000} |"));
        }
    }
}

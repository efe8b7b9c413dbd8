using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;

namespace SmartCity.Bench;

/// <summary>Three hundred feeds on a ten-second beat, sixty of them broken in every way: what the healthy ones lose by it.</summary>
internal static class CrowdBench
{
    private const int Healthy = 240, Broken = 60, Rows = 25;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(25), Measured = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("SMARTCITY_CROWD_SECONDS") ?? "60", System.Globalization.CultureInfo.InvariantCulture));

    public static async Task Run()
    {
        var alone = await Measure(0);
        var crowded = await Measure(Broken);
        var later = alone.Gaps.Keys.Select(f => crowded.Gaps[f].Max() - alone.Gaps[f].Max()).Order().ToList();
        Console.WriteLine("| feeds | longest pause between two values of a healthy feed, s | values of healthy feeds | memory after the warm-up, MB | at the end, MB |");
        Console.WriteLine("|---|---|---|---|---|");
        Console.WriteLine($"| {Healthy} healthy alone | {alone.Gaps.Values.Max(g => g.Max()):0.00} | {alone.Gaps.Values.Sum(g => g.Count)} | {alone.Before:0.0} | {alone.After:0.0} |");
        Console.WriteLine($"| with {Broken} broken | {crowded.Gaps.Values.Max(g => g.Max()):0.00} | {crowded.Gaps.Values.Sum(g => g.Count)} | {crowded.Before:0.0} | {crowded.After:0.0} |");
        Console.WriteLine();
        Console.WriteLine($"Memory beside the broken ones, minute by minute, MB: {string.Join(", ", crowded.Minutes.Select(m => m.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)))}.");
        Console.WriteLine($"Later than alone, by feed: median {later[later.Count / 2]:0.00} s, worst {later[^1]:0.00} s (goal: at most 1 s).");
        Console.WriteLine($"Broken feeds that were noticed as such: {crowded.Lost} of {Broken}: {crowded.Classes}.");
    }

    private sealed record Result(Dictionary<string, List<double>> Gaps, double Before, double After, int Lost, string Classes, List<double> Minutes);

    private static async Task<Result> Measure(int broken)
    {
        await using var sources = Sources();
        await sources.StartAsync();
        var folder = Directory.CreateTempSubdirectory("smartcity-crowd-").FullName;
        var pack = Pack(folder, sources.Urls.First(), broken);
        await using var app = SmartCityApp.Create(
        [
            "--environment=Staging", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={pack}", $"--Database={Path.Combine(folder, "city.db")}",
            $"--Simulator={sources.Urls.First()}", "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None",
        ], city => city.Modules(TierD.Modules).DemonstrationSources((_, _) => new BenchCity.AlreadyRunning())).Web;
        await app.StartAsync();
        var book = app.Services.GetRequiredService<FeedBook>();
        var healthy = book.Plans.Select(p => p.Feed.Key).Where(k => k.StartsWith("city.well", StringComparison.Ordinal)).ToList();
        var known = healthy.ToDictionary(f => f, _ => (DateTimeOffset?)null);
        var gaps = healthy.ToDictionary(f => f, _ => new List<double>());
        var (end, before) = (DateTimeOffset.UtcNow + Warm + Measured, 0d);
        var minutes = new List<double>();
        while (DateTimeOffset.UtcNow < end)
        {
            await Task.Delay(20);
            if (before == 0 && DateTimeOffset.UtcNow > end - Measured) before = Megabytes();
            if (before > 0 && DateTimeOffset.UtcNow > end - Measured + TimeSpan.FromMinutes(minutes.Count)) minutes.Add(Megabytes());
            foreach (var feed in healthy)
                if (book.HealthOf(feed)!.LastSuccess is { } success && success != known[feed])
                {
                    if (known[feed] is { } last && success > end - Measured) gaps[feed].Add((success - last).TotalSeconds);
                    known[feed] = success;
                }
        }
        if (gaps.Values.Any(g => g.Count == 0)) throw new InvalidOperationException("a healthy feed brought nothing, with or without the broken ones: " + book.HealthOf(healthy.First(f => gaps[f].Count == 0))!.Detail);
        // a feed that has said nothing for a while is as late as the time since it did
        foreach (var feed in healthy) gaps[feed].Add((end - (known[feed] ?? end - Warm - Measured)).TotalSeconds);
        var lost = book.Health.Where(h => h.Plan.Feed.Key.StartsWith("city.ill", StringComparison.Ordinal) && h.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty or FetchOutcome.None)).ToList();
        var result = new Result(gaps, before, Megabytes(), lost.Count, string.Join(", ", lost.GroupBy(h => h.Outcome).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {FeedTrial.Class(g.Key)}")), minutes);
        await app.StopAsync();
        return result;
    }

    private static double Megabytes() => GC.GetTotalMemory(forceFullCollection: true) / 1e6;

    private static string Pack(string folder, string address, int broken)
    {
        var (from, pack) = (Path.Combine(BenchCity.Root, "cities", "seoul"), Path.Combine(folder, "pack"));
        Directory.CreateDirectory(Path.Combine(pack, "feeds"));
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(pack, Path.GetFileName(file)));
        var city = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "city.json")))!;
        city["sources"] = new JsonObject { ["crowd"] = new JsonObject { ["address"] = address, ["name"] = new JsonObject { ["ko"] = "여럿", ["en"] = "Crowd" } } };
        File.WriteAllText(Path.Combine(pack, "city.json"), city.ToJsonString());
        for (var i = 0; i < Healthy + broken; i++)
        {
            var name = i < Healthy ? $"well{i}" : $"ill{i - Healthy}";
            File.WriteAllText(Path.Combine(pack, "feeds", name + ".yaml"), $$"""
                feed: city.{{name}}
                source: crowd
                title: { ko: {{name}}, en: {{name}} }
                owner: { ko: 시험, en: Bench }
                format: json
                url: /{{name}}
                schedule: { every: 10s, jitter: 0s, timeout: 8s, retries: 1 }
                freshness: { late: 20s, stale: 60s, drop: 1h }
                envelope: { rows: [rows] }
                map:
                  thing: { from: [id] }
                  time: { from: [at], format: [iso] }
                  values: { level: { from: [level], unit: m }, flow: { from: [flow], unit: m3/s } }
                expect: { rows: 1 }
                """);
        }
        return pack;
    }

    private static WebApplication Sources()
    {
        var app = WallCity.Slim();
        app.MapGet("/crowd/well{n}", (string n) => Results.Text(Body(), "application/json"));
        app.MapGet("/crowd/ill{n:int}", Ill);
        return app;
    }

    private static string Body(string id = "id")
    {
        var at = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        return "{\"rows\":[" + string.Join(',', Enumerable.Range(0, Rows).Select(i => $$"""{"{{id}}":"S{{i}}","at":"{{at}}","level":{{i % 7}}.5,"flow":{{Random.Shared.Next(100)}}}""")) + "]}";
    }

    private static async Task Ill(HttpContext context, int n)
    {
        var (response, stop) = (context.Response, context.RequestAborted);
        try
        {
            switch (n % 12)
            {
                case 0: await Task.Delay(Timeout.Infinite, stop); break;
                case 1: foreach (var letter in Body()) { await response.WriteAsync(letter.ToString(), stop); await response.Body.FlushAsync(stop); await Task.Delay(1000, stop); } break;
                case 2: response.StatusCode = 500; break;
                case 3: response.ContentType = "text/html"; await response.WriteAsync("<!doctype html><title>Sign in</title>", stop); break;
                case 4: await response.WriteAsync(Body()[..300], stop); break;
                case 5: for (var piece = new byte[64 * 1024]; ;) await response.Body.WriteAsync(piece, stop);
                case 6: response.Headers.ContentEncoding = "gzip"; await response.Body.WriteAsync(Bomb, stop); break;
                case 7: response.Redirect("http://127.0.0.1:22/"); break;
                case 8: context.Abort(); break;
                case 9: await response.WriteAsync(new string('[', 1_000_000), stop); break;
                case 10: await response.WriteAsync(Body("renamed"), stop); break;
                default: await response.WriteAsync(Body().Replace(".5", "e999", StringComparison.Ordinal), stop); break;
            }
        }
        catch (OperationCanceledException) { /* given up on, as it should be */ }
    }

    private static readonly byte[] Bomb = MakeBomb();

    private static byte[] MakeBomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            for (var i = 0; i < 1000; i++) gzip.Write(Encoding.ASCII.GetBytes(new string(' ', 100_000)));
        return packed.ToArray();
    }
}

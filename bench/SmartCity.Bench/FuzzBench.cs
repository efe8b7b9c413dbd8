using System.Diagnostics;
using System.Globalization;
using System.Text;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Tests.Feeds;

namespace SmartCity.Bench;

/// <summary>A million bad bodies for every format and every preset: that nothing escapes, and how long the slowest takes. Then the documents
/// that are made to hurt, and how soon each is refused.</summary>
internal static class FuzzBench
{
    private const double Limit = 250;

    public static Task Run()
    {
        var inputs = int.TryParse(Environment.GetEnvironmentVariable("SMARTCITY_FUZZ_INPUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 1_000_000;
        var city = CityPack.Load(Path.Combine(BenchCity.Root, "cities", "seoul"));
        // a few of them, by name
        var only = Environment.GetEnvironmentVariable("SMARTCITY_FUZZ_ONLY")?.Split(',', StringSplitOptions.TrimEntries);
        var targets = FuzzTarget.All(city, BenchCity.Root).Where(t => only?.Contains(t.Name) != false).ToList();
        Console.WriteLine($"{targets.Count} formats and presets, {inputs:N0} inputs each");
        Console.WriteLine();
        Console.WriteLine("| target | µs an input | slowest, ms | wrong |");
        Console.WriteLine("|---|---|---|---|");
        Parallel.ForEach(targets, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, target =>
        {
            var mutator = new Mutator(target.Name.Aggregate(23, (hash, c) => unchecked(hash * 31 + c)));
            var (slowest, wrong, begun) = (0d, (string?)null, Stopwatch.GetTimestamp());
            for (var i = 0; i < inputs && wrong is null; i++)
            {
                var body = mutator.Next(target.Seeds);
                var at = Stopwatch.GetTimestamp();
                wrong = target.Try(city, body);
                var took = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
                // whoever had the processor meanwhile is not this body's fault
                for (var again = 0; took > Limit && again < 3; again++)
                {
                    at = Stopwatch.GetTimestamp();
                    target.Try(city, body);
                    took = Math.Min(took, Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                }
                slowest = Math.Max(slowest, took);
                if (wrong is not null) wrong = $"input {i}: {wrong.Split('\n')[0]} {Convert.ToBase64String(body)}";
            }
            Console.WriteLine($"| {target.Name} | {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / inputs:F0} | {slowest:F1}{(slowest > Limit ? " TOO SLOW" : "")} | {wrong ?? "0"} |");
        });
        Console.WriteLine();
        Refusals(city);
        return Task.CompletedTask;
    }

    private static void Refusals(CityPack city)
    {
        static string Many(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
        const string Alert = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>1</identifier><scope>Public</scope>";
        (string Name, string Preset, string Body)[] cases =
        [
            ("200,000 deep", "cap", Alert + Many("<a>", 200_000)),
            ("200,000 deep", "rss", "<rss><channel><item>" + Many("<a>", 200_000)),
            ("200,000 deep", "oai-pmh", "<OAI-PMH>" + Many("<a>", 200_000)),
            ("200,000 deep", "datex2", "<payload>" + Many("<a>", 200_000)),
            ("1,000,000 attributes", "cap", Alert + "<info " + string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"a{i}='1' "))),
            ("text of 10 MB", "cap", Alert + "<note>" + new string('x', 10_000_000) + "</note></alert>"),
            ("text of 10 MB", "oai-pmh", "<OAI-PMH><a>" + new string('x', 10_000_000) + "</a></OAI-PMH>"),
            ("polygon of 1,000,000 points", "cap", Alert + "<info><headline>h</headline><area><polygon>" + Many("37.55,126.81 ", 1_000_000) + "</polygon></area></info></alert>"),
            ("document type", "cap", "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + Alert),
            ("GeoJSON 1,000 deep", "usgs", "{\"features\":" + new string('[', 1000) + new string(']', 1000) + "}"),
        ];
        Console.WriteLine("| made to hurt | read as | MB | ms | MB used | comes to |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, preset, body) in cases)
        {
            var (plan, bytes, best, used) = (FeedTrial.PlanOf(preset, city), Encoding.UTF8.GetBytes(body), double.MaxValue, 0L);
            FeedTrial.Result? result = null;
            for (var i = 0; i < 5; i++)
            {
                var (at, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
                result = FeedTrial.Read(plan, city, new(FetchOutcome.Ok, bytes), DateTimeOffset.UtcNow);
                (best, used) = (Math.Min(best, Stopwatch.GetElapsedTime(at).TotalMilliseconds), GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Console.WriteLine($"| {name} | {preset} | {bytes.Length / 1e6:F1} | {best:F1} | {used / 1e6:F1} | {result!.Outcome}: {NewsReader.Plain(result.Detail ?? "", 60)} |");
        }
    }
}

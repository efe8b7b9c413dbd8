using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Replay;
using SmartCity.Shell.Store;

namespace SmartCity.Bench;

/// <summary>The whole main screen at any instant of the last 30 days, over as many values as the demonstration city brings in
/// that time; and what that costs somebody who looks at the present meanwhile.</summary>
internal static class ReplayBench
{
    private const int Instants = 40, Live = 200;
    private static readonly int Days = int.Parse(Environment.GetEnvironmentVariable("SMARTCITY_REPLAY_DAYS") ?? "30", System.Globalization.CultureInfo.InvariantCulture);

    public static async Task Run()
    {
        // an hour that a source fills in afterwards is no hour that was known then: this city asks for none
        await using var city = await BenchCity.Start(past: false);
        var (rows, filled) = await Fill(city);
        using var client = new HttpClient { BaseAddress = city.Address };
        var random = new Random(4711);
        var now = DateTimeOffset.UtcNow;
        string Address() => $"/ko?at={ReplayRequest.Write(now.AddMinutes(-random.Next(60, (Days - 2) * 24 * 60)))}";
        await Time(client, Address());
        var (first, again) = (new List<double>(), new List<double>());
        // of this whole process, its feeds included: what the machine does besides does not count
        var busy = TimeSpan.Zero;
        for (var i = 0; i < Instants; i++)
        {
            var address = Address();
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            first.Add(await Time(client, address));
            if (first[^1] > 1500) Console.WriteLine($"Instant {i + 1}, {Uri.UnescapeDataString(address)}: {first[^1]:0} ms, of which this process worked {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds:0} ms.");
            busy += Process.GetCurrentProcess().TotalProcessorTime - before;
            again.Add(await Time(client, address));
        }
        var alone = new List<double>();
        for (var i = 0; i < Live; i++) alone.Add(await Time(client, "/ko"));
        using var end = new CancellationTokenSource();
        var replaying = Task.Run(async () =>
        {
            using var other = new HttpClient { BaseAddress = city.Address };
            var made = 0;
            for (; !end.IsCancellationRequested; made++) await Time(other, Address());
            return made;
        });
        var beside = new List<double>();
        for (var i = 0; i < Live; i++) beside.Add(await Time(client, "/ko"));
        await end.CancelAsync();
        var screens = await replaying;
        Console.WriteLine($"Processor time of the process for one screen, mean: {busy.TotalMilliseconds / Instants:0} ms.");
        Console.WriteLine($"{rows:n0} values of {Days} days, filled at {rows / filled.TotalSeconds:n0}/s; {Instants} instants by chance, each a screen that nobody has asked for before.");
        Console.WriteLine();
        Console.WriteLine("| | median, ms | 95 of 100 below, ms | longest, ms |");
        Console.WriteLine("|---|---|---|---|");
        Tell("main screen of the past, first viewer", first);
        Tell("the same, next viewer", again);
        Tell("main screen of the present, nobody looks back", alone);
        Tell($"main screen of the present, beside one who looks back without a pause ({screens} screens)", beside);
    }

    private static void Tell(string what, List<double> times)
    {
        times.Sort();
        Console.WriteLine($"| {what} | {times[times.Count / 2]:0.0} | {times[times.Count * 95 / 100]:0.0} | {times[^1]:0.0} |");
    }

    private static async Task<double> Time(HttpClient client, string address)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative));
        var html = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode || html.Length < 10_000) throw new InvalidOperationException($"{address} answered {answer.StatusCode}");
        return watch.Elapsed.TotalMilliseconds;
    }

    // the same things and properties as the living city, at its own pace, each fetched within its minute
    private static async Task<(long Rows, TimeSpan Time)> Fill(BenchCity city)
    {
        var (store, answers) = (city.Services.GetRequiredService<ReadingStore>(), city.Services.GetRequiredService<AnswerLog>());
        // what the sources told of their past when this city began is not what it would have known
        await using (var connection = await city.Services.GetRequiredService<CityDatabase>().Open(default))
            foreach (var table in new[] { "observations", "hours", "days" })
            {
                await using var delete = connection.CreateCommand();
                delete.CommandText = $"DELETE FROM feeds_{table}";
                await delete.ExecuteNonQueryAsync();
            }
        await store.Forget(default);
        var minute = new DateTimeOffset(DateTimeOffset.UtcNow.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var random = new Random(1);
        long rows = 0;
        var watch = Stopwatch.StartNew();
        foreach (var plan in city.Book.Plans)
        {
            var feed = plan.Feed.Key;
            var values = city.Book.Latest(feed).Values.Values.ToList();
            // what the main screen shows each minute, and the city's other sources each hour: a month of them by the minute is a hundred million rows
            var least = feed.StartsWith("city.", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1);
            var step = plan.Covers < least ? least : plan.Covers;
            for (var day = Days; day > 0; day--)
            {
                var readings = new List<Reading>();
                for (var at = minute.AddDays(-day); at < minute.AddDays(1 - day); at += step)
                {
                    foreach (var value in values) readings.Add(value with { ObservedAt = at, ObservedUntil = at + plan.Covers, FetchedAt = at + TimeSpan.FromSeconds(20), Value = value.Value is null ? null : Math.Round(value.Value.Value * (0.5 + random.NextDouble()), 2) });
                    answers.Put(new(feed, at + TimeSpan.FromSeconds(20), SmartCity.FetchOutcome.Ok, null, values.Count, TimeSpan.FromMilliseconds(9), null, [], plan.KeepRaw));
                }
                await store.Add(feed, readings, default);
                await answers.Flush(default);
                rows += readings.Count;
            }
        }
        Console.WriteLine($"{await Move(city):n0} versions of things that move each minute.");
        return (rows, watch.Elapsed);
    }

    // vehicles and arrivals write a version of their thing at every fetch: a month of them, as they stand now; a day at a time, for the city goes on living
    private static async Task<long> Move(BenchCity city)
    {
        await using var connection = await city.Services.GetRequiredService<CityDatabase>().Open(default);
        var (rows, now) = (0L, DateTimeOffset.UtcNow);
        for (var day = Days; day > 0; day--)
        {
            await using var insert = connection.CreateCommand();
            insert.CommandTimeout = 0;
            insert.CommandText = """
                WITH RECURSIVE minute(at) AS (SELECT $first UNION ALL SELECT at + 60000 FROM minute WHERE at < $last)
                INSERT OR IGNORE INTO feeds_things ("Feed", "Key", "From", "Until", "Body")
                SELECT t."Feed", t."Key", m.at, m.at + 60000, t."Body" FROM minute m JOIN feeds_things t WHERE t."Until" IS NULL AND t."Feed" IN ('traffic.transit-vehicles', 'traffic.transit-delays') ORDER BY m.at
                """;
            foreach (var (name, at) in new[] { ("$first", now.AddDays(-day)), ("$last", now.AddDays(1 - day).AddMinutes(-2)) })
            {
                var parameter = insert.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, at.ToUnixTimeMilliseconds());
                insert.Parameters.Add(parameter);
            }
            rows += await insert.ExecuteNonQueryAsync();
        }
        // a month came in within minutes: what a living city has long since written back is written back before anything is measured
        await using var settle = connection.CreateCommand();
        settle.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await settle.ExecuteNonQueryAsync();
        await Task.Delay(TimeSpan.FromSeconds(20));
        return rows;
    }
}

using System.Text.RegularExpressions;

namespace SmartCity.Bench;

/// <summary>From the end of a fetch, as the book notes it, to the last byte of its event at an open stream.</summary>
internal static partial class LiveBench
{
    private const int Updates = 200;
    private const string Feed = "atmosphere.air", Tile = "tile-atmosphere-air-tile";

    [GeneratedRegex("/live\\?[^\"]*", RegexOptions.None, 1000)]
    private static partial Regex Stream();

    public static async Task Run()
    {
        Console.WriteLine("| sources asked every | updates | viewers | p50 ms | p95 ms | max ms |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (every, viewers) in new[] { ("250ms", 1), ("500ms", 100) })
        {
            await using var city = await BenchCity.Start(every);
            var took = await Measure(city, viewers);
            Console.WriteLine($"| {every} | {took.Count} | {viewers} | {At(took, 0.5):0} | {At(took, 0.95):0} | {took[^1]:0} |");
        }
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static async Task<List<double>> Measure(BenchCity city, int viewers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 }) { BaseAddress = city.Address };
        var page = await client.GetStringAsync("/ko");
        var stream = System.Net.WebUtility.HtmlDecode(Stream().Match(page).Value);
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(1, viewers - 1).Select(_ => Drain(client, stream, stop.Token)).ToList();
        var took = new List<double>();
        using var response = await client.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var has = false;
        var known = city.Book.HealthOf(Feed)!.LastSuccess;
        while (took.Count < Updates && await reader.ReadLineAsync() is { } line)
        {
            has |= line.Contains($"#{Tile}\"", StringComparison.Ordinal);
            if (line.Length > 0 || !has) continue;
            has = false;
            var now = DateTimeOffset.UtcNow;
            // an event after a fetch of this feed; others carry other feeds' news
            if (city.Book.HealthOf(Feed)!.LastSuccess is not { } fetched || fetched == known) continue;
            known = fetched;
            took.Add((now - fetched).TotalMilliseconds);
        }
        await stop.CancelAsync();
        await Task.WhenAll(others);
        took.Sort();
        return took;
    }

    private static async Task Drain(HttpClient client, string stream, CancellationToken stop)
    {
        try
        {
            using var response = await client.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, stop);
            await (await response.Content.ReadAsStreamAsync(stop)).CopyToAsync(System.IO.Stream.Null, stop);
        }
        catch (OperationCanceledException) { /* measured */ }
    }
}

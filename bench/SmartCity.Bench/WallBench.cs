using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SmartCity.BrowserTests;

namespace SmartCity.Bench;

/// <summary>A main screen of 24 tiles as a crowd asks for it and as a browser shows it, beside a bare server that writes the same bytes and Node-RED Dashboard with 24 tiles. Each server is a process of
/// its own; they take turns.</summary>
internal static partial class WallBench
{
    private const int Rounds = 5, Clients = 64;

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.None, 1000)]
    private static partial Regex Rate();

    private sealed record Subject(string Name, string Url, string Tile, List<double> PerSecond, List<double> Shown)
    {
        public static Subject Of(string name, string url, string tile) => new(name, url, tile, [], []);
    }

    public static async Task Run()
    {
        using var client = new HttpClient();
        using var city = await Server.Start("city");
        using var bare = await Server.Start("bare");
        using var red = await NodeRed.Start();
        var page = await client.GetByteArrayAsync(city.Address + "/ko");
        await client.PostAsync($"{bare.Address}/bytes/page", new ByteArrayContent(page));
        if (red is not null) await red.Publish(client, "<b>" + new string('x', 2000) + "</b>", WallModule.Tiles);
        List<Subject> subjects = [Subject.Of("SmartCity", city.Address + "/ko", ".tile"), Subject.Of("bare Kestrel, the same bytes", bare.Address + "/page", "")];
        if (red is not null) subjects.Add(Subject.Of("Node-RED Dashboard, its page without its tiles", red.Address + NodeRed.Page, NodeRed.Tile));

        for (var round = -1; round < Rounds; round++)
            foreach (var subject in subjects)
                if (await PerSecond(subject.Url, Clients) is var rate && round >= 0) subject.PerSecond.Add(rate);
        var (playwright, chromium) = await InstalledChromium.Start();
        using (playwright)
            for (var round = -1; round < Rounds; round++)
                foreach (var subject in subjects.Where(s => s.Tile.Length > 0))
                    if (await Shown(chromium, subject) is var shown && round >= 0) subject.Shown.Add(shown);

        Console.WriteLine($"{page.Length / 1000.0:0.0} kB uncompressed, {Clients} connections, turns of 5 s; the browser begins with an empty cache; medians of {Rounds} turns.");
        Console.WriteLine();
        Console.WriteLine("| server | page/s | to the bare server | navigation to 24 tiles in a browser, ms | to SmartCity |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var subject in subjects)
            Console.WriteLine($"| {subject.Name} | {Median(subject.PerSecond):0} | {Median([.. subject.PerSecond.Zip(subjects[1].PerSecond, (a, b) => a / b)]):0.00} | {(subject.Shown.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Median(subject.Shown):0} | {Median([.. subject.Shown.Zip(subjects[0].Shown, (a, b) => a / b)]):0.0}") : " | ")} |");
    }

    private static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);

    /// <summary>Answers a second over five seconds; by wrk, which is a process of its own and costs the least.</summary>
    public static async Task<double> PerSecond(string url, int clients)
    {
        var said = await Peers.Said("wrk", null, clients < 42 ? "-t1" : "-t2", $"-c{clients}", "-d5s", url);
        if (said.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException(said);
        return double.Parse(Rate().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<double> Shown(IBrowser chromium, Subject subject)
    {
        await using var context = await chromium.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "ko-KR" });
        // asked with every picture that the browser draws, so that what is counted has been laid out
        await context.AddInitScriptAsync($$"""
            (function look() {
              const shown = [...document.querySelectorAll({{System.Text.Json.JsonSerializer.Serialize(subject.Tile)}})].filter(e => e.getBoundingClientRect().height > 0 && e.textContent.trim() !== "");
              if (shown.length >= {{WallModule.Tiles}}) window.__shown = performance.now(); else requestAnimationFrame(look);
            })();
            """);
        var page = await context.NewPageAsync();
        await page.GotoAsync(subject.Url, new() { WaitUntil = WaitUntilState.Commit });
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            if (await page.EvaluateAsync<double?>("window.__shown ?? null") is { } at) return at;
            if (watch.Elapsed > TimeSpan.FromSeconds(30)) throw new InvalidOperationException($"{subject.Name} did not show its tiles");
        }
    }
}

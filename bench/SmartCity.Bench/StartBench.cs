using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.Bench;

internal static class EmptyApp
{
    public static async Task<int> Run(string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.MapGet("/", () => "ready");
        await app.RunAsync();
        return 0;
    }
}

/// <summary>From the start of the process, with an empty database, to a main screen with a value for every area; against an
/// application without anything in it.</summary>
internal static partial class StartBench
{
    private const int Rounds = 5;

    [GeneratedRegex("<tr><th scope=\"row\">.*?</th><td class=\"num\">-?[0-9]", RegexOptions.Singleline, 1000)]
    private static partial Regex Row();

    public static async Task Run()
    {
        var host = Path.Combine(BenchCity.Root, "src", "Host");
        // a published build where one is named, as a city runs it
        var program = Environment.GetEnvironmentVariable("SMARTCITY_PUBLISHED") ?? Path.Combine(AppContext.BaseDirectory, "SmartCity.Host.dll");
        var turns = new List<(double City, double Empty)>();
        for (var i = 0; i <= Rounds; i++)
        {
            var folder = Directory.CreateTempSubdirectory("smartcity-start-").FullName;
            var (port, simulator, bare) = (Free(), Free(), Free());
            var city = await Time($"http://127.0.0.1:{port}/en", html => Row().Count(html) >= 25,
                program, "--environment=Development", $"--contentRoot={host}", $"--Database={Path.Combine(folder, "city.db")}", $"--urls=http://127.0.0.1:{port}", $"--Simulator=http://127.0.0.1:{simulator}");
            var empty = await Time($"http://127.0.0.1:{bare}/", text => text == "ready", Path.Combine(AppContext.BaseDirectory, "SmartCity.Bench.dll"), "empty", $"http://127.0.0.1:{bare}");
            Directory.Delete(folder, recursive: true);
            // the first turn warms the disk's cache
            if (i > 0) turns.Add((city, empty));
        }
        var ratios = turns.Select(t => t.City / t.Empty).Order().ToList();
        Console.WriteLine("| start to first complete main screen, ms (median) | empty application, ms | ratio, median of 5 turns | lowest to highest |");
        Console.WriteLine("|---|---|---|---|");
        Console.WriteLine($"| {turns.Select(t => t.City).Order().ElementAt(Rounds / 2):0} | {turns.Select(t => t.Empty).Order().ElementAt(Rounds / 2):0} | {ratios[Rounds / 2]:0.0} | {ratios[0]:0.0} to {ratios[^1]:0.0} |");
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<double> Time(string url, Func<string, bool> complete, string program, params string[] arguments)
    {
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        // a self-contained build is a program of its own
        var start = program.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessStartInfo("dotnet", [program, .. arguments]) : new ProcessStartInfo(program, arguments);
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        using var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            while (true)
            {
                if (process.HasExited || watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"{Path.GetFileName(program)} did not come up");
                try { if (complete(await client.GetStringAsync(url))) return watch.Elapsed.TotalMilliseconds; }
                catch (HttpRequestException) { /* not yet */ }
                await Task.Delay(10);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }
}

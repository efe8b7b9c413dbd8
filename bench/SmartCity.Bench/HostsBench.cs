using System.Diagnostics;
using System.Globalization;
using SmartCity.Simulator;

namespace SmartCity.Bench;

/// <summary>The public main screen of one host, and of three on the same PostgreSQL, by the same number of connections in turns. On two cores three hosts cannot be faster; they should not be slower.</summary>
internal static class HostsBench
{
    private const int Rounds = 5, Hosts = 3, Clients = 63;

    public static async Task Run()
    {
        await using var postgres = await BenchPostgres.Start();
        if (postgres is null) return;
        var pack = Path.Combine(BenchCity.Root, "cities", "seoul");
        await using var simulator = CitySimulator.Load(pack, "http://127.0.0.1:0");
        await simulator.StartAsync();
        var folder = Directory.CreateTempSubdirectory("smartcity-hosts-").FullName;
        string[] settings = ["--environment=Development", $"--contentRoot={folder}", $"--City={pack}", $"--Database={postgres.Setting}", $"--Simulator={simulator.Address.ToString().TrimEnd('/')}", "--Simulator:Elsewhere=true", "--Secrets:plaza=demonstration", "--Logging:LogLevel:Default=Error"];
        var program = Path.Combine(AppContext.BaseDirectory, "SmartCity.Host.dll");
        await Peers.Said("dotnet", null, [program, "migrate", .. settings]);
        var hosts = new List<(Process Process, string Url)>();
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            for (var i = 1; i <= Hosts; i++)
            {
                var address = $"http://127.0.0.1:{StartBench.Free()}";
                var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. settings, $"--urls={address}", $"--Hosts:Name=host-{i}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
                process.BeginOutputReadLine();
                hosts.Add((process, address + "/ko"));
                for (var watch = Stopwatch.StartNew(); ; await Task.Delay(200))
                {
                    if (process.HasExited || watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"host {i} did not become ready");
                    try { if ((await client.GetAsync(address + "/health/ready")).IsSuccessStatusCode) break; }
                    catch (HttpRequestException) { /* not yet */ }
                }
            }
            // what the sources' past brings is over, and the code is warm
            await Task.Delay(TimeSpan.FromSeconds(20));
            foreach (var (_, url) in hosts) await WallBench.PerSecond(url, Clients);
            var turns = new List<(double One, double Three)>();
            for (var i = 0; i < Rounds; i++)
                turns.Add((await WallBench.PerSecond(hosts[0].Url, Clients), (await Task.WhenAll(hosts.Select(h => WallBench.PerSecond(h.Url, Clients / Hosts)))).Sum()));
            double Median(IEnumerable<double> of) => of.Order().ElementAt(Rounds / 2);
            Console.WriteLine($"| one host, page/s | three hosts, page/s | ratio, median of {Rounds} turns | lowest to highest |");
            Console.WriteLine("|---|---|---|---|");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Median(turns.Select(t => t.One)):0} | {Median(turns.Select(t => t.Three)):0} | {Median(turns.Select(t => t.Three / t.One)):0.00} | {turns.Min(t => t.Three / t.One):0.00} to {turns.Max(t => t.Three / t.One):0.00} |"));
        }
        finally
        {
            foreach (var (process, _) in hosts)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
            Directory.Delete(folder, recursive: true);
        }
    }
}

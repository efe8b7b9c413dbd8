using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;

namespace SmartCity.Bench;

/// <summary>The demonstration city on free ports, in this process, as people are served: compressed, not for editing.</summary>
internal sealed partial class BenchCity(SmartCityApp app, CitySimulator simulator, string folder) : IAsyncDisposable
{
    [GeneratedRegex("^schedule:.*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Schedule();

    [GeneratedRegex("^history:.*\\n(?:[ \\t]+.*\\n)*", RegexOptions.Multiline, 1000)]
    private static partial Regex Past();

    public static string Root { get; } = FindRoot();
    public Uri Address => new(app.Web.Urls.First());
    public IServiceProvider Services => app.Web.Services;
    public FeedBook Book => Services.GetRequiredService<FeedBook>();

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) return at.FullName;
        throw new InvalidOperationException("The benchmarks run from inside the repository.");
    }

    /// <param name="every">How often each source is asked; as the pack says when null.</param>
    /// <param name="modules">The modules, where the city's own feeds are to be left out; else those of the demonstration city.</param>
    /// <param name="past">False for a city that does not ask its sources for the days before it began.</param>
    /// <param name="edit">Changes a file of the pack, by its name and text; null leaves them.</param>
    public static async Task<BenchCity> Start(string? every = null, IReadOnlyList<IModule>? modules = null, bool past = true, Func<string, string, string>? edit = null)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-bench-").FullName;
        var pack = Path.Combine(folder, "pack");
        foreach (var file in Directory.GetFiles(Path.Combine(Root, "cities", "seoul"), "*", SearchOption.AllDirectories))
        {
            if (modules is not null && Path.GetRelativePath(Path.Combine(Root, "cities", "seoul"), file).Split(Path.DirectorySeparatorChar) is ["feeds", ..]) continue;
            var copy = Path.Combine(pack, Path.GetRelativePath(Path.Combine(Root, "cities", "seoul"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (!file.EndsWith(".yaml", StringComparison.Ordinal))
            {
                File.Copy(file, copy);
                continue;
            }
            var text = await File.ReadAllTextAsync(file);
            if (every is not null) text = Schedule().Replace(text, $"schedule: {{ every: {every}, jitter: 0s, timeout: {every} }}");
            if (edit is not null) text = edit(Path.GetFileName(file), text);
            await File.WriteAllTextAsync(copy, past ? text : Past().Replace(text, ""));
        }
        var simulator = CitySimulator.Load(pack, "http://127.0.0.1:0");
        await simulator.StartAsync();
        var app = SmartCityApp.Create(
        [
            "--environment=Staging", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={pack}", $"--Database={Path.Combine(folder, "city.db")}",
            $"--Simulator={simulator.Address.ToString().TrimEnd('/')}", "--urls=http://127.0.0.1:0", "--Secrets:plaza=demonstration", "--Logging:LogLevel:Default=Error", "--Streams:EachAddress=100000",
        ], city => city.Modules(modules ?? TierD.Modules).DemonstrationSources((_, _) => new AlreadyRunning()));
        await app.Web.StartAsync();
        var city = new BenchCity(app, simulator, folder);
        while (city.Book.Health.Any(h => h.Fetches == 0 || h.AsOf is null && h.Outcome is not FetchOutcome.Empty)) await Task.Delay(50);
        return city;
    }

    public async ValueTask DisposeAsync()
    {
        await app.Web.StopAsync();
        await app.Web.DisposeAsync();
        await simulator.DisposeAsync();
        try { Directory.Delete(folder, recursive: true); }
        catch (IOException) { /* a file that is still closing */ }
    }

    internal sealed class AlreadyRunning : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

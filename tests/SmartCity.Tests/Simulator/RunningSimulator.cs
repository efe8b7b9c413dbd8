using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SmartCity.Simulator;

namespace SmartCity.Tests.Simulator;

/// <summary>A simulator on a free port, its clock in the test's hand.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    public static DateTimeOffset Summer { get; } = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);

    public required HandClock Clock { get; init; }
    public required CitySimulator Simulator { get; init; }
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) });

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The folder of the pack with the scenario, found from the test's binaries or its source.</summary>
    public static string Pack([CallerFilePath] string source = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source)! })
            for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
                if (File.Exists(Path.Combine(at.FullName, "cities", "seoul", "simulator.yaml"))) return Path.Combine(at.FullName, "cities", "seoul");
        throw new DirectoryNotFoundException("No city pack with a simulator.yaml above the tests.");
    }

    public static async Task<RunningSimulator> Start(DateTimeOffset? at = null, string? pack = null)
    {
        var clock = new HandClock(at ?? Summer);
        var simulator = CitySimulator.Load(pack ?? Pack(), "http://localhost:0", clock);
        await simulator.StartAsync();
        return new() { Clock = clock, Simulator = simulator };
    }

    public Uri At(string path) => new(Simulator.Address, path);
    public Task<HttpResponseMessage> Get(string path) => Client.GetAsync(At(path), Cancel);
    public Task<string> Text(string path) => Client.GetStringAsync(At(path), Cancel);
    public async Task<JsonNode> Json(string path) => JsonNode.Parse(await Text(path))!;

    /// <summary>Total and rows of a service of the plaza.</summary>
    public async Task<(int Total, JsonArray Rows)> Rows(string service, string rest)
    {
        var body = (await Json($"/plaza/key/json/{service}/{rest}"))[service] ?? throw new InvalidDataException($"{service} is missing from the answer.");
        Assert.Equal("INFO-000", body["RESULT"]!["CODE"]!.GetValue<string>());
        return (body["list_total_count"]!.GetValue<int>(), body["row"]!.AsArray());
    }

    public async Task<string> Code(string path) => (await Json(path))["RESULT"]!["CODE"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
    }
}

using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SmartCity.Bench;

/// <summary>A module of 24 tiles, each with a number, a comparison and a line of 60 points, that change when they are told to.</summary>
internal sealed class WallModule : IModule
{
    public const int Tiles = 24;
    private static readonly Rhythm Rhythm = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
    private static int _turn;

    public static string FeedOf(int tile) => FormattableString.Invariant($"wall.f{tile:00}");

    public static void Turn() => Interlocked.Increment(ref _turn);

    public string Key => "wall";

    public Text Title { get; } = Text.Of("벽", "Wall");

    public IEnumerable<Contribution> Contributions =>
    [
        new Permission("wall.view", Text.Of("벽 보기", "See the wall"), Roles.Anyone),
        .. Enumerable.Range(1, Tiles).Select(i => new Feed(FeedOf(i), Text.Of($"원천 {i}", $"Source {i}"), FeedKind.Observations)),
        .. Enumerable.Range(1, Tiles).Select(i => new Tile(FormattableString.Invariant($"wall.t{i:00}"), Text.Of($"한강 수위 {i}", $"River {i}"), [FeedOf(i)], context => Face(context, i)) { Url = "/feeds", Order = i }),
    ];

    private static ValueTask<TileFace> Face(TileContext context, int tile)
    {
        var random = new Random(_turn * 100 + tile);
        return new(new TileFace
        {
            Feed = FeedOf(tile), Value = 1000 + _turn + tile, Unit = "m", Decimals = 2, Word = "정상", Comparison = "어제보다 조금 높음", Note = string.Create(CultureInfo.InvariantCulture, $"{_turn}번째"),
            AsOf = new() { Feed = FeedOf(tile), Source = Text.Of("시험", "Bench"), Owner = Text.Of("시험", "Bench"), At = context.Now, Rhythm = Rhythm }, Spark = [.. Enumerable.Range(0, 60).Select(_ => (double?)random.Next(100))],
        });
    }
}

/// <summary>Each server of the comparison in a process of its own: a city with 24 tiles, a bare loop that writes given bytes, a hub. Says its address, and where it is told to publish, in one line.</summary>
internal static class WallCity
{
    public static async Task<int> Serve(string kind)
    {
        var (address, publish) = kind switch
        {
            "city" => await City(),
            "bare" => await Bare(),
            "hub" => await Hub(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        var control = Slim();
        control.MapGet("/publish", (int tiles) => publish(tiles));
        control.MapGet("/memory", () => Environment.WorkingSet);
        await control.StartAsync();
        Console.WriteLine($"ready {address} {control.Urls.First()}");
        // until whoever started it goes away
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>A server without anything in it, on a free port.</summary>
    public static WebApplication Slim(Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        add?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task<(string, Func<int, Task>)> City()
    {
        var city = await BenchCity.Start(modules: [new WallModule()]);
        var signals = city.Services.GetRequiredService<ISignals>();
        return (city.Address.ToString().TrimEnd('/'), tiles =>
        {
            WallModule.Turn();
            for (var i = 1; i <= tiles; i++) signals.Signal(WallModule.FeedOf(i));
            return Task.CompletedTask;
        });
    }

    // one loop over all viewers, the same bytes for each; what it writes is given to it
    private static async Task<(string, Func<int, Task>)> Bare()
    {
        var app = Slim();
        var viewers = new List<HttpResponse>();
        var given = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        app.MapPost("/bytes/{tiles}", async (string tiles, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            given[tiles] = body.ToArray();
        });
        // and a page of it
        app.MapGet("/page", http =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.Body.WriteAsync(given["page"]).AsTask();
        });
        app.MapGet("/live", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.WriteAsync(": hello\n\n"u8.ToArray());
            lock (viewers) viewers.Add(http.Response);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            lock (viewers) viewers.Remove(http.Response);
        });
        await app.StartAsync();
        return (app.Urls.First(), async tiles =>
        {
            var bytes = given[tiles.ToString(CultureInfo.InvariantCulture)];
            List<HttpResponse> all;
            lock (viewers) all = [.. viewers];
            foreach (var viewer in all) await viewer.Body.WriteAsync(bytes);
        });
    }

    private sealed class Tiles : Hub;

    private static async Task<(string, Func<int, Task>)> Hub()
    {
        var app = Slim(s => s.AddSignalR(o => o.ClientTimeoutInterval = TimeSpan.FromMinutes(30)));
        string? html = null;
        app.MapPost("/bytes/{tiles}", async (string tiles, HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var text = await reader.ReadToEndAsync();
            if (tiles == "1") html = text;
        });
        app.MapHub<Tiles>("/live");
        await app.StartAsync();
        var clients = app.Services.GetRequiredService<IHubContext<Tiles>>().Clients;
        return (app.Urls.First(), async tiles =>
        {
            for (var i = 0; i < tiles; i++) await clients.All.SendAsync("tile", html);
        });
    }
}

/// <summary>A server in a process of its own.</summary>
internal sealed class Server(Process process, string address, string control) : IDisposable
{
    public string Address => address;
    public string Control => control;

    public static async Task<Server> Start(string kind)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "SmartCity.Bench.dll"), "serve", kind]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.Split(' ') is ["ready", var address, var control]) return new(process, address, control);
        throw new InvalidOperationException($"{kind} did not start");
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}

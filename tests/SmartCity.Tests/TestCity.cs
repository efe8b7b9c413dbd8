using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Access;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;
using SmartCity.Tests.Access;

namespace SmartCity.Tests;

/// <summary>A whole city on free ports, with the Simulator behind it: what a test talks to is what people get.</summary>
internal sealed class TestCity : IAsyncDisposable
{
    private readonly SmartCityApp _app;
    private readonly string _folder;

    private bool _ownsSimulator;

    private TestCity(SmartCityApp app, CitySimulator simulator, string folder, Uri address, bool ownsSimulator) =>
        (_app, Simulator, _folder, Address, _ownsSimulator) = (app, simulator, folder, address, ownsSimulator);

    /// <summary>The city's sources. Stop it, start it, give it faults.</summary>
    public CitySimulator Simulator { get; }
    /// <summary>Where the city answers.</summary>
    public Uri Address { get; }
    public IServiceProvider Services => App.Services;
    /// <summary>The running application.</summary>
    public Microsoft.AspNetCore.Builder.WebApplication App => _app.Web;

    /// <summary>Starts a city.</summary>
    /// <param name="choose">Modules and changes; all modules of tier D when null.</param>
    /// <param name="settings">Settings as <c>--Name=value</c>.</param>
    public static Task<TestCity> Start(Action<CityChoices>? choose = null, params string[] settings) => Start("seoul", null, choose, settings);

    /// <summary>The same with another pack of <c>cities/</c>.</summary>
    public static Task<TestCity> StartPack(string pack, Action<CityChoices>? choose = null, params string[] settings) => Start(pack, null, choose, settings);

    /// <summary>The same with a Simulator that is loaded already; the city takes it over.</summary>
    public static async Task<TestCity> StartPack(string pack, CitySimulator simulator)
    {
        var city = await Start(pack, simulator, null, []);
        city._ownsSimulator = true;
        return city;
    }

    /// <summary>Starts a further host, which asks the same sources.</summary>
    public Task<TestCity> Another(Action<CityChoices>? choose, params string[] settings) => Start("seoul", Simulator, choose, settings);

    private static async Task<TestCity> Start(string pack, CitySimulator? running, Action<CityChoices>? choose, string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-test-").FullName;
        var simulator = running ?? CitySimulator.Load(Repository.Path("cities", pack), "http://127.0.0.1:0");
        await simulator.StartAsync();
        var app = SmartCityApp.Create(
        [
            "--environment=Development", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", pack)}", $"--Database={Path.Combine(folder, "city.db")}",
            $"--Simulator={simulator.Address.ToString().TrimEnd('/')}", "--urls=http://127.0.0.1:0", "--Secrets:plaza=demonstration", "--Logging:LogLevel:Default=Warning", .. settings,
        ], city =>
        {
            if (choose is null) city.Modules(TierD.Modules);
            else choose(city);
            // started above, so that its address is known
            city.DemonstrationSources((_, _) => new AlreadyRunning());
        });
        await app.Web.StartAsync();
        return new(app, simulator, folder, new(app.Web.Urls.First()), running is null);
    }

    /// <summary>A browser without JavaScript that does not follow redirects and keeps its cookies.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, CookieContainer = new() }) { BaseAddress = Address };

    /// <summary>The same, with a new person of a role signed in by a one-time link, as people come in for the first time.</summary>
    public async Task<HttpClient> Client(string role)
    {
        var client = Client();
        if (role == Roles.Anyone) return client;
        using var used = await client.Send(await LinkFor(role), null);
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        return client;
    }

    /// <summary>Address of a link that signs a new person of a role in, once.</summary>
    public async Task<string> LinkFor(string role)
    {
        await using var scope = Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create($"{role}-{Guid.NewGuid():N}", role);
        Assert.True(person is not null, string.Join(", ", wrong));
        return "/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Demonstration, TimeSpan.FromHours(1));
    }

    /// <summary>Says that a topic changed.</summary>
    public void Signal(string topic) => Services.GetRequiredService<ISignals>().Signal(topic);

    /// <summary>Waits, without a guess about time, until something holds.</summary>
    public static async Task Until(Func<bool> holds, string what, int seconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!holds())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"Waited {seconds} s in vain until {what}");
            await Task.Delay(25, CancellationToken.None);
        }
    }

    /// <summary>Waits until every feed has been fetched well once.</summary>
    public Task UntilFed() => Until(() => Services.GetRequiredService<FeedBook>().Health.All(h => h.Outcome is FetchOutcome.Ok or FetchOutcome.Empty), "every feed has answered", 90);

    public async ValueTask DisposeAsync()
    {
        await _app.Web.StopAsync();
        await _app.Web.DisposeAsync();
        if (_ownsSimulator) await Simulator.DisposeAsync();
        try { Directory.Delete(_folder, recursive: true); }
        catch (IOException) { /* a file that is still closing; the system's temporary folder is cleaned anyway */ }
    }

    private sealed class AlreadyRunning : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

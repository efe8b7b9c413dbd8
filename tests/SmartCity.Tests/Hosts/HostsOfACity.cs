using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Hosts;
using SmartCity.Tests.Store;

namespace SmartCity.Tests.Hosts;

/// <summary>Several hosts of one city, on one PostgreSQL database, in front of one simulator.</summary>
internal sealed partial class HostsOfACity : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly List<TestCity> _cities = [];

    private HostsOfACity(TestDatabase database) => _database = database;

    public IReadOnlyList<TestCity> Cities => _cities;
    public Feeds.LogBook Log { get; } = new();
    public TestCity A => _cities[0];
    public TestCity B => _cities[1];
    public string Setting => _database.Setting;
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static FeedBook Book(TestCity city) => city.Services.GetRequiredService<FeedBook>();
    public static Duty Duty(TestCity city) => city.Services.GetRequiredService<Duty>();
    public static HostNotes Notes(TestCity city) => city.Services.GetRequiredService<HostNotes>();

    /// <summary>The host whose turn it is.</summary>
    public TestCity Asking => _cities.Single(c => Duty(c).IsMine);
    public TestCity Following => _cities.First(c => !Duty(c).IsMine);

    public static async Task<HostsOfACity> Start(int count, Action<CityChoices>? choose = null, params string[] settings)
    {
        var hosts = new HostsOfACity(await TestDatabase.Migrated(Db.Postgres));
        for (var i = 0; i < count; i++)
        {
            string[] own = [$"--Database={hosts.Setting}", $"--Hosts:Name=host-{(char)('a' + i)}", .. settings];
            void Choose(CityChoices city)
            {
                choose?.Invoke(city);
                city.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(hosts.Log);
            }
            hosts._cities.Add(i == 0 ? await TestCity.Start(Choose, own) : await hosts.A.Another(Choose, own));
        }
        await TestCity.Until(() => hosts.Cities.Count(c => Duty(c).IsMine) == 1 && hosts.Cities.All(c => Notes(c).Listens), "one host asks and all listen", 60);
        return hosts;
    }

    public Task Run(string sql) => Postgres.Run(Setting, sql);

    /// <summary>Cuts the session of a host that has a purpose: <c>duty</c> or <c>listens</c>.</summary>
    public Task Cut(string purpose, TestCity host) => Run($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{purpose} {Duty(host).Name}'");

    /// <summary>Starts the host's own program as a process beside them.</summary>
    public static async Task<(Process Process, Uri Address)> Child(string setting, string name, Uri simulator, string folder)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "SmartCity.Host.dll"), "--environment=Development", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={setting}", $"--Hosts:Name={name}",
            $"--Simulator={simulator.ToString().TrimEnd('/')}", "--Simulator:Elsewhere=true", "--urls=http://127.0.0.1:0", "--Secrets:plaza=demonstration", "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
        ]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        var process = Process.Start(start)!;
        var said = new System.Text.StringBuilder();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(string? line)
        {
            lock (said) said.AppendLine(line);
            if (line is not null && Listening().Match(line) is { Success: true } found) address.TrySetResult(new(found.Groups["address"].Value));
        }
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.ErrorDataReceived += (_, e) => Hear(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync(Cancel);
        if (await Task.WhenAny(address.Task, ended, Task.Delay(TimeSpan.FromSeconds(90), Cancel)) != address.Task) Assert.Fail($"The host did not start: {said}");
        return (process, await address.Task);
    }

    [GeneratedRegex("Now listening on: (?<address>http://\\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();

    /// <summary>What a host says of its readiness.</summary>
    public static async Task<string> Ready(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        try { return await client.GetStringAsync("/health/ready", Cancel); }
        catch (HttpRequestException none) when (none.StatusCode is null or HttpStatusCode.ServiceUnavailable) { return ""; }
        catch (TaskCanceledException) when (!Cancel.IsCancellationRequested) { return ""; }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (level, text) in Log.Lines.Where(l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning)) TestContext.Current.TestOutputHelper?.WriteLine($"{level}: {text}");
        // the last first: the first has the simulator
        foreach (var city in Enumerable.Reverse(_cities)) await city.DisposeAsync();
        await _database.DisposeAsync();
    }
}

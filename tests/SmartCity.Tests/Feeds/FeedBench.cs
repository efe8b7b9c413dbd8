using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;
using SmartCity.Shell.Store;
using SmartCity.Simulator;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Feeds;

/// <summary>A city's feeds as the host puts them together, without its screens: each beat is asked for, the clock is in
/// the test's hand, and the sources are the real Simulator.</summary>
internal sealed class FeedBench : IAsyncDisposable
{
    public const string Air = "atmosphere.air", Rain = "atmosphere.rain", Weather = "atmosphere.weather", Snow = "atmosphere.snow", News = "administrative-content.news", Picture = "atmosphere.air-picture";
    /// <summary>One feed of each format.</summary>
    public static string[] Formats { get; } = [Air, Snow, News, Picture];
    public const string Secret = "k/e+y-4711";

    private readonly string _folder;
    private readonly SmartCityApp _app;
    private readonly HashSet<string> _inside;
    private readonly Dictionary<string, FeedPlan> _plans;
    private readonly Dictionary<string, Answer?> _previous = [];

    private FeedBench(string folder, SmartCityApp app, HashSet<string> inside, CitySimulator simulator, HandClock clock, LogBook log)
    {
        (_folder, _app, _inside, Simulator, Clock, Log) = (folder, app, inside, simulator, clock, log);
        Loop = ActivatorUtilities.CreateInstance<FeedLoop>(Services);
        _plans = Book.Plans.ToDictionary(p => p.Feed.Key);
    }

    public string Folder => _folder;
    public HandClock Clock { get; }
    public CitySimulator Simulator { get; }
    public LogBook Log { get; }
    public FeedLoop Loop { get; }
    public IServiceProvider Services => _app.Web.Services;
    public FeedBook Book => Services.GetRequiredService<FeedBook>();
    public ReadingStore Store => Services.GetRequiredService<ReadingStore>();
    public CityPack City => Services.GetRequiredService<CityPack>();
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="folder">Where the database stands; a new one when null.</param>
    /// <param name="at">The time; a summer's noon when null.</param>
    /// <param name="days">How much of the past its sources are asked for.</param>
    public static async Task<FeedBench> Start(string? folder = null, DateTimeOffset? at = null, int days = 1)
    {
        var clock = new HandClock(at ?? RunningSimulator.Summer);
        var log = new LogBook();
        var simulator = CitySimulator.Load(Repository.Path("cities", "seoul"), "http://127.0.0.1:0", clock);
        await simulator.StartAsync();
        var inside = new HashSet<string>(StringComparer.Ordinal) { simulator.Address.Authority };
        folder ??= Directory.CreateTempSubdirectory("smartcity-feeds-").FullName;
        var app = SmartCityApp.Create(
        [
            "--environment=Development", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={Path.Combine(folder, "city.db")}",
            $"--Simulator={simulator.Address.ToString().TrimEnd('/')}", $"--Secrets:plaza={Secret}", "--Logging:LogLevel:Default=Information", "--Logging:Console:LogLevel:Default=None",
        ], city =>
        {
            city.Modules(TierD.Modules).DemonstrationSources((_, _) => new AlreadyRunning());
            city.Services.AddSingleton<TimeProvider>(new Impatient(clock)).AddSingleton<ILoggerProvider>(log).AddSingleton(new AllowList(inside, new HashSet<string>()));
        });
        await app.Web.Services.GetRequiredService<Migrator>().Apply(Cancel);
        var bench = new FeedBench(folder, app, inside, simulator, clock, log);
        foreach (var history in bench.Book.Plans.Select(p => p.Descriptor.History).OfType<FeedDescriptor.HistoryOf>()) history.Days = days;
        await bench.Book.Recall(Cancel);
        return bench;
    }

    public FeedPlan Plan(string feed) => _plans[feed];

    /// <summary>Changes the plan of a feed for the beats to come.</summary>
    public void Change(string feed, Func<FeedPlan, FeedPlan> change) => _plans[feed] = change(_plans[feed]);

    /// <summary>Lets another server answer for a feed, agreed to by host and port.</summary>
    public void Redirect(string feed, Uri address)
    {
        _inside.Add(AllowList.Key(address.IdnHost, address.Port));
        Change(feed, p => p with { Source = p.Source with { Address = address.ToString().TrimEnd('/') } });
    }

    public async Task<FeedHealth> Beat(string feed)
    {
        _previous[feed] = await Loop.Beat(_plans[feed], _previous.GetValueOrDefault(feed), Cancel);
        return Book.HealthOf(feed)!;
    }

    /// <summary>A beat some time after the last one.</summary>
    public Task<FeedHealth> Beat(string feed, TimeSpan later)
    {
        Clock.Advance(later);
        return Beat(feed);
    }

    public Freshness State(string feed) => Book.AsOf(feed)!.Freshness;

    public async ValueTask DisposeAsync()
    {
        await _app.Web.DisposeAsync();
        await Simulator.DisposeAsync();
        try { Directory.Delete(_folder, recursive: true); }
        catch (IOException) { /* the system's temporary folder is cleaned anyway */ }
    }

    /// <summary>The hand's clock, except that the short pause before a further attempt is over at once.</summary>
    private sealed class Impatient(HandClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime >= TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1) ? System.CreateTimer(callback, state, TimeSpan.Zero, period) : clock.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class AlreadyRunning : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Everything that was logged by the platform's own code.</summary>
internal sealed class LogBook : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> Lines => [.. _lines];
    public IReadOnlyList<string> Of(LogLevel level) => [.. _lines.Where(l => l.Level == level).Select(l => l.Text)];

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("SmartCity", StringComparison.Ordinal) ? new Writer(this) : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
    public void Dispose() { }

    private sealed class Writer(LogBook book) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            book._lines.Enqueue((logLevel, formatter(state, exception) + exception));
    }
}

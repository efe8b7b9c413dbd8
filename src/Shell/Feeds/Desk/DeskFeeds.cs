using Microsoft.EntityFrameworkCore;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Keeps what runs equal to what the desk says: at the start, at once after a change on this host, and within seconds after one on
/// another. A feed that stands in the city pack is the pack's.</summary>
internal sealed class DeskFeeds(IDbContextFactory<DeskDb> contexts, LiveFeeds live, DescriptorCheck check, IReadOnlyList<FeedPlan> pack, ISignals signals, ILogger<DeskFeeds> log) : BackgroundService
{
    /// <summary>Told to the other hosts when a version was made live, or a feed ended.</summary>
    public const string Topic = "city.feed-desk";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly HashSet<string> _ofPack = [.. pack.Select(p => p.Feed.Key)];
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>True for a feed whose descriptor is a file of the city pack.</summary>
    public bool InPack(string feed) => _ofPack.Contains(feed);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var heard = signals.Listen(Topic, Refresh);
        using var timer = new PeriodicTimer(Pause);
        var broken = false;
        try
        {
            do
                try
                {
                    await Refresh(stoppingToken);
                    broken = false;
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    if (!broken) log.LogError(failed, "The feeds of the desk cannot be read; what runs goes on");
                    broken = true;
                }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    /// <summary>Begins, replaces and ends feeds as the tables say.</summary>
    public async Task Refresh(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var wanted = await db.Feeds.AsNoTracking().Where(f => f.Live != null && !f.Retired).ToDictionaryAsync(f => f.Feed, f => f.Live!.Value, cancel);
            foreach (var gone in _running.Keys.Where(k => !wanted.ContainsKey(k)).ToList())
            {
                await live.Drop(gone, cancel);
                _running.Remove(gone);
            }
            foreach (var (feed, number) in wanted.Where(w => !_ofPack.Contains(w.Key) && _running.GetValueOrDefault(w.Key) != w.Value))
            {
                var version = await db.Versions.AsNoTracking().FirstAsync(v => v.Feed == feed && v.Number == number, cancel);
                var (plan, problems) = check.Read(version.Yaml);
                if (plan is not null) await live.Put(plan, cancel);
                // approved once, and wrong now: a preset, a source of city.json or a setting is another
                else log.LogError("The feed {Feed}, version {Number} of the desk, cannot run: {Problems}", feed, number, string.Join(" ", problems));
                _running[feed] = number;
            }
        }
        finally { _one.Release(); }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }
}

/// <summary>Registration of the desk.</summary>
internal static class FeedDeskSetup
{
    public static void Register(IServiceCollection services)
    {
        services.AddModuleDb<DeskDb>(DeskDb.Module);
        services.AddSingleton<LiveFeeds>().AddSingleton<DescriptorCheck>().AddSingleton<DeskFeeds>().AddHostedService(s => s.GetRequiredService<DeskFeeds>());
        services.AddScoped<FeedDesk>().AddScoped<Uploads>().AddSingleton<Probe>().AddSingleton<Inbox>();
    }
}

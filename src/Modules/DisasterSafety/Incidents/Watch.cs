using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.DisasterSafety;

/// <summary>Stands between the feeds and the open pages: whichever of the sources speaks, incidents have changed. And writes down
/// the end of emergencies whose time is over.</summary>
internal sealed class Watch(ICity city, ISignals signals, IDbContextFactory<DisasterDb> dbs, IServiceScopeFactory scopes, TimeProvider time, ILogger<Watch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private readonly List<IDisposable> _heard = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (DisasterSettings.Of(city).Problems() is { Count: > 0 } wrong) throw new WrongPackException("The settings for disasters and safety are wrong.", wrong);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var feed in IncidentBook.Feeds) _heard.Add(signals.Listen(feed, _ => Tell()));
        foreach (var feed in new[] { DisasterSafetyModule.River, DisasterSafetyModule.Sewer }) _heard.Add(signals.Listen(feed, _ => TellAlarms()));
        try
        {
            using var timer = new PeriodicTimer(Every, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try { await EndWhatIsOver(stoppingToken); }
                catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "The end of a declared emergency could not be written down. Nothing is open beyond its time; the next try is in {Every}", Every); }
            }
        }
        catch (OperationCanceledException) { /* the host stops */ }
        finally { foreach (var heard in _heard) heard.Dispose(); }
    }

    private Task Tell()
    {
        signals.Signal(DisasterTables.IncidentsKey);
        return TellAlarms();
    }

    private Task TellAlarms()
    {
        signals.Signal(DisasterTables.AlarmsKey);
        return Task.CompletedTask;
    }

    /// <summary>Audits the end of every emergency whose time is over, each once among all hosts of the city.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndWhatIsOver(CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var ended = 0;
        foreach (var over in await db.Emergencies.AsNoTracking().Where(e => e.EndedAt == null && e.Until <= now).ToListAsync(cancel))
        {
            // whoever sets it first audits it
            if (await db.Emergencies.Where(e => e.Id == over.Id && e.EndedAt == null).ExecuteUpdateAsync(s => s.SetProperty(e => e.EndedAt, e => e.Until), cancel) == 0) continue;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IAudit>().Write("disaster-safety.audit.over", over.Incident, $"declared by {over.Person}");
            }
            catch
            {
                // what is not audited has not ended on paper: the next round tries again
                await db.Emergencies.Where(e => e.Id == over.Id).ExecuteUpdateAsync(s => s.SetProperty(e => e.EndedAt, (long?)null), CancellationToken.None);
                throw;
            }
            ended++;
        }
        if (ended > 0) await Tell();
        return ended;
    }
}

using Microsoft.EntityFrameworkCore;

namespace SmartCity.Shell.Access;

/// <summary>Keeps an administrator's changes to what roles may do.</summary>
internal sealed class GrantStore(IDbContextFactory<AccessDb> contexts)
{
    public async Task<IReadOnlyDictionary<(string Role, string Permission), bool>> Read(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Grants.AsNoTracking().ToDictionaryAsync(g => (g.Role, g.Permission), g => g.Granted, cancel);
    }
}

/// <summary>Takes over what another host of the same city granted or revoked. One host alone needs no such look.</summary>
internal sealed class GrantWatch(Store.CityDatabase database, GrantStore store, Grants grants, TimeProvider time, ILogger<GrantWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Kind == Store.DatabaseKind.Sqlite) return;
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var well = true;
        while (await beat.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                grants.LayIfNew(await store.Read(stoppingToken));
                well = true;
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                // told once: the database will be back, and what was granted last still holds
                if (well) log.LogWarning(broken, "Changes of roles cannot be read");
                well = false;
            }
        }
    }
}

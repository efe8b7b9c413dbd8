using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SmartCity.UrbanProjects;

/// <summary>At the start, what a killed program left of an upload: a file that a row names is kept, one that nobody has named for an hour goes.</summary>
internal sealed class Leftovers(PaperStore store, IServiceScopeFactory scopes, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Unfinished(time.GetUtcNow()).ToList() is not { Count: > 0 } names) return;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<UrbanProjectsDb>>().CreateDbContextAsync(stoppingToken);
            var named = await db.Papers.AsNoTracking().Where(p => names.Contains(p.File)).Select(p => p.File).ToListAsync(stoppingToken);
            foreach (var name in names)
                if (named.Contains(name)) store.Keep(name);
                else store.Remove(name);
        }
        catch (Exception later) when (later is System.Data.Common.DbException or IOException or OperationCanceledException) { /* the next start looks again */ }
    }
}

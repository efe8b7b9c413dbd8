using Microsoft.AspNetCore.DataProtection.KeyManagement;
using SmartCity.Shell.Access;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>A line that is written to the console after the start.</summary>
/// <param name="Write">Writes it; nothing where there is nothing to tell.</param>
public sealed record StartNotice(Func<WebApplication, TextWriter, Task> Write);

/// <summary>Whether the first screen can be served with data.</summary>
internal sealed class Readiness(FeedBook book, TimeProvider time)
{
    private volatile bool _stored;

    /// <summary>The tables are there and what was known is recalled.</summary>
    public void StoreIsReady() => _stored = true;

    /// <summary>Null when ready, else what is missing.</summary>
    public string? Missing()
    {
        if (!_stored) return "the database is being prepared";
        if (book.Plans.Count == 0) return null;
        var now = time.GetUtcNow();
        return book.Health.Any(h => FeedBook.FreshnessOf(h, now) is Freshness.Live or Freshness.Late or Freshness.Stale) ? null : "no source has answered yet";
    }
}

/// <summary>Before anything else runs: the embedded database is brought up to date, another one is only checked.</summary>
internal sealed class FirstStep(CityDatabase database, Migrator migrator, Months months, TimeProvider time, FeedBook book, Grants grants, GrantStore changes, IKeyManager keys, Readiness readiness, IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Prepare(database, migrator, cancellationToken);
        // hosts that start together would each make a first key, and not read each other's cookies
        // and the same people twice
        await using (await migrator.Exclusive(cancellationToken))
        {
            await months.MakeAhead(time.GetUtcNow(), cancellationToken);
            if (keys.GetAllKeys().Count == 0) keys.CreateNewKey(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(90));
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ListedPeople>().Take();
        }
        grants.Lay(await changes.Read(cancellationToken));
        await book.Recall(cancellationToken);
        readiness.StoreIsReady();
    }

    /// <summary>Brings the embedded database up to date, and only checks another one.</summary>
    public static async Task Prepare(CityDatabase database, Migrator migrator, CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite) await migrator.Apply(cancel);
        else if (await migrator.Pending(cancel) is { Count: > 0 } pending)
            throw new CannotStartException($"The database needs {pending.Count} migrations ({string.Join(", ", pending.Select(p => p.Module).Distinct(StringComparer.Ordinal))}). Back it up, then run this program once with the word migrate.");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

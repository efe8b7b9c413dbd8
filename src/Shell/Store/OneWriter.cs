using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SmartCity.Shell.Store;

/// <summary>Lets the contexts of the modules wait for the embedded database in the same fair row as the feeds, instead of
/// fighting for its lock until one of them gives up.</summary>
internal sealed class OneWriter(SemaphoreSlim writer) : SaveChangesInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor, IDbCommandInterceptor
{
    // longer than any write takes; who waits for itself gets an error instead of nothing
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<DbContext, bool> _holders = new(ReferenceEqualityComparer.Instance);

    private void Enter(DbContext? context)
    {
        if (context is null || _holders.ContainsKey(context)) return;
        if (!writer.Wait(Patience)) throw new TimeoutException("The embedded database is busy.");
        _holders[context] = true;
    }

    private async ValueTask EnterAsync(DbContext? context, CancellationToken cancel)
    {
        if (context is null || _holders.ContainsKey(context)) return;
        if (!await writer.WaitAsync(Patience, cancel)) throw new TimeoutException("The embedded database is busy.");
        _holders[context] = true;
    }

    private void Leave(DbContext? context)
    {
        if (context is not null && _holders.TryRemove(context, out _)) writer.Release();
    }

    // within a transaction the place is kept until its connection is closed
    private void Saved(DbContext? context)
    {
        if (context?.Database.CurrentTransaction is null) Leave(context);
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Enter(eventData.Context);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await EnterAsync(eventData.Context, cancellationToken);
        return result;
    }

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        Enter(eventData.Context);
        return result;
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await EnterAsync(eventData.Context, cancellationToken);
        return result;
    }

    // what changes rows without SaveChanges stands in the same row; its connection is closed when it is done
    private static bool Changes(CommandEventData eventData) => eventData.CommandSource is CommandSource.ExecuteDelete or CommandSource.ExecuteUpdate or CommandSource.ExecuteSqlRaw;

    public InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        if (Changes(eventData)) Enter(eventData.Context);
        return result;
    }

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Changes(eventData)) await EnterAsync(eventData.Context, cancellationToken);
        return result;
    }

    // a transaction that is given up is only disposed of, which no interceptor hears; its connection is closed in every case
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Leave(eventData.Context);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Leave(eventData.Context);
        return Task.CompletedTask;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Saved(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Saved(eventData.Context);
        return new(result);
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => Saved(eventData.Context);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Saved(eventData.Context);
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => Saved(eventData.Context);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Saved(eventData.Context);
        return Task.CompletedTask;
    }
}

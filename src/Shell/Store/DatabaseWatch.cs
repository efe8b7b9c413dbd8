using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace SmartCity.Shell.Store;

/// <summary>Asks PostgreSQL twice a second whether it answers. While it does not, nobody waits for it: questions that are under way are given
/// up, and new ones fail at once. The embedded database is a file, and is not watched.</summary>
internal sealed class DatabaseWatch(CityDatabase database, IHostApplicationLifetime life, ILogger<DatabaseWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500), Patience = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Kind == DatabaseKind.Sqlite) return;
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, ApplicationName = "watch", Timeout = 1, CommandTimeout = 1, CancellationTimeout = 100, KeepAlive = 0, MaxAutoPrepare = 0 }.ConnectionString;
        NpgsqlConnection? connection = null;
        var silent = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (connection is null)
                {
                    connection = new(settings);
                    await connection.OpenAsync(stoppingToken).WaitAsync(Patience, stoppingToken);
                }
                // not by its own timeout: that asks the silent server to cancel, and waits for it
                await connection.Run("SELECT 1", stoppingToken).WaitAsync(Patience, stoppingToken);
                if (database.IsGone) log.LogInformation("The database answers again");
                database.IsBack();
                silent = 0;
                await Task.Delay(Every, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { break; }
            catch (Exception broken)
            {
                _ = connection?.DisposeAsync().AsTask().ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                connection = null;
                // a session that was cut may have been the only one: it is gone when a new one does not answer either
                if (broken is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown } && !database.IsGone) continue;
                // once is a machine that has too much to do, twice on two connections is a server that stands still; a start has too much to do for longer, and would end
                if (broken is TimeoutException && !database.IsGone && ++silent < (life.ApplicationStarted.IsCancellationRequested ? 2 : 20)) continue;
                if (!database.IsGone) log.LogError("The database does not answer; screens go on from memory, and nothing can be written: {Reason}", broken.Message);
                database.Leaves();
                await Task.Delay(Every, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        // one that is still being opened cannot be closed
        if (connection is not null) await connection.DisposeAsync().AsTask().ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}

/// <summary>What is told of a database that cannot do what was asked, and not of a mistake of ours.</summary>
internal static class DatabaseTrouble
{
    /// <summary>True for an error that passes when the database is well again.</summary>
    public static bool Is(Exception? broken)
    {
        for (; broken is not null; broken = broken.InnerException)
            switch (broken)
            {
                // its classes: connection, resources (disk full), operator, system, and a server that starts or is read-only
                case PostgresException p: return p.SqlState is ['0', '8', ..] or ['5', '3' or '7' or '8', ..] or "25006" or "XX000";
                case NpgsqlException: return true;
                // busy, locked, read error, full, cannot be opened
                case SqliteException s: return s.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14;
                case TimeoutException: return true;
            }
        return false;
    }
}

/// <summary>A token that is cancelled with another, or when the database goes: then on a thread of its own, because to give a question up is to ask the
/// silent server to cancel it, which blocks for seconds, and hundreds would wait one behind the other.</summary>
internal sealed class WhileThere : IDisposable
{
    private readonly CancellationTokenSource _either;
    private readonly CancellationTokenRegistration _gone;

    public WhileThere(CancellationToken own, CancellationToken gone)
    {
        _either = CancellationTokenSource.CreateLinkedTokenSource(own);
        _gone = gone.UnsafeRegister(static either => new Thread(static either =>
        {
            // who asked is told by the question that was given up
            try { ((CancellationTokenSource)either!).Cancel(); }
            catch (Exception over) when (over is ObjectDisposedException or AggregateException) { }
        }) { IsBackground = true, Name = "gives up" }.Start(either), _either);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _gone.Dispose();
        _either.Dispose();
    }
}

/// <summary>Gives up what a context has asked of a database when that goes, also what must not be given up when its reader leaves.</summary>
internal sealed class GivenUpWithIt(CityDatabase database) : DbCommandInterceptor
{
    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        using var either = new WhileThere(cancellationToken, database.Gone);
        try { return InterceptionResult<int>.SuppressWithResult(await command.ExecuteNonQueryAsync(either.Token)); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { throw Gone(); }
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        using var either = new WhileThere(cancellationToken, database.Gone);
        try { return InterceptionResult<DbDataReader>.SuppressWithResult(await command.ExecuteReaderAsync(either.Token)); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { throw Gone(); }
    }

    // who asked cancelled nothing: a loop in the background would take it for its own end, or be ended by it
    private static NpgsqlException Gone() => new("The database does not answer.");
}

/// <summary>Lets no context wait for a database that is known to be gone.</summary>
internal sealed class NotWhileGone(CityDatabase database) : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        database.CheckThere();
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        database.CheckThere();
        return new(result);
    }
}

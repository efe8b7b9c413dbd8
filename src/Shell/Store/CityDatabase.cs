using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace SmartCity.Shell.Store;

internal enum DatabaseKind { Sqlite, Postgres }

/// <summary>The one database of this city: SQLite in a file by default, PostgreSQL by the setting <c>Database</c>.</summary>
internal sealed class CityDatabase : ICityDatabase, IAsyncDisposable
{
    /// <summary>Pages and feeds never wait longer for a lock than this.</summary>
    private const int BusySeconds = 5;
    private readonly NpgsqlDataSource? _postgres, _readers, _replica;
    private readonly SemaphoreSlim _writer = new(1, 1);

    public DatabaseKind Kind { get; }
    public string ConnectionString { get; }
    /// <summary>File of the embedded database, or null.</summary>
    public string? File { get; }

    /// <param name="setting">A PostgreSQL connection string (it names a host), or the path of an SQLite file.</param>
    /// <param name="replica">Connection string of a standby that follows the PostgreSQL server, or null.</param>
    /// <exception cref="CannotStartException">It is neither.</exception>
    public CityDatabase(string setting, string? replica = null)
    {
        if (replica is not null && !NamesHost(setting)) throw new CannotStartException("DatabaseReplica is set, and Database is a file: only a PostgreSQL server has a replica.");
        try
        {
            if (setting.Contains("://", StringComparison.Ordinal)) throw new ArgumentException("a url is not understood");
            if (NamesHost(setting))
            {
                Kind = DatabaseKind.Postgres;
                // nothing of ours sets what outlives a question, and a question behind a reset cannot be given up while the server is silent
                // where the network is cut, a question that is given up asks the server to cancel, one after another, and each waits as long as connecting may take
                var asked = new NpgsqlConnectionStringBuilder(setting);
                ConnectionString = new NpgsqlConnectionStringBuilder(setting) { Timezone = "UTC", KeepAlive = 30, MaxAutoPrepare = 40, CancellationTimeout = 500, NoResetOnClose = true, Timeout = Math.Clamp(asked.Timeout, 1, 3) }.ConnectionString;
                _postgres = NpgsqlDataSource.Create(ConnectionString);
                // few, so that questions about the past never use up the server's places
                _readers = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 20, Options = "-c default_transaction_read_only=on" }.ConnectionString);
                if (replica is not null) _replica = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(replica) { Timezone = "UTC", Timeout = 2, KeepAlive = 30, MaxAutoPrepare = 40, CancellationTimeout = 500, MaxPoolSize = 40 }.ConnectionString);
                return;
            }
            var path = setting.Contains("Data Source=", StringComparison.OrdinalIgnoreCase) ? new SqliteConnectionStringBuilder(setting).DataSource : setting;
            File = Path.GetFullPath(path);
            ConnectionString = new SqliteConnectionStringBuilder { DataSource = File, ForeignKeys = true, DefaultTimeout = BusySeconds }.ConnectionString;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            // the setting itself may hold a password and is not repeated
            throw new CannotStartException($"The setting {(replica is null ? "Database" : "Database or DatabaseReplica")} cannot be read ({wrong.Message}). It is the path of a file, or a PostgreSQL connection string such as Host=db;Database=city;Username=city;Password=...", wrong);
        }
    }

    private static bool NamesHost(string setting) =>
        setting.Split(';').Any(part => part.TrimStart().StartsWith("Host=", StringComparison.OrdinalIgnoreCase) || part.TrimStart().StartsWith("Server=", StringComparison.OrdinalIgnoreCase));

    /// <summary>Says in one sentence when the place of the embedded database cannot be written.</summary>
    public void CheckPlace()
    {
        if (File is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            // a name of its own: another host may try the place at the same moment
            using var probe = new FileStream($"{File}.{Guid.NewGuid():N}.probe", FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new CannotStartException($"The database cannot be written to {File}: the folder is read-only or full. Set Database to a file in a folder that this user may write to, or to a PostgreSQL connection string.", refused);
        }
    }

    public void Configure(DbContextOptionsBuilder options, string moduleKey)
    {
        var schema = ModuleTables.Schema(moduleKey);
        // migrations are written by hand, once for both databases, so there is no generated snapshot to compare with
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
        if (Kind == DatabaseKind.Sqlite) options.UseSqlite(ConnectionString, o => o.MigrationsHistoryTable(schema + "___history")).AddInterceptors(Pragmas.Instance, new OneWriter(_writer));
        else options.UseNpgsql(_postgres!, o => o.MigrationsHistoryTable("__history", schema)).AddInterceptors(new NotWhileGone(this), new GivenUpWithIt(this));
    }

    private volatile CancellationTokenSource _gone = new();

    /// <summary>True while PostgreSQL does not answer.</summary>
    public bool IsGone => _gone.IsCancellationRequested;

    /// <summary>Cancelled when PostgreSQL stops answering: what waits for it need not wait any longer.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Fails at once while PostgreSQL does not answer.</summary>
    public void CheckThere()
    {
        if (IsGone) throw new NpgsqlException("The database does not answer.");
    }

    /// <summary>It has stopped answering.</summary>
    public void Leaves()
    {
        if (!IsGone) _gone.Cancel();
    }

    /// <summary>It answers again.</summary>
    public void IsBack()
    {
        if (!IsGone) return;
        // those in the pools are from before
        _postgres?.Clear();
        _readers?.Clear();
        _gone = new();
    }

    /// <summary>An open connection; the embedded database's is set to write-ahead log and full sync.</summary>
    public async Task<DbConnection> Open(CancellationToken cancel)
    {
        CheckThere();
        if (_postgres is not null) return await _postgres.OpenConnectionAsync(cancel);
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancel);
        await Pragmas.Apply(connection, cancel);
        return connection;
    }

    /// <summary>A connection to PostgreSQL that belongs to one task for as long as it lives, outside the pool; what does not answer on it within
    /// three seconds is gone.</summary>
    public async Task<NpgsqlConnection> OpenOwn(string name, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, ApplicationName = name, Timeout = 3, CommandTimeout = 3, CancellationTimeout = 500, KeepAlive = 0, MaxAutoPrepare = 0 }.ConnectionString);
        try { await connection.OpenAsync(cancel); }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        return connection;
    }

    /// <summary>A connection for questions that nobody's work may wait for: it cannot write, and takes no writer's place.</summary>
    public Task<DbConnection> OpenToRead(CancellationToken cancel) => _exporting.Value ? OpenToLookBack(cancel) : OpenReader(cancel);

    private async Task<DbConnection> OpenReader(CancellationToken cancel)
    {
        CheckThere();
        if (_readers is not null) return await _readers.OpenConnectionAsync(cancel);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Mode = SqliteOpenMode.ReadOnly }.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }

    /// <summary>The replica as it is, close or not; null when there is none.</summary>
    public NpgsqlDataSource? Replica => _replica;

    private volatile bool _replicaIsClose;

    /// <summary>True while the replica answers and has nearly everything.</summary>
    public bool ReplicaIsClose { get => _replicaIsClose; set => _replicaIsClose = value; }

    private readonly AsyncLocal<bool> _exporting = new();

    /// <summary>From here on this request makes a file, which may take long and need not have the beat of this second: its questions go to the replica.</summary>
    public void Exports() => _exporting.Value = true;

    /// <summary>A connection for questions about the past: the replica's while it is close, else one to read.</summary>
    public async Task<DbConnection> OpenToLookBack(CancellationToken cancel)
    {
        if (_replica is null || !ReplicaIsClose) return await OpenReader(cancel);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _replica.OpenConnectionAsync(cancel);
            // one out of the pool may be from before the replica went
            await using var there = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 2 };
            await there.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch (Exception gone) when (gone is NpgsqlException or TimeoutException)
        {
            if (connection is not null) await connection.DisposeAsync();
            ReplicaIsClose = false;
            return await OpenReader(cancel);
        }
    }

    /// <summary>Runs a write. The embedded database takes one writer at a time: waiting here is fair, inside it is not.</summary>
    public async Task Write(Func<DbConnection, Task> work, CancellationToken cancel)
    {
        if (Kind == DatabaseKind.Sqlite) await _writer.WaitAsync(cancel);
        try
        {
            await using var connection = await Open(cancel);
            await work(connection);
        }
        finally
        {
            if (Kind == DatabaseKind.Sqlite) _writer.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        if (_postgres is not null) await _postgres.DisposeAsync();
        if (_readers is not null) await _readers.DisposeAsync();
        if (_replica is not null) await _replica.DisposeAsync();
        if (Kind != DatabaseKind.Sqlite) return;
        SqliteConnection.ClearPool(new SqliteConnection(ConnectionString));
        SqliteConnection.ClearPool(new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Mode = SqliteOpenMode.ReadOnly }.ConnectionString));
    }

    private sealed class Pragmas : DbConnectionInterceptor
    {
        public static readonly Pragmas Instance = new();

        public static async Task Apply(DbConnection connection, CancellationToken cancel)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
            await command.ExecuteNonQueryAsync(cancel);
        }

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) => Apply(connection, cancellationToken);
    }
}

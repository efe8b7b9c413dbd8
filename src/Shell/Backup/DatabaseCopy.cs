using System.ComponentModel;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Backup;

/// <summary>Takes a copy of the running city's database at one moment, and puts one in an empty place: on SQLite a compact file, on PostgreSQL
/// a dump of its own programs.</summary>
internal sealed class DatabaseCopy(CityDatabase database)
{
    /// <summary>Copies the database into a file that is not there yet. Returns the rows of every table in the copy.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Take(string file, CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            await using (var connection = await database.OpenToRead(cancel))
            {
                // one moment, while others go on writing
                await using var copy = Sql.Command(connection, null, "VACUUM INTO @file", "file");
                copy.CommandTimeout = 0;
                await copy.Run(cancel, file);
            }
            await using var taken = Plain(file);
            await taken.OpenAsync(cancel);
            return await Rows(taken, cancel);
        }
        await using var postgres = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await postgres.OpenAsync(cancel);
        // the dump and the count see the same moment
        await using var moment = await postgres.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var snapshot = (string)(await postgres.Ask("SELECT pg_export_snapshot()", cancel))!;
        var counting = await Rows(postgres, cancel);
        await Tool("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={snapshot}", .. (await Schemas(postgres, cancel)).Select(s => $"--schema=\"{s}\""), $"--file={file}"], cancel);
        return counting;
    }

    /// <summary>True where nothing stands in the way of a restore.</summary>
    public async Task<bool> IsEmpty(CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite) return !File.Exists(database.File);
        await using var connection = await database.Open(cancel);
        return (await Schemas(connection, cancel)).Count == 0;
    }

    /// <summary>Says so when a host still runs on the database.</summary>
    public async Task CheckAlone(CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            if (!File.Exists(database.File)) return;
            // this program's own connections are no other program's
            SqliteConnection.ClearAllPools();
            try
            {
                await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database.File, Pooling = false, DefaultTimeout = 2 }.ConnectionString);
                await connection.OpenAsync(cancel);
                await connection.Run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK", cancel);
            }
            catch (SqliteException busy) { throw new CannotStartException($"Another program uses {database.File}. Stop the city, then try again. Nothing was changed.", busy); }
            return;
        }
        await using var postgres = await database.Open(cancel);
        if (await postgres.Ask("SELECT string_agg(DISTINCT application_name, ', ') FROM pg_stat_activity WHERE datname = current_database() AND (application_name LIKE 'duty %' OR application_name LIKE 'listens %')", cancel) is string running)
            throw new CannotStartException($"A host of the city still runs on this database ({running}). Stop all of them, then try again. Nothing was changed.");
    }

    /// <summary>Puts what stands there aside, under a name of its own.</summary>
    /// <returns>Where it is now, for the person.</returns>
    public async Task<string> PutAside(string stamp, CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            SqliteConnection.ClearAllPools();
            var aside = $"{database.File}.before-{stamp}";
            foreach (var ending in new[] { "-wal", "-shm", "" }) if (File.Exists(database.File + ending)) File.Move(database.File + ending, aside + ending);
            return aside;
        }
        await using var connection = await database.Open(cancel);
        await using var whole = await connection.BeginTransactionAsync(cancel);
        foreach (var schema in await Schemas(connection, cancel))
        {
            await using var rename = Sql.Command(connection, whole, $"ALTER SCHEMA {Quoted(schema)} RENAME TO {Quoted($"{(schema.Length > 40 ? schema[..40] : schema)}_before_{stamp}")}");
            await rename.Run(cancel);
        }
        await whole.CommitAsync(cancel);
        return $"schemas that end in _before_{stamp}";
    }

    /// <summary>Fills the empty place from a copy. All or nothing.</summary>
    public async Task Put(string file, CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite)
        {
            database.CheckPlace();
            await using (var copy = Plain(file))
            {
                await copy.OpenAsync(cancel);
                if (await copy.Ask("PRAGMA integrity_check", cancel) as string is not "ok") throw new CannotStartException("The database in the backup is damaged, as SQLite's own check says. Nothing was changed.");
            }
            File.Move(file, database.File!);
            return;
        }
        await Tool("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", $"--dbname={new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}", file], cancel);
    }

    /// <summary>Makes the database again what a copy holds, or empty where there is none; what stood there meanwhile goes, the copy stays.</summary>
    public async Task Return(string? file, CancellationToken cancel)
    {
        var stamp = DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        await CheckAlone(cancel);
        await PutAside(stamp, cancel);
        if (file is not null)
        {
            var again = database.File is { } own ? own + ".restoring" : file;
            if (again != file) File.Copy(file, again, overwrite: true);
            await Put(again, cancel);
        }
        if (database.Kind == DatabaseKind.Sqlite)
        {
            foreach (var ending in new[] { "-wal", "-shm", "" }) File.Delete($"{database.File}.before-{stamp}{ending}");
            return;
        }
        await using var connection = await database.Open(cancel);
        foreach (var schema in await connection.Rows($"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '%\\_before\\_{stamp}'", [], r => r.GetString(0), cancel))
            await connection.Run($"DROP SCHEMA {Quoted(schema)} CASCADE", cancel);
    }

    /// <summary>Rows of every table.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Rows(CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        return await Rows(connection, cancel);
    }

    private static SqliteConnection Plain(string file) => new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);

    /// <summary>Rows of every table, <c>schema.table</c> on PostgreSQL; what is in partitions counts once.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> Rows(DbConnection connection, CancellationToken cancel)
    {
        var tables = connection is SqliteConnection ? await connection.Rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", [], r => (Name: r.GetString(0), From: Quoted(r.GetString(0))), cancel)
            : await connection.Rows($"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ({OfCity})", [], r => (Name: $"{r.GetString(0)}.{r.GetString(1)}", From: $"{Quoted(r.GetString(0))}.{Quoted(r.GetString(1))}"), cancel);
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, from) in tables) if (name != "__EFMigrationsLock") rows[name] = await connection.Number($"SELECT count(*) FROM {from}", [], cancel);
        return rows;
    }

    // a module's schema is one with a migration history of ours
    private const string OfCity = "SELECT table_schema FROM information_schema.tables WHERE table_name = '__history' AND table_schema NOT LIKE '%\\_before\\_%'";

    private static async Task<List<string>> Schemas(DbConnection connection, CancellationToken cancel) => await connection.Rows($"SELECT DISTINCT table_schema FROM ({OfCity}) AS of_city ORDER BY 1", [], r => r.GetString(0), cancel);

    public static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    // the database's own programs, told where it is by the environment: a password on a command line is everybody's to read
    private async Task Tool(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        var at = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (name, value) in new[] { ("PGHOST", at.Host), ("PGPORT", at.Port.ToString(CultureInfo.InvariantCulture)), ("PGUSER", at.Username), ("PGPASSWORD", at.Password), ("PGDATABASE", at.Database), ("PGSSLMODE", at.SslMode switch { SslMode.Disable => "disable", SslMode.Require => "require", SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", _ => "prefer" }), ("LC_ALL", "C") })
            if (value is { Length: > 0 }) start.Environment[name] = value;
        Process process;
        try { process = Process.Start(start)!; }
        catch (Win32Exception missing)
        {
            throw new CannotStartException($"{program} is not on this machine. Install PostgreSQL's client programs, as new as the server or newer (Debian: apt-get install postgresql-client), or run this command where they are. Nothing was changed.", missing);
        }
        using (process)
        {
            var (said, _) = (process.StandardError.ReadToEndAsync(cancel), process.StandardOutput.ReadToEndAsync(cancel));
            try { await process.WaitForExitAsync(cancel); }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
            if (process.ExitCode != 0) throw new CannotStartException($"{program} did not succeed, so nothing was changed: {string.Join(" ", (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(5))}");
        }
    }
}

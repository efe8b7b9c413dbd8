using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Packages;

/// <summary>A copy of the city's database, to go back to.</summary>
internal sealed class Backup
{
    private readonly CityDatabase _database;

    private Backup(CityDatabase database, string file) => (_database, File) = (database, file);

    public string File { get; }

    /// <summary>Copies the database into a folder, whole and as of one moment.</summary>
    /// <returns>Null where there is nothing to copy yet.</returns>
    /// <exception cref="CannotStartException">It cannot be copied; the message says why.</exception>
    public static async Task<Backup?> To(CityDatabase database, string folder, CancellationToken cancel = default)
    {
        Directory.CreateDirectory(folder);
        var name = "before-" + DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        if (database.Kind == DatabaseKind.Postgres)
        {
            var dump = new Backup(database, Path.Combine(folder, name + ".dump"));
            await dump.Tool("pg_dump", ["--format=custom", "--file", dump.File], cancel);
            return dump;
        }
        if (!System.IO.File.Exists(database.File)) return null;
        var copy = new Backup(database, Path.Combine(folder, name + ".db"));
        await using var connection = await database.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $file";
        command.Parameters.Add(new SqliteParameter("$file", copy.File));
        await command.ExecuteNonQueryAsync(cancel);
        return copy;
    }

    /// <summary>Puts the database back as it was. Nobody else may have it open.</summary>
    public async Task Return(CancellationToken cancel = default)
    {
        if (_database.Kind == DatabaseKind.Postgres)
        {
            await Tool("pg_restore", ["--clean", "--if-exists", "--single-transaction", "--no-owner", "--dbname", new NpgsqlConnectionStringBuilder(_database.ConnectionString).Database!, File], cancel);
            return;
        }
        SqliteConnection.ClearAllPools();
        foreach (var rest in new[] { "-wal", "-shm" }) System.IO.File.Delete(_database.File + rest);
        System.IO.File.Copy(File, _database.File!, overwrite: true);
    }

    // the password goes by the environment, where no list of processes shows it
    private async Task Tool(string tool, IEnumerable<string> words, CancellationToken cancel)
    {
        var to = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        var start = new ProcessStartInfo(tool, words) { UseShellExecute = false, RedirectStandardError = true, Environment = { ["PGHOST"] = to.Host, ["PGPORT"] = to.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = to.Username, ["PGPASSWORD"] = to.Password, ["PGDATABASE"] = to.Database } };
        try
        {
            using var run = Process.Start(start)!;
            var said = await run.StandardError.ReadToEndAsync(cancel);
            await run.WaitForExitAsync(cancel);
            if (run.ExitCode != 0) throw new CannotStartException($"{tool} did not succeed: {said.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new CannotStartException($"{tool} is needed to copy the PostgreSQL database and was not found. Install PostgreSQL's client programs, of the server's version or newer, and try again.", missing);
        }
    }
}

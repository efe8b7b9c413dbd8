using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace SmartCity.Shell.Store;

/// <summary>Applies the migrations of every module: an explicit step (<c>migrate</c>), and by itself for the embedded database.</summary>
internal sealed class Migrator(CityDatabase database, IEnumerable<ModuleDb> owners, IServiceScopeFactory scopes, ILogger<Migrator> log)
{
    private const long LockKey = 0x534D_4152_5443;

    /// <summary>What is still to be applied, by module.</summary>
    public async Task<IReadOnlyList<(string Module, string Migration)>> Pending(CancellationToken cancel = default)
    {
        var pending = new List<(string, string)>();
        foreach (var owner in owners)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = (DbContext)scope.ServiceProvider.GetRequiredService(owner.Context);
            pending.AddRange((await db.Database.GetPendingMigrationsAsync(cancel)).Select(m => (owner.ModuleKey, m)));
        }
        return pending;
    }

    /// <summary>Applies everything, one process at a time; the others wait and find it done.</summary>
    public async Task Apply(CancellationToken cancel = default)
    {
        await using var one = await Exclusive(cancel);
        await using var connection = await database.Open(cancel);
        foreach (var owner in owners)
        {
            var history = await MakeHistory(connection, ModuleTables.Schema(owner.ModuleKey), cancel);
            // asking EF would build the model of every module at every start
            var applied = (await connection.Rows($"SELECT \"MigrationId\" FROM {history}", [], row => row.GetString(0), cancel)).ToHashSet(StringComparer.Ordinal);
            var pending = Known(owner.Context).Count(m => !applied.Contains(m));
            if (pending == 0) continue;
            await using var scope = scopes.CreateAsyncScope();
            await ((DbContext)scope.ServiceProvider.GetRequiredService(owner.Context)).Database.MigrateAsync(cancel);
            log.LogInformation("Tables of {Module}: {Count} migrations applied", owner.ModuleKey, pending);
        }
    }

    // the migrations of a context, as EF finds them
    private static IEnumerable<string> Known(Type context) =>
        context.Assembly.GetTypes().Where(t => t.GetCustomAttribute<DbContextAttribute>()?.ContextType == context).Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>();

    // EF takes its lock on the history table, which does not exist on the first start: two hosts would race
    public async Task<IAsyncDisposable> Exclusive(CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Postgres)
        {
            var guard = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
            await guard.OpenAsync(cancel);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", guard) { Parameters = { new() { Value = LockKey } }, CommandTimeout = 300 };
            await command.ExecuteNonQueryAsync(cancel);
            return guard;
        }
        database.CheckPlace();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                // the file stays: deleting it on the way out would let a third process lock a new one while a second holds this
                var guard = new FileStream(database.File + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
                await ForgetDeadLock(cancel);
                return guard;
            }
            catch (IOException busy) when (busy is not (FileNotFoundException or DirectoryNotFoundException))
            {
                if (attempt == 300) throw new CannotStartException($"Another process has been migrating {database.File} for a minute. Stop it, then start again.", busy);
                await Task.Delay(200, cancel);
            }
        }
    }

    // a process killed while it migrated leaves EF's lock row behind, and the next start would wait for ever
    private async Task ForgetDeadLock(CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'";
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture) == 0) return;
        command.CommandText = "DELETE FROM \"__EFMigrationsLock\"";
        await command.ExecuteNonQueryAsync(cancel);
    }

    // made beforehand, so that Migrate() does not log an error about a table that is not there yet
    private async Task<string> MakeHistory(DbConnection connection, string schema, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        var columns = "(\"MigrationId\" varchar(150) NOT NULL PRIMARY KEY, \"ProductVersion\" varchar(32) NOT NULL)";
        var (make, table) = database.Kind == DatabaseKind.Postgres ? ($"CREATE SCHEMA IF NOT EXISTS \"{schema}\"; ", $"\"{schema}\".__history") : ("", $"\"{schema}___history\"");
        command.CommandText = $"{make}CREATE TABLE IF NOT EXISTS {table} {columns}";
        await command.ExecuteNonQueryAsync(cancel);
        return table;
    }
}

using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmartCity.Shell;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

/// <summary>Every module that owns tables is found by its registration, so a new one is covered the moment it exists.</summary>
public sealed class MigrationTests
{
    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_empty_database_is_brought_up_to_date_and_a_second_time_changes_nothing(Db kind)
    {
        await using var database = await TestDatabase.Empty(kind);
        Assert.NotEmpty(database.Owners);
        Assert.Equal(database.Owners.Select(o => o.ModuleKey).Order(), (await database.Migrator.Pending(TestDatabase.Cancel)).Select(p => p.Module).Distinct().Order());
        await database.Migrator.Apply(TestDatabase.Cancel);
        Assert.Empty(await database.Migrator.Pending(TestDatabase.Cancel));
        await database.Migrator.Apply(TestDatabase.Cancel);
        // and no warning or error on the way that somebody would have to explain
        Assert.DoesNotContain(database.Log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_migrations_make_what_the_model_says(Db kind)
    {
        await using var migrated = await TestDatabase.Migrated(kind);
        await using var modelled = await TestDatabase.Empty(kind);
        foreach (var owner in modelled.Owners)
        {
            await using var scope = modelled.Services.CreateAsyncScope();
            var db = (DbContext)scope.ServiceProvider.GetRequiredService(owner.Context);
            var schema = ModuleTables.Schema(owner.ModuleKey);
            // EnsureCreated does nothing where a table of any module is there already, so the script is run as it is
            await db.Database.ExecuteSqlRawAsync(db.Database.GenerateCreateScript().Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal), TestDatabase.Cancel);
            await using var one = await migrated.Database.Open(TestDatabase.Cancel);
            await using var other = await modelled.Database.Open(TestDatabase.Cancel);
            var made = await TestDatabase.Shape(one, schema, TestDatabase.Cancel);
            Assert.NotEmpty(made);
            Assert.Equal(await TestDatabase.Shape(other, schema, TestDatabase.Cancel), made);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_drift_between_model_and_migrations_would_be_seen(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await using var connection = await database.Database.Open(TestDatabase.Cancel);
        var before = await TestDatabase.Shape(connection, FeedsDb.Module, TestDatabase.Cancel);
        foreach (var change in new[] { "ALTER TABLE {0} ADD COLUMN extra integer", "CREATE INDEX extra ON {0} (\"Published\")" })
        {
            await using var command = connection.CreateCommand();
            command.CommandText = string.Format(CultureInfo.InvariantCulture, change, kind == Db.Postgres ? "feeds.documents" : "feeds_documents");
            await command.ExecuteNonQueryAsync(TestDatabase.Cancel);
            var after = await TestDatabase.Shape(connection, FeedsDb.Module, TestDatabase.Cancel);
            Assert.NotEqual(before, after);
            before = after;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_database_of_the_previous_version_keeps_its_rows(Db kind)
    {
        await using var database = await TestDatabase.Empty(kind);
        var kept = new Dictionary<string, long>();
        foreach (var owner in database.Owners)
        {
            await using var scope = database.Services.CreateAsyncScope();
            var db = (DbContext)scope.ServiceProvider.GetRequiredService(owner.Context);
            var migrations = db.Database.GetMigrations().ToList();
            // where a module has one migration there is no previous version, only an empty database
            if (migrations.Count < 2) continue;
            await db.GetService<IMigrator>().MigrateAsync(migrations[^2], TestDatabase.Cancel);
            foreach (var table in await Tables(database, owner))
            {
                await Fill(database, table);
                kept[table] = await database.Count(table);
            }
        }
        await database.Migrator.Apply(TestDatabase.Cancel);
        Assert.Empty(await database.Migrator.Pending(TestDatabase.Cancel));
        var now = new List<string>();
        foreach (var owner in database.Owners) now.AddRange(await Tables(database, owner));
        // a table may be dropped by a migration that says so; what is left has its rows
        foreach (var (table, count) in kept.Where(k => now.Contains(k.Key))) Assert.Equal((table, count), (table, await database.Count(table)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_table_of_today_can_be_filled_by_the_test_of_tomorrow(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        foreach (var owner in database.Owners)
            foreach (var table in await Tables(database, owner))
            {
                // a migration may have filled it already: the roles are there from the start
                var before = await database.Count(table);
                await Fill(database, table);
                Assert.Equal(before + 1, await database.Count(table));
            }
    }

    [Fact]
    public async Task Three_hosts_that_start_at_once_on_an_empty_server_migrate_once()
    {
        await using var database = await TestDatabase.Empty(Db.Postgres);
        await using var second = database.Again();
        await using var third = database.Again();
        await Task.WhenAll(new[] { database, second, third }.Select(d => Task.Run(() => d.Migrator.Apply(TestDatabase.Cancel))));
        Assert.Empty(await database.Migrator.Pending(TestDatabase.Cancel));
        var told = new[] { database, second, third }.SelectMany(d => d.Log.Lines).Count(l => l.Text.StartsWith("Tables of feeds:", StringComparison.Ordinal));
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Three_hosts_that_start_at_once_on_an_empty_file_migrate_once()
    {
        await using var database = await TestDatabase.Empty(Db.Sqlite);
        await using var second = database.Again();
        await using var third = database.Again();
        await Task.WhenAll(new[] { database, second, third }.Select(d => Task.Run(() => d.Migrator.Apply(TestDatabase.Cancel))));
        Assert.Equal(1, new[] { database, second, third }.SelectMany(d => d.Log.Lines).Count(l => l.Text.StartsWith("Tables of feeds:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_lock_that_a_killed_migration_left_behind_does_not_hold_up_the_next()
    {
        await using var database = await TestDatabase.Empty(Db.Sqlite);
        await database.Ask("CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)");
        await database.Ask("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01 00:00:00+00:00')");
        await database.Migrator.Apply(TestDatabase.Cancel).WaitAsync(TimeSpan.FromSeconds(30), TestDatabase.Cancel);
        Assert.Empty(await database.Migrator.Pending(TestDatabase.Cancel));
    }

    [Fact]
    public async Task An_embedded_database_comes_up_by_itself()
    {
        await using var database = await TestDatabase.Empty(Db.Sqlite);
        await database.App.Web.StartAsync(TestDatabase.Cancel);
        Assert.Empty(await database.Migrator.Pending(TestDatabase.Cancel));
        Assert.Equal("wal", await database.Ask("PRAGMA journal_mode"));
        Assert.Equal(2L, await database.Ask("PRAGMA synchronous"));
        await database.App.Web.StopAsync(TestDatabase.Cancel);
    }

    [Fact]
    public async Task A_server_that_was_not_migrated_is_refused_and_the_command_migrate_helps()
    {
        await using var database = await TestDatabase.Empty(Db.Postgres);
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => database.App.Web.StartAsync(TestDatabase.Cancel));
        Assert.Matches("^The database needs [0-9]+ migrations? .*feeds.* Back it up, then run this program once with the word migrate.$", refused.Message);

        Assert.Equal(0, await TestDatabase.Put(Path.GetTempPath(), database.Setting, null, "migrate").RunAsync());
        await using var again = database.Again();
        await again.App.Web.StartAsync(TestDatabase.Cancel);
        await again.App.Web.StopAsync(TestDatabase.Cancel);
    }

    private static async Task<IReadOnlyList<string>> Tables(TestDatabase database, ModuleDb owner)
    {
        var schema = ModuleTables.Schema(owner.ModuleKey);
        await using var connection = await database.Database.Open(TestDatabase.Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = connection is SqliteConnection
            ? $"SELECT '\"' || name || '\"' FROM sqlite_master WHERE type = 'table' AND name LIKE '{schema}\\_%' ESCAPE '\\' AND name NOT LIKE '%\\_\\_history' ESCAPE '\\' ORDER BY rowid"
            : $"SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname = '{schema}' AND tablename <> '__history' AND tablename NOT LIKE 'observations\\_%'";
        var tables = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(TestDatabase.Cancel);
        while (await rows.ReadAsync(TestDatabase.Cancel)) tables.Add(rows.GetString(0));
        return tables;
    }

    // one row with something in each column that needs something; parents are not asked for, since old rows have theirs
    private static async Task Fill(TestDatabase database, string table)
    {
        await using var connection = await database.Database.Open(TestDatabase.Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = connection is SqliteConnection ? "PRAGMA foreign_keys=OFF" : "SET session_replication_role = replica";
        await command.ExecuteNonQueryAsync(TestDatabase.Cancel);
        command.CommandText = $"SELECT * FROM {table} WHERE 1 = 0";
        var columns = new List<(string Name, string Value)>();
        await using (var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.KeyInfo | System.Data.CommandBehavior.SchemaOnly, TestDatabase.Cancel))
            foreach (System.Data.DataRow column in reader.GetSchemaTable()!.Rows)
            {
                if (column["AllowDBNull"] is true || column["IsAutoIncrement"] is true || column.Table.Columns.Contains("IsIdentity") && column["IsIdentity"] is true) continue;
                columns.Add(((string)column["ColumnName"], ((Type)column["DataType"]).Name switch
                {
                    nameof(String) => "'1'",
                    "Byte[]" => connection is SqliteConnection ? "x'01'" : "'\\x01'",
                    nameof(Boolean) => "true",
                    nameof(DateTime) or nameof(DateTimeOffset) => "'2026-01-01 00:00:00+00'",
                    nameof(Guid) => "'00000000-0000-0000-0000-000000000001'",
                    _ => "1",
                }));
            }
        command.CommandText = columns.Count == 0 ? $"INSERT INTO {table} DEFAULT VALUES" : $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) VALUES ({string.Join(", ", columns.Select(c => c.Value))})";
        await command.ExecuteNonQueryAsync(TestDatabase.Cancel);
        if (connection is SqliteConnection || connection is NpgsqlConnection)
        {
            command.CommandText = connection is SqliteConnection ? "PRAGMA foreign_keys=ON" : "SET session_replication_role = DEFAULT";
            await command.ExecuteNonQueryAsync(TestDatabase.Cancel);
        }
    }
}

using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Access;

/// <summary>Migrations are written by hand: this says where the tables they make differ from those the model asks for.</summary>
internal static class SchemaDrift
{
    /// <summary>Every column, index and foreign key of a module's tables, one line each, in a fixed order.</summary>
    public static async Task<IReadOnlyList<string>> Describe(DbConnection connection, string moduleKey)
    {
        var schema = ModuleTables.Schema(moduleKey);
        var sql = connection is SqliteConnection
            ? $"""
               SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END || ' key ' || c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\' AND m.name NOT LIKE '%\_\_\_history' ESCAPE '\'
               UNION ALL SELECT 'index ' || m.name || ' (' || (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ') unique ' || i."unique" FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\' AND m.name NOT LIKE '%\_\_\_history' ESCAPE '\'
               UNION ALL SELECT 'reference ' || m.name || '.' || f."from" || ' -> ' || f."table" || ' ' || f.on_delete FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\'
               """
            : $"""
               SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || ' ' || is_nullable || ' ' || is_identity FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name <> '__history'
               UNION ALL SELECT 'index ' || t.relname || ' (' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ') unique ' || i.indisunique FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = '{schema}' AND t.relname <> '__history'
               UNION ALL SELECT 'reference ' || t.relname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = '{schema}' AND c.contype = 'f'
               """;
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>What stands on one side only.</summary>
    public static IReadOnlyList<string> Between(IEnumerable<string> migrated, IEnumerable<string> modelled)
    {
        var (left, right) = (migrated.ToHashSet(StringComparer.Ordinal), modelled.ToHashSet(StringComparer.Ordinal));
        return [.. left.Except(right).Select(l => "only migrated: " + l), .. right.Except(left).Select(r => "only in the model: " + r)];
    }

    /// <summary>Opens a database, makes the module's tables there as its model asks, and describes them.</summary>
    /// <param name="services">A city's services, for the type of the context.</param>
    /// <param name="empty">Connection to an empty database.</param>
    public static async Task<IReadOnlyList<string>> Modelled(IServiceProvider services, ModuleDb module, DbConnection empty)
    {
        await using var scope = services.CreateAsyncScope();
        var db = (DbContext)scope.ServiceProvider.GetRequiredService(module.Context);
        await using var command = empty.CreateCommand();
        command.CommandText = db.Database.GenerateCreateScript().Replace("\nGO", "", StringComparison.Ordinal);
        await command.ExecuteNonQueryAsync();
        return await Describe(empty, module.ModuleKey);
    }
}

public sealed class SchemaDriftTests
{
    [Fact]
    public async Task Every_modules_migrations_make_the_tables_that_its_model_asks_for()
    {
        await using var city = await TestCity.Start();
        await using var migrated = await city.Services.GetRequiredService<CityDatabase>().Open(CancellationToken.None);
        foreach (var module in city.Services.GetServices<ModuleDb>())
        {
            await using var empty = new SqliteConnection("Data Source=:memory:");
            await empty.OpenAsync();
            var lines = await SchemaDrift.Describe(migrated, module.ModuleKey);
            Assert.NotEmpty(lines);
            Assert.Empty(SchemaDrift.Between(lines, await SchemaDrift.Modelled(city.Services, module, empty)));
        }
    }

    [Fact]
    public void A_changed_column_is_drift() => Assert.Equal(2, SchemaDrift.Between(["column a.b TEXT", "column a.c TEXT"], ["column a.b TEXT not null", "column a.c TEXT"]).Count);
}

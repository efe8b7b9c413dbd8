using System.Data.Common;
using System.Globalization;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Packages;

/// <summary>What stands on the database: which migrations it has had, and how many rows each schema holds. Modules that this program
/// does not have are counted too.</summary>
internal sealed class TableState
{
    /// <summary>Rough on purpose; seconds for a migration of an empty table, and rows that an index is built over in a second.</summary>
    public const double SecondsEach = 0.2, RowsEachSecond = 200_000;

    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _applied = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Applied => _applied;

    public long AllRows => _rows.Values.Sum();

    /// <summary>Rows in a module's tables.</summary>
    public long Rows(string schema) => _rows.Where(t => t.Key.StartsWith(schema + "_", StringComparison.Ordinal) || t.Key.StartsWith(schema + ".", StringComparison.Ordinal)).Sum(t => t.Value);

    public static async Task<TableState> Read(CityDatabase database, CancellationToken cancel = default)
    {
        var state = new TableState();
        if (database.Kind == DatabaseKind.Sqlite && !File.Exists(database.File)) return state;
        await using var connection = await database.OpenToRead(cancel);
        var tables = await Texts(connection, database.Kind == DatabaseKind.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\'"
            : "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')", cancel);
        foreach (var table in tables)
        {
            var quoted = string.Join('.', table.Split('.').Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            if (table.EndsWith("__history", StringComparison.Ordinal)) state._applied.UnionWith(await Texts(connection, $"SELECT \"MigrationId\" FROM {quoted}", cancel));
            else state._rows[table] = long.Parse((await Texts(connection, $"SELECT CAST(count(*) AS varchar(20)) FROM {quoted}", cancel))[0], CultureInfo.InvariantCulture);
        }
        return state;
    }

    private static async Task<List<string>> Texts(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var texts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) texts.Add(reader.GetString(0));
        return texts;
    }
}

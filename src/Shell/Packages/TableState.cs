using SmartCity.Shell.Backup;
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
        foreach (var (table, rows) in await DatabaseCopy.Rows(connection, cancel))
            if (table.EndsWith("__history", StringComparison.Ordinal)) state._applied.UnionWith(await connection.Rows($"SELECT \"MigrationId\" FROM {string.Join('.', table.Split('.').Select(DatabaseCopy.Quoted))}", [], r => r.GetString(0), cancel));
            else state._rows[table] = rows;
        return state;
    }
}

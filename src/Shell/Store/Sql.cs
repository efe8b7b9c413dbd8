using System.Data.Common;
using System.Globalization;

namespace SmartCity.Shell.Store;

/// <summary>Statements for both databases, without the weight of a mapper: names quoted, values as parameters only.</summary>
internal static class Sql
{
    /// <summary>A table of the feeds on the running database.</summary>
    public static string T(this CityDatabase database, string table) => database.Kind == DatabaseKind.Postgres ? $"{FeedsDb.Module}.{table}" : $"{FeedsDb.Module}_{table}";

    public static string Q(string column) => $"\"{column}\"";

    /// <summary>Columns quoted, with an alias before them when given.</summary>
    public static string List(IEnumerable<string> columns, string? alias = null) => string.Join(", ", columns.Select(c => alias is null ? Q(c) : $"{alias}.{Q(c)}"));

    public static string Insert(string table, params string[] columns) => $"INSERT INTO {table} ({List(columns)}) VALUES ({string.Join(", ", columns.Select(c => "@" + c))})";

    public static DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var name in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    public static void Set(this DbCommand command, params object?[] values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    public static Task<int> Run(this DbCommand command, CancellationToken cancel, params object?[] values)
    {
        command.Set(values);
        return command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Every row of a question.</summary>
    public static async Task<List<T>> Rows<T>(this DbConnection connection, string sql, (string Name, object? Value)[] parameters, Func<DbDataReader, T> read, CancellationToken cancel)
    {
        await using var command = Command(connection, null, sql, [.. parameters.Select(p => p.Name)]);
        command.Set([.. parameters.Select(p => p.Value)]);
        var found = new List<T>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) found.Add(read(rows));
        return found;
    }

    public static async Task<long> Number(this DbConnection connection, string sql, (string Name, object? Value)[] parameters, CancellationToken cancel)
    {
        await using var command = Command(connection, null, sql, [.. parameters.Select(p => p.Name)]);
        command.Set([.. parameters.Select(p => p.Value)]);
        return await command.ExecuteScalarAsync(cancel) is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Runs one statement without parameters.</summary>
    public static async Task Run(this DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = Command(connection, null, sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The first value of a question's first row; null when there is none.</summary>
    public static async Task<object?> Ask(this DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = Command(connection, null, sql);
        return await command.ExecuteScalarAsync(cancel);
    }

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
    public static double? Double(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
    public static long? Long(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
    public static DateTimeOffset Instant(this DbDataReader row, int column) => At(row.GetInt64(column));
    public static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
    public static long Ms(this DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}

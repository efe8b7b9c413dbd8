using System.Data.Common;
using System.Globalization;
using Npgsql;
using SmartCity.Shell.City;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>On PostgreSQL each month of values is a table of its own, a partition of all values, so that a month that was moved to the archive goes at once and not row by row. What falls into
/// no such month (the far past, what came before there were months) is in a partition for the rest.</summary>
internal sealed class Months(CityDatabase database, CityPack city, ILogger<Months> log)
{
    private const long LockKey = 0x534D_4152_5445;
    private const string Rest = "observations_rest";

    /// <summary>A month in the city's own zone.</summary>
    /// <param name="month">As <c>2026-11</c>.</param>
    public static (DateTimeOffset From, DateTimeOffset To) Span(CityPack city, string month)
    {
        var first = DateTime.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture);
        DateTimeOffset Midnight(DateTime local) => new DateTimeOffset(local, city.Zone.GetUtcOffset(local)).ToUniversalTime();
        return (Midnight(first), Midnight(first.AddMonths(1)));
    }

    private static string Table(string month) => "observations_" + month.Replace('-', '_');

    /// <summary>Makes the months around a time that are not there yet: the one before, for what is filled in afterwards, to two months ahead.
    /// A month of which the rest holds values already stays there.</summary>
    public async Task MakeAhead(DateTimeOffset now, CancellationToken cancel)
    {
        if (database.Kind != DatabaseKind.Postgres) return;
        var first = ((ICity)city).Local(now);
        await using var connection = await database.Open(cancel);
        for (var ahead = -1; ahead <= 2; ahead++)
        {
            var month = first.AddMonths(ahead).ToString("yyyy-MM", CultureInfo.InvariantCulture);
            if (await Exists(connection, month, cancel)) continue;
            var (from, to) = Span(city, month);
            if (await connection.Number($"SELECT count(*) FROM (SELECT 1 FROM {database.T(Rest)} WHERE {Q("ObservedAt")} >= @from AND {Q("ObservedAt")} < @to LIMIT 1) AS one", [("from", from.Ms()), ("to", to.Ms())], cancel) > 0) continue;
            // attached and not made in place: writers of other months need not wait. Whoever holds the rest for longer is not waited for; there is another hour
            await Alone(connection, month, async transaction =>
            {
                if (await Exists(connection, month, cancel)) return;
                var table = database.T(Table(month));
                await using var make = Command(connection, transaction, string.Create(CultureInfo.InvariantCulture,
                    $"CREATE TABLE {table} (LIKE {database.T("observations")} INCLUDING ALL); ALTER TABLE {database.T("observations")} ATTACH PARTITION {table} FOR VALUES FROM ({from.Ms()}) TO ({to.Ms()})"));
                await make.Run(cancel);
            }, cancel);
        }
    }

    /// <summary>Drops a month that has exactly so many values. False when it has others, or stands in no table of its own.</summary>
    /// <param name="month">As <c>2026-11</c>.</param>
    /// <param name="values">How many are known to be kept elsewhere.</param>
    public async Task<bool> Drop(string month, long values, CancellationToken cancel)
    {
        if (database.Kind != DatabaseKind.Postgres) return false;
        await using var connection = await database.Open(cancel);
        if (!await Exists(connection, month, cancel)) return false;
        var count = $"SELECT count(*) FROM {database.T(Table(month))}";
        if (await connection.Number(count, [], cancel) != values) return false;
        var dropped = false;
        await Alone(connection, month, async transaction =>
        {
            await using var hold = Command(connection, transaction, $"LOCK TABLE {database.T(Table(month))} IN ACCESS EXCLUSIVE MODE");
            await hold.Run(cancel);
            if (await connection.Number(count, [], cancel) != values) return;
            await using var drop = Command(connection, transaction, $"DROP TABLE {database.T(Table(month))}");
            await drop.Run(cancel);
            dropped = true;
        }, cancel);
        return dropped;
    }

    private async Task<bool> Exists(DbConnection connection, string month, CancellationToken cancel) => await connection.Ask($"SELECT to_regclass('{database.T(Table(month))}')::text", cancel) is string;

    // one process at a time, and nobody waits long for it
    private async Task Alone(DbConnection connection, string month, Func<DbTransaction, Task> work, CancellationToken cancel)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var one = Command(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock({LockKey})"));
            await one.Run(cancel);
            await work(transaction);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable) { log.LogInformation("The values of {Month} are in use; its table is left for later", month); }
    }
}

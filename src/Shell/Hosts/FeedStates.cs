using System.Data.Common;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Hosts;

/// <summary>How each feed is doing, as the host that asked it last has written it down: what the other hosts tell of it, and what the next one
/// to ask it begins with.</summary>
internal sealed class FeedStates(CityDatabase database)
{
    private static readonly string[] Columns = ["Feed", "LastAttempt", "LastSuccess", "Outcome", "Detail", "Rows", "Took", "Failures", "Fetches", "AsOf", "NothingMeasured", "LeftOut", "NextAttempt", "CallsToday"];

    /// <summary>Writes states down, within a transaction.</summary>
    public async Task Write(DbConnection connection, DbTransaction transaction, IReadOnlyList<FeedHealth> all, CancellationToken cancel)
    {
        await using var upsert = Command(connection, transaction, $"{Insert(database.T("states"), Columns)} ON CONFLICT ({Q("Feed")}) DO UPDATE SET {string.Join(", ", Columns.Skip(1).Select(c => $"{Q(c)} = excluded.{Q(c)}"))}", Columns);
        // in one order everywhere, so that two hosts never wait for each other crosswise
        foreach (var h in all.OrderBy(h => h.Plan.Feed.Key, StringComparer.Ordinal))
            await upsert.Run(cancel, h.Plan.Feed.Key, h.LastAttempt?.Ms(), h.LastSuccess?.Ms(), (short)h.Outcome, h.Detail, h.Rows, (int)h.Took.TotalMilliseconds, h.Failures, h.Fetches, h.AsOf?.Ms(), h.NothingMeasured, h.LeftOut, h.NextAttempt?.Ms(), h.CallsToday);
    }

    /// <summary>The states of all feeds, as changes to what is known of each.</summary>
    public async Task<IReadOnlyDictionary<string, Func<FeedHealth, FeedHealth>>> Read(CancellationToken cancel)
    {
        if (database.Kind == DatabaseKind.Sqlite) return new Dictionary<string, Func<FeedHealth, FeedHealth>>();
        await using var connection = await database.OpenToRead(cancel);
        var rows = await connection.Rows($"SELECT {List(Columns)} FROM {database.T("states")}", [], row =>
        {
            DateTimeOffset? Maybe(int column) => row.Long(column) is { } ms ? At(ms) : null;
            var (attempt, success, outcome, detail, count, took) = (Maybe(1), Maybe(2), (FetchOutcome)row.GetInt16(3), row.Text(4), row.GetInt32(5), TimeSpan.FromMilliseconds(row.GetInt32(6)));
            var (failures, fetches, asOf, nothing, left, next, calls) = (row.GetInt32(7), row.GetInt64(8), Maybe(9), row.GetBoolean(10), row.GetInt32(11), Maybe(12), row.GetInt32(13));
            return (Feed: row.GetString(0), Change: (Func<FeedHealth, FeedHealth>)(h => h with
            {
                LastAttempt = attempt, LastSuccess = success, Outcome = outcome, Detail = detail, Rows = count, Took = took, Failures = failures, Fetches = fetches, AsOf = asOf ?? h.AsOf, NothingMeasured = nothing, LeftOut = left, NextAttempt = next, CallsToday = calls,
            }));
        }, cancel);
        return rows.ToDictionary(r => r.Feed, r => r.Change, StringComparer.Ordinal);
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Feeds;

/// <summary>The database is gone for a while: the screens do not notice, and nothing is lost.</summary>
public sealed class StoreLossTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // the tables of the store are taken away and given back: every write fails, for real, and heals
    private static async Task Sql(FeedBench bench, params string[] statements)
    {
        await using var connection = await bench.Services.GetRequiredService<CityDatabase>().Open(FeedBench.Cancel);
        foreach (var sql in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(FeedBench.Cancel);
        }
    }

    private static readonly string[] Tables = ["observations", "documents", "pictures"];
    private static Task Break(FeedBench bench) => Sql(bench, [.. Tables.Select(t => $"ALTER TABLE feeds_{t} RENAME TO hidden_{t}")]);
    private static Task Mend(FeedBench bench) => Sql(bench, [.. Tables.Select(t => $"ALTER TABLE hidden_{t} RENAME TO feeds_{t}")]);

    [Fact]
    public async Task What_could_not_be_stored_goes_with_a_later_beat_in_order()
    {
        await using var bench = await FeedBench.Start();
        foreach (var feed in FeedBench.Formats) await bench.Beat(feed);
        await Break(bench);
        for (var i = 0; i < 3; i++)
        {
            bench.Clock.Advance(Minute);
            foreach (var feed in FeedBench.Formats)
            {
                var health = await bench.Beat(feed);
                // the source is well and the screen is live, whatever the store does
                Assert.Equal((FetchOutcome.Ok, Freshness.Live), (health.Outcome, bench.State(feed)));
            }
        }
        Assert.Equal(3 * 25 * 6, bench.Book.HealthOf(FeedBench.Air)!.Unstored);
        Assert.Equal(1, bench.Book.HealthOf(FeedBench.Picture)!.Unstored);
        Assert.NotEmpty(await bench.Book.Documents(FeedBench.News, 20, FeedBench.Cancel));
        // the loss of the store is told once for each feed that has something to store
        var errors = bench.Log.Of(LogLevel.Error);
        Assert.Equal(errors.Count, errors.Select(e => e.Split('\'', ';')[0]).Distinct().Count());
        Assert.Contains(errors, e => e.StartsWith("What the feed atmosphere.air brings cannot be stored; it waits in memory", StringComparison.Ordinal));

        await Mend(bench);
        bench.Clock.Advance(Minute);
        foreach (var feed in FeedBench.Formats) Assert.Equal(0, (await bench.Beat(feed)).Unstored);
        var stored = await bench.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel);
        Assert.Equal(5, stored.Select(r => r.ObservedAt).Distinct().Count());
        Assert.Equal(bench.Book.Latest(FeedBench.Air).Values.Values.Where(r => r.Property == "pm10").OrderBy(r => r.Thing), stored.Where(r => r.ObservedAt == stored[^1].ObservedAt).OrderBy(r => r.Thing));
        Assert.Equal(bench.Book.StoredPicture(FeedBench.Picture)!.Hash, (await bench.Store.Picture(FeedBench.Picture, FeedBench.Cancel))!.Hash);
        Assert.Equal(await bench.Book.Documents(FeedBench.News, 20, FeedBench.Cancel), await bench.Store.Records.Documents(FeedBench.News, 20, FeedBench.Cancel));
        Assert.Single(bench.Log.Of(LogLevel.Information), l => l.StartsWith("What the feed atmosphere.air brings is stored again: 450 waited, 0 were given up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_is_stored_also_while_the_source_is_lost()
    {
        await using var bench = await FeedBench.Start();
        await Break(bench);
        await bench.Beat(FeedBench.Air);
        await bench.Simulator.StopAsync();
        await Mend(bench);
        Assert.Equal((FetchOutcome.Unreachable, 0), ((await bench.Beat(FeedBench.Air)).Outcome, bench.Book.HealthOf(FeedBench.Air)!.Unstored));
        Assert.Equal(25, (await bench.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Count);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_up_no_beat()
    {
        await using var bench = await FeedBench.Start();
        await using var hog = await bench.Services.GetRequiredService<CityDatabase>().Open(FeedBench.Cancel);
        await using var transaction = ((SqliteConnection)hog).BeginTransaction();
        // the write waits for the lock; the beat goes on, and the next finds the write under way
        var health = await bench.Beat(FeedBench.Air);
        // the values, and the things they are of
        Assert.Equal((FetchOutcome.Ok, 25 * 6 + 25), (health.Outcome, bench.Book.HealthOf(FeedBench.Air)!.Unstored));
        await transaction.RollbackAsync(FeedBench.Cancel);
        while ((await bench.Beat(FeedBench.Air)).Unstored > 0) await Task.Delay(10, FeedBench.Cancel);
        Assert.Equal(25, (await bench.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Count);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_the_oldest_is_given_up_and_counted()
    {
        await using var bench = await FeedBench.Start();
        await Break(bench);
        var outbox = new Outbox(FeedBench.Air, bench.Store);
        var at = bench.Clock.GetUtcNow();
        Reading Numbered(int n) => new("t", "p", at.AddSeconds(n), at.AddSeconds(n), at, n, Quality.Good);
        outbox.Put([.. Enumerable.Range(0, Outbox.Most).Select(Numbered)]);
        Assert.NotNull(await outbox.Flush());
        outbox.Put([.. Enumerable.Range(Outbox.Most, 10).Select(Numbered)]);
        Assert.Equal((Outbox.Most, 10), (outbox.Waiting, outbox.GivenUp));
        await Mend(bench);
        while (outbox.Waiting > 0) await outbox.Flush();
        Assert.Equal(Enumerable.Range(10, Outbox.Most).Select(n => (double?)n), (await bench.Store.Since(FeedBench.Air, "p", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Select(r => r.Value));
    }
}

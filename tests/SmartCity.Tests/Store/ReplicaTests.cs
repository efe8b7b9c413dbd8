using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

/// <summary>A real standby, by streaming replication: who is asked what, while it follows, while it is behind, and when it is gone.</summary>
public sealed class ReplicaTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 20, 3, 0, 0, TimeSpan.Zero);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<bool> IsStandby(Task<DbConnection> opened)
    {
        await using var connection = await opened;
        return await connection.Ask("SELECT pg_is_in_recovery()", Cancel) is true;
    }

    private static async Task<bool> IsStandbyForExports(CityDatabase database)
    {
        database.Exports();
        return await IsStandby(database.OpenToRead(Cancel));
    }

    private static async Task Until(Func<Task<bool>> so)
    {
        for (var i = 0; i < 300 && !await so(); i++) await Task.Delay(50, Cancel);
        Assert.True(await so());
    }

    [Fact]
    public async Task Exports_and_the_past_are_asked_of_the_replica_for_as_long_as_it_is_close_and_nothing_else_is()
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        await using var standby = await Postgres.Follow();
        if (standby is null) Assert.Skip("The server is not one of our own, so none follows it.");
        await standby.Start(database.Setting);
        await using var app = TestDatabase.Put(Path.GetTempPath(), database.Setting, null, $"--DatabaseReplica={standby.Of(database.Setting)}").Web;
        var (city, store) = (app.Services.GetRequiredService<CityDatabase>(), app.Services.GetRequiredService<ReadingStore>());
        Assert.Contains(app.Services.GetServices<IHostedService>(), s => s is ReplicaWatch);
        // nobody has looked at it yet
        Assert.False(await IsStandby(city.OpenToLookBack(Cancel)));
        await store.Add("test.feed", [new("a", "pm10", Noon, Noon.AddMinutes(1), Noon.AddMinutes(2), 7, Quality.Good)], Cancel);
        using var watch = new ReplicaWatch(city, NullLogger<ReplicaWatch>.Instance) { Limit = TimeSpan.FromSeconds(30) };
        await watch.StartAsync(Cancel);
        await Until(() => Task.FromResult(city.ReplicaIsClose));
        Assert.True(await IsStandby(city.OpenToLookBack(Cancel)));
        Assert.True(await IsStandbyForExports(city));
        // what is shown now, and what is written, is asked of the main one
        Assert.False(await IsStandby(city.OpenToRead(Cancel)));
        Assert.False(await IsStandby(city.Open(Cancel)));
        await Until(async () => (await store.HoursAt("test.feed", "pm10", null, Noon, Noon.AddHours(1), Noon.AddDays(1), Cancel)).Count == 1);
        Assert.Equal(7, Assert.Single(await store.Since("test.feed", "pm10", Noon, Noon.AddDays(1), Cancel)).Value);

        // behind: it has heard nothing for longer than it may
        using var strict = new ReplicaWatch(city, NullLogger<ReplicaWatch>.Instance) { Limit = TimeSpan.FromMilliseconds(1) };
        await Postgres.Run(standby.Of(database.Setting), "SELECT pg_wal_replay_pause()");
        await Task.Delay(50, Cancel);
        Assert.Contains("has heard nothing for", await strict.Trouble(Cancel), StringComparison.Ordinal);

        // gone: the question is answered all the same, by the main one
        await watch.StopAsync(Cancel);
        city.ReplicaIsClose = true;
        await standby.DisposeAsync();
        Assert.Single(await store.HoursAt("test.feed", "pm10", null, Noon, Noon.AddHours(1), Noon.AddDays(1), Cancel));
        Assert.False(city.ReplicaIsClose);
        Assert.Contains("does not answer", await strict.Trouble(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_follows_nobody_is_not_taken_for_a_replica()
    {
        await using var database = await TestDatabase.Empty(Db.Postgres);
        await using var city = new CityDatabase(database.Setting, database.Setting);
        using var watch = new ReplicaWatch(city, NullLogger<ReplicaWatch>.Instance);
        Assert.Contains("follows nobody", await watch.Trouble(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_no_replica() => Assert.Contains("only a PostgreSQL server has a replica", Assert.Throws<CannotStartException>(() => new CityDatabase("city.db", "Host=replica;Database=city")).Message, StringComparison.Ordinal);
}

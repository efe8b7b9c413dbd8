using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.DisasterSafety;
using SmartCity.Tests.Store;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>What people do is kept the same on SQLite and on PostgreSQL, also when several do it at once.</summary>
public sealed class BothDatabasesTests
{
    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static async Task<T> With<T>(TestDatabase database, Func<Deeds, Task<T>> deed)
    {
        database.Services.GetRequiredService<IHttpContextAccessor>().HttpContext =
            new DefaultHttpContext { User = new(new ClaimsIdentity([new(ClaimTypes.Name, "kim"), new(ClaimTypes.Role, Roles.Mayor)], "test")), RequestServices = database.Services };
        await using var scope = database.Services.CreateAsyncScope();
        return await deed(scope.ServiceProvider.GetRequiredService<Deeds>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_order_and_an_emergency_live_and_end_once(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var incident = Made.Incident(Made.Run("D1"));
        var dbs = database.Services.GetRequiredService<IDbContextFactory<DisasterDb>>();
        await using var db = await dbs.CreateDbContextAsync(TestDatabase.Cancel);

        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => With(database, d => d.Do(incident, Act.Closure, "", "out", TestDatabase.Cancel)))))).Count(done => done));
        var act = await db.Acts.AsNoTracking().SingleAsync(TestDatabase.Cancel);
        var closed = incident with { Acts = [act] };
        Assert.True(await With(database, d => d.Undo(closed, act.Id, TestDatabase.Cancel)));
        Assert.False(await With(database, d => d.Undo(closed, act.Id, TestDatabase.Cancel)));

        await With(database, async d =>
        {
            await d.Order(incident, "post", "do it", DateTimeOffset.UtcNow.AddMinutes(5), TestDatabase.Cancel);
            return true;
        });
        var order = await db.Orders.AsNoTracking().SingleAsync(TestDatabase.Cancel);
        Assert.True(await With(database, d => d.Complete(incident, order.Id, "done", TestDatabase.Cancel)));
        Assert.False(await With(database, d => d.Withdraw(incident, order.Id, TestDatabase.Cancel)));
        order = await db.Orders.AsNoTracking().SingleAsync(TestDatabase.Cancel);
        // who carries out has heard
        Assert.Equal(("kim", "kim", "done", null), (order.AcknowledgedBy, order.DoneBy, order.Result, order.WithdrawnBy));
        Assert.Equal("done", order.StateAt(DateTimeOffset.UtcNow.AddHours(1)));

        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => With(database, d => d.Declare(incident, [("c1", "Camera 1")], "smoke", DateTimeOffset.UtcNow.AddHours(1), TestDatabase.Cancel)))))).Count(done => done));
        await db.Emergencies.ExecuteUpdateAsync(s => s.SetProperty(e => e.Until, 1L), TestDatabase.Cancel);
        var watch = database.Services.GetRequiredService<Watch>();
        // two hosts look at once: one of them writes the end down
        Assert.Equal(1, (await Task.WhenAll(watch.EndWhatIsOver(TestDatabase.Cancel), watch.EndWhatIsOver(TestDatabase.Cancel))).Sum());
        Assert.Null((await db.Emergencies.AsNoTracking().SingleAsync(TestDatabase.Cancel)).EndedBy);
    }
}

using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Tests.Store;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Favourites and releases are kept the same on SQLite and on PostgreSQL, also when two do it at once.</summary>
public sealed class BothDatabasesTests
{
    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static readonly Camera Camera = new("c1", Text.Same("Camera 1"), null, null, null, CameraKind.Still, Text.Same("owner"), TrafficModule.OfficialCameras, null);

    private static async Task<T> As<T>(TestDatabase database, string person, Func<CameraLedger, Task<T>> deed)
    {
        database.Services.GetRequiredService<IHttpContextAccessor>().HttpContext =
            new DefaultHttpContext { User = new(new ClaimsIdentity([new(ClaimTypes.Name, person), new(ClaimTypes.Role, Roles.Mayor)], "test")), RequestServices = database.Services };
        await using var scope = database.Services.CreateAsyncScope();
        return await deed(scope.ServiceProvider.GetRequiredService<CameraLedger>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Favourites_are_a_persons_own_once_each_and_bounded(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => As(database, "kim", l => l.Favour("c1", true, TestDatabase.Cancel))))), Assert.True);
        Assert.Equal(["c1"], await As(database, "kim", l => l.Favourites(TestDatabase.Cancel)));
        Assert.Empty(await As(database, "lee", l => l.Favourites(TestDatabase.Cancel)));
        for (var i = 2; i <= CameraLedger.Most; i++) Assert.True(await As(database, "kim", l => l.Favour("c" + i, true, TestDatabase.Cancel)));
        Assert.False(await As(database, "kim", l => l.Favour("one-more", true, TestDatabase.Cancel)));
        Assert.True(await As(database, "kim", l => l.Favour("c1", false, TestDatabase.Cancel)));
        Assert.True(await As(database, "kim", l => l.Favour("c1", false, TestDatabase.Cancel)));
        Assert.Equal(CameraLedger.Most - 1, (await As(database, "kim", l => l.Favourites(TestDatabase.Cancel))).Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_last_decision_about_a_camera_holds_until_its_time(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var releases = database.Services.GetRequiredService<Releases>();
        var until = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeMilliseconds());
        Task<bool> Decide(bool open, DateTimeOffset? end) => As(database, "kim", async l =>
        {
            await l.Decide(Camera, open, end, "flood nearby", TestDatabase.Cancel);
            return true;
        });
        await Decide(false, null);
        await Decide(true, until);
        var held = releases.Of("c1", DateTimeOffset.UtcNow);
        Assert.Equal((true, until, "kim", "flood nearby"), (held!.Open, held.UntilAt, held.Person, held.Why));
        // another host reads the same
        await releases.Read(TestDatabase.Cancel);
        Assert.Equal(until, releases.Of("c1", until.AddMilliseconds(-1))!.UntilAt);
        Assert.Null(releases.Of("c1", until));
        Assert.Null(releases.Of("c2", DateTimeOffset.UtcNow));
    }
}

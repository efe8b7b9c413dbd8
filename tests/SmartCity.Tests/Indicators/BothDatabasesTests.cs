using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Indicators;
using SmartCity.Tests.Store;

namespace SmartCity.Tests.Indicators;

/// <summary>What is written is the same on SQLite and on PostgreSQL, also when several write at once.</summary>
public sealed class BothDatabasesTests
{
    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static async Task<TestDatabase> Ready(Db kind)
    {
        var database = await TestDatabase.Migrated(kind);
        await database.Services.GetRequiredService<Book>().StartAsync(TestDatabase.Cancel);
        return database;
    }

    private static void SignIn(TestDatabase database) => database.Services.GetRequiredService<IHttpContextAccessor>().HttpContext =
        new DefaultHttpContext { User = new(new ClaimsIdentity([new(ClaimTypes.Name, "kim"), new(ClaimTypes.Role, Roles.Official)], "test")), RequestServices = database.Services };

    private static async Task<T> With<T>(TestDatabase database, Func<Ledger, Task<T>> deed)
    {
        await using var scope = database.Services.CreateAsyncScope();
        return await deed(scope.ServiceProvider.GetRequiredService<Ledger>());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Of_eight_who_correct_a_value_at_once_one_does(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        var was = (await book.Now(TestDatabase.Cancel)).Find("ghg")!.Latest!;
        var stored = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => With(database, l => l.Store(new("ghg", "", was.Period, was.Value!.Value + i, was.Value, "at once"), TestDatabase.Cancel)))));
        Assert.Equal(1, stored.Count(s => s));
        book.Forget();
        Assert.Equal(1, (await book.Now(TestDatabase.Cancel)).Find("ghg")!.Latest!.Versions);
        Assert.Equal(1, await database.Count(kind == Db.Postgres ? "indicators.versions" : "indicators_versions"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_import_is_stored_whole_and_taken_back_whole(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        var before = (await book.Now(TestDatabase.Cancel)).Find("open-data")!;
        var rows = before.City.TakeLast(3).Select(o => new Change("open-data", "", o.Period, o.Value + 1, o.Value, "recount")).Append(new("open-data", "11110", before.Latest!.Period, 300, null, "")).ToList();
        var id = await With(database, l => l.Keep("a.xlsx", rows, TestDatabase.Cancel));
        Assert.Empty(await With(database, l => l.Confirm(id, TestDatabase.Cancel)));
        var after = (await book.Now(TestDatabase.Cancel)).Find("open-data")!;
        Assert.Equal(before.Latest.Value + 1, after.Latest!.Value);
        Assert.Equal(300, after.ValueAt(after.Latest.Period, "11110"));
        Assert.Empty(await With(database, l => l.Undo(id, "undone", TestDatabase.Cancel)));
        after = (await book.Now(TestDatabase.Cancel)).Find("open-data")!;
        Assert.Equal(before.Latest.Value, after.Latest!.Value);
        Assert.Null(after.ValueAt(after.Latest.Period, "11110"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_visitor_in_two_tabs_guesses_once_and_downloads_of_two_hosts_add_up(Db kind)
    {
        await using var database = await Ready(kind);
        var guesses = database.Services.GetRequiredService<Guesses>();
        var puzzle = Puzzle.Of((await database.Services.GetRequiredService<Book>().Now(TestDatabase.Cancel)).Find("smoking")!)!;
        var token = Guesses.NewToken();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => guesses.Keep(puzzle, token, [i, i, i], TestDatabase.Cancel))));
        Assert.Equal(1, await database.Count(kind == Db.Postgres ? "indicators.guesses" : "indicators_guesses"));
        Assert.NotNull(await guesses.Mine(puzzle, token, TestDatabase.Cancel));

        await using var second = database.Again();
        foreach (var host in new[] { database, second, database })
        {
            var downloads = host.Services.GetRequiredService<Downloads>();
            downloads.Count("/data/x.y.csv");
            await downloads.Save(TestDatabase.Cancel);
        }
        await using var db = await database.Services.GetRequiredService<IDbContextFactory<IndicatorsDb>>().CreateDbContextAsync(TestDatabase.Cancel);
        var counted = await db.Downloads.SingleAsync(TestDatabase.Cancel);
        Assert.Equal(("x.y", "csv", 3L), (counted.Dataset, counted.Format, counted.Count));
    }

    [Theory]
    [InlineData("/data/a.b.csv", true)]
    [InlineData("/data/a.b.xlsx", true)]
    [InlineData("/data/a", false)]
    [InlineData("/ko/data/a.b", false)]
    [InlineData("/data/.csv", false)]
    [InlineData("/data/a.b.", false)]
    [InlineData("/data/a.b/../c.csv", true)]
    public void Only_files_of_datasets_are_counted(string path, bool counted) => Assert.Equal(counted, Downloads.Named(path) is not null);
}

using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Tests.Store;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>What is written is the same on SQLite and on PostgreSQL, also when several write at once.</summary>
public sealed class ProjectStorageTests
{
    public static TheoryData<Db> Kinds_ => TestDatabase.Kinds;

    private static async Task<TestDatabase> Ready(Db kind)
    {
        var database = await TestDatabase.Migrated(kind);
        await database.Services.GetRequiredService<Book>().StartAsync(TestDatabase.Cancel);
        return database;
    }

    private static void SignIn(TestDatabase database) => database.Services.GetRequiredService<IHttpContextAccessor>().HttpContext =
        new DefaultHttpContext { User = new(new ClaimsIdentity([new(ClaimTypes.Name, "kim"), new(ClaimTypes.Role, Roles.DepartmentHead), new("department", "regeneration")], "test")), RequestServices = database.Services };

    private static async Task<T> With<T>(TestDatabase database, Func<Ledger, Task<T>> deed)
    {
        await using var scope = database.Services.CreateAsyncScope();
        return await deed(scope.ServiceProvider.GetRequiredService<Ledger>());
    }

    [Theory, MemberData(nameof(Kinds_))]
    public async Task Of_eight_who_report_at_once_one_does_and_the_old_value_is_kept(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        const string Project = "euljiro-workshops";
        var last = (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Progress[^1];
        var (subject, was) = (Kinds.Write(last.Day), Kinds.Write(last.Percent));
        var overtaken = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => With(database, l => l.Write(Project, [new(Kinds.Progress, subject, Kinds.Write(last.Percent + i), was)], "at once", TestDatabase.Cancel)))));
        Assert.Equal(1, overtaken.Count(o => o is null));
        Assert.Equal(1, await database.Count(kind == Db.Postgres ? "urban_projects.entries" : "urban_projects_entries"));
        book.Forget();
        var dossier = (await book.Now(TestDatabase.Cancel)).Find(Project)!;
        Assert.NotEqual(last.Percent, dossier.Working.Percent);
        Assert.Equal(last.Percent, dossier.Public!.Percent);
        // another host of the city sees it too
        await using var second = database.Again();
        await second.Services.GetRequiredService<Book>().StartAsync(TestDatabase.Cancel);
        Assert.Equal(dossier.Working.Percent, (await second.Services.GetRequiredService<Book>().Now(TestDatabase.Cancel)).Find(Project)!.Working.Percent);
    }

    [Theory, MemberData(nameof(Kinds_))]
    public async Task Several_changes_are_written_as_one_or_not_at_all(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        const string Project = "sewoon-green-axis";
        var works = (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Milestones[0];
        Change[] both = [new(Kinds.Milestone, works.Key + "/planned", "2022-11-01", Kinds.Write(works.Planned)), new(Kinds.Milestone, works.Key + "/actual", "2022-12-01", "1999-01-01")];
        Assert.Equal(both[1], await With(database, l => l.Write(Project, both, "half of it is old", TestDatabase.Cancel)));
        book.Forget();
        Assert.Equal(works, (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Milestones[0]);
        both[1] = both[1] with { Was = Kinds.Write(works.Actual) };
        Assert.Null(await With(database, l => l.Write(Project, both, "both", TestDatabase.Cancel)));
        Assert.Equal((new(2022, 11, 1), new DateOnly(2022, 12, 1)), ((await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Milestones[0].Planned, (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Milestones[0].Actual!.Value));
    }

    [Theory, MemberData(nameof(Kinds_))]
    public async Task Editions_are_numbered_once_each_and_the_last_one_holds(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        const string Project = "changdong-station-quarter";
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => With(database, l => l.Publish(Project, new HashSet<Field> { Field.Summary }, false, "at once", TestDatabase.Cancel)))));
        Assert.Contains(true, made);
        book.Forget();
        var dossier = (await book.Now(TestDatabase.Cancel)).Find(Project)!;
        Assert.Equal(made.Count(m => m), dossier.Edition!.Number);
        Assert.Equal([Field.Summary], dossier.Public!.Open);
        Assert.True(await With(database, l => l.Publish(Project, new HashSet<Field>(), true, "closed", TestDatabase.Cancel)));
        Assert.Null((await book.Now(TestDatabase.Cancel)).Find(Project)!.Public);
    }

    [Theory, MemberData(nameof(Kinds_))]
    public async Task A_project_by_form_is_kept_once_yields_to_the_pack_and_is_taken_back_only_unpublished(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        var model = (await book.Now(TestDatabase.Cancel)).Find("euljiro-workshops")!.Working;
        string Stated(string key) => $$"""{"key": "{{key}}", "name": {"ko": "새", "en": "New"}, "department": "regeneration", "start": "2026-01-01", "end": "2026-12-31"}""";
        async Task<bool> Define(string key) => await With(database, l => l.Define(model with { Key = key }, Stated(key), TestDatabase.Cancel));
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Define("by-form"))));
        Assert.Equal(1, made.Count(m => m));
        var dossier = (await book.Now(TestDatabase.Cancel)).Find("by-form")!;
        Assert.Equal((true, null, 1), (dossier.ByForm, dossier.Public, dossier.Unpublished));
        Assert.Null(await With(database, l => l.Write("by-form", [new(Kinds.Progress, "2026-02-01", "5", null)], "over it", TestDatabase.Cancel)));
        // another host of the city sees it too
        await using (var second = database.Again())
        {
            await second.Services.GetRequiredService<Book>().StartAsync(TestDatabase.Cancel);
            Assert.Equal(5, (await second.Services.GetRequiredService<Book>().Now(TestDatabase.Cancel)).Find("by-form")!.Working.Percent);
        }
        // the pack's own of the same key wins, and somebody is told
        Assert.True(await Define("euljiro-workshops"));
        var register = await book.Now(TestDatabase.Cancel);
        Assert.Equal((false, model.Name), (register.Find("euljiro-workshops")!.ByForm, register.Find("euljiro-workshops")!.Working.Name));
        Assert.Equal([("euljiro-workshops", "urban-projects.wrong.inpack")], register.LeftOut.Select(l => (l.Key, l.Wrong.Word)));

        Assert.True(await Define("by-form-too"));
        Assert.True(await With(database, l => l.TakeBack("by-form-too", "a mistake", TestDatabase.Cancel)));
        Assert.Null((await book.Now(TestDatabase.Cancel)).Find("by-form-too"));
        Assert.False(await Define("by-form-too"));
        Assert.True(await With(database, l => l.Publish("by-form", new HashSet<Field> { Field.Summary }, false, "ready", TestDatabase.Cancel)));
        Assert.False(await With(database, l => l.TakeBack("by-form", "too late", TestDatabase.Cancel)));
        Assert.NotNull((await book.Now(TestDatabase.Cancel)).Find("by-form")!.Public);
    }

    [Theory, MemberData(nameof(Kinds_))]
    public async Task What_is_long_is_kept_whole_and_two_who_would_close_a_circle_at_once_do_not(Db kind)
    {
        await using var database = await Ready(kind);
        SignIn(database);
        var book = database.Services.GetRequiredService<Book>();
        const string Project = "euljiro-workshops";
        var stated = (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working;
        var people = Kinds.Write([.. Enumerable.Range(1, 20).Select(n => new Official(Text.Of($"{n}번째로 긴 직함을 가진 사람", "A person whose post has a long name, number " + n), null, "02-0000-0000"))]);
        Assert.True(people!.Length > 1000);
        Assert.Null(await With(database, l => l.Write(Project, [new(Kinds.Fact, "people", people, Kinds.Write(stated.People))], "many", TestDatabase.Cancel)));
        book.Forget();
        Assert.Equal(people, Kinds.Write((await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.People));
        // two milestones that wait for nothing: each may wait for the other, both may not
        await With(database, l => l.Write(Project, [.. new[] { "one", "two" }.SelectMany(k => new Change[] { new(Kinds.Milestone, k + "/stands", Kinds.Stands, null), new(Kinds.Milestone, k + "/planned", "2027-01-01", null) })], "two", TestDatabase.Cancel));
        var answers = await Task.WhenAll(new[] { ("one", "two"), ("two", "one") }.Select(p => Task.Run(() => With(database, l => l.Write(Project, [new(Kinds.Milestone, p.Item1 + "/after", p.Item2, null)], "at once", TestDatabase.Cancel)))));
        Assert.Equal(1, answers.Count(a => a is null));
        book.Forget();
        Assert.Equal(1, (await book.Now(TestDatabase.Cancel)).Find(Project)!.Working.Milestones.Where(m => m.Key is "one" or "two").Sum(m => m.After.Count));
    }
}

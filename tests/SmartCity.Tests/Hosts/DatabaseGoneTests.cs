using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;
using SmartCity.Tests.Access;
using SmartCity.Tests.Store;

namespace SmartCity.Tests.Hosts;

/// <summary>The database goes away, or stands still with all its connections open: readers see what is known and how old it is, writers are
/// told at once, and nobody has to start anything again.</summary>
public sealed partial class DatabaseGoneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Screens_stand_and_writers_are_told_while_the_database_is_away(bool frozen)
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        var there = new NpgsqlConnectionStringBuilder(database.Setting);
        await using var wire = new Relay(there.Host!, there.Port);
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules), $"--Database={new NpgsqlConnectionStringBuilder(database.Setting) { Host = "127.0.0.1", Port = wire.Port }.ConnectionString}", "--Hosts:Name=only", "--Logging:LogLevel:Default=None");
        using var anyone = city.Client();
        using var chief = await city.Client(Roles.Administrator);
        string[] pages = ["/ko", "/en", "/en/feeds", "/en/map", "/ko/indicators", "/en/urban-projects", "/en/disaster-safety", "/en/data"];
        foreach (var page in pages) Assert.Equal((page, HttpStatusCode.OK), (page, await anyone.Status(page)));
        await TestCity.Until(() => HostsOfACity.Ready(city.Address).GetAwaiter().GetResult() == "ready: only asks the sources", "the city is ready", 90);
        var token = (await chief.Open("/en/feeds")).Token();

        for (var round = 0; round < 2; round++)
        {
            if (frozen) wire.Freeze();
            else wire.Cut();
            var gone = city.Services.GetRequiredService<CityDatabase>();
            var left = Stopwatch.StartNew();
            await TestCity.Until(() => gone.IsGone, "it is noticed");
            TestContext.Current.TestOutputHelper?.WriteLine($"noticed after {left.Elapsed.TotalSeconds:0.00} s");
            foreach (var page in pages)
            {
                var asked = Stopwatch.StartNew();
                using var answer = await anyone.GetAsync(page, Cancel);
                Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
                TestContext.Current.TestOutputHelper?.WriteLine($"{page} after {asked.Elapsed.TotalSeconds:0.00} s");
            }
            // every tile says what it said last
            Assert.DoesNotContain("Cannot be shown", await anyone.GetStringAsync("/en", Cancel), StringComparison.Ordinal);
            // a page that asks the database is the last one, and says so; those from memory are made anew
            Assert.Contains("The database does not answer. This page is as it was at 20", await anyone.GetStringAsync("/en/disaster-safety", Cancel), StringComparison.Ordinal);
            Assert.DoesNotContain("does not answer", await anyone.GetStringAsync("/en/feeds", Cancel), StringComparison.Ordinal);
            // who writes is told, in words
            using (var refused = await chief.PostAsync("/en/feeds/desk?handler=Import", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Yaml", "feed: x")]), Cancel))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.Equal("5", refused.Headers.RetryAfter!.ToString());
                Assert.Contains("Nothing was changed by what you sent", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            }
            using (var stranger = await anyone.PostAsync("/ko/sign-in", new FormUrlEncodedContent([new("name", "n"), new("password", "p")]), Cancel)) Assert.Equal(HttpStatusCode.ServiceUnavailable, stranger.StatusCode);
            // who is signed in goes on looking; nobody asks the sources; the host stays in its balancer
            Assert.Equal(HttpStatusCode.OK, await chief.Status("/en/feeds"));
            await TestCity.Until(() => !HostsOfACity.Duty(city).IsMine, "the sources are left alone");
            Assert.Equal("ready: only shows what it knows; the database does not answer", await HostsOfACity.Ready(city.Address));

            if (frozen) wire.Thaw();
            else wire.Mend();
            var since = Stopwatch.StartNew();
            await TestCity.Until(() => !gone.IsGone, "it is back");
            TestContext.Current.TestOutputHelper?.WriteLine($"back after {since.Elapsed.TotalSeconds:0.0} s");
            foreach (var page in pages) Assert.DoesNotContain("does not answer", await anyone.GetStringAsync(page, Cancel), StringComparison.Ordinal);
            await TestCity.Until(() => HostsOfACity.Duty(city).IsMine, "the sources are asked again");
            using var written = await chief.PostAsync("/en/feeds/desk?handler=Import", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Yaml", "feed: x")]), Cancel);
            Assert.NotEqual(HttpStatusCode.ServiceUnavailable, written.StatusCode);
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("frozen")]
    [InlineData("stranded")]
    public async Task Who_writes_at_the_very_moment_it_goes_is_told(string how)
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        var there = new NpgsqlConnectionStringBuilder(database.Setting);
        await using var wire = new Relay(there.Host!, there.Port);
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules), $"--Database={new NpgsqlConnectionStringBuilder(database.Setting) { Host = "127.0.0.1", Port = wire.Port }.ConnectionString}", "--Hosts:Name=only", "--Logging:LogLevel:Default=None");
        using var head = await city.Client(Roles.DepartmentHead);
        var incident = "";
        await TestCity.Until(() => (incident = Incident().Match(head.GetStringAsync("/en/disaster-safety", Cancel).GetAwaiter().GetResult()).Groups[1].Value).Length > 0, "an incident", 90);
        var token = (await head.Open(incident)).Token();
        Task<HttpResponseMessage> Note(string text) => head.PostAsync(incident + "?handler=Note", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("note", text)]), Cancel);
        using (var taken = await Note("before")) Assert.Equal(HttpStatusCode.Found, taken.StatusCode);

        var notes = new List<Task<HttpResponseMessage>>();
        for (var n = 0; n < 12; n++)
        {
            notes.Add(Note("at the moment"));
            if (n == 2)
            {
                if (how == "cut") wire.Cut();
                else if (how == "frozen") wire.Freeze();
                else wire.Strand();
            }
        }
        // what was under way is given up when the database is; only the first question of a transaction waits for its own limit of 30 s
        await TestCity.Until(() => notes.TrueForAll(n => n.IsCompleted), "every writer has an answer", 90);
        foreach (var note in notes)
        {
            using var answer = await note;
            Assert.True(answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.ServiceUnavailable, answer.StatusCode.ToString());
        }
        if (how == "frozen") wire.Thaw();
        else wire.Mend();
        // nothing in the background took the giving up for its own end
        var left = Stopwatch.StartNew();
        while (true)
        {
            using var after = await Note("after");
            if (after.StatusCode == HttpStatusCode.Found) break;
            Assert.True(after.StatusCode == HttpStatusCode.ServiceUnavailable && left.Elapsed < TimeSpan.FromSeconds(30), after.StatusCode.ToString());
            await Task.Delay(100, Cancel);
        }
        Assert.Contains(notes, n => n.Result.StatusCode == HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public void Questions_are_given_up_beside_each_other()
    {
        using var gone = new CancellationTokenSource();
        using var own = new CancellationTokenSource();
        WhileThere[] asked = [new(own.Token, gone.Token), new(own.Token, gone.Token), new(own.Token, gone.Token)];
        // each waits for the others, as a question waits for the server that it asks to cancel
        using var all = new Barrier(asked.Length + 1);
        foreach (var one in asked) one.Token.Register(() => all.SignalAndWait(TimeSpan.FromSeconds(30), CancellationToken.None));
        gone.Cancel();
        Assert.True(all.SignalAndWait(TimeSpan.FromSeconds(30), Cancel));
        Assert.All(asked, one => Assert.True(one.Token.IsCancellationRequested));
        foreach (var one in asked) one.Dispose();
        Assert.False(own.IsCancellationRequested);
    }

    [GeneratedRegex("href=\"(/en/disaster-safety/incidents/[^\"?]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Incident();

    [Theory]
    [InlineData("53100", true)]
    [InlineData("57P01", true)]
    [InlineData("08006", true)]
    [InlineData("23505", false)]
    [InlineData("42P01", false)]
    public void Trouble_of_the_database_is_told_from_mistakes_of_ours(string state, bool trouble) =>
        Assert.Equal(trouble, DatabaseTrouble.Is(new InvalidOperationException("outer", new PostgresException("m", "ERROR", "ERROR", state))));
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Access;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Hosts;
using SmartCity.Shell.Live;
using SmartCity.Shell.Store;
using SmartCity.Tests.Access;
using SmartCity.Tests.Feeds.Desk;
using SmartCity.Tests.Store;
using static SmartCity.Tests.Hosts.HostsOfACity;

namespace SmartCity.Tests.Hosts;

/// <summary>One city on several hosts: one asks, all tell the same, and none can be played off against another.</summary>
public sealed class ManyHostsTests
{
    private const string Air = "atmosphere.air";

    private static void Few(CityChoices city) => city.Modules([new SmartCity.Atmosphere.AtmosphereModule()]);

    [Fact]
    public async Task One_host_asks_and_the_others_tell_what_it_has_brought()
    {
        await using var hosts = await HostsOfACity.Start(3, Few);
        await hosts.Asking.UntilFed();
        var asking = Book(hosts.Asking);
        var before = asking.HealthOf(Air)!.Fetches;
        await TestCity.Until(() => asking.HealthOf(Air)!.Fetches > before + 1, "two more beats have passed", 60);
        foreach (var host in hosts.Cities.Where(c => c != hosts.Asking))
        {
            await TestCity.Until(() => Book(host).Health.All(h => h.Outcome is FetchOutcome.Ok or FetchOutcome.Empty), "the follower knows how every feed is doing", 60);
            await TestCity.Until(() => Same(asking, Book(host)), "the follower has what the asking host has", 60);
            Assert.Equal($"ready: {Duty(host).Name} follows {Duty(hosts.Asking).Name}", await Ready(host.Address));
            using var chief = await host.Client(Roles.Administrator);
            Assert.Contains($"This is the host {Duty(host).Name}; the sources are asked by {Duty(hosts.Asking).Name}.", await chief.GetStringAsync("/en/feeds", Cancel), StringComparison.Ordinal);
            Assert.DoesNotContain(Duty(host).Name, await new HttpClient { BaseAddress = host.Address }.GetStringAsync("/en/feeds", Cancel), StringComparison.Ordinal);
        }
        Assert.Equal($"ready: {Duty(hosts.Asking).Name} asks the sources", await Ready(hosts.Asking.Address));

        // a beat asks each source once, however many hosts there are: nobody but the one has asked
        var picture = asking.Plans.First(p => p.Feed.Key == "atmosphere.air-picture");
        var (fetches, requests) = (asking.HealthOf(picture.Feed.Key)!.Fetches, hosts.A.Simulator.RequestCount("air-picture"));
        Assert.InRange(requests, fetches, fetches + 2);
        foreach (var host in hosts.Cities) Assert.Equal(asking.HealthOf(picture.Feed.Key)!.Fetches, Book(host).HealthOf(picture.Feed.Key)!.Fetches, 1.0);
    }

    private static bool Same(FeedBook one, FeedBook other) => one.Plans.All(p =>
    {
        var (mine, theirs) = (one.Latest(p.Feed.Key), other.Latest(p.Feed.Key));
        return mine.Values.Count == theirs.Values.Count && mine.Values.All(v => theirs.Values.TryGetValue(v.Key, out var told) && told.Value == v.Value.Value && told.ObservedAt.ToUnixTimeMilliseconds() == v.Value.ObservedAt.ToUnixTimeMilliseconds())
            && one.Events(p.Feed.Key).Select(e => (e.Id, e.Version, e.Status)).SequenceEqual(other.Events(p.Feed.Key).Select(e => (e.Id, e.Version, e.Status)))
            && one.Picture(p.Feed.Key)?.Url == other.Picture(p.Feed.Key)?.Url;
    });

    [Fact]
    public async Task A_host_whose_session_is_cut_stops_asking_and_one_host_goes_on()
    {
        await using var hosts = await HostsOfACity.Start(2, Few);
        await hosts.Asking.UntilFed();
        for (var round = 0; round < 2; round++)
        {
            var (asked, fetches) = (hosts.Asking, Book(hosts.Asking).HealthOf(Air)!.Fetches);
            using var two = new CancellationTokenSource();
            // never two at a time, whoever comes next
            var watch = Task.Run(async () =>
            {
                while (!two.IsCancellationRequested)
                {
                    if (hosts.Cities.All(c => Duty(c).IsMine)) return false;
                    await Task.Delay(1);
                }
                return true;
            }, Cancel);
            await hosts.Cut("duty", asked);
            await TestCity.Until(() => !Duty(asked).IsMine, "the host has lost its turn");
            await TestCity.Until(() => hosts.Cities.Any(c => Duty(c).IsMine), "a host has the turn again");
            await TestCity.Until(() => hosts.Cities.All(c => Book(c).HealthOf(Air)!.Fetches > fetches), "the feed goes on, on every host", 60);
            await two.CancelAsync();
            Assert.True(await watch);
        }
    }

    [Fact]
    public async Task A_host_that_hangs_or_dies_is_relieved_within_two_beats()
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        await using var simulator = SmartCity.Simulator.CitySimulator.Load(Repository.Path("cities", "seoul"), "http://127.0.0.1:0");
        await simulator.StartAsync();
        var folder = Directory.CreateTempSubdirectory("smartcity-hosts-").FullName;
        var children = new List<Process>();
        try
        {
            var (first, address) = await Child(database.Setting, "first", simulator.Address, folder);
            children.Add(first);
            await TestCity.Until(() => Ready(address).GetAwaiter().GetResult() == "ready: first asks the sources", "the first host asks", 90);
            var (second, other) = await Child(database.Setting, "second", simulator.Address, folder);
            children.Add(second);
            await TestCity.Until(() => Ready(other).GetAwaiter().GetResult() == "ready: second follows first", "the second host follows", 90);

            await Blow("STOP", first, "the second host asks", other, "ready: second asks the sources");
            var requests = simulator.RequestCount("air-picture");
            await TestCity.Until(() => simulator.RequestCount("air-picture") > requests, "the source is asked again", 60);
            // the one that hung wakes up, sees that its time is over, and follows
            await Blow("CONT", first, "the first host follows", address, "ready: first follows second");
            Assert.Equal("ready: second asks the sources", await Ready(other));
            await Blow("KILL", second, "the first host asks again", address, "ready: first asks the sources");
        }
        finally
        {
            foreach (var child in children)
            {
                if (!child.HasExited) child.Kill();
                await child.WaitForExitAsync(CancellationToken.None);
                child.Dispose();
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Blow(string signal, Process process, string what, Uri address, string ready)
    {
        var since = Stopwatch.StartNew();
        using (var blow = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])) await blow.WaitForExitAsync(Cancel);
        await TestCity.Until(() => Ready(address).GetAwaiter().GetResult() == ready, what, 60);
        TestContext.Current.TestOutputHelper?.WriteLine($"{signal}: {what} after {since.Elapsed.TotalSeconds:0.0} s");
    }

    [Fact]
    public async Task What_a_person_changes_on_one_host_is_told_on_all_and_read_again_after_a_cut()
    {
        await using var hosts = await HostsOfACity.Start(2, _ => { }, $"--Secrets:sensors={DeskCity.Secret}");
        // a feed that is approved at one host's desk lives on both
        await Approve(hosts.A, DeskPageTests.Push);
        await TestCity.Until(() => hosts.Cities.All(c => Book(c).HealthOf("city.sensors") is not null), "the feed lives on both hosts");

        // what is sent to one is on the other, once, whichever is asked twice
        using var one = hosts.A.Client();
        using var other = hosts.B.Client();
        var at = DateTimeOffset.UtcNow;
        Assert.Equal(HttpStatusCode.OK, await Push(one, 12.5, at, at));
        await TestCity.Until(() => Level(hosts.B) == 12.5, "the other host has the value");
        Assert.Equal(HttpStatusCode.Unauthorized, await Push(other, 12.5, at, at));
        // and the other way round; the hour counts both
        Assert.Equal(HttpStatusCode.OK, await Push(other, 14.5, at.AddSeconds(1), at.AddSeconds(1)));
        await TestCity.Until(() => Level(hosts.A) == 14.5, "the value goes the other way as well");
        var hours = await hosts.A.Services.GetRequiredService<ReadingStore>().Hours("city.sensors", "level", null, at.AddHours(-2), at.AddHours(2), Cancel);
        Assert.Equal((2, 27.0), (hours.Sum(h => h.Count), hours.Sum(h => h.Sum)));

        // a signal of a module, or of a person's deed, is heard by listeners and by open pages
        var heard = 0;
        using var listening = hosts.B.Services.GetRequiredService<ISignals>().Listen("test.topic", _ => { Interlocked.Increment(ref heard); return Task.CompletedTask; });
        hosts.A.Signal("test.topic");
        await TestCity.Until(() => heard > 0, "the signal has crossed");

        // nobody listens for a second: what was said meanwhile is read again
        await hosts.Cut("listens", hosts.B);
        await TestCity.Until(() => !Notes(hosts.B).Listens, "the listening is cut");
        var before = heard;
        Assert.Equal(HttpStatusCode.OK, await Push(one, 16.5, at.AddSeconds(2), at.AddSeconds(2)));
        hosts.A.Signal("test.topic");
        await TestCity.Until(() => Notes(hosts.B).Listens && Level(hosts.B) == 16.5 && heard > before, "the other host has caught up");
    }

    private static double? Level(TestCity city) => Book(city).Latest("city.sensors").Value("A", "level");

    private static async Task Approve(TestCity city, string yaml)
    {
        await using var scope = city.Services.CreateAsyncScope();
        var desk = scope.ServiceProvider.GetRequiredService<FeedDesk>();
        var (draft, problems) = await desk.Save(yaml, "for the test", Cancel);
        Assert.Empty(problems);
        Assert.Null(await desk.Approve(draft!.Feed, draft.Number, "for the test", (await desk.Find(draft.Feed, Cancel))!.Revision, Cancel));
    }

    // on a busy machine a value may not be stored in time: whoever sends is told to sign and send it again, and does
    private static async Task<HttpStatusCode> Push(HttpClient client, double level, DateTimeOffset observed, DateTimeOffset signed)
    {
        for (var attempt = 0; ; attempt++)
            if (await PushOnce(client, level, observed, signed.AddSeconds(10 * attempt)) is var said && (said != HttpStatusCode.ServiceUnavailable || attempt == 5)) return said;
    }

    private static async Task<HttpStatusCode> PushOnce(HttpClient client, double level, DateTimeOffset observed, DateTimeOffset signed)
    {
        var body = DeskCity.Bytes(string.Create(CultureInfo.InvariantCulture, $$"""[{"id":"A","at":"{{observed:O}}","level":{{level}}}]"""));
        var seconds = signed.ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/feeds/inbox/city.sensors") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(Inbox.Header, $"t={seconds.ToString(CultureInfo.InvariantCulture)},v1={Convert.ToHexStringLower(Inbox.Sign(DeskCity.Secret, seconds, body))}");
        using var answer = await client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    [Fact]
    public async Task Who_signs_in_on_one_host_goes_on_on_another_and_is_signed_out_on_all()
    {
        await using var hosts = await HostsOfACity.Start(2, _ => { });
        using var browser = new CookieBrowser();
        using (var used = await browser.At(hosts.A).Send(await hosts.A.LinkFor(Roles.Administrator), null)) Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        Assert.NotNull(await browser.At(hosts.A).Who());
        Assert.NotNull(await browser.At(hosts.B).Who());
        // a form that one host gave out is taken by the other
        var token = (await browser.At(hosts.A).Open("/en/feeds")).Token();
        using (var sent = await browser.At(hosts.B).PostAsync("/en/feeds/desk?handler=Import", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Yaml", DeskPageTests.Push.Replace("push: { secret: sensors }", "push: { secret: sample }", StringComparison.Ordinal))]), Cancel))
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);

        // the cookie is kept, as a thief would; the sign-out on B ends it on A
        var kept = browser.Copy();
        using (var gone = await browser.At(hosts.B).Send("/en/sign-out", null)) Assert.Equal(HttpStatusCode.Found, gone.StatusCode);
        await TestCity.Until(() => kept.At(hosts.A).Who().GetAwaiter().GetResult() is null && kept.At(hosts.B).Who().GetAwaiter().GetResult() is null, "the session has ended on both hosts");
        kept.Dispose();
    }

    [Fact]
    public async Task What_opens_once_opens_once_among_all_hosts_and_wrong_tries_count_together()
    {
        await using var hosts = await HostsOfACity.Start(2, _ => { });
        var (one, other) = (hosts.A.Services.GetRequiredService<Once>(), hosts.B.Services.GetRequiredService<Once>());
        var person = Guid.NewGuid();
        Assert.True(await one.FirstCode(person, "123456"));
        Assert.False(await other.FirstCode(person, "123456"));
        Assert.True(await other.FirstCode(Guid.NewGuid(), "123456"));
        var shown = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : other).First("the same", TimeSpan.FromMinutes(1))));
        Assert.Single(shown, s => s);

        var (here, there) = (hosts.A.Services.GetRequiredService<Throttle>(), hosts.B.Services.GetRequiredService<Throttle>());
        for (var i = 0; i < Throttle.Free; i++) Assert.True(await (i % 2 == 0 ? here : there).Begin("a:NAME", "ip:192.0.2.1"));
        Assert.False(await here.Begin("a:NAME"));
        Assert.False(await there.Begin("a:NAME"));
        Assert.True(await there.Begin("a:OTHER"));
        // an account starts afresh, an address loses one
        await there.Forgive("a:NAME", "ip:192.0.2.1");
        Assert.True(await here.Begin("a:NAME"));
        Assert.Equal(0L, await Count(hosts, "SELECT count(*) FROM access.tries WHERE \"Key\" LIKE '%NAME%' OR \"Key\" LIKE '%192%'"));
        // many at one moment, on both: no more begin than one host would let
        var begun = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => (i % 2 == 0 ? here : there).Begin("a:FLOOD")));
        Assert.Equal(Throttle.Free, begun.Count(b => b));
        // one key of a first start, however many hosts
        Assert.Equal(1L, await Count(hosts, "SELECT count(*) FROM access.protection_keys"));
    }

    private static async Task<long> Count(HostsOfACity hosts, string sql)
    {
        await using var connection = await hosts.A.Services.GetRequiredService<CityDatabase>().Open(Cancel);
        return await connection.Number(sql, [], Cancel);
    }

    [Fact]
    public void Notes_are_short_enough_and_lose_no_topic()
    {
        var topics = Enumerable.Range(0, 2_000).Select(i => $"+module-{i}.피드-{i}").ToList();
        var notes = HostNotes.Notes("0123456789abcdef0123456789abcdef", topics).ToList();
        Assert.All(notes, n => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(n), 33, 7_999));
        Assert.Equal(topics, notes.SelectMany(n => n.Split('\n')[1..]));
        Assert.Empty(HostNotes.Notes("me", []));
    }

    [Fact]
    public async Task A_stream_that_comes_from_another_host_gets_everything_anew()
    {
        await using var hosts = await HostsOfACity.Start(2, _ => { });
        var (one, other) = (hosts.A.Services.GetRequiredService<LiveParts>(), hosts.B.Services.GetRequiredService<LiveParts>());
        Assert.True(one.Knows(one.Sequence));
        Assert.False(one.Knows(other.Sequence));
        Assert.False(other.Knows(one.Sequence));
    }

    // a browser that reaches now this host and now that, as behind a balancer
    private sealed class CookieBrowser : IDisposable
    {
        private readonly CookieContainer _cookies = new();
        private readonly List<HttpClient> _clients = [];

        // cookies belong to a name without a port: both hosts are one address to a browser
        public HttpClient At(TestCity city)
        {
            var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All, CookieContainer = _cookies }) { BaseAddress = city.Address };
            _clients.Add(client);
            return client;
        }

        public CookieBrowser Copy()
        {
            var copy = new CookieBrowser();
            copy._cookies.Add(_cookies.GetAllCookies());
            return copy;
        }

        public void Dispose() => _clients.ForEach(c => c.Dispose());
    }
}

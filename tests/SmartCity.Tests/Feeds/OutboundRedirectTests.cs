using System.Globalization;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>A source that sends on: nobody is followed, except one step for a feed that names it, and never further in.</summary>
public sealed class OutboundRedirectTests
{
    private static Func<System.Net.Sockets.NetworkStream, string, CancellationToken, Task> To(string where, int status = 302) =>
        StubSource.Raw([$"HTTP/1.1 {status} Moved", $"Location: {where}", "Content-Length: 0", "Connection: close"], []);

    private static Task<Answer> Follow(SourceClient client, Uri from, IReadOnlyDictionary<string, string>? headers = null) =>
        client.Get(new(from.ToString(), TimeSpan.FromSeconds(60)) { Redirects = 1, Headers = headers ?? new Dictionary<string, string>() }, FeedBench.Cancel);

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task One_step_is_taken_by_a_feed_that_names_it_and_none_by_another(int status)
    {
        await using var target = new StubSource { Answer = StubSource.Ok("application/json", "{}") };
        await using var source = new StubSource { Answer = To(target.Address + "rows", status) };
        using var client = Sources.Client(source.Address, target.Address);
        var answer = await client.Ask(source.Address.ToString());
        Assert.Equal((FetchOutcome.BadRequest, $"HTTP {status}, sends on to {target.Address.ToString().TrimEnd('/')}"), (answer.Outcome, answer.Detail));
        Assert.Equal(0, target.Requests);
        Assert.Equal(FetchOutcome.Ok, (await Follow(client, source.Address)).Outcome);
        Assert.StartsWith("GET /rows HTTP/1.1", target.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:PORT/", FetchOutcome.Blocked, "hop 1, http://127.0.0.1:PORT: an internal address may not be used")]
    [InlineData("http://localhost:PORT/", FetchOutcome.Blocked, "hop 1, http://localhost:PORT: an internal address may not be used")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/", FetchOutcome.Blocked, "an internal address may not be used")]
    [InlineData("//0x7f.1:PORT/", FetchOutcome.Blocked, "an internal address may not be used")]
    [InlineData("http://169.254.169.254/latest/", FetchOutcome.Blocked, "hop 1, http://169.254.169.254: an internal address may not be used")]
    [InlineData("file:///etc/passwd", FetchOutcome.BadAddress, "hop 1, file://: this is no address")]
    [InlineData("gopher://127.0.0.1:PORT/_FLUSHALL", FetchOutcome.BadAddress, "hop 1, gopher://127.0.0.1:PORT: this is no address")]
    [InlineData("ftp://127.0.0.1:PORT/", FetchOutcome.BadAddress, "hop 1, ftp://127.0.0.1:PORT: this is no address")]
    [InlineData("https://good.kr@127.0.0.1:PORT/", FetchOutcome.BadAddress, "user name")]
    [InlineData("/\\127.0.0.1:PORT/", FetchOutcome.BadAddress, "backslash")]
    [InlineData("https://good.kr:6379/", FetchOutcome.BadAddress, "hop 1, https://good.kr:6379: the operator has not agreed to the port 6379")]
    public async Task A_step_is_checked_like_a_first_address_and_the_error_names_it(string where, FetchOutcome outcome, string detail)
    {
        await using var door = new Doorstep();
        string Here(string text) => text.Replace("PORT", door.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await using var source = new StubSource { Answer = To(Here(where)) };
        using var client = Sources.Client(source.Address);
        var answer = await Follow(client, source.Address);
        Assert.Equal(outcome, answer.Outcome);
        Assert.Contains(Here(detail), answer.Detail, StringComparison.Ordinal);
        Assert.StartsWith("hop 1, ", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(1, source.Requests);
        Assert.Equal(0, await door.Visits());
    }

    [Fact]
    public async Task A_step_to_a_name_is_checked_where_it_leads()
    {
        await using var source = new StubSource { Answer = To("http://inner.kr/") };
        var named = new AllowList(Sources.Agreed(source.Address).Inside, new HashSet<string> { "inner.kr:80" });
        using var client = new SourceClient(named, new(named, (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Parse("10.0.0.7") })));
        var answer = await Follow(client, source.Address);
        Assert.Equal(FetchOutcome.Blocked, answer.Outcome);
        Assert.StartsWith("hop 1, http://inner.kr: an internal address may not be used: inner.kr is 10.0.0.7", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loop_of_fifty_steps_ends_at_the_second()
    {
        await using var source = new StubSource();
        source.Answer = (stream, request, stop) => To(source.Address + "again")(stream, request, stop);
        using var client = Sources.Client(source.Address);
        var answer = await Follow(client, source.Address);
        Assert.Equal((FetchOutcome.BadRequest, "hop 1, another path: HTTP 302, sends on to another path", 2), (answer.Outcome, answer.Detail, source.Requests));
        Assert.Equal(FetchOutcome.BadRequest, (await client.Ask(source.Address.ToString())).Outcome);
        Assert.Equal(3, source.Requests);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.Get(new(source.Address.ToString(), TimeSpan.FromSeconds(5)) { Redirects = 2 }, FeedBench.Cancel));
    }

    [Theory]
    [InlineData("https://good.kr/a", "http://plain.kr/b", false)]
    [InlineData("https://good.kr/a", "https://other.kr/b", true)]
    [InlineData("https://good.kr/a", "//other.kr/b", true)]
    [InlineData("https://good.kr/a", "b?c=d", true)]
    [InlineData("http://plain.kr/a", "https://good.kr/b", true)]
    [InlineData("http://plain.kr/a", "http://plain.kr/b", true)]
    public void A_step_is_never_to_a_worse_scheme(string at, string to, bool taken)
    {
        var (address, wrong) = new AddressRule(new AllowList(Sources.Nothing, new HashSet<string> { "plain.kr:80" })).Step(new(at), new(to, UriKind.RelativeOrAbsolute));
        Assert.Equal(taken, address is not null);
        if (!taken) Assert.Equal((FetchOutcome.BadAddress, "it leads from https to http"), (wrong!.Outcome, wrong.Reason.In("en")));
    }

    [Fact]
    public async Task A_header_of_the_feed_reaches_its_source_and_no_other()
    {
        await using var other = new StubSource { Answer = StubSource.Ok("application/json", "{}") };
        await using var source = new StubSource { Answer = To(other.Address.ToString()) };
        using var client = Sources.Client(source.Address, other.Address);
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer 4711-4711", ["X-Api-Key"] = "4712-4712" };
        Assert.Equal(FetchOutcome.Ok, (await Follow(client, source.Address, headers)).Outcome);
        Assert.Contains("Authorization: Bearer 4711-4711\r\n", source.LastRequest, StringComparison.Ordinal);
        Assert.Contains("X-Api-Key: 4712-4712\r\n", source.LastRequest, StringComparison.Ordinal);
        Assert.DoesNotContain("471", other.LastRequest, StringComparison.Ordinal);
        // within the source it goes along
        source.Answer = (stream, request, stop) => (request.StartsWith("GET /there", StringComparison.Ordinal) ? StubSource.Ok("application/json", "{}") : To("/there"))(stream, request, stop);
        Assert.Equal(FetchOutcome.Ok, (await Follow(client, source.Address, headers)).Outcome);
        Assert.Contains("GET /there", source.LastRequest, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer 4711-4711\r\n", source.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "evil.kr")]
    [InlineData("Cookie", "a=b")]
    [InlineData("Content-Length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Accept-Encoding", "br")]
    [InlineData("Proxy-Authorization", "Basic 1234")]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("Bad Name", "x")]
    [InlineData("X-Key\r\nHost", "x")]
    [InlineData("", "x")]
    [InlineData("X-Key", "a\r\nHost: evil.kr")]
    [InlineData("X-Key", "열쇠")]
    [InlineData("X-Key", "")]
    public async Task A_header_that_would_change_the_message_is_not_sent(string name, string value)
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", "{}") };
        using var client = Sources.Client(source.Address);
        var answer = await Follow(client, source.Address, new Dictionary<string, string> { [name] = value });
        Assert.Equal((FetchOutcome.BadRequest, 0), (answer.Outcome, source.Requests));
        Assert.Contains("cannot be sent", answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FeedBench.Air)]
    [InlineData(FeedBench.News)]
    [InlineData(FeedBench.Picture)]
    public async Task A_feed_of_each_format_names_its_header_its_step_and_its_size(string feed)
    {
        await using var source = new StubSource();
        source.Answer = (stream, request, stop) => (request.StartsWith("GET /there", StringComparison.Ordinal) ? StubSource.Raw(["HTTP/1.1 200 OK", $"Content-Length: {6 * 1024 * 1024}", "Connection: close"], new byte[6 * 1024 * 1024]) : To("/there"))(stream, request, stop);
        await using var bench = await FeedBench.Start();
        bench.Redirect(feed, source.Address);
        Assert.Equal(FetchOutcome.BadRequest, (await bench.Beat(feed)).Outcome);
        var descriptor = bench.Plan(feed).Descriptor;
        (descriptor.Redirects, descriptor.Headers) = (1, new() { ["Authorization"] = "Bearer {secret:plaza}" });
        Assert.Equal(FetchOutcome.TooLarge, (await bench.Beat(feed)).Outcome);
        Assert.Contains($"Authorization: Bearer {FeedBench.Secret}\r\n", source.LastRequest, StringComparison.Ordinal);
        descriptor.MaxMegabytes = 7;
        // read whole, and then no data
        Assert.Equal(FetchOutcome.Unparsable, (await bench.Beat(feed)).Outcome);
    }

    [Fact]
    public async Task A_cookie_is_forgotten_and_the_machine_s_own_traces_are_not_told()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", "{}", "Set-Cookie: id=4711; Path=/") };
        using var client = Sources.Client(source.Address);
        using var activity = new System.Diagnostics.Activity("request").SetIdFormat(System.Diagnostics.ActivityIdFormat.W3C).Start();
        await client.Ask(source.Address.ToString());
        await client.Ask(source.Address.ToString());
        Assert.Equal(["Accept-Encoding", "Host", "User-Agent"], source.LastRequest.Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("Accept-Encoding: gzip\r\n", source.LastRequest, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>What can be wrong below the data: connections, lengths, compression, redirects, and bodies made to hurt.</summary>
public sealed class TransportTests
{
    private static readonly string Rows = string.Join(",", Enumerable.Range(0, 20).Select(i => $$"""{"id":"{{i}}"}"""));

    private static async Task<FeedHealth> Fetch(Func<StubSource, Func<NetworkStream, string, CancellationToken, Task>> answer, string feed = FeedBench.Air, TimeSpan? timeout = null)
    {
        await using var source = new StubSource();
        source.Answer = answer(source);
        await using var bench = await FeedBench.Start();
        bench.Redirect(feed, source.Address);
        bench.Change(feed, p => p with { Timeout = timeout ?? TimeSpan.FromSeconds(5) });
        var health = await bench.Beat(feed);
        Assert.Same(Snapshot.None, bench.Book.Latest(feed));
        Assert.Null(bench.Book.Picture(feed));
        return health;
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unreachable()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var bench = await FeedBench.Start();
        bench.Redirect(FeedBench.Air, new($"http://127.0.0.1:{port}"));
        var health = await bench.Beat(FeedBench.Air);
        Assert.Equal((FetchOutcome.Unreachable, "nobody answers at this address"), (health.Outcome, health.Detail));
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_unreachable()
    {
        using var client = Sources.Client();
        var answer = await client.Get("https://name.that.does.not.exist.invalid/rows", TimeSpan.FromSeconds(5), null, FeedBench.Cancel);
        Assert.Equal(FetchOutcome.Unreachable, answer.Outcome);
    }

    [Fact]
    public async Task A_source_that_takes_the_connection_and_says_nothing_is_cut() =>
        Assert.Equal(FetchOutcome.TimedOut, (await Fetch(_ => (_, _, stop) => Task.Delay(Timeout.Infinite, stop), timeout: TimeSpan.FromMilliseconds(200))).Outcome);

    [Fact]
    public async Task A_byte_now_and_then_does_not_prolong_the_time_of_an_attempt()
    {
        var health = await Fetch(_ => async (stream, request, stop) =>
        {
            await StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 100000"], [])(stream, request, stop);
            while (true) { await stream.WriteAsync(" "u8.ToArray(), stop); await Task.Delay(20, stop); }
        }, timeout: TimeSpan.FromMilliseconds(400));
        Assert.Equal((FetchOutcome.TimedOut, "no complete answer within 0.4 s"), (health.Outcome, health.Detail));
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_before_the_time_is_over()
    {
        var health = await Fetch(_ => async (stream, request, stop) =>
        {
            await StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 100"], "{"u8.ToArray())(stream, request, stop);
            await Task.Delay(Timeout.Infinite, stop);
        }, timeout: TimeSpan.FromMinutes(5));
        Assert.Equal((FetchOutcome.TimedOut, "the answer stood still for 3 s"), (health.Outcome, health.Detail));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_cut_off_is_no_answer(bool reset)
    {
        var health = await Fetch(_ => async (stream, request, stop) =>
        {
            await StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 5000"], Encoding.UTF8.GetBytes($$"""{"row":[{{Rows}}]}"""))(stream, request, stop);
            if (reset) stream.Socket.LingerState = new(true, 0);
        });
        Assert.Equal(FetchOutcome.Unreachable, health.Outcome);
    }

    [Fact]
    public async Task A_length_that_is_too_small_cuts_the_body_there() =>
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch(_ => StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 20", "Connection: close"], Encoding.UTF8.GetBytes($$"""{"row":[{{Rows}}]}""")))).Outcome);

    [Fact]
    public async Task A_length_beyond_the_limit_is_believed_and_nothing_is_read()
    {
        var health = await Fetch(_ => StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 1073741824"], "{"u8.ToArray()));
        Assert.Equal((FetchOutcome.TooLarge, "the answer is larger than 5 MB"), (health.Outcome, health.Detail));
    }

    [Theory]
    [InlineData(FeedBench.Air)]
    [InlineData(FeedBench.Snow)]
    [InlineData(FeedBench.News)]
    [InlineData(FeedBench.Picture)]
    public async Task An_answer_without_end_is_cut_at_the_limit(string feed)
    {
        StubSource? at = null;
        var before = GC.GetTotalAllocatedBytes();
        var health = await Fetch(source => (at = source).Endless(["HTTP/1.1 200 OK", "Connection: close"], new byte[64 * 1024]), feed, TimeSpan.FromSeconds(60));
        Assert.Equal(FetchOutcome.TooLarge, health.Outcome);
        // what was taken is the limit and what fits into the sockets between
        Assert.InRange(at!.Sent, 1, SourceClient.MaxBytes + 16 * 1024 * 1024);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400L * 1024 * 1024);
    }

    [Fact]
    public async Task An_encoding_that_was_not_asked_for_is_unparsable() =>
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch(_ => StubSource.Ok("application/json", [0x8b, 0x02, 0x80, 0x03], "Content-Encoding: br"))).Outcome);

    [Theory]
    [InlineData(301, "http://127.0.0.1:1/", "http://127.0.0.1:1")]
    [InlineData(302, "http://169.254.169.254/latest/", "http://169.254.169.254")]
    [InlineData(307, "file:///etc/passwd", "file://")]
    [InlineData(308, "/elsewhere?key=4711", "another path")]
    public async Task A_redirect_is_not_followed_and_said_where_it_leads(int status, string to, string told)
    {
        StubSource? at = null;
        var health = await Fetch(source => { at = source; return StubSource.Raw([$"HTTP/1.1 {status} Moved", $"Location: {to}", "Content-Length: 0", "Connection: close"], []); });
        Assert.Equal((FetchOutcome.BadRequest, $"HTTP {status}, sends on to {told}"), (health.Outcome, health.Detail));
        Assert.Equal(1, at!.Requests);
    }

    [Theory]
    [InlineData(401, FetchOutcome.Auth)]
    [InlineData(403, FetchOutcome.Auth)]
    [InlineData(404, FetchOutcome.BadRequest)]
    [InlineData(429, FetchOutcome.Quota)]
    [InlineData(503, FetchOutcome.UpstreamDown)]
    public async Task A_status_line_is_a_reason(int status, FetchOutcome expected)
    {
        // a body that happens to be JSON has no say unless it holds a status of the envelope
        var health = await Fetch(_ => StubSource.Raw([$"HTTP/1.1 {status} No", "Content-Length: 16", "Connection: close"], """{"error":"none"}"""u8.ToArray()));
        Assert.Equal((expected, $"HTTP {status}"), (health.Outcome, health.Detail));
    }

    [Theory]
    [InlineData("not HTTP at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [InlineData("")]
    public async Task What_is_not_HTTP_is_unreachable_or_unparsable(string bytes)
    {
        var health = await Fetch(_ => (stream, _, stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(bytes), stop).AsTask());
        Assert.Contains(health.Outcome, new[] { FetchOutcome.Unreachable, FetchOutcome.Unparsable });
    }

    [Fact]
    public async Task Headers_without_end_are_cut() =>
        Assert.Equal(FetchOutcome.Unreachable, (await Fetch(_ => async (stream, _, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{new string('x', 1000)}: y\r\n"), stop);
        })).Outcome);

    [Fact]
    public async Task A_conditional_question_is_asked_with_the_tag_of_the_last_good_answer()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("image/png", Pictures.Png, "ETag: \"one\"") };
        await using var bench = await FeedBench.Start();
        bench.Redirect(FeedBench.Picture, source.Address);
        await bench.Beat(FeedBench.Picture);
        // a bad answer in between brings a tag of its own, which is not taken up
        source.Answer = StubSource.Ok("text/html", "<html>", "ETag: \"two\"");
        await bench.Beat(FeedBench.Picture);
        Assert.Contains("If-None-Match: \"one\"", source.LastRequest, StringComparison.Ordinal);
        source.Answer = StubSource.Raw(["HTTP/1.1 304 Not Modified", "Connection: close"], []);
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Picture)).Outcome);
        Assert.Contains("If-None-Match: \"one\"", source.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_304_to_a_question_without_a_condition_is_refused() =>
        Assert.Equal(FetchOutcome.BadRequest, (await Fetch(_ => StubSource.Raw(["HTTP/1.1 304 Not Modified", "Connection: close"], []), FeedBench.Picture)).Outcome);

    [Fact]
    public async Task A_secret_reaches_the_address_and_neither_detail_nor_log()
    {
        await using var source = new StubSource();
        await using var bench = await FeedBench.Start();
        bench.Redirect(FeedBench.Air, source.Address);
        var escaped = Uri.EscapeDataString(FeedBench.Secret);
        foreach (var echo in new[] { FeedBench.Secret, escaped })
        {
            source.Answer = StubSource.Ok("application/json", $$$"""{"RESULT":{"CODE":"INFO-100","MESSAGE":"{{{echo}}} is not known"}}""");
            var health = await bench.Beat(FeedBench.Air);
            Assert.Equal((FetchOutcome.Auth, "INFO-100 ••• is not known"), (health.Outcome, health.Detail));
            // as text in front of what cannot be parsed
            source.Answer = StubSource.Ok("application/json", $"Forbidden: {echo}");
            health = await bench.Beat(FeedBench.Air);
            Assert.Equal((FetchOutcome.Unparsable, "not well formed: Forbidden: •••"), (health.Outcome, health.Detail));
        }
        Assert.Contains($"GET /{escaped}/json/RealtimeCityAir/1/1000/", source.LastRequest, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Log.Lines, l => l.Text.Contains(FeedBench.Secret, StringComparison.Ordinal) || l.Text.Contains(escaped, StringComparison.Ordinal));
    }
}

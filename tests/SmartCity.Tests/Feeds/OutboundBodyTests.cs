using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>Bodies made to hurt. Memory is measured, so nothing runs beside these.</summary>
[Collection(Alone.Name)]
public sealed class OutboundBodyTests
{
    private const int Megabyte = 1024 * 1024;

    private static async Task<(Answer Answer, long Allocated, StubSource Source)> Ask(Func<StubSource, Func<NetworkStream, string, CancellationToken, Task>> answer, int max = SourceClient.MaxBytes, TimeSpan? timeout = null)
    {
        await using var source = new StubSource();
        source.Answer = answer(source);
        using var client = Sources.Client(source.Address);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var got = await client.Get(new(source.Address.ToString(), timeout ?? TimeSpan.FromMinutes(2)) { MaxBytes = max }, FeedBench.Cancel);
        return (got, GC.GetTotalAllocatedBytes(precise: true) - before, source);
    }

    private static byte[] Pack(Func<Stream, Stream> packer, long zeros)
    {
        using var packed = new MemoryStream();
        using (var pack = packer(packed))
            for (var left = zeros; left > 0; left -= Megabyte) pack.Write(new byte[Math.Min(left, Megabyte)]);
        return packed.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var pack = new GZipStream(packed, CompressionLevel.Optimal)) pack.Write(content);
        return packed.ToArray();
    }

    private static readonly Lazy<byte[]> Bomb = new(() => Pack(s => new GZipStream(s, CompressionLevel.Optimal, leaveOpen: true), 128 * Megabyte));

    [Theory]
    [InlineData("gzip", SourceClient.MaxBytes)]
    [InlineData("x-gzip", SourceClient.MaxBytes)]
    // also where the feed names a larger answer
    [InlineData("gzip", SourceClient.MostBytes)]
    public async Task A_bomb_is_cut_by_its_ratio_after_the_first_megabyte(string encoding, int max)
    {
        var (answer, allocated, _) = await Ask(_ => StubSource.Ok("application/json", Bomb.Value, $"Content-Encoding: {encoding}"), max);
        Assert.Equal((FetchOutcome.TooLarge, "the answer unpacks to more than 100 times its size"), (answer.Outcome, answer.Detail));
        Assert.Empty(answer.Body);
        Assert.InRange(128 * Megabyte / Bomb.Value.Length, 1000, 1100);
        Assert.InRange(allocated, 0, 16L * Megabyte);
    }

    [Fact]
    public async Task A_bomb_that_keeps_below_the_ratio_is_cut_at_the_limit()
    {
        // noise every so often: about fifty to one
        var random = new Random(4711);
        var content = new byte[40 * Megabyte];
        for (var at = 0; at < content.Length; at += 4096) random.NextBytes(content.AsSpan(at, 70));
        var bomb = Gzip(content);
        Assert.InRange((double)content.Length / bomb.Length, 20, 90);
        foreach (var (max, megabytes) in new[] { (SourceClient.MaxBytes, 5), (SourceClient.MostBytes, 20) })
        {
            var (answer, allocated, _) = await Ask(_ => StubSource.Ok("text/csv", bomb, "Content-Encoding: gzip"), max);
            Assert.Equal((FetchOutcome.TooLarge, $"the answer is larger than {megabytes} MB"), (answer.Outcome, answer.Detail));
            Assert.InRange(allocated, 0, (megabytes + 8L) * Megabyte);
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task What_was_not_asked_for_is_not_unpacked(string encoding)
    {
        var bomb = Pack(s => encoding == "br" ? new BrotliStream(s, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(s, CompressionLevel.Optimal, leaveOpen: true), 64 * Megabyte);
        Assert.InRange(bomb.Length, 1, 128 * 1024);
        var (answer, allocated, source) = await Ask(_ => StubSource.Ok("application/json", bomb, $"Content-Encoding: {encoding}"));
        Assert.Equal(FetchOutcome.Unparsable, answer.Outcome);
        Assert.Contains("\r\nAccept-Encoding: gzip\r\n", source.LastRequest, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 4L * Megabyte);
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, deflate")]
    [InlineData("br, gzip")]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("nonsense")]
    public async Task What_is_packed_twice_or_in_an_unknown_way_is_not_unpacked(string encoding)
    {
        var (answer, allocated, _) = await Ask(_ => StubSource.Ok("application/json", Gzip(Gzip("{}"u8.ToArray())), $"Content-Encoding: {encoding}"));
        Assert.Equal(FetchOutcome.Unparsable, answer.Outcome);
        Assert.InRange(allocated, 0, 4L * Megabyte);
    }

    [Fact]
    public async Task Gzip_inside_gzip_is_unpacked_once_and_then_is_no_data()
    {
        var (answer, allocated, _) = await Ask(_ => StubSource.Ok("application/json", Gzip(Bomb.Value), "Content-Encoding: gzip"));
        Assert.Equal(FetchOutcome.Ok, answer.Outcome);
        Assert.Equal(Bomb.Value, answer.Body);
        Assert.InRange(allocated, 0, 16L * Megabyte);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Garbage_that_says_it_is_packed_is_unparsable(string encoding)
    {
        var noise = new byte[Megabyte];
        new Random(4711).NextBytes(noise);
        byte[][] bodies = [noise, "no archive at all"u8.ToArray(), [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0, .. noise], [0x78, 0x9c, .. noise], Gzip("""{"row":[]}"""u8.ToArray())[..^9], Gzip("""{"row":[]}"""u8.ToArray())[..^1], Gzip("""{"row":[]}"""u8.ToArray())[..12]];
        foreach (var body in bodies)
        {
            var (answer, allocated, _) = await Ask(_ => StubSource.Ok("application/json", body, $"Content-Encoding: {encoding}"));
            Assert.Equal(FetchOutcome.Unparsable, answer.Outcome);
            Assert.InRange(allocated, 0, 8L * Megabyte);
        }
    }

    [Fact]
    public async Task What_is_packed_well_is_read_whole()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},{i * 7919 % 100_003}\n")));
        foreach (var (encoding, body) in new[] { ("gzip", Gzip(content)), ("X-GZIP", Gzip(content)), ("identity", content) })
        {
            var (answer, _, _) = await Ask(_ => StubSource.Ok("text/csv", body, $"Content-Encoding: {encoding}"));
            Assert.Equal(FetchOutcome.Ok, answer.Outcome);
            Assert.Equal(content, answer.Body);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024 - 1)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(SourceClient.MaxBytes)]
    public async Task A_body_up_to_the_limit_arrives_byte_for_byte(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var (answer, _, _) = await Ask(_ => StubSource.Ok("text/csv", content));
        Assert.Equal(FetchOutcome.Ok, answer.Outcome);
        Assert.Equal(content, answer.Body);
    }

    [Fact]
    public async Task One_byte_beyond_the_limit_is_too_much_and_a_feed_may_name_more_up_to_twenty_megabytes()
    {
        Func<NetworkStream, string, CancellationToken, Task> Much(StubSource _) => StubSource.Raw(["HTTP/1.1 200 OK", "Connection: close"], new byte[SourceClient.MaxBytes + 1]);
        Assert.Equal(FetchOutcome.TooLarge, (await Ask(Much)).Answer.Outcome);
        Assert.Equal((FetchOutcome.Ok, SourceClient.MaxBytes + 1), (await Ask(Much, SourceClient.MaxBytes + 1)).Answer is var answer ? (answer.Outcome, answer.Body.Length) : default);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ask(Much, SourceClient.MostBytes + 1));
    }

    [Fact]
    public async Task A_gigabyte_in_chunks_is_cut_at_the_limit_and_the_connection_closed()
    {
        var chunk = (byte[])[.. "10000\r\n"u8, .. new byte[64 * 1024], .. "\r\n"u8];
        var (sent, cut) = (0L, new TaskCompletionSource());
        await using var source = new StubSource();
        source.Answer = async (stream, request, stop) =>
        {
            await StubSource.Raw(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], [])(stream, request, stop);
            try { for (; sent < 1024L * Megabyte; sent += 64 * 1024) await stream.WriteAsync(chunk, stop); }
            catch (IOException) { cut.SetResult(); }
        };
        using var client = Sources.Client(source.Address);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var answer = await client.Ask(source.Address.ToString());
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal((FetchOutcome.TooLarge, "the answer is larger than 5 MB"), (answer.Outcome, answer.Detail));
        await cut.Task.WaitAsync(TimeSpan.FromSeconds(30), FeedBench.Cancel);
        // the limit, and what fits into the sockets between
        Assert.InRange(sent, SourceClient.MaxBytes - 64 * 1024, SourceClient.MaxBytes + 16L * Megabyte);
        Assert.InRange(allocated, 0, 16L * Megabyte);
    }

    [Theory]
    [InlineData("Content-Length: 1073741824", 0)]
    [InlineData("Content-Length: 9223372036854775807", 0)]
    [InlineData("Content-Length: 5242881", 0)]
    public async Task A_length_that_is_too_large_is_believed_at_once(string length, int body)
    {
        var (answer, allocated, _) = await Ask(_ => async (stream, request, stop) =>
        {
            await StubSource.Raw(["HTTP/1.1 200 OK", length], new byte[body])(stream, request, stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        Assert.Equal(FetchOutcome.TooLarge, answer.Outcome);
        Assert.InRange(allocated, 0, 4L * Megabyte);
    }

    [Theory]
    [InlineData("Content-Length: 10", "Content-Length: 20")]
    [InlineData("Content-Length: -5", "X: y")]
    [InlineData("Content-Length: 99999999999999999999", "X: y")]
    public async Task Lengths_that_contradict_each_other_harm_nobody(string one, string other)
    {
        var (answer, allocated, _) = await Ask(_ => StubSource.Raw(["HTTP/1.1 200 OK", one, other, "Connection: close"], "0123456789012345678901234567890"u8.ToArray()));
        Assert.InRange(answer.Body.Length, 0, 31);
        Assert.InRange(allocated, 0, 4L * Megabyte);
    }

    [Fact]
    public async Task After_a_length_that_is_too_small_the_rest_is_not_taken_for_the_next_answer()
    {
        await using var source = new StubSource { Answer = StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 2"], Encoding.ASCII.GetBytes("{}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n\"evil\"")) };
        using var client = Sources.Client(source.Address);
        foreach (var n in Enumerable.Range(1, 3))
        {
            Assert.Equal("{}", Encoding.ASCII.GetString((await client.Ask(source.Address.ToString())).Body));
            Assert.Equal(n, source.Requests);
        }
    }

    [Fact]
    public async Task A_source_that_hangs_stops_or_drips_is_cut_and_the_next_question_finds_it_well()
    {
        await using var source = new StubSource();
        using var client = Sources.Client(source.Address);
        var head = StubSource.Raw(["HTTP/1.1 200 OK", "Content-Length: 100"], "{"u8.ToArray());
        foreach (var (how, timeout, detail) in new (Func<NetworkStream, string, CancellationToken, Task>, double, string)[]
        {
            ((_, _, stop) => Task.Delay(Timeout.Infinite, stop), 0.5, "no complete answer within 0.5 s"),
            (async (stream, request, stop) => { await head(stream, request, stop); await Task.Delay(Timeout.Infinite, stop); }, 0.5, "no complete answer within 0.5 s"),
            (async (stream, request, stop) => { await head(stream, request, stop); await Task.Delay(Timeout.Infinite, stop); }, 120, "the answer stood still for 3 s"),
            (async (stream, request, stop) => { await head(stream, request, stop); while (true) { await Task.Delay(1000, stop); await stream.WriteAsync(" "u8.ToArray(), stop); } }, 2.5, "no complete answer within 2.5 s"),
        })
        {
            source.Answer = how;
            var answer = await client.Ask(source.Address.ToString(), TimeSpan.FromSeconds(timeout));
            Assert.Equal((FetchOutcome.TimedOut, detail), (answer.Outcome, answer.Detail));
        }
        source.Answer = StubSource.Ok("application/json", "{}");
        Assert.Equal(FetchOutcome.Ok, (await client.Ask(source.Address.ToString())).Outcome);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_taken()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var visitor = await listener.AcceptTcpClientAsync(FeedBench.Cancel);
            await using var secure = new SslStream(visitor.GetStream());
            try
            {
                await secure.AuthenticateAsServerAsync(certificate);
                return await secure.ReadAsync(new byte[100], FeedBench.Cancel);
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException) { return 0; }
        }, FeedBench.Cancel);
        var address = new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using var client = Sources.Client(address);
        var answer = await client.Ask(address.ToString());
        Assert.Equal((FetchOutcome.Unreachable, "no secure connection"), (answer.Outcome, answer.Detail));
        Assert.Equal(0, await serving);
    }
}

/// <summary>Tests that measure the whole process: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

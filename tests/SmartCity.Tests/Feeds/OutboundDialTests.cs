using System.Collections.Concurrent;
using System.Net;
using System.Text;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>Where a name leads: every answer is checked, and a checked answer is what is dialled.</summary>
public sealed class OutboundDialTests
{
    private static readonly IPAddress Public = IPAddress.Parse("93.184.215.14"), AlsoPublic = IPAddress.Parse("2606:2800:21f:cb07::1"), Private = IPAddress.Loopback;

    // a source on the public network, played by a stream: what is dialled is written down
    private static SourceClient Playing(Func<int, IPAddress[]> answers, ConcurrentQueue<IPEndPoint> dialled, AllowList? agreed = null)
    {
        var questions = 0;
        var list = agreed ?? Sources.Agreed();
        return new(new(list.Inside, new HashSet<string> { "good.kr:80" }), new(list,
            (_, _) => Task.FromResult(answers(Interlocked.Increment(ref questions) - 1)),
            (to, _) => { dialled.Enqueue(to); return ValueTask.FromResult<Stream>(new Played("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")); }));
    }

    [Fact]
    public async Task A_public_name_is_asked_at_one_of_its_addresses_and_the_old_kind_first()
    {
        var dialled = new ConcurrentQueue<IPEndPoint>();
        using var client = Playing(_ => [AlsoPublic, Public], dialled);
        Assert.Equal(FetchOutcome.Ok, (await client.Ask("http://good.kr/")).Outcome);
        Assert.Equal(new IPEndPoint(Public, 80), Assert.Single(dialled));
    }

    [Fact]
    public async Task A_name_server_that_keeps_silent_holds_none_of_the_threads_that_everybody_shares()
    {
        var pooled = await Dialer.Apart(() => Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
        Assert.False(pooled);
        // and whoever waits for it may stop waiting
        using var answered = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var waiting = Dialer.Apart(() => answered.Wait(TimeSpan.FromSeconds(60)), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        answered.Set();
    }

    public static TheoryData<string> Mixed { get; } = ["127.0.0.1", "93.184.215.14,127.0.0.1", "127.0.0.1,93.184.215.14", "93.184.215.14,2606:2800:21f:cb07::1,fd00::1", "93.184.215.14,::ffff:10.0.0.1", "93.184.215.14,64:ff9b::a00:1", "2002:7f00:1::,93.184.215.14", "169.254.169.254"];

    [Theory]
    [MemberData(nameof(Mixed))]
    public async Task One_internal_answer_among_any_blocks_the_name(string answers)
    {
        var dialled = new ConcurrentQueue<IPEndPoint>();
        using var client = Playing(_ => [.. answers.Split(',').Select(IPAddress.Parse)], dialled);
        var answer = await client.Ask("http://good.kr/");
        Assert.Equal(FetchOutcome.Blocked, answer.Outcome);
        Assert.StartsWith("an internal address may not be used: good.kr is ", answer.Detail, StringComparison.Ordinal);
        Assert.Empty(dialled);
    }

    [Fact]
    public async Task A_name_that_the_operator_agreed_to_may_be_private_and_never_link_local()
    {
        var agreed = new AllowList(new HashSet<string> { "good.kr:80" }, Sources.Nothing);
        foreach (var (address, outcome) in new[] { ("10.1.2.3", FetchOutcome.Ok), ("127.0.0.1", FetchOutcome.Ok), ("fd00::1", FetchOutcome.Ok), ("169.254.169.254", FetchOutcome.Blocked), ("fe80::1", FetchOutcome.Blocked), ("0.0.0.0", FetchOutcome.Blocked), ("224.0.0.1", FetchOutcome.Blocked) })
        {
            using var client = Playing(_ => [IPAddress.Parse(address)], [], agreed);
            Assert.Equal(outcome, (await client.Ask("http://good.kr/")).Outcome);
        }
    }

    [Fact]
    public async Task Of_a_thousand_races_against_a_name_that_changes_its_mind_none_is_won()
    {
        await using var door = new Doorstep();
        var dialled = new ConcurrentQueue<IPEndPoint>();
        var (asked, list) = (0, Sources.Agreed());
        // public at one moment, this machine at the next; what is public is played, what is not would really be dialled
        using var client = new SourceClient(new(Sources.Nothing, new HashSet<string> { $"good.kr:{door.Port}" }), new(list,
            async (_, stop) =>
            {
                var turn = Interlocked.Increment(ref asked);
                if (turn % 3 == 0) await Task.Yield();
                return turn % 2 == 0 ? [Private] : turn % 5 == 0 ? [Public, Private] : [Public];
            },
            async (to, stop) =>
            {
                dialled.Enqueue(to);
                if (!to.Address.Equals(Public)) await new System.Net.Sockets.TcpClient().ConnectAsync(to, stop);
                return new Played("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
            }));
        var outcomes = new ConcurrentQueue<FetchOutcome>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = FeedBench.Cancel },
            async (_, _) => outcomes.Enqueue((await client.Ask($"http://good.kr:{door.Port}/")).Outcome));
        Assert.Equal(0, await door.Visits());
        Assert.All(dialled, to => Assert.Equal(Public, to.Address));
        // each question had a look-up of its own, and both kinds of answer came
        Assert.InRange(asked, 1000, 1100);
        Assert.InRange(outcomes.Count(o => o == FetchOutcome.Ok), 300, 500);
        Assert.Equal(1000, outcomes.Count(o => o is FetchOutcome.Ok or FetchOutcome.Blocked));
    }

    [Fact]
    public async Task A_host_that_does_not_take_the_connection_is_given_up_after_three_seconds()
    {
        using var client = new SourceClient(new(Sources.Nothing, new HashSet<string> { "good.kr:80" }), new(Sources.Agreed(), (_, _) => Task.FromResult(new[] { Public }),
            async (_, stop) => { await Task.Delay(Timeout.Infinite, stop); throw new InvalidOperationException(); }));
        var answer = await client.Ask("http://good.kr/");
        Assert.Equal((FetchOutcome.Unreachable, "no connection within 3 s"), (answer.Outcome, answer.Detail));
    }

    [Fact]
    public async Task A_look_up_that_hangs_counts_as_connecting()
    {
        using var client = new SourceClient(new(Sources.Nothing, new HashSet<string> { "good.kr:80" }), new(Sources.Agreed(), async (_, stop) => { await Task.Delay(Timeout.Infinite, stop); return []; }));
        Assert.Equal(FetchOutcome.Unreachable, (await client.Ask("http://good.kr/")).Outcome);
    }

    [Fact]
    public async Task Sources_that_hang_leave_room_for_the_others_on_their_host()
    {
        await using var source = new StubSource();
        source.Answer = (stream, request, stop) => request.StartsWith("GET /well", StringComparison.Ordinal) ? StubSource.Ok("application/json", "{}")(stream, request, stop) : Task.Delay(Timeout.Infinite, stop);
        using var client = Sources.Client(source.Address);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(FeedBench.Cancel);
        var hanging = Enumerable.Range(0, 100).Select(i => client.Get($"{source.Address}hang/{i}", TimeSpan.FromMinutes(5), null, enough.Token)).ToList();
        await TestCity.Until(() => source.Requests == 100, "all of them hang");
        Assert.Equal(FetchOutcome.Ok, (await client.Ask($"{source.Address}well")).Outcome);
        Assert.DoesNotContain(hanging, h => h.IsCompleted);
        await enough.CancelAsync();
        foreach (var one in hanging) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }

    /// <summary>A connection to somebody who takes everything and answers once.</summary>
    private sealed class Played(string answer) : Stream
    {
        private readonly MemoryStream _answer = new(Encoding.ASCII.GetBytes(answer));
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _asked.Task.WaitAsync(cancellationToken);
            return await _answer.ReadAsync(buffer, cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            return ValueTask.CompletedTask;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

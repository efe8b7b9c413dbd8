using System.Collections.Concurrent;
using SmartCity.Tests.Simulator;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Pictures of cameras: asked once for all, told honestly, within bounds.</summary>
public sealed class StillTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A source that counts its questions and answers as a test says.</summary>
    private sealed class Counted(Func<string, int, LivePicture> answer) : ILivePictures
    {
        private int _now;
        public ConcurrentDictionary<string, int> Asked { get; } = new();
        public int AtOnce { get; private set; }
        public List<string> Renewed { get; } = [];
        public SemaphoreSlim? Gate { get; init; }

        public async Task<LivePicture> Ask(string address, LivePicture? previous, CancellationToken cancel = default)
        {
            var number = Asked.AddOrUpdate(address, 1, (_, n) => n + 1);
            lock (Asked) AtOnce = Math.Max(AtOnce, ++_now);
            if (Gate is not null) await Gate.WaitAsync(cancel);
            lock (Asked) _now--;
            return answer(address, number);
        }

        public IAsyncEnumerable<LivePicture> Follow(string address, CancellationToken cancel = default) => throw new InvalidOperationException("stills are asked one by one");

        public Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default) => throw new NotSupportedException();

        public void Renew(string feed) => Renewed.Add(feed);
    }

    private static LivePicture Picture(byte colour, int bytes = 100, DateTimeOffset? taken = null) => new(FetchOutcome.Ok, Enumerable.Repeat(colour, bytes).ToArray(), "image/jpeg", 320, 240) { TakenAt = taken };
    private static LivePicture Failed(FetchOutcome outcome, string detail) => new(outcome, default, "", 0, 0) { Detail = detail };
    private static Camera Camera(int number) => new($"c{number}", Text.Same($"Camera {number}"), null, null, null, CameraKind.Still, Text.Same("owner"), TrafficModule.View, $"http://cameras.example/{number}");

    [Fact]
    public async Task Of_two_hundred_who_watch_at_once_one_asks()
    {
        using var gate = new SemaphoreSlim(0);
        var source = new Counted((_, n) => Picture((byte)n)) { Gate = gate };
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        var viewers = Enumerable.Range(0, 200).Select(_ => Task.Run(() => stills.Of(Camera(1), Patience, Cancel))).ToList();
        await TestCity.Until(() => !source.Asked.IsEmpty, "somebody asks");
        gate.Release(200);
        var seen = await Task.WhenAll(viewers);
        Assert.All(seen, s => Assert.Equal((StillState.Live, seen[0].Version), (s.State, s.Version)));
        Assert.Equal(1, source.Asked["http://cameras.example/1"]);

        // nobody asks again within ten seconds, however many look
        clock.Advance(TimeSpan.FromSeconds(9.9));
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => stills.Of(Camera(1), Patience, Cancel))));
        Assert.Equal(1, source.Asked["http://cameras.example/1"]);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var later = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => stills.Of(Camera(1), Patience, Cancel))));
        Assert.Equal(2, source.Asked["http://cameras.example/1"]);
        Assert.All(later, s => Assert.NotEqual(seen[0].Version, s.Version));
    }

    [Fact]
    public async Task Two_hundred_viewers_of_sixty_four_cameras_ask_each_once_in_ten_seconds_and_few_at_a_time()
    {
        var source = new Counted((_, n) => Picture((byte)n));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        for (var second = 0; second < 30; second++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200 * 64).Select(i => Task.Run(() => stills.Of(Camera(i % 64), Patience, Cancel))));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(64, source.Asked.Count);
        Assert.All(source.Asked.Values, n => Assert.Equal(3, n));
        Assert.InRange(source.AtOnce, 1, Stills.AtOnce);
    }

    [Fact]
    public async Task What_nobody_watches_is_not_asked_for()
    {
        var source = new Counted((_, n) => Picture((byte)n));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        await stills.Of(Camera(1), Patience, Cancel);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, source.Asked["http://cameras.example/1"]);
        // and is forgotten: the next who watches another camera finds it gone
        await stills.Of(Camera(2), Patience, Cancel);
        Assert.Equal((1, 100L), (stills.Watched, stills.Bytes));
        Assert.Equal(StillState.Waiting, stills.Known("c1").State);
    }

    [Fact]
    public async Task The_same_picture_again_and_again_is_a_frozen_one_until_it_moves()
    {
        var source = new Counted((_, n) => Picture(n <= Stills.FrozenAfter ? (byte)1 : (byte)2));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        var states = new List<StillState>();
        for (var i = 0; i < Stills.FrozenAfter + 1; i++)
        {
            states.Add((await stills.Of(Camera(1), Patience, Cancel)).State);
            if (i == Stills.FrozenAfter - 1) Assert.Equal(RunningSimulator.Summer, stills.Known("c1").LastSeen);
            clock.Advance(Stills.Between);
        }
        Assert.Equal([StillState.Live, StillState.Live, StillState.Live, StillState.Frozen, StillState.Live], states);
    }

    [Fact]
    public async Task A_source_that_says_unchanged_is_frozen_too()
    {
        var first = Picture(7);
        var source = new Counted((_, n) => n == 1 ? first : first with { Unchanged = true });
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        for (var i = 0; i < Stills.FrozenAfter; i++)
        {
            await stills.Of(Camera(1), Patience, Cancel);
            clock.Advance(Stills.Between);
        }
        Assert.Equal(StillState.Frozen, stills.Known("c1").State);
        Assert.Equal(100, stills.Bytes);
    }

    [Theory]
    [InlineData(FetchOutcome.Unreachable, "nobody answers at this address")]
    [InlineData(FetchOutcome.Unparsable, "not a PNG, JPEG or GIF picture")]
    [InlineData(FetchOutcome.TooLarge, "the answer is larger than 2 MB")]
    [InlineData(FetchOutcome.TimedOut, "no complete answer within 8 s")]
    public async Task A_camera_that_gives_no_picture_says_why_and_since_when(FetchOutcome outcome, string detail)
    {
        var source = new Counted((_, n) => n == 1 ? Picture(1) : Failed(outcome, detail));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        await stills.Of(Camera(1), Patience, Cancel);
        clock.Advance(Stills.Between);
        var dead = await stills.Of(Camera(1), Patience, Cancel);
        Assert.Equal((StillState.Dead, outcome, detail, (DateTimeOffset?)RunningSimulator.Summer), (dead.State, dead.Outcome, dead.Detail, dead.LastSeen));
        Assert.Empty(source.Renewed);
    }

    [Fact]
    public async Task An_expired_address_is_renewed_once_and_then_called_dead()
    {
        var source = new Counted((address, _) => address.EndsWith("/1", StringComparison.Ordinal) ? Failed(FetchOutcome.Auth, "HTTP 403") : Picture(9));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        Assert.Equal(StillState.Renewed, (await stills.Of(Camera(1), Patience, Cancel)).State);
        Assert.Equal([TrafficModule.CameraFeed], source.Renewed);
        // the list came with another address for the same camera
        clock.Advance(Stills.Between);
        Assert.Equal(StillState.Live, (await stills.Of(Camera(1) with { Picture = "http://cameras.example/renewed" }, Patience, Cancel)).State);
        // a refusal that stays is no expiry
        clock.Advance(Stills.Between);
        await stills.Of(Camera(1), Patience, Cancel);
        clock.Advance(Stills.Between);
        Assert.Equal(StillState.Dead, (await stills.Of(Camera(1), Patience, Cancel)).State);
    }

    [Fact]
    public async Task A_viewer_does_not_wait_for_a_slow_camera_and_sees_the_picture_before()
    {
        using var gate = new SemaphoreSlim(1);
        var source = new Counted((_, n) => Picture((byte)n)) { Gate = gate };
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        var first = await stills.Of(Camera(1), Patience, Cancel);
        clock.Advance(Stills.Between);
        var meanwhile = await stills.Of(Camera(1), TimeSpan.FromMilliseconds(20), Cancel);
        Assert.Equal(first.Version, meanwhile.Version);
        gate.Release();
        await TestCity.Until(() => stills.Known("c1").Version != first.Version, "the slow picture arrives");
    }

    [Fact]
    public async Task A_viewer_who_leaves_does_not_take_the_picture_from_the_others()
    {
        using var gate = new SemaphoreSlim(0);
        var source = new Counted((_, n) => Picture((byte)n)) { Gate = gate };
        using var stills = new Stills(source, new HandClock(RunningSimulator.Summer));
        using var leaves = new CancellationTokenSource();
        var gone = stills.Of(Camera(1), Patience, leaves.Token);
        var stays = stills.Of(Camera(1), Patience, Cancel);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        gate.Release();
        Assert.Equal(StillState.Live, (await stays).State);
        Assert.Equal(1, source.Asked["http://cameras.example/1"]);
    }

    [Fact]
    public async Task There_is_room_for_so_many_bytes_and_no_more()
    {
        var source = new Counted((_, n) => Picture((byte)n, 2 * 1024 * 1024));
        var clock = new HandClock(RunningSimulator.Summer);
        using var stills = new Stills(source, clock);
        for (var i = 0; i < 100; i++)
        {
            await stills.Of(Camera(i), Patience, Cancel);
            clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.InRange(stills.Bytes, 1, Stills.Room + 2 * 1024 * 1024);
        }
        // those that were watched longest ago went first, and their state is still known
        Assert.Null(stills.Known("c0").Picture);
        Assert.Equal(StillState.Live, stills.Known("c0").State);
        Assert.NotNull(stills.Known("c99").Picture);
    }

    [Fact]
    public async Task How_far_behind_a_picture_is_comes_from_the_clock_of_its_source()
    {
        var clock = new HandClock(RunningSimulator.Summer);
        var source = new Counted((_, n) => Picture((byte)n, taken: n == 1 ? RunningSimulator.Summer.AddSeconds(-3) : n == 2 ? null : clock.GetUtcNow().AddHours(1)));
        using var stills = new Stills(source, clock);
        Assert.Equal(TimeSpan.FromSeconds(3), (await stills.Of(Camera(1), Patience, Cancel)).Behind);
        clock.Advance(Stills.Between);
        Assert.Null((await stills.Of(Camera(1), Patience, Cancel)).Behind);
        // a clock that is an hour ahead says nothing
        clock.Advance(Stills.Between);
        Assert.Null((await stills.Of(Camera(1), Patience, Cancel)).Behind);
    }

    [Fact]
    public async Task A_camera_without_any_still_picture_says_so_and_asks_nobody()
    {
        var source = new Counted((_, _) => Picture(1));
        using var stills = new Stills(source, new HandClock(RunningSimulator.Summer));
        var still = await stills.Of(Camera(1) with { Picture = null }, Patience, Cancel);
        Assert.Equal((StillState.Dead, "the source gives no still picture"), (still.State, still.Detail));
        Assert.Empty(source.Asked);
    }
}

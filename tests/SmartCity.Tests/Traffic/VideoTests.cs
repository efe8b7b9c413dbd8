using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SmartCity.Tests.Simulator;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Live video: one connection a camera for everybody, within bounds, ended when nobody watches.</summary>
public sealed class VideoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Streams into which the test puts pictures.</summary>
    private sealed class Streams : ILivePictures
    {
        private readonly Dictionary<string, Channel<LivePicture>> _open = [];
        public Dictionary<string, int> Connections { get; } = [];
        public int Open { get { lock (_open) return _open.Count; } }
        public List<string> Renewed { get; } = [];
        public int Asked { get; private set; }

        public void Send(int camera, LivePicture picture)
        {
            lock (_open) _open[Address(camera)].Writer.TryWrite(picture);
        }

        public async IAsyncEnumerable<LivePicture> Follow(string address, [EnumeratorCancellation] CancellationToken cancel = default)
        {
            var channel = Channel.CreateUnbounded<LivePicture>();
            lock (_open)
            {
                Connections[address] = Connections.GetValueOrDefault(address) + 1;
                _open.Add(address, channel);
            }
            try
            {
                await foreach (var picture in channel.Reader.ReadAllAsync(cancel))
                {
                    yield return picture;
                    if (picture.Outcome != FetchOutcome.Ok) yield break;
                }
            }
            finally { lock (_open) _open.Remove(address); }
        }

        public Task<LivePicture> Ask(string address, LivePicture? previous, CancellationToken cancel = default)
        {
            Asked++;
            return Task.FromResult(Picture(0));
        }

        public Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default) => throw new NotSupportedException();

        public void Renew(string feed) => Renewed.Add(feed);
    }

    private static string Address(int camera) => $"http://cameras.example/{camera}.mjpg";
    private static LivePicture Picture(int number) => new(FetchOutcome.Ok, BitConverter.GetBytes(number), "image/jpeg", 320, 240);
    private static Camera Camera(int number) => new($"c{number}", Text.Same($"Camera {number}"), null, null, null, CameraKind.Mjpeg, Text.Same("owner"), TrafficModule.View, $"http://cameras.example/{number}.jpg") { Stream = Address(number) };

    private sealed class Viewer(Videos videos, Camera camera) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leave = new();
        private readonly Lock _gate = new();
        private readonly List<Still> _seen = [];
        private Task _watching = Task.CompletedTask;

        public IReadOnlyList<Still> Seen { get { lock (_gate) return [.. _seen]; } }
        public bool Ended => _watching.IsCompleted;

        public static Viewer Of(Videos videos, Camera camera)
        {
            var viewer = new Viewer(videos, camera);
            viewer._watching = Task.Run(viewer.Watch, CancellationToken.None);
            return viewer;
        }

        private async Task Watch()
        {
            try { await foreach (var still in videos.Watch(camera, _leave.Token)) lock (_gate) _seen.Add(still); }
            catch (OperationCanceledException) { }
        }

        public async ValueTask DisposeAsync()
        {
            await _leave.CancelAsync();
            await _watching;
            _leave.Dispose();
        }
    }

    [Fact]
    public async Task Of_a_hundred_who_watch_one_camera_all_see_it_by_one_connection_that_ends_with_the_last()
    {
        var (streams, clock) = (new Streams(), new HandClock(RunningSimulator.Summer));
        using var stills = new Stills(streams, clock);
        var videos = new Videos(streams, stills, clock);
        var viewers = Enumerable.Range(0, 100).Select(_ => Viewer.Of(videos, Camera(1))).ToList();
        await TestCity.Until(() => streams.Open == 1, "the camera is connected");
        await TestCity.Until(() => videos.Viewers == 100, "everybody watches");
        streams.Send(1, Picture(1));
        await TestCity.Until(() => viewers.All(v => v.Seen.Count == 1), "everybody sees the first picture");
        Assert.Equal(1, streams.Connections[Address(1)]);
        // the still of the same camera is what the stream brought: nobody asks for another
        Assert.Equal(1, BitConverter.ToInt32((await stills.Of(Camera(1), TimeSpan.FromSeconds(5), Cancel)).Picture!.Bytes.Span));
        Assert.Equal(0, streams.Asked);
        foreach (var viewer in viewers.Skip(1)) await viewer.DisposeAsync();
        Assert.Equal(1, streams.Open);
        await viewers[0].DisposeAsync();
        await TestCity.Until(() => streams.Open == 0, "the connection ends with the last viewer");
        Assert.Equal((0, 0), (videos.Running, videos.Viewers));
        // and who comes later is served again
        await using var later = Viewer.Of(videos, Camera(1));
        await TestCity.Until(() => streams.Open == 1, "connected again");
    }

    [Fact]
    public async Task No_more_than_five_pictures_a_second_are_passed_on()
    {
        var (streams, clock) = (new Streams(), new HandClock(RunningSimulator.Summer));
        using var stills = new Stills(streams, clock);
        var videos = new Videos(streams, stills, clock);
        await using var viewer = Viewer.Of(videos, Camera(1));
        await TestCity.Until(() => streams.Open == 1, "the camera is connected");
        streams.Send(1, Picture(1));
        await TestCity.Until(() => viewer.Seen.Count == 1, "the first is seen");
        // fifty within the same moment: none of them
        for (var i = 2; i <= 51; i++) streams.Send(1, Picture(i));
        streams.Send(1, new(FetchOutcome.Unreachable, default, "", 0, 0));
        await TestCity.Until(() => viewer.Ended, "the stream has ended");
        Assert.Equal([StillState.Live, StillState.Dead], viewer.Seen.Select(s => s.State));
        Assert.Equal(1, stills.Watched);
    }

    [Fact]
    public async Task The_same_picture_for_half_a_minute_is_frozen_and_a_new_one_is_live()
    {
        var (streams, clock) = (new Streams(), new HandClock(RunningSimulator.Summer));
        using var stills = new Stills(streams, clock);
        var videos = new Videos(streams, stills, clock);
        await using var viewer = Viewer.Of(videos, Camera(1));
        await TestCity.Until(() => streams.Open == 1, "the camera is connected");
        for (var i = 0; i < 5; i++)
        {
            streams.Send(1, Picture(i < 4 ? 7 : 8));
            await TestCity.Until(() => viewer.Seen.Count == i + 1, "it is seen");
            clock.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Equal([StillState.Live, StillState.Live, StillState.Live, StillState.Frozen, StillState.Live], viewer.Seen.Select(s => s.State));
        Assert.Equal(RunningSimulator.Summer, viewer.Seen[3].LastSeen);
    }

    [Fact]
    public async Task A_camera_that_fails_says_so_and_is_left_alone_for_ten_seconds()
    {
        var (streams, clock) = (new Streams(), new HandClock(RunningSimulator.Summer));
        using var stills = new Stills(streams, clock);
        var videos = new Videos(streams, stills, clock);
        await using var first = Viewer.Of(videos, Camera(1));
        await TestCity.Until(() => streams.Open == 1, "the camera is connected");
        streams.Send(1, new(FetchOutcome.Auth, default, "", 0, 0));
        await TestCity.Until(() => first.Ended, "it ends for who watched");
        Assert.Equal(StillState.Renewed, first.Seen[^1].State);
        Assert.Equal([TrafficModule.CameraFeed], streams.Renewed);
        for (var i = 0; i < 50; i++)
        {
            await using var next = Viewer.Of(videos, Camera(1));
            await TestCity.Until(() => next.Ended, "who comes now is told at once");
            Assert.Equal([StillState.Renewed], next.Seen.Select(s => s.State));
        }
        Assert.Equal(1, streams.Connections[Address(1)]);
        clock.Advance(Videos.Rest);
        await using var later = Viewer.Of(videos, Camera(1));
        await TestCity.Until(() => streams.Open == 1, "and is asked again");
    }

    [Fact]
    public async Task One_camera_or_viewer_too_many_gets_stills_and_the_others_go_on()
    {
        var (streams, clock) = (new Streams(), new HandClock(RunningSimulator.Summer));
        using var stills = new Stills(streams, clock);
        var videos = new Videos(streams, stills, clock);
        var viewers = Enumerable.Range(1, Videos.AtOnce).Select(n => Viewer.Of(videos, Camera(n))).ToList();
        await TestCity.Until(() => streams.Open == Videos.AtOnce, "all are connected");
        await using (var more = Viewer.Of(videos, Camera(999)))
        {
            await TestCity.Until(() => more.Ended, "there is no room for one more");
            Assert.Empty(more.Seen);
        }
        viewers.AddRange(Enumerable.Range(0, Videos.MostViewers - viewers.Count).Select(_ => Viewer.Of(videos, Camera(1))));
        await TestCity.Until(() => videos.Viewers == Videos.MostViewers, "as many as may watch");
        await using (var more = Viewer.Of(videos, Camera(1))) await TestCity.Until(() => more.Ended, "and no viewer more");
        Assert.Equal(Videos.AtOnce, streams.Open);
        foreach (var viewer in viewers) await viewer.DisposeAsync();
        await TestCity.Until(() => streams.Open == 0, "nothing is left open");
    }
}

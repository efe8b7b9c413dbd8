using System.Text;
using SmartCity.Tests.Simulator;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Video in pieces: names of our own, one question for everybody, refusals with a reason.</summary>
public sealed class HlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private const string Stream = "http://cameras.example/a/index.m3u8?token=secret";
    private const string Media = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2,\nx7.m4s\n#EXTINF:2,\nhttp://other.example/x8.m4s?token=secret\n";
    private static byte[] Mp4 => [0, 0, 0, 8, .. "ftyp"u8, 1];
    private static Camera Camera => new("c1", Text.Same("Camera"), null, null, null, CameraKind.Hls, Text.Same("owner"), TrafficModule.View, null) { Stream = Stream };
    private static IEnumerable<string> Names(string list) => list.Split('\n').Where(l => l.Length > 0 && l[0] != '#');

    private sealed class Source : ILivePictures
    {
        public Dictionary<string, (FetchOutcome Outcome, byte[] Bytes)> Files { get; } = [];
        public List<string> Asked { get; } = [];
        public List<string> Renewed { get; } = [];
        public async Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default)
        {
            lock (Asked) Asked.Add(address);
            await Task.Yield();
            var (outcome, bytes) = Files.GetValueOrDefault(address, (FetchOutcome.UpstreamDown, []));
            return new(bytes.Length > maxBytes ? FetchOutcome.TooLarge : outcome, bytes, "", 0, 0);
        }
        public Task<LivePicture> Ask(string address, LivePicture? previous, CancellationToken cancel = default) => throw new NotSupportedException();
        public IAsyncEnumerable<LivePicture> Follow(string address, CancellationToken cancel = default) => throw new NotSupportedException();
        public void Renew(string feed) => Renewed.Add(feed);
        public Source With(string address, string text) { Files[address] = (FetchOutcome.Ok, Encoding.UTF8.GetBytes(text)); return this; }
        public Source With(string address, byte[] bytes) { Files[address] = (FetchOutcome.Ok, bytes); return this; }
    }

    [Fact]
    public async Task A_hundred_viewers_are_one_question_for_the_playlist_and_one_for_each_piece()
    {
        var source = new Source().With(Stream, Media).With("http://other.example/x8.m4s?token=secret", Mp4);
        var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var lists = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => hls.List(Camera, Cancel)));
        Assert.DoesNotContain("secret", lists[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("example", lists[0].Text, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:7\n", lists[0].Text, StringComparison.Ordinal);
        var last = Names(lists[0].Text).Last();
        var pieces = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => hls.Piece(Camera, last, Cancel)));
        Assert.All(pieces, p => Assert.Equal("video/mp4", p!.ContentType));
        Assert.Equal(2, source.Asked.Count);
        Assert.Null(await hls.Piece(Camera, "x8.m4s", Cancel));
    }

    [Fact]
    public async Task Nobody_for_fifteen_seconds_and_it_is_forgotten()
    {
        var (source, clock) = (new Source().With(Stream, Media), new HandClock(RunningSimulator.Summer));
        var hls = new Hls(source, clock);
        var name = Names((await hls.List(Camera, Cancel)).Text).First();
        clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(0, hls.Running);
        Assert.Null(await hls.Piece(Camera, name, Cancel));
        Assert.Single(source.Asked);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><p>sign in", "no playlist")]
    [InlineData("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:2,\na.ts\n", "encrypted")]
    [InlineData("#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:10@0\na.ts\n", "parts of one file")]
    [InlineData("#EXTM3U\n#EXTINF:2,\nfile:///etc/hosts\n", "cannot be asked")]
    [InlineData("#EXTM3U\n", "no video")]
    public async Task What_is_not_understood_is_refused_with_a_reason(string playlist, string reason)
    {
        var list = await new Hls(new Source().With(Stream, playlist), new HandClock(RunningSimulator.Summer)).List(Camera, Cancel);
        Assert.Equal(FetchOutcome.Unparsable, list.Outcome);
        Assert.Contains(reason, list.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_the_leanest_is_taken_and_the_last_eight_pieces_are_kept()
    {
        var media = "#EXTM3U\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"#EXTINF:2,\n{i}.ts\n"));
        var source = new Source().With(Stream, "#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a,b\",BANDWIDTH=900\nhigh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=100\nlow.m3u8\n").With("http://cameras.example/a/low.m3u8", media);
        var list = await new Hls(source, new HandClock(RunningSimulator.Summer)).List(Camera, Cancel);
        Assert.Equal(HlsPlaylist.Kept, Names(list.Text).Count());
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:12\n", list.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_address_is_renewed_and_the_new_one_is_asked_at_once()
    {
        var source = new Source { Files = { [Stream] = (FetchOutcome.Auth, []) } }.With(Stream + "2", Media);
        var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        Assert.Equal(FetchOutcome.Auth, (await hls.List(Camera, Cancel)).Outcome);
        Assert.Equal([TrafficModule.CameraFeed], source.Renewed);
        Assert.Equal(FetchOutcome.Ok, (await hls.List(Camera with { Stream = Stream + "2" }, Cancel)).Outcome);
    }

    [Fact]
    public async Task A_piece_that_is_too_big_or_a_page_is_not_passed_on()
    {
        var source = new Source().With(Stream, Media).With("http://cameras.example/a/x7.m4s", new byte[Hls.PieceBytes + 1]).With("http://other.example/x8.m4s?token=secret", Encoding.UTF8.GetBytes("<html>sign in</html>"));
        var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var names = Names((await hls.List(Camera, Cancel)).Text).ToList();
        Assert.Equal(FetchOutcome.TooLarge, (await hls.Piece(Camera, names[0], Cancel))!.Outcome);
        Assert.Equal(FetchOutcome.Unparsable, (await hls.Piece(Camera, names[1], Cancel))!.Outcome);
    }
}

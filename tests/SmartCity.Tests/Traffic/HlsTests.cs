using System.Text;
using SmartCity.Tests.Simulator;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>Video in pieces: names of our own, one question for everybody, refusals with a reason.</summary>
public sealed class HlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private const string Stream = "http://cameras.example/a/index.m3u8?token=secret";
    private const string Media = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2,\nx7.m4s\n#EXTINF:2,\nhttp://cameras.example/a/x8.m4s?token=secret\n";
    private static byte[] Mp4 => [0, 0, 0, 8, .. "ftyp"u8, 1];
    private static Camera Camera => new("c1", Text.Same("Camera"), null, null, null, CameraKind.Hls, Text.Same("owner"), TrafficModule.View, null) { Stream = Stream };
    private static IEnumerable<string> Names(string list) => list.Split('\n').Where(l => l.Length > 0 && l[0] != '#');

    private sealed class Source : ILivePictures
    {
        public Dictionary<string, (FetchOutcome Outcome, byte[] Bytes)> Files { get; } = [];
        public List<string> Asked { get; } = [];
        /// <summary>Answers wait for it.</summary>
        public Task Gate { get; set; } = Task.CompletedTask;
        public List<string> Renewed { get; } = [];
        public async Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default)
        {
            lock (Asked) Asked.Add(address);
            await Gate.WaitAsync(cancel);
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
        var source = new Source().With(Stream, Media).With("http://cameras.example/a/x8.m4s?token=secret", Mp4);
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var lists = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => hls.List(Camera, Cancel)));
        Assert.DoesNotContain("secret", lists[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("example", lists[0].Text, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:7\n", lists[0].Text, StringComparison.Ordinal);
        var last = Names(lists[0].Text).Last();
        var pieces = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => hls.Find(Camera, last, Cancel)));
        Assert.All(pieces, p => Assert.Equal("video/mp4", p!.ContentType));
        Assert.Equal(2, source.Asked.Count);
        Assert.Null(await hls.Find(Camera, "x8.m4s", Cancel));
    }

    [Fact]
    public async Task Nobody_for_fifteen_seconds_and_it_is_forgotten()
    {
        var (source, clock) = (new Source().With(Stream, Media), new HandClock(RunningSimulator.Summer));
        using var hls = new Hls(source, clock);
        var name = Names((await hls.List(Camera, Cancel)).Text).First();
        // nobody has to ask for it to be forgotten
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((0, 0L), (hls.Running, hls.Bytes));
        Assert.Null(await hls.Find(Camera, name, Cancel));
        Assert.Single(source.Asked);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><p>sign in", "no playlist")]
    [InlineData("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:2,\na.ts\n", "encrypted")]
    [InlineData("#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:10@0\na.ts\n", "parts of one file")]
    [InlineData("#EXTM3U\n#EXTINF:2,\nfile:///etc/hosts\n", "cannot be asked")]
    [InlineData("#EXTM3U\n", "no video")]
    [InlineData("#EXTM3U\n#EXTINF:2,\nhttp://other.example/a.ts\n", "another host")]
    [InlineData("#EXTM3U\n#EXTINF:2,\n//169.254.169.254/latest\n", "another host")]
    [InlineData("#EXTM3U\n#EXTINF:2,\nhttp://cameras.example:8080/a.ts\n", "another host")]
    [InlineData("#EXTM3U\n#EXTINF:2,\nhttp://a:b@cameras.example/a.ts\n", "another host")]
    [InlineData("#EXTM3U\n#EXT-X-MAP:URI=\"http://other.example/i.mp4\"\n#EXTINF:2,\na.m4s\n", "another host")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://other.example/b.m3u8\n", "another host")]
    [InlineData("#EXTM3U\n#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n", "encrypted")]
    [InlineData("#EXTM3U\n#EXTINF:1e9,\na.ts\n", "no length")]
    [InlineData("#EXTM3U\n#EXTINF:-1,\na.ts\n", "no length")]
    [InlineData("#EXTM3U\n#EXTINF:NaN,\na.ts\n", "no length")]
    [InlineData("", "no playlist")]
    public async Task What_is_not_understood_is_refused_with_a_reason(string playlist, string reason)
    {
        using var hls = new Hls(new Source().With(Stream, playlist), new HandClock(RunningSimulator.Summer));
        var list = await hls.List(Camera, Cancel);
        Assert.Equal(FetchOutcome.Unparsable, list.Outcome);
        Assert.Contains(reason, list.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_the_leanest_is_taken_and_the_last_eight_pieces_are_kept()
    {
        var media = "#EXTM3U\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"#EXTINF:2,\n{i}.ts\n"));
        var source = new Source().With(Stream, "#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a,b\",BANDWIDTH=900\nhigh.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=100\nlow.m3u8\n").With("http://cameras.example/a/low.m3u8", media);
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var list = await hls.List(Camera, Cancel);
        Assert.Equal(HlsPlaylist.Kept, Names(list.Text).Count());
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:12\n", list.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_address_is_renewed_and_the_new_one_is_asked_at_once()
    {
        var source = new Source { Files = { [Stream] = (FetchOutcome.Auth, []) } }.With(Stream + "2", Media);
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        Assert.Equal(FetchOutcome.Auth, (await hls.List(Camera, Cancel)).Outcome);
        Assert.Equal([TrafficModule.CameraFeed], source.Renewed);
        Assert.Equal(FetchOutcome.Ok, (await hls.List(Camera with { Stream = Stream + "2" }, Cancel)).Outcome);
    }

    [Fact]
    public async Task A_piece_that_is_too_big_or_a_page_is_not_passed_on()
    {
        var source = new Source().With(Stream, Media).With("http://cameras.example/a/x7.m4s", new byte[Hls.PieceBytes + 1]).With("http://cameras.example/a/x8.m4s?token=secret", Encoding.UTF8.GetBytes("<html>sign in</html>"));
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var names = Names((await hls.List(Camera, Cancel)).Text).ToList();
        Assert.Equal(FetchOutcome.TooLarge, (await hls.Find(Camera, names[0], Cancel))!.Outcome);
        Assert.Equal(FetchOutcome.Unparsable, (await hls.Find(Camera, names[1], Cancel))!.Outcome);
    }

    [Fact]
    public async Task A_list_of_a_hundred_thousand_lines_and_one_without_end_are_refused()
    {
        var long_ = "#EXTM3U\n" + string.Concat(Enumerable.Repeat("#\n", 100_000));
        var endless = new string('#', HlsPlaylist.MaxBytes + 1);
        foreach (var (text, outcome) in new[] { (long_, FetchOutcome.Unparsable), (endless, FetchOutcome.TooLarge) })
        {
            using var hls = new Hls(new Source().With(Stream, text), new HandClock(RunningSimulator.Summer));
            Assert.Equal(outcome, (await hls.List(Camera, Cancel)).Outcome);
        }
    }

    [Fact]
    public async Task Lists_that_name_one_another_are_asked_twice_and_no_more()
    {
        var source = new Source().With(Stream, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nindex.m3u8?token=secret\n");
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        Assert.Contains("one another", (await hls.List(Camera, Cancel)).Detail, StringComparison.Ordinal);
        Assert.Equal(2, source.Asked.Count);
    }

    [Fact]
    public async Task A_name_that_climbs_stays_on_its_host_and_reaches_viewers_as_a_name_of_our_own()
    {
        var source = new Source().With(Stream, "#EXTM3U\n#EXTINF:2,\n../../../../etc/x.m4s\n").With("http://cameras.example/etc/x.m4s", Mp4);
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        var name = Assert.Single(Names((await hls.List(Camera, Cancel)).Text));
        Assert.Matches("^[0-9a-f]{24}$", name);
        Assert.Equal(FetchOutcome.Ok, (await hls.Find(Camera, name, Cancel))!.Outcome);
        foreach (var other in new[] { "../index.m3u8", "..%2f..%2fx", "", new string('a', 24) }) Assert.Null(await hls.Find(Camera, other, Cancel));
    }

    [Fact]
    public async Task A_piece_of_the_list_before_is_still_given_and_one_of_the_list_before_that_is_not()
    {
        var (source, clock) = (new Source(), new HandClock(RunningSimulator.Summer));
        using var hls = new Hls(source, clock);
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            source.With(Stream, $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{i}\n#EXTINF:2,\n{i}.m4s\n").With($"http://cameras.example/a/{i}.m4s", Mp4);
            names.Add(Assert.Single(Names((await hls.List(Camera, Cancel)).Text)));
            // the same list once more is no change
            clock.Advance(TimeSpan.FromSeconds(1));
            await hls.List(Camera, Cancel);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(6, source.Asked.Count);
        Assert.Null(await hls.Find(Camera, names[0], Cancel));
        Assert.Equal(FetchOutcome.Ok, (await hls.Find(Camera, names[1], Cancel))!.Outcome);
        Assert.Equal(FetchOutcome.Ok, (await hls.Find(Camera, names[2], Cancel))!.Outcome);
    }

    [Fact]
    public async Task Pieces_of_all_cameras_together_never_take_more_than_their_room()
    {
        var (source, clock) = (new Source(), new HandClock(RunningSimulator.Summer));
        using var hls = new Hls(source, clock);
        var big = new byte[Hls.PieceBytes];
        Mp4.CopyTo(big, 0);
        source.With(Stream, "#EXTM3U\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"#EXTINF:2,\n{i}.m4s\n")));
        for (var i = 0; i < 6; i++) source.With($"http://cameras.example/a/{i}.m4s", big);
        for (var camera = 0; camera < 3; camera++)
            foreach (var name in Names((await hls.List(Camera with { Id = $"c{camera}" }, Cancel)).Text).ToList())
            {
                Assert.Equal(FetchOutcome.Ok, (await hls.Find(Camera with { Id = $"c{camera}" }, name, Cancel))!.Outcome);
                clock.Advance(TimeSpan.FromMilliseconds(100));
                Assert.InRange(hls.Bytes, 1, Hls.Room);
            }
        Assert.Equal(Hls.Room, hls.Bytes);
    }

    [Fact]
    public async Task A_dead_camera_is_left_alone_for_a_rest_however_often_viewers_ask()
    {
        var (source, clock) = (new Source(), new HandClock(RunningSimulator.Summer));
        using var hls = new Hls(source, clock);
        for (var i = 0; i < 50; i++) Assert.Equal(FetchOutcome.UpstreamDown, (await hls.List(Camera, Cancel)).Outcome);
        Assert.Single(source.Asked);
        clock.Advance(Hls.Rest);
        await hls.List(Camera, Cancel);
        Assert.Equal(2, source.Asked.Count);
    }

    [Fact]
    public async Task One_camera_more_than_the_bound_is_refused_and_has_its_place_when_another_is_forgotten()
    {
        var (source, clock) = (new Source().With(Stream, Media), new HandClock(RunningSimulator.Summer));
        using var hls = new Hls(source, clock);
        for (var i = 0; i < Hls.AtOnce; i++) Assert.Equal(FetchOutcome.Ok, (await hls.List(Camera with { Id = $"c{i}" }, Cancel)).Outcome);
        Assert.Equal(FetchOutcome.Quota, (await hls.List(Camera with { Id = "more" }, Cancel)).Outcome);
        clock.Advance(Hls.Forgotten + TimeSpan.FromSeconds(1));
        Assert.Equal(FetchOutcome.Ok, (await hls.List(Camera with { Id = "more" }, Cancel)).Outcome);
    }

    [Fact]
    public async Task A_viewer_who_leaves_ends_nothing_for_the_others()
    {
        var gate = new TaskCompletionSource();
        var source = new Source { Gate = gate.Task }.With(Stream, Media);
        using var hls = new Hls(source, new HandClock(RunningSimulator.Summer));
        using var leaves = new CancellationTokenSource();
        var (first, second) = (hls.List(Camera, leaves.Token), hls.List(Camera, Cancel));
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal(FetchOutcome.Ok, (await second).Outcome);
        Assert.Single(source.Asked);
    }
}

using System.Globalization;
using System.Text;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Live;

/// <summary>Carries new renderings to open pages. Viewers who see the same are one group and share the bytes; a slow one
/// holds nothing but its own place, and gets the present state when it reads again.</summary>
internal sealed class LiveStreams(LiveParts parts, Signals signals, IHostApplicationLifetime life, ILogger<LiveStreams> log) : BackgroundService
{
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(40), Gather = TimeSpan.FromMilliseconds(4), Look = TimeSpan.FromSeconds(3), Quiet = TimeSpan.FromSeconds(10);
    /// <summary>Viewers who are written to before the connections get their turn: what lies between the two is memory.</summary>
    private const int Batch = 64;
    private static readonly byte[] PingBytes = "event: ping\ndata: \n\n"u8.ToArray();
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private int _open;

    /// <summary>Streams that are open now.</summary>
    public int Open => _open;

    /// <summary>What is newer than one number, up to another, with the names of topics or without.</summary>
    private sealed record Caught(long After, long Now, bool Topics, byte[] Bytes, long To);

    /// <summary>Viewers with the same language, the same rights and the same page.</summary>
    private sealed class Group(string key, string language, IReadOnlyList<string> parts, IReadOnlySet<string> topics)
    {
        private readonly HashSet<Viewer> _viewers = [];
        public string Key => key;
        public string Language => language;
        public IReadOnlyList<string> Parts => parts;
        public IReadOnlySet<string> Topics => topics;
        /// <summary>Number up to which the newest event went.</summary>
        public long To;
        /// <summary>What was put together last for one who comes or comes back: many of them know the same.</summary>
        public Caught? Last;

        public void Add(Viewer viewer)
        {
            lock (_viewers) _viewers.Add(viewer);
        }

        /// <summary>How many are left.</summary>
        public int Remove(Viewer viewer)
        {
            lock (_viewers)
            {
                _viewers.Remove(viewer);
                return _viewers.Count;
            }
        }

        public Viewer[] Viewers
        {
            get { lock (_viewers) return [.. _viewers]; }
        }
    }

    /// <summary>One open stream. At rest, it takes what is published from the one loop that publishes; while it sends something of its own, or while its reader has not taken what was sent, it only
    /// notes that there was something.</summary>
    private sealed class Viewer
    {
        private readonly Lock _gate = new();
        private readonly HttpContext _http;
        private readonly CancellationToken _ended;
        private readonly System.Net.Sockets.Socket? _socket;
        private bool _busy = true, _missed;
        private long _written = Environment.TickCount64;
        private Patience _patience = new(Environment.TickCount64);
        private Task _writing = Task.CompletedTask;
        private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Viewer(HttpContext http, CancellationToken ended)
        {
            (_http, _ended, _socket) = (http, ended, SlowReaders.SocketOf(http));
            ended.UnsafeRegister(static viewer => ((Viewer)viewer!).Wake(), this);
        }

        /// <summary>Number up to which its reader knows.</summary>
        public long Sent { get; set; }

        /// <summary>What is new after <paramref name="from"/>, up to <paramref name="to"/>.</summary>
        public void Offer(long from, long to, byte[] bytes)
        {
            lock (_gate)
            {
                if (_busy)
                {
                    _missed = true;
                    return;
                }
                if (from <= Sent && to >= Sent)
                {
                    Sent = to;
                    Start(bytes);
                    return;
                }
                _busy = _missed = true;
                _wake.TrySetResult();
            }
        }

        /// <summary>A sign of life, where nothing was said for long. A reader who takes nothing is gone.</summary>
        public void Look()
        {
            lock (_gate)
            {
                var now = Environment.TickCount64;
                if (!_busy && now - _written >= Quiet.TotalMilliseconds) Start(PingBytes);
                if (_patience.IsOver(now, SlowReaders.Waits(_socket) ?? new(!_writing.IsCompleted, (ulong)_written))) _http.Abort();
            }
        }

        private void Start(byte[] bytes)
        {
            _written = Environment.TickCount64;
            try
            {
                var write = _http.Response.Body.WriteAsync(bytes, _ended);
                if (write.IsCompletedSuccessfully) return;
                _writing = write.AsTask();
            }
            catch (Exception broken) when (broken is OperationCanceledException or IOException or InvalidOperationException) { _writing = Task.FromException(broken); }
            _busy = true;
            _wake.TrySetResult();
        }

        /// <summary>Sends something of its own.</summary>
        public Task Write(byte[] bytes)
        {
            _written = Environment.TickCount64;
            return _writing = _http.Response.Body.WriteAsync(bytes, _ended).AsTask();
        }

        /// <summary>Done when there is room for more.</summary>
        public Task Taken() => _writing;

        /// <summary>Rests, when nothing was missed meanwhile.</summary>
        public bool Rest()
        {
            lock (_gate)
            {
                (_busy, _missed, var missed) = (_missed, false, _missed);
                if (!missed) _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
                // it may have ended before there was anything to wake
                if (_ended.IsCancellationRequested) _wake.TrySetResult();
                return !missed;
            }
        }

        private void Wake()
        {
            lock (_gate) _wake.TrySetResult();
        }

        /// <summary>Done when it cannot rest any longer.</summary>
        public Task Woken => _wake.Task;

        /// <summary>Nothing is written from here on: the answer belongs to the server again.</summary>
        public async Task Close()
        {
            lock (_gate) _busy = true;
            if (_writing.IsCompleted) return;
            _http.Abort();
            await _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var heard = signals.ListenToAll(topic =>
        {
            parts.Touch(topic);
            lock (_topics) _topics.Add(topic);
            Wake();
        });
        var pings = Pings(stoppingToken);
        var last = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(stoppingToken);
                // what one beat brings comes in one event; what comes soon after waits a little, so that a hasty source costs its viewers no more than 25 events a second
                var rest = Coalesce - System.Diagnostics.Stopwatch.GetElapsedTime(last);
                await Task.Delay(rest > Gather ? rest : Gather, stoppingToken);
                last = System.Diagnostics.Stopwatch.GetTimestamp();
                await Publish(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { break; }
            catch (Exception broken) { log.LogError(broken, "The live stream missed a beat"); }
        }
        await pings;
    }

    private async Task Pings(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                foreach (var group in Groups())
                    foreach (var viewer in group.Viewers) viewer.Look();
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    private List<Group> Groups()
    {
        lock (_groups) return [.. _groups.Values];
    }

    private void Wake()
    {
        try { if (_wake.CurrentCount == 0) _wake.Release(); }
        catch (SemaphoreFullException) { /* somebody else has woken it */ }
    }

    private async Task Publish(CancellationToken cancel)
    {
        HashSet<string> topics;
        lock (_topics)
        {
            topics = [.. _topics];
            _topics.Clear();
        }
        foreach (var group in Groups())
        {
            var from = group.To;
            var (bytes, to) = await Compose(group, from, topics.Where(group.Topics.Contains), cancel);
            if (bytes.Length == 0) continue;
            group.To = to;
            foreach (var some in group.Viewers.Chunk(Batch))
            {
                foreach (var viewer in some) viewer.Offer(from, to, bytes);
                await Task.Yield();
            }
        }
    }

    /// <summary>One event with every part of the group that is newer than a number, and the names of changed topics.</summary>
    private async Task<(byte[] Bytes, long To)> Compose(Group group, long after, IEnumerable<string> topics, CancellationToken cancel)
    {
        // a page may render a part anew while the others are being rendered: the number is read in between, so that it never
        // covers a rendering that this event does not carry
        foreach (var id in group.Parts) await parts.Get(id, group.Language, cancel);
        return await Compose(group, after, parts.Sequence, topics, cancel);
    }

    /// <summary>What one needs who comes, or comes back: when all come at once, it is put together once.</summary>
    private async Task<(byte[] Bytes, long To)> Catch(Group group, long after, bool topics, CancellationToken cancel)
    {
        foreach (var id in group.Parts) await parts.Get(id, group.Language, cancel);
        var now = parts.Sequence;
        if (group.Last is not { } last || last.After != after || last.Now != now || last.Topics != topics)
        {
            var (bytes, to) = await Compose(group, after, now, topics ? group.Topics : [], cancel);
            group.Last = last = new(after, now, topics, bytes, to);
        }
        return (last.Bytes, last.To);
    }

    private async Task<(byte[] Bytes, long To)> Compose(Group group, long after, long now, IEnumerable<string> topics, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var html = new StringBuilder();
        foreach (var id in group.Parts)
        {
            var part = await parts.Get(id, group.Language, cancel);
            if (part.Sequence <= after) continue;
            html.Append("<hx-partial hx-target=\"#").Append(id).Append("\" hx-swap=\"outerMorph\">").Append(part.Html).Append("</hx-partial>");
        }
        var to = html.Length > 0 ? Math.Max(after, now) : after;
        if (html.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {to}\n");
            foreach (var line in html.ToString().Split('\n')) text.Append("data: ").Append(line.TrimEnd('\r')).Append('\n');
            text.Append('\n');
        }
        foreach (var topic in topics) text.Append("event: ").Append(SmartCity.LiveTagHelper.EventOf(topic)).Append("\ndata: \n\n");
        return (Encoding.UTF8.GetBytes(text.ToString()), to);
    }

    /// <summary>Serves one stream until its reader goes away.</summary>
    /// <param name="http">The request.</param>
    /// <param name="language">Language of the page.</param>
    /// <param name="wanted">Ids of the page's parts; those that the reader may not see, or that do not exist, are left out.</param>
    /// <param name="topics">Topics whose change the page's own blocks wait for.</param>
    /// <param name="since">Number of the newest part in the page, or of the last event that arrived.</param>
    /// <param name="audience">Who reads.</param>
    /// <param name="catalogue">What the topics' permissions are.</param>
    /// <param name="place">Given back at its end; without one the present state is sent once, and when to ask again.</param>
    public Task Serve(HttpContext http, string language, IEnumerable<string> wanted, IEnumerable<string> topics, long since, Audience audience, Catalogue catalogue, IDisposable? place)
    {
        // what is read here is forgotten before the stream begins: for hours nothing stays of it but the group
        var visible = wanted.Distinct(StringComparer.Ordinal).Select(parts.Find).OfType<LivePart>().Where(p => audience.Can(p.Permission)).Take(100).Select(p => p.Id).ToList();
        var allowed = topics.Where(t => catalogue.All.FirstOrDefault(c => c is Feed or Dataset && c.Key == t) is { } c && audience.Can(Catalogue.PermissionOf(c))).Take(20).ToHashSet(StringComparer.Ordinal);
        if (place is null) return Once(http, new Group("", language, visible, allowed), since);
        http.Request.Query = QueryCollection.Empty;
        var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        var viewer = new Viewer(http, ended.Token);
        return Serve(http, Join(language, visible, allowed, viewer), viewer, since, ended, place);
    }

    private async Task Once(HttpContext http, Group group, long since)
    {
        var (bytes, _) = await Catch(group, since, Resumed(http, since), http.RequestAborted);
        await StreamPlaces.Refuse(http, bytes);
    }

    private static bool Resumed(HttpContext http, long since) => since > 0 && http.Request.Headers.ContainsKey("Last-Event-ID");

    private async Task Serve(HttpContext http, Group group, Viewer viewer, long since, CancellationTokenSource ended, IDisposable place)
    {
        using var _ = ended;
        Interlocked.Increment(ref _open);
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
            await Follow(viewer, group, since, Resumed(http, since), ended.Token);
        }
        catch (OperationCanceledException) { /* the reader left, or the host stops */ }
        catch (IOException) { /* the connection broke */ }
        finally
        {
            Interlocked.Decrement(ref _open);
            place.Dispose();
            Leave(group, viewer);
            await viewer.Close();
        }
    }

    private async Task Follow(Viewer viewer, Group group, long since, bool resumed, CancellationToken ended)
    {
        // the first event goes out at once: what is newer than the page, or a sign of life; a changed topic is told anew
        var (first, sent) = await Catch(group, since, resumed, ended);
        viewer.Sent = Math.Max(sent, since);
        await viewer.Write(first.Length > 0 ? first : PingBytes);
        while (true)
        {
            while (!viewer.Rest())
            {
                // a reader who fell behind takes the newest state, not everything in between
                var (bytes, to) = await Catch(group, viewer.Sent, true, ended);
                viewer.Sent = Math.Max(viewer.Sent, to);
                if (bytes.Length > 0) await viewer.Write(bytes);
            }
            await viewer.Woken;
            ended.ThrowIfCancellationRequested();
            await viewer.Taken();
        }
    }

    private Group Join(string language, IReadOnlyList<string> visible, IReadOnlySet<string> topics, Viewer viewer)
    {
        var key = $"{language}|{string.Join(',', visible)}|{string.Join(',', topics.Order(StringComparer.Ordinal))}";
        lock (_groups)
        {
            if (!_groups.TryGetValue(key, out var group)) group = _groups[key] = new(key, language, visible, topics) { To = parts.Sequence };
            group.Add(viewer);
            return group;
        }
    }

    private void Leave(Group group, Viewer viewer)
    {
        lock (_groups)
            if (group.Remove(viewer) == 0) _groups.Remove(group.Key);
    }
}

using System.Globalization;
using System.Text;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Live;

/// <summary>Carries new renderings to open pages. Viewers who see the same are one group and share the bytes; a slow one
/// holds nothing but its own place, and gets the present state when it reads again.</summary>
internal sealed class LiveStreams(LiveParts parts, Signals signals, IHostApplicationLifetime life, ILogger<LiveStreams> log) : BackgroundService
{
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(40), Gather = TimeSpan.FromMilliseconds(4), Look = TimeSpan.FromSeconds(5), Quiet = TimeSpan.FromSeconds(10), WriteLimit = TimeSpan.FromSeconds(30);
    private static readonly byte[] PingBytes = "event: ping\ndata: \n\n"u8.ToArray();
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private int _open;

    /// <summary>Streams that are open now.</summary>
    public int Open => _open;

    /// <summary>Viewers with the same language, the same rights and the same page.</summary>
    private sealed class Group(string language, IReadOnlyList<string> parts, IReadOnlySet<string> topics)
    {
        private readonly HashSet<Viewer> _viewers = [];
        public string Language => language;
        public IReadOnlyList<string> Parts => parts;
        public IReadOnlySet<string> Topics => topics;
        /// <summary>Number up to which the newest event went.</summary>
        public long To;

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
    private sealed class Viewer(HttpResponse response, CancellationToken ended)
    {
        private readonly Lock _gate = new();
        private bool _busy = true, _missed;
        private long _written = Environment.TickCount64;
        private Task _writing = Task.CompletedTask;
        private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

        public void Ping()
        {
            lock (_gate) if (!_busy && Environment.TickCount64 - _written >= Quiet.TotalMilliseconds) Start(PingBytes);
        }

        private void Start(byte[] bytes)
        {
            _written = Environment.TickCount64;
            try
            {
                var write = response.Body.WriteAsync(bytes, ended);
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
            _writing = response.Body.WriteAsync(bytes, ended).AsTask();
            return Taken();
        }

        /// <summary>Done when the reader has taken what was sent; a reader who does not within half a minute is gone.</summary>
        public Task Taken() => _writing.WaitAsync(WriteLimit, ended);

        /// <summary>Rests, when nothing was missed meanwhile.</summary>
        public bool Rest()
        {
            lock (_gate)
            {
                (_busy, _missed, var missed) = (_missed, false, _missed);
                if (!missed) _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return !missed;
            }
        }

        /// <summary>Done when it cannot rest any longer.</summary>
        public Task Woken => _wake.Task;

        /// <summary>Nothing is written from here on: the answer belongs to the server again.</summary>
        public async Task Close()
        {
            lock (_gate) _busy = true;
            if (_writing.IsCompleted) return;
            response.HttpContext.Abort();
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
                    foreach (var viewer in group.Viewers) viewer.Ping();
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
            foreach (var viewer in group.Viewers) viewer.Offer(from, to, bytes);
        }
    }

    /// <summary>One event with every part of the group that is newer than a number, and the names of changed topics.</summary>
    private async Task<(byte[] Bytes, long To)> Compose(Group group, long after, IEnumerable<string> topics, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var html = new StringBuilder();
        // a page may render a part anew while the others are being rendered: the number is read in between, so that it never
        // covers a rendering that this event does not carry
        foreach (var id in group.Parts) await parts.Get(id, group.Language, cancel);
        var now = parts.Sequence;
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
    public async Task Serve(HttpContext http, string language, IEnumerable<string> wanted, IEnumerable<string> topics, long since, Audience audience, Catalogue catalogue)
    {
        var visible = wanted.Distinct(StringComparer.Ordinal).Where(id => parts.All.TryGetValue(id, out var part) && audience.Can(part.Permission)).Take(100).ToList();
        var allowed = topics.Where(t => catalogue.All.FirstOrDefault(c => c is Feed or Dataset && c.Key == t) is { } c && audience.Can(Catalogue.PermissionOf(c))).Take(20).ToHashSet(StringComparer.Ordinal);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        var key = $"{language}|{string.Join(',', visible)}|{string.Join(',', allowed.Order(StringComparer.Ordinal))}";
        var viewer = new Viewer(http.Response, ended.Token);
        var group = Join(key, language, visible, allowed, viewer);
        Interlocked.Increment(ref _open);
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
            await Follow(viewer, group, since, resumed: since > 0 && http.Request.Headers.ContainsKey("Last-Event-ID"), ended.Token);
        }
        catch (OperationCanceledException) { /* the reader left, or the host stops */ }
        catch (TimeoutException) { /* the reader does not read */ }
        catch (IOException) { /* the connection broke */ }
        finally
        {
            Interlocked.Decrement(ref _open);
            Leave(key, group, viewer);
            await viewer.Close();
        }
    }

    private async Task Follow(Viewer viewer, Group group, long since, bool resumed, CancellationToken ended)
    {
        // the first event goes out at once: what is newer than the page, or a sign of life; a changed topic is told anew
        var (first, sent) = await Compose(group, since, group.Topics.Where(_ => resumed), ended);
        viewer.Sent = Math.Max(sent, since);
        await viewer.Write(first.Length > 0 ? first : PingBytes);
        while (true)
        {
            while (!viewer.Rest())
            {
                // a reader who fell behind takes the newest state, not everything in between
                var (bytes, to) = await Compose(group, viewer.Sent, group.Topics, ended);
                viewer.Sent = Math.Max(viewer.Sent, to);
                if (bytes.Length > 0) await viewer.Write(bytes);
            }
            await viewer.Woken.WaitAsync(ended);
            await viewer.Taken();
        }
    }

    private Group Join(string key, string language, IReadOnlyList<string> visible, IReadOnlySet<string> topics, Viewer viewer)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(key, out var group)) group = _groups[key] = new(language, visible, topics) { To = parts.Sequence };
            group.Add(viewer);
            return group;
        }
    }

    private void Leave(string key, Group group, Viewer viewer)
    {
        lock (_groups)
            if (group.Remove(viewer) == 0) _groups.Remove(key);
    }
}

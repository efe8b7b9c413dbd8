using System.Globalization;
using System.Text;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Live;

/// <summary>Carries new renderings to open pages. Viewers who see the same are one group and share the bytes; a slow one
/// holds nothing but its own place, and gets the present state when it reads again.</summary>
internal sealed class LiveStreams(LiveParts parts, Signals signals, IHostApplicationLifetime life, ILogger<LiveStreams> log) : BackgroundService
{
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(40), Ping = TimeSpan.FromSeconds(15), WriteLimit = TimeSpan.FromSeconds(30);
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
        public string Language => language;
        public IReadOnlyList<string> Parts => parts;
        public IReadOnlySet<string> Topics => topics;
        public int Viewers;
        public Beat Latest = new(0, 0, [], new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>One event of a group: what is new after <paramref name="From"/>, up to <paramref name="To"/>.</summary>
    private sealed record Beat(long From, long To, byte[] Bytes, TaskCompletionSource<Beat> Next);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var heard = signals.ListenToAll(topic =>
        {
            parts.Touch(topic);
            lock (_topics) _topics.Add(topic);
            Wake();
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(stoppingToken);
                await Task.Delay(Coalesce, stoppingToken);
                await Publish(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            catch (Exception broken) { log.LogError(broken, "The live stream missed a beat"); }
        }
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
        List<Group> groups;
        lock (_groups) groups = [.. _groups.Values];
        foreach (var group in groups)
        {
            var from = group.Latest.To;
            var (bytes, to) = await Compose(group, from, topics.Where(group.Topics.Contains), cancel);
            if (bytes.Length == 0) continue;
            var beat = new Beat(from, to, bytes, new(TaskCreationOptions.RunContinuationsAsynchronously));
            var before = group.Latest;
            group.Latest = beat;
            before.Next.SetResult(beat);
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
        var group = Join(key, language, visible, allowed);
        Interlocked.Increment(ref _open);
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
            await Follow(http.Response, group, since, ended.Token);
        }
        catch (OperationCanceledException) { /* the reader left, read too slowly, or the host stops */ }
        catch (IOException) { /* the connection broke */ }
        finally
        {
            Interlocked.Decrement(ref _open);
            Leave(key, group);
        }
    }

    private async Task Follow(HttpResponse response, Group group, long since, CancellationToken ended)
    {
        var beat = group.Latest;
        // the first event goes out at once: what is newer than the page, or a sign of life; a changed topic is told anew
        var (first, sent) = await Compose(group, since, group.Topics.Where(_ => since > 0 && response.HttpContext.Request.Headers.ContainsKey("Last-Event-ID")), ended);
        await Write(response, first.Length > 0 ? first : PingBytes, ended);
        sent = Math.Max(sent, since);
        while (true)
        {
            Beat next;
            try { next = await beat.Next.Task.WaitAsync(Ping, ended); }
            catch (TimeoutException)
            {
                await Write(response, PingBytes, ended);
                continue;
            }
            // a reader who fell behind takes the newest state, not everything in between
            if (next.Next.Task.IsCompleted) next = group.Latest;
            if (next.From <= sent && next.To >= sent) { await Write(response, next.Bytes, ended); sent = Math.Max(sent, next.To); }
            else
            {
                var (bytes, to) = await Compose(group, sent, group.Topics, ended);
                if (bytes.Length > 0) await Write(response, bytes, ended);
                sent = Math.Max(sent, to);
            }
            beat = next;
        }
    }

    private static async Task Write(HttpResponse response, byte[] bytes, CancellationToken ended)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ended);
        limit.CancelAfter(WriteLimit);
        await response.Body.WriteAsync(bytes, limit.Token);
        await response.Body.FlushAsync(limit.Token);
    }

    private Group Join(string key, string language, IReadOnlyList<string> visible, IReadOnlySet<string> topics)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue(key, out var group))
            {
                group = _groups[key] = new(language, visible, topics);
                group.Latest = new(0, parts.Sequence, [], new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            group.Viewers++;
            return group;
        }
    }

    private void Leave(string key, Group group)
    {
        lock (_groups)
            if (--group.Viewers == 0) _groups.Remove(key);
    }
}

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace SmartCity.Traffic;

/// <summary>Live video of cameras for everybody who watches: one connection to a camera, however many watch, from the first who comes until
/// the last who leaves. Nothing is recorded. A viewer who reads slowly misses pictures and holds up nobody.</summary>
internal sealed class Videos(ILivePictures pictures, Stills stills, TimeProvider time, IHostApplicationLifetime? lifetime = null)
{
    /// <summary>Cameras whose video is read at one time, and viewers of all of them; whoever is one more gets stills.</summary>
    public const int AtOnce = 16, MostViewers = 400;
    /// <summary>Pictures that are passed on in a second, at most.</summary>
    public const int PerSecond = 5;
    /// <summary>So long the same picture is a frozen one; so long a camera that failed is left alone.</summary>
    public static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(30), Rest = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly CancellationToken _stop = lifetime?.ApplicationStopping ?? CancellationToken.None;
    private int _viewers;

    private sealed class Entry(CancellationToken stop)
    {
        public readonly CancellationTokenSource Stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        public readonly List<Channel<Still>> Viewers = [];
        public Still Now = Still.Unasked;
        /// <summary>When it failed; null while it goes on.</summary>
        public long? FailedAt;
    }

    /// <summary>Cameras whose video is being read.</summary>
    public int Running
    {
        get { lock (_gate) return _entries.Values.Count(e => e.FailedAt is null); }
    }

    /// <summary>Who watches, of all cameras.</summary>
    public int Viewers
    {
        get { lock (_gate) return _viewers; }
    }

    /// <summary>The pictures of a camera as they come, from the newest on. The last one says why there are no more; none at all when too
    /// many watch.</summary>
    public async IAsyncEnumerable<Still> Watch(Camera camera, [EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateBounded<Still>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        if (Join(camera, channel) is not { } entry) yield break;
        try
        {
            await foreach (var still in channel.Reader.ReadAllAsync(cancel)) yield return still;
        }
        finally { Leave(camera, entry, channel); }
    }

    private Entry? Join(Camera camera, Channel<Still> channel)
    {
        lock (_gate)
        {
            foreach (var (id, old) in _entries.Where(e => e.Value.FailedAt is { } failed && time.GetElapsedTime(failed) >= Rest).ToList()) _entries.Remove(id);
            if (_viewers >= MostViewers || camera.Stream is null) return null;
            if (!_entries.TryGetValue(camera.Id, out var entry))
            {
                if (_entries.Values.Count(e => e.FailedAt is null) >= AtOnce) return null;
                // what is known of its picture says since when it has been the same
                _entries[camera.Id] = entry = new(_stop) { Now = stills.Known(camera.Id) };
                _ = Task.Run(() => Read(camera, entry), CancellationToken.None);
            }
            _viewers++;
            entry.Viewers.Add(channel);
            if (entry.FailedAt is not null || entry.Now.Picture is not null && entry.Viewers.Count > 1) channel.Writer.TryWrite(entry.Now);
            if (entry.FailedAt is not null) channel.Writer.TryComplete();
            return entry;
        }
    }

    private void Leave(Camera camera, Entry entry, Channel<Still> channel)
    {
        lock (_gate)
        {
            _viewers--;
            entry.Viewers.Remove(channel);
            if (entry.Viewers.Count > 0 || entry.FailedAt is not null) return;
            if (_entries.GetValueOrDefault(camera.Id) == entry) _entries.Remove(camera.Id);
        }
        entry.Stop.Cancel();
    }

    private async Task Read(Camera camera, Entry entry)
    {
        long? passed = null;
        try
        {
            await foreach (var came in pictures.Follow(camera.Stream!, entry.Stop.Token))
            {
                if (came.Outcome == FetchOutcome.Ok && passed is { } last && time.GetElapsedTime(last) < TimeSpan.FromSeconds(1.0 / PerSecond)) continue;
                passed = time.GetTimestamp();
                if (came.Outcome == FetchOutcome.Ok) stills.Saw(camera, came);
                else if (came.Outcome == FetchOutcome.Auth) pictures.Renew(camera.Drone ? TrafficModule.DroneFeed : TrafficModule.CameraFeed);
                lock (_gate)
                {
                    entry.Now = Next(entry.Now, came, time.GetUtcNow());
                    foreach (var viewer in entry.Viewers) viewer.Writer.TryWrite(entry.Now);
                }
            }
        }
        catch (OperationCanceledException) { /* nobody watches any longer, or the host ends */ }
        finally
        {
            lock (_gate)
            {
                entry.FailedAt = time.GetTimestamp();
                foreach (var viewer in entry.Viewers) viewer.Writer.TryComplete();
            }
            entry.Stop.Dispose();
        }
    }

    private static Still Next(Still before, LivePicture came, DateTimeOffset now)
    {
        if (came.Outcome != FetchOutcome.Ok) return before with { State = came.Outcome == FetchOutcome.Auth ? StillState.Renewed : StillState.Dead, Picture = null, Outcome = came.Outcome, Detail = came.Detail };
        var version = Convert.ToHexStringLower(SHA256.HashData(came.Bytes.Span))[..16];
        var since = version == before.Version ? before.SameSince ?? now : now;
        return new(now - since >= FrozenAfter ? StillState.Frozen : StillState.Live, came, version, now, since, FetchOutcome.Ok, null);
    }
}

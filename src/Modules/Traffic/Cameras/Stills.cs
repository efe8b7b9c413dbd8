using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;

namespace SmartCity.Traffic;

/// <summary>How a camera's picture is.</summary>
internal enum StillState
{
    /// <summary>It was asked for and has not come yet.</summary>
    Waiting,
    /// <summary>As it should be.</summary>
    Live,
    /// <summary>The same picture for a while.</summary>
    Frozen,
    /// <summary>No picture came.</summary>
    Dead,
    /// <summary>The address had expired and is asked for anew.</summary>
    Renewed,
}

/// <summary>The newest that is known of a camera's picture.</summary>
/// <param name="State">How it is.</param>
/// <param name="Picture">The last good picture; null when there is none, or it was given up for want of room.</param>
/// <param name="Version">Changes with the picture.</param>
/// <param name="FetchedAt">When the last good picture came.</param>
/// <param name="SameSince">Since when the picture has been this one.</param>
/// <param name="Outcome">What the last question came to.</param>
/// <param name="Detail">Why there is none, for officials.</param>
internal sealed record Still(StillState State, LivePicture? Picture, string Version, DateTimeOffset? FetchedAt, DateTimeOffset? SameSince, FetchOutcome Outcome, string? Detail)
{
    public static Still Unasked { get; } = new(StillState.Waiting, null, "", null, null, FetchOutcome.None, null);
    /// <summary>How far the picture was behind when it came, as its source's clock says; null when it does not say.</summary>
    public TimeSpan? Behind => FetchedAt - Picture?.TakenAt is { } behind && behind > TimeSpan.FromSeconds(-2) ? behind < TimeSpan.Zero ? TimeSpan.Zero : behind : null;
    /// <summary>When the camera was last seen to work: when the picture last changed, or came.</summary>
    public DateTimeOffset? LastSeen => State == StillState.Frozen ? SameSince : FetchedAt;
}

/// <summary>Pictures of cameras for everybody who watches: each camera is asked at most once in <see cref="Between"/>, however many watch, and
/// not at all when nobody does. Nothing is recorded: the last picture is kept in memory while it is watched.</summary>
internal sealed class Stills(ILivePictures pictures, TimeProvider time, IHostApplicationLifetime? lifetime = null) : IDisposable
{
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(10), Forgotten = TimeSpan.FromMinutes(10);
    /// <summary>So many times the same picture in a row is a frozen one: half a minute at least, in which clocks tick and cars drive.</summary>
    public const int FrozenAfter = 4;
    /// <summary>Cameras that are asked at one time.</summary>
    public const int AtOnce = 12;
    /// <summary>Room for pictures, in bytes.</summary>
    public const long Room = 64L * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly CancellationToken _stop = lifetime?.ApplicationStopping ?? CancellationToken.None;
    private long _bytes, _swept;

    private sealed class Entry
    {
        public readonly Lock Gate = new();
        public Still Now = Still.Unasked;
        public Task Asking = Task.CompletedTask;
        public long? AskedAt;
        public long? SettledAt;
        public long WatchedAt;
        public int Same;
    }

    /// <summary>Bytes of pictures in memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);
    /// <summary>Cameras that somebody watches, or did within <see cref="Forgotten"/>.</summary>
    public int Watched => _entries.Count;

    /// <summary>The newest that is known, without asking.</summary>
    public Still Known(string camera) => _entries.TryGetValue(camera, out var entry) ? entry.Now : Still.Unasked;

    /// <summary>The newest picture of a camera.</summary>
    /// <param name="camera">The camera; that the viewer may see it was checked.</param>
    /// <param name="patience">How long the viewer waits for a question that is under way; then the picture before is given.</param>
    /// <param name="cancel">The viewer leaves. The question goes on for the others.</param>
    public async Task<Still> Of(Camera camera, TimeSpan patience, CancellationToken cancel)
    {
        var now = time.GetTimestamp();
        Sweep(now);
        var entry = _entries.GetOrAdd(camera.Id, _ => new());
        Task asking;
        lock (entry.Gate)
        {
            entry.WatchedAt = now;
            if (entry.Asking.IsCompleted && (entry.AskedAt is not { } asked || time.GetElapsedTime(asked, now) >= Between))
            {
                entry.AskedAt = now;
                entry.Asking = Task.Run(() => Ask(camera, entry), CancellationToken.None);
            }
            asking = entry.Asking;
        }
        if (!asking.IsCompleted)
            try { await asking.WaitAsync(patience, cancel); }
            catch (TimeoutException) { /* what is known is told; the next question finds more */ }
        return entry.Now;
    }

    /// <summary>A picture that came by a stream that somebody watches: while it goes on nobody asks for another, and those who look at
    /// the still get what came.</summary>
    public void Saw(Camera camera, LivePicture came)
    {
        var now = time.GetTimestamp();
        var entry = _entries.GetOrAdd(camera.Id, _ => new());
        lock (entry.Gate)
        {
            (entry.WatchedAt, entry.AskedAt) = (now, now);
            if (!entry.Asking.IsCompleted || entry.SettledAt is { } settled && time.GetElapsedTime(settled, now) < Between) return;
            entry.SettledAt = now;
            entry.Asking = Task.Run(() => Settle(camera, entry, came), CancellationToken.None);
        }
    }

    private async Task Ask(Camera camera, Entry entry)
    {
        try
        {
            await _places.WaitAsync(_stop);
            try
            {
                if (camera.Picture is null) Settle(camera, entry, new(FetchOutcome.BadRequest, default, "", 0, 0) { Detail = "the source gives no still picture" });
                else Settle(camera, entry, await pictures.Ask(camera.Picture, entry.Now.Picture, _stop));
            }
            finally { _places.Release(); }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { /* the city ends */ }
    }

    private void Settle(Camera camera, Entry entry, LivePicture came)
    {
        var now = time.GetUtcNow();
        var before = entry.Now;
        if (came.Outcome != FetchOutcome.Ok)
        {
            // expired: the list is asked again, and the next question goes to the new address
            if (came.Outcome == FetchOutcome.Auth) pictures.Renew(camera.Drone ? TrafficModule.DroneFeed : TrafficModule.CameraFeed);
            entry.Now = before with { State = came.Outcome == FetchOutcome.Auth && before.Outcome != FetchOutcome.Auth ? StillState.Renewed : StillState.Dead, Outcome = came.Outcome, Detail = came.Detail };
            return;
        }
        var version = came.Unchanged ? before.Version : Convert.ToHexStringLower(SHA256.HashData(came.Bytes.Span))[..16];
        var same = version == before.Version;
        entry.Same = same ? entry.Same + 1 : 1;
        Interlocked.Add(ref _bytes, came.Bytes.Length - (before.Picture?.Bytes.Length ?? 0));
        entry.Now = new(entry.Same >= FrozenAfter ? StillState.Frozen : StillState.Live, came, version, now, same ? before.SameSince : now, FetchOutcome.Ok, null);
        if (Bytes > Room) GiveUp();
    }

    // those that were watched longest ago go first
    private void GiveUp()
    {
        foreach (var (_, entry) in _entries.OrderBy(e => Interlocked.Read(ref e.Value.WatchedAt)))
        {
            if (Bytes <= Room * 3 / 4) return;
            lock (entry.Gate)
            {
                if (entry.Now.Picture is not { } picture) continue;
                entry.Now = entry.Now with { Picture = null };
                Interlocked.Add(ref _bytes, -picture.Bytes.Length);
            }
        }
    }

    // what nobody has watched for a while is forgotten, picture and state
    private void Sweep(long now)
    {
        var last = Interlocked.Read(ref _swept);
        if (last != 0 && time.GetElapsedTime(last, now) < TimeSpan.FromSeconds(30) || Interlocked.CompareExchange(ref _swept, now, last) != last) return;
        foreach (var (camera, entry) in _entries)
            lock (entry.Gate)
                if (entry.Asking.IsCompleted && time.GetElapsedTime(entry.WatchedAt, now) > Forgotten && _entries.TryRemove(camera, out _))
                    Interlocked.Add(ref _bytes, -(entry.Now.Picture?.Bytes.Length ?? 0));
    }

    public void Dispose() => _places.Dispose();
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace SmartCity.Traffic;

/// <summary>Video in pieces, passed on: one question for a playlist's beat and one for a piece, however many watch; nothing is asked when nobody
/// does. A viewer asks by names of our own, and only for what the camera's playlist lists, or listed one change before. Nothing is recorded.</summary>
internal sealed class Hls : IDisposable
{
    /// <summary>Largest piece; room for the pieces of all cameras together, in bytes.</summary>
    public const int PieceBytes = 8 * 1024 * 1024;
    public const long Room = 64L * 1024 * 1024;
    /// <summary>Cameras that are watched at one time, and pieces that are asked for at one time.</summary>
    public const int AtOnce = 12;
    /// <summary>Pieces that are on their way to viewers at one time: whoever wants one more is told to come again.</summary>
    public const int MostDeliveries = 400;
    /// <summary>So long after the last question of a viewer a camera is forgotten; so long what failed is left alone; so often a playlist is asked at most.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(15), Rest = TimeSpan.FromSeconds(5), Least = TimeSpan.FromSeconds(1);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(AtOnce, AtOnce);
    private readonly Lock _gate = new();
    private readonly ILivePictures _pictures;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly ITimer _sweeps;
    private int _deliveries;

    public Hls(ILivePictures pictures, TimeProvider time, IHostApplicationLifetime? lifetime = null)
    {
        (_pictures, _time, _stop) = (pictures, time, lifetime?.ApplicationStopping ?? CancellationToken.None);
        _sweeps = time.CreateTimer(_ => { lock (_gate) Sweep(); }, null, Forgotten, Forgotten);
    }

    private sealed class Entry
    {
        public string? Stream;
        public Uri? Variant;
        public long WatchedAt, AskedAt;
        public TimeSpan Beat = Least;
        public Task<HlsList>? Asking;
        public Dictionary<string, Piece> Pieces = new(StringComparer.Ordinal);
    }

    private sealed class Piece(Uri address)
    {
        public Uri Address => address;
        /// <summary>The newest playlist lists it.</summary>
        public bool Listed;
        public Task<HlsBytes>? Asking;
        public long AskedAt, UsedAt;
        public int Size;
    }

    /// <summary>Cameras that somebody watches, or did within <see cref="Forgotten"/>.</summary>
    public int Running { get { lock (_gate) return _entries.Count; } }

    /// <summary>Bytes of pieces in memory.</summary>
    public long Bytes { get { lock (_gate) return Held(); } }

    /// <summary>The playlist under our own names.</summary>
    /// <param name="camera">The camera; that the viewer may see it was checked.</param>
    /// <param name="cancel">The viewer leaves. The question goes on for the others.</param>
    public Task<HlsList> List(Camera camera, CancellationToken cancel)
    {
        lock (_gate)
        {
            Sweep();
            if (camera.Stream is not { } stream) return Task.FromResult(new HlsList(FetchOutcome.BadAddress, "", "the camera has no video"));
            if (!_entries.TryGetValue(camera.Id, out var entry))
            {
                if (_entries.Count >= AtOnce) return Task.FromResult(new HlsList(FetchOutcome.Quota, "", "too many cameras are watched"));
                _entries[camera.Id] = entry = new();
            }
            // the list of cameras brought another address: what was known of the old one is no longer asked
            if (entry.Stream != stream) (entry.Stream, entry.Variant, entry.Asking) = (stream, null, null);
            entry.WatchedAt = _time.GetTimestamp();
            if (entry.Asking is null || entry.Asking.IsCompleted && _time.GetElapsedTime(entry.AskedAt) >= entry.Beat)
            {
                entry.AskedAt = entry.WatchedAt;
                entry.Asking = Task.Run(() => Ask(camera, entry, stream), CancellationToken.None);
            }
            return entry.Asking.WaitAsync(cancel);
        }
    }

    /// <summary>A piece that a playlist lists; null for any other name.</summary>
    public async Task<HlsBytes?> Find(Camera camera, string name, CancellationToken cancel)
    {
        Task<HlsBytes> asking;
        lock (_gate)
        {
            Sweep();
            if (!_entries.TryGetValue(camera.Id, out var entry) || entry.Stream != camera.Stream || !entry.Pieces.TryGetValue(name, out var piece)) return null;
            entry.WatchedAt = piece.UsedAt = _time.GetTimestamp();
            // what failed is asked again after a rest, by the next who wants it
            var failed = piece.Asking is { IsCompleted: true } done && !(done.IsCompletedSuccessfully && done.Result.Outcome == FetchOutcome.Ok);
            if (piece.Asking is null || failed && _time.GetElapsedTime(piece.AskedAt) >= Rest)
            {
                piece.AskedAt = entry.WatchedAt;
                piece.Asking = Task.Run(() => Fetch(camera, piece), CancellationToken.None);
            }
            asking = piece.Asking;
        }
        return await asking.WaitAsync(cancel);
    }

    /// <summary>A place to give a piece to a viewer, until it is disposed of; null when all are taken.</summary>
    public IDisposable? Deliver()
    {
        if (Interlocked.Increment(ref _deliveries) <= MostDeliveries) return new Delivery(this);
        Interlocked.Decrement(ref _deliveries);
        return null;
    }

    private sealed class Delivery(Hls hls) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref hls._deliveries);
    }

    private async Task<HlsList> Ask(Camera camera, Entry entry, string stream)
    {
        HlsList Failed(FetchOutcome outcome, string? why)
        {
            lock (_gate) (entry.Variant, entry.Beat) = (null, Rest);
            return new(outcome, "", why);
        }
        if (!Uri.TryCreate(stream, UriKind.Absolute, out var begin)) return Failed(FetchOutcome.BadAddress, "the camera's address is none");
        Uri address;
        lock (_gate) address = entry.Variant ?? begin;
        for (var step = 0; step < 2; step++)
        {
            var came = await _pictures.Fetch(address.AbsoluteUri, HlsPlaylist.MaxBytes, _stop);
            if (came.Outcome != FetchOutcome.Ok)
            {
                Renew(camera, came.Outcome);
                return Failed(came.Outcome, came.Detail);
            }
            var list = HlsPlaylist.Read(came.Bytes.Span, address);
            if (list.Refusal is { } why) return Failed(FetchOutcome.Unparsable, why);
            if (list.Variant is { } variant)
            {
                address = variant;
                continue;
            }
            lock (_gate)
            {
                if (entry.Stream != stream) return new(FetchOutcome.Unreachable, "", "the camera has another address by now");
                entry.Variant = address;
                entry.Beat = TimeSpan.FromSeconds(Math.Max(Least.TotalSeconds, list.Target / 2d));
                Take(entry, list);
            }
            return new(FetchOutcome.Ok, list.Write(Name), null);
        }
        return Failed(FetchOutcome.Unparsable, "the playlists lead to one another");
    }

    // what the list before this one had is still given: a player may hold that list for a beat
    private void Take(Entry entry, HlsPlaylist list)
    {
        var listed = list.Pieces.SelectMany(p => p.Map is { } map ? new[] { map, p.Address } : [p.Address]).Distinct().ToDictionary(Name, StringComparer.Ordinal);
        if (entry.Pieces.Values.Count(p => p.Listed) == listed.Count && listed.Keys.All(n => entry.Pieces.TryGetValue(n, out var same) && same.Listed)) return;
        foreach (var (name, piece) in entry.Pieces.ToList())
        {
            if (!piece.Listed) entry.Pieces.Remove(name);
            piece.Listed = false;
        }
        foreach (var (name, address) in listed)
        {
            if (!entry.Pieces.TryGetValue(name, out var piece)) entry.Pieces[name] = piece = new(address);
            piece.Listed = true;
        }
    }

    private async Task<HlsBytes> Fetch(Camera camera, Piece piece)
    {
        await _places.WaitAsync(_stop);
        try
        {
            var came = await _pictures.Fetch(piece.Address.AbsoluteUri, PieceBytes, _stop);
            if (came.Outcome != FetchOutcome.Ok)
            {
                Renew(camera, came.Outcome);
                return new(came.Outcome, default, "");
            }
            if (TypeOf(came.Bytes.Span) is not { } type) return new(FetchOutcome.Unparsable, default, "");
            lock (_gate)
            {
                piece.Size = came.Bytes.Length;
                MakeRoom(piece);
            }
            return new(FetchOutcome.Ok, came.Bytes, type);
        }
        finally { _places.Release(); }
    }

    private long Held() => _entries.Values.Sum(e => e.Pieces.Values.Sum(p => (long)p.Size));

    // what nobody asked for the longest goes first; whoever wants it after all asks the camera again
    private void MakeRoom(Piece newest)
    {
        var held = Held();
        foreach (var old in _entries.Values.SelectMany(e => e.Pieces.Values).Where(p => p != newest && p.Size > 0).OrderBy(p => p.UsedAt).TakeWhile(_ => held > Room).ToList())
        {
            held -= old.Size;
            (old.Asking, old.Size) = (null, 0);
            if (held <= Room) return;
        }
    }

    private void Renew(Camera camera, FetchOutcome outcome)
    {
        if (outcome == FetchOutcome.Auth) _pictures.Renew(camera.Drone ? TrafficModule.DroneFeed : TrafficModule.CameraFeed);
    }

    // the bytes say what it is, not the name
    private static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 188 && bytes[0] == 0x47 && bytes[188] == 0x47 ? "video/mp2t"
        : bytes.Length > 8 && Encoding.Latin1.GetString(bytes[4..8]) is "ftyp" or "styp" or "moof" or "sidx" or "emsg" or "prft" ? "video/mp4" : null;

    private string Name(Uri address) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(address.AbsoluteUri)))[..24];

    private void Sweep()
    {
        foreach (var (id, _) in _entries.Where(e => _time.GetElapsedTime(e.Value.WatchedAt) > Forgotten).ToList()) _entries.Remove(id);
    }

    public void Dispose()
    {
        _sweeps.Dispose();
        _places.Dispose();
    }
}

/// <summary>A playlist for viewers.</summary>
internal sealed record HlsList(FetchOutcome Outcome, string Text, string? Detail);

/// <summary>A piece of video.</summary>
internal sealed record HlsBytes(FetchOutcome Outcome, ReadOnlyMemory<byte> Bytes, string ContentType);

using System.Security.Cryptography;
using System.Text;

namespace SmartCity.Traffic;

/// <summary>Video in pieces, passed on: one question for a playlist's beat and one for a piece, however many watch; nothing is asked when nobody
/// does. A viewer asks by names of our own, and only for what the camera's newest playlist lists. Nothing is recorded.</summary>
internal sealed class Hls(ILivePictures pictures, TimeProvider time)
{
    public const int PieceBytes = 8 * 1024 * 1024, AtOnce = 12;
    public static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(15), Least = TimeSpan.FromSeconds(1);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private sealed class Entry
    {
        public string? Stream;
        public Uri? Variant;
        public long WatchedAt, AskedAt;
        public TimeSpan Beat = Least;
        public Task<HlsList>? Asking;
        public Dictionary<string, (Uri Address, Task<HlsBytes>? Bytes)> Names = new(StringComparer.Ordinal);
    }

    /// <summary>Cameras whose pieces are in memory.</summary>
    public int Running { get { lock (_gate) { Sweep(); return _entries.Count; } } }

    /// <summary>The playlist under our own names.</summary>
    /// <param name="camera">The camera; that the viewer may see it was checked.</param>
    /// <param name="cancel">The viewer leaves. The question goes on for the others.</param>
    public Task<HlsList> List(Camera camera, CancellationToken cancel)
    {
        lock (_gate)
        {
            Sweep();
            if (!_entries.TryGetValue(camera.Id, out var entry))
            {
                if (_entries.Count >= AtOnce) return Task.FromResult(new HlsList(FetchOutcome.Quota, "", "too many cameras are watched"));
                _entries[camera.Id] = entry = new();
            }
            // the list of cameras brought another address: what was known of the old one is no longer asked
            if (entry.Stream != camera.Stream) (entry.Stream, entry.Variant, entry.Asking) = (camera.Stream, null, null);
            entry.WatchedAt = time.GetTimestamp();
            if (entry.Asking is null || entry.Asking.IsCompleted && time.GetElapsedTime(entry.AskedAt) >= entry.Beat)
            {
                entry.AskedAt = entry.WatchedAt;
                entry.Asking = Task.Run(() => Ask(camera, entry, camera.Stream!), CancellationToken.None);
            }
            return entry.Asking.WaitAsync(cancel);
        }
    }

    /// <summary>A piece that the newest playlist lists; null for any other name.</summary>
    public async Task<HlsBytes?> Piece(Camera camera, string name, CancellationToken cancel)
    {
        Task<HlsBytes> asking;
        lock (_gate)
        {
            Sweep();
            if (!_entries.TryGetValue(camera.Id, out var entry) || entry.Stream != camera.Stream || !entry.Names.TryGetValue(name, out var known)) return null;
            entry.WatchedAt = time.GetTimestamp();
            // what failed is asked again by the next who wants it
            if (known.Bytes is null || known.Bytes.IsCompleted && known.Bytes.Result.Outcome != FetchOutcome.Ok)
                entry.Names[name] = known = (known.Address, Task.Run(() => Fetch(camera, known.Address), CancellationToken.None));
            asking = known.Bytes!;
        }
        return await asking.WaitAsync(cancel);
    }

    private async Task<HlsList> Ask(Camera camera, Entry entry, string stream)
    {
        var address = entry.Variant ?? new Uri(stream);
        for (var step = 0; step < 2; step++)
        {
            var came = await pictures.Fetch(address.ToString(), HlsPlaylist.MaxBytes);
            if (came.Outcome != FetchOutcome.Ok)
            {
                entry.Variant = null;
                Renew(camera, came.Outcome);
                return new(came.Outcome, "", came.Detail);
            }
            var list = HlsPlaylist.Read(came.Bytes.Span, address);
            if (list.Refusal is { } why) return new(FetchOutcome.Unparsable, "", why);
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
                var before = entry.Names;
                entry.Names = list.Pieces.SelectMany(p => p.Map is { } map ? new[] { map, p.Address } : [p.Address]).Distinct().ToDictionary(Name, a => before.TryGetValue(Name(a), out var known) ? known : (a, null), StringComparer.Ordinal);
            }
            return new(FetchOutcome.Ok, list.Write(Name), null);
        }
        return new(FetchOutcome.Unparsable, "", "the playlists lead to one another");
    }

    private async Task<HlsBytes> Fetch(Camera camera, Uri address)
    {
        var came = await pictures.Fetch(address.ToString(), PieceBytes);
        if (came.Outcome != FetchOutcome.Ok)
        {
            Renew(camera, came.Outcome);
            return new(came.Outcome, default, "");
        }
        return TypeOf(came.Bytes.Span) is { } type ? new(FetchOutcome.Ok, came.Bytes, type) : new(FetchOutcome.Unparsable, default, "");
    }

    private void Renew(Camera camera, FetchOutcome outcome)
    {
        if (outcome == FetchOutcome.Auth) pictures.Renew(camera.Drone ? TrafficModule.DroneFeed : TrafficModule.CameraFeed);
    }

    // the bytes say what it is, not the name
    private static string? TypeOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 188 && bytes[0] == 0x47 && bytes[188] == 0x47 ? "video/mp2t"
        : bytes.Length > 8 && Encoding.Latin1.GetString(bytes[4..8]) is "ftyp" or "styp" or "moof" or "sidx" or "emsg" or "prft" ? "video/mp4" : null;

    private string Name(Uri address) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(address.ToString())))[..24];

    private void Sweep()
    {
        foreach (var (id, _) in _entries.Where(e => time.GetElapsedTime(e.Value.WatchedAt) > Forgotten).ToList()) _entries.Remove(id);
    }
}

/// <summary>A playlist for viewers.</summary>
internal sealed record HlsList(FetchOutcome Outcome, string Text, string? Detail);

/// <summary>A piece of video.</summary>
internal sealed record HlsBytes(FetchOutcome Outcome, ReadOnlyMemory<byte> Bytes, string ContentType);

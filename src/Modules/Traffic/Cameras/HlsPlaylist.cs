using System.Globalization;
using System.Text;

namespace SmartCity.Traffic;

/// <summary>A piece of video as a playlist names it.</summary>
/// <param name="Address">Where it is asked for. It may hold a token: it reaches no page.</param>
/// <param name="Seconds">How long it plays.</param>
internal sealed record HlsPiece(Uri Address, double Seconds)
{
    /// <summary>What a player needs before this piece; null when the piece stands alone.</summary>
    public Uri? Map { get; init; }
    /// <summary>Something else begins here: another clock, another encoding.</summary>
    public bool Breaks { get; init; }
    public DateTimeOffset? At { get; init; }
}

/// <summary>What a source's playlist says, as far as it is understood here. Nothing of it is passed on as it was written.</summary>
/// <param name="Variant">The playlist to ask instead, when this one only lists others.</param>
/// <param name="Pieces">The last pieces, oldest first.</param>
/// <param name="First">Number of the first piece.</param>
/// <param name="Breaks">Breaks before the first piece.</param>
/// <param name="Target">Longest piece in seconds.</param>
/// <param name="Ended">No more will come.</param>
/// <param name="Refusal">Why it is not played, for officials; null when it is.</param>
internal sealed record HlsPlaylist(Uri? Variant, IReadOnlyList<HlsPiece> Pieces, long First, long Breaks, int Target, bool Ended, string? Refusal)
{
    public const int MaxBytes = 256 * 1024, MaxLines = 4096, Kept = 8;
    // as far as a player counts without a mistake
    private const long Counted = 1L << 53;

    /// <summary>Reads a playlist. Never throws for what a source wrote.</summary>
    public static HlsPlaylist Read(ReadOnlySpan<byte> file, Uri address)
    {
        var lines = Encoding.UTF8.GetString(file).TrimStart('\uFEFF').Split('\n', MaxLines + 1);
        if (lines[0].Trim() != "#EXTM3U") return Refused("the answer is no playlist");
        if (lines.Length > MaxLines) return Refused($"the playlist has more than {MaxLines} lines");
        var pieces = new List<HlsPiece>();
        var (first, breaks, target, ended) = (0L, 0L, 0, false);
        (Uri? Address, long Bits) variant = (null, long.MaxValue);
        (double? seconds, long? bits, Uri? map, bool breaking, DateTimeOffset? at) = (null, null, null, false, null);
        foreach (var line in lines.Skip(1).Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (line[0] != '#')
            {
                if (Resolve(address, line) is not { } found) return Refused("the playlist names another host, or an address that cannot be asked");
                if (bits is { } wide) { if (wide < variant.Bits) variant = (found, wide); }
                else if (seconds is { } length) pieces.Add(new(found, length) { Map = map, Breaks = breaking, At = at });
                (seconds, bits, breaking, at) = (null, null, false, null);
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (tag, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            switch (tag)
            {
                case "#EXT-X-KEY" or "#EXT-X-SESSION-KEY" when Attribute(value, "METHOD") != "NONE": return Refused("the video is encrypted");
                case "#EXT-X-BYTERANGE": return Refused("the pieces are parts of one file");
                case "#EXT-X-MAP" when Attribute(value, "BYTERANGE") is not null: return Refused("the pieces are parts of one file");
                case "#EXT-X-MAP":
                    map = Attribute(value, "URI") is { } named ? Resolve(address, named) : null;
                    if (map is null) return Refused("the playlist names another host, or an address that cannot be asked");
                    break;
                case "#EXT-X-STREAM-INF": bits = long.TryParse(Attribute(value, "BANDWIDTH"), NumberStyles.None, CultureInfo.InvariantCulture, out var b) ? b : long.MaxValue - 1; break;
                case "#EXTINF":
                    if (!double.TryParse(value.Split(',')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var s) || s is not (>= 0 and <= 60)) return Refused("a piece has no length, or is longer than a minute");
                    seconds = s;
                    break;
                case "#EXT-X-MEDIA-SEQUENCE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < Counted: first = n; break;
                case "#EXT-X-DISCONTINUITY-SEQUENCE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < Counted: breaks = n; break;
                case "#EXT-X-TARGETDURATION" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n): target = n; break;
                case "#EXT-X-PROGRAM-DATE-TIME" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when): at = when; break;
                case "#EXT-X-DISCONTINUITY": breaking = true; break;
                case "#EXT-X-ENDLIST": ended = true; break;
            }
        }
        if (pieces.Count == 0) return variant.Address is { } other ? new(other, [], 0, 0, 0, false, null) : Refused("the playlist lists no video");
        var dropped = Math.Max(0, pieces.Count - Kept);
        var kept = pieces.Skip(dropped).ToList();
        return new(null, kept, first + dropped, breaks + pieces.Take(dropped).Count(p => p.Breaks), Math.Clamp(target, (int)Math.Round(kept.Max(p => p.Seconds)), 60), ended, null);
    }

    /// <summary>The playlist for viewers: the same pieces under names of our own.</summary>
    public string Write(Func<Uri, string> name)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:{Target}\n#EXT-X-MEDIA-SEQUENCE:{First}\n#EXT-X-DISCONTINUITY-SEQUENCE:{Breaks}\n");
        Uri? map = null;
        foreach (var piece in Pieces)
        {
            if (piece.Breaks) text.Append("#EXT-X-DISCONTINUITY\n");
            if (piece.Map is { } needed && needed != map) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{name(map = needed)}\"\n");
            if (piece.At is { } at) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}Z\n");
            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{piece.Seconds:0.######},\n{name(piece.Address)}\n");
        }
        return text.Append(Ended ? "#EXT-X-ENDLIST\n" : "").ToString();
    }

    private static HlsPlaylist Refused(string why) => new(null, [], 0, 0, 0, false, why);

    // a list names files of its own host: the city agreed to ask that one, and no other
    private static Uri? Resolve(Uri address, string named) => named.Length <= 2048 && Uri.TryCreate(address, named, out var found) && found.Scheme == address.Scheme && found.Authority == address.Authority && found.UserInfo.Length == 0 ? found : null;

    // NAME=value or NAME="value, with commas"
    private static string? Attribute(string list, string name)
    {
        for (var at = 0; at < list.Length;)
        {
            var equals = list.IndexOf('=', at);
            if (equals < 0) return null;
            var quoted = equals + 1 < list.Length && list[equals + 1] == '"';
            var from = equals + (quoted ? 2 : 1);
            var end = from > list.Length ? -1 : list.IndexOf(quoted ? '"' : ',', from);
            if (end < 0) end = list.Length;
            if (list[at..equals].Trim() == name) return list[Math.Min(from, end)..end];
            at = end + 1;
            if (quoted && at < list.Length && list[at] == ',') at++;
        }
        return null;
    }
}

using System.Diagnostics;
using System.Globalization;

namespace SmartCity.Shell.Outbound;

/// <summary>Takes the first part of an answer that never ends: pictures sent one behind the other (<c>multipart/x-mixed-replace</c>).</summary>
internal static class FirstPart
{
    /// <summary>True for such an answer.</summary>
    public static bool Is(HttpContent content) => Boundary(content) is not null;

    private static string? Boundary(HttpContent content) =>
        content.Headers.ContentType is { MediaType: { } type } full && type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
        && full.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"').TrimStart('-') is { Length: > 0 and <= 200 } boundary ? boundary : null;

    /// <exception cref="OutboundRefusal">A limit was reached.</exception>
    /// <exception cref="InvalidDataException">It is not put together as it says.</exception>
    public static async Task<(byte[] Body, string? ContentType, DateTimeOffset? Made)> Read(HttpContent content, int max, CancellationToken stop)
    {
        await using var stream = await content.ReadAsStreamAsync(stop);
        return await Parts(content, stream, max, Body.Idle).Next(stop) ?? throw new InvalidDataException();
    }

    /// <summary>The parts of such an answer, one after the other.</summary>
    // some write two more hyphens before the boundary than they announce
    public static PartReader Parts(HttpContent content, Stream stream, int max, TimeSpan idle, int perSecond = 0) => new(stream, System.Text.Encoding.Latin1.GetBytes("--" + Boundary(content)), max, idle) { PerSecond = perSecond };
}

/// <summary>Reads the parts of a stream of pictures.</summary>
/// <param name="stream">The answer's body.</param>
/// <param name="mark">What stands before each part.</param>
/// <param name="max">Largest part in bytes.</param>
/// <param name="idle">A stream that stands still for this long is given up.</param>
internal sealed class PartReader(Stream stream, byte[] mark, int max, TimeSpan idle)
{
    private const int MostHead = 4096;
    private readonly MemoryStream _taken = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _window = Stopwatch.GetTimestamp();
    private int _inWindow;
    private bool _ended;

    /// <summary>What is read in a second at most, in bytes; 0 for no limit. Whoever sends more has to wait.</summary>
    public int PerSecond { get; init; }

    /// <summary>The next part; null when the stream has ended.</summary>
    /// <exception cref="OutboundRefusal">A limit was reached.</exception>
    public async Task<(byte[] Body, string? ContentType, DateTimeOffset? Made)?> Next(CancellationToken stop)
    {
        while (true)
        {
            if (_taken.Length > 0 && Part(_taken.GetBuffer().AsSpan(0, (int)_taken.Length), mark, _ended) is { } found)
            {
                var rest = _taken.GetBuffer().AsSpan(found.End, (int)_taken.Length - found.End).ToArray();
                _taken.SetLength(0);
                _taken.Write(rest);
                return (found.Body, found.ContentType, found.Made);
            }
            if (_ended) return null;
            if (_taken.Length > max + MostHead) throw new OutboundRefusal(FetchOutcome.TooLarge, string.Create(CultureInfo.InvariantCulture, $"a picture is larger than {max / (1024d * 1024):0.##} MB"));
            await Wait(stop);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
            pause.CancelAfter(idle);
            int read;
            try { read = await stream.ReadAsync(_buffer, pause.Token); }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { throw new OutboundRefusal(FetchOutcome.TimedOut, $"the answer stood still for {idle.TotalSeconds:0} s"); }
            _taken.Write(_buffer, 0, read);
            _inWindow += read;
            _ended = read == 0;
        }
    }

    private async Task Wait(CancellationToken stop)
    {
        if (PerSecond == 0) return;
        var left = TimeSpan.FromSeconds(1) - Stopwatch.GetElapsedTime(_window);
        if (_inWindow >= PerSecond && left > TimeSpan.Zero) await Task.Delay(left, stop);
        else if (left > TimeSpan.Zero) return;
        (_window, _inWindow) = (Stopwatch.GetTimestamp(), 0);
    }

    private static (byte[] Body, string? ContentType, DateTimeOffset? Made, int End)? Part(ReadOnlySpan<byte> taken, byte[] mark, bool ended)
    {
        var at = taken.IndexOf(mark);
        if (at < 0) return null;
        var rest = taken[(at + mark.Length)..];
        var end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0) return null;
        string? type = null;
        DateTimeOffset? made = null;
        int? length = null;
        foreach (var line in System.Text.Encoding.Latin1.GetString(rest[..end]).Split("\r\n"))
        {
            if (line.Split(':', 2) is not [var name, var value]) continue;
            switch (name.Trim().ToLowerInvariant())
            {
                case "content-type": type = value.Trim(); break;
                case "content-length" when int.TryParse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var n) && n >= 0: length = n; break;
                case "last-modified" or "date" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when): made = when; break;
            }
        }
        var body = rest[(end + 4)..];
        var from = taken.Length - body.Length;
        if (length is { } said) return body.Length >= said ? (body[..said].ToArray(), type, made, from + said) : null;
        var next = body.IndexOf(mark);
        if (next < 0) return ended && body.Length > 0 ? (body.ToArray(), type, made, taken.Length) : null;
        // the line break before the next boundary is the boundary's
        return (body[..(next >= 2 && body[next - 2] == '\r' ? next - 2 : next)].ToArray(), type, made, from + next);
    }
}

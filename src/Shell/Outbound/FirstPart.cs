using System.Globalization;

namespace SmartCity.Shell.Outbound;

/// <summary>Takes the first part of an answer that never ends: pictures sent one behind the other (<c>multipart/x-mixed-replace</c>).</summary>
internal static class FirstPart
{
    private const int MostHead = 4096;

    /// <summary>True for such an answer.</summary>
    public static bool Is(HttpContent content) => Boundary(content) is not null;

    private static string? Boundary(HttpContent content) =>
        content.Headers.ContentType is { MediaType: { } type } full && type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
        && full.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"').TrimStart('-') is { Length: > 0 and <= 200 } boundary ? boundary : null;

    /// <exception cref="OutboundRefusal">A limit was reached.</exception>
    /// <exception cref="InvalidDataException">It is not put together as it says.</exception>
    public static async Task<(byte[] Body, string? ContentType, DateTimeOffset? Made)> Read(HttpContent content, int max, CancellationToken stop)
    {
        // some write two more hyphens before the boundary than they announce
        var mark = System.Text.Encoding.Latin1.GetBytes("--" + Boundary(content));
        await using var stream = await content.ReadAsStreamAsync(stop);
        var taken = new MemoryStream();
        var buffer = new byte[16 * 1024];
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        while (true)
        {
            pause.CancelAfter(Body.Idle);
            int read;
            try { read = await stream.ReadAsync(buffer, pause.Token); }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { throw new OutboundRefusal(FetchOutcome.TimedOut, $"the answer stood still for {Body.Idle.TotalSeconds:0} s"); }
            taken.Write(buffer, 0, read);
            if (Part(taken.GetBuffer().AsSpan(0, (int)taken.Length), mark, ended: read == 0) is { } part) return part;
            if (read == 0) throw new InvalidDataException();
            if (taken.Length > max + MostHead) throw new OutboundRefusal(FetchOutcome.TooLarge, string.Create(CultureInfo.InvariantCulture, $"the first picture is larger than {max / (1024d * 1024):0.##} MB"));
        }
    }

    private static (byte[] Body, string? ContentType, DateTimeOffset? Made)? Part(ReadOnlySpan<byte> taken, byte[] mark, bool ended)
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
        if (length is { } said) return body.Length >= said ? (body[..said].ToArray(), type, made) : null;
        var next = body.IndexOf(mark);
        if (next < 0) return ended && body.Length > 0 ? (body.ToArray(), type, made) : null;
        // the line break before the next boundary is the boundary's
        return (body[..(next >= 2 && body[next - 2] == '\r' ? next - 2 : next)].ToArray(), type, made);
    }
}

using System.Globalization;
using System.IO.Compression;

namespace SmartCity.Shell.Outbound;

/// <summary>Reads a body within its limits: bytes after unpacking, how much one byte may become, and how long it may stand still.</summary>
internal static class Body
{
    /// <summary>A byte becomes at most so many, once <see cref="RatioFrom"/> bytes are there.</summary>
    public const int MaxRatio = 100;
    public const int RatioFrom = 1024 * 1024;
    /// <summary>A body that stands still for this long is given up, however much time the feed allows.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);
    private const int Piece = 32 * 1024;

    /// <exception cref="OutboundRefusal">A limit was reached.</exception>
    /// <exception cref="InvalidDataException">It is not packed as it says.</exception>
    public static async Task<byte[]> Read(HttpContent content, int max, CancellationToken stop)
    {
        if (content.Headers.ContentLength > max) throw TooLarge(max);
        await using var taken = new Counted(await content.ReadAsStreamAsync(stop));
        var packed = IsPacked([.. content.Headers.ContentEncoding]);
        await using Stream stream = packed ? new GZipStream(taken, CompressionMode.Decompress) : taken;
        var pieces = new List<byte[]>();
        var length = 0;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        while (true)
        {
            if (length == pieces.Count * Piece) pieces.Add(new byte[Piece]);
            pause.CancelAfter(Idle);
            int read;
            try { read = await stream.ReadAsync(pieces[^1].AsMemory(length % Piece), pause.Token); }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { throw new OutboundRefusal(FetchOutcome.TimedOut, $"the answer stood still for {Idle.TotalSeconds:0} s"); }
            if (read == 0) break;
            length += read;
            if (length > max) throw TooLarge(max);
            if (length > RatioFrom && length > MaxRatio * taken.Bytes) throw new OutboundRefusal(FetchOutcome.TooLarge, $"the answer unpacks to more than {MaxRatio} times its size");
        }
        // the unpacker does not mind a missing end; what ends well ends with its length
        if (packed && taken.Bytes > 0 && taken.Last != (uint)length) throw new InvalidDataException();
        var whole = new byte[length];
        for (var i = 0; i * Piece < length; i++) pieces[i].AsSpan(0, Math.Min(Piece, length - i * Piece)).CopyTo(whole.AsSpan(i * Piece));
        return whole;
    }

    // one layer of the one way that was asked for: packed twice is a way to hide
    private static bool IsPacked(string[] encodings) => encodings.Select(e => e.ToLowerInvariant()).Where(e => e != "identity").ToArray() switch
    {
        [] => false,
        ["gzip" or "x-gzip"] => true,
        _ => throw new InvalidDataException(),
    };

    private static OutboundRefusal TooLarge(int max) => new(FetchOutcome.TooLarge, string.Create(CultureInfo.InvariantCulture, $"the answer is larger than {max / (1024d * 1024):0.##} MB"));

    /// <summary>A stream that knows how much was taken from it.</summary>
    private sealed class Counted(Stream inner) : Stream
    {
        public long Bytes { get; private set; }
        /// <summary>The last four bytes, as a number that begins with its smallest.</summary>
        public uint Last { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Bytes += read;
            for (var i = Math.Max(0, read - 4); i < read; i++) Last = Last >> 8 | (uint)buffer.Span[i] << 24;
            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only ReadAsync can be given up");
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

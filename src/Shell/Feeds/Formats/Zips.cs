using System.IO.Compression;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Archives of files, read in memory and never to disk: what they declare is judged first, then held to.</summary>
internal static class Zips
{
    public const int MaxEntries = 2_000, MaxRatio = 100;
    public const long MaxBytes = 200L * 1024 * 1024;
    // a few kilobytes of nothing compress better than any honest table
    private const long SmallBytes = 64 * 1024;

    /// <summary>Opens an archive.</summary>
    /// <exception cref="InvalidDataException">It is none, or declares more than it may.</exception>
    public static ZipArchive Open(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith("PK"u8)) throw new InvalidDataException("not a zip file");
        // counted before anything is made of them
        var files = 0;
        for (var rest = body.Span; rest.IndexOf("PK\u0001\u0002"u8) is var at && at >= 0; rest = rest[(at + 4)..]) if (++files > MaxEntries) throw new InvalidDataException($"more than {MaxEntries} files in the zip");
        var zip = Try(() => new ZipArchive(new MemoryStream(body.ToArray(), writable: false), ZipArchiveMode.Read));
        try
        {
            long all = 0;
            foreach (var entry in Try(() => zip.Entries))
            {
                var name = entry.FullName;
                if (name.Length > 300 || name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal) || name.Split('/').Contains("..")) throw new InvalidDataException("a file in the zip has a name that leads out of it");
                if (entry.Length < 0 || (all += entry.Length) > MaxBytes) throw new InvalidDataException($"more than {MaxBytes / 1024 / 1024} MB in the zip");
                if (entry.Length > SmallBytes && entry.Length > MaxRatio * Math.Max(1, entry.CompressedLength)) throw new InvalidDataException($"a file in the zip is compressed more than {MaxRatio} to 1");
            }
            return zip;
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file of an archive; one that is longer than it declares is refused where it is.</summary>
    public static Stream Read(ZipArchiveEntry entry) => new Declared(Try(entry.Open), entry.Length);

    // a directory that leads out of the file is found by the stream, not by the archive
    private static T Try<T>(Func<T> read)
    {
        try { return read(); }
        catch (Exception broken) when (broken is IOException or ArgumentException or NotSupportedException or OverflowException) { throw new InvalidDataException("a zip file that is broken", broken); }
    }

    private sealed class Declared(Stream inner, long length) : Stream
    {
        private long _read;

        public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));
        public override int Read(Span<byte> buffer) => Counted(inner.Read(buffer));
        private int Counted(int read) => (_read += read) > length ? throw new InvalidDataException("a file in the zip is longer than it declares") : read;

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => _read; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

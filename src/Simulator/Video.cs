using System.Buffers.Binary;
using System.Text;

namespace SmartCity.Simulator;

/// <summary>Writes H.264 video (baseline, one picture a second) in fragmented MP4, as HLS wants it. The first picture of a piece is written point by
/// point; of the others only the blocks that changed, the rest is "as before". No compression worth the name, and every player reads it.</summary>
internal sealed class Video(int width, int height)
{
    private const uint TimeScale = 1000;
    private readonly int _columns = width / 16, _rows = height / 16;

    /// <summary>What a player needs before any piece.</summary>
    public byte[] Init()
    {
        var sps = Unit(0x67, b => { b.Raw([66, 0xC0, 30]); b.Ue(0); b.Ue(0); b.Ue(2); b.Ue(1); b.Put(0, 1); b.Ue((uint)_columns - 1); b.Ue((uint)_rows - 1); b.Put(0b1100, 4); });
        var pps = Unit(0x68, b => { b.Ue(0); b.Ue(0); b.Put(0, 2); b.Ue(0); b.Ue(0); b.Ue(0); b.Put(0, 3); b.Ue(0); b.Ue(0); b.Ue(0); b.Put(0b100, 3); });
        byte[] configured = [1, 66, 0xC0, 30, 0xFF, 0xE1, .. U16(sps.Length), .. sps, 1, .. U16(pps.Length), .. pps];
        byte[] unity = [.. U32(0x10000), .. new byte[12], .. U32(0x10000), .. new byte[12], .. U32(0x40000000)];
        var entry = Box("avc1", new byte[6], U16(1), new byte[16], U16(width), U16(height), U32(0x480000), U32(0x480000), new byte[4], U16(1), new byte[32], U16(0x18), U16(0xFFFF), Box("avcC", configured));
        var table = Box("stbl", Full("stsd", 0, U32(1), entry), Full("stts", 0, U32(0)), Full("stsc", 0, U32(0)), Full("stsz", 0, new byte[8]), Full("stco", 0, U32(0)));
        var media = Box("mdia", Full("mdhd", 0, new byte[8], U32(TimeScale), U32(0), U16(0x55C4), U16(0)), Full("hdlr", 0, new byte[4], "vide"u8.ToArray(), new byte[12], "road\0"u8.ToArray()),
            Box("minf", Full("vmhd", 1, new byte[8]), Box("dinf", Full("dref", 0, U32(1), Full("url ", 1))), table));
        var track = Box("trak", Full("tkhd", 3, new byte[8], U32(1), new byte[4], U32(0), new byte[16], unity, U32((uint)width << 16), U32((uint)height << 16)), media);
        var movie = Full("mvhd", 0, new byte[8], U32(TimeScale), U32(0), U32(0x10000), U16(0x100), new byte[10], unity, new byte[24], U32(2));
        return [.. Box("ftyp", "isom"u8.ToArray(), U32(512), "isomiso6avc1mp41"u8.ToArray()), .. Box("moov", movie, track, Box("mvex", Full("trex", 0, U32(1), U32(1), U32(0), U32(0), U32(0))))];
    }

    /// <param name="number">Of the piece, from 1.</param>
    /// <param name="at">When it begins, in seconds.</param>
    /// <param name="pictures">Red, green, blue of each pixel, row after row; one a second.</param>
    public byte[] Piece(uint number, long at, IReadOnlyList<byte[]> pictures)
    {
        var samples = new List<byte[]>();
        byte[][]? before = null;
        foreach (var picture in pictures)
        {
            var blocks = Blocks(picture);
            var slice = Slice(blocks, before, samples.Count);
            samples.Add([.. U32((uint)slice.Length), .. slice]);
            before = blocks;
        }
        byte[] Fragment(int offset) => Box("moof", Full("mfhd", 0, U32(number)), Box("traf", Full("tfhd", 0x20000, U32(1)), [.. Box("tfdt", U32(0x01000000), U64((ulong)at * TimeScale))],
            Full("trun", 0x701, [U32((uint)samples.Count), U32((uint)offset), .. samples.SelectMany((s, i) => new[] { U32(TimeScale), U32((uint)s.Length), U32(i == 0 ? 0x02000000u : 0x01010000u) })])));
        var head = Fragment(Fragment(0).Length + 8);
        return [.. head, .. Box("mdat", [.. samples])];
    }

    // a whole picture, or what changed in it; without the smoothing at the blocks' edges
    private byte[] Slice(byte[][] blocks, byte[][]? before, int number) => Unit((byte)(before is null ? 0x65 : 0x41), b =>
    {
        b.Ue(0);
        b.Ue(before is null ? 7u : 5u);
        b.Ue(0);
        b.Put(number, 4);
        if (before is null) b.Ue(0);
        b.Put(0, before is null ? 2 : 3);
        b.Ue(0);
        b.Ue(1);
        var same = 0u;
        for (var i = 0; i < blocks.Length; i++)
        {
            if (before is not null && blocks[i].AsSpan().SequenceEqual(before[i])) { same++; continue; }
            if (before is not null) b.Ue(same);
            b.Ue(before is null ? 25u : 30u);
            b.Align();
            b.Raw(blocks[i]);
            same = 0;
        }
        if (same > 0) b.Ue(same);
    });

    // brightness of 16 by 16 points, then the two colours of 8 by 8, as television counts them
    private byte[][] Blocks(byte[] pixels)
    {
        var blocks = new byte[_columns * _rows][];
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = blocks[i] = new byte[384];
            var (left, top) = (i % _columns * 16, i / _columns * 16);
            for (var y = 0; y < 16; y++)
                for (var x = 0; x < 16; x++)
                {
                    var at = ((top + y) * width + left + x) * 3;
                    var (r, g, b) = (pixels[at], pixels[at + 1], pixels[at + 2]);
                    block[y * 16 + x] = (byte)(16 + (66 * r + 129 * g + 25 * b + 128) / 256);
                    if ((x & y & 1) == 0) continue;
                    block[256 + y / 2 * 8 + x / 2] = (byte)(128 + (-38 * r - 74 * g + 112 * b) / 256);
                    block[320 + y / 2 * 8 + x / 2] = (byte)(128 + (112 * r - 94 * g - 18 * b) / 256);
                }
        }
        return blocks;
    }

    private static byte[] Unit(byte head, Action<BitRow> write)
    {
        var bits = new BitRow();
        write(bits);
        bits.Put(1, 1);
        bits.Align();
        // two zeros and a small number would look like the beginning of the next unit
        var unit = new List<byte> { head };
        var zeros = 0;
        foreach (var b in bits.Bytes)
        {
            if (zeros >= 2 && b <= 3) { unit.Add(3); zeros = 0; }
            unit.Add(b);
            zeros = b == 0 ? zeros + 1 : 0;
        }
        return [.. unit];
    }

    private sealed class BitRow
    {
        private int _free;
        public List<byte> Bytes { get; } = [];

        public void Put(long value, int bits)
        {
            for (var i = bits - 1; i >= 0; i--)
            {
                if (_free == 0) { Bytes.Add(0); _free = 8; }
                _free--;
                if ((value >> i & 1) == 1) Bytes[^1] |= (byte)(1 << _free);
            }
        }

        /// <summary>A number that is the shorter the smaller it is.</summary>
        public void Ue(uint value)
        {
            var length = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value + 1);
            Put(0, length - 1);
            Put((long)value + 1, length);
        }

        public void Align() => _free = 0;

        public void Raw(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);
    }

    private static byte[] Box(string type, params byte[][] parts) => [.. U32((uint)(8 + parts.Sum(p => p.Length))), .. Encoding.ASCII.GetBytes(type), .. parts.SelectMany(p => p)];
    private static byte[] Full(string type, uint flags, params byte[][] parts) => Box(type, [U32(flags), .. parts]);
    private static byte[] U16(int value) { var b = new byte[2]; BinaryPrimitives.WriteUInt16BigEndian(b, (ushort)value); return b; }
    private static byte[] U32(uint value) { var b = new byte[4]; BinaryPrimitives.WriteUInt32BigEndian(b, value); return b; }
    private static byte[] U64(ulong value) { var b = new byte[8]; BinaryPrimitives.WriteUInt64BigEndian(b, value); return b; }
}

namespace SmartCity.Simulator;

/// <summary>Writes baseline JPEG: eight bits a colour, no subsampling, the tables of the standard's annex K.</summary>
internal static class Jpeg
{
    private static readonly byte[] Zigzag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];
    private static readonly byte[] Luminance =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];
    private static readonly byte[] Chrominance = [.. new byte[] { 17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99 }.Chunk(4).SelectMany(r => r.Concat(Enumerable.Repeat((byte)99, 4))), .. Enumerable.Repeat((byte)99, 32)];
    // how many codes there are of each length, and what they stand for
    private static readonly (byte[] Counts, byte[] Values) DcTable = ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    private static readonly (byte[] Counts, byte[] Values) AcTable = ([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], Convert.FromHexString(
        "01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A434445464748494A535455565758595A636465666768696A737475767778797A"
        + "838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA"));
    private static readonly (int Code, int Length)[] Dc = Codes(DcTable), Ac = Codes(AcTable);
    private static readonly float[] Cosines = [.. Enumerable.Range(0, 64).Select(i => (float)(Math.Cos((2 * (i % 8) + 1) * (i / 8) * Math.PI / 16) * (i / 8 == 0 ? Math.Sqrt(0.125) : 0.5)))];

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="pixels">Red, green, blue of each pixel, row after row.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> pixels, int quality = 70)
    {
        var scale = quality < 50 ? 5000 / quality : 200 - quality * 2;
        byte[] Scaled(byte[] table) => [.. table.Select(q => (byte)Math.Clamp((q * scale + 50) / 100, 1, 255))];
        var (light, colour) = (Scaled(Luminance), Scaled(Chrominance));
        var file = new Bits();
        file.Raw([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        foreach (var (number, table) in new[] { (0, light), (1, colour) })
            file.Raw([0xFF, 0xDB, 0, 67, (byte)number, .. Zigzag.Select(z => table[z])]);
        file.Raw([0xFF, 0xC0, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
        foreach (var (number, table) in new[] { (0x00, DcTable), (0x10, AcTable) })
            file.Raw([0xFF, 0xC4, 0, (byte)(19 + table.Values.Length), (byte)number, .. table.Counts, .. table.Values]);
        file.Raw([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
        Span<float> block = stackalloc float[64];
        Span<int> before = stackalloc int[3];
        for (var top = 0; top < height; top += 8)
            for (var left = 0; left < width; left += 8)
                for (var part = 0; part < 3; part++)
                {
                    for (var i = 0; i < 64; i++)
                    {
                        // what hangs over the edge repeats the edge
                        var at = (Math.Min(top + i / 8, height - 1) * width + Math.Min(left + i % 8, width - 1)) * 3;
                        var (r, g, b) = (pixels[at], pixels[at + 1], pixels[at + 2]);
                        block[i] = part switch { 0 => 0.299f * r + 0.587f * g + 0.114f * b - 128, 1 => -0.168736f * r - 0.331264f * g + 0.5f * b, _ => 0.5f * r - 0.418688f * g - 0.081312f * b };
                    }
                    before[part] = Block(file, block, part == 0 ? light : colour, before[part]);
                }
        return file.End();
    }

    private static int Block(Bits file, Span<float> block, byte[] table, int before)
    {
        Span<float> half = stackalloc float[64];
        // rows, then columns
        for (var row = 0; row < 64; row += 8)
            for (var u = 0; u < 8; u++)
            {
                var sum = 0f;
                for (var x = 0; x < 8; x++) sum += block[row + x] * Cosines[u * 8 + x];
                half[row + u] = sum;
            }
        Span<int> levels = stackalloc int[64];
        for (var v = 0; v < 8; v++)
            for (var u = 0; u < 8; u++)
            {
                var sum = 0f;
                for (var y = 0; y < 8; y++) sum += half[y * 8 + u] * Cosines[v * 8 + y];
                levels[v * 8 + u] = (int)MathF.Round(sum / table[v * 8 + u]);
            }
        Write(file, Dc, 0, levels[0] - before);
        var zeros = 0;
        for (var i = 1; i < 64; i++)
        {
            var level = levels[Zigzag[i]];
            if (level == 0) { zeros++; continue; }
            for (; zeros > 15; zeros -= 16) file.Put(Ac[0xF0]);
            Write(file, Ac, zeros, level);
            zeros = 0;
        }
        if (zeros > 0) file.Put(Ac[0]);
        return levels[0];
    }

    private static void Write(Bits file, (int Code, int Length)[] codes, int zeros, int value)
    {
        var size = value == 0 ? 0 : 32 - int.LeadingZeroCount(Math.Abs(value));
        file.Put(codes[zeros << 4 | size]);
        if (size > 0) file.Put(((value < 0 ? value - 1 : value) & (1 << size) - 1, size));
    }

    private static (int, int)[] Codes((byte[] Counts, byte[] Values) table)
    {
        var codes = new (int, int)[256];
        var (code, at) = (0, 0);
        for (var length = 1; length <= 16; length++, code <<= 1)
            for (var i = 0; i < table.Counts[length - 1]; i++) codes[table.Values[at++]] = (code++, length);
        return codes;
    }

    private sealed class Bits
    {
        private readonly MemoryStream _file = new(24 * 1024);
        private int _bits, _count;

        public void Raw(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

        public void Put((int Code, int Length) bits)
        {
            _bits = _bits << bits.Length | bits.Code;
            for (_count += bits.Length; _count >= 8; _count -= 8)
            {
                var one = (byte)(_bits >> _count - 8);
                _file.WriteByte(one);
                // a byte that looks like the beginning of a marker is followed by a zero
                if (one == 0xFF) _file.WriteByte(0);
            }
            _bits &= (1 << _count) - 1;
        }

        public byte[] End()
        {
            if (_count > 0) Put(((1 << 8 - _count) - 1, 8 - _count));
            _file.Write([0xFF, 0xD9]);
            return _file.ToArray();
        }
    }
}

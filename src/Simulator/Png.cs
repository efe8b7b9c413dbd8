using System.Buffers.Binary;
using System.IO.Compression;

namespace SmartCity.Simulator;

/// <summary>Writes PNG: eight bits a colour, no transparency, no filters.</summary>
internal static class Png
{
    private static readonly uint[] Checks = MakeChecks();

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="pixels">Red, green, blue of each pixel, row after row.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> pixels)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], height);
        head[8] = 8; // bits a colour
        head[9] = 2; // red, green, blue
        Chunk(file, "IHDR"u8, head);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // this row is not filtered
                zlib.Write(pixels.Slice(row * width * 3, width * 3));
            }
        Chunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(name);
        file.Write(data);
        var check = Check(Check(uint.MaxValue, name), data) ^ uint.MaxValue;
        BinaryPrimitives.WriteUInt32BigEndian(number, check);
        file.Write(number);
    }

    private static uint Check(uint check, ReadOnlySpan<byte> data)
    {
        foreach (var one in data) check = Checks[(check ^ one) & 0xFF] ^ (check >> 8);
        return check;
    }

    private static uint[] MakeChecks()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var check = i;
            for (var bit = 0; bit < 8; bit++) check = (check & 1) == 0 ? check >> 1 : 0xEDB88320 ^ (check >> 1);
            table[i] = check;
        }
        return table;
    }
}

using System.Buffers.Binary;

namespace SmartCity.UrbanProjects;

/// <summary>Pictures are taken apart and only what draws is kept: where and with what they were taken, and whatever hangs behind them, goes.</summary>
internal static class Pictures
{
    private const long MostPixels = 40_000_000;
    private const int MostSide = 30_000;
    public static ReadOnlySpan<byte> PngHead => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly string[] Drawing = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"];

    public static Inspection Png(byte[] bytes)
    {
        using var clean = new MemoryStream();
        clean.Write(PngHead);
        var (at, seen) = (8, false);
        while (at + 12 <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12) return Inspection.Refuse("urban-projects.file.broken");
            var kind = System.Text.Encoding.ASCII.GetString(bytes, at + 4, 4);
            if (!seen && kind != "IHDR") return Inspection.Refuse("urban-projects.file.broken");
            if (kind == "IHDR")
            {
                if (seen || length != 13) return Inspection.Refuse("urban-projects.file.broken");
                if (TooLarge(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 8)), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 12)))) return Inspection.Refuse("urban-projects.file.pixels", MostPixels / 1_000_000);
                seen = true;
            }
            if (kind == "acTL") return Inspection.Refuse("urban-projects.file.moving");
            var whole = 12 + (int)length;
            if (Drawing.Contains(kind)) clean.Write(bytes, at, whole);
            at += whole;
            // what stands behind the end is not part of the picture
            if (kind == "IEND") return Inspection.Keep("png", clean.ToArray());
        }
        return Inspection.Refuse("urban-projects.file.broken");
    }

    public static Inspection Jpeg(byte[] bytes)
    {
        using var clean = new MemoryStream();
        clean.Write(bytes, 0, 2);
        var (at, sized, scanned) = (2, false, false);
        while (at + 1 < bytes.Length)
        {
            if (bytes[at] != 0xFF) return Inspection.Refuse("urban-projects.file.broken");
            var marker = bytes[at + 1];
            if (marker == 0xFF) { at++; continue; }
            if (marker == 0xD9)
            {
                if (!sized || !scanned) return Inspection.Refuse("urban-projects.file.broken");
                clean.Write(bytes, at, 2);
                return Inspection.Keep("jpeg", clean.ToArray());
            }
            if (marker is 0x01 or >= 0xD0 and <= 0xD8 || at + 4 > bytes.Length) return Inspection.Refuse("urban-projects.file.broken");
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2));
            if (length < 2 || at + 2 + length > bytes.Length) return Inspection.Refuse("urban-projects.file.broken");
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 8) return Inspection.Refuse("urban-projects.file.broken");
                if (TooLarge(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 5)))) return Inspection.Refuse("urban-projects.file.pixels", MostPixels / 1_000_000);
                sized = true;
            }
            // what draws, its colours (2: profile, 14: how the colours are meant), and the format's own head; no place, no camera, no comment
            var kept = marker is not (>= 0xE0 and <= 0xEF or 0xFE) || marker is 0xE0 or 0xE2 or 0xEE;
            if (kept) clean.Write(bytes, at, 2 + length);
            at += 2 + length;
            if (marker != 0xDA) continue;
            scanned = true;
            var from = at;
            while (at + 1 < bytes.Length && (bytes[at] != 0xFF || bytes[at + 1] is 0x00 or >= 0xD0 and <= 0xD7)) at++;
            clean.Write(bytes, from, at - from);
        }
        return Inspection.Refuse("urban-projects.file.broken");
    }

    private static bool TooLarge(uint width, uint height) => width is 0 or > MostSide || height is 0 or > MostSide || (long)width * height > MostPixels;
}

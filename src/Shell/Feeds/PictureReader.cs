using System.Buffers.Binary;

namespace SmartCity.Shell.Feeds;

/// <summary>Reads the head of a picture: what it is and how large. The bytes decide, not the name.</summary>
internal static class PictureReader
{
    private const long MaxPixels = 40_000_000;

    public static (FetchOutcome Outcome, string ContentType, int Width, int Height, string? Detail) Read(Answer answer)
    {
        if (answer.Outcome != FetchOutcome.Ok) return (answer.Outcome, "", 0, 0, answer.Detail);
        var (type, width, height) = Head(answer.Body);
        if (type is null) return (FetchOutcome.Unparsable, "", 0, 0, "not a PNG, JPEG or GIF picture");
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels) return (FetchOutcome.TooLarge, "", 0, 0, $"{width} × {height} pixels");
        return (FetchOutcome.Ok, type, width, height, null);
    }

    internal static (string? Type, int Width, int Height) Head(ReadOnlySpan<byte> body)
    {
        if (body.Length > 45 && body.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            // a picture that was cut off has no IEND chunk at its end
            return body[^8..^4].SequenceEqual("IEND"u8) ? ("image/png", BinaryPrimitives.ReadInt32BigEndian(body[16..]), BinaryPrimitives.ReadInt32BigEndian(body[20..])) : (null, 0, 0);
        if (body.Length > 13 && (body.StartsWith("GIF89a"u8) || body.StartsWith("GIF87a"u8)))
            return body[^1] == 0x3B ? ("image/gif", BinaryPrimitives.ReadUInt16LittleEndian(body[6..]), BinaryPrimitives.ReadUInt16LittleEndian(body[8..])) : (null, 0, 0);
        if (body.Length > 4 && body[0] == 0xFF && body[1] == 0xD8) return Jpeg(body);
        return (null, 0, 0);
    }

    private static (string? Type, int Width, int Height) Jpeg(ReadOnlySpan<byte> body)
    {
        if (body[^2] != 0xFF || body[^1] != 0xD9) return (null, 0, 0);
        for (var i = 2; i + 9 < body.Length && body[i] == 0xFF;)
        {
            var marker = body[i + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return ("image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(body[(i + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(body[(i + 5)..]));
            i += 2 + BinaryPrimitives.ReadUInt16BigEndian(body[(i + 2)..]);
        }
        return (null, 0, 0);
    }
}

using System.Net.Http.Headers;
using System.Text;

namespace SmartCity.Shell.Feeds;

/// <summary>The encodings that sources write in, those of one country's older systems included.</summary>
internal static class Encodings
{
    static Encodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding that a content type names, strict; null when it names none or one that is not known.</summary>
    public static Encoding? Named(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.CharSet?.Trim('"') is not { Length: > 0 } name) return null;
        try { return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback); }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException) { return null; }
    }

    /// <summary>Makes every encoding known to readers that look it up by name.</summary>
    public static void Know() { }
}

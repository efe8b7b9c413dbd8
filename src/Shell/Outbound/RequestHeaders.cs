namespace SmartCity.Shell.Outbound;

/// <summary>Which headers a feed may send with its question.</summary>
internal static class RequestHeaders
{
    // how the message is carried, and what the client says itself
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Accept-Encoding", "Cookie", "If-None-Match", "If-Modified-Since", "Range", "If-Range", "User-Agent", "Via", "Forwarded", "HTTP2-Settings",
    };

    /// <summary>True when a feed may name this header.</summary>
    public static bool May(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !Ours.Contains(name)
        && !new[] { "Content-", "Proxy-", "Sec-", "X-Forwarded-" }.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>True when a header can carry this value: visible ASCII and spaces, 4,096 of them at most.</summary>
    public static bool Fits(string value) => value.Length is > 0 and <= 4096 && value.All(c => c is >= ' ' and <= '~');
}

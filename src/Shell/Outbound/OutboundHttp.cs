using System.Net;

namespace SmartCity.Shell.Outbound;

/// <summary>The only place that makes an HTTP client for calls of the platform: every value that matters is set here, none is a default.</summary>
internal static class OutboundHttp
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    public static SocketsHttpHandler Handler(Dialer dialer) => new()
    {
        ConnectCallback = (context, stop) => dialer.Dial(context.DnsEndPoint.Host, context.DnsEndPoint.Port, stop),
        ConnectTimeout = ConnectTimeout,
        // a redirect is followed by SourceClient, which checks where it leads
        AllowAutoRedirect = false,
        MaxAutomaticRedirections = 1,
        // unpacked by Body, which sees both lengths
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        // a proxy would look names up on its own, behind our back
        UseProxy = false,
        Proxy = null,
        DefaultProxyCredentials = null,
        Credentials = null,
        PreAuthenticate = false,
        // kilobytes
        MaxResponseHeadersLength = 32,
        // what is left of an answer that was given up is not read
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,
        // a feed asks one thing at a time, so that hundreds on one host are bounded by their number; fewer places than feeds would let those that hang hold up the others
        MaxConnectionsPerServer = 1024,
        EnableMultipleHttp2Connections = false,
        EnableMultipleHttp3Connections = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
        // sources are not told about our traces
        ActivityHeadersPropagator = null,
    };

    public static HttpClient Client(Dialer dialer) => new(Handler(dialer), disposeHandler: true)
    {
        // each question brings its own, which also counts the body
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
        DefaultRequestVersion = HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        DefaultRequestHeaders = { { "User-Agent", "SmartCity/0.1" }, { "Accept-Encoding", "gzip" } },
    };
}

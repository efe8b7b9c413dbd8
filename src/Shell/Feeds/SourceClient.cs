using System.Net;

namespace SmartCity.Shell.Feeds;

/// <summary>A complete answer of a source, or why there is none.</summary>
internal sealed record Answer(FetchOutcome Outcome, byte[] Body, string? Detail = null, string? ContentType = null, DateTimeOffset? LastModified = null, string? ETag = null, bool NotModified = false)
{
    public static Answer Failed(FetchOutcome outcome, string detail) => new(outcome, [], detail);
}

/// <summary>Makes every outbound call of the platform, with every limit set.</summary>
internal sealed class SourceClient : IDisposable
{
    /// <summary>Largest body, counted after decompression.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    /// <summary>A body that stands still for this long is given up, however much time the feed allows.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        MaxResponseHeadersLength = 32,
        MaxConnectionsPerServer = 8,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { { "User-Agent", "SmartCity/0.1" } } };

    /// <summary>Asks once. Never throws for what a source does; only for <paramref name="stop"/>.</summary>
    public async Task<Answer> Get(string url, TimeSpan timeout, Answer? previous, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        var idle = false;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (previous?.ETag is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            else if (previous?.LastModified is { } since) request.Headers.IfModifiedSince = since;
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode == HttpStatusCode.NotModified && previous is not null)
                return previous with { NotModified = true };
            var outcome = (int)response.StatusCode switch
            {
                >= 200 and < 300 => FetchOutcome.Ok,
                401 or 403 => FetchOutcome.Auth,
                429 => FetchOutcome.Quota,
                >= 300 and < 500 => FetchOutcome.BadRequest,
                _ => FetchOutcome.UpstreamDown,
            };
            if (response.Content.Headers.ContentLength > MaxBytes) return TooLarge;
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (true)
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
                pause.CancelAfter(Idle);
                idle = true;
                var read = await stream.ReadAsync(buffer, pause.Token);
                idle = false;
                if (read == 0) break;
                if (body.Length + read > MaxBytes) return TooLarge;
                body.Write(buffer, 0, read);
            }
            return new(outcome, body.ToArray(), outcome == FetchOutcome.Ok ? null : Status(response), response.Content.Headers.ContentType?.ToString(),
                response.Content.Headers.LastModified, response.Headers.ETag?.ToString());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Answer.Failed(FetchOutcome.TimedOut, idle && !limit.IsCancellationRequested ? $"the answer stood still for {Idle.TotalSeconds:0} s" : $"no complete answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (InvalidDataException)
        {
            return Answer.Failed(FetchOutcome.Unparsable, "compressed, but not as its header says");
        }
        // whatever else a source can make the client throw; its message may hold the address, and that a key
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            return Answer.Failed(FetchOutcome.Unreachable, broken switch
            {
                HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "nobody answers at this address",
                HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the name of the host is not known",
                HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection",
                HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } or IOException => "the connection was cut",
                HttpRequestException other => other.HttpRequestError.ToString(),
                _ => broken.GetType().Name,
            });
        }
    }

    private static Answer TooLarge => Answer.Failed(FetchOutcome.TooLarge, $"the answer is larger than {MaxBytes / 1024 / 1024} MB");

    // a redirect is not followed: where it leads was never agreed with the city
    private static string Status(HttpResponseMessage response) => response.Headers.Location is { } to
        ? $"HTTP {(int)response.StatusCode}, sends on to {(to.IsAbsoluteUri ? to.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) : "another path")}"
        : $"HTTP {(int)response.StatusCode}";

    public void Dispose() => _http.Dispose();
}

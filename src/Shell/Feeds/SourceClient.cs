using System.Net;
using System.Net.Sockets;

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
            var body = await Read(response, limit.Token);
            if (body is null) return Answer.Failed(FetchOutcome.TooLarge, $"the answer is larger than {MaxBytes / 1024 / 1024} MB");
            return new(outcome, body, outcome == FetchOutcome.Ok ? null : $"HTTP {(int)response.StatusCode}", response.Content.Headers.ContentType?.ToString(),
                response.Content.Headers.LastModified, response.Headers.ETag?.ToString());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Answer.Failed(FetchOutcome.TimedOut, $"no complete answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException or UriFormatException or InvalidOperationException)
        {
            return Answer.Failed(FetchOutcome.Unreachable, broken is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? http.HttpRequestError.ToString() : broken.GetType().Name);
        }
    }

    private static async Task<byte[]?> Read(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.Content.Headers.ContentLength > MaxBytes) return null;
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, stop)) > 0)
        {
            if (body.Length + read > MaxBytes) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    public void Dispose() => _http.Dispose();
}

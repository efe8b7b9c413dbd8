using System.Net;
using System.Runtime.CompilerServices;
using SmartCity.Shell.Outbound;

namespace SmartCity.Shell.Feeds;

/// <summary>A complete answer of a source, or why there is none.</summary>
internal sealed record Answer(FetchOutcome Outcome, byte[] Body, string? Detail = null, string? ContentType = null, DateTimeOffset? LastModified = null, string? ETag = null, bool NotModified = false)
{
    public static Answer Failed(FetchOutcome outcome, string detail) => new(outcome, [], detail);
}

/// <summary>What a source is asked.</summary>
/// <param name="Url">The whole address, secrets filled in.</param>
/// <param name="Timeout">From the connection to the last byte, redirects included.</param>
internal sealed record Question(string Url, TimeSpan Timeout)
{
    /// <summary>The last good answer, which makes this question conditional.</summary>
    public Answer? Previous { get; init; }
    /// <summary>Headers by name, secrets filled in (<see cref="Placeholders.Header"/>). They reach the origin of <see cref="Url"/> and no other.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    /// <summary>Largest body, counted after unpacking; a feed may name more than the usual, <see cref="SourceClient.MostBytes"/> at most.</summary>
    public int MaxBytes { get; init; } = SourceClient.MaxBytes;
    /// <summary>Redirects that are followed: none, or one for a feed that names it.</summary>
    public int Redirects { get; init; }
    /// <summary>True when of pictures that are sent one behind the other without an end the first is taken.</summary>
    public bool FirstPart { get; init; }
}

/// <summary>Makes every outbound call of the platform, with every limit set.</summary>
internal sealed class SourceClient(AllowList agreed, Dialer dialer) : IDisposable
{
    /// <summary>Largest body unless the feed names more, counted after unpacking.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;
    public const int MostBytes = 20 * 1024 * 1024;
    public const int MostRedirects = 1;

    private readonly AddressRule _rule = new(agreed);
    private readonly HttpClient _http = OutboundHttp.Client(dialer);

    /// <summary>Asks once. Never throws for what a source does; only for <paramref name="stop"/>.</summary>
    public Task<Answer> Get(string url, TimeSpan timeout, Answer? previous, CancellationToken stop) => Get(new(url, timeout) { Previous = previous }, stop);

    /// <inheritdoc cref="Get(string, TimeSpan, Answer?, CancellationToken)"/>
    public async Task<Answer> Get(Question question, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(question.MaxBytes, MostBytes, nameof(question));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(question.Redirects, MostRedirects, nameof(question));
        var (first, wrong) = _rule.Check(question.Url);
        if (wrong is not null) return Answer.Failed(wrong.Outcome, wrong.Reason.In("en"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(question.Timeout);
        var hop = "";
        try
        {
            var at = first!;
            for (var hops = 0; ; hops++)
            {
                using var request = Request(question, at, first!);
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } to)
                    return await Read(question, response, hop, limit.Token);
                var onward = Uri.TryCreate(at, to, out var absolute) ? absolute : to;
                if (hops == question.Redirects) return Answer.Failed(FetchOutcome.BadRequest, $"{hop}HTTP {(int)response.StatusCode}, sends on to {Where(at, onward)}");
                hop = $"hop {hops + 1}, {Where(at, onward)}: ";
                var (next, bad) = _rule.Step(at, to);
                if (bad is not null) return Answer.Failed(bad.Outcome, hop + bad.Reason.In("en"));
                at = next!;
            }
        }
        // whatever a source can make the client throw; its message may hold the address, and that a key
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            var (outcome, detail) = Reason(broken, question, limit.IsCancellationRequested);
            return Answer.Failed(outcome, hop + detail);
        }
    }

    /// <summary>What is read of a stream in a second at most; whoever sends more has to wait.</summary>
    public const int StreamPerSecond = 1024 * 1024;
    /// <summary>A stream that stands still for this long has ended.</summary>
    public static readonly TimeSpan StreamIdle = TimeSpan.FromSeconds(10);

    /// <summary>Reads a stream of pictures: each part is an answer; the last one says why there are no more. No redirect is followed. The
    /// time of the question counts up to the first byte. Never throws for what a source does; only for <paramref name="stop"/>.</summary>
    public async IAsyncEnumerable<Answer> Follow(Question question, [EnumeratorCancellation] CancellationToken stop)
    {
        var (address, wrong) = _rule.Check(question.Url);
        if (wrong is not null)
        {
            yield return Answer.Failed(wrong.Outcome, wrong.Reason.In("en"));
            yield break;
        }
        using var request = Request(question, address!, address!);
        var (response, refused) = await Open(request, question, stop);
        using var open = response;
        if (refused is not null)
        {
            yield return refused;
            yield break;
        }
        await using var stream = await response!.Content.ReadAsStreamAsync(stop);
        var parts = FirstPart.Parts(response.Content, stream, question.MaxBytes, StreamIdle, StreamPerSecond);
        while (true)
        {
            var answer = await Next(parts, question, stop);
            yield return answer;
            if (answer.Outcome != FetchOutcome.Ok) yield break;
        }
    }

    private async Task<(HttpResponseMessage?, Answer?)> Open(HttpRequestMessage request, Question question, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(question.Timeout);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.IsSuccessStatusCode && FirstPart.Is(response.Content)) return (response, null);
            var refused = response.IsSuccessStatusCode ? Answer.Failed(FetchOutcome.Unparsable, "the answer is no stream of pictures") : await Read(question, response, "", limit.Token);
            response.Dispose();
            return (null, refused with { Outcome = refused.Outcome == FetchOutcome.Ok ? FetchOutcome.BadRequest : refused.Outcome });
        }
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            response?.Dispose();
            var (outcome, detail) = Reason(broken, question, limit.IsCancellationRequested);
            return (null, Answer.Failed(outcome, detail));
        }
    }

    private static async Task<Answer> Next(PartReader parts, Question question, CancellationToken stop)
    {
        try { return await parts.Next(stop) is (var body, var type, var made) ? new(FetchOutcome.Ok, body, null, type, made) : Answer.Failed(FetchOutcome.Unreachable, "the stream has ended"); }
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            var (outcome, detail) = Reason(broken, question, over: false);
            return Answer.Failed(outcome, detail);
        }
    }

    private static HttpRequestMessage Request(Question question, Uri at, Uri first)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, at);
        if (question.Previous?.ETag is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        else if (question.Previous?.LastModified is { } since) request.Headers.IfModifiedSince = since;
        // what was meant for one origin is not shown to another
        if (SameOrigin(at, first))
            foreach (var (name, value) in question.Headers)
                if (!RequestHeaders.May(name) || !RequestHeaders.Fits(value) || !request.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Dispose();
                    throw new OutboundRefusal(FetchOutcome.BadRequest, $"the header {(RequestHeaders.May(name) ? name : "of this name")} cannot be sent");
                }
        return request;
    }

    private static async Task<Answer> Read(Question question, HttpResponseMessage response, string hop, CancellationToken stop)
    {
        if (response.StatusCode == HttpStatusCode.NotModified && question.Previous is not null) return question.Previous with { NotModified = true };
        var outcome = (int)response.StatusCode switch
        {
            >= 200 and < 300 => FetchOutcome.Ok,
            401 or 403 => FetchOutcome.Auth,
            429 => FetchOutcome.Quota,
            >= 300 and < 500 => FetchOutcome.BadRequest,
            _ => FetchOutcome.UpstreamDown,
        };
        if (question.FirstPart && outcome == FetchOutcome.Ok && FirstPart.Is(response.Content))
        {
            var (part, type, made) = await FirstPart.Read(response.Content, question.MaxBytes, stop);
            return new(outcome, part, null, type, made);
        }
        var body = await Body.Read(response.Content, question.MaxBytes, stop);
        return new(outcome, body, outcome == FetchOutcome.Ok ? null : $"{hop}HTTP {(int)response.StatusCode}", response.Content.Headers.ContentType?.ToString(),
            response.Content.Headers.LastModified, response.Headers.ETag?.ToString());
    }

    private static (FetchOutcome, string) Reason(Exception broken, Question question, bool over) => OutboundRefusal.In(broken) is { } refusal ? (refusal.Outcome, refusal.Message) : broken switch
    {
        OperationCanceledException when over => (FetchOutcome.TimedOut, $"no complete answer within {question.Timeout.TotalSeconds:0.#} s"),
        OperationCanceledException => (FetchOutcome.Unreachable, $"no connection within {OutboundHttp.ConnectTimeout.TotalSeconds:0} s"),
        InvalidDataException => (FetchOutcome.Unparsable, "compressed, but not as its header says, or in a way that was not asked for"),
        _ => (FetchOutcome.Unreachable, broken switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "nobody answers at this address",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the name of the host is not known",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection",
            HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } or IOException => "the connection was cut",
            HttpRequestException other => other.HttpRequestError.ToString(),
            _ => broken.GetType().Name,
        }),
    };

    // the origin only: a path may hold a key
    private static string Where(Uri at, Uri to) => SameOrigin(at, to) ? "another path" : to.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private static bool SameOrigin(Uri one, Uri other) => other.IsAbsoluteUri && Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    public void Dispose() => _http.Dispose();
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Where sources send by themselves: <c>POST /feeds/inbox/{feed}</c>, signed with the feed's secret. What comes takes the path of every
/// pulled answer.</summary>
internal sealed class Inbox(FeedBook book, FeedLoop loop, Secrets secrets, Once once, TimeProvider time)
{
    public const string Header = "X-City-Signature", Path = "/feeds/inbox";
    /// <summary>A signature is good for so long before and after its time.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    public const int AMinute = 120, WrongAMinute = 20, AtOnce = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Minute, int Count)> _counts = new(StringComparer.Ordinal);
    private int _reading;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(Path + "/{feed}", (string feed, HttpContext http, Inbox inbox) => inbox.Take(feed, http))
            // whoever sends proves it by the signature; the body is capped by the feed's own limit below
            .AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(SourceClient.MostBytes)).DisableAntiforgery();

    private static IResult Plain(int status, string text) => Results.Text(text + "\n", "text/plain", Encoding.UTF8, status);
    private static IResult Unsigned(string why) => Plain(StatusCodes.Status401Unauthorized, $"not taken: {why}");

    private async Task<IResult> Take(string feed, HttpContext http)
    {
        var from = $"{feed}|{Throttle.AddressOf(http)}";
        if (Count("wrong|" + from, 0) >= WrongAMinute) return TooMany(http);
        // who does not know the secret does not learn which feeds there are
        if (book.HealthOf(feed)?.Plan is not { Descriptor.Push: { } push } plan || !secrets.Has(push.Secret)) return Wrong(from, "this feed takes nothing, or the signature is wrong");
        if (http.Request.Headers[Header] is not [{ Length: <= 300 } header] || Parts(header) is not var (seconds, signature)) return Wrong(from, $"the header {Header} reads t=SECONDS,v1=HEX");
        var (at, now) = (DateTimeOffset.FromUnixTimeSeconds(seconds), time.GetUtcNow());
        if ((now - at).Duration() > Window) return Wrong(from, "the time of the signature is more than 5 minutes away; set the clock, and sign anew");
        if (http.Request.Headers.ContentEncoding.Count > 0) return Plain(StatusCodes.Status415UnsupportedMediaType, "not taken: send the body as it is, not compressed");
        var most = (int)(plan.Descriptor.MaxMegabytes * 1024 * 1024);
        if (http.Request.ContentLength > most) return TooLarge(most);
        if (Interlocked.Increment(ref _reading) > AtOnce) { Interlocked.Decrement(ref _reading); return TooMany(http); }
        byte[]? body;
        try { body = await Read(http, most); }
        catch (BadHttpRequestException broken) when (broken.StatusCode == StatusCodes.Status413PayloadTooLarge) { body = null; }
        finally { Interlocked.Decrement(ref _reading); }
        if (body is null) return TooLarge(most);
        if (!CryptographicOperations.FixedTimeEquals(Sign(secrets.Get(push.Secret), seconds, body), signature)) return Wrong(from, "this feed takes nothing, or the signature is wrong");
        if (Count("good|" + feed, 1) > AMinute) return TooMany(http);
        // good for five minutes before and after its time, on every host
        if (!await once.First($"inbox {feed} {Convert.ToHexString(signature)}", 2 * Window)) return Unsigned("this signature was used already");
        if (body.Length == 0) return Plain(StatusCodes.Status400BadRequest, "not taken: the body is empty");
        var (outcome, detail, rows) = await loop.Receive(plan, new(FetchOutcome.Ok, body, ContentType: http.Request.ContentType));
        // taken is what is stored: until then it stands in the memory of this host alone
        if (!await loop.Stored(plan, TimeSpan.FromSeconds(10)))
        {
            http.Response.Headers.RetryAfter = "5";
            return Plain(StatusCodes.Status503ServiceUnavailable, "not stored yet: the database does not answer; sign and send it again");
        }
        return outcome is FetchOutcome.Ok or FetchOutcome.Empty ? Plain(StatusCodes.Status200OK, string.Create(CultureInfo.InvariantCulture, $"taken: {rows} rows{(detail is null ? "" : "; " + detail)}"))
            : Plain(StatusCodes.Status422UnprocessableEntity, $"refused: {FeedTrial.Class(outcome)}: {detail}");
    }

    /// <summary>The signature: HMAC-SHA256 over the seconds, a dot and the body.</summary>
    public static byte[] Sign(string secret, long seconds, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(seconds.ToString(CultureInfo.InvariantCulture) + "."));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static (long Seconds, byte[] Signature)? Parts(string header)
    {
        long? seconds = null;
        byte[]? signature = null;
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
            switch (part.Split('=', 2))
            {
                case ["t", var t] when seconds is null && long.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < 1L << 36: seconds = n; break;
                case ["v1", { Length: 64 } hex] when signature is null && hex.All(char.IsAsciiHexDigit): signature = Convert.FromHexString(hex); break;
                default: return null;
            }
        return seconds is { } s && signature is { } bytes ? (s, bytes) : null;
    }

    private static async Task<byte[]?> Read(HttpContext http, int most)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            if (body.Length + read > most) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    // so many in the running minute, with some more
    private int Count(string key, int more)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        lock (_gate)
        {
            if (_counts.Count > 10_000) foreach (var old in _counts.Where(c => c.Value.Minute < minute).Select(c => c.Key).ToList()) _counts.Remove(old);
            var (was, count) = _counts.GetValueOrDefault(key);
            if (was != minute) count = 0;
            if (more > 0 && _counts.Count <= 20_000) _counts[key] = (minute, count + more);
            return count + more;
        }
    }

    private IResult Wrong(string from, string why)
    {
        Count("wrong|" + from, 1);
        return Unsigned(why);
    }

    private static IResult TooLarge(int most) => Plain(StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"not taken: larger than the {most / 1024d / 1024:0.##} MB that this feed takes"));

    private static IResult TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "60";
        return Plain(StatusCodes.Status429TooManyRequests, "not taken: too many within a minute");
    }
}

using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using SmartCity.Shell.City;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>What readers and writers get while the database does not do what it is asked: a page that everybody may see is sent as it was made
/// last, with a line that says as of when; everything else is refused with 503 and when to try again. Nobody waits for it.</summary>
internal sealed class LastPages(RequestDelegate next, CityDatabase database, SharedPages shared, CityPack city, IWords words, TimeProvider time, ILogger<LastPages> log)
{
    private const int MostBytes = 64 << 20, MostPage = 2 << 20;
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _bytes;

    private sealed record Kept(byte[] Body, string ContentType, DateTimeOffset At);

    public async Task InvokeAsync(HttpContext http)
    {
        // streams end by themselves, and the page of errors asks nobody
        if (http.Request.Path.StartsWithSegments("/error", StringComparison.Ordinal) || http.Request.Path == "/live" || http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await next(http);
            return;
        }
        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (!reads && database.IsGone && http.Request.Path != "/settings/theme")
        {
            Refuse(http);
            return;
        }
        var aborted = http.RequestAborted;
        // what has begun before the database went is not waited for; what begins afterwards asks it nothing
        using var given = database.IsGone ? CancellationTokenSource.CreateLinkedTokenSource(aborted) : CancellationTokenSource.CreateLinkedTokenSource(aborted, database.Gone);
        http.RequestAborted = given.Token;
        try
        {
            if (reads && shared.IsForEverybody(http.Request)) await Page(http);
            else await next(http);
        }
        catch (Exception broken) when (!http.Response.HasStarted && !aborted.IsCancellationRequested && (DatabaseTrouble.Is(broken) || broken is OperationCanceledException && database.IsGone))
        {
            if (!database.IsGone) log.LogError(broken, "The database did not do what {Method} {Path} asked of it", http.Request.Method, http.Request.Path);
            http.Response.Clear();
            Refuse(http);
        }
        finally { http.RequestAborted = aborted; }
    }

    private static void Refuse(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "5";
        http.Response.Headers.CacheControl = "no-store";
    }

    private async Task Page(HttpContext http)
    {
        var key = $"{http.Request.Path}{http.Request.QueryString}|{http.Request.Cookies[city.Cookie("theme")]}";
        var original = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var body = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var whole = false;
        try
        {
            await next(http);
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
            whole = true;
        }
        catch (Exception broken) when (DatabaseTrouble.Is(broken) || broken is OperationCanceledException && database.IsGone)
        {
            if (Find(key) is not { } kept) throw;
            http.Features.Set(original);
            await Send(http, kept);
        }
        finally { http.Features.Set(original); }
        if (!whole) return;
        if (http.Response.StatusCode == StatusCodes.Status200OK && !database.IsGone && body.Length is > 0 and <= MostPage && http.Response.ContentType is { } type && type.StartsWith("text/html", StringComparison.Ordinal) && HttpMethods.IsGet(http.Request.Method))
            Keep(key, new(body.ToArray(), type, time.GetUtcNow()));
        if (body.Length > 0) await original.Stream.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), http.RequestAborted);
    }

    private Kept? Find(string key)
    {
        lock (_gate) return _kept.GetValueOrDefault(key);
    }

    private void Keep(string key, Kept page)
    {
        lock (_gate)
        {
            if (_kept.Remove(key, out var before)) _bytes -= before.Body.Length;
            // the oldest go first
            while (_kept.Count > 0 && _bytes + page.Body.Length > MostBytes)
            {
                var oldest = _kept.MinBy(k => k.Value.At);
                _kept.Remove(oldest.Key);
                _bytes -= oldest.Value.Body.Length;
            }
            _kept[key] = page;
            _bytes += page.Body.Length;
        }
    }

    // in the language of the address, before everything else that the page says
    private async Task Send(HttpContext http, Kept kept)
    {
        var text = Encoding.UTF8.GetString(kept.Body);
        var main = text.IndexOf("<main", StringComparison.Ordinal);
        var at = main < 0 ? -1 : text.IndexOf('>', main);
        var line = $"<p class=\"card\" role=\"status\"><strong>{System.Net.WebUtility.HtmlEncode(string.Format(CultureInfo.CurrentCulture, words["pages.kept"], ((ICity)city).Local(kept.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)))}</strong></p>";
        http.Response.Clear();
        http.Response.ContentType = kept.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(at < 0 ? text : text.Insert(at + 1, line), http.RequestAborted.IsCancellationRequested ? CancellationToken.None : http.RequestAborted);
    }
}

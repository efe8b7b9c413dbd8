using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using SmartCity.Shell.City;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>What readers and writers get while the database does not do what it is asked: a page that everybody may see is sent as it was made
/// last, with a line that says as of when; everything else is refused with 503 and when to try again. Nobody waits for it.</summary>
internal sealed class LastPages(RequestDelegate next, CityDatabase database, DiskRoom room, SharedPages shared, CityPack city, IWords words, TimeProvider time, ILogger<LastPages> log)
{
    private const int MostBytes = 16 << 20, MostPage = 2 << 20;
    // pieces out of the pool, as long as it takes: a page in one piece would lie with the large objects, which are seldom cleared up
    private static readonly PipeOptions Pieces = new(minimumSegmentSize: 16 << 10, pauseWriterThreshold: 0, useSynchronizationContext: false);
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _bytes;

    private sealed record Kept(byte[] Packed, string ContentType, DateTimeOffset At);

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
        // only files come so
        if (!reads && http.Request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true && room.IsShort)
        {
            Refuse(http, StatusCodes.Status507InsufficientStorage, "60");
            return;
        }
        var aborted = http.RequestAborted;
        // what has begun before the database went is not waited for; what begins afterwards asks it nothing
        using var given = new WhileThere(aborted, database.IsGone ? CancellationToken.None : database.Gone);
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

    private static void Refuse(HttpContext http, int status = StatusCodes.Status503ServiceUnavailable, string seconds = "5")
    {
        http.Response.StatusCode = status;
        http.Response.Headers.RetryAfter = seconds;
        http.Response.Headers.CacheControl = "no-store";
    }

    private async Task Page(HttpContext http)
    {
        var key = $"{http.Request.Path}{http.Request.QueryString}|{http.Request.Cookies[city.Cookie("theme")]}";
        var original = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var pipe = new Pipe(Pieces);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream(leaveOpen: true)));
        try
        {
            try
            {
                await next(http);
                await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
            }
            catch (Exception broken) when (DatabaseTrouble.Is(broken) || broken is OperationCanceledException && database.IsGone)
            {
                if (Find(key) is not { } kept) throw;
                http.Features.Set(original);
                await Send(http, kept);
                return;
            }
            finally { http.Features.Set(original); }
            await pipe.Writer.CompleteAsync();
            var body = (await pipe.Reader.ReadAsync(CancellationToken.None)).Buffer;
            if (http.Response.StatusCode == StatusCodes.Status200OK && !database.IsGone && body.Length is > 0 and <= MostPage && http.Response.ContentType is { } type && type.StartsWith("text/html", StringComparison.Ordinal) && HttpMethods.IsGet(http.Request.Method))
                Keep(key, new(Packed(body), type, time.GetUtcNow()));
            foreach (var piece in body) await original.Stream.WriteAsync(piece, http.RequestAborted);
        }
        finally
        {
            await pipe.Writer.CompleteAsync();
            await pipe.Reader.CompleteAsync();
        }
    }

    private static byte[] Packed(ReadOnlySequence<byte> body)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            foreach (var piece in body) brotli.Write(piece.Span);
        return packed.ToArray();
    }

    private Kept? Find(string key)
    {
        lock (_gate) return _kept.GetValueOrDefault(key);
    }

    private void Keep(string key, Kept page)
    {
        lock (_gate)
        {
            if (_kept.Remove(key, out var before)) _bytes -= before.Packed.Length;
            // the oldest go first
            while (_kept.Count > 0 && _bytes + page.Packed.Length > MostBytes)
            {
                var oldest = _kept.MinBy(k => k.Value.At);
                _kept.Remove(oldest.Key);
                _bytes -= oldest.Value.Packed.Length;
            }
            _kept[key] = page;
            _bytes += page.Packed.Length;
        }
    }

    // in the language of the address, before everything else that the page says
    private async Task Send(HttpContext http, Kept kept)
    {
        using var packed = new StreamReader(new BrotliStream(new MemoryStream(kept.Packed), CompressionMode.Decompress), Encoding.UTF8);
        var text = await packed.ReadToEndAsync(CancellationToken.None);
        var main = text.IndexOf("<main", StringComparison.Ordinal);
        var at = main < 0 ? -1 : text.IndexOf('>', main);
        var line = $"<p class=\"card\" role=\"status\"><strong>{System.Net.WebUtility.HtmlEncode(string.Format(CultureInfo.CurrentCulture, words["pages.kept"], ((ICity)city).Local(kept.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)))}</strong></p>";
        http.Response.Clear();
        http.Response.ContentType = kept.ContentType;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(at < 0 ? text : text.Insert(at + 1, line), http.RequestAborted.IsCancellationRequested ? CancellationToken.None : http.RequestAborted);
    }
}

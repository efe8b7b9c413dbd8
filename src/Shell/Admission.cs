using System.Threading.RateLimiting;
using SmartCity.Shell.City;

namespace SmartCity.Shell;

/// <summary>When more is asked than can be made, pages and files that are made for one reader are made a few at a time; some wait for a part of a second, and the rest are told at once to come
/// again. Never counted is what must go on when everybody looks: signing in, forms, streams, the pages of an urgent module; nor what costs nothing: pages that are shared, pictures, the files of the pages.</summary>
internal sealed class Admission(RequestDelegate next, CityPack city, Catalogue catalogue, IWords words) : IDisposable
{
    /// <summary>Pages that are made at one time, and as many that wait.</summary>
    public static readonly int Pages = 8 * Environment.ProcessorCount;
    /// <summary>Files of data and reports that are made at one time, and as many that wait: they may take long.</summary>
    public static readonly int Files = 4 * Environment.ProcessorCount;
    public const int RetryAfter = 5;

    private readonly ConcurrencyLimiter _pages = Places(Pages), _files = Places(Files);
    private readonly HashSet<string> _urgent = [.. catalogue.Modules.Where(m => m.Urgent).Select(m => m.Key), "sign-in"];

    private static ConcurrencyLimiter Places(int places) => new(new() { PermitLimit = places, QueueLimit = places, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public async Task InvokeAsync(HttpContext http)
    {
        if (Of(http.Request) is not { } places)
        {
            await next(http);
            return;
        }
        using var place = await places.AcquireAsync(1, http.RequestAborted);
        if (place.IsAcquired)
        {
            await next(http);
            return;
        }
        // without a page of its own: that would have to be made, too
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(words["error.crowd"], http.RequestAborted);
    }

    private ConcurrencyLimiter? Of(HttpRequest request)
    {
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))) return null;
        var path = (request.Path.Value ?? "").Split('/', 4);
        if (path.Length < 2 || path[^1].EndsWith("live", StringComparison.Ordinal)) return null;
        if (path[1] is "data" or "reports") return _files;
        return city.Languages.Contains(path[1], StringComparer.Ordinal) && !(path.Length > 2 && _urgent.Contains(path[2])) ? _pages : null;
    }

    public void Dispose()
    {
        _pages.Dispose();
        _files.Dispose();
    }
}

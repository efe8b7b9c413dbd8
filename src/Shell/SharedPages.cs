using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;
using SmartCity.Shell.City;
using SmartCity.Shell.Live;

namespace SmartCity.Shell;

/// <summary>Pages for readers who are nobody in particular are rendered once for all of them: until anything in the city changes,
/// and for a second at most. Whoever sends a cookie other than a display theme is somebody, and gets pages of their own.</summary>
internal sealed class SharedPages : IOutputCachePolicy, IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly CityPack _city;
    private readonly TimeProvider _time;
    private readonly string _theme;
    private readonly IDisposable _listening;
    private long _version;

    public SharedPages(CityPack city, Signals signals, TimeProvider time)
    {
        (_city, _theme, _time) = (city, city.Cookie("theme"), time);
        _listening = signals.ListenToAll(_ => Changed());
    }

    public void Changed() => Interlocked.Increment(ref _version);

    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<SharedPages>().AddSingleton<IOutputCacheStore, PageStore>().AddOutputCache(o => o.MaximumBodySize = 2 << 20);
        services.AddOptions<OutputCacheOptions>().Configure<SharedPages>((o, pages) => o.AddBasePolicy(pages));
    }

    /// <summary>What people change by a form is on every page at once.</summary>
    public static void Use(IApplicationBuilder app)
    {
        var pages = app.ApplicationServices.GetRequiredService<SharedPages>();
        app.Use(async (http, next) =>
        {
            if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) { await next(http); return; }
            try { await next(http); }
            finally { pages.Changed(); }
        });
        app.UseOutputCache();
    }

    /// <summary>True for a page that is the same for everybody who asks like this.</summary>
    public bool IsForEverybody(HttpRequest request)
    {
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || !StringValues.IsNullOrEmpty(request.Headers.Authorization)) return false;
        foreach (var (name, _) in request.Cookies) if (name != _theme && name != "lang") return false;
        var path = request.Path.Value.AsSpan().TrimStart('/');
        var end = path.IndexOf('/');
        var first = end < 0 ? path : path[..end];
        foreach (var language in _city.Languages) if (first.SequenceEqual(language)) return true;
        return false;
    }

    ValueTask IOutputCachePolicy.CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var http = context.HttpContext;
        var shared = IsForEverybody(http.Request);
        context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = shared;
        if (!shared) return default;
        context.ResponseExpirationTimeSpan = 2 * Longest;
        var rules = context.CacheVaryByRules;
        // as it was asked: the framework's own way sorts the values of a name, also for the page that reads them
        rules.QueryKeys = StringValues.Empty;
        rules.VaryByValues["query"] = http.Request.QueryString.Value ?? "";
        rules.HeaderNames = "Accept-Encoding";
        rules.VaryByValues["theme"] = http.Request.Cookies[_theme] ?? "";
        rules.VaryByValues["version"] = FormattableString.Invariant($"{Interlocked.Read(ref _version)} {_time.GetUtcNow().UtcTicks / Longest.Ticks}");
        return default;
    }

    ValueTask IOutputCachePolicy.ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    ValueTask IOutputCachePolicy.ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var response = context.HttpContext.Response;
        if (response.StatusCode != StatusCodes.Status200OK || response.Headers.SetCookie.Count > 0 || response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) != true
            || response.Headers.CacheControl.ToString().Contains("no-store", StringComparison.Ordinal)) context.AllowCacheStorage = false;
        return default;
    }

    public void Dispose() => _listening.Dispose();
}

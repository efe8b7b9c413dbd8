namespace SmartCity.Shell.Access;

/// <summary>Refuses what changes something when another site's page sends it. Browsers say where a request comes from
/// (Fetch Metadata, before that Origin); programs, which carry nobody's cookies, say nothing and pass.</summary>
/// <remarks>Forms of people who are signed in carry an antiforgery token besides. The choice of a display theme does not:
/// a token would need a cookie and a <c>no-store</c> on every public page, to guard nothing but a colour.</remarks>
internal sealed class SameOriginOnly(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || IsSigned(request) || IsOwn(request)) return next(http);
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync("This request was sent by another site and is refused.");
    }

    // what a source sends carries nobody's cookies and is believed for its signature alone, wherever it comes from
    private static bool IsSigned(HttpRequest request) => request.Path.StartsWithSegments(Feeds.Desk.Inbox.Path, StringComparison.Ordinal);

    private static bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site) return site.Count == 1 && site[0] is "same-origin" or "none";
        if (request.Headers.Origin is { Count: > 0 } origin) return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        return true;
    }
}

namespace SmartCity.Shell;

/// <summary>The same protective headers on every answer. No inline script or style exists, so the policy needs no exceptions.</summary>
internal sealed class SafeHeaders(RequestDelegate next, IConfiguration settings)
{
    // a street map draws its tiles from the one server that the city configures, if any
    private readonly string _policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:" + TileOrigin(settings["Map:Tiles"])
        + "; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'";

    private static string TileOrigin(string? tiles) => Uri.TryCreate(tiles, UriKind.Absolute, out var uri) ? " " + uri.GetLeftPart(UriPartial.Authority) : "";

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = http.Items.ContainsKey(ILivePictures.PageOfVideo) ? _policy + "; media-src 'self' blob:" : _policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = headers.AccessControlAllowOrigin == "*" ? "cross-origin" : "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
            if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
            return Task.CompletedTask;
        });
        return next(http);
    }
}

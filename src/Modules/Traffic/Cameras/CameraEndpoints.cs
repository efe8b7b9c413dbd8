using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SmartCity.Traffic;

/// <summary>The picture of a camera, for those who may see it.</summary>
internal static class CameraEndpoints
{
    /// <summary>How long the picture before stands in for one that does not come.</summary>
    public static readonly TimeSpan StandsIn = TimeSpan.FromMinutes(1);
    // a sign in place of a picture, so that no page shows a broken one; the header says what it stands for
    private const string Nothing = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 240\" width=\"320\" height=\"240\"><rect width=\"320\" height=\"240\" fill=\"#7a8087\" fill-opacity=\".18\"/>"
        + "<g fill=\"none\" stroke=\"#7a8087\" stroke-width=\"7\" stroke-linejoin=\"round\" stroke-linecap=\"round\"><path d=\"M104 92h84v56h-84zM188 112l32-16v48l-32-16\"/><path d=\"M92 168L232 76\"/></g></svg>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/cameras/{camera}/still", async (string camera, string? v, HttpContext http, CameraRegister register, Stills stills, IFeeds feeds, IAudience audience, TimeProvider time, CancellationToken cancel) =>
    {
        // one that is not there and one that is not for this reader answer alike
        if (register.Find(camera, feeds, audience) is not { } found) return Results.NotFound();
        // a page that knows the version only wants its bytes
        var known = stills.Known(found.Id);
        var still = v is { Length: > 0 } && known.Version == v && known.Picture is not null ? known : await stills.Of(found, Patience, cancel);
        var headers = http.Response.Headers;
        headers["X-Camera-State"] = still.State.ToString().ToLowerInvariant();
        headers.CacheControl = "private, no-cache";
        if (still.Picture is not { } picture || still.State is not (StillState.Live or StillState.Frozen) && time.GetUtcNow() - still.FetchedAt > StandsIn)
        {
            headers.CacheControl = "no-store";
            return Results.Text(Nothing, "image/svg+xml");
        }
        return Results.Bytes(picture.Bytes, picture.ContentType, lastModified: picture.TakenAt, entityTag: new EntityTagHeaderValue($"\"{still.Version}\""));
    });
}

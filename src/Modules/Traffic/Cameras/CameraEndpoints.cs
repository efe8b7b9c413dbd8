using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
    private const string Boundary = "picture";
    /// <summary>Whoever does not take a picture within this time has left.</summary>
    private static readonly TimeSpan SlowViewer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/cameras/{camera}/live", Live);
        MapStill(endpoints);
        MapHls(endpoints);
    }

    /// <summary>Live video as pictures one behind the other. Beside each stand its state and, in words, its time and how far it is behind. It ends
    /// when the camera is no longer for this reader, when the reader's rights change (its address ends in <c>/live</c>), and with the camera.</summary>
    private static async Task Live(string camera, HttpContext http, CameraRegister register, Videos videos, IFeeds feeds, IAudience audience, ICity city, IWords words)
    {
        if (register.Find(camera, feeds, audience) is not { Plays: true } found)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var cancel = http.RequestAborted;
        var begun = false;
        try
        {
            await foreach (var still in videos.Watch(found, cancel))
            {
                // the list, a person, an emergency's end: any of them may close it, and closed is closed at once
                if (register.Find(camera, feeds, audience) is null) break;
                if (!begun) Begin(http);
                begun = true;
                var view = CameraView.Of(found, still, city, words);
                var bytes = still.Picture?.Bytes ?? ReadOnlyMemory<byte>.Empty;
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(SlowViewer);
                await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                    $"--{Boundary}\r\nContent-Type: {still.Picture?.ContentType ?? "text/plain"}\r\nX-State: {view.State}\r\nX-Word: {Uri.EscapeDataString(view.Word)}\r\nContent-Length: {bytes.Length}\r\n\r\n"), limit.Token);
                await http.Response.Body.WriteAsync(bytes, limit.Token);
                await http.Response.WriteAsync("\r\n", limit.Token);
                await http.Response.Body.FlushAsync(limit.Token);
            }
            if (begun || cancel.IsCancellationRequested) return;
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "10";
        }
        catch (OperationCanceledException) { /* the reader left, or read too slowly */ }
        catch (IOException) { /* the connection broke */ }
    }

    private static void Begin(HttpContext http)
    {
        http.Response.ContentType = "multipart/x-mixed-replace; boundary=" + Boundary;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Live video in pieces. That the reader may see the camera is asked before and after each wait: closed is closed at once.</summary>
    private static void MapHls(IEndpointRouteBuilder endpoints)
    {
        static IResult Later(HttpContext http)
        {
            http.Response.Headers.RetryAfter = ((int)Hls.Rest.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
        endpoints.MapGet("/cameras/{camera}/hls/index.m3u8", async (string camera, HttpContext http, CameraRegister register, Hls hls, IFeeds feeds, IAudience audience, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            if (register.Find(camera, feeds, audience) is not { PlaysHls: true } found) return Results.NotFound();
            var list = await hls.List(found, cancel);
            if (register.Find(camera, feeds, audience) is not { PlaysHls: true }) return Results.NotFound();
            return list.Outcome == FetchOutcome.Ok ? Results.Text(list.Text, "application/vnd.apple.mpegurl") : Later(http);
        });
        endpoints.MapGet("/cameras/{camera}/hls/{piece}", async (string camera, string piece, HttpContext http, CameraRegister register, Hls hls, IFeeds feeds, IAudience audience, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            using var place = hls.Deliver();
            if (place is null) return Later(http);
            if (register.Find(camera, feeds, audience) is not { PlaysHls: true } found || await hls.Find(found, piece, cancel) is not { } video) return Results.NotFound();
            if (register.Find(camera, feeds, audience) is not { PlaysHls: true }) return Results.NotFound();
            if (video.Outcome != FetchOutcome.Ok) return Later(http);
            // written here and not by a result, so that the place is kept until the viewer has it; who does not read is ended by the server
            http.Response.ContentType = video.ContentType;
            http.Response.ContentLength = video.Bytes.Length;
            await http.Response.Body.WriteAsync(video.Bytes, cancel);
            return Results.Empty;
        });
    }

    private static void MapStill(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/cameras/{camera}/still", async (string camera, string? v, HttpContext http, CameraRegister register, Stills stills, IFeeds feeds, IAudience audience, TimeProvider time, CancellationToken cancel) =>
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

using System.Globalization;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Net.Http.Headers;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Live;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>Endpoints that are not pages: the live stream, pictures, health, and addresses without a language.</summary>
internal static class CityEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/live", (HttpContext http, LiveStreams streams, StreamPlaces places, CityPack city, Grants grants, Catalogue catalogue, string? lang, string? parts, string? topics, string? since) =>
        {
            var language = lang is not null && city.Languages.Contains(lang) ? lang : city.Languages[0];
            // after a cut the browser names the last event it saw; a number from nowhere means everything anew
            var last = http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? since;
            var after = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && http.RequestServices.GetRequiredService<LiveParts>().Knows(n) ? n : 0;
            return streams.Serve(http, language, Split(parts), Split(topics), after, grants.Of(http.User), catalogue, places.Enter(http.Connection.RemoteIpAddress, Sessions.IdOf(http.User)));
        }).AllowAnonymous();

        app.MapGet("/pictures/{feed}", async (string feed, string? at, HttpContext http, FeedBook book, AnswerLog answers, CityPack city, Grants grants, Catalogue catalogue, CancellationToken cancel) =>
        {
            if (catalogue.Find<Feed>(feed) is not { } declared || !grants.Of(http.User).Can(Catalogue.PermissionOf(declared))) return Results.NotFound();
            if (at is not null)
            {
                // as it was: the bytes that were kept say what they are
                if (Replay.ReplayRequest.Read(at, city.Zone) is not { } then || declared.Kind != FeedKind.Pictures || await answers.PictureAt(feed, then, cancel) is not { } kept || PictureReader.Head(kept.Body).Type is not { } type) return Results.NotFound();
                http.Response.Headers.CacheControl = "private, max-age=3600";
                return Results.Bytes(kept.Body, type, lastModified: kept.From);
            }
            if (book.StoredPicture(feed) is not { } picture) return Results.NotFound();
            http.Response.Headers.CacheControl = "private, max-age=60";
            return Results.Bytes(picture.Bytes, picture.ContentType, lastModified: DateTimeOffset.FromUnixTimeMilliseconds(picture.TakenAt), entityTag: new EntityTagHeaderValue($"\"{picture.Hash[..16]}\""));
        }).AllowAnonymous();

        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", (Readiness readiness, BrokenModules modules, Hosts.Duty duty, CityDatabase database, DiskRoom room, HttpContext http) =>
        {
            var missing = readiness.Missing();
            // a broken module takes no host from its balancer: the others of the city are whole
            var broken = modules.All.Count == 0 ? "" : $"; broken: {string.Join(", ", modules.All.Keys.Order(StringComparer.Ordinal))}";
            if (room.IsShort) broken += room.HistoryWaits ? "; the disk is nearly full: history is not stored, files are refused" : "; the disk is nearly full: files are refused";
            // every host would be taken from its balancer, and none has it better
            if (missing is null && database.IsGone) return Results.Text($"ready: {duty.Name} shows what it knows; the database does not answer{broken}");
            if (missing is null) return Results.Text((duty.IsAlone ? "ready" : duty.IsMine ? $"ready: {duty.Name} asks the sources" : $"ready: {duty.Name} follows {duty.Holder ?? "nobody yet"}") + broken);
            http.Response.Headers.RetryAfter = "2";
            return Results.Text("not ready: " + missing, statusCode: StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous();

        app.MapGet("/map/outline.geojson", (CityPack city, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.File(city.OutlineFile, "application/geo+json");
        }).RequireAuthorization("city.view");

        app.MapGet("/favicon.ico", () => Results.LocalRedirect("~/img/icon.svg", permanent: true)).AllowAnonymous();

        // an address without a language leads to the reader's own
        app.MapGet("/", (HttpContext http, CityPack city) => ToLanguage(http, city, "")).AllowAnonymous();
        app.MapFallback("{*path}", (HttpContext http, CityPack city, string path) =>
            HttpMethods.IsGet(http.Request.Method) && !city.Languages.Contains(path.Split('/')[0]) && http.Request.Query["lang"].Count == 0 && KnownBelow(http, path) ? ToLanguage(http, city, "/" + path) : Results.NotFound()).AllowAnonymous();
    }

    // only what exists below a language is worth a redirect; the rest is simply not there
    private static bool KnownBelow(HttpContext http, string path) =>
        http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Any(e => e.RoutePattern.PathSegments is { Count: > 1 } segments
            && segments[0].Parts is [RoutePatternParameterPart { Name: "lang" }] && segments[1].Parts is [RoutePatternLiteralPart literal]
            && literal.Content.Equals(path.Split('/')[0], StringComparison.OrdinalIgnoreCase));

    private static IResult ToLanguage(HttpContext http, CityPack city, string path)
    {
        http.Response.Headers.Vary = "Accept-Language, Cookie";
        return Results.LocalRedirect($"~/{LanguageInAddress.Preferred(http, city)}{path}{http.Request.QueryString}");
    }

    private static string[] Split(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SmartCity.UrbanProjects;

/// <summary>Where the published projects lie, with their areas where they have one: for the map, whose dataset knows points only.</summary>
internal static class PlaceFile
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/places.geojson", Serve);

    private static async Task<IResult> Serve(HttpContext http, Book book, ICity city, string? lang, CancellationToken cancel)
    {
        if (lang is not null && city.Languages.Contains(lang)) CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(lang);
        var filter = ProjectFilter.Read(name => http.Request.Query[name]);
        var one = http.Request.Query["project"].ToString();
        var sights = filter.Of(Sight.All(await book.Now(cancel), null, book.Today)).Where(s => s.Project.Place is not null && (one.Length == 0 || s.Key == one));
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Json(new { type = "FeatureCollection", features = sights.SelectMany(Features) }, JsonSerializerOptions.Web, "application/geo+json; charset=utf-8");
    }

    // an area of a few streets is a dot on the city's map: its middle is marked as well
    private static IEnumerable<object> Features(Sight sight)
    {
        var properties = new { name = sight.Project.Name.ToString(), project = sight.Key, state = Look.Word(sight.Standing).ToString() };
        var shape = sight.Project.Place!;
        if (shape.Kind == ShapeKind.Area) yield return new { type = "Feature", properties, geometry = (object)new { type = "Polygon", coordinates = shape.Rings.Select(r => r.Select(Position)) } };
        yield return new { type = "Feature", properties, geometry = (object)new { type = "Point", coordinates = Position(shape.Centre) } };
    }

    private static double[] Position(Place place) => [Math.Round(place.Longitude, 6), Math.Round(place.Latitude, 6)];
}

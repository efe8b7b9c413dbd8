using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>Places as sources write them, checked: finite, on Earth, closed, not too many points.</summary>
internal static partial class Geometries
{
    public const int MaxPoints = 10_000;

    /// <summary>A GeoJSON geometry; or why it cannot be used.</summary>
    /// <param name="crs">The grid its positions are in, for the few that ignore what GeoJSON says.</param>
    public static (Shape? Shape, string? Doubt) GeoJson(string json, string crs = "EPSG:4326")
    {
        if (json.Length == 0) return (null, null);
        try
        {
            using var document = JsonRows.Parse(System.Text.Encoding.UTF8.GetBytes(json));
            return Moved(GeoJson(document.RootElement, crs != "EPSG:4326"), crs);
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException or InvalidOperationException) { return (null, broken is InvalidDataException ? broken.Message : "not a geometry"); }
    }

    private static (Shape?, string?) Moved((Shape? Shape, string? Doubt) read, string crs)
    {
        if (crs == "EPSG:4326" || read.Shape is not { } shape) return read;
        var moved = shape.Rings.Select(r => r.Select(p => Grids.Wgs84(crs, p.Longitude, p.Latitude)).ToList()).ToList();
        return moved.Exists(r => r.Contains(null)) ? (null, "a place that is not on Earth") : Checked(shape.Kind, [.. moved.Select(r => (IReadOnlyList<Place>)[.. r.Select(p => p!.Value)])]);
    }

    private static (Shape?, string?) GeoJson(JsonElement geometry, bool grid)
    {
        if (geometry.ValueKind != JsonValueKind.Object || !geometry.TryGetProperty("coordinates", out var c) || c.ValueKind != JsonValueKind.Array || !geometry.TryGetProperty("type", out var type)) return (null, "not a geometry");
        if (c.GetArrayLength() == 0) return (null, "a geometry without points");
        (Shape?, string?) Checked(ShapeKind kind, IReadOnlyList<IReadOnlyList<Place>> rings) => grid ? (new(kind, rings), null) : Geometries.Checked(kind, rings);
        return type.GetString() switch
        {
            "Point" => Checked(ShapeKind.Point, [[Position(c)]]),
            "MultiPoint" => Checked(ShapeKind.Point, [[Position(c[0])]]),
            "LineString" => Checked(ShapeKind.Line, [Line(c)]),
            "MultiLineString" => Checked(ShapeKind.Line, [.. c.EnumerateArray().Select(Line)]),
            "Polygon" => Checked(ShapeKind.Area, [.. c.EnumerateArray().Select(Line)]),
            "MultiPolygon" => Checked(ShapeKind.Area, [.. c.EnumerateArray().SelectMany(p => p.EnumerateArray().Select(Line))]),
            var other => (null, $"a geometry of the kind {NewsReader.Plain(other ?? "", 40)}"),
        };
    }

    private static IReadOnlyList<Place> Line(JsonElement line) => line.GetArrayLength() <= MaxPoints ? [.. line.EnumerateArray().Select(Position)] : throw new InvalidDataException($"more than {MaxPoints} points");

    private static Place Position(JsonElement position) =>
        position.ValueKind == JsonValueKind.Array && position.GetArrayLength() >= 2 && position[0].ValueKind == JsonValueKind.Number && position[1].ValueKind == JsonValueKind.Number
            ? new(position[1].GetDouble(), position[0].GetDouble()) : throw new InvalidDataException("a position that is not two numbers");

    /// <summary>A shape whose points are on Earth and whose areas are closed (an open ring is closed); or why it cannot be used.</summary>
    public static (Shape? Shape, string? Doubt) Checked(ShapeKind kind, IReadOnlyList<IReadOnlyList<Place>> rings, double radiusKm = 0)
    {
        if (rings.Count == 0 || rings.Any(r => r.Count == 0)) return (null, "a geometry without points");
        if (rings.Sum(r => r.Count) > MaxPoints) return (null, $"more than {MaxPoints} points");
        var all = rings.SelectMany(r => r).ToList();
        if (all.Exists(p => !double.IsFinite(p.Latitude) || !double.IsFinite(p.Longitude))) return (null, "a place that is not a number");
        if (all.Exists(p => Math.Abs(p.Latitude) > 90 || Math.Abs(p.Longitude) > 180))
            return (null, all.TrueForAll(p => Math.Abs(p.Longitude) <= 90 && Math.Abs(p.Latitude) <= 180) ? "latitude and longitude look swapped" : "a place that is not on Earth");
        if (all.TrueForAll(p => p is { Latitude: 0, Longitude: 0 })) return (null, "a place at 0, 0");
        if (!double.IsFinite(radiusKm) || radiusKm is < 0 or > 20_000) return (null, "a circle larger than the Earth");
        if (kind == ShapeKind.Line && rings.Any(r => r.Count < 2)) return (null, "a line of one point");
        if (kind != ShapeKind.Area) return (new(kind, rings, radiusKm), null);
        if (rings.Any(r => r.Distinct().Count() < 3)) return (null, "an area of fewer than three points");
        return (new(kind, [.. rings.Select(r => r[0] == r[^1] ? r : [.. r, r[0]])]), null);
    }

    /// <summary>Decimal degrees, or degrees, minutes and seconds as <c>127-3-25</c> or <c>127° 3' 25"</c>; null when it is neither.</summary>
    public static double? Degrees(Cell cell)
    {
        if (cell.Kind == CellKind.Number) return cell.Number;
        var text = cell.ToString();
        if (text.Length is 0 or > 60) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees)) return double.IsFinite(degrees) ? degrees : null;
        if (Dms().Match(text) is not { Success: true } m) return null;
        var (d, min, s) = (Number(m.Groups[1]), Number(m.Groups[2]), m.Groups[3].Length == 0 ? 0 : Number(m.Groups[3]));
        return min < 60 && s < 60 ? (d + min / 60 + s / 3600) * (m.Groups[4].Value is "S" or "W" ? -1 : 1) : null;
    }

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(\d{1,3})[-°\s]+(\d{1,2})[-'′\s]*(\d{0,2}(?:\.\d{1,8})?)["″\s]*([NSEW]?)$""", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Dms();
}

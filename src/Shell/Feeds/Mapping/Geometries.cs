using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>Places as sources write them, checked: finite, on Earth, closed, not too many points.</summary>
internal static partial class Geometries
{
    public const int MaxPoints = 10_000;

    /// <summary>A GeoJSON geometry, or places in words with the latitude first; or why it cannot be used.</summary>
    /// <param name="crs">The grid its positions are in, for the few that ignore what GeoJSON says.</param>
    public static (Shape? Shape, string? Doubt) Read(string json, string crs = "EPSG:4326")
    {
        if (json.Length == 0) return (null, null);
        if (json[0] != '{') return Words(json);
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

    // area 37.5,127 37.6,127 …; area …   circle 37.5,127 3.5
    private static (Shape?, string?) Words(string text)
    {
        if (text == TooLong) return (null, $"more than {MaxPoints} points");
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0 || parts[0].IndexOf(' ', StringComparison.Ordinal) is not (> 0 and var word)) return (null, "not a geometry");
        var rings = new List<IReadOnlyList<Place>>();
        var (kind, radius, left) = (parts[0][..word], 0d, MaxPoints);
        foreach (var part in parts)
        {
            if (!part.StartsWith(kind, StringComparison.Ordinal)) return (null, "places of two kinds");
            var ring = new List<Place>();
            foreach (var range in part.AsSpan().SplitAny([' ', '\n', '\r', '\t']))
            {
                var pair = part.AsSpan(range);
                if (pair.Length == 0 || range.Start.Value == 0) continue;
                var comma = pair.IndexOf(',');
                if (comma < 0 && kind == "circle" && ring.Count == 1 && Number(pair, out radius)) continue;
                if (comma < 0 || !Number(pair[..comma], out var lat) || !Number(pair[(comma + 1)..], out var lon)) return (null, "a position that is not two numbers");
                if (left-- == 0) return (null, $"more than {MaxPoints} points");
                ring.Add(new(lat, lon));
            }
            rings.Add(ring);
        }
        return kind switch
        {
            "area" => Checked(ShapeKind.Area, rings),
            "line" => Checked(ShapeKind.Line, rings),
            "circle" or "point" => Checked(ShapeKind.Point, [[.. rings[0].Take(1)]], radius),
            _ => (null, "not a geometry"),
        };
    }

    /// <summary>What stands for a geometry that is longer than anything that could be drawn.</summary>
    public const string TooLong = "too long";

    private static bool Number(ReadOnlySpan<char> text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static IReadOnlyList<Place> Line(JsonElement line) => line.GetArrayLength() <= MaxPoints ? [.. line.EnumerateArray().Select(Position)] : throw new InvalidDataException($"more than {MaxPoints} points");

    private static Place Position(JsonElement position) =>
        position.ValueKind == JsonValueKind.Array && position.GetArrayLength() >= 2 && position[0].ValueKind == JsonValueKind.Number && position[1].ValueKind == JsonValueKind.Number
            ? new(position[1].GetDouble(), position[0].GetDouble()) : throw new InvalidDataException("a position that is not two numbers");

    /// <summary>A point on Earth, or why it cannot be used; as <see cref="Checked"/> judges it, for the many thousands that are no shape.</summary>
    public static (Place? Place, string? Doubt) Point(double latitude, double longitude) =>
        Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180 && (latitude != 0 || longitude != 0) ? (new(latitude, longitude), null)
        : Checked(ShapeKind.Point, [[new(latitude, longitude)]]) is { Shape: { } shape } ? (shape.Centre, null) : (null, Checked(ShapeKind.Point, [[new(latitude, longitude)]]).Doubt);

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
        if (rings.Any(Crossing)) return (null, "an area whose border crosses itself");
        return (new(kind, [.. rings.Select(r => r[0] == r[^1] ? r : [.. r, r[0]])]), null);
    }

    // two stretches of a border that cut through each other; those that only touch are no reason to doubt a place
    private static bool Crossing(IReadOnlyList<Place> ring)
    {
        var closed = ring[0] == ring[^1] ? ring : [.. ring, ring[0]];
        var lines = new (Place A, Place B, double West, double East)[closed.Count - 1];
        for (var i = 0; i < lines.Length; i++) lines[i] = (closed[i], closed[i + 1], Math.Min(closed[i].Longitude, closed[i + 1].Longitude), Math.Max(closed[i].Longitude, closed[i + 1].Longitude));
        Array.Sort(lines, (a, b) => a.West.CompareTo(b.West));
        static double Side(Place a, Place b, Place p) => (b.Longitude - a.Longitude) * (p.Latitude - a.Latitude) - (b.Latitude - a.Latitude) * (p.Longitude - a.Longitude);
        for (var i = 0; i < lines.Length; i++)
        {
            var (a, b, _, east) = lines[i];
            var (south, north) = (Math.Min(a.Latitude, b.Latitude), Math.Max(a.Latitude, b.Latitude));
            for (var j = i + 1; j < lines.Length && lines[j].West <= east; j++)
            {
                var (c, d) = (lines[j].A, lines[j].B);
                if (Math.Max(c.Latitude, d.Latitude) <= south || Math.Min(c.Latitude, d.Latitude) >= north) continue;
                if (Side(a, b, c) * Side(a, b, d) < 0 && Side(c, d, a) * Side(c, d, b) < 0) return true;
            }
        }
        return false;
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

    [GeneratedRegex("""^(\d{1,3})[-°\s]+(\d{1,2})[-'′\s]*(\d{0,2}(?:\.\d{1,8})?)["″\s]*([NSEW]?)$""", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Dms();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SmartCity.Shell.City;

/// <summary>The city as a simple-line drawing: one closed outline an area, the water as strokes, in a plane of its own.</summary>
internal sealed class Outline
{
    /// <summary>Width of the drawing in its own units; the height follows from the city's shape.</summary>
    public const double Width = 1000;
    private readonly Dictionary<string, List<(double X, double Y)[]>> _rings = [];
    private readonly Dictionary<string, Place> _centres = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _neighbours = [];
    private readonly Dictionary<string, string> _geometry = [];
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<Place>>> _places = [];
    private double _west, _north, _scale = 1, _stretch = 1;

    public double Height { get; private set; }
    /// <summary>SVG path data of each area.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; private set; } = new Dictionary<string, string>();
    /// <summary>SVG path data of each stretch of water, and its width in units.</summary>
    public IReadOnlyList<(string Path, double Width)> Water { get; private set; } = [];

    /// <summary>The GeoJSON geometry of an area, as the pack has it.</summary>
    public string GeometryOf(string code) => _geometry[code];

    public bool Has(string code) => _rings.ContainsKey(code);
    public IReadOnlyList<IReadOnlyList<Place>> Rings(string code) => _places.GetValueOrDefault(code, []);
    public Place Centre(string code) => _centres.GetValueOrDefault(code);
    public IReadOnlyList<string> Neighbours(string code) => _neighbours.GetValueOrDefault(code, []);

    /// <summary>A place in the plane of the drawing.</summary>
    public (double X, double Y) Project(Place place) => ((place.Longitude - _west) * _stretch * _scale, (_north - place.Latitude) * _scale);

    /// <summary>Reads GeoJSON polygons with a <c>code</c> and a <c>centre</c> each.</summary>
    public static Outline Load(string path, string? waterPath, List<Problem> problems)
    {
        var outline = new Outline();
        var where = Path.GetFileName(path);
        if (!File.Exists(path))
        {
            problems.Add(new(where, "the outline is missing."));
            return outline;
        }
        try { outline.Read(path, waterPath, where, problems); }
        catch (System.Text.Json.JsonException wrong) { problems.Add(CityPack.Syntax(where, wrong)); }
        catch (Exception wrong) when (wrong is NullReferenceException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or KeyNotFoundException)
        {
            problems.Add(new(where, "it is not GeoJSON as it is needed: a FeatureCollection of polygons, each with properties.code."));
        }
        return outline;
    }

    private void Read(string path, string? waterPath, string where, List<Problem> problems)
    {
        var outline = this;
        var text = File.ReadAllText(path);
        var polygons = new Dictionary<string, List<(double Lon, double Lat)[]>>();
        foreach (var feature in JsonNode.Parse(text)!["features"]!.AsArray())
        {
            var code = feature!["properties"]!["code"]!.GetValue<string>();
            var geometry = feature["geometry"]!;
            outline._geometry[code] = geometry.ToJsonString();
            var coordinates = geometry["coordinates"]!.AsArray();
            var rings = (geometry["type"]!.GetValue<string>() == "MultiPolygon" ? coordinates.SelectMany(p => p!.AsArray()) : coordinates)
                .Select(ring => Positions(ring!.AsArray())).ToList();
            foreach (var ring in rings.Where(r => r.Length < 4 || r[0] != r[^1]))
                problems.Add(new(where + CityPack.LineOf(text, '"' + code + '"'), $"an outline of {code} is not closed: its first and last point differ."));
            if (rings.SelectMany(r => r).Any(p => Math.Abs(p.Lat) > 90 || Math.Abs(p.Lon) > 180))
                problems.Add(new(where + CityPack.LineOf(text, '"' + code + '"'), $"an outline of {code} leaves the earth; GeoJSON is longitude first."));
            polygons[code] = rings;
            outline._places[code] = [.. rings.Select(IReadOnlyList<Place> (r) => [.. r.Select(p => new Place(p.Lat, p.Lon))])];
            outline._centres[code] = feature["properties"]!["centre"] is JsonArray centre
                ? new Place(centre[1]!.GetValue<double>(), centre[0]!.GetValue<double>())
                : new Place(rings[0].Average(p => p.Lat), rings[0].Average(p => p.Lon));
        }
        if (polygons.Count == 0) return;
        var all = polygons.Values.SelectMany(r => r).SelectMany(r => r).ToList();
        outline._west = all.Min(p => p.Lon);
        outline._north = all.Max(p => p.Lat);
        outline._stretch = Math.Cos(all.Average(p => p.Lat) * Math.PI / 180);
        outline._scale = Width / ((all.Max(p => p.Lon) - outline._west) * outline._stretch);
        outline.Height = Math.Round((outline._north - all.Min(p => p.Lat)) * outline._scale);
        foreach (var (code, rings) in polygons)
            outline._rings[code] = [.. rings.Select(r => r.Select(p => outline.Project(new(p.Lat, p.Lon))).ToArray())];
        outline.Paths = outline._rings.ToDictionary(r => r.Key, r => string.Concat(r.Value.Select(ring => PathOf(ring, closed: true))));
        outline.FindNeighbours(polygons);
        if (waterPath is not null && File.Exists(waterPath)) outline.ReadWater(waterPath);
    }

    /// <summary>Codes of the areas that are drawn.</summary>
    public IEnumerable<string> Codes => _rings.Keys;

    /// <summary>Areas that lie over one another, and the share of the smaller that does; what a simplified border leaves is none.</summary>
    public IEnumerable<(string One, string Other, double Share)> Overlaps()
    {
        const int across = 250;
        var step = Width / across;
        var size = new Dictionary<string, int>(StringComparer.Ordinal);
        var both = new Dictionary<(string, string), int>();
        for (var x = step / 2; x < Width; x += step)
            for (var y = step / 2; y < Height; y += step)
            {
                var here = _rings.Where(r => Inside(r.Value, x, y)).Select(r => r.Key).ToList();
                foreach (var code in here) size[code] = size.GetValueOrDefault(code) + 1;
                for (var i = 0; i < here.Count; i++)
                    for (var j = i + 1; j < here.Count; j++) both[(here[i], here[j])] = both.GetValueOrDefault((here[i], here[j])) + 1;
            }
        return both.Select(b => (b.Key.Item1, b.Key.Item2, Share: b.Value / (double)Math.Min(size[b.Key.Item1], size[b.Key.Item2]))).Where(b => b.Share > 0.03);
    }

    private static bool Inside(List<(double X, double Y)[]> rings, double x, double y)
    {
        var inside = false;
        foreach (var ring in rings)
            for (int i = 0, j = ring.Length - 1; i < ring.Length; j = i++)
                if (ring[i].Y > y != ring[j].Y > y && x < (ring[j].X - ring[i].X) * (y - ring[i].Y) / (ring[j].Y - ring[i].Y) + ring[i].X) inside = !inside;
        return inside;
    }

    private static (double Lon, double Lat)[] Positions(JsonArray line) =>
        [.. line.Select(p => (p!.AsArray()[0]!.GetValue<double>(), p.AsArray()[1]!.GetValue<double>()))];

    private void ReadWater(string path)
    {
        var metresPerUnit = 111_320 / _scale;
        var water = new List<(string, double)>();
        foreach (var feature in JsonNode.Parse(File.ReadAllText(path))!["features"]!.AsArray())
        {
            var metres = feature!["properties"]?["width"]?.GetValue<double>() ?? 800;
            var line = Positions(feature["geometry"]!["coordinates"]!.AsArray()).Select(p => Project(new(p.Lat, p.Lon))).ToArray();
            water.Add((PathOf(line, closed: false), Math.Round(metres / metresPerUnit, 1)));
        }
        Water = water;
    }

    // areas that share two points of their outlines are neighbours; clockwise from the north, so that arrow keys can walk
    private void FindNeighbours(Dictionary<string, List<(double Lon, double Lat)[]>> polygons)
    {
        var points = polygons.ToDictionary(p => p.Key, p => p.Value.SelectMany(r => r).Select(q => (Math.Round(q.Lon, 4), Math.Round(q.Lat, 4))).ToHashSet());
        foreach (var (code, own) in points)
        {
            var here = Project(_centres[code]);
            _neighbours[code] = [.. points.Where(other => other.Key != code && other.Value.Count(own.Contains) >= 2)
                .OrderBy(other => { var there = Project(_centres[other.Key]); return (Math.Atan2(there.X - here.X, here.Y - there.Y) + 2 * Math.PI) % (2 * Math.PI); })
                .Select(other => other.Key)];
        }
    }

    // whole units: a thousandth of the city's width, finer than a line is drawn
    private static string PathOf((double X, double Y)[] line, bool closed)
    {
        var path = new StringBuilder();
        var (lastX, lastY) = (0, 0);
        var count = closed ? line.Length - 1 : line.Length;
        for (var i = 0; i < count; i++)
        {
            var (x, y) = ((int)Math.Round(line[i].X), (int)Math.Round(line[i].Y));
            if (i == 0) path.Append(CultureInfo.InvariantCulture, $"M{x} {y}l");
            else if ((x, y) != (lastX, lastY)) path.Append(CultureInfo.InvariantCulture, $"{x - lastX} {y - lastY} ");
            (lastX, lastY) = (x, y);
        }
        return path.ToString().TrimEnd() + (closed ? "z" : "");
    }

    /// <summary>The area that holds a place, or null; a place on a border belongs to the first of its areas.</summary>
    public string? AreaAt(Place place)
    {
        var (x, y) = Project(place);
        foreach (var (code, rings) in _rings)
            if (Inside(rings, x, y)) return code;
        return null;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmartCity.Simulator;

/// <summary>The parts of a city pack that the Simulator reads: areas, outline, water, stations.</summary>
internal sealed class CityGround
{
    public required string Key { get; init; }
    public required TimeZoneInfo Zone { get; init; }
    public required IReadOnlyList<string> Languages { get; init; }
    /// <summary>What a row can stand for: the areas.</summary>
    public required IReadOnlyList<Thing> Areas { get; init; }
    /// <summary>What a row can stand for: the stations, of all kinds.</summary>
    public required IReadOnlyList<Thing> Stations { get; init; }
    public required IReadOnlySet<string> StationColumns { get; init; }
    /// <summary>Rings of each area, longitude and latitude; in the order of <see cref="Areas"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<(double Lon, double Lat)[]>> Outline { get; init; }
    /// <summary>Strokes of water and their width in metres.</summary>
    public required IReadOnlyList<((double Lon, double Lat)[] Line, double Width)> Water { get; init; }

    /// <exception cref="InvalidDataException">A file is missing or cannot be understood.</exception>
    public static CityGround Load(string folder, Scenario scenario)
    {
        try
        {
            var city = Json(folder, "city.json");
            var outline = Json(folder, city["outline"]!.GetValue<string>())["features"]!.AsArray()
                .ToDictionary(f => f!["properties"]!["code"]!.GetValue<string>(), f => f!, StringComparer.Ordinal);
            var areas = new List<Thing>();
            var rings = new List<IReadOnlyList<(double, double)[]>>();
            foreach (var area in city["areas"]!.AsArray().Select(a => a!.AsObject()))
            {
                var code = area["code"]!.GetValue<string>();
                if (!outline.TryGetValue(code, out var feature)) throw new InvalidDataException($"{folder}: the area {code} has no outline.");
                var coordinates = feature["geometry"]!["coordinates"]!.AsArray();
                var own = (feature["geometry"]!["type"]!.GetValue<string>() == "MultiPolygon" ? coordinates.SelectMany(p => p!.AsArray()) : coordinates).Select(Line).ToList();
                rings.Add(own);
                var (lon, lat) = feature["properties"]!["centre"] is JsonArray centre ? Position(centre) : (own[0].Average(p => p.Lon), own[0].Average(p => p.Lat));
                areas.Add(new(new Spot(code, code, lat, lon), area, null));
            }
            var (columns, stations) = Stands(folder, scenario.Stations, areas);
            return new()
            {
                Key = city["key"]!.GetValue<string>(),
                Zone = TimeZoneInfo.FindSystemTimeZoneById(city["timeZone"]!.GetValue<string>()),
                Languages = [.. city["languages"]!.AsArray().Select(l => l!.GetValue<string>())],
                Areas = areas,
                Stations = stations,
                StationColumns = columns,
                Outline = rings,
                Water = city["water"]?.GetValue<string>() is { } water
                    ? [.. Json(folder, water)["features"]!.AsArray().Select(f => (Line(f!["geometry"]!["coordinates"]), f["properties"]?["width"]?.GetValue<double>() ?? 500))]
                    : [],
            };
        }
        catch (Exception wrong) when (wrong is JsonException or NullReferenceException or InvalidOperationException or IOException or FormatException or TimeZoneNotFoundException or KeyNotFoundException)
        {
            throw new InvalidDataException($"The city pack {folder} cannot be read: {wrong.Message}", wrong);
        }
    }

    private static JsonNode Json(string folder, string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;

    private static (double Lon, double Lat)[] Line(JsonNode? line) => [.. line!.AsArray().Select(p => Position(p!.AsArray()))];
    private static (double Lon, double Lat) Position(JsonArray at) => (at[0]!.GetValue<double>(), at[1]!.GetValue<double>());

    private static (IReadOnlySet<string> Columns, IReadOnlyList<Thing> Stations) Stands(string folder, string file, List<Thing> areas)
    {
        if (file.Length == 0) return (new HashSet<string>(), []);
        var byCode = areas.ToDictionary(a => a.Spot.Key, StringComparer.Ordinal);
        var lines = File.ReadAllLines(Path.Combine(folder, file), Encoding.UTF8).Where(l => l.Length > 0).Select(l => l.Split(',')).ToList();
        var columns = lines[0];
        var stations = new List<Thing>();
        foreach (var cells in lines.Skip(1))
        {
            if (cells.Length != columns.Length) throw new InvalidDataException($"{file}: the line of {cells[0]} has another number of cells than the first.");
            var station = columns.Zip(cells).ToDictionary(c => c.First.Trim(), c => c.Second.Trim(), StringComparer.Ordinal);
            if (!byCode.TryGetValue(station["area"], out var area)) throw new InvalidDataException($"{file}: {cells[0]} stands in the area {station["area"]}, which the city does not have.");
            var spot = new Spot(station["kind"] + ":" + station["id"], station["area"],
                double.Parse(station["lat"], CultureInfo.InvariantCulture), double.Parse(station["lon"], CultureInfo.InvariantCulture));
            stations.Add(new(spot, area.Area, station));
        }
        return (columns.ToHashSet(StringComparer.Ordinal), stations);
    }
}

/// <summary>What a row stands for: an area, or a station in it.</summary>
internal sealed record Thing(Spot Spot, JsonObject Area, IReadOnlyDictionary<string, string>? Station)
{
    /// <summary>A value of the area by its path, for example <c>name.en</c>; empty when there is none.</summary>
    public string OfArea(string path)
    {
        JsonNode? at = Area;
        foreach (var part in path.Split('.')) at = (at as JsonObject)?[part];
        return at is JsonValue value ? value.ToString() : "";
    }
}

using System.Globalization;
using System.Text.Json;

namespace SmartCity.Traffic;

/// <summary>A station of the line map.</summary>
/// <param name="Key">Unique within the pack.</param>
/// <param name="Name">What people read.</param>
/// <param name="X">Across the drawing, from the west.</param>
/// <param name="Y">Down the drawing, from the north.</param>
internal sealed record Station(string Key, Text Name, double X, double Y);

/// <summary>What runs on a line.</summary>
internal enum LineKind
{
    /// <summary>Trains of the city.</summary>
    Subway,
    /// <summary>Buses by day.</summary>
    Bus,
    /// <summary>Buses by night.</summary>
    Owl,
}

/// <summary>A line.</summary>
/// <param name="Key">As its sources call it.</param>
/// <param name="Number">Short, for the circle.</param>
/// <param name="Name">What people read.</param>
/// <param name="Colour">Of its identity, <c>#rrggbb</c>; null for none.</param>
/// <param name="Kind">What runs on it.</param>
/// <param name="First">When the first one leaves, minutes after midnight of the city; null when not known.</param>
/// <param name="Last">When the last one leaves; past midnight it is more than 1,440.</param>
/// <param name="Loop">True when its end is its beginning.</param>
/// <param name="Bends">The drawing's points, in order; bends without a station have none.</param>
internal sealed record Line(string Key, string Number, Text Name, string? Colour, LineKind Kind, int? First, int? Last, bool Loop, IReadOnlyList<(double X, double Y, Station? Station)> Bends)
{
    public IEnumerable<Station> Stations => Bends.Select(b => b.Station).OfType<Station>();

    /// <summary>True while it runs by its timetable; true too where that is not known.</summary>
    public bool RunsAt(DateTimeOffset local)
    {
        if (First is not { } first || Last is not { } last) return true;
        var minute = local.Hour * 60 + local.Minute;
        return minute >= first && minute <= last || minute + 1440 >= first && minute + 1440 <= last;
    }

    public static string Clock(int? minutes) => minutes is { } m ? string.Create(CultureInfo.InvariantCulture, $"{m / 60 % 24:00}:{m % 60:00}") : "—";
}

/// <summary>Lines and stations as the city's pack draws them (<c>transit/lines.json</c>).</summary>
internal sealed class TransitPack
{
    private static readonly JsonSerializerOptions Reading = new() { PropertyNameCaseInsensitive = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public IReadOnlyDictionary<string, Station> Stations { get; private init; } = new Dictionary<string, Station>();
    public IReadOnlyList<Line> Lines { get; private init; } = [];
    public bool Demonstration { get; private init; }
    public double Width => Stations.Count == 0 ? 0 : Stations.Values.Max(s => s.X) + 90;
    public double Height => Stations.Count == 0 ? 0 : Stations.Values.Max(s => s.Y) + 40;

    private sealed record LineFile(string Key, string Number, Dictionary<string, string> Name, string? Colour, bool Loop, string? First, string? Last, List<JsonElement> Path);
    private sealed record BusFile(string Key, Dictionary<string, string> Name, bool Owl, string? First, string? Last);
    private sealed record PackFile(bool Demonstration, Dictionary<string, JsonElement>? Stations, List<LineFile>? Lines, List<BusFile>? Buses);

    /// <exception cref="WrongPackException">Lists everything wrong, by file.</exception>
    public static TransitPack Load(ICity city)
    {
        var problems = new List<string>();
        var stations = new Dictionary<string, Station>(StringComparer.Ordinal);
        var lines = new List<Line>();
        var demonstration = false;
        foreach (var path in city.Files("transit", ".json"))
        {
            var where = "transit/" + Path.GetFileName(path);
            PackFile file;
            try { file = JsonSerializer.Deserialize<PackFile>(File.ReadAllText(path), Reading)!; }
            catch (JsonException wrong)
            {
                problems.Add($"{where}, line {((wrong.LineNumber ?? 0) + 1).ToString(CultureInfo.InvariantCulture)}: {wrong.Message}");
                continue;
            }
            demonstration |= file.Demonstration;
            foreach (var (key, station) in file.Stations ?? [])
            {
                var names = station.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)).ToList();
                foreach (var language in city.Languages.Where(l => names.All(n => n.Key != l))) problems.Add($"{where}: the station {key} has no name in {language}.");
                if (!station.TryGetProperty("x", out var x) || !station.TryGetProperty("y", out var y) || x.ValueKind != JsonValueKind.Number || y.ValueKind != JsonValueKind.Number) problems.Add($"{where}: the station {key} has no x and y.");
                else stations[key] = new(key, new(names), x.GetDouble(), y.GetDouble());
            }
            foreach (var line in file.Lines ?? [])
            {
                var bends = new List<(double, double, Station?)>();
                foreach (var point in line.Path)
                    if (point.ValueKind == JsonValueKind.String && stations.TryGetValue(point.GetString()!, out var station)) bends.Add((station.X, station.Y, station));
                    else if (point.ValueKind == JsonValueKind.Array && point.GetArrayLength() == 2) bends.Add((point[0].GetDouble(), point[1].GetDouble(), null));
                    else problems.Add($"{where}: the line {line.Key} leads by {point.GetRawText()}, which is neither a station nor a point.");
                lines.Add(new(line.Key, line.Number, new(line.Name), line.Colour, LineKind.Subway, Minutes(line.First), Minutes(line.Last), line.Loop, bends));
            }
            foreach (var bus in file.Buses ?? []) lines.Add(new(bus.Key, bus.Key, new(bus.Name), null, bus.Owl ? LineKind.Owl : LineKind.Bus, Minutes(bus.First), Minutes(bus.Last), false, []));
        }
        if (problems.Count > 0) throw new WrongPackException($"The lines of the city pack {city.Key} are wrong:", problems);
        return new() { Stations = stations, Lines = lines, Demonstration = demonstration };
    }

    // hours go past 24 for what leaves after midnight
    private static int? Minutes(string? clock) => clock?.Split(':') is [var h, var m] && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? hours * 60 + minutes : null;
}

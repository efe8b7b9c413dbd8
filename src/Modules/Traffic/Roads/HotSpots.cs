using System.Globalization;
using System.Text;

namespace SmartCity.Traffic;

/// <summary>A place where people on foot were hurt more often than elsewhere, in a year.</summary>
internal sealed record HotSpot(int Year, string Area, Text Name, Place Place, int Accidents, int Deaths, int Severe);

/// <summary>Hot spots of accidents with people on foot, as the pack has them (<c>traffic/hot-spots.csv</c>: year, area, a name in each
/// language as <c>name.ko</c>, lat, lon, accidents, deaths, severe).</summary>
internal sealed class HotSpots(ICity city)
{
    private readonly Lazy<IReadOnlyList<HotSpot>> _all = new(() => Load(city));

    public IReadOnlyList<HotSpot> All => _all.Value;
    /// <summary>The newest year first.</summary>
    public IReadOnlyList<int> Years => [.. All.Select(h => h.Year).Distinct().OrderDescending()];
    public IReadOnlyList<HotSpot> Of(int year) => [.. All.Where(h => h.Year == year).OrderByDescending(h => h.Accidents).ThenByDescending(h => h.Deaths)];

    /// <exception cref="WrongPackException">Lists everything wrong, by file and line.</exception>
    private static List<HotSpot> Load(ICity city)
    {
        var problems = new List<string>();
        var spots = new List<HotSpot>();
        foreach (var path in city.Files("traffic", ".csv"))
        {
            var where = "traffic/" + Path.GetFileName(path);
            var lines = File.ReadAllLines(path, Encoding.UTF8);
            var columns = lines.Length == 0 ? [] : lines[0].Split(',').Select(c => c.Trim()).ToArray();
            foreach (var missing in new[] { "year", "area", "lat", "lon", "accidents", "deaths", "severe" }.Concat(city.Languages.Select(l => "name." + l)).Except(columns)) problems.Add($"{where}, line 1: there is no column {missing}.");
            if (problems.Count > 0) continue;
            for (var i = 1; i < lines.Length; i++)
            {
                if (lines[i].Trim().Length == 0) continue;
                var cells = columns.Zip(lines[i].Split(',')).ToDictionary(c => c.First, c => c.Second.Trim(), StringComparer.Ordinal);
                string Cell(string name) => cells.GetValueOrDefault(name, "");
                int? Count(string name) => int.TryParse(Cell(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;
                if (cells.Count == columns.Length && Count("year") is { } year && city.Area(Cell("area")) is { } area && Distance.Read(Cell("lat") + "," + Cell("lon")) is { } at && Count("accidents") is { } accidents && Count("deaths") is { } deaths && Count("severe") is { } severe)
                    spots.Add(new(year, area.Code, new(city.Languages.Select(l => KeyValuePair.Create(l, Cell("name." + l)))), at, accidents, deaths, severe));
                else problems.Add($"{where}, line {(i + 1).ToString(CultureInfo.InvariantCulture)}: it is not a year, an area of this city, names, a place and three counts.");
            }
        }
        return problems.Count == 0 ? spots : throw new WrongPackException($"The hot spots of the city pack {city.Key} are wrong:", problems);
    }
}

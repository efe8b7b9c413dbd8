using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds;

/// <summary>A register of the things of a feed: a CSV file of the pack with <c>id, ko, en, area, lat, lon</c>, where any
/// language of the city is a column.</summary>
internal static class Things
{
    public static Dictionary<string, Thing> Read(CityPack city, string file, List<Problem> problems)
    {
        var things = new Dictionary<string, Thing>(StringComparer.Ordinal);
        var path = Path.Combine(city.Folder, file);
        if (!File.Exists(path))
        {
            problems.Add(new(file, "the register is missing."));
            return things;
        }
        using var csv = new CsvReader(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture) { MissingFieldFound = null, TrimOptions = TrimOptions.Trim });
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            var id = csv.GetField("id") ?? "";
            var names = city.Languages.Select(l => KeyValuePair.Create(l, csv.TryGetField<string>(l, out var name) ? name ?? id : id));
            Place? place = csv.TryGetField<double>("lat", out var lat) && csv.TryGetField<double>("lon", out var lon) && Math.Abs(lat) <= 90 && Math.Abs(lon) <= 180 ? new Place(lat, lon) : null;
            if (place is null) problems.Add(new($"{file}, line {csv.Context.Parser?.RawRow}", $"{id} has no place: lat and lon are decimal degrees."));
            if (!things.TryAdd(id, new(id, new(names), csv.TryGetField<string>("area", out var area) ? area : null, place)))
                problems.Add(new($"{file}, line {csv.Context.Parser?.RawRow}", $"{id} stands there twice."));
        }
        return things;
    }
}

namespace SmartCity.DisasterSafety;

/// <summary>Something near an incident.</summary>
internal sealed record Near(string Key, string Name, string Kind, double Km, Place Place)
{
    /// <summary>Address below the language, or null.</summary>
    public string? Url { get; init; }
    /// <summary>Address of its picture of this moment, or null.</summary>
    public string? Picture { get; init; }
    /// <summary>True for a drone that flies above the incident itself.</summary>
    public bool Above { get; init; }
}

/// <summary>The weather at the nearest station, as another module has it: titles, and values with their units.</summary>
internal sealed record WeatherThere(string Station, double Km, DateTimeOffset? ObservedAt, IReadOnlyList<(Text Title, string Value)> Values);

/// <summary>What stands around a place: cameras, facilities, the weather. What this city does not have is simply absent.</summary>
internal static class Surroundings
{
    // what another module calls its cameras, all that the reader may see first; without it, the city's own feed
    private const string CameraFeed = "city.cameras", WeatherTable = "atmosphere.weather-now";
    private static readonly string[] CameraTables = ["traffic.cameras-all", "traffic.cameras"];

    /// <summary>The cameras around an incident: first those that fly above it, whatever their distance, then the nearest.</summary>
    public static async Task<IReadOnlyList<Near>> Cameras(IFeeds feeds, IDatasets datasets, Incident incident, Place at, int count, CancellationToken cancel)
    {
        if (CameraTables.Select(datasets.Find).FirstOrDefault(t => t is not null) is { } table && table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Place) is { } place && table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Text) is { } first)
        {
            var name = table.Columns.FirstOrDefault(c => c.Key == "name") ?? first;
            var key = table.Columns.FirstOrDefault(c => c.Key is "camera" or "key" or "id") ?? name;
            var above = table.Columns.FirstOrDefault(c => c.Key == "incident");
            // a drone of another incident is no camera of this one
            bool Flies(object row) => above?.Of(row) is not null;
            bool Here(object row) => above?.Of(row)?.ToString() is { } id && incident.Accounts.Any(a => a.Event.Id == id);
            return [.. (await datasets.Rows(table.Key, null, cancel)).Where(r => place.Of(r) is Place && (!Flies(r) || Here(r))).Select(r => (Row: r, Place: (Place)place.Of(r)!)).Select(r => (r.Row, r.Place, Km: Distance.Km(at, r.Place)))
                .OrderBy(r => Here(r.Row) ? 0 : 1).ThenBy(r => r.Km).ThenBy(r => key.Of(r.Row)?.ToString(), StringComparer.Ordinal).Take(count)
                .Select(r => new Near(key.Of(r.Row)?.ToString() ?? "", name.Of(r.Row)?.ToString() ?? "", "camera", r.Km, r.Place) { Url = table.Page?.Url(r.Row) ?? "/data/" + table.Key, Picture = table.Page?.Picture?.Invoke(r.Row), Above = Here(r.Row) })];
        }
        return Nearest(feeds.Latest(CameraFeed).Things.Values.Select(t => (t.Key, t.Name.ToString(), "camera", t.Place)), at, count);
    }

    /// <summary>The nearest of each kind of facility: shelters, hydrants, defibrillators, hospitals.</summary>
    public static IReadOnlyList<Near> Facilities(IFeeds feeds, Place at, int each) =>
        [.. feeds.Latest(DisasterSafetyModule.Facilities).Things.Values.GroupBy(t => t.Kind, StringComparer.Ordinal).OrderBy(g => Facility.OrderOf(g.Key))
            .SelectMany(g => Nearest(g.Select(t => (t.Key, t.Name.ToString(), t.Kind, t.Place)), at, each))];

    private static IReadOnlyList<Near> Nearest(IEnumerable<(string Key, string Name, string Kind, Place? Place)> all, Place at, int count) =>
        [.. all.Where(t => t.Place is not null).Select(t => new Near(t.Key, t.Name, t.Kind, Distance.Km(at, t.Place!.Value), t.Place!.Value)).OrderBy(n => n.Km).ThenBy(n => n.Key, StringComparer.Ordinal).Take(count)];

    public static async Task<WeatherThere?> Weather(IDatasets datasets, Place at, CancellationToken cancel)
    {
        if (datasets.Find(WeatherTable) is not { } table || table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Place) is not { } place) return null;
        var rows = (await datasets.Rows(WeatherTable, null, cancel)).Where(r => place.Of(r) is Place).ToList();
        if (rows.Count == 0) return null;
        var nearest = rows.MinBy(r => Distance.Km(at, (Place)place.Of(r)!))!;
        var values = table.Columns.Where(c => c.Kind == ColumnKind.Number).Select(c => (c.Title, Value: c.Of(nearest) is double v ? $"{Units.Number(v, c.Decimals)} {Units.Symbol(c.Unit)}" : "—")).ToList();
        return new(table.Columns.First(c => c.Kind == ColumnKind.Text).Of(nearest)?.ToString() ?? "", Distance.Km(at, (Place)place.Of(nearest)!),
            table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Time)?.Of(nearest) as DateTimeOffset?, values);
    }

    /// <summary>The areas whose middle is nearest, for a place that no area claims: a river, a border.</summary>
    public static IReadOnlyList<Area> Between(ICity city, Place at) => [.. city.Areas.OrderBy(a => Distance.Km(a.Centre, at)).Take(2)];
}

/// <summary>Kinds of safety facilities.</summary>
internal static class Facility
{
    public static IReadOnlyList<string> Kinds { get; } = ["hospital", "shelter", "hydrant", "defibrillator"];

    public static int OrderOf(string kind) => Kinds.IndexOf(kind) is >= 0 and var order ? order : Kinds.Count;

    public static Text Word(string kind) => kind switch
    {
        "hospital" => Text.Of("응급의료기관", "Emergency hospital"),
        "shelter" => Text.Of("대피소", "Shelter"),
        "hydrant" => Text.Of("소화전", "Fire hydrant"),
        "defibrillator" => Text.Of("자동심장충격기", "Defibrillator"),
        "underpass" => Text.Of("지하차도", "Underpass"),
        "basement" => Text.Of("반지하 주거지", "Basement homes"),
        "lowland" => Text.Of("저지대", "Low ground"),
        "stream-path" => Text.Of("하천 산책로", "Stream path"),
        _ => Text.Same(kind),
    };

    private static int IndexOf(this IReadOnlyList<string> list, string item)
    {
        for (var i = 0; i < list.Count; i++) if (list[i] == item) return i;
        return -1;
    }
}

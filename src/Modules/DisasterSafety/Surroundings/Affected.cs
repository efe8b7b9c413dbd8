namespace SmartCity.DisasterSafety;

/// <summary>How many people may be concerned, and how that was counted.</summary>
/// <param name="People">Not more exact than its table.</param>
/// <param name="Metres">Of the circle within which they were counted; null when they are all people of the areas, or of a shape that the source drew.</param>
/// <param name="Areas">Whose people were counted.</param>
/// <param name="Table">Where the number of people comes from.</param>
/// <param name="ObservedAt">Of the people, when the table says it.</param>
internal sealed record Affected(double People, double? Metres, IReadOnlyList<Area> Areas, Text Table, DateTimeOffset? ObservedAt)
{
    /// <summary>True when people were counted by the mean density of the areas, within a circle or a shape.</summary>
    public bool ByDensity { get; init; }

    /// <summary>Two digits of it: the rest would be made up.</summary>
    public double Rounded => People < 10 ? Math.Round(People) : Math.Round(People / Math.Pow(10, Math.Floor(Math.Log10(People)) - 1)) * Math.Pow(10, Math.Floor(Math.Log10(People)) - 1);

    /// <summary>The people whom an incident concerns, by the table of people that the pack names; null when there is none, when it says
    /// nothing of the area, or when the pack does not say how far an incident of this kind reaches.</summary>
    public static async Task<Affected?> Of(IDatasets datasets, ICity city, PeopleRule rule, Incident incident, CancellationToken cancel)
    {
        if (rule.Dataset.Length == 0 || incident.Areas.Count == 0 || datasets.Find(rule.Dataset) is not { AreaColumn: { } area } table
            || table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Number && (rule.Column.Length == 0 || c.Key == rule.Column)) is not { } number) return null;
        var observed = table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Time);
        var (people, at) = (new Dictionary<string, double>(StringComparer.Ordinal), (DateTimeOffset?)null);
        foreach (var row in await datasets.Rows(table.Key, null, cancel))
            if (area.Of(row) is string code && number.Of(row) is double count and >= 0)
            {
                people[code] = count;
                if (observed?.Of(row) is DateTimeOffset moment && !(moment < at)) at = moment;
            }
        // an area of which nothing is known makes the sum a guess
        var areas = incident.Areas.Select(city.Area).OfType<Area>().ToList();
        if (areas.Count == 0 || areas.Count < incident.Areas.Count || areas.Any(a => !people.ContainsKey(a.Code))) return null;
        var all = areas.Sum(a => people[a.Code]);
        Affected Counted(double count) => new(count, null, areas, table.Title, at);

        var shape = incident.Accounts.Select(a => a.Event).FirstOrDefault(e => e is { PlaceInDoubt: null, Shape: not null })?.Shape;
        // no place, or many areas: the source means all of them
        if (shape is null || areas.Count > 1 && shape is { Kind: not ShapeKind.Area, RadiusKm: 0 }) return Counted(all);
        if (areas.Any(a => a.SquareKm is null)) return null;
        var (size, metres) = shape.Kind == ShapeKind.Area ? (shape.Rings.Sum(SquareKm), (double?)null)
            : shape.RadiusKm > 0 ? (Math.PI * shape.RadiusKm * shape.RadiusKm, shape.RadiusKm * 1000)
            : rule.Metres.TryGetValue(incident.Kind, out var reach) && reach > 0 ? (Math.PI * reach * reach / 1e6, reach) : (0, null);
        if (size <= 0) return null;
        return Counted(all * Math.Min(1, size / areas.Sum(a => a.SquareKm!.Value))) with { Metres = metres, ByDensity = true };
    }

    // of a ring, in a plane through its middle: right to a thousandth for the size of a city
    private static double SquareKm(IReadOnlyList<Place> ring)
    {
        if (ring.Count < 4) return 0;
        var wide = 111.32 * Math.Cos(ring[0].Latitude * Math.PI / 180);
        double twice = 0;
        for (var i = 0; i + 1 < ring.Count; i++) twice += ring[i].Longitude * wide * ring[i + 1].Latitude * 110.57 - ring[i + 1].Longitude * wide * ring[i].Latitude * 110.57;
        return Math.Abs(twice) / 2;
    }
}

/// <summary>Where the city knows how many people there are, and how far incidents reach.</summary>
internal sealed class PeopleRule
{
    /// <summary>Key of a dataset with an area and a number of people in each row.</summary>
    public string Dataset { get; set; } = "";
    /// <summary>Its column with the number; its first number when empty.</summary>
    public string Column { get; set; } = "";
    /// <summary>How far an incident reaches, in metres, by its kind. Of a kind that is not named nobody knows it.</summary>
    public Dictionary<string, double> Metres { get; set; } = [];
}

using SmartCity.Shell.City;

namespace SmartCity.Shell.Map;

/// <summary>A layer, ready to draw.</summary>
/// <param name="Id">Its id in the page.</param>
/// <param name="Layer">What it is.</param>
/// <param name="Unit">UCUM code of its values.</param>
/// <param name="Decimals">Digits after the point.</param>
/// <param name="Classes">Legend, lowest first.</param>
/// <param name="Items">One an area, or one a place.</param>
/// <param name="AsOf">As of when, says who.</param>
internal sealed record LayerView(string Id, string ListId, MapLayer Layer, string Unit, int Decimals, IReadOnlyList<MapClass> Classes, IReadOnlyList<LayerItem> Items, AsOf? AsOf);

/// <summary>One area or place of a layer.</summary>
/// <param name="Name">Its name in the language of the rendering.</param>
/// <param name="Area">Code of the area it is or stands in.</param>
/// <param name="At">Where it stands in the drawing.</param>
/// <param name="Value">Its value; null when missing.</param>
/// <param name="Class">Index into the classes, -1 when there is no value.</param>
internal sealed record LayerItem(string Name, string? Area, (double X, double Y) At, double? Value, int Class);

/// <summary>Reads the layers of the map from datasets.</summary>
internal sealed class MapReader(CityPack city, IFeeds feeds, IServiceProvider services)
{
    public async Task<LayerView> Layer(MapLayer layer, Dataset dataset, CancellationToken cancel)
    {
        var column = dataset.Columns.First(c => c.Key == layer.Column);
        var place = dataset.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Place);
        var name = dataset.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Text);
        var classes = layer.Classes(city);
        var asOf = dataset.Feed is { } feed ? feeds.AsOf(feed) : null;
        // what is too old to be shown in a tile is not shown on the map either
        var shown = asOf?.Shown ?? true;
        var rows = await dataset.Rows(new(services, city, feeds, new Dictionary<string, string>(), feeds.Now, cancel));
        var items = new List<LayerItem>();
        foreach (var row in rows)
        {
            var area = dataset.AreaColumn?.Of(row) as string;
            var value = shown ? column.Of(row) as double? : null;
            var number = value is { } v ? ClassOf(classes, v) : -1;
            if (layer.Style == MapStyle.Fill)
            {
                if (area is null || city.Area(area) is not { } known) continue;
                items.Add(new(city.ShortNames[area].ToString(), area, city.Outline.Project(known.Centre), value, number));
            }
            else if (place?.Of(row) is Place at)
                items.Add(new(name?.Of(row)?.ToString() ?? "", area ?? city.Outline.AreaAt(at), city.Outline.Project(at), value, number));
        }
        return new(Live.CityParts.IdOf(layer), Live.CityParts.ListIdOf(layer), layer, column.Unit, column.Decimals, classes, items, asOf);
    }

    private static int ClassOf(IReadOnlyList<MapClass> classes, double value)
    {
        for (var i = 0; i < classes.Count; i++)
            if (classes[i].Below is not { } below || value < below) return i;
        return classes.Count - 1;
    }
}

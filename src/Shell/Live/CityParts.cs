using System.Collections.Concurrent;
using System.Globalization;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Map;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Live;

/// <summary>What a tile's partial draws.</summary>
/// <param name="Id">Its id in the page.</param>
/// <param name="Tile">What it is.</param>
/// <param name="Face">What it says; null when filling it failed.</param>
/// <param name="AsOf">As of when, says who; null when the city has no source for it.</param>
internal sealed record TileView(string Id, Tile Tile, TileFace? Face, AsOf? AsOf);

/// <summary>How the sources are doing, in one line.</summary>
internal sealed record StatusView(int Sources, int Live, int Late, int Down, bool Demonstration);

/// <summary>The live parts of this city: a part a tile, a part a map layer, and the line about the sources.</summary>
internal static class CityParts
{
    public const string Status = "part-status";
    public static string IdOf(Tile tile) => "tile-" + tile.Key.Replace('.', '-');
    public static string IdOf(MapLayer layer) => "layer-" + layer.Key.Replace('.', '-');
    public static string ListIdOf(MapLayer layer) => "list-" + layer.Key.Replace('.', '-');

    public static IEnumerable<LivePart> Of(Catalogue catalogue, FeedBook book)
    {
        // what a tile said last, in each language: shown with its true age while the database that it also asks is gone
        var last = new ConcurrentDictionary<(string Tile, string Language), TileFace>();
        foreach (var tile in catalogue.Of<Tile>())
            yield return new(IdOf(tile), Catalogue.PermissionOf(tile), tile.Topics, "/Pages/Shared/_Tile.cshtml", (services, cancel) => Fill(tile, last, services, cancel));
        // layers of the city's own feeds come and go and may be many: they are on the street map
        foreach (var layer in catalogue.Declared.OfType<MapLayer>().Where(l => !l.StreetOnly).OrderBy(l => l.Order).ThenBy(l => l.Title.In("en"), StringComparer.Ordinal))
        {
            var dataset = catalogue.Find<Dataset>(layer.Dataset);
            if (dataset is null) continue;
            var permission = Catalogue.PermissionOf(layer);
            IReadOnlyList<string> topics = dataset.Feed is { } feed ? [.. dataset.Topics, feed] : dataset.Topics;
            async Task<object> View(IServiceProvider services, CancellationToken cancel) => await services.GetRequiredService<MapReader>().Layer(layer, dataset, cancel);
            yield return new(IdOf(layer), permission, topics, "/Pages/Shared/_MapLayer.cshtml", View);
            yield return new(ListIdOf(layer), permission, topics, "/Pages/Shared/_MapList.cshtml", View);
        }
        yield return new(Status, ShellContributions.SeeFeeds, [Feeds.Desk.LostFeeds.Feed, .. book.Plans.Select(p => p.Feed.Key)], "/Pages/Shared/_Status.cshtml", (services, _) =>
        {
            var feeds = services.GetRequiredService<IFeeds>();
            var states = book.Plans.Select(p => feeds.AsOf(p.Feed.Key)!.Freshness).ToList();
            return Task.FromResult<object>(new StatusView(states.Count, states.Count(s => s == Freshness.Live), states.Count(s => s is Freshness.Late or Freshness.Stale),
                states.Count(s => s is Freshness.Gone or Freshness.Down or Freshness.NoData), book.Plans.Any(p => p.Source.Demonstration)));
        });
    }

    private static async Task<object> Fill(Tile tile, ConcurrentDictionary<(string Tile, string Language), TileFace> last, IServiceProvider services, CancellationToken cancel)
    {
        var feeds = services.GetRequiredService<IFeeds>();
        try
        {
            var face = await tile.Face(new(services, services.GetRequiredService<ICity>(), feeds, services.GetRequiredService<IWords>(), feeds.Now, cancel));
            last[(tile.Key, CultureInfo.CurrentUICulture.Name)] = face;
            return new TileView(IdOf(tile), tile, face, face.AsOf ?? feeds.AsOf(face.Feed));
        }
        catch (Exception trouble) when (DatabaseTrouble.Is(trouble) && last.TryGetValue((tile.Key, CultureInfo.CurrentUICulture.Name), out var before)) { return new TileView(IdOf(tile), tile, before, feeds.AsOf(before.Feed) ?? before.AsOf); }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            services.GetRequiredService<ILogger<TileView>>().LogError(broken, "The tile {Tile} could not be filled", tile.Key);
            return new TileView(IdOf(tile), tile, null, null);
        }
    }
}

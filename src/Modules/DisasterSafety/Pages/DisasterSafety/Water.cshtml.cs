using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>Gauges against their own thresholds, and places that flood easily.</summary>
internal sealed class WaterModel(ICity city, IFeeds feeds, IAudience audience, IDatasets datasets) : PageModel
{
    // the fullest of many sewers; the table page has all
    private const int Most = 25;

    public IReadOnlyList<GaugeRow> Rivers { get; private set; } = [];
    public IReadOnlyList<GaugeRow> Sewers { get; private set; } = [];
    public IReadOnlyList<GaugeRow> Rain { get; private set; } = [];
    public bool MaySeeFlood => audience.Can(DisasterSafetyModule.Desk);
    public int AllSewers { get; private set; }
    public IReadOnlyList<Thing> Flood { get; private set; } = [];
    public AsOf? RiverAsOf => feeds.AsOf(DisasterSafetyModule.River);
    public AsOf? SewerAsOf => feeds.AsOf(DisasterSafetyModule.Sewer);
    public AsOf? RainAsOf => feeds.AsOf("atmosphere.rain");
    public AsOf? FloodAsOf => feeds.AsOf(DisasterSafetyModule.FloodAreas);

    public async Task OnGetAsync(CancellationToken cancel) => await Load(cancel);

    public async Task<IActionResult> OnGetGaugesAsync(CancellationToken cancel)
    {
        await Load(cancel);
        return Partial("_Gauges", this);
    }

    private async Task Load(CancellationToken cancel)
    {
        var all = await Gauges.Of(feeds, datasets, city, cancel);
        Rivers = [.. all.Where(g => g.Kind == GaugeKind.River)];
        AllSewers = all.Count(g => g.Kind == GaugeKind.Sewer);
        Sewers = [.. all.Where(g => g.Kind == GaugeKind.Sewer).Take(Most)];
        Rain = [.. all.Where(g => g.Kind == GaugeKind.Rain)];
        // homes that flood are somebody's: the list is the desk's
        Flood = !MaySeeFlood ? [] : [.. feeds.Latest(DisasterSafetyModule.FloodAreas).Things.Values.OrderBy(t => t.Area, StringComparer.Ordinal).ThenBy(t => t.Key, StringComparer.Ordinal)];
    }
}

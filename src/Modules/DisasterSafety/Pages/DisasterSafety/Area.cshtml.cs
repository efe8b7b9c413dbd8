using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>The card of an area: its four counts, what is open there, its gauges and facilities.</summary>
internal sealed class AreaModel(ICity city, IFeeds feeds, IAudience audience, IDatasets datasets, IncidentBook book) : PageModel
{
    public Area Area { get; private set; } = null!;
    public Board Board { get; private set; } = null!;
    public IReadOnlyList<GaugeRow> Gauges { get; private set; } = [];
    public IReadOnlyList<(string Kind, int Count)> Facilities { get; private set; } = [];
    public IReadOnlyList<Thing> Flood { get; private set; } = [];
    public AsOf? RiverAsOf => feeds.AsOf(DisasterSafetyModule.River);
    public AsOf? FacilitiesAsOf => feeds.AsOf(DisasterSafetyModule.Facilities);

    public async Task<IActionResult> OnGetAsync(string code, CancellationToken cancel) => await Load(code, cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnGetBoardAsync(string code, CancellationToken cancel) => await Load(code, cancel) ? Partial("_Board", Board) : NotFound();

    private async Task<bool> Load(string code, CancellationToken cancel)
    {
        if (city.Area(code) is not { } area) return false;
        Area = area;
        Board = await Board.Read(book, feeds, city, audience, null, code, null, cancel);
        Gauges = [.. (await DisasterSafety.Gauges.Of(feeds, datasets, city, cancel)).Where(g => g.Gauge.Area == code).Take(12)];
        Facilities = [.. feeds.Latest(DisasterSafetyModule.Facilities).Things.Values.Where(t => t.Area == code).CountBy(t => t.Kind).Select(k => (k.Key, k.Value)).OrderBy(k => Facility.OrderOf(k.Key))];
        Flood = !audience.Can(DisasterSafetyModule.Desk) ? [] : [.. feeds.Latest(DisasterSafetyModule.FloodAreas).Things.Values.Where(t => t.Area == code).OrderBy(t => t.Key, StringComparer.Ordinal)];
        return true;
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Atmosphere.Pages;

/// <summary>One measure of one area, or of the whole city, by hour and by day.</summary>
internal sealed class HistoryModel(ICity city, IFeeds feeds, IWords words) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "area")]
    public string? AskedArea { get; set; }
    [BindProperty(SupportsGet = true, Name = "measure")]
    public string? AskedMeasure { get; set; }

    public Area? Area => AskedArea is null ? null : city.Area(AskedArea);
    public Property Measure => AirMeasures.Of(AskedMeasure);
    public IReadOnlyList<Chart> Charts { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var now = feeds.Now;
        Charts = [await Draw("hours", "24h", now, cancel), await Draw("week", "7d", now, cancel), await Draw("days", "14d", now, cancel)];
    }

    private Task<Chart> Draw(string id, string period, DateTimeOffset now, CancellationToken cancel) => AirChart.Draw(id, Measure, Area, period, city, feeds, words, now, cancel);
}

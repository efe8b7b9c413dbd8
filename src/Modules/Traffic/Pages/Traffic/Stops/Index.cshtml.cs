using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages.Stops;

/// <summary>Stops and stations: searched by name or number, or those of a line in its order.</summary>
internal sealed class IndexModel(Transit transit, ICity city, IFeeds feeds) : PageModel
{
    public const int Most = 100;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }
    [BindProperty(SupportsGet = true, Name = "line")]
    public string? AskedLine { get; set; }

    public Line? Line { get; private set; }
    public IReadOnlyList<Line> Lines => transit.Pack.Lines;
    public IReadOnlyList<Stop> Found { get; private set; } = [];
    public IReadOnlyDictionary<string, Arrival> Next { get; private set; } = new Dictionary<string, Arrival>();
    public AsOf? AsOf => feeds.AsOf(TrafficModule.SubwayFeed);
    public DateTimeOffset Now => feeds.Now;

    public void OnGet()
    {
        Text = Text?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 100)] : null;
        var stops = transit.Stops(feeds);
        var arrivals = transit.Arrivals(feeds);
        Line = Lines.FirstOrDefault(l => l.Key == AskedLine);
        if (Line is { } line)
        {
            var byId = stops.DistinctBy(s => s.Id).ToDictionary(s => s.Id, StringComparer.Ordinal);
            stops = line.Kind == LineKind.Subway ? [.. line.Stations.Select(s => byId.GetValueOrDefault("subway-" + s.Key)).OfType<Stop>()] : [.. stops.Where(s => arrivals.Any(a => a.Stop == s.Id && a.Line.Key == line.Key))];
            arrivals = [.. arrivals.Where(a => a.Line.Key == line.Key)];
        }
        Next = arrivals.GroupBy(a => a.Stop).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        Found = [.. stops.Where(s => Text is null || s.Number == Text || city.Languages.Any(l => s.Name.In(l).Contains(Text, StringComparison.OrdinalIgnoreCase)))];
    }
}

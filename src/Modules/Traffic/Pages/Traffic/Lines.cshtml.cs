using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>The line map with what runs now, its list, first and last departures, the buses of the night.</summary>
internal sealed class LinesModel(Transit transit, ICity city, IFeeds feeds) : PageModel
{
    public TransitPack Pack => transit.Pack;
    public IReadOnlyList<LineState> States { get; private set; } = [];
    /// <summary>Stations where a train stands, with its lines.</summary>
    public ILookup<string, Arrival> AtPlatform { get; private set; } = Enumerable.Empty<Arrival>().ToLookup(a => a.Stop);
    public AsOf? AsOf => feeds.AsOf(TrafficModule.SubwayFeed);
    public AsOf? BusAsOf => feeds.AsOf(TrafficModule.VehicleFeed);
    public IEnumerable<LineState> Subway => States.Where(s => s.Line.Kind == LineKind.Subway);
    public IEnumerable<LineState> Buses => States.Where(s => s.Line.Kind == LineKind.Bus);
    public IEnumerable<LineState> Owls => States.Where(s => s.Line.Kind == LineKind.Owl);
    /// <summary>Trains that their source calls the last of the day.</summary>
    public IReadOnlyList<Arrival> LastTrains { get; private set; } = [];

    public void OnGet()
    {
        States = transit.States(feeds);
        var trains = transit.Arrivals(feeds).Where(a => a.Line.Kind == LineKind.Subway).ToList();
        AtPlatform = trains.Where(a => a.AtPlatform).ToLookup(a => a.Stop);
        LastTrains = [.. trains.Where(a => a.IsLast).Take(12)];
    }

    public IActionResult OnGetMap()
    {
        OnGet();
        return Partial("_LineMap", this);
    }

    public IActionResult OnGetBuses()
    {
        OnGet();
        return Partial("_BusLines", this);
    }

    /// <summary>True where a line ends.</summary>
    public bool IsEnd(Station station) => Pack.Lines.Any(l => !l.Loop && l.Bends.Count > 0 && (l.Bends[0].Station == station || l.Bends[^1].Station == station));

    /// <summary>Where each line's number stands: beside its first end that no other line's number has.</summary>
    public IReadOnlyList<(Line Line, double X, double Y)> Numbers()
    {
        var numbers = new List<(Line Line, double X, double Y)>();
        foreach (var line in Pack.Lines.Where(l => l.Bends.Count > 0))
        {
            var (x, y, _) = numbers.Exists(n => n.X == line.Bends[0].X - 14 && n.Y == line.Bends[0].Y - 14) ? line.Bends[^1] : line.Bends[0];
            numbers.Add((line, x - 14, y - 14));
        }
        return numbers;
    }

    public int Lines(Station station) => Pack.Lines.Count(l => l.Stations.Contains(station));

    public string Clock(DateTimeOffset at) => city.Local(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    public static string Path(Line line)
    {
        var path = new StringBuilder();
        foreach (var (x, y, _) in line.Bends) path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{x:0.#} {y:0.#}");
        return line.Loop ? path.Append('Z').ToString() : path.ToString();
    }
}

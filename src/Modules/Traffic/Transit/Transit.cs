using System.Globalization;

namespace SmartCity.Traffic;

/// <summary>Where one gets on.</summary>
/// <param name="Id">Stands in addresses: <c>subway-</c>, <c>bus-</c> or <c>gtfs-</c> and the source's own.</param>
/// <param name="Name">What people read.</param>
/// <param name="Number">What stands on its sign, or null.</param>
/// <param name="Place">Where it is, or null.</param>
/// <param name="Area">Code of the area it is in, or null.</param>
/// <param name="Feed">The feed that tells its arrivals.</param>
internal sealed record Stop(string Id, Text Name, string? Number, Place? Place, string? Area, string Feed);

/// <summary>Something comes to a stop: the same for trains, buses and every source.</summary>
/// <param name="Stop">Id of the stop.</param>
/// <param name="StopName">Its name.</param>
/// <param name="Line">What comes.</param>
/// <param name="Towards">Where it goes, or null.</param>
/// <param name="At">When it comes, as the source says.</param>
/// <param name="Delay">How late it is; null when not told.</param>
/// <param name="Crowd">0 to 1: how full it is; null when not told.</param>
/// <param name="IsLast">True for the last one of the day.</param>
/// <param name="Feed">Who says so.</param>
internal sealed record Arrival(string Stop, Text StopName, Line Line, Text? Towards, DateTimeOffset At, TimeSpan? Delay, double? Crowd, bool IsLast, string Feed)
{
    /// <summary>True while it stands at the platform or is about to.</summary>
    public bool AtPlatform { get; init; }
}

/// <summary>How a line runs now.</summary>
/// <param name="Line">The line.</param>
/// <param name="State">How much it needs a person.</param>
/// <param name="Word">The state in a word, as a key.</param>
/// <param name="Vehicles">How many are told of; null when nothing is received.</param>
/// <param name="Delay">Mean delay; null when not told.</param>
/// <param name="Notices">What is announced of it now.</param>
internal sealed record LineState(Line Line, State State, string Word, int? Vehicles, TimeSpan? Delay, IReadOnlyList<Event> Notices);

/// <summary>Buses and trains of every source in one model: a city's own formats and GTFS-Realtime are the same here.</summary>
internal sealed class Transit(ICity city)
{
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(30);
    /// <summary>From here on a line is late, and very late.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(5), VeryLate = TimeSpan.FromMinutes(10);
    private readonly Lazy<TransitPack> _pack = new(() => TransitPack.Load(city));

    public TransitPack Pack => _pack.Value;

    /// <summary>The line that a source calls by a key; one that the pack does not have is called as the source does.</summary>
    private Line LineOf(string key, LineKind kind) => Pack.Lines.FirstOrDefault(l => l.Key == key) ?? new(key, key, Text.Same(key), null, kind, null, null, false, []);

    /// <summary>Every stop that a source told of, stations first.</summary>
    public IReadOnlyList<Stop> Stops(IFeeds feeds)
    {
        var stops = Pack.Stations.Values.Select(s => new Stop("subway-" + s.Key, s.Name, null, null, null, TrafficModule.SubwayFeed)).OrderBy(s => s.Name.ToString(), StringComparer.CurrentCulture).ToList();
        var buses = feeds.Latest(TrafficModule.BusFeed).Things.Values.Where(t => Plain(BusStop(t))).Select(t => new Stop("bus-" + BusStop(t), t.Name, t.Attributes.GetValueOrDefault("number"), t.Place, t.Area, TrafficModule.BusFeed));
        var scheduled = feeds.Latest(TrafficModule.StopFeed).Things.Values.Where(t => Plain(t.Key)).Select(t => new Stop("gtfs-" + t.Key, t.Name, t.Attributes.GetValueOrDefault("code"), t.Place, t.Area, TrafficModule.DelayFeed));
        stops.AddRange(buses.Concat(scheduled).DistinctBy(s => s.Id).OrderBy(s => s.Name.ToString(), StringComparer.CurrentCulture).ThenBy(s => s.Id, StringComparer.Ordinal));
        return stops;
    }

    private static string BusStop(Thing thing) => thing.Attributes.GetValueOrDefault("stop") ?? thing.Key.Split('|')[0];

    // it stands in an address
    private static bool Plain(string key) => key.Length is > 0 and <= 40 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Everything that comes, the next first. What is too old to be shown is left out.</summary>
    public IReadOnlyList<Arrival> Arrivals(IFeeds feeds) => [.. Subway(feeds).Concat(Buses(feeds)).Concat(Scheduled(feeds)).Where(a => a.At > feeds.Now - Gone).OrderBy(a => a.At)];

    private static bool Shown(IFeeds feeds, string feed) => feeds.AsOf(feed) is { Shown: true };

    private IEnumerable<Arrival> Subway(IFeeds feeds)
    {
        if (!Shown(feeds, TrafficModule.SubwayFeed)) yield break;
        var latest = feeds.Latest(TrafficModule.SubwayFeed);
        var byName = Pack.Stations.Values.SelectMany(s => s.Name.Languages.Select(l => (Name: s.Name.In(l), Station: s))).DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => s.Station, StringComparer.OrdinalIgnoreCase);
        foreach (var train in latest.Things.Values)
            if (latest.Values.GetValueOrDefault((train.Key, "arrives")) is { Value: { } seconds } told && train.Attributes.GetValueOrDefault("station") is { } name && byName.TryGetValue(name, out var station))
                yield return new("subway-" + station.Key, station.Name, LineOf(train.Attributes.GetValueOrDefault("line") ?? train.Kind, LineKind.Subway), Towards(train, byName), told.ObservedAt.AddSeconds(seconds), null, null,
                    train.Attributes.GetValueOrDefault("last") == "1", TrafficModule.SubwayFeed)
                { AtPlatform = train.Attributes.GetValueOrDefault("code") is "0" or "1" or "2" };
    }

    // a sign that says "X행 - …" goes to X, which has a name in other languages
    private static Text? Towards(Thing train, Dictionary<string, Station> byName)
    {
        if ((train.Attributes.GetValueOrDefault("headsign") ?? train.Name.ToString()) is not { Length: > 0 } sign) return null;
        var end = sign.IndexOf('행', StringComparison.Ordinal);
        return end > 0 && byName.TryGetValue(sign[..end], out var station) ? new(station.Name.Languages.Select(l => KeyValuePair.Create(l, station.Name.In(l)))) : Text.Same(sign);
    }

    private IEnumerable<Arrival> Buses(IFeeds feeds)
    {
        if (!Shown(feeds, TrafficModule.BusFeed)) yield break;
        var latest = feeds.Latest(TrafficModule.BusFeed);
        foreach (var bus in latest.Things.Values)
            if (latest.Values.GetValueOrDefault((bus.Key, "arrives")) is { Value: { } seconds } told)
                yield return new("bus-" + BusStop(bus), bus.Name, LineOf(bus.Kind, LineKind.Bus), null, told.ObservedAt.AddSeconds(seconds), null,
                    // 3 empty, 4 usual, 5 and 6 crowded; 0 says nothing
                    latest.Value(bus.Key, "crowd") switch { 3 => 0.2, 4 => 0.5, 5 => 0.8, 6 => 1, _ => null }, bus.Attributes.GetValueOrDefault("last") == "1", TrafficModule.BusFeed);
    }

    private IEnumerable<Arrival> Scheduled(IFeeds feeds)
    {
        if (!Shown(feeds, TrafficModule.DelayFeed)) yield break;
        var (latest, stops) = (feeds.Latest(TrafficModule.DelayFeed), feeds.Latest(TrafficModule.StopFeed).Things);
        foreach (var trip in latest.Things.Values)
            if (trip.Attributes.GetValueOrDefault("stop") is { } stop && long.TryParse(trip.Attributes.GetValueOrDefault("arrival"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 253402300799)
                yield return new("gtfs-" + stop, stops.GetValueOrDefault(stop)?.Name ?? Text.Same(stop), LineOf(trip.Kind, LineKind.Bus), null, DateTimeOffset.FromUnixTimeSeconds(at),
                    latest.Value(trip.Key, "delay") is { } delay ? TimeSpan.FromSeconds(delay) : null, null, false, TrafficModule.DelayFeed);
    }

    /// <summary>How every line runs: those of the pack in their order, then what the sources told of besides.</summary>
    public IReadOnlyList<LineState> States(IFeeds feeds)
    {
        var arrivals = Arrivals(feeds);
        var vehicles = Shown(feeds, TrafficModule.VehicleFeed) ? feeds.Latest(TrafficModule.VehicleFeed).Things.Values.CountBy(v => v.Kind).ToDictionary() : null;
        var notices = feeds.Events(TrafficModule.NoticeFeed).Where(e => e.OpenAt(feeds.Now) && !e.Test).ToList();
        var others = feeds.Latest(TrafficModule.RouteFeed).Things.Values.Select(r => new Line(r.Key, r.Attributes.GetValueOrDefault("short") ?? r.Key, r.Name, null, LineKind.Bus, null, null, false, []));
        var told = arrivals.Select(a => a.Line).Concat(others);
        return [.. Pack.Lines.Concat(told).DistinctBy(l => l.Key).Select(line =>
        {
            var own = arrivals.Where(a => a.Line.Key == line.Key).ToList();
            int? count = line.Kind == LineKind.Subway ? Shown(feeds, TrafficModule.SubwayFeed) ? own.Count : null
                : vehicles is null && !Shown(feeds, TrafficModule.BusFeed) ? null : Math.Max(vehicles?.GetValueOrDefault(line.Key) ?? 0, own.Count);
            var delays = own.Select(a => a.Delay).OfType<TimeSpan>().ToList();
            TimeSpan? delay = delays.Count == 0 ? null : TimeSpan.FromSeconds(delays.Average(d => d.TotalSeconds));
            var about = notices.Where(n => (n.Attributes.GetValueOrDefault("routes") ?? "").Split(',').Contains(line.Key)).ToList();
            var (state, word) = StateOf(line, count, delay, about, city.Local(feeds.Now));
            return new LineState(line, state, word, count, delay, about);
        })];
    }

    /// <summary>The state of a line, the gravest first.</summary>
    internal static (State State, string Word) StateOf(Line line, int? vehicles, TimeSpan? delay, IReadOnlyList<Event> notices, DateTimeOffset local) => (vehicles, notices) switch
    {
        _ when notices.Any(n => (n.Attributes.GetValueOrDefault("effect") ?? "").Replace("_", "", StringComparison.Ordinal).Equals("noservice", StringComparison.OrdinalIgnoreCase)) => (State.Serious, "traffic.line.suspended"),
        _ when delay >= VeryLate => (State.Serious, "traffic.line.verylate"),
        (_, { Count: > 0 }) => (State.Caution, "traffic.line.notice"),
        _ when delay >= Late => (State.Caution, "traffic.line.late"),
        (null, _) => (State.Info, "traffic.line.unknown"),
        (0, _) when !line.RunsAt(local) => (State.Normal, "traffic.line.over"),
        (0, _) => (State.Info, "traffic.line.silent"),
        _ => (State.Normal, "traffic.line.normal"),
    };
}

using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>Traffic on the main screen.</summary>
internal static class Tiles
{
    public static ValueTask<TileFace> Incidents(TileContext context)
    {
        var open = Roads.Open(context.Feeds).Where(e => !Roads.IsWork(e)).ToList();
        var known = context.Feeds.AsOf(TrafficModule.IncidentFeed) is { Shown: true };
        return ValueTask.FromResult(new TileFace
        {
            Feed = TrafficModule.IncidentFeed,
            State = open.Count > 0 && known ? State.Info : State.Normal,
            Word = known ? open.Count == 0 ? context.Words["traffic.roads.none"] : context.Words.Of("traffic.roads.open", open.Count) : null,
            Lines = known ? [.. open.Take(5).Select(e => new TileLine(e.Event.Title.ToString(), "/traffic/incidents/" + Uri.EscapeDataString(e.Event.Id), e.Event.Onset ?? e.Event.ReportedAt, Roads.KindWord(e.Event, context.Words)))] : [],
        });
    }

    public static ValueTask<TileFace> Subway(TileContext context)
    {
        var states = context.Services.GetRequiredService<Transit>().States(context.Feeds).Where(s => s.Line.Kind == LineKind.Subway).ToList();
        if (states.Count == 0 || states.TrueForAll(s => s.Vehicles is null)) return ValueTask.FromResult(new TileFace { Feed = TrafficModule.SubwayFeed });
        var worst = states.MaxBy(s => s.State)!;
        return ValueTask.FromResult(new TileFace
        {
            Feed = TrafficModule.SubwayFeed,
            ValueText = context.Words.Of("traffic.tile.linesok", states.Count(s => s.State == State.Normal), states.Count),
            State = worst.State,
            Word = context.Words[worst.Word],
            Note = worst.State == State.Normal ? null : string.Join(", ", states.Where(s => s.State != State.Normal).Select(s => s.Line.Name.ToString())),
        });
    }

    public static ValueTask<TileFace> Speed(TileContext context)
    {
        var roads = Roads.Speeds(context.Feeds, context.City);
        if (roads.Count == 0) return ValueTask.FromResult(new TileFace { Feed = TrafficModule.SpeedFeed });
        var mean = roads.Sum(r => r.KmH * r.Pieces) / roads.Sum(r => r.Pieces);
        return ValueTask.FromResult(new TileFace
        {
            Feed = TrafficModule.SpeedFeed,
            Value = mean,
            Unit = "km/h",
            Measure = context.Words["traffic.tile.cityspeed"],
            State = Roads.ClassOf(mean).State,
            Word = Roads.ClassOf(mean).Title.ToString(),
            Note = context.Words.Of("traffic.tile.slowest", roads[0].Name.ToString(), Units.Number(roads[0].KmH)),
        });
    }
}

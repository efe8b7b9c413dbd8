using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>What traffic has to say in the city brief: what is open on the roads, which lines do not run as usual, how fast it goes. It is
/// silent about what it does not receive.</summary>
internal static class TrafficBrief
{
    public static Task<IReadOnlyList<BriefLine>> Lines(ReportContext context)
    {
        var (feeds, words) = (context.Feeds, context.Words);
        var lines = new List<BriefLine>();
        var open = feeds.AsOf(TrafficModule.IncidentFeed) is { Shown: true } ? Roads.Open(feeds).Where(e => !Roads.IsWork(e)).Select(e => e.Event).ToList() : [];
        if (open.Count > 0)
        {
            var oldest = open.MinBy(e => e.Onset ?? e.ReportedAt)!;
            lines.Add(new(words.Of("traffic.brief.incidents", open.Count, oldest.Title.ToString(), Units.Number(Math.Floor((context.Now - (oldest.Onset ?? oldest.ReportedAt)).TotalHours))), BriefPart.Open, State.Info, "/traffic/roads", feeds.AsOf(TrafficModule.IncidentFeed)));
        }
        var troubled = context.Services.GetRequiredService<Transit>().States(feeds).Where(s => s.State >= State.Caution).ToList();
        if (troubled.Count > 0)
            lines.Add(new(words.Of("traffic.brief.lines", string.Join(", ", troubled.Select(s => $"{s.Line.Name} ({words[s.Word]})"))), BriefPart.Behind, troubled.Max(s => s.State), "/traffic/lines", feeds.AsOf(TrafficModule.NoticeFeed)));
        var roads = Roads.Speeds(feeds, context.City);
        if (roads.Count > 0)
            lines.Add(new(words.Of("traffic.brief.slow", Units.Number(roads.Sum(r => r.KmH * r.Pieces) / roads.Sum(r => r.Pieces)), roads[0].Name.ToString(), Units.Number(roads[0].KmH)), BriefPart.Changed, Roads.ClassOf(roads[0].KmH).State, "/traffic/roads#speeds", feeds.AsOf(TrafficModule.SpeedFeed)));
        return Task.FromResult<IReadOnlyList<BriefLine>>(lines);
    }
}

using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.DisasterSafety;

/// <summary>Incidents on the main screen. A tile is shared by all its viewers: it says what everyone may know.</summary>
internal static class Tiles
{
    private const int Lines = 4;

    public static async ValueTask<TileFace> Today(TileContext context)
    {
        if (Openness.Everyone(DisasterSettings.Of(context.City)) is var open && !(open.Shows(Openness.What) && open.Shows(Openness.Area))) return Closed(context);
        var midnight = DisasterSafety.Today.Midnight(context.City, context.Now);
        var counts = Counts.Of(await Book(context).Since(context.Feeds, midnight, context.Cancel), midnight, context.Now);
        return new()
        {
            Feed = DisasterSafetyModule.Dispatch,
            Word = context.Words.Of("disaster-safety.total", counts.All),
            Lines = [.. counts.Each.Select(c => new TileLine(Say.Of(c.Category).ToString(), $"/disaster-safety?category={c.Category.ToString().ToLowerInvariant()}", Value: Units.Number(c.Count)))],
        };
    }

    public static async ValueTask<TileFace> Incidents(TileContext context)
    {
        var openness = Openness.Everyone(DisasterSettings.Of(context.City));
        if (!openness.Shows(Openness.What)) return Closed(context);
        var open = (await Book(context).Now(context.Feeds, context.Cancel)).Where(i => openness.Knows(i) && i.Open).ToList();
        if (open.Count == 0) return new() { Feed = DisasterSafetyModule.Dispatch, ValueText = context.Words["disaster-safety.none"] };
        return new()
        {
            Feed = DisasterSafetyModule.Dispatch,
            State = openness.Shows(Openness.Severity) ? open.Max(i => i.State) : State.Normal,
            Word = context.Words.Of("disaster-safety.running", open.Count),
            Lines = [.. open.Take(Lines).Select(i => new TileLine(openness.Shows(Openness.Area) ? $"{Say.What(i, openness)} · {Say.Where(i, context.City, context.Words)}" : Say.What(i, openness), "/disaster-safety/incidents/" + i.Key, openness.Shows(Openness.Since) ? i.Since : null))],
        };
    }

    public static async ValueTask<TileFace> AlarmCount(TileContext context)
    {
        var alarms = await DisasterTables.AlarmsNow(context.Services, context.Feeds, context.City, context.Cancel);
        var waiting = alarms.Where(a => a.AcknowledgedBy is null).ToList();
        return new()
        {
            Feed = DisasterSafetyModule.Dispatch,
            Value = waiting.Count,
            Measure = context.Words["disaster-safety.waiting"],
            State = waiting.Count == 0 ? State.Normal : waiting.Max(a => Ladder.State(a.Severity)),
            Word = waiting.Count == 0 ? null : Ladder.Word(context.Words, waiting.Max(a => a.Severity)),
            Note = waiting.Count == 0 ? context.Words["disaster-safety.noalarm"] : waiting[0].Title.ToString(),
        };
    }

    public static async ValueTask<TileFace> Water(TileContext context)
    {
        var rows = (await Gauges.Of(context.Feeds, null, context.City, context.Cancel)).Where(g => g.Kind == GaugeKind.River && g.Ratio is not null).ToList();
        if (rows.Count == 0) return new() { Feed = DisasterSafetyModule.River };
        var worst = rows[0];
        return new()
        {
            Feed = DisasterSafetyModule.River,
            Value = worst.Ratio * 100,
            Unit = "%",
            Measure = context.Words["disaster-safety.ofthreshold"],
            State = worst.State,
            Note = $"{worst.Gauge.Name} {Units.Number(worst.Level!.Value, 2)} {Units.Symbol("m")} / {Units.Number(worst.Threshold!.Value, 1)} {Units.Symbol("m")}",
        };
    }

    private static TileFace Closed(TileContext context) => new() { Feed = DisasterSafetyModule.Dispatch, ValueText = context.Words["disaster-safety.closed"] };

    private static IncidentBook Book(TileContext context) => context.Services.GetRequiredService<IncidentBook>();
}

/// <summary>What the module says in the city brief.</summary>
internal static class DisasterBrief
{
    public static async Task<IReadOnlyList<BriefLine>> Lines(ReportContext context)
    {
        var lines = new List<BriefLine>();
        var book = context.Services.GetRequiredService<IncidentBook>();
        var midnight = Today.Midnight(context.City, context.Now);
        var open = Openness.Everyone(DisasterSettings.Of(context.City));
        var incidents = await book.Since(context.Feeds, context.Since, context.Cancel);
        var asOf = context.Feeds.AsOf(DisasterSafetyModule.Dispatch);
        if (open.Shows(Openness.What))
        {
            var yesterday = Counts.Of(incidents.Where(i => i.Since < midnight), context.Since, midnight);
            if (yesterday.All > 0) lines.Add(Said("disaster-safety.brief.yesterday", yesterday));
            var running = incidents.Where(i => i.Open && !i.Test && i.Severity >= Severity.Severe).ToList();
            if (running.Count > 0 && open.Shows(Openness.Severity))
                lines.Add(new(context.Words.Of("disaster-safety.brief.open", running.Count), BriefPart.Open, running.Max(i => i.State), "/disaster-safety", asOf));
        }
        var high = (await Gauges.Of(context.Feeds, null, context.City, context.Cancel)).Where(g => g.Ratio >= 1 && g.Kind == GaugeKind.River).ToList();
        if (high.Count > 0) lines.Add(new(context.Words.Of("disaster-safety.brief.water", high.Count, high[0].Gauge.Name.ToString(), Units.Number(high[0].Ratio!.Value * 100)), BriefPart.Open, high[0].State, "/disaster-safety/water", context.Feeds.AsOf(DisasterSafetyModule.River)));
        return lines;

        BriefLine Said(string word, Counts c) => new(context.Words.Of(word, c.All.ToString(CultureInfo.CurrentCulture), Units.Number(c.Disaster), Units.Number(c.Fire), Units.Number(c.Rescue), Units.Number(c.Medical)), BriefPart.Changed, State.Normal, "/disaster-safety", asOf);
    }
}

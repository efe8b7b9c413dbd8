using System.Globalization;
using YamlDotNet.Serialization;

namespace SmartCity.Simulator;

/// <summary>What a source or a part of it has rows for.</summary>
internal class Listing
{
    /// <summary><c>areas</c>, <c>stations</c> of a <see cref="Kind"/>, <c>count</c> things of its own, or <c>events</c> that begin and end.</summary>
    public string Rows { get; set; } = "areas";
    /// <summary>Kind of station.</summary>
    public string Kind { get; set; } = "";
    /// <summary>Things of its own, or stories in a list.</summary>
    public int Count { get; set; } = 20;
    /// <summary>How often there is something new: a story, a picture, an event.</summary>
    public string Every { get; set; } = "1m";
    /// <summary>How long an event lasts, about.</summary>
    public string Lasts { get; set; } = "1h";

    [YamlIgnore] public TimeSpan EveryLength { get; private set; }
    [YamlIgnore] public TimeSpan LastsLength { get; private set; }

    protected IEnumerable<string> ListingProblems()
    {
        EveryLength = Durations.Read(Every) ?? TimeSpan.Zero;
        LastsLength = Durations.Read(Lasts) ?? TimeSpan.Zero;
        foreach (var (key, text, length) in new[] { ("every", Every, EveryLength), ("lasts", Lasts, LastsLength) })
            if (length <= TimeSpan.Zero) yield return $"{key}: {text} is no length of time; write for example 30s, 10m, 1h.";
        if (Rows is not ("areas" or "stations" or "count" or "events" or "once")) yield return $"rows {Rows} is unknown; write areas, stations, count, events or once.";
        if (Count is < 1 or > 20_000) yield return "count must be 1 to 20000.";
        if (Rows == "events" && LastsLength > 500 * EveryLength) yield return "lasts is more than 500 times every.";
    }

    /// <summary>The rows at a moment. Nothing about an event depends on when it is asked for.</summary>
    /// <param name="seed">Of the scenario and the source.</param>
    /// <param name="ground">Areas and stations.</param>
    /// <param name="moment">The instant the answer is about.</param>
    public IReadOnlyList<Row> RowsAt(string seed, CityGround ground, DateTimeOffset moment) => Rows switch
    {
        "once" => [new(ground.Areas[0], "0", 1, moment, moment)],
        "areas" => [.. ground.Areas.Select((a, i) => new Row(a, a.Spot.Key, i + 1, moment, moment))],
        "stations" => [.. ground.Stations.Where(s => s.Station!["kind"] == Kind).Select((s, i) => new Row(s, s.Station!["id"], i + 1, moment, moment))],
        "count" => [.. Enumerable.Range(1, Count).Select(n => new Row(Somewhere(seed, ground, n), n.ToString(CultureInfo.InvariantCulture), n, moment, moment))],
        _ => [.. Events(seed, ground, moment)],
    };

    /// <summary>The place of the thing with a number, always the same.</summary>
    internal static Thing Somewhere(string seed, CityGround ground, long number)
    {
        var die = Noise.Seed(seed);
        var area = ground.Areas[(int)(Noise.Die(die, number) * ground.Areas.Count)];
        double Beside(ulong which) => (Noise.Die(die ^ which, number) - 0.5) * 0.016;
        return new(new(FormattableString.Invariant($"{seed}/{number}"), area.Spot.Key, area.Spot.Latitude + Beside(1), area.Spot.Longitude + Beside(2)), area.Area, null);
    }

    private IEnumerable<Row> Events(string seed, CityGround ground, DateTimeOffset moment)
    {
        var (turn, die) = (EveryLength.Ticks, Noise.Seed(seed + "events"));
        var n = 0;
        for (var number = moment.UtcTicks / turn; number >= 0 && number * turn > moment.UtcTicks - 2 * LastsLength.Ticks - turn; number--)
        {
            var at = new DateTimeOffset(number * turn + (long)(Noise.Die(die, number) * turn / 2), TimeSpan.Zero);
            at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
            var end = at + LastsLength * (0.5 + Noise.Die(die ^ 1, number));
            if (at <= moment && moment < end) yield return new(Somewhere(seed, ground, number), number.ToString(CultureInfo.InvariantCulture), ++n, at, end);
        }
    }
}

/// <summary>One row of an answer: what it stands for.</summary>
/// <param name="Thing">The area, the station, or a thing somewhere.</param>
/// <param name="Id">Its key in the source.</param>
/// <param name="Number">Place in the list, from 1.</param>
/// <param name="At">When an event began; else the moment.</param>
/// <param name="End">When it ends.</param>
internal sealed record Row(Thing Thing, string Id, int Number, DateTimeOffset At, DateTimeOffset End);

using System.Globalization;
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

    private async Task<Chart> Draw(string id, string period, DateTimeOffset now, CancellationToken cancel)
    {
        var (from, to, step) = Period.Of(period, now);
        var whole = await feeds.History(AtmosphereModule.AirFeed, Measure.Key, null, from, to, step, cancel);
        var own = Area is null ? null : await feeds.History(AtmosphereModule.AirFeed, Measure.Key, Area.Code, from, to, step, cancel);
        var classes = AirGrades.Classes(city, Measure.Key);
        var points = own ?? whole;
        var cityMean = words["atmosphere.meanofall"];
        return new()
        {
            Id = id,
            Headline = Headline(points),
            Subtitle = $"{Measure.Title}, {Area?.Name ?? city.Name}, {Period.Choices.First(c => c.Key == period).Value}",
            Unit = Measure.Unit,
            Decimals = Measure.Decimals,
            Step = step,
            Series = own is null ? [new(cityMean, whole)] : [new(Area!.Name.ToString(), own), new(cityMean, whole, Context: true)],
            Levels = [.. classes.Zip(classes.Skip(1)).Where(pair => pair.First.Below is not null).Select(pair => new Level(pair.First.Below!.Value, words.Of("atmosphere.from", pair.Second.Title.ToString())))],
            AsOf = feeds.AsOf(AtmosphereModule.AirFeed),
            Data = $"/data/atmosphere.air-past?measure={Measure.Key}&area={Area?.Code ?? "all"}&period={period}",
        };
    }

    // the finding, not the measure: where it stands against its own highest
    private string Headline(IReadOnlyList<Point> points)
    {
        if (points.LastOrDefault(p => p.Value is not null) is not { Value: { } last }) return words["atmosphere.nothingobserved"];
        var highest = points.Where(p => p.Value is not null).MaxBy(p => p.Value)!;
        var at = city.Local(highest.At);
        var when = at.ToString(points[1].At - points[0].At >= TimeSpan.FromHours(20) ? "MM-dd" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
        return highest.Value - last < 1e-9
            ? words.Of("atmosphere.highestnow", Units.Number(last, Measure.Decimals))
            : words.Of("atmosphere.nowandhighest", Units.Number(last, Measure.Decimals), Units.Number(highest.Value!.Value, Measure.Decimals), when);
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Atmosphere.Pages;

/// <summary>Rain by area and by hour, and where snow lies.</summary>
internal sealed class RainAndSnowModel(ICity city, IFeeds feeds, IWords words, IServiceProvider services) : PageModel
{
    public IReadOnlyList<RainRow> Rain { get; private set; } = [];
    public IReadOnlyList<SnowRow> Snow { get; private set; } = [];
    public Chart Hours { get; private set; } = null!;
    public AsOf? RainAsOf => feeds.AsOf(AtmosphereModule.RainFeed);
    public AsOf? SnowAsOf => feeds.AsOf(AtmosphereModule.SnowFeed);

    public string Finding
    {
        get
        {
            var wet = Rain.Count(r => r.TenMinutes > 0);
            return Rain.All(r => r.TenMinutes is null) ? words["fresh.nodata"] : wet == 0 ? words["atmosphere.norain"] : words.Of("atmosphere.rainin", wet, city.Area(Rain.MaxBy(r => r.TenMinutes)!.Area)!.Name.ToString());
        }
    }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await ReadRain(cancel);
        ReadSnow();
        var (from, to, step) = Period.Of("24h", feeds.Now);
        var points = await feeds.History(AtmosphereModule.RainFeed, RainMeasures.TenMinutes.Key, null, from, to, step, cancel);
        // an hour's rain is a sum, not a mean
        points = [.. points.Select(p => p with { Value = p.Sum })];
        var wettest = points.Where(p => p.Value > 0).MaxBy(p => p.Value);
        Hours = new()
        {
            Id = "rain-hours",
            Headline = wettest is null ? words["atmosphere.dryday"] : words.Of("atmosphere.wettesthour", city.Local(wettest.At).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), Units.Number(wettest.Value!.Value, 1)),
            Subtitle = $"{words["atmosphere.rainmean"]}, {Period.Choices[0].Value}",
            Unit = "mm/h",
            Decimals = 1,
            Bars = true,
            Series = [new(words["atmosphere.meanofall"], points)],
            AsOf = RainAsOf,
            Data = "/data/atmosphere.rain-past?period=24h",
        };
    }

    public async Task<IActionResult> OnGetRainAsync(CancellationToken cancel)
    {
        await ReadRain(cancel);
        return Partial("_RainNow", this);
    }

    public IActionResult OnGetSnow()
    {
        ReadSnow();
        return Partial("_SnowNow", this);
    }

    private async Task ReadRain(CancellationToken cancel)
    {
        var rows = await RainDatasets.Rows(new(services, city, feeds, new Dictionary<string, string>(), feeds.Now, cancel));
        Rain = RainAsOf is { Shown: true } ? [.. rows.OrderByDescending(r => r.Hour ?? -1)] : [.. rows.Select(r => r with { TenMinutes = null, Hour = null })];
    }

    private void ReadSnow() =>
        Snow = SnowAsOf is { Shown: true } ? [.. RainDatasets.SnowRows(feeds).OrderByDescending(r => r.Depth ?? -1)] : [];
}

using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>How often the city's open data is fetched, by day and dataset: the paper's second tab.</summary>
internal sealed class OpenDataUseModel(Book book, Downloads downloads, IDatasets datasets, ICity city, IWords words, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    private const int Shown = 30;
    public IReadOnlyList<(DateOnly Day, long Count)> Days { get; private set; } = [];
    public IReadOnlyList<(string Title, string Key, long Count, string Formats)> Datasets { get; private set; } = [];
    public long Total { get; private set; }
    public long TodayCount { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await downloads.Save(cancel);
        var first = Downloads.DayOf(book.Today.AddDays(1 - Shown));
        await using var db = await dbs.CreateDbContextAsync(cancel);
        // a dataset that the reader may not see, or that is gone, is not told either
        var rows = (await db.Downloads.AsNoTracking().Where(d => d.Day >= first).ToListAsync(cancel)).Where(d => datasets.Find(d.Dataset) is not null).ToList();
        if (rows.Count == 0) return;
        var byDay = rows.GroupBy(r => r.Day).ToDictionary(g => g.Key, g => g.Sum(r => r.Count));
        Days = [.. Enumerable.Range(0, Shown).Select(i => book.Today.AddDays(i + 1 - Shown)).Select(d => (d, byDay.GetValueOrDefault(Downloads.DayOf(d))))];
        Datasets = [.. rows.GroupBy(r => r.Dataset, StringComparer.Ordinal).Select(g => (words.Title(datasets.Find(g.Key)!), g.Key, g.Sum(r => r.Count), string.Join(", ", g.GroupBy(r => r.Format, StringComparer.Ordinal).OrderByDescending(f => f.Sum(r => r.Count)).Select(f => $"{f.Key} {Units.Number(f.Sum(r => r.Count))}"))))
            .OrderByDescending(d => d.Item3).ThenBy(d => d.Key, StringComparer.Ordinal)];
        (Total, TodayCount) = (rows.Sum(r => r.Count), byDay.GetValueOrDefault(Downloads.DayOf(book.Today)));
    }

    public Chart Chart() => new()
    {
        Id = "uses",
        Headline = Days.MaxBy(d => d.Count) is { Count: > 0 } most ? words.Of("indicators.open.most", most.Count, most.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) : words["indicators.open.none"],
        Subtitle = words.Of("indicators.open.subtitle", city.Name.ToString(), Shown),
        Unit = words["indicators.open.unit"],
        Bars = true,
        Step = Step.Day,
        Series = [new(words["indicators.open.count"], [.. Days.Select(d => new Point(Track.Instant(city, d.Day.AddDays(-1)), d.Count))])],
        AsOf = new() { Feed = "indicators.downloads", Source = city.Name, Owner = Text.Same(words["indicators.owners"]), Page = "/indicators/open-data-use", At = Track.Instant(city, book.Today.AddDays(-1)), Freshness = Freshness.Live, Outcome = FetchOutcome.Ok, Rhythm = new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.MaxValue) },
        Data = "/data/indicators.downloads",
    };
}

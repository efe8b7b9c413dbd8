using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>One indicator at three depths, out of one definition: in plain words, with everything, at a glance.</summary>
internal sealed class IndicatorModel(Book book, ICity city, TimeProvider time, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    public static readonly string[] Depths = ["plain", "full", "glance"];
    /// <summary>With the city itself, four lines can still be told apart.</summary>
    public const int MostAreas = 3;

    [BindProperty(SupportsGet = true, Name = "depth")]
    public string? Asked { get; set; }
    [BindProperty(SupportsGet = true, Name = "period")]
    public string? AskedPeriod { get; set; }
    [BindProperty(SupportsGet = true, Name = "with")]
    public string? AskedWith { get; set; }
    [BindProperty(SupportsGet = true, Name = "area")]
    public string[] AskedAreas { get; set; } = [];

    public string Depth => Depths.Contains(Asked) ? Asked! : Depths[0];
    public Track Track { get; private set; } = null!;
    public Standing Standing { get; private set; }
    public bool Disputed { get; private set; }
    public IReadOnlyList<Dispute> Disputes { get; private set; } = [];
    public DateTimeOffset Now { get; } = time.GetUtcNow();
    public Period PeriodA { get; private set; }
    public Period PeriodB { get; private set; }
    public IReadOnlyList<Area> Chosen { get; private set; } = [];
    /// <summary>The city and its areas at the two periods, best first; empty where the indicator knows no areas.</summary>
    public IReadOnlyList<(Area? Area, double? Now, double? Then)> Areas { get; private set; } = [];
    public double Largest => Math.Max(Areas.Where(a => a.Area is not null).Max(a => a.Now) ?? 0, 1e-9);

    public async Task<IActionResult> OnGetAsync(string indicator, CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        if (register.Find(indicator) is not { } track) return NotFound();
        Track = track;
        Standing = track.Standing(book.Today);
        Disputed = track.Latest is { } latest && register.Disputed.Contains((indicator, "", latest.Period));
        Chosen = track.HasAreas ? [.. AskedAreas.Distinct(StringComparer.Ordinal).Select(city.Area).OfType<Area>().Take(MostAreas)] : [];
        PeriodA = Of(AskedPeriod) ?? track.Latest?.Period ?? Period.Of(track.Indicator.Cycle, book.Today);
        PeriodB = Of(AskedWith) ?? PeriodA.Plus(-Period.PerYear(track.Indicator.Cycle));
        if (track.HasAreas)
        {
            var rows = city.Areas.Select(a => ((Area?)a, track.ValueAt(PeriodA, a.Code), track.ValueAt(PeriodB, a.Code))).Append((null, track.ValueAt(PeriodA), track.ValueAt(PeriodB))).Where(r => r.Item1 is not null || r.Item2 is not null);
            // counts of the whole city would dwarf those of its parts; they stand last
            var rate = track.Indicator.Unit[..1] is not "{";
            var best = track.Indicator.Direction == Direction.Up ? rows.OrderByDescending(r => r.Item2 ?? double.MinValue) : rows.OrderBy(r => r.Item2 ?? double.MaxValue);
            Areas = [.. rate ? best : best.OrderBy(r => r.Item1 is null)];
        }
        if (Depth == "full")
        {
            await using var db = await dbs.CreateDbContextAsync(cancel);
            Disputes = await db.Disputes.AsNoTracking().Where(d => d.Indicator == indicator).OrderByDescending(d => d.Id).Take(50).ToListAsync(cancel);
        }
        return Page();
    }

    private Period? Of(string? asked) => Period.TryParse(asked, out var period) && period.Cycle == Track.Indicator.Cycle ? period : null;

    public async Task<IActionResult> OnGetFaceAsync(string indicator, CancellationToken cancel) => await OnGetAsync(indicator, cancel) is PageResult ? Partial("_Face", this) : NotFound();

    /// <summary>The two periods of the whole city, in a sentence.</summary>
    public string CompareSentence(IWords words)
    {
        var indicator = Track.Indicator;
        if (Track.ValueAt(PeriodA) is not { } now || Track.ValueAt(PeriodB) is not { } then) return words["indicators.compare.missing"];
        var change = indicator.Round(now - then);
        if (change == 0) return words.Of("indicators.compare.same", PeriodA.Words, PeriodB.Words, indicator.WriteWithUnit(now));
        var better = change > 0 == (indicator.Direction == Direction.Up);
        return words.Of(better ? "indicators.compare.better" : "indicators.compare.worse", PeriodA.Words, indicator.WriteWithUnit(now), PeriodB.Words, indicator.WriteWithUnit(then));
    }
}

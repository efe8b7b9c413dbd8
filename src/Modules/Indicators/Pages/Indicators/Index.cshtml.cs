using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Indicators.Pages;

/// <summary>All indicators by sector, each with its number, target and state.</summary>
internal sealed class IndexModel(Book book, ICity city, IWords words, TimeProvider time) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "sector")]
    public string? Sector { get; set; }
    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Q { get; set; }

    public Standing? Standing => Enum.TryParse<Standing>(State, ignoreCase: true, out var standing) && Enum.IsDefined(standing) ? standing : null;
    public IReadOnlyList<Sector> Sectors { get; private set; } = [];
    public IReadOnlyList<IndicatorRow> All { get; private set; } = [];
    /// <summary>Those that the reader asked for.</summary>
    public IReadOnlyList<IndicatorRow> Rows { get; private set; } = [];
    public AsOf? AsOf { get; private set; }

    public int CountOf(Standing standing) => All.Count(r => r.Standing == standing);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        Sectors = register.Sectors;
        All = [.. register.Tracks.Select(t => new IndicatorRow(t, t.Standing(book.Today)))];
        AsOf = Tiles.Newest(city, words, register, time.GetUtcNow());
        Rows = [.. All.Where(r => (string.IsNullOrEmpty(Sector) || r.Indicator.Sector.Key == Sector) && (Standing is not { } wanted || r.Standing == wanted)
            && (string.IsNullOrWhiteSpace(Q) || Says(r.Indicator, Q.Trim())))];
    }

    private static bool Says(Indicator indicator, string wanted) =>
        new[] { indicator.Name, indicator.Plain, indicator.Owner, indicator.Sector.Name }.Any(t => t.Languages.Any(l => t.In(l).Contains(wanted, StringComparison.CurrentCultureIgnoreCase))) || indicator.Key.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    public async Task<IActionResult> OnGetBoardAsync(CancellationToken cancel)
    {
        await OnGetAsync(cancel);
        return Partial("_Board", this);
    }
}

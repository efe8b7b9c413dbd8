using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Indicators.Pages;

/// <summary>All indicators as tables, a table a sector: for people who work with them.</summary>
internal sealed class ListModel(Book book, ICity city, IWords words, TimeProvider time) : PageModel
{
    public IReadOnlyList<IndicatorRow> Rows { get; private set; } = [];
    public AsOf? AsOf { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        Rows = [.. register.Tracks.Select(t => new IndicatorRow(t, t.Standing(book.Today)))];
        AsOf = Tiles.Newest(city, words, register, time.GetUtcNow());
    }
}

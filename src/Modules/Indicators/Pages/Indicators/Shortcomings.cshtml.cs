using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Indicators.Pages;

/// <summary>The ten worst against target, chosen by rule, and the ten best beside them in the same size.</summary>
internal sealed class ShortcomingsModel(Book book, ICity city, IWords words, TimeProvider time) : PageModel
{
    private const int Lines = 10;
    public IReadOnlyList<IndicatorRow> Worst { get; private set; } = [];
    public IReadOnlyList<IndicatorRow> Best { get; private set; } = [];
    public AsOf? AsOf { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        Worst = [.. register.Worst(Lines).Select(t => new IndicatorRow(t, t.Standing(book.Today)))];
        Best = [.. register.Best(Lines).Select(t => new IndicatorRow(t, t.Standing(book.Today)))];
        AsOf = Tiles.Newest(city, words, register, time.GetUtcNow());
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>The day in four counts, and what is open.</summary>
internal sealed class IndexModel(ICity city, IFeeds feeds, IAudience audience, IncidentBook book) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "category")]
    public string? Category { get; set; }
    [BindProperty(SupportsGet = true, Name = "area")]
    public string? Area { get; set; }
    [BindProperty(SupportsGet = true, Name = "which")]
    public string? Which { get; set; }
    public Board Board { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancel) => await Load(cancel);

    public async Task<IActionResult> OnGetBoardAsync(CancellationToken cancel)
    {
        await Load(cancel);
        return Partial("_Board", Board);
    }

    private async Task Load(CancellationToken cancel) => Board = await Board.Read(book, feeds, city, audience, Category, Area, Which, cancel);
}

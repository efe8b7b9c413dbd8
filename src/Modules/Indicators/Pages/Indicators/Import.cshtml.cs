using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>What an uploaded file would change, a yes or a no, and later the way back.</summary>
[Authorize(IndicatorsModule.Edit)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class ImportModel(Book book, Ledger ledger, IWords words, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public long Id { get; set; }
    public Import? Import { get; private set; }
    public IReadOnlyList<(Change Change, Track? Track, bool Odd)> Rows { get; private set; } = [];
    public string? Problem { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        Import = await db.Imports.AsNoTracking().SingleOrDefaultAsync(i => i.Id == Id, cancel);
        if (Import is null) return;
        var register = await book.Now(cancel);
        Rows = [.. Ledger.RowsOf(Import).Select(c => (c, register.Find(c.Indicator), register.Find(c.Indicator) is { } track && Intake.IsOdd(track, c.Period, c.Area, c.Value ?? 0)))];
    }

    public async Task<IActionResult> OnPostConfirmAsync(CancellationToken cancel)
    {
        var moved = await ledger.Confirm(Id, cancel);
        return await Told(moved, "indicators.import.moved", cancel);
    }

    public async Task<IActionResult> OnPostUndoAsync(CancellationToken cancel)
    {
        var later = await ledger.Undo(Id, words["indicators.import.undowhy"], cancel);
        return await Told(later, "indicators.import.later", cancel);
    }

    private async Task<IActionResult> Told(IReadOnlyList<Change> left, string word, CancellationToken cancel)
    {
        if (left.Count == 0) return LocalRedirect($"/{words.Language}/indicators/import?id={Id}");
        await OnGetAsync(cancel);
        Problem = words.Of(word, left.Count, string.Join(", ", left.Take(5).Select(c => $"{c.Indicator} {c.Period}")));
        return Page();
    }
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>What waits for somebody: values that are overdue or due soon, and disputes without an answer.</summary>
[Authorize(IndicatorsModule.Edit)]
internal sealed class DueModel(Book book, ICity city, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    private const int Soon = 30;
    /// <summary>Days within which a dispute is answered.</summary>
    public const int AnswerWithin = 14;

    /// <summary>Indicators by department, with the days that are left; below zero they are late.</summary>
    public IReadOnlyList<(Track Track, int Days)> Waiting { get; private set; } = [];
    public IReadOnlyList<(Dispute Dispute, Track? Track, int Days)> Disputes { get; private set; } = [];
    public int Overdue => Waiting.Count(w => w.Days < 0);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        Waiting = [.. register.Tracks.Where(t => t.NextUpdate is not null && t.Indicator.Source != ValueSource.Computed).Select(t => (t, Days: t.NextUpdate!.Value.DayNumber - book.Today.DayNumber)).Where(w => w.Days <= Soon)
            .OrderBy(w => w.Days).ThenBy(w => w.t.Indicator.Key, StringComparer.Ordinal)];
        await using var db = await dbs.CreateDbContextAsync(cancel);
        Disputes = [.. (await db.Disputes.AsNoTracking().Where(d => d.AnsweredAt == null).OrderBy(d => d.Id).ToListAsync(cancel))
            .Select(d => (d, register.Find(d.Indicator), DateOnly.FromDateTime(city.Local(DateTimeOffset.FromUnixTimeMilliseconds(d.At)).DateTime).AddDays(AnswerWithin).DayNumber - book.Today.DayNumber))];
    }
}

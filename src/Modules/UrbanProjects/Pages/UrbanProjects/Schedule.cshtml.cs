using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>The projects on one line of time, each with what it says in words.</summary>
internal sealed class ScheduleModel(Book book, ICity city, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs, TimeProvider time) : PageModel
{
    public Selection Selection { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancel) => Selection = await Selection.Read("schedule", Request, book, city, words, audience, dbs, time, cancel);

    public async Task<IActionResult> OnGetRowsAsync(CancellationToken cancel)
    {
        await OnGetAsync(cancel);
        return Partial("_Gantt", Selection);
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>The published projects on the street map, with the list of them beside it.</summary>
internal sealed class MapModel(Book book, ICity city, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs, TimeProvider time) : PageModel
{
    public Selection Selection { get; private set; } = null!;
    /// <summary>Projects whose place is published: those on the map.</summary>
    public IReadOnlyList<Sight> Placed => [.. Selection.Rows.Where(s => s.Dossier.Public?.Place is not null)];

    public async Task OnGetAsync(CancellationToken cancel) => Selection = await Selection.Read("map", Request, book, city, words, audience, dbs, time, cancel);

    public async Task<IActionResult> OnGetRowsAsync(CancellationToken cancel)
    {
        await OnGetAsync(cancel);
        return Partial("_Places", this);
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>The projects as a list; also where filters are kept and forgotten.</summary>
internal sealed class IndexModel(Book book, Ledger ledger, ICity city, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs, TimeProvider time) : PageModel
{
    public Selection Selection { get; private set; } = null!;
    /// <summary>What is wrong with the name of a filter that was to be kept.</summary>
    public string? Problem { get; private set; }
    public string Typed { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancel) => Selection = await Selection.Read("list", Request, book, city, words, audience, dbs, time, cancel);

    public async Task<IActionResult> OnGetRowsAsync(CancellationToken cancel)
    {
        await OnGetAsync(cancel);
        return Partial("_List", Selection);
    }

    public async Task<IActionResult> OnPostSaveAsync(string? name, string? view, string? query, CancellationToken cancel)
    {
        if (audience.UserName is null) return Forbid();
        await OnGetAsync(cancel);
        Typed = name?.Trim() ?? "";
        var asked = ProjectFilter.Read(query ?? "").Query;
        var wanted = Selection.Views.Contains(view) ? view! : "list";
        Problem = Typed.Length == 0 ? words["urban-projects.saved.noname"] : Typed.Length > 60 ? words.Of("urban-projects.wrong.longtext", 60) : asked.Length is 0 or > 500 ? words["urban-projects.saved.nothing"] : Selection.Mine.Count >= 50 ? words.Of("urban-projects.saved.full", 50) : null;
        if (Problem is not null) return Page();
        var saved = await ledger.Save(Typed, asked, wanted, cancel);
        return LocalRedirect($"/{words.Language}{Selection.UrlOf(wanted)}?saved={saved.Id}");
    }

    public async Task<IActionResult> OnPostForgetAsync(string? id, CancellationToken cancel)
    {
        if (audience.UserName is null) return Forbid();
        await ledger.Forget(id ?? "", cancel);
        return LocalRedirect($"/{words.Language}/urban-projects");
    }
}

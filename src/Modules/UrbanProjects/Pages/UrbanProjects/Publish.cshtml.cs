using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>What the public is to see of a project, decided by the head of its department.</summary>
[Authorize(UrbanProjectsModule.Publish)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class PublishModel(Book book, Ledger ledger, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs) : PageModel
{
    public Dossier Dossier { get; private set; } = null!;
    public Project Project => Dossier.Working;
    public bool Mine => Rights.MayPublish(audience, Project);
    public IReadOnlySet<Field> Open { get; private set; } = new HashSet<Field>();
    public IReadOnlyList<Edition> Editions { get; private set; } = [];
    /// <summary>What was written since the last edition.</summary>
    public IReadOnlyList<Entry> Waiting { get; private set; } = [];
    public string? Problem { get; private set; }
    public string Why { get; private set; } = "";
    public string? Done { get; private set; }
    /// <summary>The edition that was to be published again and could not be; 0 when it was another form.</summary>
    public int Again { get; private set; }
    public bool MayAgain(Edition edition) => Mine && !edition.Closed && edition.Number != Editions[0].Number;

    public async Task<IActionResult> OnGetAsync(string project, string? done, CancellationToken cancel)
    {
        if (!await Load(project, cancel)) return NotFound();
        Done = done is "published" or "closed" or "again" ? done : null;
        return Page();
    }

    private async Task<bool> Load(string project, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(project) is not { } dossier) return false;
        Dossier = dossier;
        Open = dossier.Edition?.Fields ?? dossier.Working.Open;
        await using var db = await dbs.CreateDbContextAsync(cancel);
        Editions = await db.Editions.AsNoTracking().Where(e => e.Project == project).OrderByDescending(e => e.Number).Take(50).ToListAsync(cancel);
        var upTo = dossier.Edition?.UpTo ?? 0;
        Waiting = await db.Entries.AsNoTracking().Where(e => e.Project == project && e.Id > upTo).OrderBy(e => e.Id).Take(200).ToListAsync(cancel);
        return true;
    }

    private string? WrongWhy(string? why)
    {
        Why = why?.Trim() ?? "";
        return Why.Length < 3 ? words["urban-projects.wrong.why"] : Why.Length > 500 ? words.Of("urban-projects.wrong.longtext", 500) : null;
    }

    /// <summary>Sets the public's sight back to an older edition.</summary>
    public async Task<IActionResult> OnPostAgainAsync(string project, int number, string? why, CancellationToken cancel)
    {
        if (!await Load(project, cancel)) return NotFound();
        if (!Mine) return Forbid();
        if (Editions.FirstOrDefault(e => e.Number == number) is not { } edition || !MayAgain(edition)) return NotFound();
        Again = number;
        Problem = WrongWhy(why);
        if (Problem is null && !await ledger.PublishAgain(project, number, Why, cancel)) Problem = words["urban-projects.wrong.meanwhile"];
        return Problem is null ? LocalRedirect($"/{words.Language}/urban-projects/{project}/publish?done=again") : Page();
    }

    public async Task<IActionResult> OnPostAsync(string project, string[]? open, string? why, bool close, CancellationToken cancel)
    {
        if (!await Load(project, cancel)) return NotFound();
        if (!Mine) return Forbid();
        Open = (open ?? []).Select(f => Enum.TryParse<Field>(f, ignoreCase: true, out var named) && Enum.IsDefined(named) ? named : (Field?)null).OfType<Field>().ToHashSet();
        Problem = WrongWhy(why);
        if (Problem is null && !await ledger.Publish(project, Open, close, Why, cancel)) Problem = words["urban-projects.wrong.meanwhile"];
        return Problem is null ? LocalRedirect($"/{words.Language}/urban-projects/{project}/publish?done={(close ? "closed" : "published")}") : Page();
    }
}

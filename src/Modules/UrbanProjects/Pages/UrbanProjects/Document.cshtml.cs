using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>One document: shown where a browser can show it, with every version and its fingerprint.</summary>
internal sealed class DocumentModel(Book book, IAudience audience) : PageModel
{
    public Sight Sight { get; private set; } = null!;
    /// <summary>Newest first.</summary>
    public IReadOnlyList<Paper> Versions { get; private set; } = [];
    public Paper Shown { get; private set; } = null!;
    public FileKind Kind => FileKind.Find(Shown.Kind)!;
    [BindProperty(SupportsGet = true, Name = "series")]
    public string? Series { get; set; }
    [BindProperty(SupportsGet = true, Name = "version")]
    public int? Version { get; set; }

    public async Task<IActionResult> OnGetAsync(string project, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(project) is not { } dossier || Sight.Of(dossier, audience, book.Today) is not { } sight) return NotFound();
        Sight = sight;
        // without saying which, all of them are on the project's page
        if (string.IsNullOrEmpty(Series)) return LocalRedirect($"/{RouteData.Values["lang"]}/urban-projects/{project}#documents");
        Versions = [.. dossier.VersionsFor(sight.Whole).Where(p => p.Series == Series).OrderByDescending(p => p.Version)];
        if ((Version is { } asked ? Versions.FirstOrDefault(p => p.Version == asked) : Versions.FirstOrDefault()) is not { } shown || FileKind.Find(shown.Kind) is null) return NotFound();
        Shown = shown;
        return Page();
    }
}

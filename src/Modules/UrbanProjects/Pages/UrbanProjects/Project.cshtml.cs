using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>One project with all that its reader may see.</summary>
internal sealed class ProjectModel(Book book, Beside beside, ICity city, IWords words, IAudience audience, TimeProvider time) : PageModel
{
    public Sight Sight { get; private set; } = null!;
    public Project Project => Sight.Project;
    public DateOnly Today { get; private set; }
    public AsOf? AsOf => Sight.AsOf(city, words, time.GetUtcNow());
    public bool Owns => Rights.MayEdit(audience, Project);
    public bool MayPublish => Rights.MayPublish(audience, Project);
    public IReadOnlyList<LinkedIndicator> Indicators { get; private set; } = [];
    public IReadOnlyList<NewsItem> News { get; private set; } = [];
    public IReadOnlyList<Slot> Slots { get; private set; } = [];
    public IReadOnlyList<Paper> Papers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string project, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(project) is not { } dossier || Sight.Of(dossier, audience, book.Today) is not { } sight) return NotFound();
        (Sight, Today) = (sight, book.Today);
        Papers = dossier.PapersFor(sight.Whole);
        Indicators = await beside.LinkedTo(Project, cancel);
        News = await beside.NewsOf(Project, words.Language, cancel);
        Slots = await beside.SlotsOf(Project, cancel);
        return Page();
    }

    public async Task<IActionResult> OnGetScheduleAsync(string project, CancellationToken cancel) => await OnGetAsync(project, cancel) is PageResult ? Partial("_Steps", this) : NotFound();
}

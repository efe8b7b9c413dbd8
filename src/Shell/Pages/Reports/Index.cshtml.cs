using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Reports;

namespace SmartCity.Shell.Pages.Reports;

/// <summary>The reports of the city; for those who may keep them, also the kept ones and the schedule.</summary>
[Authorize("city.view")]
internal sealed class IndexModel(ReportBook book, KeptReports kept, ReportRuns runs, Catalogue catalogue, CityPack city, Cells cells, IAudience audience, IWords words) : PageModel
{
    public IReadOnlyList<(Report Report, string Owner)> Reports => [.. book.All.Select(r => (r, (catalogue.Modules.FirstOrDefault(m => m.Key == r.ModuleKey)?.Title ?? city.Name).ToString()))];
    public bool Keeps => audience.Can(ShellContributions.KeepReports);
    public IReadOnlyList<KeptReport> Kept { get; private set; } = [];
    public IReadOnlyList<ReportSchedule> Schedules { get; private set; } = [];
    public string? Told { get; private set; }
    public int KeepDays => runs.KeepDays;

    public async Task OnGetAsync(string? told, CancellationToken cancel)
    {
        Told = told is "asked" or "scheduled" or "full" ? words["reports.told." + told] : null;
        await Fill(cancel);
    }

    public async Task<IActionResult> OnGetKeptAsync(CancellationToken cancel)
    {
        // who may not keep any has no such block
        if (!Keeps) return new EmptyResult();
        await Fill(cancel);
        return Partial("_Kept", this);
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancel)
    {
        if (!Keeps) return Forbid();
        if (await kept.IsOwn(id, cancel)) await runs.Cancel(id);
        return Back();
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id)
    {
        if (!Keeps) return Forbid();
        await kept.Remove(id);
        return Back();
    }

    public async Task<IActionResult> OnPostUnscheduleAsync(Guid id)
    {
        if (!Keeps) return Forbid();
        await kept.Unschedule(id);
        return Back();
    }

    private RedirectResult Back() => Redirect($"/{words.Language}/reports#kept");

    private async Task Fill(CancellationToken cancel)
    {
        if (Keeps) (Kept, Schedules) = (await kept.All(cancel), await kept.Schedules(cancel));
    }

    public string When(long at) => cells.When(KeptReport.At(at));
    public string TitleOf(string key) => catalogue.Find<Report>(key) is { } report ? words.Title(report) : key;
}

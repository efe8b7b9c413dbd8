using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Shell.Pages.Feeds;

/// <summary>Files for a feed that people bring: the columns it wants, every problem by row and column, confirm, take back.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
[RequestSizeLimit(Uploads.MostBytes + 64 * 1024), RequestFormLimits(MultipartBodyLengthLimit = Uploads.MostBytes + 64 * 1024)]
internal sealed class UploadModel(FeedBook book, Uploads uploads, Secrets secrets, IWords words) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "name")] public string Key { get; set; } = "";
    public FeedPlan Plan { get; private set; } = null!;
    public UploadSchema Schema { get; private set; } = null!;
    public IReadOnlyList<DeskUpload> Last { get; private set; } = [];
    public DeskUpload? Retractable { get; private set; }
    public Uploads.Checked? Checked { get; private set; }
    /// <summary>A good file that waits to be confirmed.</summary>
    public Guid? Waiting { get; private set; }
    public string? Wrong { get; private set; }
    public string? Done { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? done, CancellationToken cancel)
    {
        if (!await Read(cancel)) return Redirect($"/{words.Language}/feeds/{Key}");
        Done = done is "stored" or "retracted" ? words["upload.done." + done] : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken cancel)
    {
        if (!await Read(cancel)) return Redirect($"/{words.Language}/feeds/{Key}");
        if (file is not { Length: > 0 }) Wrong = words["upload.nothing"];
        else if (file.Length > Uploads.MostBytes) Wrong = words.Of("desk.toolarge", Uploads.MostBytes / 1024 / 1024);
        else
        {
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, cancel);
            var name = Path.GetFileName(file.FileName);
            Checked = uploads.Check(Plan, name, bytes.ToArray());
            if (Checked.Good) Waiting = await uploads.Lay(Key, name, bytes.ToArray(), cancel);
            else if (Checked.Refused is { } refused) Wrong = Checked.Table.Outcome == FetchOutcome.BadRequest ? words.Of("upload.format", refused) : $"{words["outcome." + Checked.Outcome.ToString().ToLowerInvariant()]} ({secrets.Redact(refused)})";
        }
        return Page();
    }

    public async Task<IActionResult> OnPostConfirmAsync(Guid id, CancellationToken cancel)
    {
        if (!await Read(cancel)) return Redirect($"/{words.Language}/feeds/{Key}");
        if (await uploads.Confirm(Plan, id, cancel)) return Redirect($"/{words.Language}/feeds/{Key}/upload?done=stored");
        Wrong = words["upload.gone"];
        return Page();
    }

    public async Task<IActionResult> OnPostRetractAsync(Guid id, CancellationToken cancel)
    {
        if (!await Read(cancel)) return Redirect($"/{words.Language}/feeds/{Key}");
        if (await uploads.Retract(Plan, id, cancel)) return Redirect($"/{words.Language}/feeds/{Key}/upload?done=retracted");
        Wrong = words["upload.gone"];
        return Page();
    }

    private async Task<bool> Read(CancellationToken cancel)
    {
        if (book.HealthOf(Key)?.Plan is not { Descriptor.Upload: true } plan) return false;
        (Plan, Schema, Last) = (plan, UploadSchema.Of(plan), await uploads.Last(Key, cancel));
        Retractable = Uploads.Retractable(plan, Last);
        return true;
    }
}

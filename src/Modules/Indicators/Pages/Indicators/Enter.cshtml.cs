using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>Values by spreadsheet: a template with what is waited for, every problem by cell, nothing stored before a yes.</summary>
[Authorize(IndicatorsModule.Edit)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
// more than is taken, so that who sends too much is told so instead of cut off
[RequestSizeLimit(8 * Sheet.MostBytes)]
[RequestFormLimits(MultipartBodyLengthLimit = 8 * Sheet.MostBytes)]
internal sealed class EnterModel(Book book, Ledger ledger, ICity city, IWords words, IAudience audience, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "sector")]
    public string? Sector { get; set; }
    [BindProperty(SupportsGet = true, Name = "indicator")]
    public string? Chosen { get; set; }
    [BindProperty(SupportsGet = true, Name = "period")]
    public string? AskedPeriod { get; set; }

    public IReadOnlyList<Sector> Sectors { get; private set; } = [];
    public IReadOnlyList<Track> Tracks { get; private set; } = [];
    public IReadOnlyList<Import> Imports { get; private set; } = [];
    public Intake? Intake { get; private set; }
    public string FileName { get; private set; } = "";
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        if (Chosen is not null && register.Find(Chosen) is { } track)
        {
            if (string.IsNullOrWhiteSpace(AskedPeriod)) return LocalRedirect($"/{words.Language}/indicators/{Chosen}/value?period={track.Awaited ?? Period.Of(track.Indicator.Cycle, book.Today).Plus(-1)}");
            if (Period.TryParse(AskedPeriod, out var period) && period.Cycle == track.Indicator.Cycle && period.Start <= book.Today) return LocalRedirect($"/{words.Language}/indicators/{Chosen}/value?period={period}");
            Problem = words.Of("indicators.wrong.period", AskedPeriod, Pack.Example(track.Indicator.Cycle));
        }
        await Load(register, cancel);
        return Page();
    }

    private async Task Load(Register register, CancellationToken cancel)
    {
        Sectors = register.Sectors;
        Tracks = [.. register.Tracks.Where(t => t.Indicator.Source != ValueSource.Computed)];
        await using var db = await dbs.CreateDbContextAsync(cancel);
        Imports = await db.Imports.AsNoTracking().OrderByDescending(i => i.Id).Take(20).ToListAsync(cancel);
    }

    public async Task<IActionResult> OnGetTemplateAsync(string? format, CancellationToken cancel)
    {
        var rows = Template.Awaited(await book.Now(cancel), Sector, book.Today).ToList();
        return format == "csv" ? File(Template.Csv(rows), "text/csv; charset=utf-8", "indicators.csv")
            : File(Template.Xlsx(rows, words["indicators.guide"], words["indicators.guide.text"].Split('\n')), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "indicators.xlsx");
    }

    public async Task<IActionResult> OnPostUploadAsync(IFormFile? file, CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        if (file is null || file.Length == 0) Problem = words["indicators.file.empty"];
        else if (file.Length > Sheet.MostBytes) Problem = words.Of("indicators.file.large", Sheet.MostBytes / 1024 / 1024);
        else
        {
            FileName = Path.GetFileName(file.FileName) is { Length: > 0 } name ? name[..Math.Min(200, name.Length)] : "-";
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, cancel);
            var (sheet, wrong) = Sheet.Read(bytes.ToArray());
            if (wrong is not null) Problem = wrong.In(words);
            else
            {
                Intake = Intake.Of(sheet!, register, city, book.Today);
                if (Intake.Changes.Select(c => register.Find(c.Indicator)!.Indicator).FirstOrDefault(i => !Owners.May(audience, city, i)) is { } other) Problem = words.Of("indicators.upload.notyours", other.Name.ToString(), other.Owner.ToString());
                else if (Intake.Problems.Count == 0 && Intake.Changes.Count > 0) return LocalRedirect($"/{words.Language}/indicators/import?id={await ledger.Keep(FileName, Intake.Changes, cancel)}");
                else if (Intake.Problems.Count == 0) Problem = words.Of("indicators.upload.nochange", Intake.Unchanged, Intake.Empty);
            }
        }
        await Load(register, cancel);
        return Page();
    }
}

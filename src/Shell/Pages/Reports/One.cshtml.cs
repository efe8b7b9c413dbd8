using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Reports;

namespace SmartCity.Shell.Pages.Reports;

/// <summary>One report as a page. Closed and absent look the same.</summary>
[Authorize("city.view")]
internal sealed class OneModel(ReportBook book, KeptReports kept, ReportRuns runs, CityPack city, IAudience audience, IWords words, TimeProvider time, ILogger<OneModel> log) : PageModel
{
    public static IReadOnlyList<string> Formats { get; } = ["pdf", "xlsx"];

    public Report Report { get; private set; } = null!;
    public IReadOnlyDictionary<string, string> Values { get; private set; } = new Dictionary<string, string>();
    public DocumentHead Head { get; private set; } = null!;
    public IReadOnlyList<ReportPart> Parts { get; private set; } = [];
    /// <summary>A part failed: what came before it is shown.</summary>
    public bool Broken { get; private set; }
    public bool Keeps => audience.Can(ShellContributions.KeepReports);
    public IEnumerable<KeyValuePair<string, string?>> Choices => Values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value));
    public string? Wrong { get; private set; }
    public string At { get; private set; } = "06:00";
    public string Format { get; private set; } = "pdf";

    public async Task<IActionResult> OnGetAsync(string report, CancellationToken cancel) => Open(report) ?? await Show(cancel);

    private IActionResult? Open(string key)
    {
        if (book.Find(key) is not { } report) return NotFound();
        if (Request.Query.Any(q => q.Value.Count > 1)) return BadRequest();
        var (values, wrong) = book.Read(report, Request.Query.Select(q => KeyValuePair.Create(q.Key, q.Value.ToString())));
        if (wrong is not null) return BadRequest();
        (Report, Values) = (report, values);
        return null;
    }

    private async Task<IActionResult> Show(CancellationToken cancel)
    {
        Head = book.Head(Report, Values, DataFiles.Address(Request, Request.Path));
        var parts = new List<ReportPart>();
        try
        {
            await foreach (var part in book.Parts(Report, Values, paper: false, cancel)) parts.Add(part);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            log.LogError(broken, "The report {Report} could not be made", Report.Key);
            Broken = true;
        }
        Parts = parts;
        return Page();
    }

    public async Task<IActionResult> OnPostKeepAsync(string report, string? format, CancellationToken cancel)
    {
        if (!Keeps) return Forbid();
        if (Open(report) is { } closed) return closed;
        if (!Formats.Contains(format) || Person is not { } person) return BadRequest();
        var asked = await runs.Ask(new() { Report = Report.Key, Query = Query, Language = words.Language, Format = format!, PersonId = person, Person = audience.UserName ?? "", Host = Host }, cancel);
        return Redirect($"/{words.Language}/reports?told={(asked ? "asked" : "full")}#kept");
    }

    public async Task<IActionResult> OnPostScheduleAsync(string report, string? at, string? format, CancellationToken cancel)
    {
        if (!Keeps) return Forbid();
        if (Open(report) is { } closed) return closed;
        if (!Formats.Contains(format) || Person is not { } person) return BadRequest();
        if (!TimeOnly.TryParseExact(at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock))
        {
            // what was typed stays in the form
            (Wrong, At, Format) = (words["reports.wrongtime"], at ?? "", format!);
            return await Show(cancel);
        }
        var minute = (short)(clock.Hour * 60 + clock.Minute);
        var local = ((ICity)city).Local(time.GetUtcNow());
        // a time that has passed today comes tomorrow
        var last = minute <= local.TimeOfDay.TotalMinutes ? ReportRuns.Day(local) : "";
        var added = await kept.Add(new() { Id = Guid.CreateVersion7(), Report = Report.Key, Query = Query, Language = words.Language, Format = format!, PersonId = person, Person = audience.UserName ?? "", Minute = minute, LastDay = last, Host = Host });
        return Redirect($"/{words.Language}/reports?told={(added ? "scheduled" : "full")}#kept");
    }

    private Guid? Person => Guid.TryParse(User.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;
    private string Query => Values.Count == 0 ? "" : QueryString.Create(Choices).ToString();
    private string Host => $"{Request.Scheme}://{Request.Host}{Request.PathBase}";
}

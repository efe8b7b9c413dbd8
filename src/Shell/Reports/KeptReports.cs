using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Export;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Reports;

/// <summary>A kept report as a row.</summary>
/// <param name="Run">What was asked for and what came of it.</param>
/// <param name="Title">Title of the report, or its key when this city no longer has it.</param>
/// <param name="Parts">Parts done, while it is being made.</param>
/// <param name="State">How far it has come, in a word.</param>
/// <param name="Own">True when the reader asked for it.</param>
internal sealed record KeptReport(ReportRun Run, string Title, int Parts, string State, bool Own)
{
    public bool Unfinished => Run.State is RunState.Waiting or RunState.Running;
    public static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>The kept reports that the current reader may open: the own ones, and those whose maker could see no more than the reader.</summary>
internal sealed class KeptReports(ReportsDb db, Catalogue catalogue, IAudience audience, IHttpContextAccessor http, IWords words, ReportRuns runs)
{
    private const int Most = 200;

    private Guid? Reader => Guid.TryParse(http.HttpContext?.User.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)?.Value, out var id) ? id : null;

    private bool Opens(ReportRun run) => audience.Can(ShellContributions.KeepReports)
        && (run.State != RunState.Done ? run.PersonId == Reader : run.Permissions.Split('\n').All(p => audience.Can(p) || catalogue.Find<Permission>(p) is null));

    public async Task<IReadOnlyList<KeptReport>> All(CancellationToken cancel) => [.. (await db.Runs.AsNoTracking().OrderByDescending(r => r.AskedAt).Take(Most).ToListAsync(cancel)).Where(Opens)
        .Select(r => new KeptReport(r, catalogue.Find<Report>(r.Report) is { } report ? words.Title(report) : r.Report, runs.PartsOf(r.Id), words["reports.state." + r.State.ToString().ToLowerInvariant()], r.PersonId == Reader))];

    public async Task<IReadOnlyList<ReportSchedule>> Schedules(CancellationToken cancel) => Reader is { } id
        ? await db.Schedules.AsNoTracking().Where(s => s.PersonId == id).OrderBy(s => s.Minute).ToListAsync(cancel) : [];

    /// <summary>A finished report and its file; null when there is none, or it is closed to the reader.</summary>
    public async Task<(ReportRun Run, byte[] Bytes)?> File(Guid id, CancellationToken cancel)
    {
        if (await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id && r.State == RunState.Done, cancel) is not { } run || !Opens(run)) return null;
        return await db.Files.AsNoTracking().FirstOrDefaultAsync(f => f.RunId == id, cancel) is { } file ? (run, file.Bytes) : null;
    }

    /// <summary>True when the reader asked for it, and so may stop and remove it.</summary>
    public async Task<bool> IsOwn(Guid id, CancellationToken cancel) => Reader is { } reader && await db.Runs.AnyAsync(r => r.Id == id && r.PersonId == reader, cancel);

    /// <summary>Removes an own report that is finished.</summary>
    public async Task Remove(Guid id)
    {
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == id && r.PersonId == Reader && r.EndedAt != null) is not { } run) return;
        db.Runs.Remove(run);
        await db.SaveChangesAsync();
    }

    /// <summary>Asks for a report every day. False when the reader has too many of them.</summary>
    public async Task<bool> Add(ReportSchedule schedule)
    {
        if (await db.Schedules.CountAsync(s => s.PersonId == schedule.PersonId) >= ReportRuns.MostSchedules) return false;
        db.Schedules.Add(schedule);
        await db.SaveChangesAsync();
        return true;
    }

    public async Task Unschedule(Guid id)
    {
        if (await db.Schedules.FirstOrDefaultAsync(s => s.Id == id && s.PersonId == Reader) is not { } schedule) return;
        db.Schedules.Remove(schedule);
        await db.SaveChangesAsync();
    }

    /// <summary>The same as a table.</summary>
    public static Dataset Dataset { get; } = Dataset.Of<KeptReport>(ReportRuns.Topic, Text.Of("보관된 보고서", "Kept reports"), [],
        Text.Of("누가 언제 만든 어떤 보고서가 보관되어 있는지. 만든 사람과 같은 것을 볼 수 있는 사람에게만 보입니다.", "Which reports are kept, made by whom and when. Seen by those who may see what their makers could see."),
        context => context.Services.GetRequiredService<KeptReports>().All(context.Cancel),
        Column.Text<KeptReport>("report", Text.Of("보고서", "Report"), k => k.Title),
        Column.Text<KeptReport>("format", Text.Of("형식", "Format"), k => k.Run.Format),
        Column.Text<KeptReport>("person", Text.Of("만든 사람", "Made by"), k => k.Run.Person),
        Column.Time<KeptReport>("asked", Text.Of("요청", "Asked for"), k => KeptReport.At(k.Run.AskedAt)),
        Column.Time<KeptReport>("ended", Text.Of("완료", "Finished"), k => k.Run.EndedAt is { } at ? KeptReport.At(at) : null),
        Column.Text<KeptReport>("state", Text.Of("상태", "State"), k => k.State),
        Column.Number<KeptReport>("size", Text.Of("크기", "Size"), "By", k => k.Run.Size)) with { Permission = ShellContributions.KeepReports };
}

/// <summary>Reports as files: <c>/reports/{key}.pdf</c>, <c>.xlsx</c> at once, and those that are kept.</summary>
internal static class ReportFiles
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/reports/{file}", async (string file, HttpContext http, ReportBook book, Press press, TimeProvider time, CityDatabase database, CancellationToken cancel) =>
        {
            database.Exports();
            var dot = file.LastIndexOf('.');
            if (dot < 0 || press.Find(file[(dot + 1)..]) is not { } format || book.Find(file[..dot]) is not { } report) return Results.NotFound();
            if (http.Request.Query.Any(q => q.Value.Count > 1)) return Results.Problem("A name stands twice in the query.", statusCode: 400);
            var (values, wrong) = book.Read(report, http.Request.Query.Select(q => KeyValuePair.Create(q.Key, q.Value.ToString())));
            if (wrong is not null) return Results.Problem($"'{wrong}' is not a choice of {report.Key}, or has a value that it cannot have. There are: {string.Join(", ", report.Filters.Select(f => f.Name))}.", statusCode: 400);
            http.Response.Headers.CacheControl = "no-store";
            var language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
            return await press.Answer(format, book.Head(report, values, DataFiles.Address(http.Request, $"/{language}/reports/{report.Key}")), book.Parts(report, values, format.Ending == "pdf", cancel), Name(report.Key, time.GetUtcNow(), format), cancel);
        }).AllowAnonymous().WithName("report-file");

        endpoints.MapGet("/reports/kept/{id:guid}", async (Guid id, HttpContext http, KeptReports kept, Press press, CancellationToken cancel) =>
        {
            if (await kept.File(id, cancel) is not ({ } run, { } bytes) || press.Find(run.Format) is not { } format) return Results.NotFound();
            http.Response.Headers.CacheControl = "no-store";
            return Results.File(bytes, format.ContentType, Name(run.Report, KeptReport.At(run.AskedAt), format));
        }).RequireAuthorization(ShellContributions.KeepReports);
    }

    private static string Name(string report, DateTimeOffset at, IDocumentFormat format) => $"{report}-{at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture)}.{format.Ending}";
}

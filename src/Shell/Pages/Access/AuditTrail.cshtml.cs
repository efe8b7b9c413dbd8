using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;

namespace SmartCity.Shell.Pages.Access;

/// <summary>Who did what, newest first.</summary>
[Authorize(ShellContributions.SeeAudit)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class AuditTrailModel(AccessDb db, CityPack city, IWords words, TimeProvider time) : PageModel
{
    private const int PageSize = 50, MostInFile = 100_000;

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }
    /// <summary>A day of the city's own calendar.</summary>
    [BindProperty(SupportsGet = true)]
    public DateOnly? Day { get; set; }
    /// <summary>Number of the page, from 0.</summary>
    [BindProperty(SupportsGet = true)]
    public int P { get; set; }
    /// <summary>The platform's own kinds, and those that modules have written.</summary>
    public IReadOnlyList<string> Kinds { get; private set; } = AuditKinds.All;
    public IReadOnlyList<AuditEntry> Shown { get; private set; } = [];
    public bool HasMore { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        P = Math.Clamp(P, 0, 1_000_000);
        var found = await Asked().Skip(P * PageSize).Take(PageSize + 1).ToListAsync(cancel);
        // a module's kind is the key of its word and holds a dot
        Kinds = [.. AuditKinds.All, .. await db.Audit.AsNoTracking().Where(a => a.Kind.Contains(".")).Select(a => a.Kind).Distinct().Order().ToListAsync(cancel)];
        (Shown, HasMore) = ([.. found.Take(PageSize)], found.Count > PageSize);
    }

    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancel)
    {
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=audit-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.csv";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await using var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        foreach (var column in new[] { "at", "kind", "person", "subject", "detail", "address" }) csv.WriteField(column);
        await csv.NextRecordAsync();
        await foreach (var entry in Asked().Take(MostInFile).AsAsyncEnumerable().WithCancellation(cancel))
        {
            csv.WriteField(Instant(entry));
            foreach (var text in new[] { entry.Kind, entry.Person, entry.Subject, entry.Detail, entry.Address }) csv.WriteField(DataFiles.Harmless(text ?? ""));
            await csv.NextRecordAsync();
        }
        // without it the page would be drawn behind the last row
        return new EmptyResult();
    }

    public string WordOf(string kind) => kind.Contains('.', StringComparison.Ordinal) ? words[kind] : words["access.audit." + kind];

    public string Instant(AuditEntry entry) => DateTimeOffset.FromUnixTimeMilliseconds(entry.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public string When(AuditEntry entry) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(entry.At), city.Zone).ToString("G", CultureInfo.CurrentCulture);

    /// <summary>This trail's address with the same filters.</summary>
    public string AddressWith(string? handler, int page)
    {
        var query = new QueryString();
        if (handler is not null) query = query.Add("handler", handler);
        if (!string.IsNullOrEmpty(Kind)) query = query.Add("kind", Kind);
        if (!string.IsNullOrEmpty(Person)) query = query.Add("person", Person);
        if (Day is { } day) query = query.Add("day", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (page > 0) query = query.Add("p", page.ToString(CultureInfo.InvariantCulture));
        return $"/{words.Language}/audit{query}";
    }

    private IQueryable<AuditEntry> Asked()
    {
        var entries = db.Audit.AsNoTracking();
        if (!string.IsNullOrEmpty(Kind)) entries = entries.Where(a => a.Kind == Kind);
        // whoever did it, and whomever it was done to
        if (!string.IsNullOrWhiteSpace(Person)) entries = entries.Where(a => a.Person == Person.Trim() || a.Subject == Person.Trim());
        if (Day is { } day && day.Year is > 1970 and < 9000)
        {
            var (from, until) = (Start(day), Start(day.AddDays(1)));
            entries = entries.Where(a => a.At >= from && a.At < until);
        }
        return entries.OrderByDescending(a => a.At).ThenByDescending(a => a.Id);
    }

    private long Start(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, city.Zone.GetUtcOffset(midnight)).ToUnixTimeMilliseconds();
    }
}

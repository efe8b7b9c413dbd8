using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>Everything that the owning department writes about a project: each form says what is wrong at its field and loses nothing.</summary>
[Authorize(UrbanProjectsModule.Edit)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
// more than is taken, so that who sends too much is told so instead of cut off
[RequestSizeLimit(2L * Inspection.MostBytes), RequestFormLimits(MultipartBodyLengthLimit = 2L * Inspection.MostBytes)]
internal sealed class EditModel(Book book, Ledger ledger, PaperStore store, ICity city, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs) : PageModel
{
    private readonly Dictionary<string, string> _wrong = new(StringComparer.Ordinal);
    private string _form = "";

    public Dossier Dossier { get; private set; } = null!;
    public Project Project => Dossier.Working;
    public bool Mine => Rights.MayEdit(audience, Project);
    public DateOnly Today => book.Today;
    /// <summary>The newest entries first; <c>true</c> for those that can be taken back.</summary>
    public IReadOnlyList<(Entry Entry, bool Last)> Entries { get; private set; } = [];
    public IReadOnlyList<Paper> Papers => Dossier.PapersFor(whole: true);
    public string? Done { get; private set; }
    /// <summary>A problem that belongs to no field.</summary>
    public string? Problem { get; private set; }

    /// <summary>What is wrong at a field of a form, or null.</summary>
    public string? WrongAt(string form, string field) => form == _form ? _wrong.GetValueOrDefault(field) : null;
    public int WrongCount => _wrong.Count;
    /// <summary>What was typed into a field and refused, else what stands there.</summary>
    public string Typed(string form, string field, string? otherwise = "") => form == _form && Request.HasFormContentType ? Request.Form[field].ToString() : otherwise ?? "";

    public async Task<IActionResult> OnGetAsync(string project, string? done, CancellationToken cancel)
    {
        if (!await Load(project, cancel)) return NotFound();
        Done = done is "stored" or "undone" or "defined" or "document" or "withdrawn" ? done : null;
        return Page();
    }

    private async Task<bool> Load(string project, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(project) is not { } dossier) return false;
        Dossier = dossier;
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var entries = await db.Entries.AsNoTracking().Where(e => e.Project == project).OrderByDescending(e => e.Id).Take(200).ToListAsync(cancel);
        var seen = new HashSet<(string, string)>();
        Entries = [.. entries.Select(e => (e, seen.Add((e.Kind, e.Subject))))];
        return true;
    }

    private async Task<IActionResult?> Open(string project, string form, CancellationToken cancel)
    {
        _form = form;
        if (!await Load(project, cancel)) return NotFound();
        return Mine ? null : Forbid();
    }

    private void Say(string field, string word, params object?[] arguments) => _wrong.TryAdd(field, words.Of(word, arguments));

    private string Reason(string? why)
    {
        var reason = why?.Trim() ?? "";
        if (reason.Length < 3) Say("why", "urban-projects.wrong.why");
        else if (reason.Length > 500) Say("why", "urban-projects.wrong.longtext", 500);
        return reason;
    }

    private DateOnly? DayOf(string field, string? text, bool mayBeEmpty = false)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            if (!mayBeEmpty) Say(field, "urban-projects.wrong.noday");
            return null;
        }
        if (Kinds.TryDay(text, out var day) && day.Year is >= 1990 and <= 2100) return day;
        Say(field, "urban-projects.wrong.badday", text);
        return null;
    }

    private async Task<IActionResult> Store(IReadOnlyList<Change> changes, string why, string meanwhile, CancellationToken cancel)
    {
        if (_wrong.Count == 0 && changes.All(c => c.Value == c.Was)) Say(meanwhile, "urban-projects.wrong.nochange");
        if (_wrong.Count > 0) return Page();
        if (await ledger.Write(Project.Key, [.. changes.Where(c => c.Value != c.Was)], why, cancel) is { } overtaken)
        {
            await Load(Project.Key, cancel);
            Say(meanwhile, "urban-projects.wrong.overtaken", Written.Value(overtaken.Kind, Kinds.ValueOf(Project, overtaken.Kind, overtaken.Subject), city));
            return Page();
        }
        return Told("stored");
    }

    private LocalRedirectResult Told(string done) => LocalRedirect($"/{words.Language}/urban-projects/{Project.Key}/edit?done={done}");

    // a hidden field that was not sent means that nothing stood there
    private string? Shown(string field) => Request.Form[field].ToString() is { Length: > 0 } was ? was : null;

    public async Task<IActionResult> OnPostProgressAsync(string project, string? day, string? percent, string? why, CancellationToken cancel)
    {
        if (await Open(project, "progress", cancel) is { } refused) return refused;
        var on = DayOf("day", day);
        if (on > Today) Say("day", "urban-projects.wrong.future");
        if (!Kinds.TryNumber(percent, out var number) || number is < 0 or > 100) Say("percent", "urban-projects.wrong.percent", percent);
        var reason = Reason(why);
        var subject = Kinds.Write(on);
        // a report of the same day is corrected, and the old one is kept
        return await Store([new(Kinds.Progress, subject, Kinds.Write(number), Kinds.ValueOf(Project, Kinds.Progress, subject))], reason, "percent", cancel);
    }

    public async Task<IActionResult> OnPostStageAsync(string project, string? day, string? stage, string? why, CancellationToken cancel)
    {
        if (await Open(project, "stage", cancel) is { } refused) return refused;
        var since = DayOf("day", day);
        if (since > Today) Say("day", "urban-projects.wrong.future");
        if (!Enum.TryParse<Stage>(stage, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted)) Say("stage", "urban-projects.wrong.stage");
        var reason = Reason(why);
        if (_wrong.Count == 0 && Project.Stages.LastOrDefault(s => s.Since <= since) is { } now && now.Stage == wanted && now.Since != since) Say("stage", "urban-projects.wrong.samestage", Look.Word(wanted).ToString());
        var subject = Kinds.Write(since);
        return await Store([new(Kinds.Stage, subject, wanted.ToString().ToLowerInvariant(), Kinds.ValueOf(Project, Kinds.Stage, subject))], reason, "stage", cancel);
    }

    public async Task<IActionResult> OnPostBudgetAsync(string project, string? year, string? planned, string? spent, string? why, CancellationToken cancel)
    {
        if (await Open(project, "budget", cancel) is { } refused) return refused;
        if (!int.TryParse(year?.Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var of) || of is < 1990 or > 2100) Say("year", "urban-projects.wrong.badyear", year);
        var (plan, use) = (Amount("planned", planned), Amount("spent", spent));
        if (use is > 0 && of > Today.Year) Say("spent", "urban-projects.wrong.futurespent");
        var reason = Reason(why);
        Change Of(string part, double? value) => new(Kinds.Budget, $"{of}/{part}", Kinds.Write(value), Kinds.ValueOf(Project, Kinds.Budget, $"{of}/{part}"));
        // an empty field leaves what stands there
        return await Store([.. plan is null ? [] : new[] { Of("planned", plan) }, .. use is null ? [] : new[] { Of("spent", use) }], reason, "year", cancel);
    }

    private double? Amount(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (Kinds.TryNumber(text, out var amount) && amount is >= 0 and <= 1e9) return Math.Round(amount, 4);
        Say(field, "urban-projects.wrong.amount", text);
        return null;
    }

    public async Task<IActionResult> OnPostMilestoneAsync(string project, string? milestone, string? planned, string? forecast, string? actual, string? why, CancellationToken cancel)
    {
        if (await Open(project, "m-" + milestone, cancel) is { } refused) return refused;
        if (Project.Milestones.FirstOrDefault(m => m.Key == milestone) is not { } stated) return NotFound();
        var (plan, said, done) = (DayOf("planned", planned), DayOf("forecast", forecast, mayBeEmpty: true), DayOf("actual", actual, mayBeEmpty: true));
        if (done > Today) Say("actual", "urban-projects.wrong.future");
        if (done is null && said != stated.Forecast && said < Today) Say("forecast", "urban-projects.wrong.past");
        if (done is not null && stated.Actual is null && stated.After.Select(a => Project.Milestones.First(m => m.Key == a)).FirstOrDefault(m => m.Actual is null) is { } before) Say("actual", "urban-projects.wrong.before", before.Name.ToString());
        var reason = Reason(why);
        Change Of(string part, DateOnly? day) => new(Kinds.Milestone, $"{stated.Key}/{part}", day is null ? null : Kinds.Write(day), Shown("was-" + part));
        return await Store([Of("planned", plan), Of("forecast", said), Of("actual", done)], reason, "planned", cancel);
    }

    public async Task<IActionResult> OnPostSummaryAsync(string project, string? why, CancellationToken cancel)
    {
        if (await Open(project, "summary", cancel) is { } refused) return refused;
        var changes = new List<Change>();
        foreach (var language in city.Languages)
        {
            var text = Request.Form["text-" + language].ToString().Trim().ReplaceLineEndings(" ");
            if (text.Length == 0) Say("text-" + language, "urban-projects.wrong.notext");
            else if (text.Length > 600) Say("text-" + language, "urban-projects.wrong.longtext", 600);
            changes.Add(new(Kinds.Summary, language, text, Shown("was-" + language)));
        }
        return await Store(changes, Reason(why), "text-" + city.Languages[0], cancel);
    }

    public async Task<IActionResult> OnPostUndoAsync(string project, long id, CancellationToken cancel)
    {
        if (await Open(project, "undo", cancel) is { } refused) return refused;
        if (await ledger.Undo(project, id, words["urban-projects.undo.why"], cancel)) return Told("undone");
        await Load(project, cancel);
        Problem = words["urban-projects.undo.no"];
        return Page();
    }

    /// <summary>Takes back a project that was defined by form and never published.</summary>
    public async Task<IActionResult> OnPostTakeBackAsync(string project, string? why, CancellationToken cancel)
    {
        if (await Open(project, "takeback", cancel) is { } refused) return refused;
        if (!Dossier.ByForm) return NotFound();
        var reason = Reason(why);
        if (_wrong.Count > 0) return Page();
        if (await ledger.TakeBack(project, reason, cancel)) return LocalRedirect($"/{words.Language}/urban-projects/new?takenBack=true");
        await Load(project, cancel);
        Problem = words["urban-projects.takeback.no"];
        return Page();
    }

    public async Task<IActionResult> OnPostDocumentAsync(string project, IFormFile? file, string? title, string? series, bool open, string? why, CancellationToken cancel)
    {
        if (await Open(project, "document", cancel) is { } refused) return refused;
        title = title?.Trim() ?? "";
        var before = string.IsNullOrEmpty(series) ? null : Papers.FirstOrDefault(p => p.Series == series);
        if (!string.IsNullOrEmpty(series) && before is null) Say("series", "urban-projects.file.noseries");
        if (title.Length == 0 && before is null) Say("title", "urban-projects.wrong.notext");
        else if (title.Length > 120) Say("title", "urban-projects.wrong.longtext", 120);
        var reason = Reason(why);
        Inspection? found = null;
        if (file is not { Length: > 0 }) Say("file", "urban-projects.file.empty");
        else if (file.Length > Inspection.MostBytes) Say("file", "urban-projects.file.large", Inspection.MostBytes / 1024 / 1024);
        else
        {
            using var bytes = new MemoryStream((int)file.Length);
            await file.CopyToAsync(bytes, cancel);
            found = Inspection.Of(bytes.ToArray(), file.FileName);
            if (found.Wrong is { } wrong) Say("file", wrong.Word, wrong.Arguments);
        }
        if (_wrong.Count > 0) return Page();
        var (name, sha) = await store.Lay(found!.Bytes, cancel);
        var added = false;
        try
        {
            added = await ledger.Add(new()
            {
                Project = project,
                Series = before?.Series ?? Guid.NewGuid().ToString("N"),
                Version = (before?.Version ?? 0) + 1,
                Title = title.Length > 0 ? title : before!.Title,
                Name = found.Kind!.Clean(file!.FileName),
                Kind = found.Kind.Key,
                File = name,
                Bytes = found.Bytes.Length,
                Sha256 = sha,
                Open = open,
                Why = reason,
            }, cancel);
        }
        // a file that no row knows would lie there for ever
        finally { if (!added) store.Remove(name); }
        if (added) return Told("document");
        await Load(project, cancel);
        Say("file", "urban-projects.wrong.meanwhile");
        return Page();
    }

    public async Task<IActionResult> OnPostWithdrawAsync(string project, string? series, string? why, CancellationToken cancel)
    {
        if (await Open(project, "withdraw-" + series, cancel) is { } refused) return refused;
        var reason = Reason(why);
        if (_wrong.Count > 0) return Page();
        return await ledger.Withdraw(project, series ?? "", reason, cancel) ? Told("withdrawn") : NotFound();
    }
}

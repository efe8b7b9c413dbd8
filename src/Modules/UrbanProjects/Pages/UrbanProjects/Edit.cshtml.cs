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
    /// <summary>The newest entries first, and how many would be taken back at this one: those stored together go together; 0 where none can be.</summary>
    public IReadOnlyList<(Entry Entry, int Back)> Entries { get; private set; } = [];
    public IReadOnlyList<Classification> Classifications => book.Pack.Classifications;
    /// <summary>People in charge that can be written at once.</summary>
    private const int MostPeople = 20;
    /// <summary>Rows of people that the form shows: two empty ones after those that stand there or were typed.</summary>
    public int PeopleRows => Math.Min(MostPeople, 2 + Math.Max(Project.People.Count, _form != "people" ? 0 : Enumerable.Range(1, MostPeople).LastOrDefault(n => Request.Form.Keys.Any(k => k.StartsWith($"person-{n}-", StringComparison.Ordinal) && Request.Form[k].ToString().Length > 0))));
    public IReadOnlyList<Paper> Papers => Dossier.PapersFor(whole: true);
    public string? Done { get; private set; }
    /// <summary>A problem that belongs to no field.</summary>
    public string? Problem { get; private set; }

    /// <summary>What is wrong at a field of a form, or null.</summary>
    public string? WrongAt(string form, string field) => form == _form ? _wrong.GetValueOrDefault(field) : null;
    public int WrongCount => _wrong.Count;
    public bool IsAt(string form) => form == _form;
    /// <summary>What was typed into a field and refused, else what stands there.</summary>
    public string Typed(string form, string field, string? otherwise = "") => form == _form && Request.HasFormContentType ? Request.Form[field].ToString() : otherwise ?? "";

    /// <summary>Whether a box is ticked: as it was left, else as it stands.</summary>
    public bool Ticked(string form, string field, string value, bool otherwise) => form == _form && Request.HasFormContentType ? Request.Form[field].Contains(value) : otherwise;

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
        var (seen, last) = (new HashSet<(string, string)>(), new HashSet<long>());
        foreach (var entry in entries) if (seen.Add((entry.Kind, entry.Subject))) last.Add(entry.Id);
        var deeds = entries.GroupBy(e => (e.At, e.Person)).ToDictionary(d => d.First().Id, d => d.All(e => last.Contains(e.Id)) ? d.Count() : 0);
        Entries = [.. entries.Select(e => (e, deeds.GetValueOrDefault(e.Id)))];
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
            Say(meanwhile, "urban-projects.wrong.overtaken", Written.Value(overtaken.Kind, overtaken.Subject, Kinds.ValueOf(Project, overtaken.Kind, overtaken.Subject), Project, city, words));
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
        return await Store([Of("planned", plan), Of("forecast", said), Of("actual", done), .. Rest(stated)], reason, "planned", cancel);
    }

    /// <summary>Names, predecessors and days of work of a milestone; what was not sent stays as it is.</summary>
    private List<Change> Rest(Milestone stated)
    {
        var changes = new List<Change>();
        void Add(string part, string? value, string? was) => changes.Add(new(Kinds.Milestone, $"{stated.Key}/{part}", value, was));
        foreach (var language in city.Languages.Where(l => Request.Form.ContainsKey("name-" + l))) Add("name-" + language, Line("name-" + language, 80), Shown("was-name-" + language));
        if (Request.Form.ContainsKey("days")) Add("days", WorkDays(), Shown("was-days"));
        if (Request.Form.ContainsKey("was-after"))
        {
            var after = After(stated.Key);
            // the same as it stands is no change, in whichever order it was written
            if (!stated.After.ToHashSet(StringComparer.Ordinal).SetEquals(after)) Add("after", after.Count > 0 ? string.Join(' ', after) : null, Shown("was-after"));
        }
        return changes;
    }

    private List<string> After(string of)
    {
        var after = Project.Milestones.Select(m => m.Key).Where(k => k != of && Request.Form["after"].Contains(k)).ToList();
        if (Schedule.Order([.. Project.Milestones.Select(m => m.Key == of ? m with { After = after } : m)]) is null) Say("after", "urban-projects.edit.circle");
        return after;
    }

    private string? WorkDays()
    {
        var text = Request.Form["days"].ToString().Trim();
        if (text.Length == 0) return null;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days <= 5000) return days.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Say("days", "urban-projects.new.wrongdays", text);
        return text;
    }

    /// <summary>What stands in a field, on one line.</summary>
    private string Line(string field, int longest, bool mayBeEmpty = false)
    {
        var text = string.Concat(Request.Form[field].ToString().ReplaceLineEndings(" ").Trim().Where(c => !char.IsControl(c)));
        if (text.Length == 0 && !mayBeEmpty) Say(field, "urban-projects.wrong.notext");
        else if (text.Length > longest) Say(field, "urban-projects.wrong.longtext", longest);
        return text;
    }

    public async Task<IActionResult> OnPostAddStepAsync(string project, string? planned, string? why, CancellationToken cancel)
    {
        if (await Open(project, "step", cancel) is { } refused) return refused;
        if (Project.Plan.Count >= Draft.MostRows) Say("name-" + city.Languages[0], "urban-projects.edit.fullplan", Draft.MostRows);
        var key = Draft.KeyOf(Request.Form["name-en"].ToString(), "step", k => Project.Plan.Any(m => m.Key == k));
        var names = city.Languages.ToDictionary(l => l, l => Line("name-" + l, 80), StringComparer.Ordinal);
        var (day, after, days) = (DayOf("planned", planned), After(key), WorkDays());
        Change Of(string part, string? value) => new(Kinds.Milestone, $"{key}/{part}", value, null);
        return await Store([Of("stands", Kinds.Stands), .. names.Select(n => Of("name-" + n.Key, n.Value)), Of("planned", Kinds.Write(day)), Of("after", after.Count > 0 ? string.Join(' ', after) : null), Of("days", days)], Reason(why), "name-" + city.Languages[0], cancel);
    }

    /// <summary>Takes a milestone away: it is marked, not deleted.</summary>
    public async Task<IActionResult> OnPostTakeAwayAsync(string project, string? milestone, string? why, CancellationToken cancel)
    {
        if (await Open(project, "away-" + milestone, cancel) is { } refused) return refused;
        if (Project.Milestones.All(m => m.Key != milestone)) return NotFound();
        return await Store([new(Kinds.Milestone, milestone + "/stands", null, Kinds.Stands)], Reason(why), "why", cancel);
    }

    private Change Fact(string subject, string? value) => new(Kinds.Fact, subject, value is { Length: > 0 } ? value : null, Shown("was-" + subject));

    public async Task<IActionResult> OnPostFactsAsync(string project, string? classification, string? department, string? start, string? end, string? why, CancellationToken cancel)
    {
        if (await Open(project, "facts", cancel) is { } refused) return refused;
        var names = city.Languages.Select(l => Fact("name-" + l, Line("name-" + l, 80))).ToList();
        if (Classifications.All(c => c.Key != classification)) Say("classification", "urban-projects.new.noclass");
        if (city.Departments.All(d => d.Code != department)) Say("department", "urban-projects.edit.nodepartment");
        var (from, to) = (DayOf("start", start), DayOf("end", end));
        if (from > to) Say("end", "urban-projects.new.wrongorder");
        return await Store([.. names, Fact("class", classification), Fact("department", department), Fact("start", Kinds.Write(from)), Fact("end", Kinds.Write(to))], Reason(why), "name-" + city.Languages[0], cancel);
    }

    public async Task<IActionResult> OnPostPlaceAsync(string project, string? place, string[]? areas, string? why, CancellationToken cancel)
    {
        if (await Open(project, "place", cancel) is { } refused) return refused;
        var shape = Kinds.PlaceOf(place);
        if (shape is null && !string.IsNullOrWhiteSpace(place)) Say("place", "urban-projects.edit.wrongplace");
        else if (shape?.Rings[0].Any(p => Definition.IsFar(p, city)) ?? false) Say("place", "urban-projects.wrong.faraway");
        // the first area is the one that lists and maps take, so what stays keeps its order
        var ticked = city.Areas.Select(a => a.Code).Where(c => areas?.Contains(c) ?? false).ToList();
        return await Store([Fact("place", Kinds.Write(shape)), Fact("areas", string.Join(' ', Project.Areas.Where(ticked.Contains).Concat(ticked.Except(Project.Areas))))], Reason(why), "place", cancel);
    }

    public async Task<IActionResult> OnPostPeopleAsync(string project, string? why, CancellationToken cancel)
    {
        if (await Open(project, "people", cancel) is { } refused) return refused;
        var people = new List<Official>();
        for (var n = 1; n <= MostPeople; n++)
        {
            string Optional(string field, int longest) => Line($"person-{n}-{field}", longest, mayBeEmpty: true);
            var (name, phone) = (Optional("name", 60), Optional("phone", 30));
            if (name.Length + phone.Length == 0 && city.Languages.All(l => Optional("post-" + l, 60).Length == 0)) continue;
            people.Add(new(new(city.Languages.Select(l => KeyValuePair.Create(l, Line($"person-{n}-post-{l}", 60)))), name.Length > 0 ? name : null, phone.Length > 0 ? phone : null));
        }
        return await Store([Fact("people", Kinds.Write(people))], Reason(why), "person-1-post-" + city.Languages[0], cancel);
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
        finally
        {
            if (added) store.Keep(name);
            else store.Remove(name);
        }
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

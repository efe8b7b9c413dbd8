using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Pages.Feeds.Desk;

/// <summary>A descriptor in the making: the table of an answer, what each column is, and what would be stored.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
[RequestSizeLimit(2 * 1024 * 1024), RequestFormLimits(ValueCountLimit = 2048, ValueLengthLimit = 1024 * 1024)]
internal sealed class WorkModel(FeedDesk desk, DescriptorCheck check, Probe probe, Catalogue catalogue, CityPack city, Secrets secrets, IWords words, TimeProvider time) : PageModel
{
    public const int MostRanked = 256 * 1024, RowsShown = 25, RecordsShown = 20, DotsShown = 2000;

    [BindProperty(SupportsGet = true, Name = "id")] public Guid Id { get; set; }
    [BindProperty] public DescriptorForm Form { get; set; } = new();
    [BindProperty] public string? Note { get; set; }
    [BindProperty] public string? Yaml { get; set; }
    public DeskWork Work { get; private set; } = null!;
    public FeedDescriptor? Descriptor { get; private set; }
    public FeedKind Kind { get; private set; }
    public Table? Table { get; private set; }
    public Mapped? Mapped { get; private set; }
    /// <summary>What stands beside a field, in words.</summary>
    public Dictionary<string, string> Wrong { get; } = new(StringComparer.Ordinal);
    /// <summary>What is wrong and belongs to no field.</summary>
    public IReadOnlyList<Problem> Problems { get; private set; } = [];
    public IReadOnlyList<Candidate> Fitting { get; private set; } = [];
    public string? Refused { get; private set; }

    public IReadOnlyList<string> Roles => ColumnForm.RolesOf(Kind);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await Load(cancel)) return Redirect($"/{words.Language}/feeds/desk");
        if (Descriptor is not null) Form = ColumnForm.Of(Descriptor, Kind, Table?.Columns ?? []);
        return Page();
    }

    /// <summary>Shows again what would be stored.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancel) => await Take(cancel) is { } gone ? gone : Page();

    /// <summary>Saves what stands there as a draft.</summary>
    public async Task<IActionResult> OnPostSaveAsync(CancellationToken cancel)
    {
        if (await Take(cancel) is { } gone) return gone;
        if (Wrong.Count > 0 || Problems.Count > 0) return Page();
        if (probe.InPack(Descriptor!.Feed)) { Wrong["Feed"] = words["desk.problem.inpack"]; return Page(); }
        var (draft, problems) = await desk.Save(Yaml!, Note ?? "", cancel);
        if (draft is null)
        {
            Sort(problems);
            return Page();
        }
        await desk.Discard(Id, cancel);
        return Redirect($"/{words.Language}/feeds/{draft.Feed}/versions?saved={draft.Number}");
    }

    /// <summary>Takes the text of the descriptor as it was edited.</summary>
    public async Task<IActionResult> OnPostTextAsync(CancellationToken cancel)
    {
        var written = Yaml ?? "";
        if (!await Load(cancel)) return Redirect($"/{words.Language}/feeds/desk");
        var problems = new List<Problem>();
        if (check.Descriptor(written, problems) is not { } d)
        {
            Form = Descriptor is null ? new() : ColumnForm.Of(Descriptor, Kind, Table?.Columns ?? []);
            (Yaml, Problems) = (written, problems);
            Wrong["Yaml"] = words["desk.import.wrong"];
            return Page();
        }
        await desk.Keep(Id, written, null, cancel);
        Look(d);
        (Yaml, Form) = (written, ColumnForm.Of(d, Kind, Table?.Columns ?? []));
        Sort(check.Read(written).Problems);
        return Page();
    }

    /// <summary>Asks the source again.</summary>
    public async Task<IActionResult> OnPostFetchAsync(CancellationToken cancel)
    {
        if (await Take(cancel) is { } gone) return gone;
        var (answer, refused) = await probe.Ask(Descriptor!, cancel);
        if (refused is not null) Wrong["Form.Address"] = words.Of("desk.refused", refused.ToString());
        else if (answer!.Body.Length == 0) Wrong["Form.Address"] = $"{words["outcome." + answer.Outcome.ToString().ToLowerInvariant()]} ({answer.Detail})";
        else
        {
            await desk.Keep(Id, Yaml!, (answer.Body, answer.ContentType, ColumnForm.Shown(Descriptor!)), cancel);
            (Work.Sample, Work.SampleType, Work.FetchedAt) = (answer.Body, answer.ContentType, time.GetUtcNow().ToUnixTimeMilliseconds());
            Look(Descriptor!);
            // columns that are new get a line, what was chosen stays
            var known = Form.Columns.Select(c => c.Column).ToHashSet(StringComparer.Ordinal);
            Form.Columns.AddRange((Table?.Columns ?? []).Where(c => !known.Contains(c)).Take(ColumnForm.Most).Select(c => new ColumnChoice { Column = c }));
        }
        return Page();
    }

    /// <summary>Begins anew with another preset on the same answer.</summary>
    public async Task<IActionResult> OnPostPresetAsync(string? preset, CancellationToken cancel)
    {
        if (!await Load(cancel)) return Redirect($"/{words.Language}/feeds/desk");
        if (Descriptor is not { } old || Ranking.Chosen(preset ?? "", Work.Sample, Work.SampleType, city, time.GetUtcNow()) is not { } candidate) return Redirect($"/{words.Language}/feeds/desk/work?id={Id}");
        var d = candidate.Descriptor;
        (d.Feed, d.Source, d.Address, d.Url, d.Upload, d.Push, d.Title, d.Owner, d.Licence, d.Schedule, d.Freshness, d.Public) = (old.Feed, old.Source, old.Address, old.Url, old.Upload, old.Push, old.Title, old.Owner, old.Licence, old.Schedule, old.Freshness, old.Public);
        await desk.Keep(Id, FeedYaml.Write(d, city), null, cancel);
        return Redirect($"/{words.Language}/feeds/desk/work?id={Id}");
    }

    // the work with what the form says laid over it; what was posted stays in the form, right or wrong
    private async Task<IActionResult?> Take(CancellationToken cancel)
    {
        if (!await Load(cancel)) return Redirect($"/{words.Language}/feeds/desk");
        if (Descriptor is not { } d) return Page();
        foreach (var (field, word) in ColumnForm.Apply(Form, d, city, catalogue)) Wrong["Form." + field] = words[word];
        d.Url = secrets.Named(d.Url);
        Yaml = FeedYaml.Write(d, city);
        if (Wrong.Count == 0) await desk.Keep(Id, Yaml, null, cancel);
        Look(d);
        Sort(check.Read(Yaml).Problems);
        return null;
    }

    private async Task<bool> Load(CancellationToken cancel)
    {
        if (await desk.Work(Id, cancel) is not { } work) return false;
        var problems = new List<Problem>();
        (Work, Yaml) = (work, work.Yaml);
        if (check.Descriptor(work.Yaml, problems) is { } d) Look(d);
        Problems = problems;
        return true;
    }

    private void Look(FeedDescriptor d)
    {
        (Descriptor, Kind) = (d, ColumnForm.KindOf(d, catalogue));
        (Table, Mapped) = (null, null);
        if (Work.Sample.Length == 0 || d.Format is null || !SmartCity.Shell.Feeds.Formats.Formats.All.ContainsKey(d.Format)) return;
        var now = time.GetUtcNow();
        var feed = FeedPlan.FeedOf(d, catalogue) ?? FeedPlan.FeedOf(d, null)!;
        var plan = FeedPlan.Plan(city, feed, d, []) ?? FeedTrial.PlanOf(d, feed);
        Table = TableReader.Read(plan, new(FetchOutcome.Ok, Work.Sample, ContentType: Work.SampleType), city.Zone, now);
        // of a large answer every try takes its time: it was ranked when the work began
        if (Work.Sample.Length <= MostRanked) Fitting = Ranking.Of(Work.Sample, Work.SampleType, city, now);
        if (Table.Outcome != FetchOutcome.Ok) return;
        // a map that does not hold together yet is shown by what is wrong with it, not tried
        try { Mapped = RowMap.Map(plan, city, Table, plan.Covers, now); }
        catch (Exception broken) when (broken is KeyNotFoundException or ArgumentException or TimeZoneNotFoundException or InvalidTimeZoneException) { Problems = [new(DescriptorCheck.File, broken.Message)]; }
    }

    // a sentence about a part of the descriptor stands beside the field that holds it
    private void Sort(IReadOnlyList<Problem> problems)
    {
        var rest = new List<Problem>();
        foreach (var problem in problems)
        {
            var (field, word) = problem.What switch
            {
                var what when what.StartsWith("title has no ", StringComparison.Ordinal) => ($"Title[{what[13..^1]}]", "desk.wrong.title"),
                var what when what.StartsWith("owner has no ", StringComparison.Ordinal) => ($"Owner[{what[13..^1]}]", "desk.wrong.owner"),
                var what when what.StartsWith("feed: ", StringComparison.Ordinal) => ("Feed", "desk.wrong.feed"),
                var what when what.StartsWith("freshness rises", StringComparison.Ordinal) => ("Late", "desk.wrong.freshness"),
                var what when what.StartsWith("schedule.timeout is more", StringComparison.Ordinal) => ("Timeout", "desk.wrong.timeout"),
                var what when what.StartsWith("schedule.every is shorter", StringComparison.Ordinal) => ("Every", "desk.wrong.every"),
                var what when what.StartsWith("push.secret", StringComparison.Ordinal) => ("Secret", "desk.wrong.secret"),
                var what when what.StartsWith("map.time needs", StringComparison.Ordinal) => ("TimeFormat", "desk.wrong.time"),
                var what when what.StartsWith("map.thing.from", StringComparison.Ordinal) => ("Columns", "desk.wrong.thing"),
                var what when what.StartsWith("map.values maps nothing", StringComparison.Ordinal) => ("Columns", "desk.wrong.values"),
                var what when what.StartsWith("map.event", StringComparison.Ordinal) || what.StartsWith("map.document", StringComparison.Ordinal) || what.StartsWith("map.figure", StringComparison.Ordinal) => ("Columns", "desk.wrong.roles"),
                var what when what.StartsWith("address", StringComparison.Ordinal) || what.StartsWith("names neither", StringComparison.Ordinal) || what.StartsWith("url ", StringComparison.Ordinal) => ("Address", ""),
                _ => ("", ""),
            };
            if (field.Length == 0) rest.Add(problem);
            else Wrong.TryAdd("Form." + field, word.Length > 0 ? words[word] : problem.What.StartsWith("address: ", StringComparison.Ordinal) ? words.Of("desk.refused", problem.What["address: ".Length..]) : words["desk.wrong.address"]);
        }
        Problems = [.. Problems.Where(p => rest.All(r => r != p)), .. rest];
    }

    /// <summary>Records that would be stored, as a table: names of the columns and the first of them.</summary>
    public (IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyDictionary<string, string>> Rows) Records()
    {
        if (Mapped is not { Outcome: FetchOutcome.Ok } mapped) return ([], []);
        var feed = FeedPlan.FeedOf(Descriptor!, catalogue) ?? FeedPlan.FeedOf(Descriptor!, null)!;
        var rows = new List<IReadOnlyDictionary<string, string>>();
        foreach (var line in FeedTrial.Lines(mapped, feed.Properties).Take(RecordsShown))
        {
            using var json = JsonDocument.Parse(line);
            rows.Add(json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => NewsReader.Plain(p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText(), 120), StringComparer.Ordinal));
        }
        return ([.. rows.SelectMany(r => r.Keys).Distinct(StringComparer.Ordinal)], rows);
    }

    /// <summary>Places that came, where they stand in the drawing, and how many lie outside it.</summary>
    public (IReadOnlyList<(double X, double Y, string Name)> Dots, int Outside) Places()
    {
        if (Mapped is null) return ([], 0);
        var all = Mapped.Things.Values.Where(t => t.Place is not null).Select(t => (t.Place!.Value, t.Name.ToString())).Concat(Mapped.Events.Where(e => e.Shape is not null).Select(e => (e.Shape!.Centre, e.Title.ToString()))).ToList();
        var dots = all.Select(p => (At: city.Outline.Project(p.Item1), p.Item2)).ToList();
        var inside = dots.Where(p => p.At.X >= 0 && p.At.X <= Outline.Width && p.At.Y >= 0 && p.At.Y <= city.Outline.Height).ToList();
        return ([.. inside.Take(DotsShown).Select(p => (p.At.X, p.At.Y, p.Item2))], dots.Count - inside.Count);
    }

    public string TypeOf(string column) => Table is null ? "" : Guess.TypeOf(Table, column, city);
    public string? Bad(string field) => Wrong.ContainsKey("Form." + field) ? "true" : null;
    public string? Told(string field) => Wrong.ContainsKey("Form." + field) ? "wrong-" + IdOf(field) : null;
    public static string IdOf(string field) => field.Replace("[", "-", StringComparison.Ordinal).Replace("].", "-", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
    public string Plain(string text) => secrets.Redact(NewsReader.Plain(text, 80));
}

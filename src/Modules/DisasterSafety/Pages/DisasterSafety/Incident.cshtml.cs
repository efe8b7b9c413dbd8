using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>A line of an incident's log.</summary>
internal sealed record LogLine(DateTimeOffset At, string Text, string By, Act? Act = null);

/// <summary>The incident card: what, where, since when, how it develops, who is near and who does what.</summary>
internal sealed class IncidentModel(ICity city, IFeeds feeds, IWords words, IAudience audience, IDatasets datasets, IncidentBook book, Deeds deeds, TimeProvider time) : PageModel
{
    private DisasterSettings Settings => DisasterSettings.Of(city);

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Said { get; set; }
    public Incident Incident { get; private set; } = null!;
    public Openness Openness { get; private set; } = null!;
    public Emergency? Emergency { get; private set; }
    public IReadOnlyList<LogLine> Log { get; private set; } = [];
    public IReadOnlyList<Order> Orders { get; private set; } = [];
    public IReadOnlyList<Near> Cameras { get; private set; } = [];
    public IReadOnlyList<Near> Facilities { get; private set; } = [];
    public Affected? Affected { get; private set; }
    public WeatherThere? Weather { get; private set; }
    public IReadOnlyList<Post> Posts { get; private set; } = [];
    public IReadOnlyList<Incident> Around { get; private set; } = [];
    public DateTimeOffset Now => feeds.Now;
    public AsOf? AsOfFeed(string feed) => feeds.AsOf(feed);
    public AsOf? FacilitiesAsOf => feeds.AsOf(DisasterSafetyModule.Facilities);
    private bool Past => HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);
    public bool MayAct => audience.UserName is not null && audience.Can(DisasterSafetyModule.Act) && Openness.Desk && !Past;
    public bool MayDeclare => audience.UserName is not null && audience.Can(DisasterSafetyModule.Declare) && Openness.Desk && !Past;
    public int LongestEmergency => Settings.LongestEmergency;
    public string Title => Openness.Shows(Openness.What) ? Say.What(Incident, Openness) : words["disaster-safety.incident"];
    public string? Done => Said is "escalation" or "merger" or "closure" or "assignment" or "note" or "undone" or "order" or "acknowledged" or "completed" or "withdrawn" or "declared" or "ended" ? Said : null;
    public string? Problem { get; private set; }
    public string? WrongField { get; private set; }
    /// <summary>What was typed and refused, by the name of its field: nothing is lost.</summary>
    public Dictionary<string, string> Typed { get; } = new(StringComparer.Ordinal);

    public async Task<IActionResult> OnGetAsync(string incident, CancellationToken cancel) =>
        await Load(incident, cancel) is { } elsewhere ? elsewhere : Page();

    public async Task<IActionResult> OnGetCardAsync(string incident, CancellationToken cancel) =>
        await Load(incident, cancel) is { } elsewhere ? elsewhere : Partial("_Card", this);

    // null when it is here and may be known
    private async Task<IActionResult?> Load(string key, CancellationToken cancel)
    {
        if (await book.Find(feeds, key, cancel) is not { } found) return NotFound();
        Incident = found;
        Emergency = (await book.Emergencies(feeds.Now, cancel)).FirstOrDefault(e => found.Answers(e.Incident));
        Openness = Openness.For(audience, Settings, Emergency is not null);
        if (!Openness.Knows(found))
            return !found.Test && Openness.Any && found.MergedInto is { } whole && await book.Find(feeds, whole, cancel) is { } other && Openness.Knows(other) ? LocalRedirect($"/{words.Language}/disaster-safety/incidents/{other.Key}") : NotFound();
        if (Openness.Shows(Openness.Log)) Log = await ReadLog(cancel);
        if (Openness.PlaceOf(found) is { } at)
        {
            Facilities = Surroundings.Facilities(feeds, at, Openness.Desk ? 2 : 1);
            Weather = await Surroundings.Weather(datasets, at, cancel);
            if (Openness.Desk) Cameras = await Surroundings.Cameras(feeds, datasets, found, at, 6, cancel);
        }
        if (!Openness.Desk) return null;
        Orders = await book.Orders([.. found.Accounts.Select(a => a.Key)], cancel);
        Affected = await DisasterSafety.Affected.Of(datasets, city, Settings.People, found, cancel);
        Posts = [.. Settings.Posts.Where(p => p.AnswersFor(found))];
        if (MayAct)
            Around = [.. (await book.Now(feeds, cancel)).Where(i => i.Open && !i.Test && i.Key != found.Key).OrderBy(i => i.Place is { } p && found.Place is { } q ? Distance.Km(p, q) : 1e6).ThenByDescending(i => i.Since).Take(20)];
        return null;
    }

    private async Task<IReadOnlyList<LogLine>> ReadLog(CancellationToken cancel)
    {
        var lines = new List<LogLine>();
        string? before = null;
        foreach (var account in await IncidentBook.Story(feeds, Incident, cancel))
        {
            var e = account.Event;
            var text = e.Status switch
            {
                EventStatus.Ended => words["disaster-safety.log.ended"],
                EventStatus.Cancelled => words["disaster-safety.log.cancelled"],
                _ when e.Attributes.GetValueOrDefault("state") is { } state => StageWord(state),
                _ => before is null ? words["disaster-safety.log.told"] : words["disaster-safety.log.changed"],
            };
            if (text == before) continue;
            lines.Add(new(e.Status == EventStatus.Active && account.Feed == DisasterSafetyModule.Dispatch ? e.Onset ?? e.ReportedAt : e.ReportedAt, before = text, feeds.AsOf(account.Feed)?.Source.ToString() ?? ""));
        }
        foreach (var act in Incident.Acts.Where(a => Openness.Desk || a.Kind is Act.Closure or Act.Escalation))
            lines.Add(new(act.Time, Openness.Desk ? ActWord(act) : words["disaster-safety.act." + act.Kind], Openness.Desk ? act.Person : words["disaster-safety.someone"], Openness.Desk ? act : null));
        return [.. lines.OrderByDescending(l => l.At)];
    }

    /// <summary>The source's word for how far the crew is, in the reader's language where the pack knows it.</summary>
    public string StageWord(string state) => Settings.Stages.TryGetValue(state, out var stage) ? words["disaster-safety.stage." + stage] : state;

    private string ActWord(Act act)
    {
        var value = act.Kind switch { Act.Escalation when Enum.TryParse<Severity>(act.Value, out var severity) => Ladder.Word(words, severity), _ => act.Value };
        return words["disaster-safety.act." + act.Kind] + (value.Length > 0 ? ": " + value : "") + (act.Text.Length > 0 ? " — " + act.Text : "");
    }

    private PageResult Refuse(string field, string word)
    {
        (WrongField, Problem) = (field, word);
        return Page();
    }

    private LocalRedirectResult Told(string done, string anchor = "") => LocalRedirect($"/{words.Language}/disaster-safety/incidents/{Incident.Key}?done={done}{anchor}");

    // what every deed begins with: who may, is it there, is what was typed not too long
    private async Task<IActionResult?> Begin(string incident, string permission, CancellationToken cancel, params (string Field, string? Value, int Longest, bool Needed)[] typed)
    {
        if (audience.UserName is null || !audience.Can(permission) || !audience.Can(DisasterSafetyModule.Desk)) return Forbid();
        foreach (var (field, value, _, _) in typed) Typed[field] = value?.Trim() ?? "";
        if (await Load(incident, cancel) is { } elsewhere) return elsewhere;
        foreach (var (field, _, longest, needed) in typed)
        {
            if (needed && Typed[field].Length == 0) return Refuse(field, words["disaster-safety.wrong.empty"]);
            if (Typed[field].Length > longest) return Refuse(field, words.Of("disaster-safety.wrong.long", longest));
        }
        return null;
    }

    public async Task<IActionResult> OnPostEscalationAsync(string incident, string? level, string? why, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("level", level, 20, true), ("escalation-why", why, 1000, true)) is { } no) return no;
        if (!Enum.TryParse<Severity>(level, out var severity) || !Ladder.Steps.Contains(severity)) return Refuse("level", words["disaster-safety.wrong.level"]);
        if (severity == Incident.Severity) return Refuse("level", words["disaster-safety.wrong.samelevel"]);
        return await deeds.Do(Incident, Act.Escalation, severity.ToString(), Typed["escalation-why"], cancel) ? Told("escalation") : Refuse("level", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostClosureAsync(string incident, string? why, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("closure-why", why, 1000, true)) is { } no) return no;
        if (!Incident.Open) return Refuse("closure-why", words["disaster-safety.wrong.notopen"]);
        return await deeds.Do(Incident, Act.Closure, "", Typed["closure-why"], cancel) ? Told("closure") : Refuse("closure-why", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostMergerAsync(string incident, string? into, string? why, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("into", into, 70, true), ("merger-why", why, 1000, false)) is { } no) return no;
        if (Incident.MergedInto is not null) return Refuse("into", words["disaster-safety.wrong.meanwhile"]);
        var whole = await Whole(Typed["into"], cancel);
        if (whole is null || whole.Test != Incident.Test) return Refuse("into", words["disaster-safety.wrong.nosuch"]);
        if (whole.Key == Incident.Key) return Refuse("into", words["disaster-safety.wrong.itself"]);
        return await deeds.Do(Incident, Act.Merger, whole.Key, Typed["merger-why"], cancel) ? Told("merger") : Refuse("into", words["disaster-safety.wrong.meanwhile"]);
    }

    // follows what was merged to what it became; a circle ends where it began and is refused as itself
    private async Task<Incident?> Whole(string key, CancellationToken cancel)
    {
        var whole = await book.Find(feeds, key, cancel);
        for (var hops = 0; whole?.MergedInto is { } next && !whole.Answers(Incident.Key) && hops < 20; hops++) whole = await book.Find(feeds, next, cancel);
        return whole;
    }

    public async Task<IActionResult> OnPostAssignmentAsync(string incident, string? officer, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("officer", officer, 100, true)) is { } no) return no;
        return await deeds.Do(Incident, Act.Assignment, Typed["officer"], "", cancel) ? Told("assignment") : Refuse("officer", words["disaster-safety.wrong.sameofficer"]);
    }

    public async Task<IActionResult> OnPostNoteAsync(string incident, string? note, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("note", note, 1000, true)) is { } no) return no;
        await deeds.Do(Incident, Act.Note, "", Typed["note"], cancel);
        return Told("note");
    }

    public async Task<IActionResult> OnPostUndoingAsync(string incident, long act, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel) is { } no) return no;
        return await deeds.Undo(Incident, act, cancel) ? Told("undone") : Refuse("act", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostOrderAsync(string incident, string? to, string? what, string? minutes, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel, ("to", to, 100, true), ("what", what, 1000, true), ("minutes", minutes, 6, true)) is { } no) return no;
        if (!int.TryParse(Typed["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 2880) return Refuse("minutes", words["disaster-safety.wrong.minutes"]);
        await deeds.Order(Incident, Typed["to"], Typed["what"], time.GetUtcNow().AddMinutes(number), cancel);
        return Told("order", "#orders");
    }

    public async Task<IActionResult> OnPostAcknowledgementAsync(string incident, long order, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel) is { } no) return no;
        return await deeds.Acknowledge(Incident, order, cancel) ? Told("acknowledged", "#orders") : Refuse("order", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostCompletionAsync(string incident, long order, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel) is { } no) return no;
        return await deeds.Complete(Incident, order, "", cancel) ? Told("completed", "#orders") : Refuse("order", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostWithdrawalAsync(string incident, long order, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Act, cancel) is { } no) return no;
        return await deeds.Withdraw(Incident, order, cancel) ? Told("withdrawn", "#orders") : Refuse("order", words["disaster-safety.wrong.meanwhile"]);
    }

    public async Task<IActionResult> OnPostEmergencyAsync(string incident, string? why, string? hours, string[]? cameras, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Declare, cancel, ("emergency-why", why, 1000, true), ("hours", hours, 6, true)) is { } no) return no;
        if (Incident.Test) return Refuse("emergency-why", words["disaster-safety.wrong.exercise"]);
        if (!Incident.Open) return Refuse("emergency-why", words["disaster-safety.wrong.notopen"]);
        if (!int.TryParse(Typed["hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > LongestEmergency) return Refuse("hours", words.Of("disaster-safety.wrong.hours", LongestEmergency));
        if (Emergency is not null) return Refuse("emergency-why", words["disaster-safety.wrong.declared"]);
        // only what stood on the card can be opened
        var chosen = Cameras.Where(c => cameras?.Contains(c.Key) == true).Select(c => (c.Key, c.Name)).ToList();
        return await deeds.Declare(Incident, chosen, Typed["emergency-why"], time.GetUtcNow().AddHours(number), cancel) ? Told("declared") : Refuse("emergency-why", words["disaster-safety.wrong.declared"]);
    }

    public async Task<IActionResult> OnPostEndAsync(string incident, CancellationToken cancel)
    {
        if (await Begin(incident, DisasterSafetyModule.Declare, cancel) is { } no) return no;
        return await deeds.EndEmergency(Incident, cancel) ? Told("ended") : Refuse("end", words["disaster-safety.wrong.meanwhile"]);
    }
}

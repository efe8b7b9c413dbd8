using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>A new project of the person's own department: the fields of a pack's file, read by the same rules.</summary>
[Authorize(UrbanProjectsModule.Edit)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class NewModel(Book book, Ledger ledger, ICity city, IWords words, IAudience audience) : PageModel
{
    private readonly Dictionary<string, string> _wrong = new(StringComparer.Ordinal);
    // empty rows that stand there from the beginning, and that a button adds
    private static readonly Dictionary<string, int> Few = new(StringComparer.Ordinal) { ["person"] = 2, ["budget"] = 3, ["milestone"] = 4 };

    /// <summary>The department that the project will belong to; null when the person belongs to none.</summary>
    public Department? Department { get; } = city.FindDepartment(audience.Department);
    public IReadOnlyList<Classification> Classifications => book.Pack.Classifications;
    public string? More { get; private set; }
    /// <summary>True when a project was just taken back.</summary>
    public bool TakenBack { get; private set; }

    public int WrongCount => _wrong.Count;
    public IReadOnlyDictionary<string, string> Wrongs => _wrong;
    public string? WrongAt(string id) => _wrong.GetValueOrDefault(id);
    public string Typed(string id) => Request.HasFormContentType ? Request.Form[id].ToString() : "";
    public bool Ticked(string area) => Request.HasFormContentType && Request.Form["areas"].Contains(area);

    /// <summary>How many rows the form shows: those that were typed in, and empty ones where they were asked for.</summary>
    public int Rows(string prefix)
    {
        var shown = Request.HasFormContentType ? Enumerable.Range(1, Draft.MostRows).LastOrDefault(n => Request.Form.Keys.Any(k => k.StartsWith(FormattableString.Invariant($"{prefix}-{n}-"), StringComparison.Ordinal))) : 0;
        return Math.Min(Draft.MostRows, Math.Max(shown, Few[prefix]) + (More == prefix ? Few[prefix] : 0));
    }

    public void OnGet(bool takenBack) => TakenBack = takenBack;

    /// <summary>More rows; nothing is stored.</summary>
    public void OnPostMore(string? more) => More = more is not null && Few.ContainsKey(more) ? more : null;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (Department is null) return Forbid();
        var classification = Classifications.FirstOrDefault(c => c.Key == Typed("classification"));
        if (classification is null) _wrong["classification"] = words["urban-projects.new.noclass"];
        // somebody may take the key between the look and the deed
        for (var tries = 0; tries < 3; tries++)
        {
            var taken = await ledger.Taken(cancel);
            var key = Draft.KeyOf(Typed("name-en"), "project", k => taken.Contains(k) || Definition.IsPage(k));
            var draft = Draft.Of(Typed, city.Languages, key, Department.Code, Request.Form["areas"].OfType<string>());
            var project = Read(draft, classification ?? new("", Text.Same(""), 0));
            if (project is null || _wrong.Count > 0) return Page();
            if (await ledger.Define(project, draft.Text, cancel)) return LocalRedirect($"/{words.Language}/urban-projects/{key}/edit?done=defined");
        }
        _wrong["name-" + city.Languages[0]] = words["urban-projects.wrong.meanwhile"];
        return Page();
    }

    private Project? Read(Draft draft, Classification classification)
    {
        foreach (var (id, wrong) in draft.Wrongs) _wrong.TryAdd(id, wrong.In(words));
        var (root, broken) = Definition.Parse(draft.Text);
        if (root is null) { _wrong["name-" + city.Languages[0]] = broken!.In(words); return null; }
        var (project, problems) = Definition.Read(root, classification, city, demonstration: false);
        foreach (var problem in problems) _wrong.TryAdd(draft.IdOf(problem), Sentence(problem));
        return project;
    }

    // a person at a form is spoken to in other words than one at a file
    private string Sentence(Wrong wrong) => wrong.Word switch
    {
        "urban-projects.wrong.text" => words["urban-projects.wrong.notext"],
        "urban-projects.wrong.long" => words.Of("urban-projects.wrong.longtext", wrong.Arguments[2]),
        "urban-projects.wrong.missing" => words["urban-projects.wrong.noday"],
        "urban-projects.wrong.day" => words.Of("urban-projects.wrong.badday", wrong.Arguments[1]),
        "urban-projects.wrong.year" => words.Of("urban-projects.wrong.badyear", wrong.Arguments[0]),
        "urban-projects.wrong.number" when wrong.Field == "budget" => words.Of("urban-projects.wrong.amount", wrong.Arguments[1]),
        "urban-projects.wrong.number" => words.Of("urban-projects.new.wrongdays", wrong.Arguments[1]),
        "urban-projects.wrong.order" => words["urban-projects.new.wrongorder"],
        "urban-projects.wrong.place" => words["urban-projects.new.wrongplace"],
        "urban-projects.wrong.after" => words.Of("urban-projects.new.wrongafter", wrong.Arguments[1]?.ToString()?.TrimStart('?')),
        _ => wrong.In(words),
    };
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Shell.Pages.Feeds;

/// <summary>Every version of a feed that was made on the desk, and what is done with it: approve, retire, return, compare, go on working.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class VersionsModel(FeedDesk desk, DeskFeeds feeds, FeedBook book, CityPack city, SmartCity.Shell.Store.AnswerLog answers, IAudience audience, IWords words) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "name")] public string Key { get; set; } = "";
    [BindProperty] public string? Note { get; set; }
    public DeskFeed? Feed { get; private set; }
    public IReadOnlyList<DeskVersion> Versions { get; private set; } = [];
    public bool InPack { get; private set; }
    /// <summary>The text of the pack's descriptor, where the feed stands there.</summary>
    public string? PackYaml { get; private set; }
    public IReadOnlyList<(char Mark, string Line)> Diff { get; private set; } = [];
    public int From { get; private set; }
    public int To { get; private set; }
    public int? Saved { get; private set; }
    public string? Wrong { get; private set; }
    public string? WrongNote { get; private set; }
    /// <summary>The version whose form was sent.</summary>
    public int? Asked { get; private set; }
    public string Person { get; } = audience.UserName ?? "";

    public async Task<IActionResult> OnGetAsync(int? saved, int? from, int? to, CancellationToken cancel)
    {
        await Read(from, to, cancel);
        Saved = saved;
        return Versions.Count == 0 && PackYaml is null ? NotFound() : Page();
    }

    public Task<IActionResult> OnPostApproveAsync(int number, long revision, CancellationToken cancel) => Do(number, () => desk.Approve(Key, number, Note ?? "", revision, cancel), cancel);

    public Task<IActionResult> OnPostRetireAsync(long revision, CancellationToken cancel) => Do(0, () => desk.Retire(Key, Note ?? "", revision, cancel), cancel);

    /// <summary>Goes on working from a version, on the last answer of the feed where it is kept.</summary>
    public async Task<IActionResult> OnPostEditAsync(int number, CancellationToken cancel)
    {
        var version = (await desk.Versions(Key, cancel)).FirstOrDefault(v => v.Number == number);
        var yaml = version?.Yaml ?? (book.HealthOf(Key) is { } health ? FeedYaml.Write(health.Plan.Descriptor, city) : null);
        if (yaml is null) return Redirect($"/{words.Language}/feeds/desk");
        var last = (await answers.Last(Key, 20, cancel)).FirstOrDefault(a => a.Hash.Length > 0);
        var body = last is null ? null : await answers.Body(last.Hash, cancel);
        return Redirect($"/{words.Language}/feeds/desk/work?id={await desk.Begin(yaml, body ?? [], last?.ContentType, Key, cancel)}");
    }

    private async Task<IActionResult> Do(int number, Func<Task<DeskProblem?>> act, CancellationToken cancel)
    {
        if (await act() is not { } problem) return Redirect($"/{words.Language}/feeds/{Key}/versions");
        var told = problem.Detail is { } detail ? words.Of(problem.Word, detail) : words[problem.Word];
        if (problem.Field == "note") WrongNote = told;
        else Wrong = told;
        Asked = number;
        await Read(null, null, cancel);
        return Page();
    }

    private async Task Read(int? from, int? to, CancellationToken cancel)
    {
        (Feed, Versions, InPack) = (await desk.Find(Key, cancel), await desk.Versions(Key, cancel), feeds.InPack(Key));
        if (InPack && book.HealthOf(Key) is { } health) PackYaml = FeedYaml.Write(health.Plan.Descriptor, city);
        if (Versions.Count < 2) return;
        To = to is { } t && Versions.Any(v => v.Number == t) ? t : Versions[0].Number;
        From = from is { } f && Versions.Any(v => v.Number == f) ? f : Versions.Where(v => v.Number < To).Select(v => v.Number).DefaultIfEmpty(Versions[^1].Number).Max();
        Diff = FeedYaml.Diff(Versions.First(v => v.Number == From).Yaml, Versions.First(v => v.Number == To).Yaml);
    }
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Shell.Pages.Feeds.Desk;

/// <summary>Where a source is connected without code: an address, a file or a text, and what was connected before.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
[RequestSizeLimit(MostBytes + 1024 * 1024), RequestFormLimits(MultipartBodyLengthLimit = MostBytes + 1024 * 1024, ValueLengthLimit = MostBytes)]
internal sealed class IndexModel(FeedDesk desk, DescriptorCheck check, Probe probe, FeedBook book, CityPack city, Secrets secrets, IWords words, TimeProvider time) : PageModel
{
    public const int MostBytes = 5 * 1024 * 1024;

    [BindProperty] public string? Address { get; set; }
    [BindProperty] public string? Pasted { get; set; }
    [BindProperty] public string? Preset { get; set; }
    [BindProperty] public string? Yaml { get; set; }
    public IReadOnlyList<string> Presets { get; } = SmartCity.Shell.Feeds.Presets.Of(city).Names;
    public IReadOnlyList<(DeskFeed Feed, DeskVersion Newest)> Feeds { get; private set; } = [];
    public IReadOnlyList<(Guid Id, string By, long At, string Name)> Open { get; private set; } = [];
    public Dictionary<string, string> Wrong { get; } = new(StringComparer.Ordinal);
    public IReadOnlyList<Problem> Problems { get; private set; } = [];
    /// <summary>How the answer that could not be read begins.</summary>
    public string? Head { get; private set; }

    public Task OnGetAsync(CancellationToken cancel) => Show(cancel);

    public bool IsLive(string feed) => book.HealthOf(feed) is not null;

    /// <summary>Where a feed of the desk stands, as a key of a word.</summary>
    public static string StateOf(DeskFeed feed, DeskVersion newest) => feed.Retired ? "retired" : feed.Live is null ? "draft" : newest.ApprovedAt is null ? "changed" : "live";

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken cancel)
    {
        var d = new FeedDescriptor();
        byte[] body;
        string? type = null;
        var name = "";
        if (Address?.Trim() is { Length: > 0 } address)
        {
            // a key of ours is put away by its name
            Address = address = secrets.Named(address);
            ColumnForm.Point(d, address, city);
            if (PresetOf(d) is { } preset) (d.Paging, d.Headers) = (preset.Paging, preset.Headers);
            var (answer, refused) = await probe.Ask(d, cancel);
            if (refused is not null) return await Refuse("Address", words.Of("desk.refused", refused.ToString()), cancel);
            if (answer!.Outcome != FetchOutcome.Ok && answer.Body.Length == 0) return await Refuse("Address", $"{words["outcome." + answer.Outcome.ToString().ToLowerInvariant()]} ({answer.Detail})", cancel);
            (body, type, name) = (answer.Body, answer.ContentType, address);
        }
        else if (file is { Length: > 0 })
        {
            if (file.Length > MostBytes) return await Refuse("File", words.Of("desk.toolarge", MostBytes / 1024 / 1024), cancel);
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, cancel);
            (body, name, d.Upload) = (bytes.ToArray(), Path.GetFileName(file.FileName), true);
        }
        else if (!string.IsNullOrWhiteSpace(Pasted)) (body, name, d.Upload) = (System.Text.Encoding.UTF8.GetBytes(Pasted), words["desk.pasted"], true);
        else return await Refuse("Address", words["desk.nothing"], cancel);

        var now = time.GetUtcNow();
        var candidate = string.IsNullOrEmpty(Preset) ? Ranking.Of(body, type, city, now) is [var best, ..] ? best : null : Ranking.Chosen(Preset, body, type, city, now);
        if (candidate is not { Fits: true })
        {
            Head = secrets.Redact(NewsReader.Plain(System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 2000)), 400));
            var why = candidate is null ? words["desk.unread"] : words.Of("desk.unread.as", Preset, words["outcome." + candidate.Result.Outcome.ToString().ToLowerInvariant()], candidate.Result.Detail ?? "—");
            return await Refuse(d.Upload ? file is null ? "Pasted" : "File" : "Address", secrets.Redact(why), cancel);
        }
        var made = candidate.Descriptor;
        (made.Feed, made.Source, made.Address, made.Url, made.Upload) = (Named(name), d.Source, d.Address, d.Url, d.Upload);
        var id = await desk.Begin(FeedYaml.Write(made, city), body, type, secrets.Redact(name), cancel);
        return Redirect($"/{words.Language}/feeds/desk/work?id={id}");
    }

    /// <summary>Takes a descriptor as text, strictly, and goes on with it at the desk.</summary>
    public async Task<IActionResult> OnPostImportAsync(CancellationToken cancel)
    {
        (_, Problems) = check.Read(Yaml ?? "");
        if (Problems.Count > 0) return await Refuse("Yaml", words["desk.import.wrong"], cancel);
        return Redirect($"/{words.Language}/feeds/desk/work?id={await desk.Begin(Yaml!, [], null, "feed.yaml", cancel)}");
    }

    public async Task<IActionResult> OnPostDiscardAsync(Guid id, CancellationToken cancel)
    {
        await desk.Discard(id, cancel);
        return Redirect($"/{words.Language}/feeds/desk");
    }

    private FeedDescriptor? PresetOf(FeedDescriptor d) => string.IsNullOrEmpty(Preset) || !Presets.Contains(Preset) ? null : SmartCity.Shell.Feeds.Presets.Of(city).Read("preset", $"preset: {Preset}\nfeed: {d.Feed}\n", []);

    // city. and the last word of the address or the file's name
    private static string Named(string name)
    {
        var path = name.Split('?', '#')[0].TrimEnd('/');
        var last = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        if (last.Contains('.', StringComparison.Ordinal)) last = last[..last.LastIndexOf('.')];
        var word = string.Concat(last.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')).Trim('-');
        while (word.Contains("--", StringComparison.Ordinal)) word = word.Replace("--", "-", StringComparison.Ordinal);
        return $"{FeedPlan.Own}.{(word.Length > 0 && char.IsAsciiLetterLower(word[0]) ? word[..Math.Min(word.Length, 40)].TrimEnd('-') : "new-feed")}";
    }

    private async Task<IActionResult> Refuse(string field, string why, CancellationToken cancel)
    {
        Wrong[field] = why;
        await Show(cancel);
        return Page();
    }

    private async Task Show(CancellationToken cancel) => (Feeds, Open) = (await desk.All(cancel), await desk.OpenWork(cancel));
}

using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Pages.Feeds;

/// <summary>One feed: how it is doing, how it has been doing, and for those who run the city its descriptor and its last raw answers.</summary>
[Authorize(ShellContributions.SeeFeeds)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class FeedModel(FeedBook book, FeedDesk desk, DeskFeeds feeds, AnswerLog answers, IDbContextFactory<FeedsDb> store, Secrets secrets, CityPack city, IAudience audience, Catalogue catalogue, TimeProvider time) : PageModel
{
    /// <summary>Most of a raw answer that is shown; the whole is downloaded.</summary>
    public const int MostShown = 64 * 1024;
    private static readonly TimeSpan Strip = TimeSpan.FromHours(24);

    public string Key { get; private set; } = "";
    public HealthRow? Row { get; private set; }
    public DeskFeed? OfDesk { get; private set; }
    public bool InPack { get; private set; }
    public Dataset? Dataset { get; private set; }
    public string Yaml { get; private set; } = "";
    public IReadOnlyList<KeptAnswer> Answers { get; private set; } = [];
    public KeptAnswer? Answer { get; private set; }
    /// <summary>The chosen answer as text, without secrets; null when it is no longer kept.</summary>
    public string? Raw { get; private set; }
    public bool RawIsCut { get; private set; }
    public IReadOnlyList<(double From, double Width, FetchOutcome Outcome, string When, int Count)> Runs { get; private set; } = [];
    public bool SeesAll { get; } = audience.Can(ShellContributions.Administer);
    public AsOf? AsOf => book.AsOf(Key);

    /// <param name="name">Key of the feed.</param>
    /// <param name="answer">When the answer to show was fetched first, in UTC milliseconds.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IActionResult> OnGetAsync(string name, long? answer, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        Key = name;
        Row = HealthTable.Rows(book, audience, now).FirstOrDefault(r => r.Key == name);
        if (SeesAll) OfDesk = await desk.Find(name, cancel);
        // closed, absent and retired look the same to others
        if (Row is null && OfDesk is null) return NotFound();
        InPack = feeds.InPack(name);
        Dataset = catalogue.All.OfType<Dataset>().FirstOrDefault(d => d.Feed == name && audience.Can(Catalogue.PermissionOf(d)));
        Runs = await RunsOf(now, cancel);
        if (!SeesAll) return Page();
        if (Row is not null) Yaml = FeedYaml.Write(Row.Plan.Descriptor, city);
        Answers = await answers.Last(name, 20, cancel);
        Answer = answer is { } from ? Answers.FirstOrDefault(a => a.From.ToUnixTimeMilliseconds() == from) : null;
        if (Answer is { Hash.Length: > 0 } chosen && await answers.Body(chosen.Hash, cancel) is { } body)
        {
            RawIsCut = body.Length > MostShown;
            Raw = secrets.Redact(Readable(body, MostShown));
        }
        return Page();
    }

    /// <summary>Bytes as text: what cannot be seen is written as a dot.</summary>
    public static string Readable(byte[] body, int most)
    {
        var text = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, most));
        return string.Create(text.Length, text, (to, from) => { for (var i = 0; i < from.Length; i++) to[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\r' or '\t') ? '·' : from[i]; });
    }

    // runs of the last day on a line from 0 to 1000
    private async Task<IReadOnlyList<(double, double, FetchOutcome, string, int)>> RunsOf(DateTimeOffset now, CancellationToken cancel)
    {
        var since = (now - Strip).ToUnixTimeMilliseconds();
        await using var db = await store.CreateDbContextAsync(cancel);
        var runs = await db.Fetches.AsNoTracking().Where(f => f.Feed == Key && f.Until >= since).OrderByDescending(f => f.From).Take(400).ToListAsync(cancel);
        var every = Row?.Plan.Rhythm.Every.TotalMilliseconds ?? 60_000;
        double At(double ms) => Math.Clamp((ms - since) / Strip.TotalMilliseconds * 1000, 0, 1000);
        return [.. runs.Select(r => (At(r.From), Math.Max(1.5, At(r.Until + every) - At(r.From)), (FetchOutcome)r.Outcome, ((ICity)city).Local(DateTimeOffset.FromUnixTimeMilliseconds(r.From)).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), r.Count))];
    }
}

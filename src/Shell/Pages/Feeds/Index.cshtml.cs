using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Shell.Hosts;

namespace SmartCity.Shell.Pages.Feeds;

/// <summary>How every source is doing. The public sees state and age; what a source answered, those who run the city.</summary>
[Authorize(ShellContributions.SeeFeeds)]
internal sealed class IndexModel(FeedBook book, BrokenModules modules, Store.DiskRoom room, Catalogue catalogue, Secrets secrets, Duty duty, IAudience audience, IWords words, TimeProvider time) : PageModel
{
    /// <summary>Orders of the list: what needs a person first, by name, by age, by what is left of the day's calls.</summary>
    public static IReadOnlyList<string> Sorts { get; } = ["state", "name", "lag", "rows", "calls"];
    /// <summary>What can be asked for: everything, what is in time, what is lost, or one state.</summary>
    public static IReadOnlyList<string> States { get; } = ["", "live", "late", "stale", "gone", "down", "nodata"];

    [BindProperty(SupportsGet = true, Name = "state")] public string? Wanted { get; set; }
    [BindProperty(SupportsGet = true, Name = "q")] public string? Query { get; set; }
    [BindProperty(SupportsGet = true, Name = "sort")] public string? Sort { get; set; }

    public IReadOnlyList<HealthRow> All { get; private set; } = [];
    public IReadOnlyList<HealthRow> Rows { get; private set; } = [];
    public bool SeesDetail { get; } = audience.Can(ShellContributions.Administer);
    public bool SeesTable { get; } = audience.Can("city.view");
    public AsOf? AsOf => book.AsOf(LostFeeds.Feed);
    /// <summary>Which host asks the sources, for those who run the city; null where there is one host.</summary>
    public string? Hosts => !SeesDetail || duty.IsAlone ? null : duty.Holder is not { } holder ? words["feeds.hosts.none"] : string.Format(CultureInfo.CurrentCulture, words[duty.IsMine ? "feeds.hosts.asks" : "feeds.hosts.follows"], duty.Name, holder);
    /// <summary>A sentence for each broken module, and one for a disk that is nearly full, for those who run the city.</summary>
    public IEnumerable<string> Broken => !SeesDetail ? [] : (room.IsShort ? [words[room.HistoryWaits ? "feeds.disk.history" : "feeds.disk"]] : Enumerable.Empty<string>()).Concat(Modules);

    private IEnumerable<string> Modules => modules.All.OrderBy(m => m.Key, StringComparer.Ordinal)
        .Select(m => words.Of("feeds.broken", catalogue.Modules.First(c => c.Key == m.Key).Title.In(words.Language), secrets.Redact(m.Value.Message)));
    public int InTime => All.Count(r => LostFeeds.IsInTime(r.State));

    /// <summary>Address of the table alone, with what was asked for.</summary>
    public string HealthUrl
    {
        get
        {
            var query = new QueryString("?handler=Health");
            foreach (var (name, value) in new[] { ("state", Wanted), ("q", Query), ("sort", Sort) }) if (!string.IsNullOrEmpty(value)) query = query.Add(name, value);
            return $"/{words.Language}/feeds{query}";
        }
    }

    public void OnGet() => Read();

    public IActionResult OnGetHealth()
    {
        Read();
        return Partial("_Health", this);
    }

    private void Read()
    {
        All = [.. HealthTable.Rows(book, audience, time.GetUtcNow())];
        var rows = All.AsEnumerable();
        if (States.Contains(Wanted ?? "") && !string.IsNullOrEmpty(Wanted)) rows = rows.Where(r => r.State.ToString().Equals(Wanted, StringComparison.OrdinalIgnoreCase));
        if (Query?.Trim() is { Length: > 0 and <= 200 } text)
            rows = rows.Where(r => new[] { r.Key, words.Title(r.Plan.Feed), r.Plan.SourceName.ToString(), new Text(r.Plan.Descriptor.Owner).ToString(), r.Class }.Any(t => t.Contains(text, StringComparison.CurrentCultureIgnoreCase)));
        Rows = [.. Sort switch
        {
            "name" => rows.OrderBy(r => words.Title(r.Plan.Feed), StringComparer.Create(CultureInfo.CurrentCulture, CompareOptions.None)),
            "lag" => rows.OrderByDescending(r => r.Lag ?? double.MaxValue),
            "rows" => rows.OrderByDescending(r => r.Health.Rows),
            "calls" => rows.OrderBy(r => r.CallsLeft ?? double.MaxValue),
            _ => rows.OrderByDescending(r => Trouble(r.State)).ThenByDescending(r => r.Lag ?? 0),
        }];
    }

    // one that waits for its first data is in no trouble yet
    private static int Trouble(Freshness state) => state switch { Freshness.Down => 5, Freshness.Gone => 4, Freshness.Stale => 3, Freshness.Late => 2, Freshness.NoData => 1, _ => 0 };

    /// <summary>A length of time in words.</summary>
    public string Span(TimeSpan span) => Span(words, span);

    public static string Span(IWords words, TimeSpan span) =>
        span.TotalSeconds < 120 ? words.Of("span.s", (int)span.TotalSeconds) : span.TotalMinutes < 120 ? words.Of("span.m", (int)span.TotalMinutes)
        : span.TotalHours < 48 ? words.Of("span.h", (int)span.TotalHours) : words.Of("span.d", (int)span.TotalDays);
}

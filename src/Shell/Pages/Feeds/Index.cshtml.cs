using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Feeds;

namespace SmartCity.Shell.Pages.Feeds;

/// <summary>How every source is doing. The public sees state and age; what a source answered, those who run the city.</summary>
[Authorize(ShellContributions.SeeFeeds)]
internal sealed class IndexModel(FeedBook book, IAudience audience, IWords words) : PageModel
{
    public IReadOnlyList<(FeedHealth Health, AsOf AsOf)> Feeds { get; } = [.. book.Health.Select(h => (h, book.AsOf(h.Plan.Feed.Key)!)).OrderByDescending(f => f.Item2.Freshness).ThenBy(f => f.h.Plan.Feed.Key, StringComparer.Ordinal)];
    public bool SeesDetail { get; } = audience.Can(ShellContributions.Administer);

    /// <summary>The page follows one feed's beat; the others are read along with it.</summary>
    public string Topic => Feeds.Select(f => f.Health.Plan.Feed.Key).FirstOrDefault() ?? "";

    public void OnGet() { }

    public IActionResult OnGetHealth() => Partial("_Health", this);

    /// <summary>A length of time in words.</summary>
    public string Span(TimeSpan span) =>
        span.TotalSeconds < 120 ? words.Of("span.s", (int)span.TotalSeconds) : span.TotalMinutes < 120 ? words.Of("span.m", (int)span.TotalMinutes)
        : span.TotalHours < 48 ? words.Of("span.h", (int)span.TotalHours) : words.Of("span.d", (int)span.TotalDays);
}

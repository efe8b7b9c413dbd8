using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>The feeds that are lost, as events of a feed of the platform's own: <c>IFeeds.Events("city.feeds")</c>, whose topic is signalled when
/// one is lost or is back. In memory since the start, those that are over for a day.</summary>
internal sealed class LostFeeds
{
    /// <summary>Key of the feed of lost feeds, and the topic of everything that tells how the feeds are doing.</summary>
    public const string Feed = "city.feeds";
    /// <summary>What only counts and ages is told this often; a change of state at once.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, Event> _known = new(StringComparer.Ordinal);
    private DateTimeOffset _told;
    private (int Feeds, int InTime) _counts;

    /// <summary>What is lost now, and what was lost within a day, the latest first.</summary>
    public IReadOnlyList<Event> Shown { get; private set; } = [];
    /// <summary>When the feeds were looked at last.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    /// <summary>True for a state in which a feed no longer tells what is.</summary>
    public static bool IsLost(Freshness state) => state is Freshness.Stale or Freshness.Gone or Freshness.Down;

    /// <summary>True for a feed that is as young as it promises.</summary>
    public static bool IsInTime(Freshness state) => state == Freshness.Live;

    /// <summary>The error class of a feed in a word: what its last fetch came to, or that its source sends what is old.</summary>
    public static string Class(FeedHealth health, Freshness state) =>
        health.Outcome is not (FetchOutcome.None or FetchOutcome.Ok or FetchOutcome.Empty) ? FeedTrial.Class(health.Outcome) : IsLost(state) ? "stale" : "";

    /// <summary>Looks at every feed; called about once a second, from one place. True when there is something to tell.</summary>
    public bool Look(IEnumerable<FeedHealth> all, DateTimeOffset now)
    {
        var changed = false;
        var (feeds, inTime) = (0, 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var health in all)
        {
            var (key, state) = (health.Plan.Feed.Key, FeedBook.FreshnessOf(health, now));
            feeds++;
            if (IsInTime(state)) inTime++;
            seen.Add(key);
            changed |= IsLost(state) ? Lose(health, state, now) : End(key, now);
        }
        foreach (var retired in _known.Keys.Where(k => !seen.Contains(k)).ToList()) changed |= End(retired, now);
        foreach (var over in _known.Where(k => k.Value.Status == EventStatus.Ended && now - k.Value.Expires > EventMemory.Lately).Select(k => k.Key).ToList()) changed |= _known.Remove(over);
        if (changed) Shown = [.. _known.Values.OrderByDescending(e => e.ReportedAt).ThenBy(e => e.Id, StringComparer.Ordinal)];
        changed |= (feeds, inTime) != _counts;
        (_counts, LookedAt) = ((feeds, inTime), now);
        if (!changed && now - _told < Beat) return false;
        _told = now;
        return true;
    }

    private bool Lose(FeedHealth health, Freshness state, DateTimeOffset now)
    {
        var (key, title, word) = (health.Plan.Feed.Key, health.Plan.Feed.Title, Class(health, state));
        var was = _known.GetValueOrDefault(key);
        var open = was?.Status is EventStatus.Active or EventStatus.Updated;
        if (open && was!.Kind == word) return false;
        _known[key] = new(key, was is null ? 1 : was.Version + 1, word, open ? EventStatus.Updated : EventStatus.Active, Text.Of("{0} 수신 끊김", "{0} is lost", title), now, now)
        {
            Severity = state == Freshness.Stale ? Severity.Minor : Severity.Moderate,
            Certainty = Certainty.Observed,
            Onset = open ? was!.Onset : health.LastSuccess is { } last && word != "stale" ? last : health.AsOf ?? now,
            Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["feed"] = key, ["class"] = word },
        };
        return true;
    }

    private bool End(string key, DateTimeOffset now)
    {
        if (!_known.TryGetValue(key, out var was) || was.Status == EventStatus.Ended) return false;
        _known[key] = was with { Status = EventStatus.Ended, Version = was.Version + 1, ReportedAt = now, FetchedAt = now, Expires = now };
        return true;
    }

    /// <summary>As of when the platform knows how its feeds are doing.</summary>
    public AsOf AsOf(CityPack city, DateTimeOffset now)
    {
        var rhythm = new Rhythm(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(15));
        return new()
        {
            Feed = Feed, Source = Text.Of("이 플랫폼", "This platform"), Owner = city.Name, At = LookedAt, Rhythm = rhythm, Outcome = FetchOutcome.Ok,
            Freshness = LookedAt is { } at ? rhythm.Of((now - at).Duration()) : Freshness.NoData,
        };
    }
}

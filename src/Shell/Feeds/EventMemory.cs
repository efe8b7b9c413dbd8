using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>The events of one feed as they stand: what is said again is nothing new, what is no longer said has ended, and
/// however much a source says, memory stays bounded.</summary>
internal sealed class EventMemory
{
    public const int MostOpen = 5_000, MostEnded = 1_000;
    /// <summary>Attribute with the other names of an event: what a source renames, merges or refers back to stays one event.</summary>
    public const string Also = "also";
    /// <summary>What is over is still shown for so long.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EventVersion> _known = new(StringComparer.Ordinal);
    // other names of the events that are known
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    // what the last answer said, also of events that memory does not hold
    private HashSet<(string Id, long Hash)> _said = [];

    /// <summary>The newest version of every event, the latest report first.</summary>
    public IReadOnlyList<Event> Shown { get; private set; } = [];

    /// <summary>Open events of the last answer for which there was no room.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Takes over what an answer says. Returns the versions that are new.</summary>
    /// <param name="events">In any order; of several versions of one event the highest counts.</param>
    /// <param name="complete">True when the answer lists everything that is open: what is missing has ended.</param>
    /// <param name="fetchedAt">When.</param>
    public IReadOnlyList<EventVersion> Take(IReadOnlyList<Event> events, bool complete, DateTimeOffset fetchedAt)
    {
        lock (_gate)
        {
            var fresh = new List<EventVersion>();
            var said = new HashSet<(string, long)>();
            var present = new Dictionary<string, Event>(StringComparer.Ordinal);
            foreach (var e in Named(events))
                if (!present.TryGetValue(e.Id, out var other) || e.Version > other.Version || e.Version == other.Version && e.ReportedAt >= other.ReportedAt) present[e.Id] = e with { FetchedAt = fetchedAt };
            // first, since what is over makes room
            if (complete)
                foreach (var (id, known) in _known.ToList())
                    if (known.Event.Status is EventStatus.Active or EventStatus.Updated && !present.ContainsKey(id))
                        fresh.Add(_known[id] = new(known.Event with { Status = EventStatus.Ended, Version = known.Event.Version + 1, ReportedAt = fetchedAt, FetchedAt = fetchedAt }, known.Said, 0));
            var open = _known.Values.Count(k => k.Event.OpenAt(fetchedAt));
            LeftOut = 0;
            foreach (var e in present.Values.OrderByDescending(e => e.ReportedAt).ThenBy(e => e.Id, StringComparer.Ordinal))
            {
                var hash = RecordBodies.Hash(e);
                var known = _known.GetValueOrDefault(e.Id);
                if (known?.Hash == hash || known is null && _said.Contains((e.Id, hash)))
                {
                    said.Add((e.Id, hash));
                    continue;
                }
                if (known is not null && e.Version > 0 && e.Version < known.Said) continue;
                if (e.OpenAt(fetchedAt) && known?.Event.OpenAt(fetchedAt) != true && ++open > MostOpen)
                {
                    open--;
                    LeftOut++;
                    continue;
                }
                said.Add((e.Id, hash));
                var status = e.Status == EventStatus.Active && known?.Event.OpenAt(fetchedAt) == true ? EventStatus.Updated : e.Status;
                var version = new EventVersion(e with { Version = known is null ? Math.Max(1, e.Version) : Math.Max(e.Version, known.Event.Version + 1), Status = status }, Math.Max(e.Version, known?.Said ?? 0), hash);
                fresh.Add(_known[e.Id] = version);
            }
            _said = said;
            Tidy(fetchedAt);
            return fresh;
        }
    }

    /// <summary>What was known when the host last ran.</summary>
    public void Recall(IReadOnlyList<EventVersion> versions, DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var version in versions) _known[version.Event.Id] = version;
            Named([.. versions.Select(v => v.Event)]);
            Tidy(now);
        }
    }

    // an event by the name under which it is known, the earlier reports first
    private IReadOnlyList<Event> Named(IReadOnlyList<Event> events)
    {
        if (_names.Count == 0 && !events.Any(e => e.Attributes.ContainsKey(Also))) return events;
        var named = new List<Event>(events.Count);
        foreach (var e in events.OrderBy(e => e.ReportedAt))
        {
            string[] names = [e.Id, .. e.Attributes.TryGetValue(Also, out var also) ? also.Split([' ', ','], 101, StringSplitOptions.RemoveEmptyEntries).Take(100) : []];
            var id = names.Select(n => _known.ContainsKey(n) ? n : _names.GetValueOrDefault(n)).FirstOrDefault(n => n is not null) ?? e.Id;
            foreach (var name in names) _names.TryAdd(name, id);
            named.Add(id == e.Id ? e : e with { Id = id });
        }
        return named;
    }

    private void Tidy(DateTimeOffset now)
    {
        var over = _known.Values.Where(k => !k.Event.OpenAt(now)).ToList();
        static DateTimeOffset End(Event e) => e.Status is EventStatus.Active or EventStatus.Updated ? e.Expires!.Value : e.FetchedAt;
        foreach (var gone in over.Where(k => now - End(k.Event) > Lately).Concat(over.OrderByDescending(k => End(k.Event)).Skip(MostEnded)).ToList()) _known.Remove(gone.Event.Id);
        foreach (var name in _names.Where(n => !_known.ContainsKey(n.Value)).Select(n => n.Key).ToList()) _names.Remove(name);
        Shown = [.. _known.Values.Select(k => k.Event).OrderByDescending(e => e.ReportedAt).ThenBy(e => e.Id, StringComparer.Ordinal)];
    }
}

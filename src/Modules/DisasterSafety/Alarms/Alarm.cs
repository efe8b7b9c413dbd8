using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace SmartCity.DisasterSafety;

/// <summary>When a person is called, as the city's pack states it. The first rule that fits an incident calls.</summary>
internal sealed class AlarmRule
{
    public string Key { get; set; } = "";
    public Dictionary<string, string> Title { get; set; } = [];
    /// <summary>For which incidents; all when empty.</summary>
    public IReadOnlyList<Category> Categories { get; set; } = [];
    /// <summary>From this severity on.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
    public Severity From { get; set; } = Severity.Moderate;
    /// <summary>What belongs together: <c>area</c>, <c>category</c> or <c>city</c>.</summary>
    public string GroupBy { get; set; } = "area";
    /// <summary>An incident joins the alarm of its group when it began at most so many minutes after the group's latest.</summary>
    public int Minutes { get; set; } = 10;

    public bool Fits(Incident incident) => incident.Severity >= From && (Categories.Count == 0 || Categories.Contains(incident.Category));

    public string ScopeOf(Incident incident) => GroupBy switch
    {
        "city" => "city",
        "category" => incident.Category.ToString().ToLowerInvariant(),
        _ => incident.Areas.Count > 0 ? incident.Areas[0] : "nowhere",
    };
}

/// <summary>Something a person must look at: one or many incidents, or a gauge above its own threshold.</summary>
/// <param name="Rule">Key of the rule; <see cref="Storm"/> for what is too much at once, <see cref="Gauge"/> for gauges.</param>
/// <param name="Scope">What its incidents have in common: an area, a category, the city; the key of a gauge.</param>
/// <param name="First">When its first incident began.</param>
/// <param name="Last">When its latest began.</param>
/// <param name="Count">How many incidents.</param>
/// <param name="Severity">Of the gravest.</param>
/// <param name="Incidents">What it is made of: what waits for a person first, then the gravest; at most twenty.</param>
internal sealed record Alarm(string Rule, string Scope, DateTimeOffset First, DateTimeOffset Last, int Count, Severity Severity, IReadOnlyList<Call> Incidents)
{
    public const string Storm = "storm", Gauge = "gauge";
    /// <summary>Under this rule stands that somebody saw a single incident.</summary>
    public const string One = "#incident";

    public string Key => $"{Rule}|{Scope}";
    /// <summary>How many of its incidents are open.</summary>
    public int Open { get; init; }
    /// <summary>Its open incidents that nobody has acknowledged as grave as they are now.</summary>
    public IReadOnlyList<Call> Waiting { get; init; } = [];
    /// <summary>Who acknowledged the last of it; null while anything of it waits.</summary>
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public Text Title { get; init; } = Text.Same("");
}

/// <summary>An incident for which a person is called.</summary>
/// <param name="Key">Of the incident.</param>
/// <param name="Severity">Of the incident.</param>
/// <param name="Open">Whether it is still open.</param>
/// <param name="By">Who acknowledged it; null when nobody has at this severity.</param>
/// <param name="At">When.</param>
internal sealed record Call(string Key, Severity Severity, bool Open, string? By, DateTimeOffset? At)
{
    public bool Waits => Open && By is null;
    /// <summary>Its name among the acknowledgements, at most 60 letters.</summary>
    public static string Name(string key) => key.Length <= 60 ? key : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40];
}

/// <summary>Alarms follow from the incidents alone, so they are the same on every host and after every restart; only that
/// somebody acknowledged them is kept.</summary>
internal static class Alarms
{
    // an acknowledged gauge calls again after this long, if it still stands above its threshold
    private static readonly TimeSpan GaugeRest = TimeSpan.FromHours(1);

    private sealed class Group(AlarmRule? rule, string scope, DateTimeOffset first)
    {
        public AlarmRule? Rule => rule;
        public string Scope => scope;
        public DateTimeOffset First { get; } = first;
        public DateTimeOffset Last { get; set; } = first;
        public List<Incident> Incidents { get; } = [];
    }

    /// <summary>Every alarm of which something is open, the gravest that nobody acknowledged first.</summary>
    public static IReadOnlyList<Alarm> Of(IEnumerable<Incident> incidents, IEnumerable<GaugeRow> gauges, IReadOnlyList<Acknowledgement> acknowledged, DisasterSettings settings, DateTimeOffset now)
    {
        var seen = acknowledged.Where(a => a.Rule == Alarm.One).ToLookup(a => a.Scope, StringComparer.Ordinal);
        var alarms = Groups(incidents, settings).Where(g => g.Incidents.Any(i => i.Open)).Select(g => OfGroup(g, seen)).ToList();
        foreach (var gauge in gauges.Where(g => g.State >= State.Caution && g.Ratio >= 1))
        {
            var severity = gauge.State switch { State.Critical => Severity.Extreme, State.Serious => Severity.Severe, _ => Severity.Moderate };
            var ack = acknowledged.LastOrDefault(a => a.Rule == Alarm.Gauge && a.Scope == Cut(gauge.Gauge.Key) && a.Severity >= severity && now - DateTimeOffset.FromUnixTimeMilliseconds(a.At) < GaugeRest);
            alarms.Add(new(Alarm.Gauge, Cut(gauge.Gauge.Key), gauge.ObservedAt ?? now, gauge.ObservedAt ?? now, 1, severity, []) { Open = 1, Title = gauge.Gauge.Name, AcknowledgedBy = ack?.Person, AcknowledgedAt = ack is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(ack.At) });
        }
        return [.. alarms.OrderBy(a => a.AcknowledgedBy is null ? 0 : 1).ThenByDescending(a => a.Severity).ThenByDescending(a => a.Last).ThenBy(a => a.Key, StringComparer.Ordinal)];
    }

    private static string Cut(string key) => key.Length <= 60 ? key : key[..60];

    // within any StormMinutes at most StormAlarms begin: the last of them takes everything that would be one more
    private static List<Group> Groups(IEnumerable<Incident> incidents, DisasterSettings settings)
    {
        var (groups, current) = (new List<Group>(), new Dictionary<(string, string), Group>());
        var (window, starts) = (TimeSpan.FromMinutes(settings.StormMinutes), new Queue<DateTimeOffset>());
        Group? storm = null;
        foreach (var incident in incidents.Where(i => !i.Test && i.Status is not (IncidentStatus.Merged or IncidentStatus.Cancelled)).OrderBy(i => i.Since).ThenBy(i => i.Key, StringComparer.Ordinal))
        {
            if (settings.Alarms.FirstOrDefault(r => r.Fits(incident)) is not { } rule) continue;
            var at = incident.Since;
            var id = (rule.Key, rule.ScopeOf(incident));
            if (!current.TryGetValue(id, out var group) || at - group.Last > TimeSpan.FromMinutes(rule.Minutes))
            {
                while (starts.Count > 0 && at - starts.Peek() >= window) starts.Dequeue();
                if (starts.Count < settings.StormAlarms - 1)
                {
                    groups.Add(group = current[id] = new(rule, id.Item2, at));
                    starts.Enqueue(at);
                }
                else if (storm is not null && at - storm.Last <= window) group = storm;
                else
                {
                    groups.Add(group = storm = new(null, "city", at));
                    starts.Enqueue(at);
                }
            }
            group.Last = at;
            group.Incidents.Add(incident);
        }
        return groups;
    }

    private static Alarm OfGroup(Group group, ILookup<string, Acknowledgement> seen)
    {
        // each incident counts for itself: one that nobody has seen yet, or that grew graver, calls again, whatever was acknowledged before
        var calls = group.Incidents.Select(i => (Incident: i, Call: OfIncident(i, seen))).OrderByDescending(c => c.Call.Waits).ThenByDescending(c => c.Call.Open).ThenByDescending(c => c.Call.Severity).ThenByDescending(c => c.Incident.Since).Select(c => c.Call).ToList();
        var waiting = calls.Where(c => c.Waits).ToList();
        var last = waiting.Count > 0 ? null : calls.Where(c => c.Open).MaxBy(c => c.At);
        return new(group.Rule?.Key ?? Alarm.Storm, Cut(group.Scope), group.First, group.Last, calls.Count, calls.Where(c => c.Open).Max(c => c.Severity), [.. calls.Take(20)])
        {
            Open = calls.Count(c => c.Open),
            Waiting = waiting,
            Title = group.Rule is { } r ? new(r.Title) : Text.Of("동시다발 상황", "Many at once"),
            AcknowledgedBy = last?.By,
            AcknowledgedAt = last?.At,
        };
    }

    // what several sources tell of was seen when it was seen under any of their names; the first who saw it is named
    private static Call OfIncident(Incident incident, ILookup<string, Acknowledgement> seen)
    {
        var severity = incident.Severity;
        var ack = incident.Accounts.SelectMany(a => seen[Call.Name(a.Key)]).Where(a => a.Severity >= severity).MinBy(a => a.Id);
        return new(incident.Key, severity, incident.Open, ack?.Person, ack is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(ack.At));
    }
}

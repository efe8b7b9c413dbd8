using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace SmartCity.DisasterSafety;

/// <summary>The four counts of a city's day, and what fits none of them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Category>))]
internal enum Category { Disaster, Fire, Rescue, Medical, Other }

/// <summary>Where an incident stands.</summary>
internal enum IncidentStatus
{
    /// <summary>Somebody is on it.</summary>
    Open,
    /// <summary>Its source says that it is over.</summary>
    Ended,
    /// <summary>A person closed it.</summary>
    Closed,
    /// <summary>A person says that it is part of another.</summary>
    Merged,
    /// <summary>Its source took it back.</summary>
    Cancelled,
}

/// <summary>What one source says of an incident.</summary>
internal sealed record Account(string Feed, Event Event)
{
    /// <summary>Part of an address: short, stable, without the letters that addresses need for themselves.</summary>
    public string Key => Letter(Feed) + "-" + (Event.Id.Length <= 60 && Event.Id.All(c => char.IsAsciiLetterOrDigit(c)) ? Event.Id : "x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Event.Id)))[..24]);

    public static string Letter(string feed) => feed switch
    {
        DisasterSafetyModule.Dispatch => "d",
        DisasterSafetyModule.Alerts => "a",
        DisasterSafetyModule.Messages => "m",
        DisasterSafetyModule.QuakeNotices => "k",
        _ => "u",
    };
}

/// <summary>Something that happens and that the city must meet: what the feeds say of it and what people did.</summary>
/// <param name="Category">Which of the four counts it belongs to.</param>
/// <param name="Accounts">What the sources say, the leading one first; at least one.</param>
/// <param name="Now">The moment for which it answers.</param>
internal sealed record Incident(Category Category, IReadOnlyList<Account> Accounts, DateTimeOffset Now)
{
    /// <summary>What people did, oldest first, without what was taken back.</summary>
    public IReadOnlyList<Act> Acts { get; init; } = [];
    /// <summary>Severity by the city's own rule, where the source tells none.</summary>
    public Severity ByRule { get; init; }
    /// <summary>Incidents that people say are part of this one.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    public Event Lead => Accounts[0].Event;
    public string Key => Accounts[0].Key;
    /// <summary>A test, an exercise or a draft, as any of its sources says: never for the public, never an alarm.</summary>
    public bool Test => Accounts.Any(a => a.Event.Test);
    public string Kind => Lead.Kind;
    public IReadOnlyList<string> Areas => Accounts.Select(a => a.Event.Areas).FirstOrDefault(a => a.Count > 0) ?? [];
    public string? Address => Lead.Attributes.GetValueOrDefault("address");
    public string? Crew => Lead.Attributes.GetValueOrDefault("crew");
    /// <summary>The source's word for how far the crew is.</summary>
    public string? Stage => Lead.Attributes.GetValueOrDefault("state");
    /// <summary>Where it is; null when nobody says, or when what is said cannot be trusted.</summary>
    public Place? Place => Accounts.Where(a => a.Event is { PlaceInDoubt: null, Shape: not null }).Select(a => (Place?)a.Event.Shape!.Centre).FirstOrDefault();
    public string? PlaceInDoubt => Place is null ? Lead.PlaceInDoubt : null;
    public DateTimeOffset Since => Accounts.Min(a => a.Event.Onset ?? a.Event.ReportedAt);

    public Act? Last(string kind) => Acts.LastOrDefault(a => a.Kind == kind);

    /// <summary>As people raised or lowered it, else as the sources say, else by the city's rule.</summary>
    public Severity Severity => Last(Act.Escalation) is { } act && Enum.TryParse<Severity>(act.Value, out var said) ? said
        : Accounts.Max(a => a.Event.Severity) is var told and not Severity.Unknown ? told : ByRule;

    public bool Escalated => Last(Act.Escalation) is not null;
    public bool SeverityByRule => !Escalated && Accounts.All(a => a.Event.Severity == Severity.Unknown) && ByRule != Severity.Unknown;
    public string? MergedInto => Last(Act.Merger)?.Value;

    public IncidentStatus Status => MergedInto is not null ? IncidentStatus.Merged : Last(Act.Closure) is not null ? IncidentStatus.Closed
        : Accounts.Any(a => a.Event.OpenAt(Now)) ? IncidentStatus.Open : Accounts.All(a => a.Event.Status == EventStatus.Cancelled) ? IncidentStatus.Cancelled : IncidentStatus.Ended;

    public bool Open => Status == IncidentStatus.Open;

    /// <summary>When it ended; null while it is open.</summary>
    public DateTimeOffset? Ended => Status switch
    {
        IncidentStatus.Open => null,
        IncidentStatus.Closed => Last(Act.Closure)!.Time,
        IncidentStatus.Merged => Last(Act.Merger)!.Time,
        _ => Accounts.Max(a => a.Event.Status is EventStatus.Ended or EventStatus.Cancelled ? a.Event.ReportedAt : a.Event.Expires ?? a.Event.ReportedAt),
    };

    /// <summary>True when its source says that it ended before it began: then nobody knows how long it took.</summary>
    public bool Backwards => Ended < Since;

    /// <summary>How long it lasted, or has lasted; null when its times contradict each other or it has not begun.</summary>
    public TimeSpan? Lasted => (Ended ?? Now) - Since is { Ticks: >= 0 } time ? time : null;

    public bool Answers(string key) => Accounts.Any(a => a.Key == key);

    /// <summary>How much it needs a person. What is over needs nobody.</summary>
    public State State => !Open || Test ? State.Normal : Ladder.State(Severity);
}

/// <summary>Severity in the words of the crisis ladder.</summary>
internal static class Ladder
{
    public static IReadOnlyList<Severity> Steps { get; } = [Severity.Minor, Severity.Moderate, Severity.Severe, Severity.Extreme];

    public static State State(Severity severity) => severity switch
    {
        Severity.Extreme => SmartCity.State.Critical,
        Severity.Severe => SmartCity.State.Serious,
        Severity.Moderate => SmartCity.State.Caution,
        Severity.Minor => SmartCity.State.Info,
        _ => SmartCity.State.Normal,
    };

    /// <summary>Its word: attention, caution, alert, serious.</summary>
    public static string Word(IWords words, Severity severity) => words["disaster-safety.ladder." + severity.ToString().ToLowerInvariant()];
}

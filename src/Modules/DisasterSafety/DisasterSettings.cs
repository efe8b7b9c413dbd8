namespace SmartCity.DisasterSafety;

/// <summary>What a city decides about incidents, in its pack (<c>settings/disaster-safety.json</c>).</summary>
internal sealed class DisasterSettings
{
    /// <summary>Fields of an incident that everyone may see, see <see cref="Openness"/>. None unless the pack names them.</summary>
    public IReadOnlyList<string> Public { get; set; } = [];
    /// <summary>Fields that are open as well while an emergency is declared for the incident.</summary>
    public IReadOnlyList<string> PublicInEmergency { get; set; } = [];
    /// <summary>Side of the cell, in degrees, to whose middle everyone's place of an incident is moved.</summary>
    public double Block { get; set; } = 0.004;
    /// <summary>How the city writes addresses: a regular expression with the groups <c>street</c> and <c>number</c>. Without it no address is
    /// shown to everyone, whatever is open.</summary>
    public string? Address { get; set; }
    /// <summary>Severity of a dispatch by its kind, where the source tells none: a word of CAP.</summary>
    public Dictionary<string, string> Severities { get; set; } = [];
    /// <summary>What the source's words for the state of a run mean: <c>dispatched</c>, <c>arrived</c>, <c>working</c>, <c>controlled</c>.</summary>
    public Dictionary<string, string> Stages { get; set; } = [];
    public QuakeRule Quakes { get; set; } = new();
    public IReadOnlyList<AlarmRule> Alarms { get; set; } = [];
    /// <summary>At most so many alarms begin within <see cref="StormMinutes"/>.</summary>
    public int StormAlarms { get; set; } = 10;
    public int StormMinutes { get; set; } = 10;
    /// <summary>Posts that answer for incidents.</summary>
    public IReadOnlyList<Post> Posts { get; set; } = [];
    public GaugeRule Gauges { get; set; } = new();
    public PeopleRule People { get; set; } = new();
    /// <summary>A declared emergency lasts at most so many hours.</summary>
    public int LongestEmergency { get; set; } = 24;

    public Severity SeverityOf(string kind) => Enum.TryParse<Severity>(Severities.GetValueOrDefault(kind), out var severity) ? severity : Severity.Unknown;

    public static DisasterSettings Of(ICity city) => city.Settings<DisasterSettings>("disaster-safety");

    /// <summary>Everything wrong with it.</summary>
    public IReadOnlyList<string> Problems()
    {
        var wrong = new List<string>();
        foreach (var field in Public.Concat(PublicInEmergency).Where(f => !Openness.Fields.Contains(f)).Distinct(StringComparer.Ordinal))
            wrong.Add($"settings/disaster-safety.json: \"{field}\" is no field that can be opened. There are {string.Join(", ", Openness.Fields)}.");
        foreach (var (kind, word) in Severities.Where(s => !Enum.TryParse<Severity>(s.Value, out _))) wrong.Add($"settings/disaster-safety.json: severities: {word} of {kind} is no severity of CAP.");
        foreach (var rule in Alarms)
        {
            if (rule.Key.Length is 0 or > 60) wrong.Add("settings/disaster-safety.json: an alarm rule has no key, or one of more than 60 letters.");
            if (rule.Minutes is < 1 or > 1440) wrong.Add($"settings/disaster-safety.json: alarm {rule.Key}: minutes must be 1 to 1440.");
        }
        foreach (var twice in Alarms.GroupBy(r => r.Key, StringComparer.Ordinal).Where(g => g.Count() > 1)) wrong.Add($"settings/disaster-safety.json: the alarm rule {twice.Key} stands there twice.");
        if (Block is not (>= 0.001 and <= 0.05)) wrong.Add("settings/disaster-safety.json: block must be 0.001 to 0.05 degrees.");
        if (StormAlarms < 2 || StormMinutes < 1) wrong.Add("settings/disaster-safety.json: stormAlarms must be at least 2 and stormMinutes at least 1.");
        foreach (var (kind, metres) in People.Metres.Where(m => m.Value is not (> 0 and <= 100_000))) wrong.Add($"settings/disaster-safety.json: people: metres of {kind} must be above 0 and at most 100000.");
        if (LongestEmergency is < 1 or > 720) wrong.Add("settings/disaster-safety.json: longestEmergency must be 1 to 720 hours.");
        try { if (Address is { } pattern) _ = System.Text.RegularExpressions.Regex.Match("", pattern, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)); }
        catch (ArgumentException bad) { wrong.Add($"settings/disaster-safety.json: address: {bad.Message}"); }
        return wrong;
    }
}

/// <summary>When two reports are of one earthquake, and which earthquakes concern the city.</summary>
internal sealed class QuakeRule
{
    /// <summary>Reports whose moments lie at most so far apart,</summary>
    public double Seconds { get; set; } = 90;
    /// <summary>whose places lie at most so far apart,</summary>
    public double Km { get; set; } = 100;
    /// <summary>and whose magnitudes differ by at most so much, are one earthquake.</summary>
    public double Magnitude { get; set; } = 1.0;
    /// <summary>Every earthquake at most so far away concerns the city,</summary>
    public double NearKm { get; set; } = 150;
    /// <summary>and one at most so far away</summary>
    public double FarKm { get; set; } = 600;
    /// <summary>from this magnitude on.</summary>
    public double FarMagnitude { get; set; } = 5;
}

/// <summary>A post that answers for incidents: no person's name.</summary>
internal sealed class Post
{
    public Dictionary<string, string> Title { get; set; } = [];
    /// <summary>Telephone number.</summary>
    public string Phone { get; set; } = "";
    /// <summary>For which incidents; all when empty.</summary>
    public IReadOnlyList<Category> Categories { get; set; } = [];
    /// <summary>For which areas; all when empty.</summary>
    public IReadOnlyList<string> Areas { get; set; } = [];

    public Text Name => new(Title);

    public bool AnswersFor(Incident incident) => (Categories.Count == 0 || Categories.Contains(incident.Category)) && (Areas.Count == 0 || incident.Areas.Any(Areas.Contains));
}

/// <summary>Levels against which gauges are read, where the source does not tell the gauge's own.</summary>
internal sealed class GaugeRule
{
    /// <summary>Height in metres of a sewer in which the level is measured, by key of the gauge.</summary>
    public Dictionary<string, double> Sewers { get; set; } = [];
    /// <summary>Height of a sewer that is not named; none when null: then there is a level and no ratio.</summary>
    public double? Sewer { get; set; }
    /// <summary>Rain of an hour, in mm, from which on the city watches.</summary>
    public double RainHour { get; set; } = 30;
    /// <summary>From this share of its own threshold on a gauge is watched.</summary>
    public double Watch { get; set; } = 0.8;
}

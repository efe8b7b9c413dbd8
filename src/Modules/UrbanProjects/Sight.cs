using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>A project as one reader sees it, with what follows from it.</summary>
/// <param name="Whole">True when the reader sees the working state with every field, false for the published edition.</param>
internal sealed record Sight(Project Project, Dossier Dossier, Schedule? Schedule, Standing? Standing, bool Whole)
{
    public string Key => Project.Key;
    public int CriticalAndLate => Schedule?.CriticalAndLate.Count() ?? 0;

    /// <summary>All projects that a reader may see: those who work for the city's departments the working state, everyone else what is published.</summary>
    public static IReadOnlyList<Sight> All(Register register, IAudience? audience, DateOnly today) =>
        [.. register.Dossiers.Select(d => Of(d, audience, today)).OfType<Sight>()];

    /// <summary>One project; null when the reader may not see it.</summary>
    public static Sight? Of(Dossier dossier, IAudience? audience, DateOnly today)
    {
        var whole = audience?.Can(UrbanProjectsModule.Edit) ?? false;
        if ((whole ? dossier.Working : dossier.Public) is not { } project) return null;
        return new(project, dossier, Schedule.Of(project.Milestones, today), Schedule.StandingOf(project, today), whole);
    }

    /// <summary>The published edition, whoever asks.</summary>
    public static Sight? Published(Dossier dossier, DateOnly today) => Of(dossier, null, today);

    public AsOf? AsOf(ICity city, IWords words, DateTimeOffset now) => Newest([this], city, words, now);

    /// <summary>As of when these projects were last told of, and by whom.</summary>
    public static AsOf? Newest(IReadOnlyCollection<Sight> sights, ICity city, IWords words, DateTimeOffset now)
    {
        if (sights.Count == 0) return null;
        var days = sights.Select(s => s.Project.Progress.Count > 0 ? At(city, s.Project.Progress[^1].Day) : (DateTimeOffset?)null);
        var written = sights.Select(s => s.Whole ? s.Dossier.Written : s.Dossier.Edition is { } edition ? DateTimeOffset.FromUnixTimeMilliseconds(edition.At) : null);
        return new()
        {
            Feed = "urban-projects.list",
            Source = Text.Same(words["urban-projects.title"]),
            Owner = sights.Select(s => s.Project.Department).Distinct().ToList() is [var one] ? one.Name : Text.Same(words["urban-projects.owners"]),
            At = days.Concat(written).Max() is { } at && at < now ? at : now,
            Freshness = Freshness.Live,
            Rhythm = new(TimeSpan.FromDays(91), TimeSpan.FromDays(UrbanProjects.Schedule.Reporting), TimeSpan.FromDays(365), TimeSpan.FromDays(3650)),
            Demonstration = sights.Any(s => s.Project.Demonstration),
            Page = "/urban-projects",
        };
    }

    private static DateTimeOffset At(ICity city, DateOnly day)
    {
        var noon = day.ToDateTime(new(12, 0));
        return new DateTimeOffset(noon, city.Zone.GetUtcOffset(noon)).ToUniversalTime();
    }
}

/// <summary>Which projects, and in which order: the same words in the address of every view, of the files and of a saved filter.</summary>
internal sealed record ProjectFilter(string Class, string Dept, string Borough, string Stage, string State, string Q, string Sort)
{
    public static readonly string[] Sorts = ["", "name", "end", "late", "progress", "budget"];

    public static ProjectFilter Read(Func<string, string?> get) => new(Get(get, "class"), Get(get, "dept"), Get(get, "borough"), Get(get, "stage"), Get(get, "state"), Get(get, "q"), Sorts.Contains(get("sort")) ? get("sort")! : "");

    public static ProjectFilter Read(string query)
    {
        var parsed = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        return Read(name => parsed.TryGetValue(name, out var value) ? value[0] : null);
    }

    private static string Get(Func<string, string?> get, string name) => get(name)?.Trim() is { Length: <= 80 } text ? text : "";

    private IEnumerable<(string Name, string Value)> Parts => new[] { ("class", Class), ("dept", Dept), ("borough", Borough), ("stage", Stage), ("state", State), ("q", Q) }.Where(p => p.Item2.Length > 0);

    public bool IsEmpty => !Parts.Any();

    /// <summary>As it stands in an address, with its question mark; empty when nothing is asked.</summary>
    public string Query => string.Concat(Parts.Concat(Sort.Length > 0 ? [("sort", Sort)] : []).Select((p, i) => $"{(i == 0 ? '?' : '&')}{p.Item1}={Uri.EscapeDataString(p.Item2)}"));

    /// <summary>The same without the order, which the files have in their own way.</summary>
    public string DataQuery => (this with { Sort = "" }).Query;

    public bool Wants(Sight sight)
    {
        var project = sight.Project;
        return (Class.Length == 0 || project.Classification.Key == Class) && (Dept.Length == 0 || project.Department.Code == Dept)
            && (Borough.Length == 0 || project.Areas.Contains(Borough, StringComparer.Ordinal))
            && (Stage.Length == 0 || Look.Key(project.Stage) == Stage) && (State.Length == 0 || Look.Key(sight.Standing) == State)
            && (Q.Length == 0 || Says(project.Name) || project.Summary is { } summary && Says(summary) || Says(project.Department.Name) || project.Key.Contains(Q, StringComparison.OrdinalIgnoreCase));

        bool Says(Text text) => text.Languages.Any(l => text.In(l).Contains(Q, StringComparison.CurrentCultureIgnoreCase));
    }

    public IReadOnlyList<Sight> Of(IEnumerable<Sight> sights)
    {
        var found = sights.Where(Wants);
        return [.. Sort switch
        {
            "name" => found.OrderBy(s => s.Project.Name.ToString(), StringComparer.Create(CultureInfo.CurrentCulture, ignoreCase: true)),
            "end" => found.OrderBy(s => s.Schedule?.Expected ?? s.Project.End ?? DateOnly.MaxValue),
            "late" => found.OrderByDescending(s => s.Standing is Standing.Done or Standing.Resting ? int.MinValue : s.Schedule?.LateBy ?? int.MinValue + 1),
            "progress" => found.OrderByDescending(s => s.Project.Percent ?? -1),
            "budget" => found.OrderByDescending(s => s.Project.Planned ?? -1),
            _ => found,
        }];
    }
}

namespace SmartCity.UrbanProjects;

/// <summary>How far a project has come, as its department says. Every change is kept.</summary>
internal enum Stage { Preparing, Design, Works, Done, Paused, Stopped }

/// <summary>How a project stands, as a rule says (<see cref="Schedule"/>), never a hand.</summary>
internal enum Standing { OnTime, AtRisk, Late, Unreported, Done, Resting }

/// <summary>What a project's department may open to the public, one by one. What is not opened is closed.</summary>
internal enum Field { Summary, Place, Period, Progress, Budget, Milestones, Indicators, Stages, Documents, Notes, People, Contract }

/// <summary>A group of projects: a file of the pack.</summary>
internal sealed record Classification(string Key, Text Name, int Order);

/// <summary>Somebody in charge: the post, and where the department says so a name and a number.</summary>
internal sealed record Official(Text Post, string? Name, string? Phone);

/// <summary>Who builds it, and for how much.</summary>
/// <param name="Amount">In millions of the city's currency.</param>
internal sealed record Contract(Text Contractor, double? Amount, string? Number);

/// <summary>A year's money, in millions of the city's currency.</summary>
internal sealed record BudgetYear(int Year, double? Planned, double? Spent);

/// <summary>How much was done on a day, in per cent, as the department reported it.</summary>
internal sealed record ProgressReport(DateOnly Day, double Percent, string? Note = null);

/// <summary>A stage and the day since when.</summary>
internal sealed record StageEntry(DateOnly Since, Stage Stage, string? Note = null);

/// <summary>A step of the schedule.</summary>
/// <param name="After">Keys of the milestones that must be done before its work begins.</param>
/// <param name="Days">Days of work; null when it takes all the time between its predecessors and its planned day.</param>
/// <param name="Gone">True when it was taken away: it is kept, and seen in the history only.</param>
/// <param name="Added">True when it was added to what the pack or the form said at first.</param>
internal sealed record Milestone(string Key, Text Name, DateOnly Planned, DateOnly? Actual, DateOnly? Forecast, IReadOnlyList<string> After, int? Days, bool Gone = false, bool Added = false);

/// <summary>A project of the city: the pack's, with what people wrote laid over it.</summary>
internal sealed record Project
{
    /// <summary>Lower-case words joined by hyphens; stands in addresses.</summary>
    public required string Key { get; init; }
    public required Text Name { get; init; }
    public required Classification Classification { get; init; }
    public required Department Department { get; init; }
    public Text? Summary { get; init; }
    public IReadOnlyList<Official> People { get; init; } = [];
    public Contract? Contract { get; init; }
    /// <summary>A point or an area.</summary>
    public Shape? Place { get; init; }
    /// <summary>Codes of the areas of the city that it lies in or serves.</summary>
    public IReadOnlyList<string> Areas { get; init; } = [];
    public DateOnly? Start { get; init; }
    public DateOnly? End { get; init; }
    /// <summary>By year.</summary>
    public IReadOnlyList<BudgetYear> Budget { get; init; } = [];
    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ProgressReport> Progress { get; init; } = [];
    /// <summary>In the order of the work, also those that were taken away.</summary>
    public IReadOnlyList<Milestone> Plan { get; init; } = [];
    /// <summary>Those that stand. What waited for one that was taken away waits for what that one waited for.</summary>
    public IReadOnlyList<Milestone> Milestones
    {
        get => Plan.All(m => !m.Gone && m.After.All(a => Plan.Any(p => p.Key == a))) ? Plan : [.. Plan.Where(m => !m.Gone).Select(m => m with { After = [.. Standing(m.After).Distinct(StringComparer.Ordinal)] })];
        init => Plan = value;
    }
    /// <summary>Keys of the indicators that it is meant to move.</summary>
    public IReadOnlyList<string> Indicators { get; init; } = [];
    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StageEntry> Stages { get; init; } = [];
    /// <summary>Words by which news are found.</summary>
    public IReadOnlyList<string> News { get; init; } = [];
    /// <summary>True when the pack's figures are made up.</summary>
    public bool Demonstration { get; init; }
    /// <summary>True when the pack says that it is published.</summary>
    public bool Published { get; init; }
    /// <summary>What the public may see.</summary>
    public IReadOnlySet<Field> Open { get; init; } = new HashSet<Field>();

    /// <summary>The stage of today; null when nobody may know.</summary>
    public Stage? Stage => Stages.Count > 0 ? Stages[^1].Stage : null;
    public double? Percent => Progress.Count > 0 ? Progress[^1].Percent : null;
    public double? Planned => Budget.Any(b => b.Planned is not null) ? Budget.Sum(b => b.Planned ?? 0) : null;
    public double? Spent => Budget.Any(b => b.Spent is not null) ? Budget.Sum(b => b.Spent ?? 0) : null;
    /// <summary>A place for a sign.</summary>
    public Place? At => Place?.Centre;

    // a circle is never laid, so this ends
    private IEnumerable<string> Standing(IEnumerable<string> after) => after.SelectMany(key => Plan.FirstOrDefault(m => m.Key == key) is not { } found ? [] : found.Gone ? Standing(found.After) : [key]);

    /// <summary>What is left of it for people who may not see more than what is open. Names, class and department always are.</summary>
    public Project For(IReadOnlySet<Field> open)
    {
        bool Has(Field field) => open.Contains(field);
        return new()
        {
            Key = Key,
            Name = Name,
            Classification = Classification,
            Department = Department,
            Demonstration = Demonstration,
            Published = Published,
            News = News,
            Open = open,
            Summary = Has(Field.Summary) ? Summary : null,
            People = Has(Field.People) ? People : [],
            Contract = Has(Field.Contract) ? Contract : null,
            Place = Has(Field.Place) ? Place : null,
            Areas = Has(Field.Place) ? Areas : [],
            Start = Has(Field.Period) ? Start : null,
            End = Has(Field.Period) ? End : null,
            Budget = Has(Field.Budget) ? Budget : [],
            Progress = Has(Field.Progress) ? [.. Progress.Select(p => Has(Field.Notes) ? p : p with { Note = null })] : [],
            Milestones = Has(Field.Milestones) ? Milestones : [],
            Indicators = Has(Field.Indicators) ? Indicators : [],
            Stages = Has(Field.Stages) ? [.. Stages.Select(s => Has(Field.Notes) ? s : s with { Note = null })] : [],
        };
    }
}

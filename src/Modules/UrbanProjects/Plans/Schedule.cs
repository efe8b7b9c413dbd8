namespace SmartCity.UrbanProjects;

/// <summary>A milestone in its place in the schedule.</summary>
/// <param name="Expected">When it was done, or when it is to be expected as things are.</param>
/// <param name="Slack">Days that it may still slip before the end slips.</param>
/// <param name="LateBy">Days behind its planned day, done or expected; negative when it is ahead.</param>
internal sealed record Step(Milestone Milestone, DateOnly Expected, int Slack, int LateBy)
{
    public bool Done => Milestone.Actual is not null;
    /// <summary>A day lost here is a day lost at the end.</summary>
    public bool Critical => Slack <= 0;
    public bool CriticalAndLate => Critical && !Done && LateBy > 0;
}

/// <summary>
/// What follows from a project's milestones, by the critical path method. Forwards: a milestone that was done stands at its day; else
/// it is expected at its forecast, or at its planned day, or when its predecessors and its own days of work allow, whichever is
/// the latest, and never before today. A forecast stands above the days of work, but not above a predecessor. Backwards from the last
/// day: how far each may slip before the end does.
/// </summary>
internal sealed record Schedule(IReadOnlyList<Step> Steps, DateOnly Planned, DateOnly Expected)
{
    /// <summary>Days behind by which a milestone, and the end, are at risk and not late yet.</summary>
    public const int Tolerance = 14;
    /// <summary>Days after which a running project must have reported again.</summary>
    public const int Reporting = 100;

    public int LateBy => Expected.DayNumber - Planned.DayNumber;
    public IEnumerable<Step> CriticalAndLate => Steps.Where(s => s.CriticalAndLate);
    /// <summary>The next milestone to come.</summary>
    public Step? Next => Steps.Where(s => !s.Done).OrderBy(s => s.Expected).FirstOrDefault();
    public Step? Find(string key) => Steps.FirstOrDefault(s => s.Milestone.Key == key);

    /// <summary>The schedule as it stands on a day; null without milestones. The milestones have no circle: the pack is checked.</summary>
    public static Schedule? Of(IReadOnlyList<Milestone> milestones, DateOnly today)
    {
        if (milestones.Count == 0) return null;
        var byKey = milestones.ToDictionary(m => m.Key, StringComparer.Ordinal);
        var order = Order(milestones) ?? throw new InvalidOperationException("the milestones wait for each other");
        var expected = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        var work = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var m in order)
        {
            DateOnly? ready = m.After.Count == 0 ? null : m.After.Max(a => expected[a]);
            var days = DaysOf(m, byKey);
            var day = m.Actual ?? Latest(today, m.Forecast is { } said ? Latest(said, ready ?? said) : ready is { } from ? Latest(m.Planned, from.AddDays(days)) : m.Planned);
            expected[m.Key] = day;
            // what it took or will take as things are: a forecast may be shorter than the plan
            var taken = ready is { } began ? Math.Max(0, day.DayNumber - began.DayNumber) : 0;
            work[m.Key] = m.Actual is not null ? taken : Math.Min(taken, days);
        }
        var end = expected.Values.Max();
        var latest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var m in order.Reverse())
            latest[m.Key] = milestones.Where(n => n.After.Contains(m.Key, StringComparer.Ordinal)).Select(n => latest[n.Key] - work[n.Key]).DefaultIfEmpty(end.DayNumber).Min();
        return new([.. milestones.Select(m => new Step(m, expected[m.Key], latest[m.Key] - expected[m.Key].DayNumber, expected[m.Key].DayNumber - m.Planned.DayNumber))],
            milestones.Max(m => m.Planned), end);
    }

    private static int DaysOf(Milestone m, Dictionary<string, Milestone> byKey) =>
        m.Days ?? (m.After.Count == 0 ? 0 : Math.Max(0, m.Planned.DayNumber - m.After.Max(a => byKey[a].Planned).DayNumber));

    private static DateOnly Latest(DateOnly a, DateOnly b) => a > b ? a : b;

    /// <summary>The milestones, each behind those it waits for; null when some wait for each other.</summary>
    public static IReadOnlyList<Milestone>? Order(IReadOnlyList<Milestone> milestones)
    {
        var (rest, done) = (milestones.ToList(), new List<Milestone>());
        while (rest.Count > 0)
        {
            var ready = rest.FindAll(m => m.After.All(a => done.Exists(d => d.Key == a)));
            if (ready.Count == 0) return null;
            done.AddRange(ready);
            rest.RemoveAll(ready.Contains);
        }
        return done;
    }

    /// <summary>
    /// The standing of a project on a day, the first of these that holds. Its stage says done, paused or stopped: done or resting. Its end, or a
    /// critical milestone that is not done, is expected more than <see cref="Tolerance"/> days behind its plan: late. It runs and has not reported
    /// for <see cref="Reporting"/> days: unreported. Anything open is behind its plan, or more was spent than planned for the years so
    /// far: at risk. Else on time. Null where what it follows from is closed.
    /// </summary>
    public static Standing? StandingOf(Project project, DateOnly today)
    {
        if (project.Stage is not { } stage) return null;
        if (stage == Stage.Done) return Standing.Done;
        if (stage is Stage.Paused or Stage.Stopped) return Standing.Resting;
        if (Of(project.Milestones, today) is not { } schedule) return null;
        if (schedule.LateBy > Tolerance || schedule.CriticalAndLate.Any(s => s.LateBy > Tolerance)) return Standing.Late;
        if (project.Progress.Count > 0 && today.DayNumber - project.Progress[^1].Day.DayNumber > Reporting) return Standing.Unreported;
        var soFar = project.Budget.Where(b => b.Year <= today.Year).ToList();
        var over = soFar.Sum(b => b.Spent ?? 0) > soFar.Sum(b => b.Planned ?? 0);
        return over || schedule.Steps.Any(s => !s.Done && s.LateBy > 0) ? Standing.AtRisk : Standing.OnTime;
    }
}

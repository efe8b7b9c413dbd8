using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>A line of time from the first day of a year to the last day of another, in per cent of its width: the drawing fits any screen.</summary>
internal sealed record Timeline(DateOnly From, DateOnly To)
{
    public static Timeline? Of(IEnumerable<Sight> sights)
    {
        var days = sights.SelectMany(s => new[] { s.Project.Start, s.Project.End, s.Schedule?.Expected }.Concat(s.Schedule?.Steps.SelectMany(p => new DateOnly?[] { p.Milestone.Planned, p.Expected }) ?? [])).OfType<DateOnly>().ToList();
        return days.Count == 0 ? null : new(new(days.Min().Year, 1, 1), new(days.Max().Year, 12, 31));
    }

    public double Share(DateOnly day) => Math.Clamp(100.0 * (day.DayNumber - From.DayNumber) / Math.Max(1, To.DayNumber - From.DayNumber), 0, 100);
    public string X(DateOnly day) => Percent(Share(day));
    public string Width(DateOnly from, DateOnly to) => Percent(Math.Max(0, Share(to) - Share(from)));
    /// <summary>Class by which a word at a day stays within the drawing: it ends there near the right edge and begins there near the left.</summary>
    public string Edge(DateOnly day) => Share(day) switch { > 80 => " gantt__now--end", < 20 => " gantt__now--start", _ => "" };
    public bool Shows(DateOnly day) => day >= From && day <= To;
    public IEnumerable<int> Years => Enumerable.Range(From.Year, To.Year - From.Year + 1);

    public static string Percent(double share) => share.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}

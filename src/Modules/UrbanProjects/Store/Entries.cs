using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>The kinds of entries, and how each is laid over a project.</summary>
internal static class Kinds
{
    /// <summary>Subject: a day. Value: per cent.</summary>
    public const string Progress = "progress";
    /// <summary>Subject: <c>2026/planned</c> or <c>2026/spent</c>. Value: millions of the city's currency.</summary>
    public const string Budget = "budget";
    /// <summary>Subject: <c>key/planned</c>, <c>key/actual</c> or <c>key/forecast</c>. Value: a day.</summary>
    public const string Milestone = "milestone";
    /// <summary>Subject: the day since when. Value: a <see cref="UrbanProjects.Stage"/> in lower case.</summary>
    public const string Stage = "stage";
    /// <summary>Subject: a language. Value: the summary in it.</summary>
    public const string Summary = "summary";

    public static string Write(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
    public static string? Write(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture);
    public static bool TryDay(string? text, out DateOnly day) => DateOnly.TryParseExact(text?.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>A number as people type it. Commas stand between thousands or nowhere: what could mean two things is refused.</summary>
    public static bool TryNumber(string? text, out double number)
    {
        number = 0;
        var plain = text?.Trim().Normalize(System.Text.NormalizationForm.FormKC) ?? "";
        var groups = plain.Split('.')[0].TrimStart('-').Split(',');
        if (plain.Length > 40 || plain.Split('.').Skip(1).Any(p => p.Contains(',', StringComparison.Ordinal)) || groups.Length > 1 && (groups[0].Length is 0 or > 3 || groups.Skip(1).Any(g => g.Length != 3))) return false;
        return double.TryParse(plain.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }


    /// <summary>What stands in a project at a subject now, as an entry writes it; null when nothing does.</summary>
    public static string? ValueOf(Project project, string kind, string subject)
    {
        var (first, second) = Split(subject);
        return kind switch
        {
            Progress => Write(project.Progress.Where(p => Write(p.Day) == subject).Select(p => (double?)p.Percent).FirstOrDefault()),
            Stage => project.Stages.Where(s => Write(s.Since) == subject).Select(s => s.Stage.ToString().ToLowerInvariant()).FirstOrDefault(),
            Budget => project.Budget.FirstOrDefault(b => b.Year.ToString(CultureInfo.InvariantCulture) == first) is { } year ? Write(second == "spent" ? year.Spent : year.Planned) : null,
            Milestone => project.Milestones.FirstOrDefault(m => m.Key == first) is { } milestone ? Write(second switch { "actual" => milestone.Actual, "forecast" => milestone.Forecast, _ => milestone.Planned }) is { Length: > 0 } day ? day : null : null,
            Summary => project.Summary is { } summary && summary.Languages.Contains(subject) ? summary.In(subject) : null,
            _ => null,
        };
    }

    /// <summary>A project with one entry laid over it. One that a newer pack has made meaningless changes nothing.</summary>
    public static Project Lay(Project project, Entry entry)
    {
        var (first, second) = Split(entry.Subject);
        switch (entry.Kind)
        {
            case Progress when TryDay(entry.Subject, out var day):
                var reports = project.Progress.Where(p => p.Day != day);
                return project with { Progress = [.. (TryNumber(entry.Value, out var percent) ? reports.Append(new(day, percent, entry.Why)) : reports).OrderBy(p => p.Day)] };
            case Stage when TryDay(entry.Subject, out var since):
                var stages = project.Stages.Where(s => s.Since != since);
                return project with { Stages = [.. (Enum.TryParse<Stage>(entry.Value, ignoreCase: true, out var stage) ? stages.Append(new(since, stage, entry.Why)) : stages).OrderBy(s => s.Since)] };
            case Budget when int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                var year = project.Budget.FirstOrDefault(b => b.Year == number) ?? new BudgetYear(number, null, null);
                double? amount = TryNumber(entry.Value, out var millions) ? millions : null;
                year = second == "spent" ? year with { Spent = amount } : year with { Planned = amount };
                return project with { Budget = [.. project.Budget.Where(b => b.Year != number).Concat(year is { Planned: null, Spent: null } ? [] : [year]).OrderBy(b => b.Year)] };
            case Milestone:
                DateOnly? at = TryDay(entry.Value, out var date) ? date : null;
                return project with { Milestones = [.. project.Milestones.Select(m => m.Key != first ? m : second switch { "actual" => m with { Actual = at }, "forecast" => m with { Forecast = at }, _ => m with { Planned = at ?? m.Planned } })] };
            case Summary:
                var words = (project.Summary?.Languages ?? []).Where(l => l != entry.Subject).Select(l => KeyValuePair.Create(l, project.Summary!.In(l))).ToList();
                if (entry.Value is { Length: > 0 } text) words.Add(KeyValuePair.Create(entry.Subject, text));
                return project with { Summary = words.Count == 0 ? null : new(words) };
            default:
                return project;
        }
    }

    public static (string First, string Second) Split(string subject) => subject.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? (subject[..at], subject[(at + 1)..]) : (subject, "");
}

namespace SmartCity.UrbanProjects;

/// <summary>Entries in words.</summary>
internal static class Written
{
    /// <summary>What an entry is about.</summary>
    public static string What(Entry entry, Project project, IWords words)
    {
        var (first, second) = Kinds.Split(entry.Subject);
        return entry.Kind switch
        {
            Kinds.Milestone => $"{project.Milestones.FirstOrDefault(m => m.Key == first)?.Name.ToString() ?? first}: {Part(second, words)}",
            Kinds.Budget => $"{first}: {Part(second, words)}",
            Kinds.Stage => $"{words["urban-projects.stage"]}, {entry.Subject}",
            Kinds.Progress => $"{words["urban-projects.progress"]}, {entry.Subject}",
            _ => $"{words["urban-projects.field.summary"]} ({entry.Subject})",
        };
    }

    private static string Part(string part, IWords words) => part switch
    {
        "actual" => words["urban-projects.actual"],
        "forecast" => words["urban-projects.forecast"],
        "spent" => words["urban-projects.spent"],
        _ => words["urban-projects.planned"],
    };

    public static string Value(string kind, string? value, ICity city) => value is null ? "—" : kind switch
    {
        Kinds.Stage => Enum.TryParse<Stage>(value, ignoreCase: true, out var stage) ? Look.Word(stage).ToString() : value,
        Kinds.Progress => Kinds.TryNumber(value, out var percent) ? Look.Percent(percent) : value,
        Kinds.Budget => Kinds.TryNumber(value, out var amount) ? Look.Money(amount, city) : value,
        _ => value,
    };
}

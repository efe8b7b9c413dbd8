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
            Kinds.Milestone => $"{Step(first, project)}: {Part(second, words)}",
            Kinds.Budget => $"{first}: {Part(second, words)}",
            Kinds.Stage => $"{words["urban-projects.stage"]}, {entry.Subject}",
            Kinds.Progress => $"{words["urban-projects.progress"]}, {entry.Subject}",
            Kinds.Fact => Part(entry.Subject, words),
            _ => $"{words["urban-projects.field.summary"]} ({entry.Subject})",
        };
    }

    private static string Step(string key, Project project) => project.Plan.FirstOrDefault(m => m.Key == key)?.Name.ToString() is { Length: > 0 } name ? name : key;

    private static string Part(string part, IWords words) => part switch
    {
        "actual" => words["urban-projects.actual"],
        "forecast" => words["urban-projects.forecast"],
        "spent" => words["urban-projects.spent"],
        "stands" => words["urban-projects.stands"],
        "after" => words["urban-projects.edit.after"],
        "days" => words["urban-projects.new.workdays"],
        "class" => words["urban-projects.class"],
        "department" => words["urban-projects.department"],
        "start" => words["urban-projects.new.start"],
        "end" => words["urban-projects.new.end"],
        "areas" => words["urban-projects.edit.areas"],
        "place" => words["urban-projects.field.place"],
        "people" => words["urban-projects.field.people"],
        _ when Kinds.LanguageOf(part) is { } language => $"{words["urban-projects.name"]} ({language})",
        _ => words["urban-projects.planned"],
    };

    /// <summary>What stood or stands at a subject, in words.</summary>
    public static string Value(string kind, string subject, string? value, Project project, ICity city, IWords words)
    {
        var part = kind == Kinds.Milestone ? Kinds.Split(subject).Second : kind == Kinds.Fact ? subject : kind;
        if (part == "stands") return words[value is null ? "urban-projects.stands.no" : "urban-projects.stands.yes"];
        if (value is null) return "—";
        return part switch
        {
            Kinds.Stage => Enum.TryParse<Stage>(value, ignoreCase: true, out var stage) ? Look.Word(stage).ToString() : value,
            Kinds.Progress => Kinds.TryNumber(value, out var percent) ? Look.Percent(percent) : value,
            Kinds.Budget => Kinds.TryNumber(value, out var amount) ? Look.Money(amount, city) : value,
            "after" => string.Join(", ", value.Split(' ').Select(key => Step(key, project))),
            "class" => Book.Last(city)?.Pack.Classifications.FirstOrDefault(c => c.Key == value)?.Name.ToString() ?? value,
            "department" => city.FindDepartment(value)?.Name.ToString() ?? value,
            "areas" => string.Join(", ", value.Split(' ').Select(a => city.Area(a)?.Name.ToString() ?? a)),
            "people" => string.Join("; ", Kinds.PeopleOf(value).Select(p => string.Join(", ", new[] { p.Post.ToString(), p.Name, p.Phone }.Where(t => t is not null)))),
            _ => value,
        };
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmartCity.UrbanProjects;

/// <summary>The kinds of entries, and how each is laid over a project.</summary>
internal static class Kinds
{
    /// <summary>Subject: a day. Value: per cent.</summary>
    public const string Progress = "progress";
    /// <summary>Subject: <c>2026/planned</c> or <c>2026/spent</c>. Value: millions of the city's currency.</summary>
    public const string Budget = "budget";
    /// <summary>Subject: <c>key/planned</c>, <c>key/actual</c> or <c>key/forecast</c>, and the value is a day; <c>key/name-en</c>, a name; <c>key/after</c>, keys with
    /// spaces between; <c>key/days</c>, a number; <c>key/stands</c>, <see cref="Stands"/> or nothing when it was taken away.</summary>
    public const string Milestone = "milestone";
    /// <summary>Subject: <c>name-en</c>, a name; <c>class</c> and <c>department</c>, a key; <c>start</c> and <c>end</c>, a day; <c>areas</c>, codes with spaces between; <c>place</c>, as
    /// <see cref="Write(Shape)"/> says; <c>people</c>, as <see cref="Write(IReadOnlyList{Official})"/> says.</summary>
    public const string Fact = "fact";
    /// <summary>What is written of a milestone that is there.</summary>
    public const string Stands = "yes";
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
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

    /// <summary>Longitude and latitude in degrees, with a semicolon between one position and the next; null for no place.</summary>
    public static string? Write(Shape? place) => place is null ? null : string.Join("; ", place.Rings[0].Select(p => FormattableString.Invariant($"{p.Longitude:0.######} {p.Latitude:0.######}")));

    /// <summary>A place as it is written: one position, or four and more for an area.</summary>
    public static Shape? PlaceOf(string? text)
    {
        var points = new List<Place>();
        foreach (var position in (text ?? "").Split(';', '\n').Select(p => p.Trim()).Where(p => p.Length > 0))
        {
            if (position.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries) is not [var east, var north] || !TryNumber(east, out var longitude) || !TryNumber(north, out var latitude) || Math.Abs(longitude) > 180 || Math.Abs(latitude) > 90) return null;
            points.Add(new(latitude, longitude));
        }
        if (points.Count is 0 or 2 or 3) return null;
        if (points.Count == 1) return Shape.At(points[0]);
        if (points[0] != points[^1]) points.Add(points[0]);
        return new(ShapeKind.Area, [points]);
    }

    private sealed record Person(IReadOnlyDictionary<string, string> Post, string? Name, string? Phone);

    /// <summary>People in charge, as JSON; null for none.</summary>
    public static string? Write(IReadOnlyList<Official> people) =>
        people.Count == 0 ? null : JsonSerializer.Serialize(people.Select(p => new Person(p.Post.Languages.Order(StringComparer.Ordinal).ToDictionary(l => l, p.Post.In, StringComparer.Ordinal), p.Name, p.Phone)), Plain);

    public static IReadOnlyList<Official> PeopleOf(string? text) =>
        text is null ? [] : [.. (JsonSerializer.Deserialize<Person[]>(text, Plain) ?? []).Select(p => new Official(new(p.Post), p.Name, p.Phone))];

    /// <summary>What stands in a project at a subject now, as an entry writes it; null when nothing does.</summary>
    public static string? ValueOf(Project project, string kind, string subject)
    {
        var (first, second) = Split(subject);
        return kind switch
        {
            Progress => Write(project.Progress.Where(p => Write(p.Day) == subject).Select(p => (double?)p.Percent).FirstOrDefault()),
            Stage => project.Stages.Where(s => Write(s.Since) == subject).Select(s => s.Stage.ToString().ToLowerInvariant()).FirstOrDefault(),
            Budget => project.Budget.FirstOrDefault(b => b.Year.ToString(CultureInfo.InvariantCulture) == first) is { } year ? Write(second == "spent" ? year.Spent : year.Planned) : null,
            Milestone => project.Plan.FirstOrDefault(m => m.Key == first) is { } milestone ? ValueOf(milestone, second) : null,
            Summary => In(project.Summary, subject),
            Fact when LanguageOf(subject) is { } language => In(project.Name, language),
            Fact => subject switch
            {
                "class" => project.Classification.Key,
                "department" => project.Department.Code,
                "start" => project.Start is { } start ? Write(start) : null,
                "end" => project.End is { } end ? Write(end) : null,
                "areas" => project.Areas.Count > 0 ? string.Join(' ', project.Areas) : null,
                "place" => Write(project.Place),
                "people" => Write(project.People),
                _ => null,
            },
            _ => null,
        };
    }

    private static string? ValueOf(Milestone milestone, string part) => part switch
    {
        "stands" => milestone.Gone ? null : Stands,
        "after" => milestone.After.Count > 0 ? string.Join(' ', milestone.After) : null,
        "days" => milestone.Days?.ToString(CultureInfo.InvariantCulture),
        _ when LanguageOf(part) is { } language => In(milestone.Name, language),
        _ => Write(part switch { "actual" => milestone.Actual, "forecast" => milestone.Forecast, _ => milestone.Planned }) is { Length: > 0 } day ? day : null,
    };

    /// <summary>The language of a part that is a name; null for any other.</summary>
    public static string? LanguageOf(string part) => part.StartsWith("name-", StringComparison.Ordinal) ? part["name-".Length..] : null;

    private static string? In(Text? text, string language) => text is not null && text.Languages.Contains(language) ? text.In(language) : null;

    // what has a name in one language or none keeps what it had: a name is changed, never taken away
    private static Text Named(Text text, string language, string? value) =>
        value is not { Length: > 0 } ? text : new(text.Languages.Where(l => l != language).Select(l => KeyValuePair.Create(l, text.In(l))).Append(KeyValuePair.Create(language, value)));

    /// <summary>True when no milestones wait for each other and the end does not come before the start.</summary>
    public static bool IsSound(Project project) => !(project.Start > project.End) && HasOrder(project.Plan);

    private static bool HasOrder(IReadOnlyList<Milestone> plan) => Schedule.Order([.. plan.Select(m => m with { After = [.. m.After.Where(a => plan.Any(p => p.Key == a))] })]) is not null;

    /// <summary>A project with one entry laid over it. One that a newer pack has made meaningless changes nothing.</summary>
    public static Project Lay(Project project, Entry entry, ICity city, IReadOnlyList<Classification> classifications)
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
                var plan = LayStep(project.Plan, first, second, entry.Value);
                // two packs and a hand between them may make a circle that neither of them is
                return HasOrder(plan) ? project with { Plan = plan } : project;
            case Fact when LanguageOf(entry.Subject) is { } language:
                return project with { Name = Named(project.Name, language, entry.Value) };
            case Fact:
                return entry.Subject switch
                {
                    "class" => project with { Classification = classifications.FirstOrDefault(c => c.Key == entry.Value) ?? project.Classification },
                    "department" => project with { Department = city.FindDepartment(entry.Value) ?? project.Department },
                    "start" => project with { Start = TryDay(entry.Value, out var from) ? from : project.Start },
                    "end" => project with { End = TryDay(entry.Value, out var to) ? to : project.End },
                    "areas" => project with { Areas = [.. (entry.Value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(a => city.FindArea(a) is not null)] },
                    "place" => project with { Place = PlaceOf(entry.Value) },
                    "people" => project with { People = PeopleOf(entry.Value) },
                    _ => project,
                };
            case Summary:
                var words = (project.Summary?.Languages ?? []).Where(l => l != entry.Subject).Select(l => KeyValuePair.Create(l, project.Summary!.In(l))).ToList();
                if (entry.Value is { Length: > 0 } text) words.Add(KeyValuePair.Create(entry.Subject, text));
                return project with { Summary = words.Count == 0 ? null : new(words) };
            default:
                return project;
        }
    }

    private static List<Milestone> LayStep(IReadOnlyList<Milestone> plan, string key, string part, string? value)
    {
        var steps = plan.ToList();
        var at = steps.FindIndex(m => m.Key == key);
        if (part == "stands")
        {
            if (at >= 0) steps[at] = steps[at] with { Gone = value != Stands };
            else if (value == Stands) steps.Add(new(key, new([]), default, null, null, [], null, Added: true));
            return steps;
        }
        if (at < 0) return steps;
        var (step, day) = (steps[at], TryDay(value, out var date) ? date : (DateOnly?)null);
        step = part switch
        {
            "actual" => step with { Actual = day },
            "forecast" => step with { Forecast = day },
            "planned" => step with { Planned = day ?? step.Planned },
            "after" => step with { After = [.. (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)] },
            "days" => step with { Days = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : null },
            _ when LanguageOf(part) is { } language => step with { Name = Named(step.Name, language, value) },
            _ => step,
        };
        steps.RemoveAt(at);
        // one that was added stands where its day puts it among the others
        if (step.Added && part == "planned") at = steps.FindIndex(m => m.Planned > step.Planned) is >= 0 and var later ? later : steps.Count;
        steps.Insert(at, step);
        return steps;
    }

    public static (string First, string Second) Split(string subject) => subject.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? (subject[..at], subject[(at + 1)..]) : (subject, "");
}

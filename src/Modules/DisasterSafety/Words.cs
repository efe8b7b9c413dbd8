namespace SmartCity.DisasterSafety;

/// <summary>The words that tables, tiles and pages share.</summary>
internal static class Say
{
    public static Text Of(Category category) => category switch
    {
        Category.Disaster => Text.Of("재난", "Disaster"),
        Category.Fire => Text.Of("화재", "Fire"),
        Category.Rescue => Text.Of("구조", "Rescue"),
        Category.Medical => Text.Of("구급", "Medical"),
        _ => Text.Of("기타", "Other"),
    };

    public static Text Of(Severity severity) => severity switch
    {
        Severity.Extreme => Text.Of("매우 심각 (Extreme)", "Extreme"),
        Severity.Severe => Text.Of("심각 (Severe)", "Severe"),
        Severity.Moderate => Text.Of("보통 (Moderate)", "Moderate"),
        Severity.Minor => Text.Of("경미 (Minor)", "Minor"),
        _ => Text.Of("알 수 없음", "Not told"),
    };

    public static Text Of(IncidentStatus status) => status switch
    {
        IncidentStatus.Open => Text.Of("진행 중", "Open"),
        IncidentStatus.Ended => Text.Of("끝남", "Ended"),
        IncidentStatus.Closed => Text.Of("종결", "Closed"),
        IncidentStatus.Merged => Text.Of("병합됨", "Merged"),
        _ => Text.Of("취소됨", "Taken back"),
    };

    /// <summary>What it is, in a short line: the kind of a dispatch; of a notice its own headline where that may be read.</summary>
    public static string What(Incident incident, Openness openness)
    {
        if (incident.Category is not (Category.Disaster or Category.Other)) return Of(incident.Category).ToString();
        if (incident.Accounts[0].Feed == DisasterSafetyModule.Dispatch) return openness.Desk ? Told(incident) : Of(incident.Category).ToString();
        if (Quakes.Magnitude(incident.Lead) is { } m) return Text.Of("지진 규모 {0}", "Earthquake, magnitude {0}", Text.Same(Units.Number(m, 1))).ToString();
        return openness.Shows(Openness.Notice) && !string.IsNullOrWhiteSpace(incident.Lead.Title.ToString()) ? Short(incident.Lead.Title.ToString()) : Of(incident.Category).ToString();
    }

    // a dispatch that says no more than its kind says it in the reader's language
    private static string Told(Incident incident)
    {
        var (kind, title) = (Of(incident.Category), incident.Lead.Title.ToString());
        return kind.Languages.Any(l => kind.In(l) == title) ? kind.ToString() : title;
    }

    private static string Short(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 79), "…");

    /// <summary>What the incidents of an alarm have in common.</summary>
    public static string Scope(Alarm alarm, ICity city, IWords words) => alarm.Rule == Alarm.Gauge ? words["disaster-safety.scope.gauge"] : alarm.Scope switch
    {
        "city" => words["disaster-safety.scope.city"],
        "nowhere" => words["disaster-safety.nowhere"],
        _ when city.Area(alarm.Scope) is { } area => area.Name.ToString(),
        _ when char.IsAsciiLetter(alarm.Scope[0]) && Enum.TryParse<Category>(alarm.Scope, ignoreCase: true, out var category) => Of(category).ToString(),
        _ => words.Of("disaster-safety.formerarea", alarm.Scope),
    };

    /// <summary>The areas of an incident in words; those the city no longer has by their code.</summary>
    public static string Where(Incident incident, ICity city, IWords words)
    {
        if (incident.Areas.Count > 0)
        {
            var names = incident.Areas.Select(a => city.Area(a)?.Name.ToString() ?? words.Of("disaster-safety.formerarea", a)).ToList();
            return names.Count <= 3 ? string.Join(", ", names) : words.Of("disaster-safety.andmore", names.Count - 2, string.Join(", ", names.Take(2)));
        }
        return incident.Place is { } at && Surroundings.Between(city, at) is [var a1, var a2, ..] ? words.Of("disaster-safety.between", a1.Name.ToString(), a2.Name.ToString()) : words["disaster-safety.nowhere"];
    }
}

/// <summary>Moments as pages write them: the time of today, else the day as well.</summary>
internal static class Clock
{
    public static string Of(ICity city, DateTimeOffset at, DateTimeOffset now)
    {
        var (local, today) = (city.Local(at), city.Local(now).Date);
        return local.ToString(local.Date == today ? "HH:mm" : local.Year == today.Year ? "MM-dd HH:mm" : "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How long, in minutes, hours or days.</summary>
    public static string Span(IWords words, TimeSpan span) => span.TotalMinutes < 120 ? words.Of("disaster-safety.minutes", (int)span.TotalMinutes)
        : span.TotalHours < 48 ? words.Of("disaster-safety.hours", (int)span.TotalHours) : words.Of("disaster-safety.days", (int)span.TotalDays);
}

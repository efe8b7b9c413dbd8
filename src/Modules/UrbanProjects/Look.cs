using System.Globalization;

namespace SmartCity.UrbanProjects;

/// <summary>How stages, standings, days and money are written and marked: never by a colour alone.</summary>
internal static class Look
{
    public static string Key(Stage? stage) => stage?.ToString().ToLowerInvariant() ?? "";
    public static string Key(Standing? standing) => standing?.ToString().ToLowerInvariant() ?? "";

    public static Text Word(Stage stage) => stage switch
    {
        Stage.Preparing => Text.Of("준비", "Preparing"),
        Stage.Design => Text.Of("설계", "Design"),
        Stage.Works => Text.Of("시행", "Works under way"),
        Stage.Done => Text.Of("완료", "Completed"),
        Stage.Paused => Text.Of("보류", "Paused"),
        _ => Text.Of("중단", "Stopped"),
    };

    public static Text Word(Standing standing) => standing switch
    {
        Standing.OnTime => Text.Of("정상", "On time"),
        Standing.AtRisk => Text.Of("주의", "At risk"),
        Standing.Late => Text.Of("지연", "Late"),
        Standing.Unreported => Text.Of("보고 지연", "No report"),
        Standing.Done => Text.Of("완료", "Completed"),
        _ => Text.Of("보류·중단", "Paused or stopped"),
    };

    /// <summary>The word of a standing, and what to say where it may not be known.</summary>
    public static Text Word(Standing? standing) => standing is { } known ? Word(known) : Text.Of("공개하지 않음", "Not published");

    public static string Glyph(Standing? standing) => standing switch { Standing.Late => "serious", Standing.AtRisk => "caution", Standing.Unreported => "late", null => "nodata", _ => "normal" };

    /// <summary>State of the product's own scale.</summary>
    public static string State(Standing? standing) => standing switch { Standing.Late => "serious", Standing.AtRisk => "caution", _ => "normal" };

    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "—";

    /// <summary>An amount given in millions, as people of the language write it.</summary>
    public static string Money(double? millions, ICity city)
    {
        if (millions is not { } amount) return "—";
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko")
            return Units.Number(amount * 1e6, 0, shorten: true) + (city.Currency == "KRW" ? "원" : "\u00a0" + city.Currency);
        var large = Math.Abs(amount) >= 1000;
        var (currency, number) = (Text.Same(Sign(city)), Text.Same(large ? Units.Number(amount / 1000, 1) : Units.Number(amount, 0)));
        return (large ? Text.Of("{0} {1}십억", "{0} {1} billion", currency, number) : Text.Of("{0} {1}백만", "{0} {1} million", currency, number)).ToString().Replace(' ', '\u00a0');
    }

    // a language's own sign stands for the money of its own country only; a culture without a country would print ¤
    private static string Sign(ICity city) =>
        CultureInfo.CurrentCulture is { IsNeutralCulture: false, Name.Length: > 0 } here && new RegionInfo(here.Name).ISOCurrencySymbol == city.Currency ? here.NumberFormat.CurrencySymbol : city.Currency;

    public static string Percent(double? percent) => percent is { } number ? Units.Number(number, number % 1 == 0 ? 0 : 1) + "%" : "—";

    /// <summary>By how much something is behind or ahead of its plan.</summary>
    public static string Late(int days, IWords words) => days switch
    {
        > 0 => words.Of("urban-projects.late", days),
        < 0 => words.Of("urban-projects.ahead", -days),
        _ => words["urban-projects.asplanned"],
    };

    public static string When(long at, ICity city) => city.Local(DateTimeOffset.FromUnixTimeMilliseconds(at)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>An area's name; the code where the city has none of it.</summary>
    public static string Areas(Project project, ICity city) => string.Join(", ", project.Areas.Select(a => city.Area(a)?.Name.ToString() ?? a));
}

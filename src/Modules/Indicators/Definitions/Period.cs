using System.Globalization;

namespace SmartCity.Indicators;

/// <summary>How often an indicator has a value.</summary>
internal enum Cycle { Month, Quarter, Year }

/// <summary>A month, a quarter or a year: <c>2026-08</c>, <c>2026-Q3</c>, <c>2026</c>. Periods of one cycle follow one another.</summary>
/// <param name="Number">Months, quarters or years since the year 0.</param>
internal readonly record struct Period(Cycle Cycle, int Number) : IComparable<Period>
{
    /// <summary>Periods in a year.</summary>
    public static int PerYear(Cycle cycle) => cycle switch { Cycle.Month => 12, Cycle.Quarter => 4, _ => 1 };

    private int Months => 12 / PerYear(Cycle);
    public int Year => Number / PerYear(Cycle);
    /// <summary>Month or quarter within the year, from 1.</summary>
    public int Part => Number % PerYear(Cycle) + 1;
    public DateOnly Start => new(Year, (Part - 1) * Months + 1, 1);
    /// <summary>Its last day.</summary>
    public DateOnly End => Start.AddMonths(Months).AddDays(-1);

    public Period Plus(int periods) => this with { Number = Number + periods };

    /// <summary>The period of a cycle that a day lies in.</summary>
    public static Period Of(Cycle cycle, DateOnly day) => new(cycle, day.Year * PerYear(cycle) + (day.Month - 1) / (12 / PerYear(cycle)));

    /// <summary>Reads <c>2026</c>, <c>2026-Q3</c> or <c>2026-08</c>; the year is 1900 to 2200.</summary>
    public static bool TryParse(string? text, out Period period)
    {
        period = default;
        text = text?.Trim() ?? "";
        if (text.Length < 4 || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < 1900 or > 2200) return false;
        if (text.Length == 4) return Set(new(Cycle.Year, year), out period);
        if (text.Length != 7 || text[4] != '-') return false;
        if (text[5] is 'Q' or 'q') return text[6] is >= '1' and <= '4' && Set(new(Cycle.Quarter, year * 4 + text[6] - '1'), out period);
        return int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var month) && month is >= 1 and <= 12 && Set(new(Cycle.Month, year * 12 + month - 1), out period);
    }

    private static bool Set(Period value, out Period period)
    {
        period = value;
        return true;
    }

    public int CompareTo(Period other) => Start.CompareTo(other.Start) is var order and not 0 ? order : Cycle.CompareTo(other.Cycle);

    public static bool operator <(Period a, Period b) => a.CompareTo(b) < 0;
    public static bool operator >(Period a, Period b) => a.CompareTo(b) > 0;
    public static bool operator <=(Period a, Period b) => a.CompareTo(b) <= 0;
    public static bool operator >=(Period a, Period b) => a.CompareTo(b) >= 0;

    /// <summary>As files and addresses write it.</summary>
    public override string ToString() => Cycle switch
    {
        Cycle.Month => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Part:00}"),
        Cycle.Quarter => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-Q{Part}"),
        _ => Year.ToString("0000", CultureInfo.InvariantCulture),
    };

    /// <summary>As people of the current language write it.</summary>
    public string Words => Cycle switch
    {
        Cycle.Year => Text.Of("{0}년", "{0}", Same(Year)).ToString(),
        Cycle.Quarter => Text.Of("{0}년 {1}분기", "Q{1} {0}", Same(Year), Same(Part)).ToString(),
        _ when CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko" => $"{Year}년 {Part}월",
        _ => Start.ToString("MMM yyyy", CultureInfo.CurrentCulture),
    };

    private static Text Same(int number) => Text.Same(number.ToString(CultureInfo.InvariantCulture));
}

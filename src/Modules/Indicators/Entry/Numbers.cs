using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SmartCity.Indicators;

/// <summary>Numbers as people type them: 1234.5, 1,234.5, full-width digits, spaces around. What could mean two things is refused.</summary>
internal static partial class Numbers
{
    [GeneratedRegex(@"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$", RegexOptions.None, 1000)]
    private static partial Regex Plain();

    public static bool TryRead(string? text, out double number)
    {
        number = 0;
        if (text is null || text.Length > 40) return false;
        string tidy;
        try { tidy = text.Normalize(NormalizationForm.FormKC).Trim().Replace('\u2212', '-'); }
        catch (ArgumentException) { return false; }
        return Plain().IsMatch(tidy) && double.TryParse(tidy.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    /// <summary>The value as the indicator keeps it, or why it cannot be one.</summary>
    public static (double? Value, Wrong? Wrong) Read(Indicator indicator, string? text)
    {
        if (!TryRead(text, out var number)) return (null, new("value", 0, "indicators.wrong.notnumber", text));
        if (number < indicator.Min) return (null, new("value", 0, "indicators.wrong.toosmall", text, indicator.WriteWithUnit(indicator.Min)));
        if (number > indicator.Max) return (null, new("value", 0, "indicators.wrong.toolarge", text, indicator.WriteWithUnit(indicator.Max)));
        return (indicator.Round(number), null);
    }
}

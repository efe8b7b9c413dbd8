using System.Globalization;

namespace SmartCity;

/// <summary>How quantities are written for people, by the current culture. Machines read invariant numbers instead.</summary>
public static class Units
{
    private static readonly Dictionary<string, (Text Symbol, Text Name)> Known = new(StringComparer.Ordinal)
    {
        ["ug/m3"] = (Text.Of("µg/m³", "µg/m³"), Text.Of("마이크로그램 매 세제곱미터", "micrograms per cubic metre")),
        ["[ppm]"] = (Text.Of("ppm", "ppm"), Text.Of("백만분율", "parts per million")),
        ["Cel"] = (Text.Same("°C"), Text.Of("섭씨도", "degrees Celsius")),
        ["%"] = (Text.Same("%"), Text.Of("퍼센트", "per cent")),
        ["mm"] = (Text.Of("mm", "mm"), Text.Of("밀리미터", "millimetres")),
        ["mm/h"] = (Text.Of("mm/h", "mm/h"), Text.Of("시간당 밀리미터", "millimetres per hour")),
        ["m"] = (Text.Of("m", "m"), Text.Of("미터", "metres")),
        ["km"] = (Text.Of("km", "km"), Text.Of("킬로미터", "kilometres")),
        ["cm"] = (Text.Of("cm", "cm"), Text.Of("센티미터", "centimetres")),
        ["m/s"] = (Text.Of("m/s", "m/s"), Text.Of("초속 미터", "metres per second")),
        ["deg"] = (Text.Same("°"), Text.Of("도", "degrees")),
        ["km/h"] = (Text.Of("km/h", "km/h"), Text.Of("시속 킬로미터", "kilometres per hour")),
        ["By"] = (Text.Of("B", "B"), Text.Of("바이트", "bytes")),
        ["s"] = (Text.Of("s", "s"), Text.Of("초", "seconds")),
    };

    /// <summary>The sign of a UCUM code in the current language; the code itself when it has none of its own.</summary>
    public static string Symbol(string ucum) => Known.TryGetValue(ucum, out var unit) ? unit.Symbol.ToString() : ucum;

    /// <summary>The unit in words, for screen readers and titles.</summary>
    public static string Name(string ucum) => Known.TryGetValue(ucum, out var unit) ? unit.Name.ToString() : ucum;

    /// <summary>A distance in metres as people read it: to the ten below a kilometre, then kilometres.</summary>
    public static string Distance(double metres) => metres < 995 ? $"{Number(Math.Round(metres / 10) * 10)} {Symbol("m")}" : $"{Number(metres / 1000, 1)} {Symbol("km")}";

    /// <summary>A number by the current culture. From ten thousand on, Korean groups by 만 and 억 when <paramref name="shorten"/>.</summary>
    public static string Number(double value, int decimals = 0, bool shorten = false)
    {
        if (shorten && Math.Abs(value) >= 1e4 && CultureInfo.CurrentCulture.TwoLetterISOLanguageName == "ko")
            return Myriads(value);
        return value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.CurrentCulture);
    }

    private static string Myriads(double value)
    {
        var sign = value < 0 ? "-" : "";
        var whole = (decimal)Math.Round(Math.Abs(value));
        ReadOnlySpan<(decimal Size, string Name)> groups = [(1_0000_0000_0000m, "조"), (1_0000_0000m, "억"), (1_0000m, "만")];
        foreach (var (size, name) in groups)
        {
            if (whole < size) continue;
            var head = decimal.Floor(whole / size);
            var rest = decimal.Floor(whole % size / (size / 1_0000m));
            var small = size == 1_0000m ? "" : size == 1_0000_0000m ? "만" : "억";
            return sign + head.ToString("N0", CultureInfo.CurrentCulture) + name
                + (rest == 0 ? "" : " " + rest.ToString("N0", CultureInfo.CurrentCulture) + small);
        }
        return sign + whole.ToString("N0", CultureInfo.CurrentCulture);
    }
}

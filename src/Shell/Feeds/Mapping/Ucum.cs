namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>The units that sources write in, by UCUM code, and how one becomes another.</summary>
internal static class Ucum
{
    // dimension, and value in its base unit = number × factor + offset
    private static readonly Dictionary<string, (string Of, double Factor, double Offset)> Known = new(StringComparer.Ordinal)
    {
        ["ug/m3"] = ("density", 1e-6, 0), ["mg/m3"] = ("density", 1e-3, 0), ["g/m3"] = ("density", 1, 0), ["ng/m3"] = ("density", 1e-9, 0),
        ["[ppm]"] = ("share", 1e-6, 0), ["[ppb]"] = ("share", 1e-9, 0), ["%"] = ("share", 1e-2, 0), ["1"] = ("share", 1, 0), [""] = ("share", 1, 0),
        ["Cel"] = ("heat", 1, 273.15), ["K"] = ("heat", 1, 0), ["[degF]"] = ("heat", 5d / 9, 273.15 - 32 * 5d / 9),
        ["mm"] = ("length", 1e-3, 0), ["cm"] = ("length", 1e-2, 0), ["m"] = ("length", 1, 0), ["km"] = ("length", 1e3, 0), ["[in_i]"] = ("length", 0.0254, 0), ["[ft_i]"] = ("length", 0.3048, 0), ["[mi_i]"] = ("length", 1609.344, 0),
        ["m/s"] = ("speed", 1, 0), ["km/h"] = ("speed", 1 / 3.6, 0), ["[kn_i]"] = ("speed", 1852d / 3600, 0), ["[mi_i]/h"] = ("speed", 0.44704, 0), ["mm/h"] = ("speed", 1e-3 / 3600, 0),
        ["s"] = ("time", 1, 0), ["min"] = ("time", 60, 0), ["h"] = ("time", 3600, 0), ["d"] = ("time", 86400, 0), ["ms"] = ("time", 1e-3, 0),
        ["Pa"] = ("pressure", 1, 0), ["hPa"] = ("pressure", 100, 0), ["kPa"] = ("pressure", 1000, 0), ["mbar"] = ("pressure", 100, 0),
        ["m3"] = ("volume", 1, 0), ["L"] = ("volume", 1e-3, 0), ["m3/s"] = ("flow", 1, 0), ["L/s"] = ("flow", 1e-3, 0),
        ["mg/L"] = ("density", 1, 0), ["ug/L"] = ("density", 1e-3, 0), ["[NTU]"] = ("turbidity", 1, 0), ["[pH]"] = ("acidity", 1, 0),
        ["deg"] = ("angle", 1, 0), ["dB"] = ("level", 1, 0), ["lx"] = ("light", 1, 0), ["W/m2"] = ("irradiance", 1, 0), ["uS/cm"] = ("conductivity", 1, 0),
    };

    /// <summary>UN/CEFACT codes, as NGSI writes them, in UCUM.</summary>
    private static readonly Dictionary<string, string> Cefact = new(StringComparer.Ordinal)
    {
        ["GQ"] = "ug/m3", ["GP"] = "mg/m3", ["59"] = "[ppm]", ["61"] = "[ppb]", ["P1"] = "%", ["C62"] = "1", ["CEL"] = "Cel", ["KEL"] = "K", ["FAH"] = "[degF]",
        ["MMT"] = "mm", ["CMT"] = "cm", ["MTR"] = "m", ["KMT"] = "km", ["MTS"] = "m/s", ["KMH"] = "km/h", ["SEC"] = "s", ["MIN"] = "min", ["HUR"] = "h", ["DAY"] = "d", ["C26"] = "ms",
        ["PAL"] = "Pa", ["A97"] = "hPa", ["KPA"] = "kPa", ["MTQ"] = "m3", ["LTR"] = "L", ["MQS"] = "m3/s", ["M1"] = "mg/L", ["NTU"] = "[NTU]", ["DD"] = "deg", ["2N"] = "dB", ["LUX"] = "lx", ["D54"] = "W/m2", ["H61"] = "uS/cm", ["Q30"] = "[pH]",
    };

    /// <summary>The UCUM code of a unit that is written in UCUM, as a sign in common use, or as a UN/CEFACT code; null when it is not known.</summary>
    public static string? Code(string unit) => unit.Trim() switch
    {
        "µg/m³" or "㎍/㎥" or "ug/㎥" or "μg/m³" or "μg/m3" or "µg/m3" => "ug/m3",
        "mg/m³" or "㎎/㎥" => "mg/m3",
        "ppm" => "[ppm]", "ppb" => "[ppb]", "℃" or "°C" => "Cel", "°F" => "[degF]", "㎜" => "mm", "㎝" => "cm", "㎞/h" => "km/h", "㎧" => "m/s", "°" => "deg", "㎎/L" => "mg/L", "NTU" => "[NTU]", "pH" => "[pH]",
        var code when Known.ContainsKey(code) => code,
        var code => Cefact.GetValueOrDefault(code),
    };

    /// <summary>How a number in one unit becomes one in another: number × factor + offset. Null when it cannot.</summary>
    public static (double Factor, double Offset)? Factor(string from, string to)
    {
        if (from == to) return (1, 0);
        if (!Known.TryGetValue(from, out var a) || !Known.TryGetValue(to, out var b) || a.Of != b.Of) return null;
        return (a.Factor / b.Factor, (a.Offset - b.Offset) / b.Factor);
    }
}

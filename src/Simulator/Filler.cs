using System.Globalization;
using System.Text;

namespace SmartCity.Simulator;

/// <summary>Fills <c>${…}</c> in a text with values that live. What each may be stands in README.md.</summary>
internal sealed class Filler(Scenario scenario, CityGround ground, Curves curves)
{
    /// <summary>What one filling is about.</summary>
    /// <param name="Seed">Of the scenario and the source.</param>
    /// <param name="Moment">The instant the answer is about.</param>
    /// <param name="Step">The grid of its times.</param>
    /// <param name="Count">Rows of the list.</param>
    /// <param name="Silent">True for a thing that is out: its numbers are zero.</param>
    /// <param name="Asked">The named segments of the address.</param>
    internal readonly record struct About(string Seed, DateTimeOffset Moment, TimeSpan Step, int Count, bool Silent, IReadOnlyDictionary<string, string> Asked);

    /// <summary>What is wrong with a text; null when it can be filled.</summary>
    public string? Problem(string text)
    {
        try
        {
            var moment = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            Fill(text, new(ground.Stations.Count > 0 ? ground.Stations[0] : ground.Areas[0], "1", 1, moment, moment), new("x", moment, TimeSpan.FromMinutes(1), 1, false, new Dictionary<string, string>()));
            return null;
        }
        catch (Exception wrong) when (wrong is FormatException or KeyNotFoundException or InvalidDataException or IndexOutOfRangeException or ArgumentException or NullReferenceException) { return $"{text.Trim()}: {wrong.Message}"; }
    }

    public string Fill(string text, Row row, About about)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var filled = new StringBuilder(text.Length + 64);
        for (var at = 0; ;)
        {
            var open = text.IndexOf("${", at, StringComparison.Ordinal);
            if (open < 0) return filled.Append(text, at, text.Length - at).ToString();
            var close = text.IndexOf('}', open);
            if (close < 0) throw new FormatException("a ${ without its }");
            filled.Append(text, at, open - at).Append(Value(text[(open + 2)..close], row, about));
            at = close + 1;
        }
    }

    private string Value(string what, Row row, About about)
    {
        var (word, rest) = what.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? (what[..space], what[(space + 1)..].Trim()) : (what, "");
        var seed = Noise.Mix(Noise.Seed(about.Seed + what), row.Thing.Spot.Seed);
        var parts = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (word)
        {
            case "n": return row.Number.ToString(CultureInfo.InvariantCulture);
            case "id": return row.Id;
            case "count": return about.Count.ToString(CultureInfo.InvariantCulture);
            // nothing of an address may end a text
            case "ask": return new([.. about.Asked.GetValueOrDefault(rest, "").Where(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ')]);
            // this program's own address, as it was asked
            case "base": return about.Asked.GetValueOrDefault("base", "http://localhost");
            case "area": return row.Thing.OfArea(rest);
            case "station": return row.Thing.Station is { } station ? station[rest] : "";
            case "lat" or "lon" or "x" or "y": return Place(word, row.Thing.Spot, parts, about);
            case "pick":
            {
                var words = rest.Split('|');
                return words[(int)(Noise.Die(seed, 0) * words.Length)];
            }
            case "turn":
            {
                var words = rest[(rest.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('|');
                return words[(int)(Noise.Die(seed, about.Moment.UtcTicks / Length(parts[0]).Ticks) * words.Length)];
            }
            case "dice": return Math.Floor(Number(parts[0]) + Noise.Die(seed, 0) * (Number(parts[1]) - Number(parts[0]) + 1)).ToString(CultureInfo.InvariantCulture);
            // low high period digits: smooth, different for every thing
            case "wave": return about.Silent ? "0" : Written(Number(parts[0]) + (Number(parts[1]) - Number(parts[0])) * (Noise.Along(seed, about.Moment.UtcTicks / (double)Length(parts[2]).Ticks) + 1) / 2, parts.ElementAtOrDefault(3));
            case "curve": return about.Silent ? "0" : Written(curves.At(Curves.Has(parts[0]) ? parts[0] : throw new FormatException(Scenario.UnknownCurve("curve", parts[0])), row.Thing.Spot, about.Moment), parts.ElementAtOrDefault(1));
        }
        var (name, shift) = word.IndexOfAny(['+', '-']) is > 0 and var sign ? (word[..sign], (word[sign] == '-' ? -1 : 1) * Between(word[(sign + 1)..], seed)) : (word, TimeSpan.Zero);
        var time = name switch { "now" => about.Moment, "step" => new(about.Moment.UtcTicks - about.Moment.UtcTicks % about.Step.Ticks, TimeSpan.Zero), "at" => row.At, "end" => row.End, _ => throw new FormatException($"there is no ${{{name}}}") };
        return Moment(time + shift, rest);
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    private static TimeSpan Length(string text) => Durations.Read(text) ?? throw new FormatException($"{text} is no length of time");
    // 23.2h~23.8h is a length in between, the same for the same thing
    private static TimeSpan Between(string text, ulong seed) => text.Split('~') is [var low, var high] ? Length(low) + (Length(high) - Length(low)) * Noise.Die(seed, 0) : Length(text);
    private static string Written(double value, string? digits) => value.ToString("F" + (digits ?? "0"), CultureInfo.InvariantCulture);

    private string Moment(DateTimeOffset at, string format)
    {
        var local = TimeZoneInfo.ConvertTime(at, ground.Zone);
        return format switch
        {
            "unix" => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "unix-ms" => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            "utc" => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            "iso" => local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            "" => throw new FormatException("a time needs a format"),
            _ => local.ToString(format, format.Contains("tt", StringComparison.Ordinal) ? CultureInfo.GetCultureInfo(ground.Languages[0]) : CultureInfo.InvariantCulture),
        };
    }

    // at rest, or with a reach in degrees and a period on a loop around its place; x and y are of the grid with its middle at 38° N, 127° E
    private string Place(string word, Spot spot, string[] parts, About about)
    {
        var (lat, lon) = (spot.Latitude, spot.Longitude);
        if (parts.Length == 2)
        {
            var turn = 2 * Math.PI * (about.Moment.UtcTicks / (double)Length(parts[1]).Ticks % 1 + Noise.Die(spot.Seed, 9));
            lat += Number(parts[0]) * Math.Sin(turn);
            lon += Number(parts[0]) * 1.2 * Math.Sin(2 * turn) / 2;
        }
        if (word is "lat" or "lon") return (word == "lat" ? lat : lon).ToString("F6", CultureInfo.InvariantCulture);
        var (east, north) = Grid(lat, lon);
        return (word == "x" ? east : north).ToString("F2", CultureInfo.InvariantCulture);
    }

    // transverse Mercator on GRS 80, to some centimetres this near to its meridian
    private static (double East, double North) Grid(double latitude, double longitude)
    {
        const double A = 6378137, F = 1 / 298.257222101, E2 = F * (2 - F), Second = E2 / (1 - E2);
        static double Arc(double p) => A * ((1 - E2 / 4 - 3 * E2 * E2 / 64) * p - (3 * E2 / 8 + 3 * E2 * E2 / 32) * Math.Sin(2 * p) + 15 * E2 * E2 / 256 * Math.Sin(4 * p));
        var phi = latitude * Math.PI / 180;
        double n = A / Math.Sqrt(1 - E2 * Math.Sin(phi) * Math.Sin(phi)), t = Math.Tan(phi) * Math.Tan(phi), c = Second * Math.Cos(phi) * Math.Cos(phi), a = (longitude - 127) * Math.PI / 180 * Math.Cos(phi);
        var east = n * (a + (1 - t + c) * Math.Pow(a, 3) / 6 + (5 - 18 * t + t * t) * Math.Pow(a, 5) / 120);
        var north = Arc(phi) - Arc(38 * Math.PI / 180) + n * Math.Tan(phi) * (a * a / 2 + (5 - t + 9 * c) * Math.Pow(a, 4) / 24);
        return (200_000 + east, 500_000 + north);
    }

    /// <summary>Seed of a source: the same for the same scenario.</summary>
    public string SeedOf(Source source) => scenario.Seed + (source.Like ?? source.Id);
}

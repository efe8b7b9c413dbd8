using System.Globalization;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace SmartCity.Simulator;

/// <summary>What is served, as <c>simulator.yaml</c> of a city pack states it.</summary>
internal sealed class Scenario
{
    public string Seed { get; set; } = "1";
    /// <summary><c>auto</c>, or <c>winter</c> for mid-winter every day.</summary>
    public string Season { get; set; } = "auto";
    /// <summary>How late an answer is under <see cref="Fault.Slow"/>.</summary>
    public string Slow { get; set; } = "3s";
    /// <summary>How long nothing happens under <see cref="Fault.Hang"/>.</summary>
    public string Hang { get; set; } = "60s";
    public string Stations { get; set; } = "";
    public string News { get; set; } = "";
    public Climate Climate { get; set; } = new();
    public Dictionary<string, CurveSetting> Curves { get; set; } = [];
    public PollutionIndex? Index { get; set; }
    /// <summary>Words for wind directions, clockwise from the north.</summary>
    public string[] WindWords { get; set; } = [];
    public Dictionary<string, Envelope> Envelopes { get; set; } = [];
    public List<Source> Sources { get; set; } = [];

    [YamlIgnore] public bool Winter => Season == "winter";
    [YamlIgnore] public TimeSpan SlowBy => Durations.Read(Slow) ?? TimeSpan.FromSeconds(3);
    [YamlIgnore] public TimeSpan HangFor => Durations.Read(Hang) ?? TimeSpan.FromSeconds(60);

    /// <summary>Reads YAML into a type; unknown names are errors.</summary>
    /// <exception cref="InvalidDataException">Says file, line and what is wrong.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            return new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build().Deserialize<T>(text)
                ?? throw new InvalidDataException($"{path}: the file is empty.");
        }
        catch (YamlException wrong)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{path}, line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}"), wrong);
        }
        catch (FileNotFoundException missing)
        {
            throw new InvalidDataException($"{path}: the file is missing.", missing);
        }
    }

    /// <summary>Everything that is wrong, each in a sentence; readies what is right.</summary>
    public IEnumerable<string> Problems(IReadOnlySet<string> stationColumns)
    {
        if (Season is not ("auto" or "winter")) yield return $"season {Season} is unknown; write auto or winter.";
        if (Climate.Rain is not (Climate.RainAlways or "sometimes")) yield return $"climate: rain {Climate.Rain} is unknown; write always or sometimes.";
        foreach (var (key, text) in new[] { ("slow", Slow), ("hang", Hang) })
            if (Durations.Read(text) is null) yield return $"{key}: {text} is no length of time; write for example 3s, 10m, 1h.";
        foreach (var name in Curves.Keys.Where(n => !SmartCity.Simulator.Curves.Has(n))) yield return UnknownCurve("curves", name);
        if (Index is { } index)
        {
            if (index.Words.Length != index.Levels.Length - 1) yield return "index: words must be one fewer than levels.";
            foreach (var part in index.Of)
            {
                if (!SmartCity.Simulator.Curves.Has(part.Curve)) yield return UnknownCurve("index", part.Curve);
                if (part.Breaks.Length != index.Levels.Length) yield return $"index: {part.Curve} must have as many breaks as there are levels.";
            }
        }
        foreach (var (name, envelope) in Envelopes)
            foreach (var problem in envelope.Problems()) yield return $"envelope {name}: {problem}";
        if (Sources.Count == 0) yield return "sources is empty; name at least one.";
        foreach (var twice in Sources.GroupBy(s => s.Id).Where(g => g.Count() > 1)) yield return $"two sources have the id {twice.Key}.";
        foreach (var source in Sources)
            foreach (var problem in source.Problems(this, stationColumns)) yield return $"source {source.Id}: {problem}";
    }

    internal static string UnknownCurve(string where, string name) =>
        $"{where}: the curve {name} is unknown; there are {string.Join(", ", SmartCity.Simulator.Curves.Names)}.";
}

/// <summary>Temperature over a year and a day, and how often it rains.</summary>
internal sealed class Climate
{
    public const string RainAlways = "always";

    /// <summary>°C over a year.</summary>
    public double Mean { get; set; } = 12;
    /// <summary>°C, half the distance between the warmest and the coldest day.</summary>
    public double Swing { get; set; } = 10;
    /// <summary>°C, half the distance between afternoon and dawn.</summary>
    public double Daily { get; set; } = 4;
    /// <summary>Day of the year.</summary>
    public double ColdestDay { get; set; } = 18;
    /// <summary>°C per degree of latitude away from the middle.</summary>
    public double Uphill { get; set; }
    /// <summary><see cref="RainAlways"/>, or <c>sometimes</c>.</summary>
    public string Rain { get; set; } = RainAlways;
}

/// <summary>Makes a curve higher or lower, everywhere or in an area.</summary>
internal sealed class CurveSetting
{
    public double Scale { get; set; } = 1;
    /// <summary>A factor by the area's code.</summary>
    public Dictionary<string, double> Areas { get; set; } = [];
}

/// <summary>What stands around rows, and how questions are refused.</summary>
internal sealed class Envelope
{
    /// <summary>Pattern of the addresses that this envelope answers for, with a segment <c>{type}</c>; the service follows.</summary>
    public string Under { get; set; } = "";
    /// <summary>The one value of <c>{type}</c> that is served.</summary>
    public string Type { get; set; } = "";
    public string ContentType { get; set; } = "application/json";
    /// <summary>JSON with <c>$service</c>, <c>$total</c> and <c>$rows</c>.</summary>
    public string Answer { get; set; } = "";
    /// <summary>JSON with <c>$code</c> and <c>$message</c>.</summary>
    public string Refusal { get; set; } = "";
    /// <summary>Most rows a question may ask for.</summary>
    public int MaxRows { get; set; } = 1000;
    /// <summary>A key for trying out, which gives few rows.</summary>
    public string? TrialKey { get; set; }
    public int TrialRows { get; set; } = 5;
    /// <summary>Keys that are refused.</summary>
    public string[] RefusedKeys { get; set; } = [];
    /// <summary>Code and message by what happened.</summary>
    public Dictionary<string, string[]> Replies { get; set; } = [];

    private static readonly string[] Needed = ["empty", "auth", "quota", "missing", "type", "service", "start", "end", "integer", "order", "trial", "tooMany"];

    public IEnumerable<string> Problems()
    {
        foreach (var what in Needed.Where(n => !Replies.TryGetValue(n, out var reply) || reply.Length != 2)) yield return $"replies: {what} needs [code, message].";
        if (!Under.Contains("{type}", StringComparison.Ordinal)) yield return "under must have a segment {type}.";
        if (!Parses(Fill("x", 1, "[]"))) yield return "answer is not JSON once $service, $total and $rows are filled in.";
        if (Replies.TryGetValue("empty", out var empty) && empty.Length == 2 && !Parses(Refuse("empty"))) yield return "refusal is not JSON once $code and $message are filled in.";
    }

    /// <summary>The body of a success.</summary>
    public string Fill(string service, int total, string rows) => Answer
        .Replace("$service", Json(service), StringComparison.Ordinal)
        .Replace("$total", total.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$rows", rows, StringComparison.Ordinal);

    /// <summary>The body of a refusal.</summary>
    public string Refuse(string what) => Refusal
        .Replace("$code", Json(Replies[what][0]), StringComparison.Ordinal)
        .Replace("$message", Json(Replies[what][1]), StringComparison.Ordinal);

    private static string Json(string text) => JsonEncodedText.Encode(text, Wire.Encoder).ToString();

    private static bool Parses(string json)
    {
        try
        {
            using var _ = JsonDocument.Parse(json);
            return true;
        }
        catch (JsonException) { return false; }
    }
}

/// <summary>Lengths of time as people write them: <c>3s</c>, <c>10m</c>, <c>1h</c>.</summary>
internal static class Durations
{
    public static TimeSpan? Read(string? text)
    {
        if (text is not { Length: > 1 } || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }
}

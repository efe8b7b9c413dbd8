using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SmartCity.Indicators;

/// <summary>Something wrong with what a person wrote.</summary>
/// <param name="Field">Name of the field, as the file has it: <c>target</c>, <c>name.ko</c>.</param>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Word">Key of the sentence.</param>
/// <param name="Arguments">What is filled in.</param>
internal sealed record Wrong(string Field, long Line, string Word, params object?[] Arguments)
{
    public string In(IWords words) => words.Of(Word, Arguments);
}

/// <summary>Reads a definition, from the pack's YAML and from the form alike (JSON is YAML), and says everything that is
/// wrong with it at once.</summary>
internal sealed class Definition
{
    private static readonly string[] Fields = ["key", "name", "plain", "sector", "unit", "unitName", "decimals", "direction", "cycle", "target", "near", "lag", "min", "max", "owner", "person", "method", "caveats", "source", "sourceName", "formula", "standards", "events"];
    // addresses of the module's own pages
    private static readonly string[] Pages = ["list", "shortcomings", "open-data-use", "due", "enter", "import", "define"];
    private readonly YamlMappingNode _node;
    private readonly IReadOnlyList<string> _languages;

    private Definition(YamlMappingNode node, IReadOnlyList<string> languages) => (_node, _languages) = (node, languages);

    public List<Wrong> Problems { get; } = [];

    /// <summary>The indicator, or what is wrong.</summary>
    /// <param name="sector">The sector of the file; null when the definition names its own.</param>
    public static (Indicator? Indicator, IReadOnlyList<Wrong> Problems) Read(YamlMappingNode node, Sector? sector, IReadOnlyList<Sector> sectors, IReadOnlyList<string> languages, bool demonstration, bool byForm)
    {
        var definition = new Definition(node, languages);
        var indicator = definition.Read(sector, sectors);
        return definition.Problems.Count > 0 ? (null, definition.Problems) : (indicator with { Demonstration = demonstration, ByForm = byForm }, []);
    }

    private Indicator Read(Sector? sector, IReadOnlyList<Sector> sectors)
    {
        foreach (var unknown in _node.Children.Keys.OfType<YamlScalarNode>().Where(k => !Fields.Contains(k.Value))) Add(unknown.Value ?? "", unknown, "indicators.wrong.field", unknown.Value, string.Join(", ", Fields));
        var key = Plain("key");
        if (!IsKey(key) || Pages.Contains(key)) Add("key", At("key"), "indicators.wrong.key", key);
        if (sector is null)
        {
            sector = sectors.FirstOrDefault(s => s.Key == Plain("sector"));
            if (sector is null) Add("sector", At("sector"), "indicators.wrong.sector", Plain("sector"), string.Join(", ", sectors.Select(s => s.Key)));
        }
        var unit = Plain("unit");
        var cycle = One("cycle", Cycle.Year);
        var source = One("source", ValueSource.Typed);
        var decimals = (int)(Number("decimals", 0, 6) ?? 0);
        var near = Number("near", 0, double.MaxValue);
        if (near is null or 0 && !Has("near")) Add("near", At("near"), "indicators.wrong.near");
        var (min, max) = (Number("min", double.MinValue, double.MaxValue), Number("max", double.MinValue, double.MaxValue));
        if (min >= max) Add("max", At("max"), "indicators.wrong.minmax");
        var formula = Has("formula") ? Plain("formula") : null;
        if (source == ValueSource.Computed && string.IsNullOrWhiteSpace(formula)) Add("formula", At("source"), "indicators.wrong.noformula");
        if (source != ValueSource.Computed && formula is not null) Add("formula", At("formula"), "indicators.wrong.formulaunused");
        if (source == ValueSource.Computed && formula is not null && Formula.Read(formula).Wrong is { } wrong) Problems.Add(wrong with { Field = "formula", Line = At("formula").Start.Line });
        return new()
        {
            Key = key,
            Name = Text("name", 60),
            Plain = Text("plain", 300),
            Sector = sector ?? new("", SmartCity.Text.Same(""), 0),
            Unit = unit,
            UnitName = Has("unitName") ? Text("unitName", 30) : SmartCity.Text.Same(Units.Symbol(unit)),
            Decimals = decimals,
            Direction = One("direction", Direction.Up),
            Cycle = cycle,
            Targets = Path(cycle, min, max),
            Near = near ?? 0,
            Lag = (int)(Number("lag", 0, 1000) ?? 30),
            Min = min,
            Max = max,
            Owner = Text("owner", 60),
            Person = Text("person", 60),
            Method = Text("method", 500),
            Caveats = Text("caveats", 500),
            Source = source,
            SourceName = Text("sourceName", 100),
            Formula = formula,
            Standards = [.. Items("standards").OfType<YamlScalarNode>().Select(s => s.Value ?? "").Where(s => s.Length is > 0 and <= 40)],
            Events = Events(cycle),
        };
    }

    public static bool IsKey(string key) => key.Length is > 0 and <= 60 && char.IsAsciiLetterLower(key[0]) && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private List<TargetPoint> Path(Cycle cycle, double? min, double? max)
    {
        var points = new List<TargetPoint>();
        if (_node.Children.TryGetValue("target", out var node) && node is YamlMappingNode steps)
            foreach (var (at, value) in steps.Children)
            {
                if (at is not YamlScalarNode { Value: var when } || !Period.TryParse(when, out var period) || period.Cycle != cycle && period.Cycle != Cycle.Year) Add("target", at, "indicators.wrong.targetperiod", (at as YamlScalarNode)?.Value);
                else if (value is not YamlScalarNode { Value: var text } || !TryNumber(text, out var number)) Add("target", value, "indicators.wrong.number", "target", (value as YamlScalarNode)?.Value);
                else if (number < min || number > max) Add("target", value, "indicators.wrong.targetrange", number);
                else points.Add(new(period, number));
            }
        if (points.Count == 0 && Problems.All(p => p.Field != "target")) Add("target", At("target"), "indicators.wrong.notarget");
        points.Sort((a, b) => a.Period.End.CompareTo(b.Period.End));
        return points;
    }

    private List<Happening> Events(Cycle cycle)
    {
        var events = new List<Happening>();
        foreach (var item in Items("events"))
        {
            if (item is not YamlMappingNode map || !map.Children.TryGetValue("period", out var at) || at is not YamlScalarNode { Value: var when } || !Period.TryParse(when, out var period)) Add("events", item, "indicators.wrong.event");
            else events.Add(new(Period.Of(cycle, period.Start), Text("title", 80, map, "events.title")));
        }
        return events;
    }

    private YamlNode At(string field) => _node.Children.TryGetValue(field, out var node) ? node : _node;
    private bool Has(string field) => _node.Children.TryGetValue(field, out var node) && node is not YamlScalarNode { Value: null or "" or "~" or "null" };
    private IEnumerable<YamlNode> Items(string field) => _node.Children.TryGetValue(field, out var node) && node is YamlSequenceNode list ? list.Children : [];
    private string Plain(string field) => _node.Children.TryGetValue(field, out var node) && node is YamlScalarNode { Value: { } text } ? text.Trim() : "";
    private void Add(string field, YamlNode at, string word, params object?[] arguments) => Problems.Add(new(field, at.Start.Line, word, arguments));

    private T One<T>(string field, T otherwise) where T : struct, Enum
    {
        if (!Has(field)) return otherwise;
        if (Enum.TryParse<T>(Plain(field), ignoreCase: true, out var value) && !char.IsAsciiDigit(Plain(field)[0])) return value;
        Add(field, At(field), "indicators.wrong.oneof", field, Plain(field), string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())));
        return otherwise;
    }

    private double? Number(string field, double min, double max)
    {
        if (!Has(field)) return null;
        if (!TryNumber(Plain(field), out var number)) Add(field, At(field), "indicators.wrong.number", field, Plain(field));
        else if (number < min || number > max) Add(field, At(field), "indicators.wrong.range", field, Plain(field));
        else return number;
        return null;
    }

    private static bool TryNumber(string? text, out double number) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private Text Text(string field, int longest, YamlMappingNode? within = null, string? called = null)
    {
        called ??= field;
        var at = (within ?? _node).Children.TryGetValue(field, out var node) ? node : within ?? _node;
        var words = node is YamlMappingNode map ? map.Children.Where(p => p is { Key: YamlScalarNode, Value: YamlScalarNode }).ToDictionary(p => ((YamlScalarNode)p.Key).Value ?? "", p => ((YamlScalarNode)p.Value).Value?.Trim() ?? "", StringComparer.Ordinal)
            : node is YamlScalarNode { Value: { Length: > 0 } same } ? _languages.ToDictionary(l => l, _ => same.Trim(), StringComparer.Ordinal) : [];
        foreach (var language in _languages)
        {
            if (!words.TryGetValue(language, out var word) || word.Length == 0) Add($"{called}.{language}", at, "indicators.wrong.text", called, language);
            else if (word.Length > longest) Add($"{called}.{language}", at, "indicators.wrong.long", called, language, longest);
        }
        return new(words);
    }

    /// <summary>The one mapping of a text, or what is wrong with its grammar.</summary>
    public static (YamlMappingNode? Root, Wrong? Wrong) Parse(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? (root, null) : (null, new("", 1, "indicators.wrong.yaml", ""));
        }
        catch (YamlException wrong) { return (null, new("", wrong.Start.Line, "indicators.wrong.yaml", wrong.InnerException?.Message ?? wrong.Message)); }
        // the parser loses its place at some broken brackets
        catch (InvalidOperationException) { return (null, new("", 1, "indicators.wrong.yaml", "")); }
    }
}

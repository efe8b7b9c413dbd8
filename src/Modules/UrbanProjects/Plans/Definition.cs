using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SmartCity.UrbanProjects;

/// <summary>Something wrong with what a person wrote.</summary>
/// <param name="Field">Name of the field, as the file or the form has it.</param>
/// <param name="Line">Line of the file, from 1; 0 for a form.</param>
/// <param name="Word">Key of the sentence.</param>
/// <param name="Arguments">What is filled in.</param>
internal sealed record Wrong(string Field, long Line, string Word, params object?[] Arguments)
{
    public string In(IWords words) => words.Of(Word, Arguments);
}

/// <summary>Reads a project of the pack and says everything that is wrong with it at once.</summary>
internal sealed class Definition
{
    private static readonly string[] Fields = ["key", "name", "summary", "department", "people", "contract", "areas", "place", "start", "end", "budget", "progress", "stages", "milestones", "indicators", "news", "published", "open"];
    private static readonly string[] OfMilestone = ["key", "name", "planned", "actual", "forecast", "after", "days"];
    // addresses of the module's own pages
    private static readonly string[] Pages = ["list", "map", "schedule", "files", "changes", "new"];
    private readonly YamlMappingNode _node;
    private readonly ICity _city;

    private Definition(YamlMappingNode node, ICity city) => (_node, _city) = (node, city);

    private List<Wrong> Problems { get; } = [];

    /// <summary>The project, or what is wrong.</summary>
    public static (Project? Project, IReadOnlyList<Wrong> Problems) Read(YamlMappingNode node, Classification classification, ICity city, bool demonstration)
    {
        var definition = new Definition(node, city);
        var project = definition.Read(classification);
        return definition.Problems.Count > 0 ? (null, definition.Problems) : (project with { Demonstration = demonstration }, []);
    }

    private Project Read(Classification classification)
    {
        Unknown(_node, Fields);
        var key = Plain(_node, "key");
        if (!IsKey(key) || Pages.Contains(key)) Add("key", At("key"), "urban-projects.wrong.key", key);
        var department = _city.FindDepartment(Plain(_node, "department"));
        if (department is null) Add("department", At("department"), "urban-projects.wrong.department", Plain(_node, "department"));
        var (start, end) = (Day(_node, "start"), Day(_node, "end"));
        if (start is null && !Has(_node, "start")) Add("start", _node, "urban-projects.wrong.missing", "start");
        if (end is null && !Has(_node, "end")) Add("end", _node, "urban-projects.wrong.missing", "end");
        if (start > end) Add("end", At("end"), "urban-projects.wrong.order", "start", "end");
        return new()
        {
            Key = key,
            Name = Words(_node, "name", 80) ?? Text.Same(""),
            Classification = classification,
            Department = department ?? new("", Text.Same("")),
            Summary = Has(_node, "summary") ? Words(_node, "summary", 600) : null,
            People = [.. Maps("people").Select(p => new Official(Words(p, "post", 60, "people.post") ?? Text.Same(""), Optional(p, "name"), Optional(p, "phone")))],
            Contract = _node.Children.TryGetValue("contract", out var node) && node is YamlMappingNode contract
                ? new(Words(contract, "contractor", 80, "contract.contractor") ?? Text.Same(""), Has(contract, "amount") ? Amount(contract.Children["amount"], "contract.amount") : null, Optional(contract, "number")) : null,
            Place = Place(),
            Areas = Areas(),
            Start = start,
            End = end,
            Budget = Budget(),
            Progress = [.. Dated("progress").Select(p => new ProgressReport(p.Day, Percent(p.Value))).OrderBy(p => p.Day)],
            Stages = [.. Dated("stages").Select(s => new StageEntry(s.Day, One<Stage>(s.Value, "stages"))).OrderBy(s => s.Since)],
            Milestones = Milestones(),
            Indicators = [.. Texts("indicators")],
            News = [.. Texts("news")],
            Published = Plain(_node, "published") == "true",
            Open = Items(_node, "open").Select(f => One<Field>(f, "open")).ToHashSet(),
        };
    }

    /// <summary>True when a page of the module has this address.</summary>
    public static bool IsPage(string key) => Pages.Contains(key);

    public static bool IsKey(string key) => key.Length is > 0 and <= 60 && char.IsAsciiLetterLower(key[0]) && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private Shape? Place()
    {
        if (!Has(_node, "place")) return null;
        var at = At("place");
        if (at is not YamlSequenceNode list) { Add("place", at, "urban-projects.wrong.place"); return null; }
        var rings = list.Children.All(c => c is YamlScalarNode) ? [Position(list)] : list.Children.Select(c => c is YamlSequenceNode pair ? Position(pair) : null).ToList();
        if (rings.Any(p => p is null) || rings.Count is 2 or 3) { Add("place", at, "urban-projects.wrong.place"); return null; }
        var points = rings.Select(p => p!.Value).ToList();
        if (points.Exists(p => IsFar(p, _city))) { Add("place", at, "urban-projects.wrong.faraway"); return null; }
        if (points.Count == 1) return Shape.At(points[0]);
        if (points[0] != points[^1]) points.Add(points[0]);
        return new(ShapeKind.Area, [points]);
    }

    /// <summary>True for a place in another part of the world: mostly two numbers in the wrong order.</summary>
    public static bool IsFar(Place place, ICity city) => city.Areas.Count > 0 && !city.Areas.Any(a => Math.Abs(a.Centre.Latitude - place.Latitude) < 0.5 && Math.Abs(a.Centre.Longitude - place.Longitude) < 0.5);

    private static Place? Position(YamlSequenceNode pair) =>
        pair.Children is [YamlScalarNode { Value: var east }, YamlScalarNode { Value: var north }] && TryNumber(east, out var longitude) && TryNumber(north, out var latitude) && Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90
            ? new Place(latitude, longitude) : null;

    private List<string> Areas()
    {
        var areas = new List<string>();
        foreach (var item in Items(_node, "areas"))
            if (item is YamlScalarNode { Value: { } text } && _city.FindArea(text) is { } area) areas.Add(area.Code);
            else Add("areas", item, "urban-projects.wrong.area", (item as YamlScalarNode)?.Value);
        return areas;
    }

    // 2026: [planned, spent], or 2026: planned
    private List<BudgetYear> Budget()
    {
        var years = new List<BudgetYear>();
        if (!_node.Children.TryGetValue("budget", out var node) || node is not YamlMappingNode map) return years;
        foreach (var (at, value) in map.Children)
        {
            if (at is not YamlScalarNode { Value: var text } || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < 1990 or > 2100) Add("budget", at, "urban-projects.wrong.year", (at as YamlScalarNode)?.Value);
            else if (value is YamlScalarNode) years.Add(new(year, Amount(value, "budget"), null));
            else if (value is YamlSequenceNode { Children: [var planned, var spent] }) years.Add(new(year, Amount(planned, "budget"), Amount(spent, "budget")));
            else Add("budget", value, "urban-projects.wrong.budget", year);
        }
        return [.. years.OrderBy(y => y.Year)];
    }

    private List<Milestone> Milestones()
    {
        var milestones = new List<Milestone>();
        foreach (var node in Maps("milestones"))
        {
            Unknown(node, OfMilestone);
            var key = Plain(node, "key");
            if (!IsKey(key)) Add("milestones.key", node, "urban-projects.wrong.key", key);
            if (milestones.Exists(m => m.Key == key)) Add("milestones.key", node, "urban-projects.wrong.twice", key);
            var planned = Day(node, "planned", "milestones.planned");
            if (planned is null && !Has(node, "planned")) Add("milestones.planned", node, "urban-projects.wrong.missing", "planned");
            var after = Items(node, "after").OfType<YamlScalarNode>().Select(a => a.Value ?? "").ToList();
            var days = Has(node, "days") ? Number(node.Children["days"], "days", 0, 5000) : null;
            milestones.Add(new(key, Words(node, "name", 80, "milestones.name") ?? Text.Same(""), planned ?? default, Day(node, "actual", "milestones.actual"), Day(node, "forecast", "milestones.forecast"), after, (int?)days));
        }
        foreach (var (node, milestone) in Maps("milestones").Zip(milestones))
            foreach (var missing in milestone.After.Where(a => milestones.TrueForAll(m => m.Key != a))) Add("milestones.after", node, "urban-projects.wrong.after", milestone.Key, missing);
        if (Problems.Count == 0 && Schedule.Order(milestones) is null) Add("milestones.after", At("milestones"), "urban-projects.wrong.circle");
        return milestones;
    }

    private void Unknown(YamlMappingNode node, string[] known)
    {
        foreach (var unknown in node.Children.Keys.OfType<YamlScalarNode>().Where(k => !known.Contains(k.Value))) Add(unknown.Value ?? "", unknown, "urban-projects.wrong.field", unknown.Value, string.Join(", ", known));
    }

    private YamlNode At(string field) => _node.Children.TryGetValue(field, out var node) ? node : _node;
    private static bool Has(YamlMappingNode node, string field) => node.Children.TryGetValue(field, out var found) && found is not YamlScalarNode { Value: null or "" or "~" or "null" };
    private static IEnumerable<YamlNode> Items(YamlMappingNode node, string field) => node.Children.TryGetValue(field, out var found) && found is YamlSequenceNode list ? list.Children : [];
    private IEnumerable<YamlMappingNode> Maps(string field) => Items(_node, field).OfType<YamlMappingNode>();
    private IEnumerable<string> Texts(string field) => Items(_node, field).OfType<YamlScalarNode>().Select(s => s.Value?.Trim() ?? "").Where(s => s.Length is > 0 and <= 60);
    private static string Plain(YamlMappingNode node, string field) => node.Children.TryGetValue(field, out var found) && found is YamlScalarNode { Value: { } text } ? text.Trim() : "";
    private static string? Optional(YamlMappingNode node, string field) => Plain(node, field) is { Length: > 0 } text ? text : null;
    private void Add(string field, YamlNode at, string word, params object?[] arguments) => Problems.Add(new(field, at.Start.Line, word, arguments));

    private DateOnly? Day(YamlMappingNode node, string field, string? called = null)
    {
        if (!Has(node, field)) return null;
        if (DateOnly.TryParseExact(Plain(node, field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1990 and <= 2100) return day;
        Add(called ?? field, node.Children[field], "urban-projects.wrong.day", called ?? field, Plain(node, field));
        return null;
    }

    private IEnumerable<(DateOnly Day, YamlNode Value)> Dated(string field)
    {
        if (!_node.Children.TryGetValue(field, out var node) || node is not YamlMappingNode map) yield break;
        foreach (var (at, value) in map.Children)
            if (at is YamlScalarNode { Value: var text } && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) yield return (day, value);
            else Add(field, at, "urban-projects.wrong.day", field, (at as YamlScalarNode)?.Value);
    }

    private double Percent(YamlNode node) => Number(node, "progress", 0, 100) ?? 0;
    private double? Amount(YamlNode node, string field) => Number(node, field, 0, 1e9);

    private double? Number(YamlNode node, string field, double min, double max)
    {
        var text = (node as YamlScalarNode)?.Value;
        if (text is null or "" or "~") return null;
        if (TryNumber(text, out var number) && number >= min && number <= max) return number;
        Add(field, node, "urban-projects.wrong.number", field, text, min, max);
        return null;
    }

    private static bool TryNumber(string? text, out double number) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private T One<T>(YamlNode node, string field) where T : struct, Enum
    {
        var text = (node as YamlScalarNode)?.Value ?? "";
        if (text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value)) return value;
        Add(field, node, "urban-projects.wrong.oneof", field, text, string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())));
        return default;
    }

    private Text? Words(YamlMappingNode within, string field, int longest, string? called = null)
    {
        called ??= field;
        var at = within.Children.TryGetValue(field, out var node) ? node : within;
        var words = node is YamlMappingNode map ? map.Children.Where(p => p is { Key: YamlScalarNode, Value: YamlScalarNode }).ToDictionary(p => ((YamlScalarNode)p.Key).Value ?? "", p => ((YamlScalarNode)p.Value).Value?.Trim() ?? "", StringComparer.Ordinal) : [];
        foreach (var language in _city.Languages)
        {
            if (!words.TryGetValue(language, out var word) || word.Length == 0) Add($"{called}.{language}", at, "urban-projects.wrong.text", called, language);
            else if (word.Length > longest) Add($"{called}.{language}", at, "urban-projects.wrong.long", called, language, longest);
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
            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? (root, null) : (null, new("", 1, "urban-projects.wrong.yaml", ""));
        }
        catch (YamlException wrong) { return (null, new("", wrong.Start.Line, "urban-projects.wrong.yaml", wrong.InnerException?.Message ?? wrong.Message)); }
        // the parser loses its place at some broken brackets
        catch (InvalidOperationException) { return (null, new("", 1, "urban-projects.wrong.yaml", "")); }
    }
}

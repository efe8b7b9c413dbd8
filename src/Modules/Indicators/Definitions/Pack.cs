using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using YamlDotNet.RepresentationModel;

namespace SmartCity.Indicators;

/// <summary>A value of the pack.</summary>
/// <param name="Area">Code of the area; empty for the whole city.</param>
internal sealed record PackValue(string Indicator, string Area, Period Period, double Value);

/// <summary>The definitions and values of the city pack: <c>indicators/*.yaml</c>, one file a sector, and beside each the
/// values in a <c>.csv</c> of that name (<c>indicator,area,period,value</c>).</summary>
internal sealed record Pack(IReadOnlyList<Sector> Sectors, IReadOnlyList<Indicator> Indicators, IReadOnlyList<PackValue> Values)
{
    private const string Folder = "indicators";

    /// <exception cref="WrongPackException">Lists everything wrong, by file and line.</exception>
    public static Pack Load(ICity city, IWords words)
    {
        // whoever starts the city reads English, as in every other message of a start
        var culture = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        try
        {
            var problems = new List<string>();
            var pack = Read(city, words, problems);
            return problems.Count == 0 ? pack : throw new WrongPackException($"The indicators of the city pack {city.Key} are wrong:", problems);
        }
        finally { CultureInfo.CurrentUICulture = culture; }
    }

    private static Pack Read(ICity city, IWords words, List<string> problems)
    {
        var sectors = new List<Sector>();
        var indicators = new Dictionary<string, Indicator>(StringComparer.Ordinal);
        foreach (var path in city.Files(Folder, ".yaml"))
        {
            var file = $"{Folder}/{Path.GetFileName(path)}";
            void Say(Wrong wrong) => problems.Add($"{file}, line {wrong.Line.ToString(CultureInfo.InvariantCulture)}: {wrong.In(words)}");
            var (root, broken) = Definition.Parse(File.ReadAllText(path));
            if (root is null) { Say(broken!); continue; }
            var key = Path.GetFileNameWithoutExtension(path);
            var name = new Text(Children(root, "sector").Where(p => p.Value is YamlScalarNode).Select(p => KeyValuePair.Create(p.Key, ((YamlScalarNode)p.Value).Value ?? "")));
            foreach (var language in city.Languages.Where(l => !name.Languages.Contains(l, StringComparer.Ordinal))) Say(new("sector", root.Start.Line, "indicators.wrong.text", "sector", language));
            var sector = new Sector(key, name, int.TryParse(Scalar(root, "order"), NumberStyles.None, CultureInfo.InvariantCulture, out var order) ? order : 999);
            sectors.Add(sector);
            if (!root.Children.TryGetValue("indicators", out var list) || list is not YamlSequenceNode items) { Say(new("indicators", root.Start.Line, "indicators.wrong.none")); continue; }
            foreach (var item in items)
            {
                if (item is not YamlMappingNode node) { Say(new("indicators", item.Start.Line, "indicators.wrong.yaml", "")); continue; }
                var (indicator, wrong) = Definition.Read(node, sector, [], city.Languages, Scalar(root, "demonstration") == "true", byForm: false);
                foreach (var one in wrong) Say(one);
                if (indicator is not null && !indicators.TryAdd(indicator.Key, indicator)) Say(new("key", node.Start.Line, "indicators.wrong.twice", indicator.Key));
            }
        }
        var values = city.Files(Folder, ".csv").SelectMany(path => ReadValues(path, city, indicators, words, problems)).ToList();
        return new([.. sectors.OrderBy(s => s.Order).ThenBy(s => s.Key, StringComparer.Ordinal)], [.. indicators.Values], values);
    }

    private static IEnumerable<KeyValuePair<string, YamlNode>> Children(YamlMappingNode node, string field) =>
        node.Children.TryGetValue(field, out var found) && found is YamlMappingNode map ? map.Children.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value ?? "", p.Value)) : [];

    private static string Scalar(YamlMappingNode node, string field) => node.Children.TryGetValue(field, out var found) && found is YamlScalarNode { Value: { } text } ? text : "";

    private static List<PackValue> ReadValues(string path, ICity city, Dictionary<string, Indicator> indicators, IWords words, List<string> problems)
    {
        var file = $"{Folder}/{Path.GetFileName(path)}";
        var values = new List<PackValue>();
        using var reader = new StreamReader(path);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { MissingFieldFound = null, BadDataFound = null });
        csv.Read();
        csv.ReadHeader();
        var missing = new[] { "indicator", "area", "period", "value" }.Except(csv.HeaderRecord ?? [], StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            problems.Add($"{file}, line 1: {words.Of("indicators.wrong.columns", string.Join(", ", missing))}");
            return values;
        }
        var seen = new HashSet<(string, string, Period)>();
        while (csv.Read())
        {
            var line = csv.Parser.Row.ToString(CultureInfo.InvariantCulture);
            void Say(string word, params object?[] arguments) => problems.Add($"{file}, line {line}: {words.Of(word, arguments)}");
            var (key, area, when, text) = (csv["indicator"] ?? "", csv["area"] ?? "", csv["period"], csv["value"]);
            if (!indicators.TryGetValue(key, out var indicator)) Say("indicators.wrong.unknown", key);
            else if (!Period.TryParse(when, out var period) || period.Cycle != indicator.Cycle) Say("indicators.wrong.period", when, Example(indicator.Cycle));
            else if (area.Length > 0 && city.Area(area) is null) Say("indicators.wrong.area", area);
            else if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) Say("indicators.wrong.number", "value", text);
            else if (value < indicator.Min || value > indicator.Max) Say("indicators.wrong.believed", text, key);
            else if (!seen.Add((key, area, period))) Say("indicators.wrong.again", key, when);
            else values.Add(new(key, area, period, indicator.Round(value)));
        }
        return values;
    }

    /// <summary>How a period of a cycle is written.</summary>
    public static string Example(Cycle cycle) => cycle switch { Cycle.Month => "2026-08", Cycle.Quarter => "2026-Q3", _ => "2026" };
}

using SmartCity.Shell.City;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Writes a descriptor as a person would: what its preset and the defaults say already is left out, short things stand on one line.</summary>
internal static class FeedYaml
{
    private const int Line = 180;
    private static readonly ISerializer Plain = new SerializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull).DisableAliases().WithQuotingNecessaryStrings().Build();
    private static readonly string[] Order = ["feed", "kind", "public", "title", "owner", "contact", "licence", "source", "address", "preset", "format", "url", "upload", "push"];

    /// <summary>The text of a descriptor. Read again with its preset, it says the same.</summary>
    public static string Write(FeedDescriptor descriptor, CityPack city)
    {
        // what stands below it: the preset alone
        var under = descriptor.Preset is { } preset ? Presets.Of(city).Read("preset", $"preset: {preset}\n", []) ?? new() : new FeedDescriptor();
        var tree = Difference(Tree(descriptor), Tree(under)) ?? [];
        if (descriptor.Preset is { } named) tree.Children[new YamlScalarNode("preset")] = new YamlScalarNode(named);
        tree = new(tree.Children.OrderBy(c => Array.IndexOf(Order, ((YamlScalarNode)c.Key).Value) is >= 0 and var at ? at : Order.Length));
        foreach (var child in tree.Children.Values) Style(child, 0);
        var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(tree)).Save(new Emitter(text, new EmitterSettings().WithBestWidth(1000)), false);
        var written = text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd();
        return (written.EndsWith("...", StringComparison.Ordinal) ? written[..^3].TrimEnd() : written) + "\n";
    }

    private static YamlMappingNode Tree(FeedDescriptor descriptor)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Plain.Serialize(descriptor)));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    // only what differs; a list counts as one
    private static YamlMappingNode? Difference(YamlMappingNode over, YamlMappingNode under)
    {
        var differs = new YamlMappingNode();
        foreach (var (key, value) in over.Children)
        {
            var below = under.Children.TryGetValue(key, out var known) ? known : null;
            // what is new is compared with a new one of its kind by leaving out what is empty
            if (value is YamlMappingNode tree) { if (Difference(tree, below as YamlMappingNode ?? Blank(tree)) is { } rest && (rest.Children.Count > 0 || below is null && tree.Children.Count > 0)) differs.Children[key] = rest; }
            else if (below is null || !value.Equals(below)) differs.Children[key] = value;
        }
        return differs.Children.Count > 0 ? differs : null;
    }

    // defaults of the small parts that stand in dictionaries: a field's, an outage's
    private static readonly YamlMappingNode Field = new Func<YamlMappingNode>(() =>
    {
        var one = Tree(new() { Map = new() { Values = { ["x"] = new() } } });
        return (YamlMappingNode)((YamlMappingNode)((YamlMappingNode)one["map"])["values"])["x"];
    })();

    private static YamlMappingNode Blank(YamlMappingNode tree) => tree.Children.Keys.Any(k => k is YamlScalarNode { Value: "scale" }) && tree.Children.ContainsKey(new YamlScalarNode("decimals")) ? Field
        : new(tree.Children.Where(c => c.Value is YamlSequenceNode { Children.Count: 0 } or YamlMappingNode { Children.Count: 0 }));

    private static int Length(YamlNode node) => node switch
    {
        YamlScalarNode s => (s.Value?.Length ?? 0) + 2,
        YamlSequenceNode s => s.Children.Sum(c => Length(c) + 2) + 2,
        YamlMappingNode m => m.Children.Sum(c => Length(c.Key) + Length(c.Value) + 4) + 2,
        _ => 0,
    };

    private static void Style(YamlNode node, int depth)
    {
        var inLine = Length(node) < Line - 2 * depth;
        switch (node)
        {
            // the map stays one line a part, however short
            case YamlMappingNode m:
                m.Style = inLine && m.Children.Values.All(v => v is not YamlMappingNode || depth > 0) && !m.Children.ContainsKey(new YamlScalarNode("values")) ? MappingStyle.Flow : MappingStyle.Block;
                foreach (var child in m.Children.Values) Style(child, depth + 1);
                break;
            case YamlSequenceNode s:
                s.Style = inLine ? SequenceStyle.Flow : SequenceStyle.Block;
                foreach (var child in s.Children) Style(child, depth + 1);
                break;
        }
    }

    /// <summary>What changed from one text to the other, line by line: <c>' '</c> both, <c>'-'</c> only the first, <c>'+'</c> only the second.</summary>
    public static IReadOnlyList<(char Mark, string Line)> Diff(string one, string other)
    {
        string[] a = one.TrimEnd().Split('\n'), b = other.TrimEnd().Split('\n');
        // descriptors are short: the table of common lines is small
        if ((long)a.Length * b.Length > 4_000_000) return [.. a.Select(l => ('-', l)), .. b.Select(l => ('+', l))];
        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
            for (var j = b.Length - 1; j >= 0; j--) common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var lines = new List<(char, string)>();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
            if (i < a.Length && j < b.Length && a[i] == b[j]) { lines.Add((' ', a[i])); i++; j++; }
            else if (j == b.Length || i < a.Length && common[i + 1, j] >= common[i, j + 1]) lines.Add(('-', a[i++]));
            else lines.Add(('+', b[j++]));
        return lines;
    }
}

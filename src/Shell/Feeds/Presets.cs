using SmartCity.Shell.City;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace SmartCity.Shell.Feeds;

/// <summary>What many descriptors share: files of <c>presets/</c>, packed with the product, and of the city pack's own <c>presets/</c>.
/// A preset is the lower half of a descriptor; a key of the descriptor replaces the preset's, trees are merged.</summary>
internal sealed class Presets
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
    private readonly Dictionary<string, YamlMappingNode> _trees = new(StringComparer.Ordinal);

    /// <summary>Names, in order.</summary>
    public IReadOnlyList<string> Names => [.. _trees.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The product's presets and those of a pack.</summary>
    /// <param name="city">The pack, or null for the product's alone.</param>
    /// <param name="problems">Takes what is wrong, by file and line.</param>
    public static Presets Of(CityPack? city, List<Problem> problems)
    {
        var presets = new Presets();
        var assembly = typeof(Presets).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("presets/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            presets.Add(name, reader.ReadToEnd(), problems);
        }
        var folder = city is null ? "" : Path.Combine(city.Folder, "presets");
        if (Directory.Exists(folder))
            foreach (var path in Directory.GetFiles(folder, "*.yaml")) presets.Add(Path.GetFileName(path), File.ReadAllText(path), problems);
        return presets;
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<CityPack, Presets> Known = [];

    /// <summary>The same, read once for a running city: what is wrong with them stopped its start.</summary>
    public static Presets Of(CityPack city) => Known.GetValue(city, c => Of(c, []));

    private void Add(string file, string yaml, List<Problem> problems)
    {
        // read as what it is once, so that a wrong key is told by the preset's own line
        if (Strict(file, yaml, problems) is not null) _trees[Path.GetFileNameWithoutExtension(file)] = Tree(yaml)!;
    }

    /// <summary>A descriptor with its preset under it, or null with what is wrong in <paramref name="problems"/>.</summary>
    public FeedDescriptor? Read(string file, string yaml, List<Problem> problems)
    {
        if (Strict(file, yaml, problems) is not { } own) return null;
        own.File = file;
        if (own.Preset is null) return own;
        if (!_trees.TryGetValue(own.Preset, out var under))
        {
            problems.Add(new(file, $"the preset {own.Preset} does not exist; there are {string.Join(", ", Names)}."));
            return null;
        }
        var merged = Merge(Whole(under), Tree(yaml)!);
        var text = new StringWriter();
        new YamlStream(new YamlDocument(merged)).Save(text, assignAnchors: false);
        var descriptor = Yaml.Deserialize<FeedDescriptor>(text.ToString());
        descriptor.File = file;
        return descriptor;
    }

    // a preset may itself lie on another
    private YamlMappingNode Whole(YamlMappingNode tree, int deep = 0) =>
        deep < 4 && tree.Children.TryGetValue("preset", out var name) && _trees.TryGetValue(name.ToString(), out var under) ? Merge(Whole(under, deep + 1), tree) : tree;

    private static FeedDescriptor? Strict(string file, string yaml, List<Problem> problems)
    {
        try { return Yaml.Deserialize<FeedDescriptor>(yaml) ?? throw new YamlException("the file is empty."); }
        catch (YamlException wrong)
        {
            problems.Add(new($"{file}, line {wrong.Start.Line}", wrong.InnerException?.Message ?? wrong.Message));
            return null;
        }
    }

    private static YamlMappingNode? Tree(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode as YamlMappingNode;
    }

    private static YamlMappingNode Merge(YamlMappingNode under, YamlMappingNode over)
    {
        var merged = new YamlMappingNode(under.Children.Select(c => c));
        foreach (var (key, value) in over.Children)
            merged.Children[key] = value is YamlMappingNode tree && merged.Children.TryGetValue(key, out var below) && below is YamlMappingNode lower ? Merge(lower, tree) : value;
        return merged;
    }
}

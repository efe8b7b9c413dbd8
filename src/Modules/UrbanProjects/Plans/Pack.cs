using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SmartCity.UrbanProjects;

/// <summary>The projects of the city pack, <c>projects/*.yaml</c>, one file a classification. What is wrong is left out and told: a
/// project that cannot be read must not keep the other ones, or the city, from being seen.</summary>
/// <param name="Problems">Sentences that begin with file and line, in the language asked for.</param>
internal sealed record Pack(IReadOnlyList<Classification> Classifications, IReadOnlyList<Project> Projects, IReadOnlyList<(string File, Wrong Wrong)> Problems)
{
    private const string Folder = "projects";

    public static Pack Load(ICity city)
    {
        var (classes, projects, problems) = (new List<Classification>(), new Dictionary<string, Project>(StringComparer.Ordinal), new List<(string, Wrong)>());
        foreach (var path in city.Files(Folder, ".yaml"))
        {
            var file = $"{Folder}/{Path.GetFileName(path)}";
            void Say(Wrong wrong) => problems.Add((file, wrong));
            string text;
            try { text = File.ReadAllText(path); }
            catch (Exception unread) when (unread is IOException or UnauthorizedAccessException) { Say(new("", 1, "urban-projects.wrong.unread")); continue; }
            var (root, broken) = Definition.Parse(text);
            if (root is null) { Say(broken!); continue; }
            var key = Path.GetFileNameWithoutExtension(path);
            var name = root.Children.TryGetValue("classification", out var named) && named is YamlMappingNode map
                ? new Text(map.Children.Where(p => p is { Key: YamlScalarNode, Value: YamlScalarNode }).Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value ?? "", ((YamlScalarNode)p.Value).Value ?? ""))) : Text.Same(key);
            foreach (var language in city.Languages.Where(l => !name.Languages.Contains(l, StringComparer.Ordinal))) Say(new("classification", root.Start.Line, "urban-projects.wrong.text", "classification", language));
            var classification = new Classification(key, name, int.TryParse(Scalar(root, "order"), NumberStyles.None, CultureInfo.InvariantCulture, out var order) ? order : 999);
            classes.Add(classification);
            if (!root.Children.TryGetValue("projects", out var list) || list is not YamlSequenceNode items) { Say(new("projects", root.Start.Line, "urban-projects.wrong.none")); continue; }
            foreach (var item in items)
            {
                if (item is not YamlMappingNode node) { Say(new("projects", item.Start.Line, "urban-projects.wrong.yaml", "")); continue; }
                var (project, wrong) = Definition.Read(node, classification, city, Scalar(root, "demonstration") == "true");
                foreach (var one in wrong) Say(one);
                if (project is not null && !projects.TryAdd(project.Key, project)) Say(new("key", node.Start.Line, "urban-projects.wrong.twice", project.Key));
            }
        }
        return new([.. classes.OrderBy(c => c.Order).ThenBy(c => c.Key, StringComparer.Ordinal)],
            [.. projects.Values.OrderBy(p => p.Classification.Order).ThenBy(p => p.Classification.Key, StringComparer.Ordinal)], problems);
    }

    /// <summary>A problem as a sentence, in the current language.</summary>
    public static string Sentence((string File, Wrong Wrong) problem, IWords words) => words.Of("urban-projects.wrong.at", problem.File, problem.Wrong.Line, problem.Wrong.In(words));

    private static string Scalar(YamlMappingNode node, string field) => node.Children.TryGetValue(field, out var found) && found is YamlScalarNode { Value: { } text } ? text : "";
}

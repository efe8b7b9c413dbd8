using SmartCity.Shell.Access;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SmartCity.Shell.City;

/// <summary>Somebody in the pack's <c>users.yaml</c>: the name to sign in with, the role, and where they work. Never a password.</summary>
/// <param name="Name">As <see cref="Names"/> writes it.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Department">Code of a department of the pack, or null.</param>
internal sealed record PackUser(string Name, string Role, string? Department)
{
    public const string FileName = "users.yaml";

    /// <summary>What the file says of the account, in one word.</summary>
    public string Said => SaidOf([Role], Department);

    public static string SaidOf(IEnumerable<string> roles, string? department) => $"{string.Join('+', roles.Order(StringComparer.Ordinal))}/{department}";

    /// <summary>Roles as the file writes them: <c>department-head</c>.</summary>
    public static IReadOnlyDictionary<string, string> Roles { get; } = SmartCity.Roles.All.Where(r => r != SmartCity.Roles.Anyone)
        .ToDictionary(r => string.Concat(r.Select((c, i) => (i > 0 && char.IsUpper(c) ? "-" : "") + char.ToLowerInvariant(c))), StringComparer.Ordinal);

    /// <summary>Reads the file; none where there is none. What is wrong is told by its line.</summary>
    public static IReadOnlyList<PackUser> Read(string folder, IReadOnlyList<Department> departments, List<Problem> problems)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return [];
        void Say(YamlNode? at, string what) => problems.Add(new(FormattableString.Invariant($"{FileName}, line {Math.Max(at?.Start.Line ?? 1, 1)}"), what));
        var stream = new YamlStream();
        try { stream.Load(new StringReader(File.ReadAllText(path))); }
        catch (YamlException wrong)
        {
            problems.Add(new(FormattableString.Invariant($"{FileName}, line {wrong.Start.Line}"), wrong.InnerException?.Message ?? wrong.Message));
            return [];
        }
        var root = stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
        var list = (root as YamlMappingNode)?.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: "users" }).Value;
        if (list is not YamlSequenceNode entries || ((YamlMappingNode)root!).Children.Count != 1)
        {
            Say(root, "the file holds one list: users: [], or users: and below it a line - {name: ..., role: ..., department: ...} for each person.");
            return [];
        }
        var (users, lines) = (new List<PackUser>(), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var entry in entries)
        {
            if (entry is not YamlMappingNode fields || fields.Children.Any(f => f is not { Key: YamlScalarNode, Value: YamlScalarNode }))
            {
                Say(entry, "a person reads {name: ..., role: ..., department: ...}.");
                continue;
            }
            var stated = fields.Children.ToDictionary(f => ((YamlScalarNode)f.Key).Value ?? "", f => (YamlScalarNode)f.Value, StringComparer.Ordinal);
            foreach (var (field, value) in stated.Where(f => f.Key is not ("name" or "role" or "department")))
                Say(value, field.Contains("password", StringComparison.OrdinalIgnoreCase) ? "a password never stands in a file: take it out, and use it nowhere. Each person sets one with a sign-in link." : $"there is no field {field}; there are name, role and department.");
            var name = stated.GetValueOrDefault("name")?.Value ?? "";
            var (role, department) = (stated.GetValueOrDefault("role"), stated.GetValueOrDefault("department"));
            if (Names.Wrong(name) is { } wrong)
                Say(stated.GetValueOrDefault("name") ?? entry, wrong == "LookAlikeUserName" ? $"the name {name} mixes letters of different scripts, so that it could be taken for another one." : $"the name '{name}' cannot be used: 2 to {Names.Longest} letters or digits, with . _ - @ between them.");
            else if (!lines.TryAdd(Names.Tidy(name).ToUpperInvariant(), entry.Start.Line)) Say(entry, FormattableString.Invariant($"the name {name} stands on line {lines[Names.Tidy(name).ToUpperInvariant()]} already."));
            if (role?.Value is null || !Roles.ContainsKey(role.Value)) Say(role ?? entry, $"{(role is null ? "a role is missing" : $"there is no role {role.Value}")}; there are {string.Join(", ", Roles.Keys)}.");
            if (department?.Value is { Length: > 0 } code && departments.All(d => d.Code != code)) Say(department, $"{code} is no department of city.json.");
            users.Add(new(name, Roles.GetValueOrDefault(role?.Value ?? "") ?? "", department?.Value is { Length: > 0 } works ? works : null));
        }
        return users;
    }
}

using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SmartCity.Shell.Packages;

/// <summary>A package by name and version.</summary>
internal sealed record PackageName(string Id, string Version);

/// <summary>A city's own project file: the one line in it that names the tier and the version, and the folders its packages come from.</summary>
internal sealed partial class CityProject
{
    private readonly string _text;

    private CityProject(string file, string text, Match line, IReadOnlyList<string> feeds) => (File, _text, Tier, Version, Feeds) = (file, text, line.Groups["tier"].Value, line.Groups["version"].Value, feeds);

    public string File { get; }
    public string Folder => Path.GetDirectoryName(File)!;
    public string Tier { get; }
    public string Version { get; }
    /// <summary>Folders with packages, as <c>nuget.config</c> names them.</summary>
    public IReadOnlyList<string> Feeds { get; }
    /// <summary>Every other package that the project names with a version.</summary>
    public IReadOnlyList<PackageName> Others => [.. Reference().Matches(_text).Select(m => new PackageName(m.Groups["id"].Value, m.Groups["version"].Value)).Where(p => p.Id != "SmartCity.Tier" + Tier)];

    [GeneratedRegex("""<PackageReference\s+Include="SmartCity\.Tier(?<tier>[A-D])"\s+Version="(?<version>[^"]+)"\s*/>""", RegexOptions.None, 1000)]
    private static partial Regex Line();
    [GeneratedRegex("""<PackageReference\s+Include="(?<id>[^"]+)"\s+Version="(?<version>[^"]+)"\s*/?>""", RegexOptions.None, 1000)]
    private static partial Regex Reference();

    /// <exception cref="CannotStartException">There is no such project, or its packages do not come out of a folder.</exception>
    public static CityProject Find(params string[] folders)
    {
        foreach (var folder in folders.Distinct(StringComparer.Ordinal))
            foreach (var file in Directory.GetFiles(folder, "*.csproj"))
                if (System.IO.File.ReadAllText(file) is var text && Line().Match(text) is { Success: true } line) return new(file, text, line, FeedsOf(folder));
        throw new CannotStartException($"There is no city's project in {folders[0]}: a .csproj file with a line such as <PackageReference Include=\"SmartCity.TierA\" Version=\"0.1.0\" />. Run this in the folder of the city's project.");
    }

    private static IReadOnlyList<string> FeedsOf(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if (at.GetFiles().FirstOrDefault(f => f.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase)) is { } config)
            {
                var sources = XDocument.Parse(System.IO.File.ReadAllText(config.FullName)).Descendants("packageSources").Elements("add").Select(e => (string?)e.Attribute("value") ?? "")
                    .Where(v => v.Length > 0 && !v.Contains("://", StringComparison.Ordinal)).Select(v => Path.GetFullPath(v, at.FullName)).Where(Directory.Exists).ToList();
                if (sources.Count > 0) return sources;
                throw new CannotStartException($"{config.FullName} names no folder with packages that exists: <add key=\"smartcity\" value=\"../packages\" />.");
            }
        throw new CannotStartException($"There is no nuget.config beside the project or above it that names the folder with the packages.");
    }

    /// <summary>Changes the one line and nothing else.</summary>
    public void Write(string tier, string version) => System.IO.File.WriteAllText(File, Line().Replace(_text, $"<PackageReference Include=\"SmartCity.Tier{tier}\" Version=\"{version}\" />", 1));

    /// <summary>Puts the file back as it was found.</summary>
    public void Undo() => System.IO.File.WriteAllText(File, _text);
}

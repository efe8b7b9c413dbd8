using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace SmartCity.Shell.Packages;

/// <summary>A package of the platform that lies in a folder.</summary>
internal sealed record CityPackage(PackageName Name, string Description, IReadOnlyList<PackageName> Needs, string File)
{
    /// <summary>The module's key, and the schema of its tables on the database.</summary>
    public string Schema => string.Concat(Name.Id["SmartCity.".Length..].Select((c, i) => (i > 0 && char.IsUpper(c) ? "_" : "") + char.ToLowerInvariant(c)));

    public static CityPackage Read(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        using var reader = new StreamReader(zip.Entries.First(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        var nuspec = XDocument.Parse(reader.ReadToEnd());
        string Of(string name) => nuspec.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
        return new(new(Of("id"), Of("version")), Of("description"),
            [.. nuspec.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => new PackageName((string)e.Attribute("id")!, ((string?)e.Attribute("version") ?? "").Trim('[', ']')))], file);
    }

    /// <summary>Ids of the migrations in it, in their order. Read as data; nothing of the package runs.</summary>
    public IReadOnlyList<string> Migrations()
    {
        var found = new List<string>();
        using var zip = ZipFile.OpenRead(File);
        foreach (var entry in zip.Entries.Where(e => e.FullName.StartsWith("lib/", StringComparison.Ordinal) && e.FullName.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var bytes = new MemoryStream();
            using (var packed = entry.Open()) packed.CopyTo(bytes);
            bytes.Position = 0;
            using var assembly = new PEReader(bytes);
            var data = assembly.GetMetadataReader();
            foreach (var attribute in data.CustomAttributes.Select(data.GetCustomAttribute))
            {
                if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
                var parent = data.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
                if (parent.Kind != HandleKind.TypeReference || data.GetString(data.GetTypeReference((TypeReferenceHandle)parent).Name) != "MigrationAttribute") continue;
                var value = data.GetBlobReader(attribute.Value);
                // two bytes that every attribute begins with
                value.ReadUInt16();
                if (value.ReadSerializedString() is { } id) found.Add(id);
            }
        }
        return [.. found.Order(StringComparer.Ordinal)];
    }
}

/// <summary>The platform's packages in a city's folders.</summary>
internal sealed class PackageFeed(IEnumerable<string> folders)
{
    private readonly List<CityPackage> _packages = [.. folders.SelectMany(f => Directory.GetFiles(f, "SmartCity.*.nupkg")).Select(CityPackage.Read)];

    public CityPackage? Find(string id, string version) => _packages.Find(p => p.Name.Id == id && p.Name.Version == version);

    /// <summary>Versions of a package, newest first.</summary>
    public IReadOnlyList<string> Versions(string id) => [.. _packages.Where(p => p.Name.Id == id).Select(p => p.Name.Version).OrderByDescending(Order)];

    /// <summary>A version as something to sort by: what comes before a release (0.2.0-rc1) is older than it.</summary>
    public static (Version, bool, string) Order(string version) =>
        (System.Version.TryParse(version.Split('-')[0], out var number) ? number : new(0, 0), !version.Contains('-', StringComparison.Ordinal), version);

    /// <summary>A tier with everything of the platform that it brings.</summary>
    /// <param name="tier">A to D.</param>
    /// <param name="version">The one version that all of it must have.</param>
    /// <param name="others">Other packages that the project names.</param>
    /// <param name="wrong">What does not fit together, a sentence each.</param>
    public IReadOnlyList<CityPackage> Closure(string tier, string version, IEnumerable<PackageName> others, List<string> wrong)
    {
        var all = new Dictionary<string, CityPackage>(StringComparer.Ordinal);
        var open = new Queue<string>(["SmartCity.Tier" + tier]);
        while (open.TryDequeue(out var id))
        {
            if (all.ContainsKey(id)) continue;
            if (Find(id, version) is not { } package)
            {
                wrong.Add($"{id} {version} is not in the package folder; {(Versions(id) is { Count: > 0 } there ? "there is " + string.Join(", ", there) : "no version of it is")}.");
                continue;
            }
            all[id] = package;
            foreach (var need in package.Needs.Where(n => n.Id.StartsWith("SmartCity.", StringComparison.Ordinal)))
            {
                if (need.Version != version) wrong.Add($"{id} {version} was made for {need.Id} {need.Version}, not {version}.");
                open.Enqueue(need.Id);
            }
        }
        wrong.AddRange(others.Where(o => o.Id.StartsWith("SmartCity.", StringComparison.Ordinal) && o.Version != version).Select(o => $"The project names {o.Id} {o.Version} beside it; the platform's packages have one version, {version}."));
        return [.. all.Values.OrderBy(p => p.Name.Id, StringComparer.Ordinal)];
    }
}

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

// A file a tier: its packages, third-party ones included, a manifest of SHA-256 checksums and a signature over the manifest.
// The key: the file that SMARTCITY_RELEASE_KEY names (ECDSA P-256, PEM); without it a developer's own, made once in artifacts/keys.
void Bundle(string feed, string to)
{
    var version = (string)System.Xml.Linq.XDocument.Load("Directory.Build.props").Descendants("Version").First();
    CleanDirectory(to);
    using var key = SigningKey();
    System.IO.File.WriteAllText(to + "/smartcity-signing-key.pem", key.ExportSubjectPublicKeyInfoPem() + "\n");
    System.IO.File.Copy("tools/install.cs", to + "/install.cs");
    var work = System.IO.Directory.CreateTempSubdirectory("smartcity-bundle-").FullName;
    try
    {
        foreach (var tier in new[] { "A", "B", "C", "D" })
        {
            var packages = Resolved(feed, work, tier, version).Append($"{feed}/SmartCity.Templates.{version}.nupkg").OrderBy(System.IO.Path.GetFileName, StringComparer.Ordinal).ToList();
            var manifest = System.Text.Encoding.UTF8.GetBytes(string.Concat(packages.Select(p => $"{Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(p)))}  packages/{System.IO.Path.GetFileName(p)}\n")));
            var file = $"{to}/SmartCity-Tier{tier}-{version}.bundle.zip";
            using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
            {
                void Add(string name, byte[] bytes) { using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open(); entry.Write(bytes); }
                Add("manifest.sha256", manifest);
                Add("manifest.sig", key.SignData(manifest, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
                foreach (var package in packages) Add("packages/" + System.IO.Path.GetFileName(package), System.IO.File.ReadAllBytes(package));
            }
            Information("{0}: {1} packages, {2:0.0} MB", System.IO.Path.GetFileName(file), packages.Count, new System.IO.FileInfo(file).Length / 1e6);
        }
    }
    finally { System.IO.Directory.Delete(work, true); }
    Information("Signed with the key {0}", Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
}

ECDsa SigningKey()
{
    var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var release = EnvironmentVariable("SMARTCITY_RELEASE_KEY");
    var file = release ?? "artifacts/keys/developer.pem";
    if (release is null && !FileExists(file))
    {
        EnsureDirectoryExists("artifacts/keys");
        System.IO.File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
    key.ImportFromPem(System.IO.File.ReadAllText(file));
    if (release is null) Warning("Signed with a developer's own key: for trying out. A release names its key in SMARTCITY_RELEASE_KEY.");
    return key;
}

// exactly what a city of the tier restores: asked of the packages just made and of what this machine has restored already, in a cache of its own
IEnumerable<string> Resolved(string feed, string work, string tier, string version)
{
    var host = $"{work}/{tier}";
    System.IO.Directory.CreateDirectory(host);
    var known = EnvironmentVariable("NUGET_PACKAGES") ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    System.IO.File.WriteAllText(host + "/City.csproj", $"""<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><PackageReference Include="SmartCity.Tier{tier}" Version="{version}" /></ItemGroup></Project>""");
    System.IO.File.WriteAllText(host + "/nuget.config", $"""<configuration><packageSources><clear /><add key="packed" value="{feed}" /><add key="known" value="{known}" /></packageSources><packageSourceMapping><packageSource key="packed"><package pattern="SmartCity.*" /></packageSource><packageSource key="known"><package pattern="*" /></packageSource></packageSourceMapping><auditSources><clear /></auditSources></configuration>""");
    DotNetRestore(host + "/City.csproj", new DotNetRestoreSettings { Verbosity = DotNetVerbosity.Quiet, EnvironmentVariables = new Dictionary<string, string> { ["NUGET_PACKAGES"] = work + "/cache" } });
    var libraries = JsonNode.Parse(System.IO.File.ReadAllText(host + "/obj/project.assets.json"))["libraries"].AsObject();
    return libraries.Where(l => (string)l.Value["type"] == "package").Select(l => (Id: l.Key.Split('/')[0], Version: l.Key.Split('/')[1]))
        .Select(p => p.Id.StartsWith("SmartCity.", StringComparison.Ordinal) ? $"{feed}/{p.Id}.{p.Version}.nupkg" : $"{work}/cache/{p.Id}/{p.Version}/{p.Id}.{p.Version}.nupkg".ToLowerInvariant().Replace(work.ToLowerInvariant(), work)).ToList();
}

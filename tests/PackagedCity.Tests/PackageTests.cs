using System.IO.Compression;

namespace PackagedCity.Tests;

/// <summary>Every package carries what a stranger needs to use it.</summary>
public sealed class PackageTests
{
    private static List<string> Packages => Directory.Exists(Packed.Feed) && Directory.GetFiles(Packed.Feed, "*.nupkg") is { Length: > 0 } files
        ? [.. files] : throw new InvalidOperationException($"There are no packages in {Packed.Feed}. Make them first: ./build.sh --target=Pack");

    private static string Nuspec(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var reader = new StreamReader(zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        return reader.ReadToEnd();
    }

    [Fact]
    public void Readme_licence_and_description_are_in_every_package() => Assert.All(Packages, package =>
    {
        Assert.Contains("<readme>README.md</readme>", Nuspec(package), StringComparison.Ordinal);
        Assert.Contains("<license type=\"expression\">", Nuspec(package), StringComparison.Ordinal);
        Assert.DoesNotContain("Package Description", Nuspec(package), StringComparison.Ordinal);
    });

    [Fact]
    public void Symbols_lie_beside_every_package_of_code() => Assert.All(Packages.Where(p => !p.Contains("Templates", StringComparison.Ordinal)), package => Assert.True(File.Exists(Path.ChangeExtension(package, ".snupkg")), package));

    [Fact]
    public void No_package_lays_files_into_a_citys_project() => Assert.All(Packages, package =>
    {
        using var zip = ZipFile.OpenRead(package);
        Assert.DoesNotContain(zip.Entries, e => e.FullName.StartsWith("contentFiles/", StringComparison.Ordinal));
    });

    [Fact]
    public void There_is_a_package_for_each_tier_and_for_what_every_city_needs() =>
        Assert.All(new[] { "SharedKernel", "Shell", "Simulator", "Templates", "TierA", "TierB", "TierC", "TierD" }, name => Assert.Contains(Packages, p => Path.GetFileName(p) == $"SmartCity.{name}.{Packed.Version}.nupkg"));
}

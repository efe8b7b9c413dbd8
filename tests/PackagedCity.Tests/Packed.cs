using System.IO.Compression;

namespace PackagedCity.Tests;

/// <summary>What ./build.sh --target=Pack left.</summary>
internal static class Packed
{
    public static string Root { get; } = Find();
    public static string Bundles => Path.Combine(Root, "artifacts", "bundles");
    public static string Feed => Path.Combine(Root, "artifacts", "packages");

    /// <summary>The bundle of a tier.</summary>
    public static string Bundle(string tier) =>
        (Directory.Exists(Bundles) ? Directory.GetFiles(Bundles, $"SmartCity-Tier{tier}-*.bundle.zip").SingleOrDefault() : null)
        ?? throw new InvalidOperationException($"There is no bundle of tier {tier} in {Bundles}. Make the packages first: ./build.sh --target=Pack");

    public static string Version => Path.GetFileName(Bundle("A"))["SmartCity-TierA-".Length..^".bundle.zip".Length];

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SmartCity.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests run from inside the repository.");
    }

    /// <summary>A package under another version, as a later release would be; with one of its files left out where that is asked for.</summary>
    public static void Renumber(string package, string from, string to, string folder, string? without = null)
    {
        var file = Path.Combine(folder, Path.GetFileName(package).Replace($".{from}.nupkg", $".{to}.nupkg", StringComparison.Ordinal));
        File.Copy(package, file, overwrite: true);
        using var zip = ZipFile.Open(file, ZipArchiveMode.Update);
        if (without is not null) zip.Entries.Single(e => e.FullName.EndsWith(without, StringComparison.Ordinal)).Delete();
        var nuspec = zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        string text;
        using (var reader = new StreamReader(nuspec.Open())) text = reader.ReadToEnd();
        text = text.Replace($"<version>{from}</version>", $"<version>{to}</version>", StringComparison.Ordinal);
        text = System.Text.RegularExpressions.Regex.Replace(text, $"(id=\"SmartCity\\.[A-Za-z]+\" version=\"){System.Text.RegularExpressions.Regex.Escape(from)}\"", $"${{1}}{to}\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
        var name = nuspec.FullName;
        nuspec.Delete();
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text);
    }
}

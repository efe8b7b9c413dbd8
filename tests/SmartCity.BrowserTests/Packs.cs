using System.Text.RegularExpressions;

namespace SmartCity.BrowserTests;

/// <summary>The city everybody may look at, with sources that answer. Tests that break something start their own.</summary>
public sealed class Seoul : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        City = await TestCity.Start();
        await City.UntilFed();
    }

    public ValueTask DisposeAsync() => City.DisposeAsync();
}

/// <summary>The demonstration pack with another rhythm, so that nobody waits minutes for a value to age.</summary>
internal static partial class Packs
{
    [GeneratedRegex("^schedule:.*$", RegexOptions.Multiline)]
    private static partial Regex Schedule();

    [GeneratedRegex("^freshness:.*$", RegexOptions.Multiline)]
    private static partial Regex Freshness();

    /// <summary>Asks often and lets values age fast.</summary>
    public static string Quick() => With("{ every: 1s, jitter: 0s, timeout: 1s }", "{ late: 8s, stale: 14s, drop: 2h }");

    /// <summary>Asks once and then never again while a test runs: what changes, the test has changed.</summary>
    public static string Still() => With("{ every: 6h, jitter: 0s, timeout: 5s }", "{ late: 7h, stale: 8h, drop: 2d }");

    private static string With(string schedule, string freshness)
    {
        var from = Repository.Path("cities", "seoul");
        var to = Directory.CreateTempSubdirectory("smartcity-pack-").FullName;
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            // the city's own feeds are not on the main screen: at this pace they would only take the browser's time
            if (Path.GetFileName(Path.GetDirectoryName(file)) == "feeds" && File.ReadAllText(file).Contains("feed: city.", StringComparison.Ordinal)) continue;
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetFileName(Path.GetDirectoryName(file)) == "feeds") File.WriteAllText(copy, Freshness().Replace(Schedule().Replace(File.ReadAllText(file), "schedule: " + schedule), "freshness: " + freshness));
            else File.Copy(file, copy);
        }
        return to;
    }
}

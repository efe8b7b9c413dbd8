namespace SmartCity.Tests.Golden;

/// <summary>A list in the repository that a test compares with what is. A test never brings it into line by itself: with the
/// environment variable SMARTCITY_WRITE_GOLDEN=1 it is written, and the test still fails, so that nobody does it without looking.</summary>
internal static class GoldenFile
{
    public const string Write = "SMARTCITY_WRITE_GOLDEN";

    /// <summary>How to bring a file into line.</summary>
    public static string Command(string name) => $"{Write}=1 dotnet test tests/SmartCity.Tests --filter FullyQualifiedName~Golden, then read the difference of tests/SmartCity.Tests/Golden/{name} before you commit it";

    /// <summary>Null when both are the same, else what to say.</summary>
    public static string? Compare(string name, IReadOnlyCollection<string> expected, IReadOnlyCollection<string> actual)
    {
        var gone = expected.Except(actual, StringComparer.Ordinal).ToList();
        var come = actual.Except(expected, StringComparer.Ordinal).ToList();
        if (gone.Count == 0 && come.Count == 0) return null;
        var say = new List<string>();
        if (gone.Count > 0)
        {
            say.Add($"{name}: a city depends on this, and it is gone or changed. Keep it, or raise the version and say in the release notes what to write instead. If it is meant, remove these lines:");
            say.AddRange(gone.Select(l => "- " + l));
        }
        if (come.Count > 0)
        {
            say.Add($"{name}: this is new, and cities will depend on it from now on. If it is meant, add these lines:");
            say.AddRange(come.Select(l => "+ " + l));
        }
        say.Add("To do so: " + Command(name) + ".");
        return string.Join(Environment.NewLine, say);
    }

    public static void Check(string name, IReadOnlyCollection<string> actual)
    {
        var path = Repository.Path("tests", "SmartCity.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable(Write) == "1")
        {
            File.WriteAllText(path, string.Join('\n', actual) + "\n");
            Assert.Fail($"{name} was written. Read the difference, then run the test again without {Write}.");
        }
        Assert.True(File.Exists(path), $"{name} does not exist yet: {Command(name)}.");
        var wrong = Compare(name, File.ReadAllLines(path), actual);
        Assert.True(wrong is null, wrong);
    }
}

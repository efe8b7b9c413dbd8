namespace PackagedCity.Tests;

/// <summary>The steps of docs/importing.md from the bundle to the browser: a numbered list whose commands stand in its code lines.</summary>
internal static class Guide
{
    public static IReadOnlyList<string> Steps { get; } = [.. Section("From the bundle to the browser").Where(l => l.Length > 2 && char.IsDigit(l[0]))];

    /// <summary>The commands among them, in their order.</summary>
    public static IReadOnlyList<string> Commands { get; } = [.. Steps.SelectMany(s => s.Split('`').Where((_, i) => i % 2 == 1)).Where(c => c.StartsWith("dotnet ", StringComparison.Ordinal) || c.StartsWith("cd ", StringComparison.Ordinal))];

    private static IEnumerable<string> Section(string title) => File.ReadAllLines(Path.Combine(Packed.Root, "docs", "importing.md")).SkipWhile(l => l != "## " + title).Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));
}

using System.Text.Json;

namespace SmartCity.Shell.Localization;

/// <summary>A language that the sources are not written in, packed with the product: <c>languages/{language}/words.json</c>, the catalogues' keys, and
/// <c>titles.json</c>, the titles that stand in the code, by their English words. See decision 15.</summary>
internal static class PackedLanguage
{
    /// <summary>Codes of the languages packed with the product.</summary>
    public static IReadOnlyList<string> All { get; } = [.. typeof(PackedLanguage).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith("languages/", StringComparison.Ordinal)).Select(n => n.Split('/')[1]).Distinct().Order(StringComparer.Ordinal)];

    public static IReadOnlyDictionary<string, string> Words(string language) => Read(language, "words");

    public static IReadOnlyDictionary<string, string> Titles(string language) => Read(language, "titles");

    private static Dictionary<string, string> Read(string language, string file)
    {
        using var stream = typeof(PackedLanguage).Assembly.GetManifestResourceStream($"languages/{language}/{file}.json");
        return stream is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmartCity.Tests.Architecture;

/// <summary>The names that belong to one city and to no other: its own, its areas' and its sources', in every language of its pack.</summary>
internal sealed class CityNames
{
    private readonly Regex _pattern;

    /// <summary>The names that are searched for.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the names of a pack.</summary>
    /// <param name="json">Its city.json.</param>
    public CityNames(string json)
    {
        using var pack = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var root = pack.RootElement;
        var own = Texts(root, "name").Append(root.GetProperty("key").GetString()!).ToList();
        var areas = Items(root, "areas").SelectMany(a => Texts(a, "name").Concat(Texts(a, "short")).Concat(Strings(a, "aliases"))).ToList();
        var sources = root.TryGetProperty("sources", out var found) && found.ValueKind == JsonValueKind.Object ? found.EnumerateObject().SelectMany(s => Texts(s.Value, "name")).ToList() : [];
        // one or two syllables, or a few letters, are also ordinary words (동작: motion); the name with its suffix is not, so the short form is
        // left to it. The city's own name is looked for however short it is. A source's name counts where it holds the city's or an area's.
        var whole = areas.Where(n => !areas.Exists(other => other.Length > n.Length && other.StartsWith(n, StringComparison.OrdinalIgnoreCase)) || n.Length >= (IsHangul(n[0]) ? 3 : 5));
        Names = [.. own.Concat(whole.Where(n => n.Length >= 2)).Concat(sources.Where(s => own.Concat(areas.Where(a => a.Length > 3)).Any(n => s.Contains(n, StringComparison.OrdinalIgnoreCase))))
            .Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(n => n.Length)];
        // a Korean word begins where Hangul begins, and its particles follow without a space
        _pattern = new(string.Join('|', Names.Select(n => IsHangul(n[0]) ? $@"(?<!\p{{IsHangulSyllables}}){Regex.Escape(n)}{(n.Length == 2 && !own.Contains(n) ? @"(?!\p{IsHangulSyllables})" : "")}" : $@"(?<!\p{{L}}){Regex.Escape(n)}(?!\p{{Ll}})")),
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
    }

    /// <summary>Where a text names the city: line and name.</summary>
    public IEnumerable<string> In(string file, string text) => text.Split('\n').SelectMany((line, i) =>
        _pattern.Matches(line).Select(hit => $"{file}, line {i + 1}: {hit.Value}. A city's name belongs into its pack; code works for every city."));

    private static bool IsHangul(char c) => c is >= '가' and <= '힣';

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) => of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
    private static IEnumerable<string> Strings(JsonElement of, string name) => Items(of, name).Select(s => s.GetString()!);
    private static IEnumerable<string> Texts(JsonElement of, string name) => of.TryGetProperty(name, out var texts) && texts.ValueKind == JsonValueKind.Object ? texts.EnumerateObject().Select(p => p.Value.GetString()!) : [];
}

using System.Text;

namespace SmartCity.UrbanProjects;

/// <summary>A project as somebody typed it into the form, written down as a file of the pack would have it, so that the same rules read it.</summary>
internal sealed class Draft
{
    /// <summary>Rows of people, years or milestones at most.</summary>
    public const int MostRows = 60;
    /// <summary>Letters of a key that is made here; a number may follow.</summary>
    private const int LongestKey = 50;
    private readonly Func<string, string> _typed;
    private readonly IReadOnlyList<string> _languages;
    private readonly List<string> _lines = ["{"];
    // every field or row stands on a line of its own, so that the line of a problem says where it is
    private readonly Dictionary<long, (string Id, bool Row)> _places = [];

    private Draft(Func<string, string> typed, IReadOnlyList<string> languages) => (_typed, _languages) = (typed, languages);

    /// <summary>In the grammar of the pack.</summary>
    public string Text => string.Join('\n', _lines);
    /// <summary>What is wrong before any rule of the pack can say so.</summary>
    public List<(string Id, Wrong Wrong)> Wrongs { get; } = [];

    /// <param name="typed">What stands in a field of the form; empty for nothing.</param>
    /// <param name="areas">Codes of the areas that were ticked.</param>
    public static Draft Of(Func<string, string> typed, IReadOnlyList<string> languages, string key, string department, IEnumerable<string> areas)
    {
        var draft = new Draft(name => string.Concat(typed(name).ReplaceLineEndings(" ").Trim().Where(c => !char.IsControl(c))), languages);
        draft.Write(key, department, areas);
        return draft;
    }

    /// <summary>A key made of a name: its Latin letters and digits joined by hyphens, with a number where it is taken.</summary>
    public static string KeyOf(string name, string otherwise, Func<string, bool> taken)
    {
        var words = new StringBuilder();
        foreach (var c in name.Normalize(NormalizationForm.FormKD).ToLowerInvariant())
            if (char.IsAsciiLetterOrDigit(c)) words.Append(c);
            else if (c is ' ' or '-' or '_' or '/' && words.Length > 0 && words[^1] != '-') words.Append('-');
        var key = words.ToString(0, Math.Min(words.Length, LongestKey)).Trim('-');
        if (key.Length == 0) key = otherwise;
        else if (!char.IsAsciiLetter(key[0])) key = $"{otherwise}-{key}";
        if (!taken(key)) return key;
        return Enumerable.Range(2, int.MaxValue - 2).Select(n => FormattableString.Invariant($"{key}-{n}")).First(k => !taken(k));
    }

    /// <summary>The field of the form where something is wrong.</summary>
    public string IdOf(Wrong wrong) => !_places.TryGetValue(wrong.Line, out var place) ? wrong.Field.Replace('.', '-')
        : place.Row ? place.Id + "-" + wrong.Field[(wrong.Field.IndexOf('.', StringComparison.Ordinal) + 1)..].Replace('.', '-') : place.Id;

    private void Write(string key, string department, IEnumerable<string> areas)
    {
        Line($"\"key\": {Quoted(key)},", "name-" + _languages[0]);
        Words("name");
        Words("summary");
        Line($"\"department\": {Quoted(department)},", "department");
        if (_typed("start").Length > 0) Line($"\"start\": {Quoted(_typed("start"))},", "start");
        if (_typed("end").Length > 0) Line($"\"end\": {Quoted(_typed("end"))},", "end");
        Line($"\"areas\": [{string.Join(", ", areas.Select(Quoted))}],", "areas");
        var (east, north) = (_typed("lon"), _typed("lat"));
        if (east.Length + north.Length > 0) Line($"\"place\": [{Quoted(east)}, {Quoted(north)}],", "lon");
        Line("\"people\": [", "people");
        foreach (var row in Rows("person", [.. _languages.Select(l => "post-" + l), "name", "phone"]))
            Line($"{{{Texts("post", $"{row}-post")}, \"name\": {Quoted(_typed($"{row}-name"))}, \"phone\": {Quoted(_typed($"{row}-phone"))}}},", row, row: true);
        Line("],", "people");
        Years();
        Milestones();
        _lines.Add("}");
    }

    private void Years()
    {
        Line("\"budget\": {", "budget");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows("budget", ["year", "planned", "spent"]))
        {
            var year = _typed($"{row}-year");
            // a key that stands twice would be a mistake of grammar, at no field
            if (!seen.Add(year)) { Wrongs.Add(($"{row}-year", new("budget", 0, "urban-projects.wrong.twice", year))); continue; }
            Line($"{Quoted(year)}: [", $"{row}-year");
            Line($"{Quoted(Amount($"{row}-planned"))},", $"{row}-planned");
            Line($"{Quoted(Amount($"{row}-spent"))}],", $"{row}-spent");
        }
        Line("},", "budget");
    }

    private string Amount(string id) => Kinds.TryNumber(_typed(id), out var amount) ? Kinds.Write((double?)amount)! : _typed(id);

    private void Milestones()
    {
        Line("\"milestones\": [", "milestones");
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var rows = Rows("milestone", [.. _languages.Select(l => "name-" + l), "planned", "after", "days"]).ToList();
        foreach (var row in rows) keys[row] = KeyOf(_typed($"{row}-name-en"), "step", keys.ContainsValue);
        foreach (var row in rows)
        {
            // the form speaks of steps by number; what is no number of a step is left for the rule to refuse
            var after = _typed($"{row}-after").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(a => keys.GetValueOrDefault("milestone-" + a, "?" + a));
            var days = _typed($"{row}-days") is { Length: > 0 } some ? $", \"days\": {Quoted(some)}" : "";
            var planned = _typed($"{row}-planned") is { Length: > 0 } day ? $", \"planned\": {Quoted(day)}" : "";
            Line($"{{\"key\": {Quoted(keys[row])}, {Texts("name", $"{row}-name")}{planned}, \"after\": [{string.Join(", ", after.Select(Quoted))}]{days}}},", row, row: true);
        }
        Line("],", "milestones");
    }

    /// <summary>Rows in which something stands.</summary>
    private IEnumerable<string> Rows(string prefix, string[] fields) =>
        Enumerable.Range(1, MostRows).Select(n => FormattableString.Invariant($"{prefix}-{n}")).Where(row => fields.Any(f => _typed($"{row}-{f}").Length > 0));

    private void Words(string field)
    {
        if (_languages.Any(l => _typed($"{field}-{l}").Length > 0)) { Line(Texts(field, field) + ",", field, row: true); }
    }

    private string Texts(string field, string id) => $"\"{field}\": {{{string.Join(", ", _languages.Select(l => $"{Quoted(l)}: {Quoted(_typed($"{id}-{l}"))}"))}}}";

    private void Line(string line, string id, bool row = false)
    {
        _lines.Add(line);
        _places[_lines.Count] = (id, row);
    }

    // JSON's way of writing emoji is none of YAML's, so nothing is escaped that need not be
    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

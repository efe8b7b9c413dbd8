using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmartCity.Shell.City;

/// <summary>A folder of data and settings, no code: what makes this host this city.</summary>
internal sealed partial class CityPack : ICity
{
    private static readonly JsonSerializerOptions Relaxed = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSerializerOptions Strict = new(Relaxed) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
    // files of the pack are read once: tiles ask for them at every beat
    private readonly ConcurrentDictionary<(Type Type, string Module), object> _settings = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Area> _byCode;
    private readonly Dictionary<(string System, string Code), Area> _byForeignCode = [];

    public string Folder { get; }
    public string Key { get; }
    public Text Name { get; }
    public TimeZoneInfo Zone { get; }
    public IReadOnlyList<string> Languages { get; }
    public string Currency { get; }
    public Text AreaWord { get; }
    /// <summary>Licence of what the city publishes, a SPDX or national code; empty when the pack tells none.</summary>
    public string Licence { get; }
    public IReadOnlyList<Area> Areas { get; }
    public IReadOnlyList<Department> Departments { get; }
    /// <summary>People who are to have an account, see <see cref="PackUser"/>.</summary>
    public IReadOnlyList<PackUser> Users { get; }
    public IReadOnlyDictionary<string, Source> Sources { get; }
    public Outline Outline { get; }
    /// <summary>The outline as the pack has it.</summary>
    public string OutlineFile { get; }
    public IReadOnlyDictionary<string, Text> ShortNames { get; }

    /// <summary>A source system of the city.</summary>
    /// <param name="Address">Base address, without a slash at its end.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Demonstration">True when the Simulator stands in for it.</param>
    public sealed record Source(string Key, string Address, Text Name, bool Demonstration);

    private sealed record CityFile(string Key, Dictionary<string, string> Name, string TimeZone, string[] Languages, string Currency,
        Dictionary<string, string> AreaWord, string Outline, string? Water, AreaFile[] Areas, Dictionary<string, SourceFile>? Sources, DepartmentFile[]? Departments = null, string? Licence = null);
    private sealed record AreaFile(string Code, Dictionary<string, string> Name, Dictionary<string, string>? Short, string[]? Aliases, Dictionary<string, string>? Codes, double? AreaKm2 = null);
    private sealed record DepartmentFile(string Code, Dictionary<string, string> Name);
    private sealed record SourceFile(string Address, Dictionary<string, string> Name);

    private readonly string _text;
    // a pack that is being checked: what is wrong with its settings and words is told, and unknown fields are wrong
    private readonly List<Problem>? _telling;

    private CityPack(string folder, string text, CityFile file, Outline outline, string? simulator, List<Problem> problems, bool check)
    {
        _text = text;
        _telling = check ? problems : null;
        Folder = folder;
        Key = file.Key;
        Name = new(file.Name);
        Languages = file.Languages;
        Currency = file.Currency;
        AreaWord = new(file.AreaWord);
        Licence = file.Licence ?? "";
        Outline = outline;
        OutlineFile = Path.GetFullPath(Path.Combine(folder, file.Outline));
        var where = "city.json";
        string At(string quoted) => $"{where}{LineOf(text, '"' + quoted + '"')}";
        if (Key.Length is 0 or > 40 || !Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')) problems.Add(new(At("key"), $"the key '{Key}' is written in lower-case letters, digits and hyphens, at most 40: it stands in names of files and cookies."));
        if (TimeZoneInfo.TryFindSystemTimeZoneById(file.TimeZone, out var zone)) Zone = zone;
        else
        {
            Zone = TimeZoneInfo.Utc;
            problems.Add(new(At("timeZone"), $"the time zone {file.TimeZone} is unknown; use an IANA name such as Europe/Paris."));
        }
        if (Languages.Count == 0) problems.Add(new(At("languages"), "languages is empty; name at least one, the city's own first."));
        Areas = [.. file.Areas.Select(a => new Area(a.Code, new(a.Name), outline.Centre(a.Code), outline.Neighbours(a.Code)) { Rings = outline.Rings(a.Code), SquareKm = a.AreaKm2 > 0 ? a.AreaKm2 : null })];
        Departments = [.. (file.Departments ?? []).Select(d => new Department(d.Code, new(d.Name)))];
        foreach (var twice in Departments.GroupBy(d => d.Code, StringComparer.Ordinal).Where(g => g.Count() > 1)) problems.Add(new(At(twice.Key), $"two departments have the code {twice.Key}."));
        foreach (var wrong in Departments.Where(d => d.Code.Length is 0 or > 40)) problems.Add(new(where, $"the code of the department {wrong.Name.In("en")} has 1 to 40 letters."));
        foreach (var department in Departments)
            foreach (var language in Languages.Where(l => !department.Name.Languages.Contains(l, StringComparer.OrdinalIgnoreCase)))
                problems.Add(new(At(department.Code), $"the department {department.Code} has no name in {language}."));
        Users = PackUser.Read(folder, Departments, problems);
        _byCode = [];
        foreach (var area in Areas)
        {
            if (!_byCode.TryAdd(area.Code, area)) problems.Add(new(At(area.Code), $"two areas have the code {area.Code}."));
            if (!outline.Has(area.Code)) problems.Add(new(At(area.Code), $"the area {area.Code} ({area.Name.In("en")}) has no outline in {file.Outline}."));
            foreach (var language in Languages.Where(l => !area.Name.Languages.Contains(l, StringComparer.OrdinalIgnoreCase)))
                problems.Add(new(At(area.Code), $"the area {area.Code} has no name in {language}."));
        }
        foreach (var (area, code, system) in file.Areas.SelectMany(Foreign))
            if (_byCode.TryGetValue(area, out var found) && !_byForeignCode.TryAdd((system, code), found) && _byForeignCode[(system, code)] != found)
                problems.Add(new(At(code), $"{code} means two areas in the code system {system}."));
        ShortNames = file.Areas.DistinctBy(a => a.Code).ToDictionary(a => a.Code, a => new Text(a.Short ?? a.Name));
        Sources = (file.Sources ?? []).ToDictionary(s => s.Key, s => new Source(s.Key,
            simulator is null ? s.Value.Address.TrimEnd('/') : $"{simulator.TrimEnd('/')}/{s.Key}", new(s.Value.Name), simulator is not null));
    }

    private static IEnumerable<(string Area, string Code, string System)> Foreign(AreaFile area)
    {
        foreach (var name in area.Name.Values.Concat(area.Short is null ? [] : area.Short.Values).Concat(area.Aliases ?? []).Distinct(StringComparer.OrdinalIgnoreCase))
            yield return (area.Code, name.ToLowerInvariant(), "name");
        foreach (var (system, code) in area.Codes ?? [])
            yield return (area.Code, code, system);
    }

    /// <summary>Reads a pack.</summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="simulator">Address of the Simulator when it stands in for every source, else null.</param>
    /// <exception cref="CannotStartException">Lists everything wrong, by file.</exception>
    public static CityPack Load(string folder, string? simulator = null)
    {
        var problems = new List<Problem>();
        var pack = Read(folder, simulator, problems, check: false);
        return pack is not null && problems.Count == 0 ? pack : throw new CannotStartException($"The city pack {folder} is wrong:", problems);
    }

    /// <summary>Reads a pack and tells everything that is wrong with it; null when too much is.</summary>
    /// <param name="check">True to be as strict as <c>city check</c>: unknown fields of settings are wrong, and reading goes on.</param>
    public static CityPack? Read(string folder, string? simulator, List<Problem> problems, bool check)
    {
        var path = Path.Combine(folder, "city.json");
        if (!File.Exists(path)) throw new CannotStartException($"There is no city pack in {folder}: city.json is missing. Set City to the folder of a pack.");
        var text = File.ReadAllText(path);
        try
        {
            var file = JsonSerializer.Deserialize<CityFile>(text, Relaxed)!;
            var missing = new (string Name, object? Value)[] { ("key", file.Key), ("name", file.Name), ("timeZone", file.TimeZone), ("languages", file.Languages), ("currency", file.Currency), ("areaWord", file.AreaWord), ("outline", file.Outline), ("areas", file.Areas) }.Where(f => f.Value is null).ToList();
            foreach (var (name, _) in missing) problems.Add(new("city.json, line 1", $"{name} is missing."));
            foreach (var area in (file.Areas ?? []).Where(a => a?.Code is null || a.Name is null)) problems.Add(new($"city.json{LineOf(text, area?.Code is { } code ? '"' + code + '"' : "\"areas\"")}", area?.Code is null ? "an area has no code." : $"the area {area.Code} has no name."));
            if (missing.Count > 0 || file.Areas!.Any(a => a?.Code is null || a.Name is null)) return null;
            var outline = Outline.Load(Path.Combine(folder, file.Outline), file.Water is { } water ? Path.Combine(folder, water) : null, problems);
            return new(folder, text, file, outline, simulator, problems, check);
        }
        catch (JsonException wrong)
        {
            problems.Add(Syntax("city.json", wrong));
            return null;
        }
    }

    /// <summary>Where something stands first in a text, as a message says it; nothing when it does not.</summary>
    public static string LineOf(string text, string what) =>
        text.IndexOf(what, StringComparison.Ordinal) is >= 0 and var at ? string.Create(CultureInfo.InvariantCulture, $", line {text.AsSpan(0, at).Count('\n') + 1}") : "";

    /// <summary>What is wrong with the grammar of a JSON file, or with a field of it.</summary>
    public static Problem Syntax(string file, JsonException wrong)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{file}, line {(wrong.LineNumber ?? 0) + 1}");
        return Unmapped().Match(wrong.Message) is { Success: true } unknown ? new(where, $"there is no field {unknown.Groups[1].Value}; it would be ignored.") : new(where, wrong.Message.Split(" Path:")[0].Split(" LineNumber:")[0]);
    }

    [GeneratedRegex("^The JSON property '([^']*)' could not be mapped", RegexOptions.None, 1000)]
    private static partial Regex Unmapped();

    /// <summary>Where something stands in city.json, for messages.</summary>
    public string At(string quoted) => "city.json" + LineOf(_text, '"' + quoted + '"');

    /// <summary>The name of a cookie of this city. Browsers keep cookies by the host's name and not by its port: two cities on one machine would
    /// sign each other out.</summary>
    public string Cookie(string what) => $"{what}-{Key}";

    /// <summary>The licence of a dataset in this city.</summary>
    public string LicenceOf(Dataset dataset) => dataset.Licence == Dataset.CityLicence ? Licence : dataset.Licence;

    public Area? Area(string code) => _byCode.GetValueOrDefault(code);

    public Area? FindArea(string codeOrName, string? codeSystem = null)
    {
        var text = codeOrName.Trim();
        if (codeSystem is null) return Area(text) ?? _byForeignCode.GetValueOrDefault(("name", text.ToLowerInvariant()));
        return _byForeignCode.GetValueOrDefault((codeSystem, codeSystem == "name" ? text.ToLowerInvariant() : text));
    }

    public T Settings<T>(string moduleKey) where T : class, new() => (T)_settings.GetOrAdd((typeof(T), moduleKey), key => ReadSettings<T>(key.Module));

    private T ReadSettings<T>(string moduleKey) where T : class, new()
    {
        var path = Path.Combine(Folder, "settings", moduleKey + ".json");
        if (!File.Exists(path)) return new T();
        try { return JsonSerializer.Deserialize<T>(File.ReadAllText(path), _telling is null ? Relaxed : Strict) ?? new T(); }
        catch (JsonException wrong) { throw new WrongPackException(Syntax($"settings/{moduleKey}.json", wrong).ToString(), wrong); }
    }

    public IReadOnlyList<string> Files(string folder, string ending) =>
        Path.Combine(Folder, folder) is var path && Directory.Exists(path) ? [.. Directory.GetFiles(path).Where(f => f.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : [];

    /// <summary>The pack's own words over a module's, by key; empty when there are none for the language.</summary>
    public IReadOnlyDictionary<string, string> Words(string language) => _words.GetOrAdd(language, ReadWords);

    private IReadOnlyDictionary<string, string> ReadWords(string language)
    {
        var path = Path.Combine(Folder, "words", language + ".json");
        if (!File.Exists(path)) return new Dictionary<string, string>();
        try { return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path), Relaxed) ?? []; }
        catch (JsonException wrong)
        {
            var problem = Syntax($"words/{language}.json", wrong);
            if (_telling is null) throw new CannotStartException($"The city pack {Folder} is wrong:", [problem]);
            _telling.Add(problem);
            return new Dictionary<string, string>();
        }
    }
}

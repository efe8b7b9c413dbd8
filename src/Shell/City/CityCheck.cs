using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Localization;

namespace SmartCity.Shell.City;

/// <summary><c>city check PACK</c>: everything wrong with a pack at once, by file and line, without a database and without a network.
/// What the start refuses is an error, and so is what the modules refuse of their own files; what is only incomplete is a warning.</summary>
internal sealed partial class CityCheck(string folder, Catalogue catalogue, TimeProvider time)
{
    private readonly List<Problem> _errors = [], _warnings = [];
    private readonly List<string> _next = [];

    /// <summary>Prints what is wrong and a summary.</summary>
    /// <returns>0, or 1 when there is an error.</returns>
    public async Task<int> Run(TextWriter output)
    {
        // whoever writes a pack reads English here, as in every message of a start
        var culture = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = LanguageInAddress.Culture("en");
        try { await Look(); }
        finally { CultureInfo.CurrentUICulture = culture; }
        foreach (var error in Folded(_errors)) await output.WriteLineAsync($"error    {error}");
        foreach (var warning in Folded(_warnings)) await output.WriteLineAsync($"warning  {warning}");
        foreach (var step in _next) await output.WriteLineAsync($"next     {step}");
        var (errors, warnings) = (Folded(_errors).Count, Folded(_warnings).Count);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}: {Count(errors, "error")}, {Count(warnings, "warning")}."));
        return errors == 0 ? 0 : 1;
    }

    // one unknown indicator makes every line of its values wrong: that is said once
    private static List<string> Folded(List<Problem> problems) => [.. problems.Distinct().GroupBy(p => (File: p.Where.Split(", line")[0], p.What))
        .SelectMany(g => g.Count() <= 3 ? g.Select(p => p.ToString()) : [string.Create(CultureInfo.InvariantCulture, $"{g.First()} The same on {g.Count() - 1} more lines.")])];

    private static string Count(int number, string what) => $"{(number == 0 ? "no" : number.ToString(CultureInfo.InvariantCulture))} {what}{(number == 1 ? "" : "s")}";

    private async Task Look()
    {
        if (CityPack.Read(folder, null, _errors, check: true) is not { } pack) return;
        Names(pack);
        Areas(pack);
        await Feeds(pack);
        var book = new WordBook(pack, SmartCityApp.WordAssemblies(catalogue), NullLogger<WordBook>.Instance);
        foreach (var module in catalogue.Modules)
            foreach (var said in module.Check(pack, book)) _errors.Add(Placed(said));
        Settings(pack);
        Words(pack, book);
        _next.AddRange(NextSteps.Of(pack, catalogue, FeedPlan.Descriptors(pack, []).Select(d => d.Feed).ToHashSet(StringComparer.Ordinal)));
    }

    private void Names(CityPack pack)
    {
        foreach (var unknown in pack.Languages.Where(l => !KnownLanguages.Contains(l))) _errors.Add(new(pack.At("languages"), $"{unknown} is no language; write its code of two letters, such as uz."));
        if (!KnownCurrencies.Contains(pack.Currency)) _errors.Add(new(pack.At("currency"), $"{pack.Currency} is no currency; write its code of three letters, such as EUR."));
        foreach (var (text, name) in new[] { (pack.Name, "name"), (pack.AreaWord, "areaWord") }.Concat(pack.Sources.Values.Select(s => (s.Name, s.Key))))
            foreach (var language in pack.Languages.Where(l => !text.Languages.Contains(l, StringComparer.OrdinalIgnoreCase))) _errors.Add(new(pack.At(name), $"{name} has no name in {language}."));
    }

    private void Areas(CityPack pack)
    {
        var file = Path.GetFileName(pack.OutlineFile);
        var drawn = File.Exists(pack.OutlineFile) ? File.ReadAllText(pack.OutlineFile) : "";
        foreach (var stranger in pack.Outline.Codes.Where(c => pack.Area(c) is null)) _errors.Add(new(file + CityPack.LineOf(drawn, '"' + stranger + '"'), $"{stranger} is drawn and is no area of city.json."));
        foreach (var (one, other, share) in pack.Outline.Overlaps())
            _errors.Add(new(file + CityPack.LineOf(drawn, '"' + one + '"'), string.Create(CultureInfo.InvariantCulture, $"{one} and {other} lie over one another with {share * 100:0} % of the smaller.")));
    }

    private async Task Feeds(CityPack pack)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var descriptor in FeedPlan.Descriptors(pack, problems))
        {
            if (!seen.Add(descriptor.Feed)) problems.Add(new(descriptor.File, $"feed: {descriptor.Feed} already has a descriptor."));
            foreach (var (key, value) in descriptor.Map.Values.Where(v => v.Value.Unit is null && v.Value.UnitFrom.Count == 0 && FeedPlan.FeedOf(descriptor, catalogue) is { } feed && catalogue.Find<Feed>(feed.Key) is null))
                problems.Add(new(descriptor.File, $"map.values.{key}: it has no unit; write a UCUM code, or unit: \"\" for a bare number."));
            var (ok, line) = await FeedCommands.Check(descriptor, pack, catalogue, time.GetUtcNow(), problems);
            if (!ok && line != FeedCommands.Unplanned) problems.Add(new(descriptor.File, $"sample: {line}."));
        }
        foreach (var problem in problems)
            _errors.Add(Placed($"{(File.Exists(Path.Combine(folder, "feeds", problem.Where.Split(',')[0])) ? "feeds/" : File.Exists(Path.Combine(folder, "presets", problem.Where.Split(',')[0])) ? "presets/" : "")}{problem}"));
    }

    private void Settings(CityPack pack)
    {
        foreach (var path in pack.Files("settings", ".json").Where(p => !catalogue.Modules.Any(m => m.Key == Path.GetFileNameWithoutExtension(p))))
            _warnings.Add(new($"settings/{Path.GetFileName(path)}", "no module of this name is here; nobody reads it."));
    }

    private void Words(CityPack pack, WordBook book)
    {
        var english = book.Catalogue("en");
        var titles = catalogue.Declared.Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var language in pack.Languages)
        {
            var words = book.Catalogue(language);
            var stems = words.Keys.Select(Stem).ToHashSet(StringComparer.Ordinal);
            var missing = english.Keys.Select(Stem).Distinct().Where(k => !stems.Contains(k)).ToList();
            if (missing.Count > 0) _warnings.Add(new($"words in {language}", string.Create(CultureInfo.InvariantCulture, $"{missing.Count} of {stems.Count + missing.Count} are missing and stand in English: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? " …" : "")}.")));
            foreach (var unknown in pack.Words(language).Keys.Where(k => !english.ContainsKey(k) && !english.Keys.Any(e => Stem(e) == Stem(k)) && !titles.Contains(k)))
                _warnings.Add(Placed($"words/{language}.json: \"{unknown}\": no word and no contribution has this key; nobody reads it."));
        }
    }

    private static readonly string[] Forms = [".zero", ".one", ".two", ".few", ".many", ".other"];
    private static string Stem(string key) => Forms.FirstOrDefault(f => key.EndsWith(f, StringComparison.Ordinal)) is { } form ? key[..^form.Length] : key;

    private static readonly HashSet<string> KnownLanguages = [.. CultureInfo.GetCultures(CultureTypes.NeutralCultures).Select(c => c.TwoLetterISOLanguageName).Where(l => l.Length == 2)];
    private static readonly HashSet<string> KnownCurrencies = [.. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length > 0 && !c.IsNeutralCulture).Select(c => new RegionInfo(c.Name).ISOCurrencySymbol)];

    [GeneratedRegex(@"^(?<file>[\w./-]+\.(?:json|yaml|csv|geojson))(?<line>, line \d+)?: (?<what>.*)$", RegexOptions.Singleline, 1000)]
    private static partial Regex Sentence();

    // a message that begins with a path into its file ("map.values.pm10") is told with the line on which the path ends
    private Problem Placed(string said)
    {
        var parts = Sentence().Match(said);
        if (!parts.Success) return new(Path.GetFileName(folder), said);
        var (file, what) = (parts.Groups["file"].Value, parts.Groups["what"].Value);
        if (parts.Groups["line"].Success || !File.Exists(Path.Combine(folder, file))) return new(file + parts.Groups["line"].Value, what);
        var lines = File.ReadAllLines(Path.Combine(folder, file));
        var (at, found) = (0, -1);
        var path = (what.StartsWith("the ", StringComparison.Ordinal) ? what[4..] : what).Split([' ', ':'], 2)[0].Trim('"', '.');
        foreach (var part in path.Split('.').Prepend(path))
        {
            var next = Array.FindIndex(lines, at, l => Regex.IsMatch(l, @"(^|[\s{"",])" + Regex.Escape(part) + @"""?\s*:", RegexOptions.None, TimeSpan.FromSeconds(1)));
            if (next >= 0) (at, found) = (next, next);
        }
        return new(found < 0 ? file : string.Create(CultureInfo.InvariantCulture, $"{file}, line {found + 1}"), what);
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>A definition by form: the fields of a pack's file, checked by the same rules.</summary>
[Authorize(IndicatorsModule.Define)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class DefineModel(Book book, Ledger ledger, Recorder recorder, ICity city, IWords words, IDatasets datasets, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    /// <summary>Fields with a text in each language, and their longest.</summary>
    public static readonly (string Field, int Longest)[] Texts = [("name", 60), ("plain", 300), ("unitName", 30), ("owner", 60), ("person", 60), ("method", 500), ("caveats", 500), ("sourceName", 100)];
    private static readonly string[] Plain = ["key", "sector", "unit", "decimals", "direction", "cycle", "lag", "min", "max", "near", "source", "formula"];
    private Dictionary<string, string> _fields = new(StringComparer.Ordinal) { ["decimals"] = "1", ["lag"] = "30", ["direction"] = "up", ["cycle"] = "month", ["source"] = "typed" };

    [BindProperty(SupportsGet = true, Name = "indicator")]
    public string? Asked { get; set; }
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }
    public IReadOnlyList<Sector> Sectors { get; private set; } = [];
    /// <summary>Indicators that were defined here.</summary>
    public IReadOnlyList<Indicator> Mine { get; private set; } = [];
    public IReadOnlyList<Wrong> Problems { get; private set; } = [];
    public string? Tried { get; private set; }
    /// <summary>What a formula may read.</summary>
    public IReadOnlyList<Dataset> Datasets { get; } = [.. datasets.All.OrderBy(d => d.Key, StringComparer.Ordinal)];

    public string Get(string field) => _fields.GetValueOrDefault(field, "");
    public string? Invalid(string field) => Problems.Any(p => p.Field == field) ? "true" : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        await Load(cancel);
        if (Done is not null && !Definition.IsKey(Done)) Done = null;
        if (Asked is null) return Page();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Definitions.AsNoTracking().SingleOrDefaultAsync(d => d.Key == Asked, cancel) is not { } row) return NotFound();
        _fields = FieldsOf(row.Json);
        return Page();
    }

    private async Task<Register> Load(CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        Sectors = register.Sectors;
        Mine = [.. register.Tracks.Select(t => t.Indicator).Where(i => i.ByForm)];
        if (Done is not null && register.Find(Done) is null) Done = null;
        return register;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var register = await Load(cancel);
        var (indicator, json) = await Check(register, cancel);
        if (indicator is null) return Page();
        await ledger.Define(indicator, json, cancel);
        return LocalRedirect($"/{words.Language}/indicators/define?done={indicator.Key}");
    }

    public async Task<IActionResult> OnPostTryAsync(CancellationToken cancel)
    {
        await Load(cancel);
        Take();
        if (await recorder.Check(Get("formula")) is { } wrong) Problems = [wrong];
        else Tried = await recorder.Value(Get("formula"), cancel) is { } value ? words.Of("indicators.define.gives", value.ToString("0.######", System.Globalization.CultureInfo.CurrentCulture)) : words["indicators.define.givesnothing"];
        return Page();
    }

    private void Take() => _fields = Request.Form.Where(f => Plain.Contains(f.Key) || f.Key is "target" or "standards" || Texts.Any(t => f.Key.StartsWith(t.Field + "-", StringComparison.Ordinal))).ToDictionary(f => f.Key, f => f.Value.ToString() is var text && text.Length > 1000 ? text[..1000] : f.Value.ToString(), StringComparer.Ordinal);

    private async Task<(Indicator? Indicator, string Json)> Check(Register register, CancellationToken cancel)
    {
        Take();
        var fields = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var field in Plain.Where(f => Get(f).Trim().Length > 0 && (f != "formula" || Get("source") == "computed"))) fields[field] = Get(field).Trim();
        foreach (var (field, _) in Texts.Where(t => city.Languages.Any(l => Get($"{t.Field}-{l}").Trim().Length > 0))) fields[field] = city.Languages.ToDictionary(l => l, l => Get($"{field}-{l}").Trim(), StringComparer.Ordinal);
        fields["target"] = Get("target").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries)).DistinctBy(l => l[0], StringComparer.Ordinal).ToDictionary(l => l[0], l => l.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
        if (Get("standards").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } standards) fields["standards"] = standards;
        var json = Book.Json(fields);
        var (root, broken) = Definition.Parse(json);
        if (root is null) { Problems = [broken!]; return (null, json); }
        var (indicator, problems) = Definition.Read(root, null, Sectors, city.Languages, demonstration: false, byForm: true);
        var all = problems.ToList();
        if (indicator is not null && book.Pack.Indicators.Any(i => i.Key == indicator.Key)) all.Add(new("key", 0, "indicators.wrong.inpack", indicator.Key));
        // another cycle would leave the values of this one behind
        if (indicator is not null && register.Find(indicator.Key) is { City.Count: > 0 } known && known.Indicator.Cycle != indicator.Cycle) all.Add(new("cycle", 0, "indicators.wrong.cyclechange"));
        if (indicator?.Formula is { } formula && await recorder.Check(formula) is { } wrong) all.Add(wrong);
        Problems = all;
        return (all.Count == 0 ? indicator : null, json);
    }

    private static Dictionary<string, string> FieldsOf(string json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in JsonDocument.Parse(json).RootElement.EnumerateObject())
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object when property.Name == "target":
                    fields["target"] = string.Join('\n', property.Value.EnumerateObject().Select(p => $"{p.Name}: {p.Value.GetString()}"));
                    break;
                case JsonValueKind.Object:
                    foreach (var text in property.Value.EnumerateObject()) fields[$"{property.Name}-{text.Name}"] = text.Value.GetString() ?? "";
                    break;
                case JsonValueKind.Array:
                    fields[property.Name] = string.Join(", ", property.Value.EnumerateArray().Select(v => v.GetString()));
                    break;
                default:
                    fields[property.Name] = property.Value.GetString() ?? "";
                    break;
            }
        return fields;
    }
}

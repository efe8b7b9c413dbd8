using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators.Pages;

/// <summary>One value: what it was before, who changed it, when and why; who disputes it, and the answer.</summary>
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class ValueModel(Book book, Ledger ledger, ICity city, IWords words, IAudience audience, TimeProvider time, IDbContextFactory<IndicatorsDb> dbs) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "period")]
    public string? AskedPeriod { get; set; }
    [BindProperty(SupportsGet = true, Name = "area")]
    public string? AskedArea { get; set; }
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Said { get; set; }

    public Track Track { get; private set; } = null!;
    public Period Period { get; private set; }
    public string Area { get; private set; } = "";
    public string AreaName => (Area.Length == 0 ? city.Name : city.Area(Area)!.Name).ToString();
    public double? Value => Track.ValueAt(Period, Area);
    /// <summary>The value of the pack, before anybody stored one here.</summary>
    public double? First { get; private set; }
    public IReadOnlyList<ValueVersion> Versions { get; private set; } = [];
    public IReadOnlyList<Dispute> Disputes { get; private set; } = [];
    public DateTimeOffset Now => time.GetUtcNow();
    private bool Works => audience.Can(IndicatorsModule.Edit);
    public bool MayEdit => Works && Owners.May(audience, city, Track.Indicator);
    public bool MayDispute => audience.UserName is not null && audience.Can(IndicatorsModule.Dispute);
    public string? Done => Said is "stored" or "disputed" or "answered" ? Said : null;
    public string? Problem { get; private set; }
    public string? WrongField { get; private set; }
    /// <summary>What was typed and refused; nothing is lost.</summary>
    public string Typed { get; private set; } = "";
    public long TypedFor { get; private set; }
    public string TypedValue { get; private set; } = "";
    public string TypedWhy { get; private set; } = "";

    /// <summary>Names are for those who work with them; everyone else reads which side spoke.</summary>
    public string NameOf(string person) => person == Recorder.By ? words["indicators.byformula"] : Works || person == audience.UserName ? person : words["indicators.someone"];

    public async Task<IActionResult> OnGetAsync(string indicator, CancellationToken cancel) => await Load(indicator, cancel) ? Page() : NotFound();

    private async Task<bool> Load(string indicator, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(indicator) is not { } track) return false;
        var cycle = track.Indicator.Cycle;
        if (string.IsNullOrEmpty(AskedPeriod)) Period = track.Latest?.Period ?? Period.Of(cycle, book.Today).Plus(-1);
        else if (Period.TryParse(AskedPeriod, out var period) && period.Cycle == cycle && period.Start <= book.Today) Period = period;
        else return false;
        if (!string.IsNullOrEmpty(AskedArea) && city.Area(AskedArea) is null) return false;
        (Track, Area) = (track, AskedArea ?? "");
        var name = Period.ToString();
        First = book.Pack.Values.FirstOrDefault(v => v.Indicator == indicator && v.Area == Area && v.Period == Period)?.Value;
        await using var db = await dbs.CreateDbContextAsync(cancel);
        Versions = await db.Versions.AsNoTracking().Where(v => v.Indicator == indicator && v.Area == Area && v.Period == name).OrderBy(v => v.Id).ToListAsync(cancel);
        Disputes = await db.Disputes.AsNoTracking().Where(d => d.Indicator == indicator && d.Area == Area && d.Period == name).OrderBy(d => d.Id).ToListAsync(cancel);
        return true;
    }

    private PageResult Refuse(string field, string problem)
    {
        (WrongField, Problem) = (field, problem);
        return Page();
    }

    private IActionResult Told(string done, string anchor = "") =>
        LocalRedirect($"/{words.Language}/indicators/{Track.Indicator.Key}/value?period={Period}&area={Area}&done={done}{anchor}");

    public async Task<IActionResult> OnPostCorrectAsync(string indicator, string? value, string? why, string? was, CancellationToken cancel)
    {
        if (!Works) return Forbid();
        if (!await Load(indicator, cancel) || Track.Indicator.Source == ValueSource.Computed) return NotFound();
        if (!MayEdit) return Forbid();
        (TypedValue, TypedWhy) = (value ?? "", why?.Trim() ?? "");
        var (number, wrong) = Numbers.Read(Track.Indicator, value);
        if (wrong is not null) return Refuse("value", wrong.In(words));
        if (Value is not null && TypedWhy.Length == 0) return Refuse("why", words["indicators.wrong.why"]);
        if (TypedWhy.Length > 300) return Refuse("why", words.Of("indicators.cell.long", 300));
        if (number == Value) return Refuse("value", words["indicators.wrong.samevalue"]);
        double? shown = double.TryParse(was, NumberStyles.Float, CultureInfo.InvariantCulture, out var before) ? before : null;
        if (!await ledger.Store(new(indicator, Area, Period, number, shown, TypedWhy), cancel)) return Refuse("value", words["indicators.wrong.meanwhile"]);
        return Told("stored");
    }

    public async Task<IActionResult> OnPostDisputeAsync(string indicator, string? text, CancellationToken cancel)
    {
        if (!MayDispute) return Forbid();
        if (!await Load(indicator, cancel) || Value is not { } disputed) return NotFound();
        Typed = text?.Trim() ?? "";
        if (Typed.Length < 10) return Refuse("text", words["indicators.wrong.tooshort"]);
        if (Typed.Length > 1000) return Refuse("text", words.Of("indicators.cell.long", 1000));
        // one open dispute a person and value: more would drown the answer
        if (Disputes.Any(d => d.AnsweredAt is null && d.Person == audience.UserName)) return Refuse("text", words["indicators.wrong.disputedalready"]);
        await ledger.Dispute(indicator, Area, Period, disputed, Typed, cancel);
        return Told("disputed", "#disputes");
    }

    public async Task<IActionResult> OnPostAnswerAsync(string indicator, long id, string? answer, bool agreed, CancellationToken cancel)
    {
        if (!Works) return Forbid();
        if (!await Load(indicator, cancel)) return NotFound();
        if (!MayEdit) return Forbid();
        (Typed, TypedFor) = (answer?.Trim() ?? "", id);
        if (Typed.Length == 0) return Refuse("answer", words["indicators.wrong.noanswer"]);
        if (Typed.Length > 1000) return Refuse("answer", words.Of("indicators.cell.long", 1000));
        if (!await ledger.Answer(id, indicator, Typed, agreed, cancel)) return Refuse("answer", words["indicators.wrong.answered"]);
        return Told("answered", "#disputes");
    }
}

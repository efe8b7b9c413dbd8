using System.Globalization;

namespace SmartCity.Indicators;

/// <summary>Something wrong, or odd, at a cell.</summary>
internal sealed record AtCell(Cell Cell, Wrong Wrong);

/// <summary>What an uploaded table comes to: the values to store, and every problem by cell. With one problem nothing is stored.</summary>
/// <param name="Odd">Values that are far from what was before: allowed, to be looked at.</param>
/// <param name="Unchanged">Rows that say what is known already.</param>
/// <param name="Empty">Rows without a value.</param>
internal sealed record Intake(IReadOnlyList<Change> Changes, IReadOnlyList<AtCell> Problems, IReadOnlyList<AtCell> Odd, int Unchanged, int Empty)
{
    private static readonly Dictionary<string, string[]> Heads = new(StringComparer.Ordinal)
    {
        ["indicator"] = ["indicator", "지표 코드", "indicator code"],
        ["area"] = ["area", "지역"],
        ["period"] = ["period", "기간"],
        ["value"] = ["value", "값"],
        ["why"] = ["why", "사유", "reason"],
    };

    public static Intake Of(Sheet sheet, Register register, ICity city, DateOnly today)
    {
        var problems = new List<AtCell>();
        if (sheet.Rows.Count == 0) return Only(new("A1", ""), "indicators.file.empty");
        var (headRow, heads) = sheet.Rows[0];
        var columns = Heads.ToDictionary(h => h.Key, h => heads.Where(c => h.Value.Contains(c.Value.Text.ToLowerInvariant())).Select(c => (int?)c.Key).FirstOrDefault(), StringComparer.Ordinal);
        foreach (var missing in new[] { "indicator", "period", "value" }.Where(c => columns[c] is null)) problems.Add(new(new("A" + headRow.ToString(CultureInfo.InvariantCulture), ""), new(missing, headRow, "indicators.cell.column", string.Join(" / ", Heads[missing]))));
        foreach (var twice in heads.GroupBy(h => Heads.FirstOrDefault(k => k.Value.Contains(h.Value.Text.ToLowerInvariant())).Key).Where(g => g.Key is not null && g.Count() > 1))
            problems.Add(new(twice.Last().Value, new(twice.Key!, headRow, "indicators.cell.twice", twice.Last().Value.Text)));
        if (problems.Count > 0) return new([], problems, [], 0, 0);

        var (changes, odd, unchanged, empty) = (new List<Change>(), new List<AtCell>(), 0, 0);
        var seen = new Dictionary<(string, string, Period), string>();
        foreach (var (row, cells) in sheet.Rows.Skip(1))
        {
            Cell At(string column) => columns[column] is { } c && cells.TryGetValue(c, out var cell) ? cell : new(Sheet.Name(columns[column] ?? 0) + row.ToString(CultureInfo.InvariantCulture), "");
            void Say(string column, string word, params object?[] arguments) => problems.Add(new(At(column), new(column, row, word, arguments)));
            if (At("value").Text.Length == 0) { empty++; continue; }
            if (register.Find(At("indicator").Text) is not { } track) { Say("indicator", "indicators.wrong.unknown", At("indicator").Text); continue; }
            var indicator = track.Indicator;
            if (indicator.Source == ValueSource.Computed) { Say("indicator", "indicators.cell.computed", indicator.Key); continue; }
            var before = problems.Count;
            var area = At("area").Text is { Length: > 0 } named ? city.FindArea(named)?.Code : "";
            if (area is null) Say("area", "indicators.wrong.area", At("area").Text);
            if (PeriodOf(At("period"), indicator.Cycle) is not { } period) { Say("period", "indicators.wrong.period", At("period").Text, Pack.Example(indicator.Cycle)); period = default; }
            else if (period.Start > today) Say("period", "indicators.cell.future", period.ToString());
            var (value, wrong) = Numbers.Read(indicator, At("value").Text.StartsWith('#') ? At("value").Text : Invariant(At("value")));
            if (wrong is not null) problems.Add(new(At("value"), wrong with { Line = row, Arguments = [At("value").Text, .. wrong.Arguments.Skip(1)] }));
            if (problems.Count > before) continue;

            if (!seen.TryAdd((indicator.Key, area!, period), At("value").Address)) { Say("value", "indicators.cell.again", seen[(indicator.Key, area!, period)]); continue; }
            var was = track.ValueAt(period, area!);
            if (was == value) { unchanged++; continue; }
            var why = At("why").Text;
            if (why.Length > 300) { Say("why", "indicators.cell.long", 300); continue; }
            if (was is not null && why.Length == 0) { Say("why", "indicators.cell.why", indicator.Write(was), period.ToString()); continue; }
            if (IsOdd(track, period, area!, value!.Value)) odd.Add(new(At("value"), new("value", row, "indicators.cell.odd", indicator.WriteWithUnit(value), indicator.Name.ToString())));
            changes.Add(new(indicator.Key, area!, period, value, was, why));
        }
        return new(problems.Count > 0 ? [] : changes, problems, odd, unchanged, empty);
    }

    // a cell that a spreadsheet has as a number may be written 1.2E+6
    private static string Invariant(Cell cell) => cell.IsNumber && double.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15 ? number.ToString("0.###############", CultureInfo.InvariantCulture) : cell.Text;

    /// <summary>A period as it is written, or as a spreadsheet makes of it: the number of a day since 1900, a bare year.</summary>
    private static Period? PeriodOf(Cell cell, Cycle cycle)
    {
        if (Period.TryParse(cell.Text, out var period)) return period.Cycle == cycle ? period : null;
        if (DateOnly.TryParseExact(cell.Text, ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy. M. d."], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return Period.Of(cycle, day);
        return cell.IsNumber && double.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 20000 and < 80000 && number == Math.Floor(number)
            ? Period.Of(cycle, new DateOnly(1899, 12, 30).AddDays((int)number)) : null;
    }

    /// <summary>True when a value is further from the middle of the last two years than four times their usual distance from it.</summary>
    internal static bool IsOdd(Track track, Period period, string area, double value)
    {
        var recent = track.ByArea.GetValueOrDefault(area, []).Where(o => o.Value is not null && o.Period != period).TakeLast(Math.Max(6, Period.PerYear(period.Cycle) * 2)).Select(o => o.Value!.Value).Order().ToList();
        if (recent.Count < 5) return false;
        var middle = recent[recent.Count / 2];
        var usual = recent.Select(v => Math.Abs(v - middle)).Order().ElementAt(recent.Count / 2);
        return Math.Abs(value - middle) > 4 * Math.Max(Math.Max(usual, track.Indicator.Near), recent[^1] - middle);
    }

    private static Intake Only(Cell cell, string word) => new([], [new(cell, new("file", 1, word))], [], 0, 0);
}

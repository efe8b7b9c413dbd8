using System.IO.Compression;
using System.Text;
using SmartCity.Indicators;

namespace SmartCity.Tests.Indicators;

/// <summary>Spreadsheets with mistakes in them: every problem by cell, before anything is stored.</summary>
public sealed class IntakeTests : IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 22);
    private readonly PackCity _city = new();
    private readonly Register _register;

    public IntakeTests()
    {
        var pack = _city.Load();
        _register = new(pack.Sectors, [.. pack.Indicators.Select(i => new Track(i, pack.Values.Where(v => v.Indicator == i.Key).GroupBy(v => v.Area).Select(g => KeyValuePair.Create<string, IReadOnlyList<Observation>>(g.Key, [.. g.OrderBy(v => v.Period).Select(v => new Observation(v.Period, v.Value, 0, true))]))))], new HashSet<(string, string, SmartCity.Indicators.Period)>());
    }

    public void Dispose() => _city.Dispose();

    private Intake Csv(string text, Encoding? encoding = null)
    {
        var (sheet, wrong) = Sheet.Read((encoding ?? Encoding.UTF8).GetBytes(text));
        Assert.True(wrong is null, wrong?.Word);
        return Intake.Of(sheet!, _register, _city.City, Today);
    }

    private double Latest(string key) => _register.Find(key)!.Latest!.Value!.Value;

    [Fact]
    public void A_right_table_becomes_changes()
    {
        var intake = Csv("indicator,period,value,why\nopen-data,2026-11,\"8,150\",\nfine-dust,2026-09,17.24,checked again\nfire-response,2026-11,,\n");
        Assert.Empty(intake.Problems);
        Assert.Equal(1, intake.Empty);
        Assert.Equal([("open-data", 8150.0, null), ("fine-dust", 17.2, _register.Find("fine-dust")!.ValueAt(new(Cycle.Month, 2026 * 12 + 8)))], intake.Changes.Select(c => (c.Indicator, c.Value!.Value, c.Was)));
    }

    [Fact]
    public void Every_problem_is_told_by_its_cell_and_nothing_is_taken()
    {
        var intake = Csv("""
            지표 코드,지표,지역,기간,값,사유
            open-data,,,2026-11,8150,
            storm,,,2026-11,1,
            fine-dust,,,2026-Q3,17,
            fine-dust,,,2027-01,17,
            fine-dust,,달나라,2026-11,17,
            fine-dust,,,2026-11,about 17,
            fine-dust,,,2026-11,-3,
            fire-response,,,2026-11,101,
            fine-dust,,,2026-10,1,
            dust-boroughs-good,,,2026-11,50,
            open-data,,,2026-11,8151,
            """);
        Assert.Empty(intake.Changes);
        Assert.Equal(["A3", "D4", "D5", "C6", "E7", "E8", "E9", "F10", "A11", "E12"], intake.Problems.Select(p => p.Cell.Address));
        Assert.Equal(["unknown", "period", "future", "area", "notnumber", "toosmall", "toolarge", "why", "computed", "again"], intake.Problems.Select(p => p.Wrong.Word.Split('.')[^1]));
    }

    [Fact]
    public void A_table_without_its_heads_is_refused()
    {
        var intake = Csv("a,b\n1,2\n");
        Assert.Equal(3, intake.Problems.Count);
        Assert.All(intake.Problems, p => Assert.Equal("indicators.cell.column", p.Wrong.Word));
        Assert.Equal("indicators.cell.twice", Assert.Single(Csv("indicator,period,value,value\n").Problems).Wrong.Word);
    }

    [Fact]
    public void What_is_known_already_changes_nothing_and_what_is_far_off_is_pointed_out()
    {
        Assert.Equal(1, Csv($"indicator,period,value\nopen-data,2026-10,{Latest("open-data")}\n").Unchanged);
        var odd = Csv("indicator,period,value\nopen-data,2026-11,81000\n");
        Assert.Empty(odd.Problems);
        Assert.Equal("C2", Assert.Single(odd.Odd).Cell.Address);
        Assert.Single(odd.Changes);
    }

    [Fact]
    public void Boroughs_are_known_by_name_and_by_code()
    {
        var intake = Csv("indicator,area,period,value\nfine-dust,종로구,2026-11,21\nfine-dust,Gangnam-gu,2026-11,22\nfine-dust,11140,2026-11,23\n");
        Assert.Empty(intake.Problems);
        Assert.Equal(["11110", "11680", "11140"], intake.Changes.Select(c => c.Area));
    }

    [Theory]
    [InlineData(";")]
    [InlineData("\t")]
    public void Other_separators_and_the_older_korean_encoding_are_understood(string separator)
    {
        var text = string.Join("\n", new[] { "지표 코드,기간,값,사유", "open-data,2026-11,8150,확인함" }).Replace(",", separator, StringComparison.Ordinal) + "\n";
        var intake = Csv(text, CodePagesEncodingProvider.Instance.GetEncoding(949));
        Assert.Empty(intake.Problems);
        Assert.Equal("확인함", Assert.Single(intake.Changes).Why);
    }

    [Fact]
    public void The_template_comes_back_filled_in_as_a_workbook()
    {
        var rows = Template.Awaited(_register, "environment", Today).ToList();
        Assert.Contains(rows, r => r.Indicator.Key == "fine-dust");
        Assert.DoesNotContain(rows, r => r.Indicator.Key == "dust-boroughs-good");
        var workbook = Template.Xlsx(rows, "Help", ["Write numbers."]);
        var (sheet, wrong) = Sheet.Read(workbook);
        Assert.Null(wrong);
        Assert.Equal(rows.Count + 1, sheet!.Rows.Count);
        var untouched = Intake.Of(sheet, _register, _city.City, Today);
        Assert.Equal((0, rows.Count), (untouched.Problems.Count, untouched.Empty));
        // a spreadsheet stores a number as a number, and makes a day of what looks like one
        var filled = Rewrite(workbook, xml => xml.Replace("<x:row r=\"2\">", "<x:row r=\"2\"><x:c r=\"E2\"><x:v>17.35</x:v></x:c>", StringComparison.Ordinal));
        var (again, _) = Sheet.Read(filled);
        var intake = Intake.Of(again!, _register, _city.City, Today);
        Assert.Empty(intake.Problems);
        Assert.Equal(17.4, Assert.Single(intake.Changes).Value);
        Assert.Equal(rows[0].Period, intake.Changes[0].Period);
    }

    [Fact]
    public void A_period_that_a_spreadsheet_made_a_day_of_is_still_that_period()
    {
        var sheet = new Sheet([(1, new Dictionary<int, Cell> { [0] = new("A1", "indicator"), [1] = new("B1", "period"), [2] = new("C1", "value") }),
            (2, new Dictionary<int, Cell> { [0] = new("A2", "open-data"), [1] = new("B2", "46327", true), [2] = new("C2", "8.15E3", true) })]);
        var change = Assert.Single(Intake.Of(sheet, _register, _city.City, Today).Changes);
        Assert.Equal(("2026-11", 8150.0), (change.Period.ToString(), change.Value));
    }

    [Fact]
    public void Broken_large_old_and_dangerous_files_are_refused_each_with_its_reason()
    {
        Assert.Equal("indicators.file.empty", Sheet.Read([]).Wrong!.Word);
        Assert.Equal("indicators.file.large", Sheet.Read(new byte[Sheet.MostBytes + 1]).Wrong!.Word);
        Assert.Equal("indicators.file.old", Sheet.Read([0xD0, 0xCF, 0x11, 0xE0, 1, 2]).Wrong!.Word);
        Assert.Equal("indicators.file.broken", Sheet.Read([.. "PK"u8, 1, 2, 3]).Wrong!.Word);
        Assert.Equal("indicators.file.broken", Sheet.Read(Zip(("hello.txt", "x"u8.ToArray()))).Wrong!.Word);
        Assert.Equal("indicators.file.macro", Sheet.Read(Zip(("xl/workbook.xml", "x"u8.ToArray()), ("xl/vbaProject.bin", [1]))).Wrong!.Word);
        // a small file that says it unpacks to a lot
        Assert.Equal("indicators.file.large", Sheet.Read(Zip(("xl/workbook.xml", new byte[50_000_000]))).Wrong!.Word);
        Assert.Equal("indicators.file.rows", Sheet.Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", Sheet.MostRows + 2)))).Wrong!.Word);
        Assert.Equal("indicators.file.broken", Sheet.Read([1, 0, 2, 0]).Wrong!.Word);
    }

    [Theory]
    [InlineData("1234.5", 1234.5)]
    [InlineData(" 1,234.5 ", 1234.5)]
    [InlineData("１２３４", 1234.0)]
    [InlineData("−5", -5.0)]
    [InlineData("1,23", null)]
    [InlineData("1.234,5", null)]
    [InlineData("1e999", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    [InlineData("=1+1", null)]
    public void Numbers_are_read_as_people_type_them_and_what_could_mean_two_things_is_refused(string text, double? expected) =>
        Assert.Equal(expected, Numbers.TryRead(text, out var number) ? number : null);

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in entries)
                using (var entry = zip.CreateEntry(name).Open()) entry.Write(bytes);
        return stream.ToArray();
    }

    private static byte[] Rewrite(byte[] workbook, Func<string, string> change)
    {
        using var stream = new MemoryStream();
        stream.Write(workbook);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = zip.Entries.Where(e => e.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal)).MaxBy(e => e.Length)!;
            string xml;
            using (var reader = new StreamReader(entry.Open())) xml = reader.ReadToEnd();
            var changed = change(xml);
            Assert.NotEqual(xml, changed);
            var name = entry.FullName;
            entry.Delete();
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(changed);
        }
        return stream.ToArray();
    }
}

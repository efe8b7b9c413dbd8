using System.Globalization;
using System.IO.Compression;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using SmartCity.Shell.Export;

namespace SmartCity.Tests.Export;

/// <summary>A workbook is valid, typed, and runs nothing.</summary>
public sealed class WorkbookTests(DataFileTests.Fed fed) : IClassFixture<DataFileTests.Fed>
{
    private static void Valid(Stream file)
    {
        using var book = SpreadsheetDocument.Open(file, false);
        Assert.Empty(new OpenXmlValidator(FileFormatVersions.Office2019).Validate(book).Select(e => $"{e.Part?.Uri}{e.Path?.XPath}: {e.Description}"));
    }

    private static IReadOnlyList<IReadOnlyList<Cell>> Rows(SpreadsheetDocument book, string? name = null)
    {
        var sheet = book.WorkbookPart!.Workbook.Descendants<Sheet>().First(s => name is null || s.Name == name);
        return [.. ((WorksheetPart)book.WorkbookPart.GetPartById(sheet.Id!)).Worksheet.Descendants<Row>().Select(r => r.Elements<Cell>().ToList())];
    }

    [Fact]
    public void Cells_carry_their_types_and_heads_their_units()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ko-KR");
        using var file = Printed.As(Printed.Workbook, Printed.Table(Enumerable.Range(0, 5).Select(i => Printed.Row(i)), 5));
        Valid(file);
        using var book = SpreadsheetDocument.Open(file, false);
        var rows = Rows(book);
        Assert.Equal(["이름", "값 (µg/m³)", "시각 (Asia/Seoul)", "지역", "지역 코드", "위치 위도 (°)", "위치 경도 (°)"], rows[0].Select(c => c.InnerText));
        var first = rows[2];
        Assert.Equal(CellValues.InlineString, first[0].DataType!.Value);
        Assert.True(first[1].DataType is null && first[1].CellValue!.Text == "1.25");
        // the city's own time: noon and a minute
        Assert.Equal(new DateTime(2026, 3, 1, 12, 1, 0), DateTime.FromOADate(double.Parse(first[2].CellValue!.Text, CultureInfo.InvariantCulture)), TimeSpan.FromMilliseconds(1));
        Assert.Equal(Style.Time, first[2].StyleIndex!.Value);
        Assert.Equal([Printed.City.Areas[1].Name.In("ko"), Printed.City.Areas[1].Code], first.Skip(3).Take(2).Select(c => c.InnerText));
        Assert.Equal(CellValues.InlineString, first[4].DataType!.Value);
        Assert.Equal("127", first[6].CellValue!.Text);
        Assert.True(rows[4][1].CellValue is null && rows[4].Count == 7, "a missing number is an empty cell in its place");
    }

    public static TheoryData<string> Hostile => new("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "\"", ";", "a\nb", "=HYPERLINK(\"http://x\")");

    [Theory, MemberData(nameof(Hostile))]
    public void A_text_that_a_spreadsheet_would_run_stays_text(string text)
    {
        using var file = Printed.As(Printed.Workbook, Printed.Table([Printed.Row(1, text)], 1));
        Valid(file);
        using var book = SpreadsheetDocument.Open(file, false);
        var cell = Rows(book)[1][0];
        Assert.Equal(CellValues.InlineString, cell.DataType!.Value);
        Assert.Null(cell.CellFormula);
        Assert.Equal(text.Replace("\r", "", StringComparison.Ordinal), cell.InlineString!.Text!.Text);
        // edited and left again, it must not become a formula either
        if (DataFiles.Harmless(text) != text) Assert.Equal(Style.Quoted, cell.StyleIndex!.Value);
    }

    [Theory]
    [InlineData("a\u0000b\u0008c", "abc")]
    [InlineData("whole 😀 letter", "whole 😀 letter")]
    [InlineData("_x000D_ is no line", "_x005F_x000D_ is no line")]
    [InlineData("snake_case_stays", "snake_case_stays")]
    public void What_a_workbook_cannot_hold_is_left_out(string text, string clean) => Assert.Equal(clean, SheetWriter.Clean(text));

    [Fact]
    public void Half_a_letter_is_left_out() => Assert.Equal("half  letter", SheetWriter.Clean("half " + (char)0xD800 + " letter"));

    [Fact]
    public void A_text_is_cut_where_a_cell_is_full() => Assert.Equal(Shell.Export.Workbook.MostLetters, SheetWriter.Clean(new string('가', 40_000)).Length);

    [Fact]
    public void Rows_that_do_not_fit_a_sheet_go_on_in_the_next()
    {
        var file = new MemoryStream();
        using (var book = new Shell.Export.Workbook(Printed.Head(), file, Printed.City, Printed.Words, mostRows: 11))
        {
            book.Add(Printed.Table(Enumerable.Range(0, 25).Select(i => Printed.Row(i)), 25, "표: 지역/시각"));
            book.End();
        }
        file.Position = 0;
        Valid(file);
        using var opened = SpreadsheetDocument.Open(file, false);
        Assert.Equal([11, 11, 6], new[] { "표  지역 시각", "표  지역 시각 (2)", "표  지역 시각 (3)" }.Select(name => Rows(opened, name).Count));
    }

    [Theory]
    [InlineData(1, "A"), InlineData(26, "Z"), InlineData(27, "AA"), InlineData(702, "ZZ"), InlineData(703, "AAA")]
    public void Columns_are_named_by_letters(int column, string letters) => Assert.Equal(letters, Shell.Export.Workbook.Letters(column));

    [Fact]
    public void Sheets_have_names_of_their_own()
    {
        var taken = new List<string>();
        foreach (var title in new[] { "A very long title that does not fit at all", "A very long title that does not fit either", "a/b", "A:B", "", "'quoted'" }) taken.Add(Shell.Export.Workbook.Name(title, taken));
        Assert.Equal(taken.Count, taken.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(taken, n => Assert.True(n.Length is > 0 and <= 31 && n.IndexOfAny(['[', ']', ':', '*', '?', '/', '\\']) < 0 && !n.StartsWith('\''), n));
    }

    [Fact]
    public void A_report_with_a_chart_and_words_is_valid_and_keeps_the_numbers()
    {
        var points = Enumerable.Range(0, 24).Select(i => new Point(Printed.Noon.AddHours(i), i == 5 ? null : i * 2.5)).ToList();
        using var file = Printed.As(Printed.Workbook, new ReportHeading("대기"), new ReportWords("=1+1 는 글이다"), new ReportLines([new("한 줄")]),
            new ReportFigure(new() { Id = "c", Headline = "결론", Subtitle = "초미세먼지", Unit = "ug/m3", Series = [new("도시", points)] }), Printed.Table([Printed.Row(1)], 1, "표"));
        Valid(file);
        using var book = SpreadsheetDocument.Open(file, false);
        Assert.Equal(Printed.Words["export.about"], book.WorkbookPart!.Workbook.Descendants<Sheet>().First().Name!.Value);
        var numbers = Rows(book, "초미세먼지");
        Assert.Equal(25, numbers.Count);
        Assert.Equal("2.5", numbers[2][1].CellValue!.Text);
        Assert.Null(numbers[6][1].CellValue);
    }

    [Theory, InlineData("ko"), InlineData("en")]
    public async Task A_datasets_workbook_has_the_rows_of_its_page_and_says_where_they_come_from(string language)
    {
        using var client = fed.City.Client();
        using var file = new MemoryStream(await client.GetByteArrayAsync($"/data/atmosphere.air-now.xlsx?sort=-pm25&lang={language}"));
        Valid(file);
        using var book = SpreadsheetDocument.Open(file, false);
        var rows = Rows(book);
        Assert.Equal(26, rows.Count);
        var column = rows[0].Select(c => c.InnerText).ToList().FindIndex(h => h.Contains("PM2.5", StringComparison.Ordinal));
        var values = rows.Skip(1).Select(r => double.Parse(r[column].CellValue!.Text, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(values.OrderDescending(), values);
        var about = string.Join('\n', Rows(book, language == "ko" ? "안내" : "About").Select(r => string.Join(": ", r.Select(c => c.InnerText))));
        Assert.Contains($"http://{client.BaseAddress!.Authority}/{language}/data/atmosphere.air-now?sort=-pm25", about, StringComparison.Ordinal);
        Assert.Contains(language == "ko" ? "내림차순" : "falling", about, StringComparison.Ordinal);
        Assert.Contains(language == "ko" ? "기준 시각: 20" : "As of: 20", about, StringComparison.Ordinal);
        Assert.Contains(language == "ko" ? "(시연)" : "(demo)", about, StringComparison.Ordinal);
        Assert.Contains("KOGL-1", about, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workbook_is_written_forward_and_needs_no_way_back()
    {
        var file = new ForwardOnly();
        using (var book = Printed.Workbook.Begin(Printed.Head(), file))
        {
            book.Add(Printed.Table(Enumerable.Range(0, 1000).Select(i => Printed.Row(i)), 1000));
            Assert.True(file.Count > 0, "nothing was written before the end");
            book.End();
        }
        using var zip = new ZipArchive(new MemoryStream(file.Bytes));
        Assert.Contains(zip.Entries, e => e.FullName == "[Content_Types].xml");
    }

    private sealed class ForwardOnly : Stream
    {
        private readonly MemoryStream _bytes = new();
        public byte[] Bytes => _bytes.ToArray();
        public long Count => _bytes.Length;
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => _bytes.Write(buffer, offset, count);
    }
}

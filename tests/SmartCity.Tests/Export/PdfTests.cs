using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using SmartCity.Shell;
using SmartCity.Shell.Export;
using SmartCity.Shell.Export.Pdf;

namespace SmartCity.Tests.Export;

/// <summary>A PDF is whole, tagged, and says in letters what it shows.</summary>
public sealed class PdfTests(DataFileTests.Fed fed) : IClassFixture<DataFileTests.Fed>
{
    private static PdfText Read(Stream file)
    {
        var bytes = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        var pdf = new PdfText(bytes);
        Assert.Empty(pdf.Dangling());
        Assert.All(pdf.Marks(), m => Assert.Equal(m.Marks, m.Owners));
        return pdf;
    }

    private static void Korean() => CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ko-KR");

    private static Chart Chart(bool bars) => new()
    {
        Id = "c", Headline = "가장 높은 값은 57.5", Subtitle = "초미세먼지, 도시", Unit = "ug/m3", Bars = bars,
        Series = [new("도시", [.. Enumerable.Range(0, 24).Select(i => new Point(Printed.Noon.AddHours(i), i == 5 ? null : i * 2.5))]), new("평균", [.. Enumerable.Range(0, 24).Select(i => new Point(Printed.Noon.AddHours(i), 20))], Context: true)],
        Levels = [new(35, "나쁨부터")],
    };

    [Fact]
    public void A_table_runs_over_pages_with_its_heads_on_each()
    {
        Korean();
        var pdf = Read(Printed.As(Printed.Pdf, Printed.Table(Enumerable.Range(0, 300).Select(i => Printed.Row(i)), 300)));
        var pages = pdf.Text();
        Assert.True(pages.Count > 4, $"only {pages.Count} pages");
        Assert.All(pages, p => Assert.Contains("값 (µg/m³)", p, StringComparison.Ordinal));
        for (var i = 0; i < pages.Count; i++) Assert.Contains($"{i + 1} / {pages.Count}쪽", pages[i], StringComparison.Ordinal);
        // each row once, in order, whatever page it is on
        var all = string.Concat(pages);
        var at = 0;
        for (var i = 0; i < 300; i++) Assert.True((at = all.IndexOf($"측정소 station {i}\t", at, StringComparison.Ordinal)) >= 0, $"row {i} is missing");
        Assert.Equal(300 + 1, pdf.Elements("TR"));
        Assert.Equal(5, pdf.Elements("TH"));
        Assert.Equal(1, pdf.Elements("Table"));
    }

    [Fact]
    public void A_cell_taller_than_a_page_goes_on_in_the_next_and_nothing_of_it_is_lost()
    {
        Korean();
        var words = Enumerable.Range(0, 3000).Select(i => "낱말" + i.ToString(CultureInfo.InvariantCulture)).ToList();
        var pdf = Read(Printed.As(Printed.Pdf, Printed.Table([Printed.Row(1, string.Join(' ', words)), Printed.Row(2, "끝줄")], 2)));
        var all = string.Join(' ', pdf.Text()).Split([' ', '\t', '\n']).ToHashSet(StringComparer.Ordinal);
        Assert.All(words, w => Assert.Contains(w, all));
        Assert.Contains("끝줄", all);
        Assert.True(pdf.Pages.Count > 1);
    }

    [Fact]
    public void A_document_says_its_title_language_and_structure()
    {
        Korean();
        var pdf = Read(Printed.As(Printed.Pdf, new ReportHeading("첫 장"), new ReportWords("글."), new ReportHeading("둘째 장"), new ReportLines([new("한 줄", State: State.Serious), new("또 한 줄")])));
        var catalogue = pdf.Objects.Values.Single(o => o.Contains("/Type/Catalog", StringComparison.Ordinal));
        Assert.Contains("/Lang(ko-KR)", catalogue, StringComparison.Ordinal);
        Assert.Contains("/MarkInfo<</Marked true>>", catalogue, StringComparison.Ordinal);
        Assert.Contains("/DisplayDocTitle true", catalogue, StringComparison.Ordinal);
        Assert.Contains("/Outlines", catalogue, StringComparison.Ordinal);
        Assert.Contains(pdf.Objects.Values, o => o.Contains("/Title" + PdfFile.Text("대기질 보고서 Air report"), StringComparison.Ordinal) && o.Contains("/Producer", StringComparison.Ordinal));
        Assert.Equal((1, 2, 1), (pdf.Elements("H1"), pdf.Elements("H2"), pdf.Elements("P")));
        var text = string.Concat(pdf.Text());
        Assert.Contains(Printed.Words["state.serious"], text, StringComparison.Ordinal);
        Assert.Contains("https://city.example/ko/data/x?sort=-a", text, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_chart_is_drawn_in_strokes_and_told_in_words(bool bars)
    {
        Korean();
        var pdf = Read(Printed.As(Printed.Pdf, new ReportFigure(Chart(bars))));
        var figure = pdf.Objects.Values.Single(o => o.Contains("/S/Figure/", StringComparison.Ordinal));
        Assert.Contains("/BBox[", figure, StringComparison.Ordinal);
        var said = Convert.FromHexString(PdfText.Found(figure, "/Alt<FEFF([0-9A-F]+)>").Groups[1].Value);
        Assert.Contains("57.5", System.Text.Encoding.BigEndianUnicode.GetString(said), StringComparison.Ordinal);
        Assert.DoesNotContain(pdf.Objects.Values, o => o.Contains("/Subtype/Image", StringComparison.Ordinal));
        var text = string.Concat(pdf.Text());
        foreach (var word in new[] { "가장 높은 값은", "나쁨부터", "평균", "60" }) Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_letter_that_no_font_has_can_still_be_found()
    {
        Korean();
        var pdf = Read(Printed.As(Printed.Pdf, new ReportWords("漢字 and ქართული")));
        // shown as an empty box, carried as text
        Assert.Equal(0, Printed.Fonts.Regular[0].Glyph('ქ'));
        Assert.True(pdf.Says("ActualText" + PdfFile.Text("漢字 and ქართული")));
    }

    [Fact]
    public void Only_the_used_part_of_a_font_is_in_the_file()
    {
        using var file = Printed.As(Printed.Pdf, new ReportWords("가나다"));
        Assert.InRange(file.Length, 5_000, 60_000);
        var font = Printed.Fonts.Regular[0];
        var cut = new TrueType(WithMap(font.Subset([font.Glyph('각'), font.Glyph('A')])), "cut");
        Assert.Equal(font.Width(font.Glyph('각')), cut.Width(font.Glyph('각')));
        Assert.True(cut.Glyphs <= font.Glyphs);
    }

    // a cut font has no map of letters any more; the reader wants one
    private static byte[] WithMap(byte[] cut)
    {
        var count = cut[5];
        var bytes = new List<byte>(cut);
        // the table of contents grows by one entry, so every offset moves by sixteen
        bytes.InsertRange(12 + 16 * count, [.. "cmap"u8, 0, 0, 0, 0, .. BigEndian(cut.Length + 16), 0, 0, 0, 4]);
        bytes[5]++;
        for (var i = 0; i < count; i++)
        {
            var at = 12 + 16 * i + 8;
            var moved = BigEndian((bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]) + 16);
            for (var k = 0; k < 4; k++) bytes[at + k] = moved[k];
        }
        bytes.AddRange([0, 0, 0, 0]);
        return [.. bytes];
    }

    private static byte[] BigEndian(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];

    [Fact]
    public void A_letter_that_the_first_font_lacks_comes_from_the_next()
    {
        var whole = Printed.Fonts.Regular[0];
        // without a map of letters it has none
        var empty = new TrueType(WithMap(whole.Subset([whole.Glyph('가')])), "empty");
        var ink = new Ink();
        var face = new Face([empty, whole], 1);
        face.Show(ink, "가", 10);
        Assert.StartsWith("/F2 10 Tf <", System.Text.Encoding.Latin1.GetString(ink.Bytes), StringComparison.Ordinal);
        Assert.Equal(whole.Width(whole.Glyph('가')) / 100.0, face.Width("가", 10), 3);
    }

    [Fact]
    public void A_font_of_another_kind_is_refused_in_a_sentence()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a font, not at all");
            var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Print:Fonts", file)]).Build();
            Assert.Contains("Print:Fonts", Assert.Throws<CannotStartException>(() => { _ = new PdfFonts(settings); }).Message, StringComparison.Ordinal);
        }
        finally { File.Delete(file); }
    }

    [Theory, InlineData("ko"), InlineData("en")]
    public async Task A_datasets_paper_has_the_rows_of_its_page_and_says_where_they_come_from(string language)
    {
        using var client = fed.City.Client();
        using var file = new MemoryStream(await client.GetByteArrayAsync($"/data/atmosphere.air-now.pdf?area=11500&sort=-pm25&lang={language}"));
        var pdf = Read(file);
        var text = string.Concat(pdf.Text());
        Assert.Equal(2, pdf.Elements("TR"));
        Assert.Contains($"/{language}/data/atmosphere.air-now?area=11500&sort=-pm25", text, StringComparison.Ordinal);
        foreach (var word in language == "ko" ? new[] { "강서구", "출처", "기준 시각", "시연", "1 / 1쪽" } : ["Gangseo-gu", "Source", "As of", "demo", "Page 1 of 1"]) Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qpdf_finds_nothing_wrong_and_pdftotext_finds_the_words()
    {
        Korean();
        if (!Installed("qpdf") || !Installed("pdftotext")) Assert.Skip("qpdf and poppler-utils are not installed; tools/test-needs.sh installs them");
        var path = Path.Combine(Path.GetTempPath(), $"smartcity-{Guid.NewGuid():N}.pdf");
        try
        {
            await File.WriteAllBytesAsync(path, Printed.As(Printed.Pdf, new ReportHeading("하나"), new ReportFigure(Chart(false)), Printed.Table(Enumerable.Range(0, 300).Select(i => Printed.Row(i)), 300, "표"), new ReportFigure(Chart(true))).ToArray(), TestContext.Current.CancellationToken);
            Assert.Contains("No syntax or stream encoding errors found", await Said("qpdf", "--check", path), StringComparison.Ordinal);
            var text = await Said("pdftotext", "-layout", path, "-");
            foreach (var word in new[] { "대기질 보고서 Air report", "측정소 station 299", "종로구", "초미세먼지" }) Assert.Contains(word, text, StringComparison.Ordinal);
            Assert.Matches(@"Tagged:\s+yes", await Said("pdfinfo", path));
            var fonts = (await Said("pdffonts", path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToList();
            Assert.All(fonts, f => Assert.Matches(@"Identity-H\s+yes yes yes", f));
        }
        finally { File.Delete(path); }
    }

    private static bool Installed(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<string> Said(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8 })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}

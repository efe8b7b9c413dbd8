using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Xl = DocumentFormat.OpenXml.Spreadsheet;

namespace SmartCity.Indicators;

/// <summary>The table to fill in: a row for each value that is waited for.</summary>
internal static class Template
{
    private static readonly SmartCity.Text[] Heads = [SmartCity.Text.Of("지표 코드", "Indicator code"), SmartCity.Text.Of("지표 이름", "Name"), SmartCity.Text.Of("지역", "Area"), SmartCity.Text.Of("기간", "Period"), SmartCity.Text.Of("값", "Value"), SmartCity.Text.Of("단위", "Unit"), SmartCity.Text.Of("사유", "Reason")];

    /// <summary>Indicators and the periods that have ended and have no value, at least the next one.</summary>
    public static IEnumerable<(Indicator Indicator, Period Period)> Awaited(Register register, string? sector, DateOnly today)
    {
        foreach (var track in register.Tracks.Where(t => t.Indicator.Source != ValueSource.Computed && (string.IsNullOrEmpty(sector) || t.Indicator.Sector.Key == sector)))
        {
            var last = Period.Of(track.Indicator.Cycle, today).Plus(-1);
            var period = track.Awaited ?? last;
            yield return (track.Indicator, period);
            while ((period = period.Plus(1)) <= last) yield return (track.Indicator, period);
        }
    }

    public static byte[] Csv(IEnumerable<(Indicator Indicator, Period Period)> rows)
    {
        using var stream = new MemoryStream();
        // with a byte order mark, or spreadsheets take Korean for Latin
        using (var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)))
        using (var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" }))
        {
            foreach (var head in Heads) csv.WriteField(head.ToString());
            csv.NextRecord();
            foreach (var (indicator, period) in rows)
            {
                foreach (var cell in Cells(indicator, period)) csv.WriteField(cell);
                csv.NextRecord();
            }
        }
        return stream.ToArray();
    }

    private static string[] Cells(Indicator indicator, Period period) => [indicator.Key, indicator.Name.ToString(), "", period.ToString(), "", indicator.UnitName.ToString(), ""];

    /// <summary>A workbook whose period cells are text, so that no spreadsheet makes a day of <c>2026-08</c>.</summary>
    public static byte[] Xlsx(IEnumerable<(Indicator Indicator, Period Period)> rows, string guideName, IEnumerable<string> guide)
    {
        using var stream = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook))
        {
            var book = document.AddWorkbookPart();
            var styles = book.AddNewPart<WorkbookStylesPart>();
            styles.Stylesheet = new Stylesheet(
                new Fonts(new Font(), new Font(new Bold())),
                new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
                new Borders(new Border()),
                new CellStyleFormats(new CellFormat()),
                // plain, bold, text
                new CellFormats(new CellFormat(), new CellFormat { FontId = 1, ApplyFont = true }, new CellFormat { NumberFormatId = 49, ApplyNumberFormat = true }));
            var values = book.AddNewPart<WorksheetPart>();
            var data = new SheetData(Row(1, Heads.Select(h => (h.ToString(), 1u))));
            var number = 2u;
            foreach (var (indicator, period) in rows) data.Append(Row(number++, Cells(indicator, period).Select((c, i) => (c, i == 3 ? 2u : 0u))));
            values.Worksheet = new Worksheet(
                new SheetViews(new SheetView(new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }),
                new Columns(new[] { 26, 34, 12, 12, 16, 14, 40 }.Select((w, i) => new Xl.Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = w, CustomWidth = true })), data);
            var help = book.AddNewPart<WorksheetPart>();
            help.Worksheet = new Worksheet(new Columns(new Xl.Column { Min = 1, Max = 1, Width = 110, CustomWidth = true }), new SheetData(guide.Select((line, i) => Row((uint)i + 1, [(line, 0u)]))));
            book.Workbook = new Workbook(new BookViews(new WorkbookView()), new Sheets(
                new Xl.Sheet { Id = book.GetIdOfPart(values), SheetId = 1, Name = SmartCity.Text.Of("값", "Values").ToString() },
                new Xl.Sheet { Id = book.GetIdOfPart(help), SheetId = 2, Name = guideName }));
        }
        return stream.ToArray();
    }

    private static Row Row(uint number, IEnumerable<(string Text, uint Style)> cells) => new(cells.Select((cell, i) => new Xl.Cell
    {
        CellReference = Sheet.Name(i) + number.ToString(CultureInfo.InvariantCulture),
        DataType = CellValues.InlineString,
        StyleIndex = cell.Style,
        InlineString = new InlineString(new Xl.Text(cell.Text) { Space = SpaceProcessingModeValues.Preserve }),
    }).Where(c => c.InlineString!.InnerText.Length > 0)) { RowIndex = number };
}

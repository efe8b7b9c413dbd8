using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace SmartCity.Indicators;

/// <summary>A cell of a table that was uploaded.</summary>
/// <param name="Address">As a spreadsheet names it: B7.</param>
/// <param name="Text">What it says; numbers invariant.</param>
/// <param name="IsNumber">True when the file has it as a number.</param>
internal sealed record Cell(string Address, string Text, bool IsNumber = false);

/// <summary>A table out of an uploaded file: rows of cells by column, from 0. Nothing in it is trusted.</summary>
internal sealed record Sheet(IReadOnlyList<(int Row, IReadOnlyDictionary<int, Cell> Cells)> Rows)
{
    public const int MostBytes = 2 * 1024 * 1024, MostRows = 5000, MostColumns = 50;
    private const long MostUnpacked = 40 * 1024 * 1024;

    /// <summary>Reads xlsx by its first bytes, else CSV.</summary>
    public static (Sheet? Sheet, Wrong? Wrong) Read(byte[] bytes)
    {
        if (bytes.Length == 0) return (null, new("file", 0, "indicators.file.empty"));
        if (bytes.Length > MostBytes) return (null, new("file", 0, "indicators.file.large", MostBytes / 1024 / 1024));
        if (bytes.AsSpan().StartsWith(new byte[] { 0xD0, 0xCF, 0x11, 0xE0 })) return (null, new("file", 0, "indicators.file.old"));
        try { return bytes.AsSpan().StartsWith("PK"u8) ? Workbook(bytes) : Text(bytes); }
        catch (Exception broken) when (broken is InvalidDataException or OpenXmlPackageException or System.Xml.XmlException or CsvHelperException or FormatException or InvalidOperationException or ArgumentException or NullReferenceException or EndOfStreamException or FileFormatException)
        {
            return (null, new("file", 0, "indicators.file.broken"));
        }
    }

    private static (Sheet?, Wrong?) Workbook(byte[] bytes)
    {
        // what a small file says that it unpacks to is summed before anything is unpacked; the reader stops at what is said
        using (var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read))
        {
            if (zip.Entries.Count > 500 || zip.Entries.Sum(e => e.Length) > MostUnpacked) return (null, new("file", 0, "indicators.file.large", MostBytes / 1024 / 1024));
            if (zip.Entries.Any(e => e.FullName.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase))) return (null, new("file", 0, "indicators.file.macro"));
            if (zip.GetEntry("xl/workbook.xml") is null) return (null, new("file", 0, "indicators.file.broken"));
        }
        using var document = SpreadsheetDocument.Open(new MemoryStream(bytes), isEditable: false);
        var book = document.WorkbookPart!;
        var first = book.Workbook.Sheets!.Elements<DocumentFormat.OpenXml.Spreadsheet.Sheet>().First();
        var part = (WorksheetPart)book.GetPartById(first.Id!.Value!);
        var texts = book.SharedStringTablePart?.SharedStringTable.Elements<SharedStringItem>().Select(i => i.InnerText).ToList() ?? [];
        var rows = new List<(int, IReadOnlyDictionary<int, Cell>)>();
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement) continue;
            if (rows.Count > MostRows) return (null, new("file", 0, "indicators.file.rows", MostRows));
            var row = (Row)reader.LoadCurrentElement()!;
            var number = (int)(row.RowIndex?.Value ?? (uint)(rows.Count + 1));
            var cells = new Dictionary<int, Cell>();
            var next = 0;
            foreach (var cell in row.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>())
            {
                var column = cell.CellReference?.Value is { } reference ? ColumnOf(reference) : next;
                next = column + 1;
                if (column is < 0 or >= MostColumns) continue;
                var raw = cell.CellValue?.Text ?? "";
                var kind = cell.DataType?.Value ?? CellValues.Number;
                var text = kind == CellValues.SharedString ? int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < texts.Count ? texts[i] : ""
                    : kind == CellValues.InlineString ? cell.InlineString?.InnerText ?? "" : raw;
                if (text.Trim().Length > 0) cells[column] = new(Name(column) + number.ToString(CultureInfo.InvariantCulture), text.Trim(), kind == CellValues.Number);
            }
            if (cells.Count > 0) rows.Add((number, cells));
        }
        return (new(rows), null);
    }

    private static (Sheet?, Wrong?) Text(byte[] bytes)
    {
        string text;
        try { text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes); }
        // Korean spreadsheets write the older encoding
        catch (DecoderFallbackException) { text = CodePagesEncodingProvider.Instance.GetEncoding(949)!.GetString(bytes); }
        if (text.Contains('\0', StringComparison.Ordinal)) return (null, new("file", 0, "indicators.file.broken"));
        using var csv = new CsvParser(new StringReader(text.TrimStart('\uFEFF')), new CsvConfiguration(CultureInfo.InvariantCulture) { DetectDelimiter = true, DetectDelimiterValues = [",", ";", "\t"], BadDataFound = null });
        var rows = new List<(int, IReadOnlyDictionary<int, Cell>)>();
        while (csv.Read())
        {
            if (rows.Count > MostRows) return (null, new("file", 0, "indicators.file.rows", MostRows));
            var cells = new Dictionary<int, Cell>();
            for (var column = 0; column < Math.Min(csv.Count, MostColumns); column++)
                if (csv[column].Trim() is { Length: > 0 } cell) cells[column] = new(Name(column) + csv.Row.ToString(CultureInfo.InvariantCulture), cell);
            if (cells.Count > 0) rows.Add((csv.Row, cells));
        }
        return (new(rows), null);
    }

    /// <summary>A, B … Z, AA.</summary>
    public static string Name(int column) => (column >= 26 ? ((char)('A' + column / 26 - 1)).ToString() : "") + (char)('A' + column % 26);

    private static int ColumnOf(string reference)
    {
        var column = 0;
        foreach (var letter in reference.TakeWhile(char.IsAsciiLetter)) column = column * 26 + char.ToUpperInvariant(letter) - 'A' + 1;
        return column - 1;
    }
}

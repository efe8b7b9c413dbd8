using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Rows of one sheet of a workbook (Office Open XML), the first line being the header. Read as a stream, formulas as the value they
/// last had, dates as ISO 8601 text. By hand and not by the library that writes workbooks, so that every limit of a stranger's file is ours.</summary>
internal static class XlsxRows
{
    private const int MaxStrings = 1_000_000, MaxStringLetters = 20_000_000, MaxStyles = 65_000;
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 200_000_000, IgnoreComments = true, IgnoreProcessingInstructions = true };

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var zip = Zips.Open(body);
        var (path, isDate1904) = Sheet(zip, context.Options.Sheet);
        var strings = Strings(zip);
        var dates = DateStyles(zip);
        var table = new Table { Outcome = FetchOutcome.Ok };
        int[]? columns = null;
        var skip = context.Options.SkipLines;
        using var reader = Open(zip, path) ?? throw new InvalidDataException("the workbook has no such sheet");
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            XmlGuard.Check(reader);
            if (reader.LocalName != "row") continue;
            var cells = Row(reader, strings, dates, isDate1904);
            if (skip-- > 0) continue;
            if (columns is null)
            {
                if (cells.TrueForAll(c => c.Cell.ToString().Length == 0)) continue;
                columns = new int[cells.Max(c => c.At) + 1];
                Array.Fill(columns, -1);
                foreach (var (at, cell) in cells) if (cell.ToString() is { Length: > 0 and <= 300 } name) columns[at] = table.Column(name);
                continue;
            }
            if (table.Rows.Count == Table.MaxRows) throw new InvalidDataException($"more than {Table.MaxRows} rows");
            var row = new Cell[table.Columns.Count];
            var any = false;
            foreach (var (at, cell) in cells)
                if (at < columns.Length && columns[at] >= 0) { row[columns[at]] = cell; any |= cell.ToString().Length > 0; }
            if (!any) continue;
            // what is empty is there and empty, as in a table of separated values
            for (var i = 0; i < row.Length; i++) if (row[i].Kind == CellKind.None) row[i] = Cell.Of("");
            table.Rows.Add(row);
        }
        if (columns is null) return Table.Of(FetchOutcome.Unparsable, "there is no header");
        return table.Rows.Count > 0 ? table : Table.Of(FetchOutcome.Empty);
    }

    private static XmlReader? Open(ZipArchive zip, string path) => zip.GetEntry(path) is { } entry ? XmlReader.Create(new TagMeter(new StreamReader(Zips.Read(entry), new UTF8Encoding(false, true), detectEncodingFromByteOrderMarks: true)), Safe) : null;

    // a parser makes objects of all attributes of an element before anybody can count them
    private sealed class TagMeter(TextReader inner) : TextReader
    {
        private bool _tag;
        private char _quote;
        private int _attributes;

        public override int Read(char[] buffer, int index, int count)
        {
            var read = inner.Read(buffer, index, count);
            foreach (var c in buffer.AsSpan(index, Math.Max(0, read)))
                if (_quote != 0) { if (c == _quote) _quote = '\0'; }
                else if (!_tag) { if (c == '<') (_tag, _attributes) = (true, 0); }
                else if (c == '>') _tag = false;
                else if (c is '"' or '\'' && ++_attributes > XmlGuard.MaxAttributes) throw new InvalidDataException($"an element with more than {XmlGuard.MaxAttributes} attributes");
                else if (c is '"' or '\'') _quote = c;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }

    // the sheet's name stands in the workbook, its file in the workbook's relations
    private static (string Path, bool Date1904) Sheet(ZipArchive zip, string? wanted)
    {
        using var workbook = Open(zip, "xl/workbook.xml") ?? throw new InvalidDataException("not a workbook");
        string? id = null;
        var (date1904, names) = (false, new List<string>());
        while (workbook.Read())
        {
            if (workbook.NodeType != XmlNodeType.Element) continue;
            XmlGuard.Check(workbook);
            if (workbook.LocalName == "workbookPr") date1904 = workbook.GetAttribute("date1904") is "1" or "true";
            if (workbook.LocalName != "sheet" || names.Count > 500) continue;
            var name = workbook.GetAttribute("name") ?? "";
            names.Add(name);
            if (id is null && (wanted is null || wanted == name)) id = Attribute(workbook, "id");
        }
        if (id is null) throw new InvalidDataException($"there is no sheet {wanted}; there are {NewsReader.Plain(string.Join(", ", names), 200)}");
        using var relations = Open(zip, "xl/_rels/workbook.xml.rels");
        while (relations?.Read() == true)
            if (relations is { NodeType: XmlNodeType.Element, LocalName: "Relationship" } && relations.GetAttribute("Id") == id && relations.GetAttribute("Target") is { } target)
                return (target.StartsWith('/') ? target[1..] : "xl/" + target, date1904);
        return ("xl/worksheets/sheet1.xml", date1904);
    }

    private static string? Attribute(XmlReader reader, string localName)
    {
        for (var i = 0; i < reader.AttributeCount; i++)
        {
            reader.MoveToAttribute(i);
            var (name, value, own) = (reader.LocalName, reader.Value, reader.Prefix.Length == 0);
            reader.MoveToElement();
            if (name == localName && !own) return value;
        }
        return null;
    }

    private static List<string> Strings(ZipArchive zip)
    {
        var strings = new List<string>();
        using var reader = Open(zip, "xl/sharedStrings.xml");
        var letters = 0L;
        while (reader?.Read() == true)
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "si" })
            {
                XmlGuard.Check(reader);
                var text = Texts(reader);
                if (strings.Count == MaxStrings || (letters += text.Length) > MaxStringLetters) throw new InvalidDataException("too many texts in the workbook");
                strings.Add(text);
            }
        return strings;
    }

    // the texts of an element and its runs, without how they are pronounced; the reader ends at the element's end
    private static string Texts(XmlReader reader)
    {
        if (reader.IsEmptyElement) return "";
        var (depth, inText, spoken, text) = (reader.Depth, false, 0, new StringBuilder());
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    XmlGuard.Check(reader);
                    inText = reader.LocalName == "t" && !reader.IsEmptyElement;
                    if (reader.LocalName == "rPh" && !reader.IsEmptyElement) spoken++;
                    break;
                case XmlNodeType.EndElement:
                    inText = false;
                    if (reader.LocalName == "rPh") spoken--;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when inText && spoken == 0:
                    if (!XmlGuard.Text(reader, text, XmlGuard.MaxText)) throw new InvalidDataException("a text of more than 64 KB");
                    break;
            }
        return text.ToString();
    }

    // which cell styles show a number as a date: built in, or of a format with letters of dates outside quotes
    private static HashSet<int> DateStyles(ZipArchive zip)
    {
        var (formats, styles, inCells, number) = (new HashSet<int>(), new HashSet<int>(), false, 0);
        using var reader = Open(zip, "xl/styles.xml");
        while (reader?.Read() == true)
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName == "cellXfs") break;
            if (reader.NodeType != XmlNodeType.Element) continue;
            XmlGuard.Check(reader);
            if (reader.LocalName == "cellXfs") inCells = true;
            else if (reader.LocalName == "numFmt" && Int(reader.GetAttribute("numFmtId")) is { } id && IsDate(reader.GetAttribute("formatCode") ?? "")) formats.Add(id);
            else if (inCells && reader.LocalName == "xf")
            {
                if (Int(reader.GetAttribute("numFmtId")) is { } of && (of is >= 14 and <= 22 or >= 27 and <= 36 or >= 45 and <= 47 or >= 50 and <= 58 || formats.Contains(of))) styles.Add(number);
                if (++number > MaxStyles) throw new InvalidDataException("too many styles in the workbook");
            }
        }
        return styles;
    }

    private static bool IsDate(string format)
    {
        var quoted = false;
        for (var i = 0; i < format.Length; i++)
            switch (format[i])
            {
                case '"': quoted = !quoted; break;
                case '\\' or '_': i++; break;
                case '[' when !quoted: i = Math.Max(i, format.IndexOf(']', i)); break;
                case 'y' or 'd' or 'h' or 's' when !quoted: return true;
            }
        return false;
    }

    private static int? Int(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    private static List<(int At, Cell Cell)> Row(XmlReader reader, List<string> strings, HashSet<int> dates, bool date1904)
    {
        var cells = new List<(int, Cell)>();
        if (reader.IsEmptyElement) return cells;
        var (depth, next) = (reader.Depth, 0);
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            XmlGuard.Check(reader);
            if (reader.LocalName != "c") continue;
            var at = ColumnOf(reader.GetAttribute("r")) ?? next;
            next = at + 1;
            if (at >= Table.MaxColumns) throw new InvalidDataException($"more than {Table.MaxColumns} columns");
            var (type, style) = (reader.GetAttribute("t") ?? "n", Int(reader.GetAttribute("s")));
            cells.Add((at, Value(reader, type, style is { } s && dates.Contains(s), strings, date1904)));
        }
        return cells;
    }

    // A1 is column 0, AB7 column 27
    private static int? ColumnOf(string? reference)
    {
        if (reference is null) return null;
        var at = 0;
        foreach (var c in reference.TakeWhile(char.IsAsciiLetterUpper)) if ((at = at * 26 + c - 'A' + 1) > 20_000) break;
        return at == 0 ? null : at - 1;
    }

    private static Cell Value(XmlReader reader, string type, bool date, List<string> strings, bool date1904)
    {
        if (reader.IsEmptyElement) return Cell.Of("");
        if (type == "inlineStr") return Cell.Of(Texts(reader));
        var (depth, text, inValue) = (reader.Depth, new StringBuilder(), false);
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.NodeType == XmlNodeType.Element) { XmlGuard.Check(reader); inValue = reader.LocalName == "v" && !reader.IsEmptyElement; }
            else if (reader.NodeType == XmlNodeType.EndElement) inValue = false;
            else if (inValue && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && !XmlGuard.Text(reader, text, XmlGuard.MaxText)) throw new InvalidDataException("a text of more than 64 KB");
        }
        var raw = text.ToString();
        switch (type)
        {
            case "s": return Cell.Of(Int(raw) is { } n && n < strings.Count ? strings[n] : throw new InvalidDataException("a text that the workbook does not have"));
            case "b": return Cell.Of(raw == "1" ? "true" : "false");
            case "e": return Cell.Of("");
            case "str" or "d": return Cell.Of(raw);
        }
        if (raw.Length == 0) return Cell.Of("");
        if (!double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) throw new InvalidDataException("a number that is not finite");
        if (!date || number is < 0 or > 2_900_000) return Cell.Of(number);
        var day = (date1904 ? new DateTime(1904, 1, 1) : new DateTime(1899, 12, 30)).AddSeconds(Math.Round(number * 86400));
        return Cell.Of(day.ToString(day.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
    }
}

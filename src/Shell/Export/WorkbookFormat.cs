using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Export;

/// <summary>A document as a workbook (xlsx): a sheet a table, typed, and one that says where it all comes from.</summary>
internal sealed class WorkbookFormat(CityPack city, IWords words) : IDocumentFormat
{
    public string Ending => "xlsx";
    public string ContentType => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public IDocumentWriter Begin(DocumentHead head, Stream to) => new Workbook(head, to, city, words);
}

/// <summary>Writes the parts of a workbook forward into a zip, a row at a time: memory does not grow with the rows. The package
/// of the Open XML SDK would keep each part until the end, so only its vocabulary is used here.</summary>
internal sealed class Workbook : IDocumentWriter
{
    /// <summary>Rows of a sheet, with its head; what is more goes on in a further sheet.</summary>
    internal const int MostRows = 1_048_576;
    /// <summary>Letters of a cell.</summary>
    internal const int MostLetters = 32_767;
    private const string Parts = "http://schemas.openxmlformats.org/package/2006/relationships", Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private readonly DocumentHead _head;
    private readonly CityPack _city;
    private readonly IWords _words;
    private readonly ZipArchive _zip;
    private readonly List<string> _sheets = [];
    // what is no table: label, text
    private readonly List<(string Label, string Text, bool Strong)> _about = [];
    private readonly int _mostRows;

    public Workbook(DocumentHead head, Stream to, CityPack city, IWords words, int mostRows = MostRows)
    {
        (_head, _city, _words, _mostRows) = (head, city, words, mostRows);
        _zip = new(to, ZipArchiveMode.Create, leaveOpen: true);
        _about.Add((head.Title, "", true));
        _about.AddRange(head.Facts.Select(f => (f.Key, f.Value, false)));
    }

    public void Add(ReportPart part)
    {
        switch (part)
        {
            case ReportHeading heading: _about.Add((heading.Text, "", true)); break;
            case ReportWords text: _about.Add(("", text.Text, false)); break;
            case ReportLines lines: _about.AddRange(lines.Lines.Select(l => ("", l.Text, false))); break;
            case ReportFigure figure: Chart(figure.Chart); break;
            case FilledTable table: Table(table); break;
            default: throw new NotSupportedException($"{part.GetType().Name} is no part of a workbook.");
        }
    }

    private void Table(FilledTable table)
    {
        var title = table.Title.Length == 0 ? _head.Title : table.Title;
        _about.Add((_sheets.Count == 0 && table.Title.Length == 0 ? _words["export.rows"] : title, table.Note, false));
        Sheet(title, [.. table.Columns.SelectMany(Fields)], table.Rows);
    }

    private void Chart(Chart chart)
    {
        _about.Add((chart.Headline, $"{chart.Subtitle} ({Units.Symbol(chart.Unit)})", false));
        var count = chart.Series.Max(s => s.Points.Count);
        var unit = chart.Unit.Length == 0 ? "" : $" ({Units.Symbol(chart.Unit)})";
        Sheet(chart.Subtitle,
        [
            new(_words["chart.time"] + Zone, Style.Time, 18, i => chart.Series.Where(s => s.Points.Count > (int)i).Select(s => (object)s.Points[(int)i].At).FirstOrDefault()),
            .. chart.Series.Select(s => new Field(s.Title + unit, Number(chart.Decimals), 14, i => s.Points.Count > (int)i ? s.Points[(int)i].Value : null)),
        ], Enumerable.Range(0, count).Cast<object>());
    }

    /// <summary>A column of a sheet.</summary>
    private sealed record Field(string Head, uint Style, double Width, Func<object, object?> Of);

    private string Zone => $" ({_head.Zone.Id})";

    // what a person reads is typed: a place is two numbers, an area its name and its code
    private IEnumerable<Field> Fields(Column column)
    {
        var head = Cells.Head(column);
        switch (column.Kind)
        {
            case ColumnKind.Number: yield return new(head, Number(column.Decimals), Math.Clamp(head.Length * 1.6, 11, 30), column.Of); break;
            case ColumnKind.Time: yield return new(head + Zone, Style.Time, 22, column.Of); break;
            case ColumnKind.Area:
                yield return new(head, Style.Text, 16, row => column.Of(row) is string code ? _city.Area(code)?.Name.ToString() ?? code : null);
                yield return new(_words.Of("export.code", head), Style.Text, 12, column.Of);
                break;
            case ColumnKind.Place:
                yield return new(_words.Of("export.latitude", head), Number(6), 12, row => column.Of(row) is Place place ? place.Latitude : null);
                yield return new(_words.Of("export.longitude", head), Number(6), 12, row => column.Of(row) is Place place ? place.Longitude : null);
                break;
            default: yield return new(head, Style.Text, Math.Clamp(head.Length * 1.6, 18, 50), column.Of); break;
        }
    }

    private void Sheet(string title, IReadOnlyList<Field> fields, IEnumerable<object> rows)
    {
        using var each = rows.GetEnumerator();
        for (var more = true; more;)
        {
            using var sheet = Begin(title, fields.Select(f => f.Width), frozen: true);
            sheet.Row([.. fields.Select(f => (object?)f.Head)], [.. fields.Select(_ => Style.Head)]);
            var cells = new object?[fields.Count];
            uint[] styles = [.. fields.Select(f => f.Style)];
            var count = 1;
            while (count < _mostRows && (more = each.MoveNext()))
            {
                for (var i = 0; i < cells.Length; i++) cells[i] = fields[i].Of(each.Current);
                sheet.Row(cells, styles);
                count++;
            }
            sheet.End($"A1:{Letters(fields.Count)}{count}");
        }
    }

    private SheetWriter Begin(string title, IEnumerable<double> widths, bool frozen)
    {
        var name = Name(title, _sheets);
        _sheets.Add(name);
        return new(_zip.CreateEntry($"xl/worksheets/sheet{_sheets.Count}.xml", Level).Open(), widths, frozen, _head.Zone);
    }

    // a workbook waits for nobody: it is opened once and unpacked by what opens it
    private const CompressionLevel Level = CompressionLevel.Fastest;

    public void End()
    {
        var tables = _sheets.Count;
        using (var sheet = Begin(_words["export.about"], [28, 90], frozen: false))
        {
            foreach (var (label, text, strong) in _about) sheet.Row([label, text.Length == 0 ? null : text], [strong ? Style.Title : Style.Label, Style.Wrapped]);
            sheet.End(null);
        }
        Write("xl/styles.xml", Style.Sheet().OuterXml);
        // the account is opened on its first page, a table on the table
        var order = tables == 1 ? Enumerable.Range(1, tables + 1) : Enumerable.Range(1, tables).Prepend(tables + 1);
        var book = new DocumentFormat.OpenXml.Spreadsheet.Workbook(new Sheets(order.Select(n => new Sheet { Name = _sheets[n - 1], SheetId = (uint)n, Id = "rId" + N(n) })));
        Write("xl/workbook.xml", book.OuterXml);
        var styles = _sheets.Count + 1;
        Write("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Parts}">{string.Concat(_sheets.Select((_, i) => $"""<Relationship Id="rId{N(i + 1)}" Type="{Office}/worksheet" Target="worksheets/sheet{N(i + 1)}.xml"/>"""))}<Relationship Id="rId{N(styles)}" Type="{Office}/styles" Target="styles.xml"/></Relationships>""");
        Write("_rels/.rels", $"""<Relationships xmlns="{Parts}"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>""");
        var made = _head.MadeAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Write("docProps/core.xml", $"""<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{Xml(_head.Title)}</dc:title><dc:creator>{Xml(_head.City)}</dc:creator><dc:language>{_head.Language}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>""");
        Write("[Content_Types].xml", $"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{string.Concat(_sheets.Select((_, i) => $"""<Override PartName="/xl/worksheets/sheet{N(i + 1)}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"""))}</Types>""");
        _zip.Dispose();
    }

    public void Dispose() => _zip.Dispose();

    private void Write(string name, string xml)
    {
        using var part = _zip.CreateEntry(name, Level).Open();
        part.Write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"u8);
        part.Write(Encoding.UTF8.GetBytes(xml));
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
    private static string Xml(string text) => System.Security.SecurityElement.Escape(SheetWriter.Clean(text));
    private static uint Number(int decimals) => Style.Number + (uint)Math.Clamp(decimals, 0, Style.MostDecimals);

    /// <summary>Letters of a column, from 1: A, Z, AA.</summary>
    internal static string Letters(int column)
    {
        var letters = "";
        for (; column > 0; column = (column - 1) / 26) letters = (char)('A' + (column - 1) % 26) + letters;
        return letters;
    }

    /// <summary>A title as the name of a sheet: at most 31 letters, none of those that are not allowed, and no name twice.</summary>
    internal static string Name(string title, IReadOnlyCollection<string> taken)
    {
        var plain = string.Concat(SheetWriter.Clean(title).Select(c => c is '[' or ']' or ':' or '*' or '?' or '/' or '\\' ? ' ' : c)).Trim().Trim('\'');
        for (var n = 1; ; n++)
        {
            var end = n == 1 ? "" : $" ({N(n)})";
            var cut = Math.Min(plain.Length, 31 - end.Length);
            // not in the middle of a letter that takes two
            if (cut > 0 && char.IsHighSurrogate(plain[cut - 1])) cut--;
            var name = cut == 0 ? "Sheet" + end : plain[..cut].TrimEnd() + end;
            if (!taken.Contains(name, StringComparer.OrdinalIgnoreCase)) return name;
        }
    }
}

/// <summary>The looks of cells, by their number in the style sheet.</summary>
internal static class Style
{
    public const uint Text = 0, Head = 1, Time = 2, Title = 3, Label = 4, Wrapped = 5, Quoted = 6, Number = 7;
    public const int MostDecimals = 6;

    public static Stylesheet Sheet() => new(
        new NumberingFormats([new NumberingFormat { NumberFormatId = 164, FormatCode = "yyyy-mm-dd hh:mm" }, .. Enumerable.Range(0, MostDecimals + 1).Select(d => new NumberingFormat { NumberFormatId = 165 + (uint)d, FormatCode = d == 0 ? "#,##0" : "#,##0." + new string('0', d) })]),
        new Fonts(new Font(), new Font(new Bold()), new Font(new Bold(), new FontSize { Val = 14 })),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 }), new Fill(new PatternFill(new ForegroundColor { Rgb = "FFECE8DE" }) { PatternType = PatternValues.Solid })),
        new Borders(new Border()),
        new CellStyleFormats(new CellFormat()),
        new CellFormats(
        [
            new CellFormat(),
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { FontId = 1, FillId = 2, ApplyFont = true, ApplyFill = true, ApplyAlignment = true },
            new CellFormat { NumberFormatId = 164, ApplyNumberFormat = true },
            new CellFormat { FontId = 2, ApplyFont = true },
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { FontId = 1, ApplyFont = true, ApplyAlignment = true },
            new CellFormat(new Alignment { WrapText = true, Vertical = VerticalAlignmentValues.Top }) { ApplyAlignment = true },
            // text stays text, also after somebody has edited the cell
            new CellFormat { QuotePrefix = true },
            .. Enumerable.Range(0, MostDecimals + 1).Select(d => new CellFormat { NumberFormatId = 165 + (uint)d, ApplyNumberFormat = true }),
        ]));
}

/// <summary>One sheet, written a row at a time.</summary>
internal sealed class SheetWriter : IDisposable
{
    private static readonly Row RowElement = new();
    private static readonly Cell CellElement = new();
    private static readonly InlineString InlineElement = new();
    private static readonly DocumentFormat.OpenXml.Spreadsheet.Text TextElement = new();
    private static readonly CellValue ValueElement = new();
    private static readonly OpenXmlAttribute[] None = [];
    private static readonly OpenXmlAttribute[] Preserve = [new("xml", "space", "http://www.w3.org/XML/1998/namespace", "preserve")];
    private static readonly OpenXmlAttribute[][] Plain = Attributes(null), Strings = Attributes("inlineStr"), Truths = Attributes("b");
    private readonly Stream _to;
    private readonly OpenXmlWriter _xml;
    private readonly TimeZoneInfo _zone;

    private static OpenXmlAttribute[][] Attributes(string? type) => [.. Enumerable.Range(0, (int)Style.Number + Style.MostDecimals + 1).Select(style => (OpenXmlAttribute[])
        [.. style == 0 ? None : [new("s", "", style.ToString(CultureInfo.InvariantCulture))], .. type is null ? None : [new("t", "", type)]])];

    public SheetWriter(Stream to, IEnumerable<double> widths, bool frozen, TimeZoneInfo zone)
    {
        (_to, _zone) = (to, zone);
        _xml = OpenXmlWriter.Create(to);
        _xml.WriteStartDocument(true);
        _xml.WriteStartElement(new Worksheet());
        if (frozen) _xml.WriteElement(new SheetViews(new SheetView(new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
        _xml.WriteElement(new Columns(widths.Select((w, i) => new DocumentFormat.OpenXml.Spreadsheet.Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = w, CustomWidth = true })));
        _xml.WriteStartElement(new SheetData());
    }

    public void Row(object?[] cells, uint[] styles)
    {
        _xml.WriteStartElement(RowElement);
        for (var i = 0; i < cells.Length; i++) Cell(cells[i], styles[i]);
        _xml.WriteEndElement();
    }

    private void Cell(object? value, uint style)
    {
        switch (value)
        {
            case null: Empty(); break;
            case double number: if (double.IsFinite(number)) Value(number.ToString("R", CultureInfo.InvariantCulture), Plain[style]); else Empty(); break;
            case DateTimeOffset at: Time(at, style); break;
            case bool truth: Value(truth ? "1" : "0", Truths[style]); break;
            case int or long or decimal or float: Value(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture), Plain[style]); break;
            default: String(Clean(value.ToString() ?? ""), style); break;
        }
    }

    // a spreadsheet counts days, and knows none before 1900
    private void Time(DateTimeOffset at, uint style)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone).DateTime;
        if (local.Year > 1900) Value(local.ToOADate().ToString("R", CultureInfo.InvariantCulture), Plain[style]);
        else String(local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Style.Text);
    }

    private void String(string text, uint style)
    {
        if (text.Length == 0) { Empty(); return; }
        if (style == Style.Text && DataFiles.Harmless(text).Length > text.Length) style = Style.Quoted;
        _xml.WriteStartElement(CellElement, Strings[style]);
        _xml.WriteStartElement(InlineElement);
        _xml.WriteStartElement(TextElement, Preserve);
        _xml.WriteString(text);
        _xml.WriteEndElement();
        _xml.WriteEndElement();
        _xml.WriteEndElement();
    }

    private void Value(string value, OpenXmlAttribute[] attributes)
    {
        _xml.WriteStartElement(CellElement, attributes);
        _xml.WriteStartElement(ValueElement);
        _xml.WriteString(value);
        _xml.WriteEndElement();
        _xml.WriteEndElement();
    }

    private void Empty()
    {
        _xml.WriteStartElement(CellElement, None);
        _xml.WriteEndElement();
    }

    /// <summary>Text that XML and spreadsheets can hold: no control characters, no half letters, not too long, and nothing that
    /// reads like an escaped character.</summary>
    internal static string Clean(string text)
    {
        if (text.Length > Workbook.MostLetters) text = text[..Workbook.MostLetters];
        for (var i = 0; i < text.Length; i++)
            if (text[i] < ' ' && text[i] is not ('\t' or '\n') || text[i] is '_' or >= '\ud800' and <= '\udfff' or '\ufffe' or '\uffff') return Rewrite(text);
        return text;
    }

    private static string Rewrite(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) clean.Append(c).Append(text[++i]);
            else if (c == '_' && i + 6 < text.Length && text[i + 1] == 'x' && text[i + 6] == '_' && text.AsSpan(i + 2, 4).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0) clean.Append("_x005F_");
            else if (XmlConvert.IsXmlChar(c) && c != '\r') clean.Append(c);
        }
        return clean.Length > Workbook.MostLetters ? clean.ToString(0, Workbook.MostLetters) : clean.ToString();
    }

    /// <param name="filter">The cells that can be filtered, with their head.</param>
    public void End(string? filter)
    {
        _xml.WriteEndElement();
        if (filter is not null) _xml.WriteElement(new AutoFilter { Reference = filter });
        _xml.WriteEndElement();
    }

    public void Dispose()
    {
        _xml.Dispose();
        _to.Dispose();
    }
}

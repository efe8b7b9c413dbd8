using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Export.Pdf;

/// <summary>A document as a PDF: tagged, searchable, its fonts in it, written by this product itself.</summary>
internal sealed class PdfFormat(Cells cells, IWords words, PdfFonts fonts) : IDocumentFormat
{
    public string Ending => "pdf";
    public string ContentType => "application/pdf";
    public IDocumentWriter Begin(DocumentHead head, Stream to) => new PdfWriter(head, to, cells, words, fonts);
}

/// <summary>Lays the parts of a document out on pages of A4; a page is written as soon as it is full.</summary>
internal sealed class PdfWriter : IDocumentWriter
{
    private const double Short = 595.28, Long = 841.89, Margin = 42, Foot = 34;
    private readonly DocumentHead _head;
    private readonly Cells _cells;
    private readonly IWords _words;
    private readonly PdfFile _file;
    private readonly Face _regular, _bold;
    private readonly int _pages, _tree, _resources;
    private readonly Element _document;
    private readonly List<(int Page, int Foot, double Width, double Height)> _done = [];
    private readonly List<string> _marks = [];
    private readonly List<(string Title, int Page, double Top)> _outline = [];
    private PdfPage? _current;
    private double _y;

    public PdfWriter(DocumentHead head, Stream to, Cells cells, IWords words, PdfFonts fonts)
    {
        (_head, _cells, _words) = (head, cells, words);
        _regular = new(fonts.Regular, 1);
        _bold = new(fonts.Bold, 1 + fonts.Regular.Count);
        _file = new(to);
        (_pages, _tree, _resources) = (_file.Reserve(), _file.Reserve(), _file.Reserve());
        _document = new(_file.Reserve(), "Document", null);
    }

    private PdfPage _page => _current!;
    private bool Lies => _page.Width > _page.Height;

    // the first part decides how the first page lies
    private void Start(bool landscape)
    {
        NewPage(landscape);
        _y += 8;
        Paragraph("H1", _bold, 17, _head.Title, 22);
        if (_head.Facts.Count > 0) Facts(_head.Facts);
        _y += 6;
    }

    private double Right => _page.Width - Margin;
    private double Bottom => _page.Height - Margin - Foot;
    private double Room => _page.Width - 2 * Margin;

    public void Add(ReportPart part)
    {
        if (part is not FilledTable)
        {
            if (_current is null) Start(landscape: false);
            else if (Lies) NewPage(landscape: false);
        }
        switch (part)
        {
            case ReportHeading heading:
                // a title does not stand alone at the foot of a page
                Need(70);
                _y += 10;
                _outline.Add((heading.Text, _page.Id, _page.Height - _y));
                Paragraph("H2", _bold, 13, heading.Text, 18);
                _y += 2;
                break;
            case ReportWords text: Paragraph("P", _regular, 10, text.Text, 14); _y += 4; break;
            case ReportLines lines: Lines(lines.Lines); break;
            case ReportFigure figure: Chart(figure.Chart); break;
            case FilledTable table: Table(table); break;
            default: throw new NotSupportedException($"{part.GetType().Name} is no part of a document.");
        }
    }

    private Element Open(string tag, Element parent, string? instead = null)
    {
        var element = new Element(_file.Reserve(), tag, parent) { Instead = instead };
        parent.Holds(element);
        return element;
    }

    private void Close(Element element) => _file.Put(element.Id, element.Written(_tree));

    private void NewPage(bool landscape)
    {
        if (_current is not null) EndPage();
        _current = landscape ? new(_file.Reserve(), Long, Short) : new(_file.Reserve(), Short, Long);
        _y = Margin;
    }

    // a page goes out when it is full; only its foot waits, because it says how many there are
    private void EndPage()
    {
        var (content, foot) = (_file.Reserve(), _file.Reserve());
        _file.PutStream(content, "", _page.Ink.Bytes);
        _file.Put(_page.Id, string.Create(CultureInfo.InvariantCulture, $"<</Type/Page/Parent {_pages} 0 R/MediaBox[0 0 {_page.Width:0.##} {_page.Height:0.##}]/Resources {_resources} 0 R/Contents[{content} 0 R {foot} 0 R]/StructParents {_done.Count}/Tabs/S>>"));
        _marks.Add(string.Create(CultureInfo.InvariantCulture, $"{_done.Count} {_file.Add($"[{string.Join(' ', _page.Marks.Select(m => PdfFile.N(m) + " 0 R"))}]")} 0 R"));
        _done.Add((_page.Id, foot, _page.Width, _page.Height));
    }

    private bool Need(double height)
    {
        if (_y + height <= Bottom || _y <= Margin) return false;
        NewPage(Lies);
        return true;
    }

    private void Paragraph(string tag, Face face, double size, string text, double leading, double indent = 0, string colour = Colours.Ink, Element? parent = null)
    {
        var element = Open(tag, parent ?? _document);
        foreach (var line in Wrap(face, text, size, Room - indent))
        {
            Need(leading);
            _page.Text(element, face, size, Margin + indent, _y + size, line, colour);
            _y += leading;
        }
        Close(element);
    }

    private void Facts(IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        _y += 2;
        var list = Open("L", _document);
        foreach (var (label, text) in facts)
        {
            var item = Open("LI", list);
            var (name, body) = (Open("Lbl", item), Open("LBody", item));
            var lines = Wrap(_regular, text, 8.5, Room - 96);
            for (var i = 0; i < lines.Count; i++)
            {
                Need(12);
                if (i == 0) _page.Text(name, _bold, 8.5, Margin, _y + 8.5, label, Colours.Soft);
                _page.Text(body, _regular, 8.5, Margin + 96, _y + 8.5, lines[i], Colours.Soft);
                _y += 12;
            }
            foreach (var element in new[] { name, body, item }) Close(element);
        }
        Close(list);
        _page.Rule(Margin, Right, _y + 4);
        _y += 8;
    }

    private void Lines(IReadOnlyList<BriefLine> lines)
    {
        var list = Open("L", _document);
        foreach (var line in lines)
        {
            var item = Open("LI", list);
            var (label, body) = (Open("Lbl", item), Open("LBody", item));
            var state = line.State == State.Normal ? "" : $" ({_words["state." + line.State.ToString().ToLowerInvariant()]})";
            var wrapped = Wrap(_regular, line.Text + state, 10, Room - 16);
            for (var i = 0; i < wrapped.Count; i++)
            {
                Need(14);
                if (i == 0) _page.Text(label, _bold, 10, Margin + 2, _y + 10, line.State >= State.Caution ? "!" : "·");
                _page.Text(body, _regular, 10, Margin + 16, _y + 10, wrapped[i]);
                _y += 14;
            }
            if (line.AsOf is { } asOf)
                foreach (var source in Wrap(_regular, Provenance.Line(asOf, _words, _cells), 8, Room - 16))
                {
                    Need(11);
                    _page.Text(body, _regular, 8, Margin + 16, _y + 8, source, Colours.Soft);
                    _y += 11;
                }
            foreach (var element in new[] { label, body, item }) Close(element);
            _y += 2;
        }
        Close(list);
        _y += 4;
    }

    private void Chart(Chart chart)
    {
        var drawing = new ChartDrawing(chart, _head.Zone);
        var scale = Math.Min(Room, 640) / ChartDrawing.Width;
        Need(ChartDrawing.Height * scale + 60);
        Paragraph("H3", _bold, 11, chart.Headline, 15);
        Paragraph("P", _regular, 9, chart.Subtitle + (chart.Unit.Length == 0 ? "" : ", " + Units.Symbol(chart.Unit)), 13, colour: Colours.Soft);
        if (!drawing.HasValues) Paragraph("P", _regular, 10, _words["chart.none"], 14);
        else
        {
            var figure = Open("Figure", _document, Instead(chart));
            figure.More = string.Create(CultureInfo.InvariantCulture, $"/A<</O/Layout/BBox[{Margin:0.#} {_page.Height - _y - ChartDrawing.Height * scale:0.#} {Margin + ChartDrawing.Width * scale:0.#} {_page.Height - _y:0.#}]>>");
            new PdfChart(chart, drawing, _page, _regular, _bold, Margin, _y, scale).Draw(figure);
            Close(figure);
            _y += ChartDrawing.Height * scale + 2;
        }
        if (chart.AsOf is { } asOf) Paragraph("P", _regular, 8, Provenance.Line(asOf, _words, _cells), 11, colour: Colours.Soft);
        _y += 8;
    }

    // what the picture says, for those who do not see it
    private string Instead(Chart chart)
    {
        var text = new StringBuilder(chart.Headline).Append(". ").Append(chart.Subtitle).Append('.');
        foreach (var series in chart.Series)
        {
            var known = series.Points.Where(p => p.Value is not null).ToList();
            if (known.Count == 0) continue;
            string Said(Point point) => $"{Units.Number(point.Value!.Value, chart.Decimals)} ({_cells.When(point.At)})";
            text.Append(' ').Append(_words.Of("export.series", series.Title, Said(known[0]), Said(known.MinBy(p => p.Value)!), Said(known.MaxBy(p => p.Value)!), Said(known[^1])));
        }
        return text.ToString();
    }

    private void Table(FilledTable table)
    {
        var title = table.Title;
        var layout = TableLayout.Of(table, _cells, _regular, _bold, Short - 2 * Margin, Long - 2 * Margin);
        if (_current is null) Start(layout.Landscape);
        else if (layout.Landscape != Lies) NewPage(layout.Landscape);
        if (title.Length > 0)
        {
            Need(80);
            Paragraph("H3", _bold, 11, title, 16);
        }
        var element = Open("Table", _document);
        Head(element, layout);
        foreach (var cells in layout.Rows()) Row(element, layout, cells);
        Close(element);
        if (table.Note.Length > 0)
        {
            _y += 4;
            Paragraph("P", _regular, 8, table.Note, 11, colour: Colours.Soft);
        }
        _y += 8;
    }

    /// <summary>The heads of the columns: once for the ear, on every page for the eye.</summary>
    private void Head(Element? table, TableLayout layout)
    {
        Need(layout.HeadHeight + layout.Leading * 2);
        _page.Fill(Margin, _y, layout.Width, layout.HeadHeight, Colours.Head);
        var row = table is null ? null : Open("TR", table);
        for (var c = 0; c < layout.Columns.Count; c++)
        {
            var column = layout.Columns[c];
            var cell = row is null ? null : Open("TH", row);
            cell?.More = "/A<</O/Table/Scope/Column>>";
            for (var i = 0; i < column.Head.Count; i++) Cell(cell, layout, column, column.Head[i], _bold, _y + 3 + i * layout.Leading, "/Artifact<</Type/Pagination/Subtype/Header>>BDC ");
            if (cell is not null) Close(cell);
        }
        if (row is not null) Close(row);
        _y += layout.HeadHeight + 1;
    }

    private void Cell(Element? cell, TableLayout layout, TableLayout.Laid column, string text, Face face, double top, string decoration = "/Artifact BMC ")
    {
        var x = Margin + column.Left + TableLayout.Gap / 2;
        if (column.Number) x += column.Width - TableLayout.Gap - face.Width(text, layout.Size);
        _page.Text(cell, face, layout.Size, x, top + layout.Size, text, decoration: decoration);
    }

    // a row that does not fit goes to the next page; one taller than a page is continued there
    private void Row(Element table, TableLayout layout, IReadOnlyList<IReadOnlyList<string>> cells)
    {
        var lines = 1;
        foreach (var cell in cells) lines = Math.Max(lines, cell.Count);
        var row = Open("TR", table);
        var parts = new Element[cells.Count];
        for (var c = 0; c < parts.Length; c++) parts[c] = Open("TD", row);
        for (var from = 0; from < lines;)
        {
            var fit = (int)((Bottom - _y - 4) / layout.Leading);
            var page = (int)((_page.Height - 2 * Margin - Foot - layout.HeadHeight - 5) / layout.Leading);
            if (fit < Math.Min(lines - from, from == 0 && lines <= page ? lines : 1))
            {
                NewPage(Lies);
                Head(null, layout);
                continue;
            }
            var count = Math.Min(fit, lines - from);
            for (var c = 0; c < parts.Length; c++)
                for (var i = from; i < Math.Min(cells[c].Count, from + count); i++)
                    if (cells[c][i].Length > 0) Cell(parts[c], layout, layout.Columns[c], cells[c][i], _regular, _y + 2 + (i - from) * layout.Leading);
            _y += count * layout.Leading + 4;
            _page.Rule(Margin, Margin + layout.Width, _y, thick: 0.3);
            from += count;
        }
        foreach (var part in parts) Close(part);
        Close(row);
    }

    public void End()
    {
        if (_current is null) Start(landscape: false);
        EndPage();
        Close(_document);
        for (var i = 0; i < _done.Count; i++) WriteFoot(i);
        _file.Put(_resources, $"<</Font<<{_regular.Write(_file)}{_bold.Write(_file)}>>>>");
        _file.Put(_pages, $"<</Type/Pages/Count {PdfFile.N(_done.Count)}/Kids[{string.Join(' ', _done.Select(p => PdfFile.N(p.Page) + " 0 R"))}]>>");
        var marks = _file.Add($"<</Nums[{string.Join(' ', _marks)}]>>");
        _file.Put(_tree, string.Create(CultureInfo.InvariantCulture, $"<</Type/StructTreeRoot/K {_document.Id} 0 R/ParentTree {marks} 0 R/ParentTreeNextKey {_done.Count}>>"));
        var made = _head.MadeAt.UtcDateTime;
        var meta = _file.Reserve();
        _file.PutStream(meta, "/Type/Metadata/Subtype/XML", Encoding.UTF8.GetBytes(Metadata(made)), compress: false);
        var info = _file.Add($"<</Title{PdfFile.Text(_head.Title)}/Author{PdfFile.Text(_head.City)}/Creator(SmartCity)/Producer(SmartCity)/CreationDate(D:{made.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}Z)>>");
        var outline = _outline.Count > 1 ? $"/Outlines {PdfFile.N(WriteOutline())} 0 R/PageMode/UseOutlines" : "";
        var root = _file.Add(string.Create(CultureInfo.InvariantCulture, $"<</Type/Catalog/Pages {_pages} 0 R/Lang({Localization.LanguageInAddress.Culture(_head.Language).Name})/MarkInfo<</Marked true>>/StructTreeRoot {_tree} 0 R/Metadata {meta} 0 R/ViewerPreferences<</DisplayDocTitle true>>{outline}>>"));
        _file.End(root, info);
    }

    private void WriteFoot(int index)
    {
        var (id, foot, width, height) = _done[index];
        var page = new PdfPage(id, width, height);
        const string Decoration = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC ";
        var number = _words.Of("export.page", (index + 1).ToString(CultureInfo.InvariantCulture), _done.Count.ToString(CultureInfo.InvariantCulture));
        var left = Wrap(_regular, $"{_head.City} · {_head.Title} · {_cells.When(_head.MadeAt)}", 8, width - 2 * Margin - 80)[0];
        page.Rule(Margin, width - Margin, height - Margin - 14);
        page.Text(null, _regular, 8, Margin, height - Margin - 2, left, Colours.Soft, Decoration);
        page.Text(null, _regular, 8, width - Margin - _regular.Width(number, 8), height - Margin - 2, number, Colours.Soft, Decoration);
        _file.PutStream(foot, "", page.Ink.Bytes);
    }

    private int WriteOutline()
    {
        var root = _file.Reserve();
        var items = _outline.Select(_ => _file.Reserve()).ToList();
        for (var i = 0; i < items.Count; i++)
            _file.Put(items[i], string.Create(CultureInfo.InvariantCulture, $"<</Title{PdfFile.Text(_outline[i].Title)}/Parent {root} 0 R/Dest[{_outline[i].Page} 0 R/XYZ null {_outline[i].Top:0.#} null]{(i > 0 ? $"/Prev {items[i - 1]} 0 R" : "")}{(i + 1 < items.Count ? $"/Next {items[i + 1]} 0 R" : "")}>>"));
        _file.Put(root, string.Create(CultureInfo.InvariantCulture, $"<</Type/Outlines/First {items[0]} 0 R/Last {items[^1]} 0 R/Count {items.Count}>>"));
        return root;
    }

    private string Metadata(DateTime made)
    {
        static string Xml(string text) => System.Security.SecurityElement.Escape(SheetWriter.Clean(text));
        return $"""
            <?xpacket begin="{'\ufeff'}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Xml(_head.Title)}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{Xml(_head.City)}</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>{_head.Language}</rdf:li></rdf:Bag></dc:language><xmp:CreateDate>{made.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}</xmp:CreateDate><pdf:Producer>SmartCity</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>
            """;
    }

    public void Dispose() { }

    /// <summary>A text in lines of a width: between words where it can be, within one where it must.</summary>
    internal static IReadOnlyList<string> Wrap(Face face, string text, double size, double width)
    {
        text = Plain(text);
        if (face.Width(text, size) <= width && !text.Contains('\n', StringComparison.Ordinal)) return [text];
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' '))
            {
                var longer = line.Length == 0 ? word : line + " " + word;
                if (face.Width(longer, size) <= width) { line = longer; continue; }
                if (line.Length > 0) lines.Add(line);
                line = word;
                while (face.Width(line, size) > width && Fitting(face, line, size, width) is var fit && fit < line.Length)
                {
                    lines.Add(line[..fit]);
                    line = line[fit..];
                }
            }
            lines.Add(line);
        }
        return lines;
    }

    // letters that fit, at least one, and none cut in two
    private static int Fitting(Face face, string text, double size, double width)
    {
        var (taken, used) = (0, 0d);
        foreach (var rune in text.EnumerateRunes())
        {
            used += face.Width(rune.ToString(), size);
            if (used > width && taken > 0) break;
            taken += rune.Utf16SequenceLength;
        }
        return taken;
    }

    private static string Plain(string text)
    {
        var wrong = false;
        foreach (var c in text) wrong |= c < ' ' && c != '\n' || c is >= '\u007f' and < '\u00a0';
        return wrong ? string.Concat(text.Select(c => c < ' ' && c != '\n' || c is >= '\u007f' and < '\u00a0' ? ' ' : c)) : text;
    }
}

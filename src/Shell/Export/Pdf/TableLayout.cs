namespace SmartCity.Shell.Export.Pdf;

/// <summary>How wide the columns of a table are, and what stands in its cells, line by line.</summary>
internal sealed class TableLayout
{
    /// <summary>Points between the text of two columns.</summary>
    public const double Gap = 10;
    private const int Sample = 200;
    private readonly FilledTable _table;
    private readonly Cells _cells;
    private readonly Face _face;
    private readonly List<object> _first = [];
    private readonly IEnumerator<object> _rest;

    /// <summary>A column with its place.</summary>
    internal sealed record Laid(Column Column, double Left, double Width, IReadOnlyList<string> Head)
    {
        public bool Number => Column.Kind == ColumnKind.Number;
    }

    public IReadOnlyList<Laid> Columns { get; private set; } = [];
    public bool Landscape { get; private set; }
    public double Size { get; private set; } = 8.5;
    public double Leading => Size * 1.3;
    public double Width { get; private set; }
    public double HeadHeight => Columns.Max(c => c.Head.Count) * Leading + 6;

    private TableLayout(FilledTable table, Cells cells, Face face)
    {
        (_table, _cells, _face) = (table, cells, face);
        _rest = table.Rows.GetEnumerator();
        while (_first.Count < Sample && _rest.MoveNext()) _first.Add(_rest.Current);
    }

    /// <summary>Lays a table out by its first rows.</summary>
    /// <param name="upright">Room on an upright page.</param>
    /// <param name="across">Room on a page that lies.</param>
    public static TableLayout Of(FilledTable table, Cells cells, Face face, Face head, double upright, double across)
    {
        var layout = new TableLayout(table, cells, face);
        var wanted = table.Columns.Select(c => layout.Wanted(c, head)).ToList();
        // a table of long texts is as well read upright; one of many columns is not
        layout.Landscape = wanted.Sum() > upright && table.Columns.Count > 5;
        var room = layout.Landscape ? across : upright;
        var fixedWidth = wanted.Where((w, i) => Firm(table.Columns[i], w)).Sum();
        var soft = wanted.Where((w, i) => !Firm(table.Columns[i], w)).Count();
        // letters shrink before numbers break
        while (layout.Size > 6 && fixedWidth + soft * 60 > room)
        {
            layout.Size -= 0.5;
            wanted = [.. table.Columns.Select(c => layout.Wanted(c, head))];
            fixedWidth = wanted.Where((w, i) => Firm(table.Columns[i], w)).Sum();
        }
        var widths = layout.Fit(wanted, room, fixedWidth);
        var left = 0d;
        layout.Columns = [.. table.Columns.Select((column, i) =>
        {
            var laid = new Laid(column, left, widths[i], PdfWriter.Wrap(head, Cells.Head(column), layout.Size, widths[i] - Gap));
            left += widths[i];
            return laid;
        })];
        layout.Width = left;
        return layout;
    }

    // what is not broken into lines: numbers and names, and texts of a word
    private static bool Firm(Column column, double wanted) => column.Kind is not ColumnKind.Text || wanted <= 70;

    private double Wanted(Column column, Face head)
    {
        // a head of several words may stand in several lines
        var widest = Cells.Head(column).Split(' ').Max(word => head.Width(word, Size));
        foreach (var row in _first) widest = Math.Max(widest, _face.Width(_cells.Show(column, row), Size));
        return Math.Min(widest, 360) + Gap;
    }

    private List<double> Fit(List<double> wanted, double room, double fixedWidth)
    {
        var total = wanted.Sum();
        if (total <= room)
        {
            // what is left is shared, within reason
            var more = Math.Min(24, (room - total) / wanted.Count);
            return [.. wanted.Select(w => w + more)];
        }
        var texts = total - fixedWidth;
        if (texts <= 0 || fixedWidth > room * 0.8) return [.. wanted.Select(w => w * room / total)];
        return [.. wanted.Select((w, i) => Firm(_table.Columns[i], w) ? w : w * (room - fixedWidth) / texts)];
    }

    /// <summary>The rows, each cell in lines.</summary>
    public IEnumerable<IReadOnlyList<IReadOnlyList<string>>> Rows()
    {
        foreach (var row in _first) yield return Lay(row);
        _first.Clear();
        using (_rest)
            while (_rest.MoveNext()) yield return Lay(_rest.Current);
    }

    private IReadOnlyList<string>[] Lay(object row)
    {
        var cells = new IReadOnlyList<string>[Columns.Count];
        for (var i = 0; i < cells.Length; i++) cells[i] = PdfWriter.Wrap(_face, _cells.Show(Columns[i].Column, row), Size, Columns[i].Width - Gap);
        return cells;
    }
}

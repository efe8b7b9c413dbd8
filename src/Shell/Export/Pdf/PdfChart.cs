namespace SmartCity.Shell.Export.Pdf;

/// <summary>A chart in strokes, where the page's SVG has them.</summary>
internal sealed class PdfChart(Chart chart, ChartDrawing drawing, PdfPage page, Face regular, Face bold, double left, double top, double scale)
{
    private const double Size = 8;

    private double X(double x) => left + x * scale;
    private double Y(double y) => top + y * scale;
    private double Up(double y) => page.Height - Y(y);

    public void Draw(Element figure) => page.Mark(figure, ink =>
    {
        Grid(ink);
        for (var i = 0; i < chart.Series.Count; i++) Series(ink, chart.Series[i], i);
        // the order of lines decides who is on top, the order of words does not
        foreach (var (x, text) in drawing.Ticks) page.Write(ink, regular, Size, X(x) - regular.Width(text, Size) / 2, Y(ChartDrawing.Height - 8), text, Colours.Soft);
    });

    private void Grid(Ink ink)
    {
        foreach (var line in drawing.Grid)
        {
            Stroke(ink, Colours.Line, 0.4, "[1 3] 0", (drawing.Left, drawing.Y(line)), (ChartDrawing.Width - ChartDrawing.Right, drawing.Y(line)));
            var text = drawing.Label(line);
            page.Write(ink, regular, Size, X(drawing.Left - 8) - regular.Width(text, Size), Y(drawing.Y(line) + 4), text, Colours.Soft);
        }
        foreach (var level in chart.Levels.Where(l => drawing.Inside(l.Value)))
        {
            Stroke(ink, Colours.Dark, 0.5, "[5 3] 0", (drawing.Left, drawing.Y(level.Value)), (ChartDrawing.Width - ChartDrawing.Right, drawing.Y(level.Value)));
            page.Write(ink, regular, Size, X(drawing.Left + 4), Y(drawing.Y(level.Value) - 4), level.Title, Colours.Soft);
        }
    }

    private void Series(Ink ink, Series series, int index)
    {
        var colour = series.Context ? Colours.Rest : Colours.Series[index % Colours.Series.Length];
        if (chart.Bars) Bars(ink, series, colour);
        else Line(ink, series, colour, series.Context ? Colours.Dashes[0] : Colours.Dashes[index % Colours.Dashes.Length]);
        var last = ChartDrawing.LastOf(series);
        if (last < 0) return;
        var y = drawing.Y(series.Points[last].Value!.Value);
        page.Write(ink, series.Context ? regular : bold, Size, X(drawing.X(last) + 9), Y(y + 4), series.Title, series.Context ? Colours.Soft : Colours.Ink);
    }

    private void Bars(Ink ink, Series series, string colour)
    {
        ink.Add(colour).Add(" rg "u8);
        for (var i = 0; i < series.Points.Count; i++)
            if (series.Points[i].Value is { } value and > 0)
                ink.Add(X(drawing.X(i) - drawing.BarWidth / 2)).Add(Up(drawing.Y(0))).Add(drawing.BarWidth * scale).Add((drawing.Y(0) - drawing.Y(value)) * scale).Add("re "u8);
        ink.Add("f "u8);
    }

    // a step without a value is a gap; a value between two gaps is a dot
    private void Line(Ink ink, Series series, string colour, string dash)
    {
        ink.Add(colour).Add(" RG 1 J 1 j "u8).Add(dash).Add(" d "u8).Add(1.4).Add("w "u8);
        var pen = false;
        for (var i = 0; i < series.Points.Count; i++)
        {
            if (series.Points[i].Value is not { } value) { pen = false; continue; }
            ink.Add(X(drawing.X(i))).Add(Up(drawing.Y(value))).Add(pen ? "l "u8 : "m "u8);
            if (!pen && (i + 1 >= series.Points.Count || series.Points[i + 1].Value is null)) ink.Add(X(drawing.X(i)) + 0.1).Add(Up(drawing.Y(value))).Add("l "u8);
            pen = true;
        }
        ink.Add("S [] 0 d "u8);
    }

    private void Stroke(Ink ink, string colour, double thick, string dash, (double X, double Y) from, (double X, double Y) to) =>
        ink.Add(colour).Add(" RG "u8).Add(dash).Add(" d "u8).Add(thick).Add("w "u8).Add(X(from.X)).Add(Up(from.Y)).Add("m "u8).Add(X(to.X)).Add(Up(to.Y)).Add("l S [] 0 d "u8);
}

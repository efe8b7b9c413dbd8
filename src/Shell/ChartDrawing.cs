using System.Globalization;
using System.Text;

namespace SmartCity.Shell;

/// <summary>Where the lines, bars, levels and ticks of a chart stand in its drawing. All text of it is invariant SVG.</summary>
internal sealed class ChartDrawing
{
    public const double Width = 760, Height = 280, Right = 96, Top = 14, Bottom = 30;
    private readonly Chart _chart;
    private readonly double _low, _high;

    public ChartDrawing(Chart chart, TimeZoneInfo zone)
    {
        _chart = chart;
        var values = chart.Series.SelectMany(s => s.Points.SelectMany(p => s.Band ? new[] { p.Value, p.Min, p.Max } : [p.Value])).Where(v => v is not null).Select(v => v!.Value).ToList();
        HasValues = values.Count > 0;
        var (min, max) = HasValues ? (values.Min(), values.Max()) : (0, 1);
        // bars and amounts begin at zero; lines at a round value below the smallest
        var step = RoundStep(max - (chart.Bars ? 0 : min));
        _low = chart.Bars || min >= 0 && min < step ? 0 : Math.Floor(min / step) * step;
        _high = Math.Max(_low + step, Math.Ceiling(max / step) * step);
        Grid = [.. Enumerable.Range(0, (int)Math.Round((_high - _low) / step) + 1).Select(i => Math.Round(_low + i * step, 6))];
        // numbers stand before the ground, and half of the first period does
        Left = Math.Ceiling(Math.Max(52, Math.Max(Grid.Max(g => Breadth(Label(g))) + 12, chart is { Bars: false, Labels: [var first, ..] } ? Breadth(first) / 2 + 2 : 0)));
        Ticks = [.. TicksOf(zone)];
    }

    public bool HasValues { get; }
    public IReadOnlyList<double> Grid { get; }
    public IReadOnlyList<(double X, string Text)> Ticks { get; }

    /// <summary>Where the ground begins: behind the longest number of the grid.</summary>
    public double Left { get; }

    /// <summary>A line of the grid in words.</summary>
    public string Label(double line) => Units.Number(line, line % 1 == 0 ? 0 : Math.Max(_chart.Decimals, 1));

    /// <summary>Room that a text takes at the size that a phone shows it in, which is the largest; a digit is as broad as most letters.</summary>
    internal static double Breadth(string text) => text.Sum(c => c is ',' or '.' or ' ' or '\u00a0' or '\u202f' or '-' ? 7 : c > '\u1100' ? 21 : 12.6);

    public int Count => _chart.Series.Max(s => s.Points.Count);
    public double X(int index) => Math.Round(Left + (Count < 2 ? 0.5 : (index + (_chart.Bars ? 0.5 : 0)) / (Count - (_chart.Bars ? 0 : 1))) * (Width - Left - Right), 1);
    public double Y(double value) => Math.Round(Top + (_high - value) / (_high - _low) * (Height - Top - Bottom), 1);
    public double BarWidth => Math.Round(Math.Max(1, (Width - Left - Right) / Count * 0.7), 1);
    public bool Inside(double value) => value > _low && value < _high;

    /// <summary>A line; a step without a value is a gap.</summary>
    public string Path(Series series)
    {
        var path = new StringBuilder();
        var pen = false;
        for (var i = 0; i < series.Points.Count; i++)
        {
            if (series.Points[i].Value is not { } value) { pen = false; continue; }
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{X(i)} {Y(value)}");
            pen = true;
        }
        return path.ToString();
    }

    /// <summary>The ground between the smallest and the largest value of each step, closed; empty when no step has both.</summary>
    public string BandPath(Series series)
    {
        var steps = Enumerable.Range(0, series.Points.Count).Where(i => series.Points[i] is { Min: not null, Max: not null }).ToList();
        if (steps.Count < 2) return "";
        var path = new StringBuilder();
        foreach (var i in steps) path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{X(i)} {Y(series.Points[i].Max!.Value)}");
        foreach (var i in Enumerable.Reverse(steps)) path.Append(CultureInfo.InvariantCulture, $"L{X(i)} {Y(series.Points[i].Min!.Value)}");
        return path.Append('Z').ToString();
    }

    /// <summary>Height of the first line that has a value at a step, or null.</summary>
    public double? DotAt(int index) => _chart.Series.Where(s => index < s.Points.Count).Select(s => s.Points[index].Value).FirstOrDefault(v => v is not null) is { } value ? Y(value) : null;

    /// <summary>Height of the word at the end of each line, in their order: pushed apart where two would lie on each other.</summary>
    public IReadOnlyList<double> EndWords()
    {
        const double apart = 20;
        var heights = _chart.Series.Select(s => LastOf(s) is >= 0 and var last ? Y(s.Points[last].Value!.Value) + 5 : double.NaN).ToArray();
        var below = double.NegativeInfinity;
        foreach (var i in Enumerable.Range(0, heights.Length).Where(i => !double.IsNaN(heights[i])).OrderBy(i => heights[i]).ToList()) below = heights[i] = Math.Max(heights[i], below + apart);
        return heights;
    }

    /// <summary>Last step with a value, or -1.</summary>
    public static int LastOf(Series series)
    {
        for (var i = series.Points.Count - 1; i >= 0; i--)
            if (series.Points[i].Value is not null) return i;
        return -1;
    }

    public static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>At most five lines, at steps of 1, 2 or 5 times a power of ten.</summary>
    private static double RoundStep(double span)
    {
        if (span <= 0) return 1;
        var rough = span / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    private IEnumerable<(double, string)> TicksOf(TimeZoneInfo zone)
    {
        if (_chart.Labels is { } labels)
        {
            // counted from the end, so that the newest period is always named
            var nth = Math.Max(1, (int)Math.Ceiling(labels.Count / 7.0));
            for (var i = (labels.Count - 1) % nth; i < labels.Count; i += nth) yield return (X(i), labels[i]);
            yield break;
        }
        var points = _chart.Series[0].Points;
        var every = _chart.Step == Step.Day ? Math.Max(1, points.Count / 7) : points.Count > 48 ? 24 : 6;
        for (var i = 0; i < points.Count; i++)
        {
            var local = TimeZoneInfo.ConvertTime(points[i].At, zone);
            if (_chart.Step == Step.Day ? i % every == 0 : every == 24 ? local.Hour == 0 : local.Hour % every == 0)
                yield return (X(i), local.ToString(_chart.Step == Step.Day || every == 24 ? "MM-dd" : "HH:mm", CultureInfo.InvariantCulture));
        }
    }
}

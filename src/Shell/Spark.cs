using System.Globalization;
using System.Text;

namespace SmartCity.Shell;

/// <summary>The line of a sparkline: shape only, gaps stay gaps.</summary>
internal sealed record Spark(string Path, double LastX, double LastY, double? Min, double? Max)
{
    public const double Width = 120, Height = 30, Inset = 3;

    /// <summary>SVG path data of values over equal steps; invariant whatever the culture.</summary>
    public static Spark Of(IReadOnlyList<double?> values)
    {
        var known = values.Where(v => v is not null).Select(v => v!.Value).ToList();
        if (known.Count < 2) return new("", 0, 0, null, null);
        var (min, max) = (known.Min(), known.Max());
        var span = max - min;
        var path = new StringBuilder();
        var (lastX, lastY, pen) = (0d, 0d, false);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value) { pen = false; continue; }
            lastX = Math.Round(1 + i * (Width - 2) / (values.Count - 1), 1);
            lastY = Math.Round(span == 0 ? Height / 2 : Height - Inset - (value - min) / span * (Height - 2 * Inset), 1);
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{lastX} {lastY}");
            pen = true;
        }
        return new(path.ToString(), lastX, lastY, min, max);
    }
}

using System.Text;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>An area's border as the path of a drawing: points nearer to each other than a line is wide are one.</summary>
internal static class Sketch
{
    private const double Apart = 3;

    public static string Of(Area area, Func<Place, (string X, string Y)> at)
    {
        var path = new StringBuilder();
        foreach (var ring in area.Rings)
        {
            (double X, double Y)? last = null;
            foreach (var point in ring)
            {
                var (x, y) = at(point);
                var here = (X: double.Parse(x, System.Globalization.CultureInfo.InvariantCulture), Y: double.Parse(y, System.Globalization.CultureInfo.InvariantCulture));
                if (last is { } before && Math.Abs(before.X - here.X) + Math.Abs(before.Y - here.Y) < Apart) continue;
                path.Append(last is null ? 'M' : 'L').Append(x).Append(' ').Append(y);
                last = here;
            }
            path.Append('Z');
        }
        return path.ToString();
    }
}

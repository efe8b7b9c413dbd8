using System.Globalization;

namespace SmartCity.Traffic;

/// <summary>A name on the line map.</summary>
/// <param name="Station">Whose name it is.</param>
/// <param name="Name">In the language of the drawing.</param>
/// <param name="X">Of its anchor.</param>
/// <param name="Y">Of its foot.</param>
/// <param name="Anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
internal sealed record MapLabel(Station Station, string Name, double X, double Y, string Anchor);

/// <summary>Finds a place beside each station for its name where it covers no other name and no station; a name without one is left out, and
/// is still in the list and under the pointer.</summary>
internal static class MapLabels
{
    private const double Size = 11.5, Away = 8, Badge = 11;

    /// <param name="wanted">Stations with a name, the most important first.</param>
    /// <param name="all">Every station.</param>
    /// <param name="badges">Middles of the lines' numbers.</param>
    public static IReadOnlyList<MapLabel> Place(IEnumerable<Station> wanted, IReadOnlyCollection<Station> all, params IEnumerable<(double X, double Y)> badges)
    {
        var taken = badges.Select(b => (Left: b.X - Badge, Top: b.Y - Badge, Right: b.X + Badge, Bottom: b.Y + Badge)).ToList();
        var placed = new List<MapLabel>();
        foreach (var station in wanted)
        {
            var name = station.Name.ToString();
            var wide = name.Sum(Wide);
            foreach (var (dx, dy, anchor) in Beside)
            {
                var (x, y) = (station.X + dx, station.Y + dy);
                var left = anchor switch { "start" => x, "end" => x - wide, _ => x - wide / 2 };
                var box = (Left: left - 1, Top: y - Size * 0.85, Right: left + wide + 1, Bottom: y + Size * 0.3);
                if (box.Left < 0 || taken.Any(t => t.Left < box.Right && box.Left < t.Right && t.Top < box.Bottom && box.Top < t.Bottom)
                    || all.Any(s => s != station && s.X + 6 > box.Left && s.X - 6 < box.Right && s.Y + 6 > box.Top && s.Y - 6 < box.Bottom)) continue;
                taken.Add(box);
                placed.Add(new(station, name, x, y, anchor));
                break;
            }
        }
        return placed;
    }

    private static readonly (double X, double Y, string Anchor)[] Beside =
    [
        (Away, -Away, "start"), (-Away, -Away, "end"), (Away, Away + Size * 0.8, "start"), (-Away, Away + Size * 0.8, "end"),
        (Away + 3, Size * 0.35, "start"), (-Away - 3, Size * 0.35, "end"), (0, -Away - 4, "middle"), (0, Away + Size + 1, "middle"),
    ];

    // letters of Hangul are as wide as high, Latin ones about half of it
    private static double Wide(char letter) => CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.OtherLetter ? Size * 0.93 : Size * 0.55;
}

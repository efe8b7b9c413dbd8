using System.Globalization;

namespace SmartCity.Simulator;

/// <summary>A picture to draw on: areas, lines, digits and capital letters, no more.</summary>
internal sealed class Canvas(int width, int height)
{
    // digits as three by five dots, a row in three bits
    private static readonly Dictionary<char, int[]> Glyphs = new()
    {
        ['0'] = [7, 5, 5, 5, 7], ['1'] = [2, 6, 2, 2, 7], ['2'] = [7, 1, 7, 4, 7], ['3'] = [7, 1, 7, 1, 7], ['4'] = [5, 5, 7, 1, 1],
        ['5'] = [7, 4, 7, 1, 7], ['6'] = [7, 4, 7, 5, 7], ['7'] = [7, 1, 2, 2, 2], ['8'] = [7, 5, 7, 5, 7], ['9'] = [7, 5, 7, 1, 7],
        ['-'] = [0, 0, 7, 0, 0], [':'] = [0, 2, 0, 2, 0], [' '] = [0, 0, 0, 0, 0],
        ['A'] = [2, 5, 7, 5, 5], ['B'] = [6, 5, 6, 5, 6], ['C'] = [3, 4, 4, 4, 3], ['D'] = [6, 5, 5, 5, 6], ['E'] = [7, 4, 6, 4, 7], ['F'] = [7, 4, 6, 4, 4], ['G'] = [3, 4, 5, 5, 3],
        ['H'] = [5, 5, 7, 5, 5], ['I'] = [7, 2, 2, 2, 7], ['J'] = [1, 1, 1, 5, 2], ['K'] = [5, 5, 6, 5, 5], ['L'] = [4, 4, 4, 4, 7], ['M'] = [5, 7, 7, 5, 5], ['N'] = [6, 5, 5, 5, 5],
        ['O'] = [7, 5, 5, 5, 7], ['P'] = [6, 5, 6, 4, 4], ['Q'] = [7, 5, 5, 7, 1], ['R'] = [6, 5, 6, 5, 5], ['S'] = [3, 4, 2, 1, 6], ['T'] = [7, 2, 2, 2, 2], ['U'] = [5, 5, 5, 5, 7],
        ['V'] = [5, 5, 5, 5, 2], ['W'] = [5, 5, 7, 7, 5], ['X'] = [5, 5, 2, 5, 5], ['Y'] = [5, 5, 2, 2, 2], ['Z'] = [7, 1, 2, 4, 7],
    };

    public int Width { get; } = width;
    public int Height { get; } = height;
    public byte[] Pixels { get; } = new byte[width * height * 3];

    /// <summary>Reads <c>#rrggbb</c>; null when it is something else.</summary>
    public static int? Colour(string text) =>
        text.Length == 7 && text[0] == '#' && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var colour) ? colour : null;

    public void Set(int x, int y, int colour)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height) return;
        var at = (y * Width + x) * 3;
        Pixels[at] = (byte)(colour >> 16);
        Pixels[at + 1] = (byte)(colour >> 8);
        Pixels[at + 2] = (byte)colour;
    }

    public void Block(int left, int top, int wide, int high, int colour)
    {
        for (var y = top; y < top + high; y++)
            for (var x = left; x < left + wide; x++) Set(x, y, colour);
    }

    /// <summary>A line of some breadth in pixels.</summary>
    public void Line((double X, double Y) from, (double X, double Y) to, int breadth, int colour)
    {
        var steps = Math.Max(1, (int)Math.Ceiling(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y))));
        for (var i = 0; i <= steps; i++)
        {
            var (x, y) = (from.X + (to.X - from.X) * i / steps, from.Y + (to.Y - from.Y) * i / steps);
            Block((int)Math.Round(x) - breadth / 2, (int)Math.Round(y) - breadth / 2, breadth, breadth, colour);
        }
    }

    /// <summary>Digits, capital letters, hyphens and colons.</summary>
    public void Digits(string text, int left, int top, int dot, int colour)
    {
        foreach (var letter in text)
        {
            var glyph = Glyphs.GetValueOrDefault(letter, Glyphs[' ']);
            for (var row = 0; row < 5; row++)
                for (var column = 0; column < 3; column++)
                    if ((glyph[row] >> (2 - column) & 1) == 1) Block(left + column * dot, top + row * dot, dot, dot, colour);
            left += 4 * dot;
        }
    }

    /// <summary>Calls for each pixel inside closed rings; a ring within a ring is a hole.</summary>
    public void Inside(IEnumerable<(double X, double Y)[]> rings, Action<int, int> pixel)
    {
        var edges = rings.SelectMany(r => r.Zip(r.Skip(1))).ToList();
        for (var y = 0; y < Height; y++)
        {
            var middle = y + 0.5;
            var crossings = edges.Where(e => e.First.Y > middle != e.Second.Y > middle)
                .Select(e => e.First.X + (middle - e.First.Y) * (e.Second.X - e.First.X) / (e.Second.Y - e.First.Y)).Order().ToList();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
                for (var x = Math.Max(0, (int)Math.Ceiling(crossings[i] - 0.5)); x < Math.Min(Width, crossings[i + 1] - 0.5); x++) pixel(x, y);
        }
    }

    public byte[] ToPng() => Png.Encode(Width, Height, Pixels);
}

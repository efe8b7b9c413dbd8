using System.Globalization;
using System.Text;

namespace SmartCity.Indicators;

/// <summary>Where the lines of a guess stand. Before the guess, nothing of the truth is in it: not its line, and not the room that it takes.</summary>
internal sealed class GuessDrawing
{
    public const double Width = 760, Height = 320, Left = 74, Right = 16, Top = 12, Bottom = 28;
    private readonly Puzzle _puzzle;

    public GuessDrawing(Puzzle puzzle, IReadOnlyList<double>? mine, Others? others)
    {
        _puzzle = puzzle;
        (Low, High) = puzzle.Room();
        if (mine is not null)
        {
            var all = mine.Concat(puzzle.Hidden.Select(o => o.Value!.Value)).Concat(others?.Low ?? []).Concat(others?.High ?? []).ToList();
            (Low, High) = (Math.Min(Low, all.Min()), Math.Max(High, all.Max()));
            Truth = Line(puzzle.Hidden.Select(o => o.Value!.Value), puzzle.Known.Count);
            Mine = Line(mine, puzzle.Known.Count);
        }
        Known = Points(puzzle.Known.Select(o => o.Value!.Value), 0, 'M');
        if (others is null) return;
        OthersMiddle = Line(others.Middle, puzzle.Known.Count);
        OthersBand = Points(others.High, puzzle.Known.Count, 'M') + Points(others.Low.Reverse(), Count - 1, 'L', -1) + "Z";
    }

    public double Low { get; }
    public double High { get; }
    public int Count => _puzzle.Known.Count + _puzzle.Hidden.Count;
    public string Known { get; }
    public string Mine { get; } = "";
    public string? Truth { get; }
    public string? OthersMiddle { get; }
    public string? OthersBand { get; }
    /// <summary>Levels at round numbers.</summary>
    public IEnumerable<double> Grid
    {
        get
        {
            var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1e-9, High - Low) / 4)));
            var step = ((High - Low) / 4 / power) switch { <= 1 => power, <= 2 => 2 * power, <= 2.5 => 2.5 * power, <= 5 => 5 * power, _ => 10 * power };
            for (var line = Math.Ceiling(Low / step) * step; line <= High; line += step) yield return Math.Round(line, 9);
        }
    }

    /// <summary>The first period, the last that is known and the last that is hidden.</summary>
    public IEnumerable<(double X, string Text)> Ticks => new[] { 0, _puzzle.Known.Count - 1, Count - 1 }.Select(i => (Math.Clamp(X(i), Left + 20, Width - 50), (i < _puzzle.Known.Count ? _puzzle.Known[i] : _puzzle.Hidden[i - _puzzle.Known.Count]).Period.Words));

    public double X(int index) => Math.Round(Left + (double)index / (Count - 1) * (Width - Left - Right), 1);
    public double Y(double value) => Math.Round(Top + (High - value) / Math.Max(1e-12, High - Low) * (Height - Top - Bottom), 1);

    // begins at the last value that is known
    private string Line(IEnumerable<double> values, int from) => Points(values.Prepend(_puzzle.Known[^1].Value!.Value), from - 1, 'M');

    private string Points(IEnumerable<double> values, int from, char pen, int step = 1)
    {
        var path = new StringBuilder();
        foreach (var value in values)
        {
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? pen : 'L')}{X(from)} {Y(value)}");
            from += step;
        }
        return path.ToString();
    }
}

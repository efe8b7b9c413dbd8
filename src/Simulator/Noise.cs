namespace SmartCity.Simulator;

/// <summary>Noise that is the same for the same seed and place, and has no jumps.</summary>
internal static class Noise
{
    /// <summary>A number for a text that is the same on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
    public static ulong Seed(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text) hash = (hash ^ letter) * 1099511628211UL;
        return Mix(hash);
    }

    /// <summary>Two seeds as one.</summary>
    public static ulong Mix(ulong a, ulong b) => Mix(a ^ (b * 0x9E3779B97F4A7C15UL));

    /// <summary>From 0 to 1, at a whole number.</summary>
    public static double Die(ulong seed, long at) => (Mix(seed, unchecked((ulong)at)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>From -1 to 1, smooth along a line of whole numbers.</summary>
    public static double Along(ulong seed, double x)
    {
        var at = Math.Floor(x);
        var (a, b) = (Die(seed, (long)at), Die(seed, (long)at + 1));
        return 2 * (a + (b - a) * Smooth(x - at)) - 1;
    }

    /// <summary>From 0 to 1, smooth in a plane, with details down to an eighth.</summary>
    public static double Plane(ulong seed, double x, double y)
    {
        double sum = 0, weight = 0.5;
        for (var octave = 0; octave < 4; octave++, weight /= 2, x *= 2, y *= 2)
            sum += weight * Lattice(Mix(seed, (ulong)octave), x, y);
        return sum / 0.9375;
    }

    private static double Lattice(ulong seed, double x, double y)
    {
        var (left, top) = (Math.Floor(x), Math.Floor(y));
        var (sx, sy) = (Smooth(x - left), Smooth(y - top));
        double At(double column, double row) => Die(Mix(seed, unchecked((ulong)(long)column)), (long)row);
        var upper = At(left, top) + (At(left + 1, top) - At(left, top)) * sx;
        var lower = At(left, top + 1) + (At(left + 1, top + 1) - At(left, top + 1)) * sx;
        return upper + (lower - upper) * sy;
    }

    private static double Smooth(double share) => share * share * (3 - 2 * share);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

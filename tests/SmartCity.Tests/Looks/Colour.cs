using System.Globalization;

namespace SmartCity.Tests.Looks;

/// <summary>Contrast by WCAG 2 and distance by CIEDE2000, also as the colour-blind see it (Machado, Oliveira and Fernandes, 2009).</summary>
internal static class Colour
{
    /// <summary>How colours reach the eye: linear light in, linear light out.</summary>
    public static IReadOnlyDictionary<string, double[][]> Eyes { get; } = new Dictionary<string, double[][]>
    {
        ["normal"] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        ["protan"] = [[.152286, 1.052583, -.204868], [.114503, .786281, .099216], [-.003882, -.048116, 1.051998]],
        ["deutan"] = [[.367322, .860646, -.227968], [.280085, .672501, .047413], [-.011820, .042940, .968881]],
        ["tritan"] = [[1.255528, -.076749, -.178779], [-.078411, .930809, .147602], [.004733, .691367, .303900]],
    };

    public static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + .05) / (Math.Min(a, b) + .05);
    }

    private static double Luminance(string hex) => Linear(hex) is [var r, var g, var b] ? .2126 * r + .7152 * g + .0722 * b : 0;

    private static double[] Linear(string hex)
    {
        var digits = hex.TrimStart('#');
        if (digits.Length == 3) digits = string.Concat(digits.Select(c => $"{c}{c}"));
        return [.. Enumerable.Range(0, 3).Select(i => int.Parse(digits.AsSpan(i * 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d).Select(c => c <= .04045 ? c / 12.92 : Math.Pow((c + .055) / 1.055, 2.4))];
    }

    /// <summary>Smallest distance of two colours over all eyes.</summary>
    public static double Distance(string one, string other) => Eyes.Values.Min(eye => DeltaE(Lab(Seen(one, eye)), Lab(Seen(other, eye))));

    private static double[] Seen(string hex, double[][] eye)
    {
        var light = Linear(hex);
        return [.. eye.Select(row => Math.Clamp(row[0] * light[0] + row[1] * light[1] + row[2] * light[2], 0, 1))];
    }

    private static (double L, double A, double B) Lab(double[] light)
    {
        static double F(double t) => t > .008856 ? Math.Cbrt(t) : 7.787 * t + 16 / 116d;
        var x = F((.4124564 * light[0] + .3575761 * light[1] + .1804375 * light[2]) / .95047);
        var y = F(.2126729 * light[0] + .7151522 * light[1] + .0721750 * light[2]);
        var z = F((.0193339 * light[0] + .1191920 * light[1] + .9503041 * light[2]) / 1.08883);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double DeltaE((double L, double A, double B) p, (double L, double A, double B) q)
    {
        static double Degrees(double radians) => (radians * 180 / Math.PI + 360) % 360;
        static double Radians(double degrees) => degrees * Math.PI / 180;
        var mean = (Math.Sqrt(p.A * p.A + p.B * p.B) + Math.Sqrt(q.A * q.A + q.B * q.B)) / 2;
        var g = .5 * (1 - Math.Sqrt(Math.Pow(mean, 7) / (Math.Pow(mean, 7) + Math.Pow(25, 7))));
        var (a1, a2) = (p.A * (1 + g), q.A * (1 + g));
        var (c1, c2) = (Math.Sqrt(a1 * a1 + p.B * p.B), Math.Sqrt(a2 * a2 + q.B * q.B));
        var h1 = a1 == 0 && p.B == 0 ? 0 : Degrees(Math.Atan2(p.B, a1));
        var h2 = a2 == 0 && q.B == 0 ? 0 : Degrees(Math.Atan2(q.B, a2));
        var dh = c1 * c2 == 0 ? 0 : Math.Abs(h2 - h1) <= 180 ? h2 - h1 : h2 > h1 ? h2 - h1 - 360 : h2 - h1 + 360;
        var (dl, dc, dH) = (q.L - p.L, c2 - c1, 2 * Math.Sqrt(c1 * c2) * Math.Sin(Radians(dh / 2)));
        var (lm, cm) = ((p.L + q.L) / 2, (c1 + c2) / 2);
        var hm = c1 * c2 == 0 ? h1 + h2 : Math.Abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : (h1 + h2 + (h1 + h2 < 360 ? 360 : -360)) / 2;
        var t = 1 - .17 * Math.Cos(Radians(hm - 30)) + .24 * Math.Cos(Radians(2 * hm)) + .32 * Math.Cos(Radians(3 * hm + 6)) - .2 * Math.Cos(Radians(4 * hm - 63));
        var sl = 1 + .015 * (lm - 50) * (lm - 50) / Math.Sqrt(20 + (lm - 50) * (lm - 50));
        var (sc, sh) = (1 + .045 * cm, 1 + .015 * cm * t);
        var rt = -2 * Math.Sqrt(Math.Pow(cm, 7) / (Math.Pow(cm, 7) + Math.Pow(25, 7))) * Math.Sin(Radians(60 * Math.Exp(-Math.Pow((hm - 275) / 25, 2))));
        return Math.Sqrt(Math.Pow(dl / sl, 2) + Math.Pow(dc / sc, 2) + Math.Pow(dH / sh, 2) + rt * (dc / sc) * (dH / sh));
    }
}

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>Coordinate systems that sources write in, turned into WGS 84.</summary>
internal static class Grids
{
    /// <summary>A transverse Mercator grid: origin and scale, on the GRS 80 or the Bessel ellipsoid.</summary>
    private sealed record Grid(double Lat0, double Lon0, double K, double East, double North, bool Bessel = false);

    private static readonly Dictionary<string, Grid?> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EPSG:4326"] = null,
        ["EPSG:3067"] = new(0, 27, 0.9996, 500_000, 0),
        ["EPSG:5179"] = new(38, 127.5, 0.9996, 1_000_000, 2_000_000),
        ["EPSG:5181"] = new(38, 127, 1, 200_000, 500_000),
        ["EPSG:5186"] = new(38, 127, 1, 200_000, 600_000),
    };

    public static bool Known(string crs) => All.ContainsKey(crs);
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The place of a point of a grid; null where the numbers are no point on Earth.</summary>
    /// <param name="x">East, metres (degrees of longitude for EPSG:4326).</param>
    /// <param name="y">North, metres (degrees of latitude).</param>
    public static Place? Wgs84(string crs, double x, double y)
    {
        if (!double.IsFinite(x) || !double.IsFinite(y) || !All.TryGetValue(crs, out var grid)) return null;
        if (grid is null) return Math.Abs(y) <= 90 && Math.Abs(x) <= 180 ? new(y, x) : null;
        if (Math.Abs(x - grid.East) > 3e6 || Math.Abs(y - grid.North) > (grid.Lat0 == 0 ? 1e7 : 6e6)) return null;
        return Inverse(grid, x, y);
    }

    // Krüger's series to the fourth order: below a millimetre within some degrees of the meridian
    private static Place? Inverse(Grid grid, double x, double y)
    {
        const double a = 6378137, f = 1 / 298.257222101;
        double n = f / (2 - f), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
        var rectifying = a / (1 + n) * (1 + n2 / 4 + n4 / 64);
        double[] beta = [n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360, n2 / 48 + n3 / 15 - 437 * n4 / 1440, 17 * n3 / 480 - 37 * n4 / 840, 4397 * n4 / 161280];
        double[] alpha = [n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180, 13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440, 61 * n3 / 240 - 103 * n4 / 140, 49561 * n4 / 161280];
        var e = Math.Sqrt(f * (2 - f));
        var lat0 = double.DegreesToRadians(grid.Lat0);
        var conformal0 = Math.Atan(Math.Sinh(Math.Asinh(Math.Tan(lat0)) - e * Math.Atanh(e * Math.Sin(lat0))));
        var xi0 = conformal0;
        for (var j = 0; j < 4; j++) xi0 += alpha[j] * Math.Sin(2 * (j + 1) * conformal0);
        var (xi, eta) = ((y - grid.North) / (grid.K * rectifying) + xi0, (x - grid.East) / (grid.K * rectifying));
        var (xi1, eta1) = (xi, eta);
        for (var j = 0; j < 4; j++)
        {
            xi1 -= beta[j] * Math.Sin(2 * (j + 1) * xi) * Math.Cosh(2 * (j + 1) * eta);
            eta1 -= beta[j] * Math.Cos(2 * (j + 1) * xi) * Math.Sinh(2 * (j + 1) * eta);
        }
        var conformal = Math.Asin(Math.Sin(xi1) / Math.Cosh(eta1));
        var psi = Math.Asinh(Math.Tan(conformal));
        var lat = conformal;
        for (var i = 0; i < 6; i++) lat = Math.Atan(Math.Sinh(psi + e * Math.Atanh(e * Math.Sin(lat))));
        var place = new Place(double.RadiansToDegrees(lat), grid.Lon0 + double.RadiansToDegrees(Math.Atan2(Math.Sinh(eta1), Math.Cos(xi1))));
        return double.IsFinite(place.Latitude) && double.IsFinite(place.Longitude) ? place : null;
    }
}

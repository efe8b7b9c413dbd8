using System.Collections.Concurrent;
using System.Globalization;

namespace SmartCity.Simulator;

/// <summary>Pictures of the city: its areas coloured by a curve, or clouds above it. A new one each turn.</summary>
internal sealed class Pictures
{
    private const int Width = 640, Height = 480, Margin = 24, Footer = 34, Nowhere = -1;
    private readonly Scenario _scenario;
    private readonly CityGround _ground;
    private readonly Curves _curves;
    private readonly int[] _areaAt = new int[Width * Height];
    private readonly List<(double X, double Y)[]> _outlines = [];
    private readonly List<((double X, double Y)[] Line, int Breadth)> _water = [];
    private readonly ConcurrentDictionary<string, (long Turn, byte[] Body)> _drawn = new(StringComparer.Ordinal);

    public Pictures(Scenario scenario, CityGround ground, Curves curves)
    {
        (_scenario, _ground, _curves) = (scenario, ground, curves);
        var all = ground.Outline.SelectMany(r => r).SelectMany(r => r).ToList();
        var (west, east, south, north) = (all.Min(p => p.Lon), all.Max(p => p.Lon), all.Min(p => p.Lat), all.Max(p => p.Lat));
        var stretch = Math.Cos((south + north) / 2 * Math.PI / 180);
        var scale = Math.Min((Width - 2 * Margin) / ((east - west) * stretch), (Height - Margin - Footer - 8) / (north - south));
        var left = (Width - (east - west) * stretch * scale) / 2;
        (double, double) Project((double Lon, double Lat) at) => (left + (at.Lon - west) * stretch * scale, Margin + (north - at.Lat) * scale);
        Array.Fill(_areaAt, Nowhere);
        var plane = new Canvas(Width, Height);
        for (var i = 0; i < ground.Outline.Count; i++)
        {
            var area = i;
            var rings = ground.Outline[i].Select(r => r.Select(Project).ToArray()).ToList();
            _outlines.AddRange(rings);
            plane.Inside(rings, (x, y) => _areaAt[y * Width + x] = area);
        }
        foreach (var (line, metres) in ground.Water)
            _water.Add(([.. line.Select(Project)], Math.Max(2, (int)Math.Round(metres / 111_320 * scale))));
    }

    /// <summary>The picture of a moment, and since when there is that one.</summary>
    public (byte[] Body, DateTimeOffset Since) Of(Source source, DateTimeOffset moment)
    {
        var turn = moment.UtcTicks / source.EveryLength.Ticks;
        var since = new DateTimeOffset(turn * source.EveryLength.Ticks, TimeSpan.Zero);
        if (!_drawn.TryGetValue(source.Id, out var drawn) || drawn.Turn != turn)
            _drawn[source.Id] = drawn = (turn, source.Draw == "areas" ? Areas(source, since) : Clouds(since));
        return (drawn.Body, since);
    }

    private byte[] Areas(Source source, DateTimeOffset at)
    {
        var colours = source.Colours.Select(c => Canvas.Colour(c)!.Value).ToArray();
        var fill = _ground.Areas.Select(a =>
        {
            var value = _curves.At(source.Curve, a.Spot, at);
            return colours[Math.Max(0, Array.FindLastIndex(source.Breaks, b => value > b))];
        }).ToArray();
        var canvas = new Canvas(Width, Height);
        for (var i = 0; i < _areaAt.Length; i++) canvas.Set(i % Width, i / Width, _areaAt[i] == Nowhere ? 0xF2F4F6 : fill[_areaAt[i]]);
        Overlay(canvas, 0xB9D3E6, 0xFFFFFF);
        for (var i = 0; i < colours.Length; i++) canvas.Block(Width - Margin - (colours.Length - i) * 44, Height - Footer + 8, 40, 14, colours[i]);
        Stamp(canvas, at, 0x33363D);
        return canvas.ToPng();
    }

    private byte[] Clouds(DateTimeOffset at)
    {
        var canvas = new Canvas(Width, Height);
        var seed = Noise.Seed(_scenario.Seed + "clouds");
        var drift = at.ToUnixTimeSeconds() / 60.0 % 1_000_000 * 0.045;
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
            {
                var cloud = Math.Clamp((Noise.Plane(seed, x / 130.0 - drift, y / 110.0 + drift * 0.12) - 0.42) * 2.6, 0, 1);
                var ground = _areaAt[y * Width + x] == Nowhere ? 0x22303C : 0x2E4434;
                // in twelve steps, as weather services draw it: a tenth of the bytes
                canvas.Set(x, y, Blend(ground, 0xF4F6F8, Math.Round(cloud * 12) / 12));
            }
        Overlay(canvas, null, 0xE8C35A);
        canvas.Block(0, Height - Footer, Width, Footer, 0x10161C);
        Stamp(canvas, at, 0xF4F6F8);
        return canvas.ToPng();
    }

    private void Overlay(Canvas canvas, int? water, int border)
    {
        if (water is { } colour)
            foreach (var (line, breadth) in _water)
                foreach (var (from, to) in line.Zip(line.Skip(1))) canvas.Line(from, to, breadth, colour);
        foreach (var ring in _outlines)
            foreach (var (from, to) in ring.Zip(ring.Skip(1))) canvas.Line(from, to, 1, border);
    }

    private void Stamp(Canvas canvas, DateTimeOffset at, int colour) =>
        canvas.Digits(TimeZoneInfo.ConvertTime(at, _ground.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Margin, Height - Footer + 8, 3, colour);

    private static int Blend(int under, int over, double share)
    {
        int Part(int shift) => (int)((under >> shift & 255) * (1 - share) + (over >> shift & 255) * share);
        return Part(16) << 16 | Part(8) << 8 | Part(0);
    }
}

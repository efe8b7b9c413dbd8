using System.Globalization;

namespace SmartCity.Traffic;

/// <summary>What is looked for among the cameras.</summary>
/// <param name="Text">A part of the name, in any language.</param>
/// <param name="Area">Code of an area.</param>
/// <param name="Road">A road by its first name.</param>
/// <param name="Kind">How pictures come.</param>
/// <param name="Near">The nearest to a point come first.</param>
/// <param name="Only">Ids of the only ones that are wanted: favourites.</param>
internal sealed record CameraQuery(string? Text = null, string? Area = null, string? Road = null, CameraKind? Kind = null, Place? Near = null, IReadOnlySet<string>? Only = null)
{
    /// <summary>The cameras that fit, each with its distance in metres from <see cref="Near"/>; in the order of the list, or the nearest first.</summary>
    public IReadOnlyList<(Camera Camera, double? Metres)> Of(IReadOnlyList<Camera> cameras, IReadOnlyList<string> languages)
    {
        var fit = cameras.Where(c => (Area is null || c.Area == Area) && (Kind is null || c.Kind == Kind) && (Road is null || c.Road?.In(languages[0]) == Road) && (Only is null || Only.Contains(c.Id))
            && (Text is null || languages.Any(l => c.Name.In(l).Contains(Text, StringComparison.OrdinalIgnoreCase))));
        return Near is not { } here ? [.. fit.Select(c => (c, (double?)null))]
            : [.. fit.Where(c => c.At is not null).Select(c => (Camera: c, Metres: (double?)here.MetresTo(c.At!.Value))).OrderBy(c => c.Metres).ThenBy(c => c.Camera.Id, StringComparer.Ordinal)];
    }
}

/// <summary>Places as people write them.</summary>
internal static class Distance
{
    /// <summary>Reads <c>37.5665,126.978</c>; null when it is no point of the world.</summary>
    public static Place? Read(string? text) =>
        text?.Split(',') is [var lat, var lon] && double.TryParse(lat, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude) && double.TryParse(lon, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
        && Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180 ? new(latitude, longitude) : null;
}

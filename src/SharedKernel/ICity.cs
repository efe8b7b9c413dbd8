namespace SmartCity;

/// <summary>The city that this host serves, as its city pack states it.</summary>
public interface ICity
{
    /// <summary>Short code of the pack, for example the name of its folder.</summary>
    string Key { get; }
    /// <summary>The name people read.</summary>
    Text Name { get; }
    /// <summary>The zone in which times are shown and days begin.</summary>
    TimeZoneInfo Zone { get; }
    /// <summary>Two-letter codes, the city's own language first.</summary>
    IReadOnlyList<string> Languages { get; }
    /// <summary>ISO 4217 code.</summary>
    string Currency { get; }
    /// <summary>What the city calls its areas: borough, district.</summary>
    Text AreaWord { get; }
    /// <summary>The administrative areas in the pack's order.</summary>
    IReadOnlyList<Area> Areas { get; }
    /// <summary>The area with that key, or null.</summary>
    Area? Area(string code);
    /// <summary>Finds an area by key, by a code of a named code system, or by a name in any language or alias.</summary>
    /// <param name="codeOrName">As a source writes it; spaces around it do not matter.</param>
    /// <param name="codeSystem">Name of a code system of the pack, <c>name</c> for names, or null to try the key, then names.</param>
    /// <returns>The area, or null when there is none: a source's rows without one are not this city's.</returns>
    Area? FindArea(string codeOrName, string? codeSystem = null);
    /// <summary>The departments of its administration; none in a city that does not tell.</summary>
    IReadOnlyList<Department> Departments => [];
    /// <summary>Finds a department by code, or by its name in any language.</summary>
    Department? FindDepartment(string? codeOrName) => codeOrName?.Trim() is { Length: > 0 } asked
        ? Departments.FirstOrDefault(d => d.Code == asked) ?? Departments.FirstOrDefault(d => d.Name.Languages.Any(l => d.Name.In(l).Equals(asked, StringComparison.OrdinalIgnoreCase))) : null;
    /// <summary>A setting of a module from the pack (<c>settings/{module}.json</c>), bound to a type; its defaults when absent.</summary>
    T Settings<T>(string moduleKey) where T : class, new();
    /// <summary>Full paths of the files of a folder of the pack whose name has an ending such as <c>.yaml</c>, in order; none
    /// when the pack has no such folder. A module that finds one of them wrong throws <see cref="WrongPackException"/>.</summary>
    IReadOnlyList<string> Files(string folder, string ending);
    /// <summary>The local date and time of an instant, in <see cref="Zone"/>.</summary>
    DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);
}

/// <summary>A department of the city's administration. People belong to at most one.</summary>
/// <param name="Code">Its key everywhere in the platform.</param>
/// <param name="Name">Its name.</param>
public sealed record Department(string Code, Text Name);

/// <summary>An administrative area.</summary>
/// <param name="Code">Its key everywhere in the platform.</param>
/// <param name="Name">Its name.</param>
/// <param name="Centre">A point inside it, where its label stands.</param>
/// <param name="Neighbours">Keys of the areas that share a border with it, clockwise from the north.</param>
public sealed record Area(string Code, Text Name, Place Centre, IReadOnlyList<string> Neighbours)
{
    /// <summary>Its border: closed rings, a ring within another is a hole.</summary>
    public IReadOnlyList<IReadOnlyList<Place>> Rings { get; init; } = [];
    /// <summary>Its size as the pack states it; null when it does not.</summary>
    public double? SquareKm { get; init; }
}

/// <summary>A point in WGS 84.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
public readonly record struct Place(double Latitude, double Longitude)
{
    /// <summary>How far another point is, in metres along the surface of a sphere.</summary>
    public double MetresTo(Place other)
    {
        static double Rad(double degrees) => degrees * Math.PI / 180;
        var (dLat, dLon) = (Rad(other.Latitude - Latitude), Rad(other.Longitude - Longitude));
        var h = Math.Pow(Math.Sin(dLat / 2), 2) + Math.Cos(Rad(Latitude)) * Math.Cos(Rad(other.Latitude)) * Math.Pow(Math.Sin(dLon / 2), 2);
        return 2 * 6_371_000 * Math.Asin(Math.Sqrt(Math.Min(1, h)));
    }
}

/// <summary>Files of the city pack are wrong. The city does not start; every problem is told at once.</summary>
public sealed class WrongPackException : Exception
{
    /// <summary>Without a word; framework rules ask for it.</summary>
    public WrongPackException() { }
    /// <summary>One problem.</summary>
    public WrongPackException(string message) : base(message) { }
    /// <summary>One problem and what it came from.</summary>
    public WrongPackException(string message, Exception inner) : base(message, inner) { }
    /// <summary>Problems, each a sentence that begins with its file and line.</summary>
    public WrongPackException(string what, IEnumerable<string> problems) : base(what + Environment.NewLine + string.Join(Environment.NewLine, problems.Select(p => "  - " + p))) => Problems = [.. problems];

    /// <summary>The problems, each a sentence; the message where there is no list.</summary>
    public IReadOnlyList<string> Problems { get => field.Count > 0 ? field : [Message]; } = [];

    /// <summary>What a reading of the pack finds wrong; nothing when it goes well.</summary>
    public static IReadOnlyList<string> In(Action read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try { read(); }
        catch (WrongPackException wrong) { return wrong.Problems; }
        return [];
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace SmartCity.DisasterSafety;

/// <summary>What the reader may see of incidents, field by field. Closed by default: everyone sees the fields that the city's
/// pack names, and no others; exact places, crews, officers, orders and names can be opened by nobody.</summary>
internal sealed class Openness
{
    public const string What = "what", Area = "area", Block = "block", Since = "since", Status = "status", Severity = "severity", Notice = "notice", Log = "log";

    /// <summary>The fields that a city can open.</summary>
    public static IReadOnlySet<string> Fields { get; } = new HashSet<string>([What, Area, Block, Since, Status, Severity, Notice, Log], StringComparer.Ordinal);

    private readonly HashSet<string>? _open;
    private readonly DisasterSettings _settings;

    private Openness(HashSet<string>? open, DisasterSettings settings) => (_open, _settings) = (open, settings);

    /// <summary>For the people of the desk: everything.</summary>
    public bool Desk => _open is null;

    /// <summary>False when there is nothing at all to see.</summary>
    public bool Any => _open is not { Count: 0 };

    public bool Shows(string field) => _open is null || _open.Contains(field);

    /// <summary>What everyone sees.</summary>
    public static Openness Everyone(DisasterSettings settings, bool emergency = false) =>
        new([.. emergency ? settings.Public.Concat(settings.PublicInEmergency) : settings.Public], settings);

    public static Openness For(IAudience audience, DisasterSettings settings, bool emergency = false) =>
        audience.Can(DisasterSafetyModule.Desk) ? new(null, settings) : Everyone(settings, emergency);

    /// <summary>True when the reader may know of it at all.</summary>
    public bool Knows(Incident incident) => Desk || Any && !incident.Test && incident.Status is not IncidentStatus.Merged;

    /// <summary>The middle of the cell that an incident lies in.</summary>
    public static Place? Cell(Place? place, double side) => place is { } p && double.IsFinite(p.Latitude) && double.IsFinite(p.Longitude)
        ? new(Math.Round((Math.Floor(p.Latitude / side) + 0.5) * side, 5), Math.Round((Math.Floor(p.Longitude / side) + 0.5) * side, 5)) : null;

    /// <summary>Where it is, as far as the reader may know.</summary>
    public Place? PlaceOf(Incident incident) => Desk ? incident.Place : Shows(Block) ? Cell(incident.Place, _settings.Block) : null;

    /// <summary>Its address, as far as the reader may know: the street and the hundred of its number, never the house.</summary>
    public string? AddressOf(Incident incident, IWords words) => Desk ? incident.Address : Shows(Block) ? ToTheBlock(incident.Address, _settings.Address, words) : null;

    /// <summary>The street and the hundred of the house number, by the city's own pattern of addresses; null when an address does
    /// not follow it, because then nothing is certain to be no one's door.</summary>
    public static string? ToTheBlock(string? address, string? pattern, IWords words)
    {
        if (address is null || string.IsNullOrEmpty(pattern)) return null;
        var match = Regex.Match(address, pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!match.Success || !int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var street = match.Groups["street"].Value.Trim();
        return street.Length == 0 ? null : words.Of("disaster-safety.block", street, (number / 100 * 100).ToString(CultureInfo.InvariantCulture));
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.Traffic;

/// <summary>How a camera's pictures come.</summary>
internal enum CameraKind
{
    /// <summary>Single pictures.</summary>
    Still,
    /// <summary>Pictures one behind the other.</summary>
    Mjpeg,
    /// <summary>Video in pieces, listed by a playlist.</summary>
    Hls,
}

/// <summary>For whom a camera is.</summary>
internal enum Release
{
    /// <summary>Everyone who may see the module.</summary>
    Public,
    /// <summary>Those who may see the cameras of the officials.</summary>
    Officials,
    /// <summary>Those who hold a permission of its own.</summary>
    Closed,
}

/// <summary>A camera of the city.</summary>
/// <param name="Id">Stable and short: stands in addresses.</param>
/// <param name="Name">Road and place.</param>
/// <param name="Area">Code of the area, or null.</param>
/// <param name="Road">The road by language; null when the source names none.</param>
/// <param name="At">Where it stands, or null.</param>
/// <param name="Kind">How its pictures come.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Permission">Key of the permission that opens it now.</param>
/// <param name="Picture">Where a picture is asked for, or null when the source gives only video that cannot be taken apart here. It may
/// hold a token: it reaches no page.</param>
internal sealed record Camera(string Id, Text Name, string? Area, Text? Road, Place? At, CameraKind Kind, Text Owner, string Permission, string? Picture)
{
    /// <summary>The permission that the city's rules give it, before a person opened or closed it.</summary>
    public string OwnPermission { get; init; } = Permission;
    /// <summary>Until when a person's decision holds; null for as long as it stands, or where there is none.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Where its video is asked for, or null. It may hold a token: it reaches no page.</summary>
    public string? Stream { get; init; }
    /// <summary>Kept where it came from when it is above an incident and not on a street: the source's own name of the incident.</summary>
    public string? Incident { get; init; }
    /// <summary>A camera that flies.</summary>
    public bool Drone { get; init; }
    /// <summary>True when its video is passed on by this host as pictures one behind the other.</summary>
    public bool Plays => Kind == CameraKind.Mjpeg && Stream is not null;
    /// <summary>True when its video is passed on by this host in pieces.</summary>
    public bool PlaysHls => Kind == CameraKind.Hls && Stream is not null;

    public Release Release => Permission switch
    {
        TrafficModule.View => Release.Public,
        TrafficModule.OfficialCameras => Release.Officials,
        _ => Release.Closed,
    };

    private static readonly Text Flying = Text.Of("드론", "Drone");

    /// <summary>The camera of a thing of the list.</summary>
    public static Camera Of(Thing thing, ICity city, CameraSettings settings, Text owner)
    {
        var (road, place) = Parts(thing.Name.ToString());
        var roadName = road is null ? null : settings.RoadName(road);
        if (thing.Kind == "drone") (road, roadName) = (null, null);
        var name = roadName is null ? thing.Name : new Text(city.Languages.Select(l => KeyValuePair.Create(l, string.Create(CultureInfo.InvariantCulture, $"{roadName.In(l)}{(l == city.Languages[0] ? " " : ", ")}{Placed(place, l, city)}"))));
        if (thing.Kind == "drone" && thing.Area is { } code && city.Area(code) is { } flownOver) name = new(city.Languages.Select(l => KeyValuePair.Create(l, l == city.Languages[0] ? thing.Name.In(l) : $"{Flying.In(l)}, {flownOver.Name.In(l)}")));
        var (still, stream) = (thing.Attributes.GetValueOrDefault("still"), thing.Attributes.GetValueOrDefault("stream") ?? thing.Attributes.GetValueOrDefault("url"));
        var kind = KindOf(stream, thing.Attributes.GetValueOrDefault("format") ?? thing.Kind);
        var rule = settings.RuleFor(road, thing);
        var drone = thing.Kind == "drone";
        // what flies above an incident sees what nobody opened: it is for officials unless a rule or the source says otherwise
        var permission = thing.Attributes.GetValueOrDefault("permission") ?? rule?.Permission ?? (drone ? TrafficModule.OfficialCameras : TrafficModule.View);
        return new(IdOf(thing.Key), name, thing.Area, roadName, thing.Place, kind, rule?.Owner is { Count: > 0 } named ? new(named) : owner, permission, still ?? (kind == CameraKind.Hls ? null : stream))
        {
            Stream = stream,
            Drone = drone,
            Incident = drone ? thing.Attributes.GetValueOrDefault("incident") : null,
        };
    }

    /// <summary>A short name for a source's own, which may hold anything.</summary>
    public static string IdOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..10];

    private static CameraKind KindOf(string? stream, string format) =>
        stream is null ? CameraKind.Still
        : stream.Contains(".m3u8", StringComparison.OrdinalIgnoreCase) ? CameraKind.Hls
        : stream.Contains("mjp", StringComparison.OrdinalIgnoreCase) || format.Contains("mjp", StringComparison.OrdinalIgnoreCase) ? CameraKind.Mjpeg
        : format.Contains("HLS", StringComparison.OrdinalIgnoreCase) ? CameraKind.Hls : CameraKind.Still;

    // [road] place, as the lists of roads write it
    private static (string? Road, string Place) Parts(string name)
    {
        var end = name.IndexOf(']', StringComparison.Ordinal);
        return name.StartsWith('[') && end > 1 && end < name.Length - 1 ? (name[1..end].Trim(), name[(end + 1)..].Trim()) : (null, name);
    }

    // the place begins with the name of an area more often than not: that has a name in every language
    private static string Placed(string place, string language, ICity city)
    {
        var space = place.IndexOf(' ', StringComparison.Ordinal);
        var head = space < 0 ? place : place[..space];
        return city.FindArea(head, "name") is { } area && area.Name.In(language) is var named && language != city.Languages[0] ? named + (space < 0 ? "" : place[space..]) : place;
    }
}

/// <summary>What a city's pack says of its cameras (<c>settings/traffic.json</c>).</summary>
internal sealed class CameraSettings
{
    /// <summary>Names of roads by language; found by any of them.</summary>
    public List<Dictionary<string, string>> Roads { get; set; } = [];
    /// <summary>For whom cameras are: the first rule that fits. A camera that none fits is public.</summary>
    public List<CameraRule> Cameras { get; set; } = [];

    public Text RoadName(string road) => Roads.FirstOrDefault(r => r.ContainsValue(road)) is { } names ? new(names) : Text.Same(road);
    public CameraRule? RuleFor(string? road, Thing thing) => Cameras.FirstOrDefault(c => c.Fits(road, thing));
}

/// <summary>A rule about some cameras. What it leaves out fits every camera.</summary>
internal sealed class CameraRule
{
    public string? Road { get; set; }
    public string? Area { get; set; }
    /// <summary>A part of the camera's name.</summary>
    public string? Name { get; set; }
    /// <summary>Key of the permission that opens them: one of this module's, or any that the city declares.</summary>
    public string? Permission { get; set; }
    /// <summary>Who answers for them, by language.</summary>
    public Dictionary<string, string> Owner { get; set; } = [];

    public bool Fits(string? road, Thing thing) => (Road is null || Road == road) && (Area is null || Area == thing.Area) && (Name is null || thing.Name.ToString().Contains(Name, StringComparison.OrdinalIgnoreCase));
}

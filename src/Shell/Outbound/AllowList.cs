using System.Globalization;
using System.Net;

namespace SmartCity.Shell.Outbound;

/// <summary>Hosts and ports that the operator has agreed to in writing, exactly: no pattern, no network, no port left out.
/// What an administrator types on a page adds nothing here.</summary>
/// <param name="inside">Sources in the operator's own network: they may be internal, speak plain http, and use any port.</param>
/// <param name="named">Origins that the city pack names: they may speak plain http and use another port, and have to be public.</param>
internal sealed class AllowList(IReadOnlySet<string> inside, IReadOnlySet<string> named)
{
    public const string Setting = "Outbound:Allow";

    /// <summary>Sources in the operator's own network, as <c>host:port</c>.</summary>
    public IReadOnlySet<string> Inside => inside;

    public bool IsInside(string host, int port) => inside.Contains(Key(host, port));
    public bool IsNamed(string host, int port) => IsInside(host, port) || named.Contains(Key(host, port));

    /// <summary>How a host and a port are spelt here: in lower case, as they stand in an address.</summary>
    public static string Key(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host.ToLowerInvariant())}:{port}");

    /// <summary>Reads the setting, and what the pack on disk names.</summary>
    /// <param name="settings">Settings of the host; <c>Outbound:Allow</c> is a list, or one text with commas.</param>
    /// <param name="simulator">Address of the Simulator where it stands in for the sources, which is never in Production.</param>
    /// <param name="sources">Addresses of the sources in city.json.</param>
    /// <exception cref="CannotStartException">An entry is no host and port, or one that nothing may be asked at.</exception>
    public static AllowList Of(IConfiguration settings, string? simulator, IEnumerable<string> sources)
    {
        var problems = new List<Problem>();
        var inside = new HashSet<string>(StringComparer.Ordinal);
        var section = settings.GetSection(Setting);
        foreach (var entry in section.GetChildren().Select(c => c.Value).Append(section.Value).SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            // written with its port, even where that is the usual one
            if (!Uri.TryCreate("http://" + entry, UriKind.Absolute, out var uri) || uri.Authority + (uri.IsDefaultPort ? ":80" : "") != entry.ToLowerInvariant() || uri.UserInfo.Length > 0)
                problems.Add(new(Setting, $"'{entry}' is no host and port, such as sensors.city.internal:8080 or 10.1.2.3:80."));
            else if (IPAddress.TryParse(uri.IdnHost, out var address) && SpecialAddresses.Of(address) is { Private: false } special)
                problems.Add(new(Setting, $"'{entry}' cannot be agreed to: {special.What} ({special.Network})."));
            else inside.Add(Key(uri.IdnHost, uri.Port));
        }
        if (problems.Count > 0) throw new CannotStartException("The settings are wrong:", problems);
        if (Origin(simulator) is { } demonstration) inside.Add(demonstration);
        return new(inside, sources.Select(Origin).OfType<string>().ToHashSet(StringComparer.Ordinal));
    }

    private static string? Origin(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0 ? Key(uri.IdnHost, uri.Port) : null;
}

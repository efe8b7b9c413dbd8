using System.Net;
using System.Net.Sockets;
using IPNetwork = System.Net.IPNetwork;

namespace SmartCity.Shell.Outbound;

/// <summary>A range that belongs to nobody on the public network.</summary>
/// <param name="Network">The range.</param>
/// <param name="What">What it is for.</param>
/// <param name="Private">True when somebody's own network may use it, so that the operator can agree to a source there.</param>
internal sealed record SpecialRange(IPNetwork Network, string What, bool Private);

/// <summary>The ranges of the IANA registries for special purposes that are not reachable by everybody. An IPv4 address inside
/// an IPv6 one is taken out first: it is where the packet would go.</summary>
internal static class SpecialAddresses
{
    public static IReadOnlyList<SpecialRange> Ranges { get; } =
    [
        Range("0.0.0.0/8", "this network"),
        Range("10.0.0.0/8", "a private network", own: true),
        Range("100.64.0.0/10", "a shared network", own: true),
        Range("127.0.0.0/8", "this machine", own: true),
        Range("169.254.0.0/16", "link-local, where clouds keep their keys"),
        Range("172.16.0.0/12", "a private network", own: true),
        Range("192.0.0.0/24", "protocol assignments"),
        Range("192.0.2.0/24", "documentation"),
        Range("192.88.99.0/24", "6to4 relays"),
        Range("192.168.0.0/16", "a private network", own: true),
        Range("198.18.0.0/15", "benchmarks"),
        Range("198.51.100.0/24", "documentation"),
        Range("203.0.113.0/24", "documentation"),
        Range("224.0.0.0/4", "multicast"),
        Range("240.0.0.0/4", "reserved"),
        Range("::/128", "unspecified"),
        Range("::1/128", "this machine", own: true),
        Range("64:ff9b:1::/48", "a network's own NAT64"),
        Range("100::/64", "discarded"),
        Range("2001::/23", "protocol assignments"),
        Range("2001:db8::/32", "documentation"),
        Range("3fff::/20", "documentation"),
        Range("fc00::/7", "a private network", own: true),
        Range("fe80::/10", "link-local"),
        Range("fec0::/10", "site-local"),
        Range("ff00::/8", "multicast"),
    ];

    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3"), Nat64 = IPNetwork.Parse("64:ff9b::/96"), SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly SpecialRange NotGiven = new(IPNetwork.Parse("::/0"), "outside of the global range 2000::/3", false);

    private static SpecialRange Range(string network, string what, bool own = false) => new(IPNetwork.Parse(network), what, own);

    /// <summary>The range that an address is in; null when it is one of the public network.</summary>
    public static SpecialRange? Of(IPAddress address)
    {
        var real = Unpack(address);
        return Ranges.FirstOrDefault(r => r.Network.Contains(real)) ?? (real.AddressFamily == AddressFamily.InterNetworkV6 && !Global.Contains(real) ? NotGiven : null);
    }

    /// <summary>The IPv4 address inside a mapped, NAT64 or 6to4 one; any other address as it is, without its zone.</summary>
    public static IPAddress Unpack(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        var bare = new IPAddress(bytes);
        if (bare.IsIPv4MappedToIPv6 || Nat64.Contains(bare)) return new(bytes.AsSpan(12, 4));
        return SixToFour.Contains(bare) ? new(bytes.AsSpan(2, 4)) : bare;
    }
}

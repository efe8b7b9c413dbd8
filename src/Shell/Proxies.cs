using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace SmartCity.Shell;

/// <summary>The proxies that stand before the host, from the setting <c>Proxies</c>. What anybody else says about for whom
/// he asks is ignored: throttling and the audit trail go by the address.</summary>
internal static class Proxies
{
    /// <param name="setting">Addresses and networks, separated by commas; null or empty for none.</param>
    /// <returns>What to trust, or null when nothing stands before the host.</returns>
    /// <exception cref="CannotStartException">Something in it is neither an address nor a network.</exception>
    public static ForwardedHeadersOptions? Of(string? setting)
    {
        var named = setting?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (named.Length == 0) return null;
        // one hop for each proxy that may be named at most; the framework stops at the first that is not known
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var one in named)
        {
            if (IPAddress.TryParse(one, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(one, out var network)) options.KnownIPNetworks.Add(network);
            else throw new CannotStartException($"The setting Proxies has '{one}', which is neither an address such as 10.0.0.5 nor a network such as 10.1.0.0/16.");
        }
        return options;
    }
}

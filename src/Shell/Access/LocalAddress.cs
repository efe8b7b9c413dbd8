using Microsoft.AspNetCore.Http.HttpResults;

namespace SmartCity.Shell.Access;

/// <summary>Where to go back to: only ever a page of this city.</summary>
internal static class LocalAddress
{
    /// <summary>The address if it is one of this host, else the other; written so that it can stand in a header.</summary>
    public static string Of(string? address, string otherwise)
    {
        if (string.IsNullOrEmpty(address) || address.Length > 2000 || !address.StartsWith('/') || !RedirectHttpResult.IsLocalUrl(address) || address.Any(char.IsControl)) return otherwise;
        // a browser may decode before it reads: what only hides an address of another host is none of ours
        if (address.Length > 1 && address[1] is '%' or '\\') return otherwise;
        return string.Concat(address.EnumerateRunes().Select(r => r.IsAscii ? r.ToString() : Uri.EscapeDataString(r.ToString())));
    }
}

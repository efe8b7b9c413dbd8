using System.Globalization;
using System.Net;

namespace SmartCity.Shell.Outbound;

/// <summary>The one rule about how an address is written. It is asked when somebody saves one, before every question, and at
/// every hop. Where a name really leads is known only when it is dialled, and checked there (<see cref="Dialer"/>).</summary>
internal sealed class AddressRule(AllowList agreed)
{
    /// <summary>Longest address, in characters.</summary>
    public const int MaxLength = 2048;

    /// <summary>Why an address is not asked.</summary>
    internal sealed record Wrong(FetchOutcome Outcome, Text Reason);

    public static Text Internal { get; } = Text.Of("내부 주소는 쓸 수 없음", "an internal address may not be used");

    private static readonly Wrong NoAddress = Bad("http나 https로 시작하는 주소가 아님", "this is no address that begins with http or https");

    /// <summary>The address, ready to be asked, or why it is not.</summary>
    public (Uri? Address, Wrong? Wrong) Check(string address)
    {
        var wrong = Letters(address);
        if (wrong is not null) return (null, wrong);
        // what stands between the slashes, by the raw text: parsing makes good what is odd
        if (Authority(address) is not { Length: > 0 } authority || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.IdnHost.Length == 0 || authority.Contains('%', StringComparison.Ordinal)) return (null, NoAddress);
        if (authority.Contains('@', StringComparison.Ordinal))
            return (null, Bad("주소에 사용자 이름이나 비밀번호를 적을 수 없음", "an address may not hold a user name or a password; name a secret instead"));
        if (uri.IdnHost.EndsWith('.')) return (null, Bad("호스트 이름이 점으로 끝남", "the name of the host ends in a dot"));
        wrong = Origin(uri);
        return wrong is null ? (uri, null) : (null, wrong);
    }

    /// <summary>The same for where a source sends on to.</summary>
    /// <param name="at">The address that was asked.</param>
    /// <param name="to">What it answered.</param>
    public (Uri? Address, Wrong? Wrong) Step(Uri at, Uri to)
    {
        // a whole address as it was sent: parsing makes good what is odd
        var written = to.IsAbsoluteUri || to.OriginalString.Contains('\\', StringComparison.Ordinal) ? to.OriginalString : Uri.TryCreate(at, to, out var whole) ? whole.AbsoluteUri : "";
        var (address, wrong) = Check(written);
        if (wrong is null && at.Scheme == "https" && address!.Scheme != "https") wrong = Bad("https에서 https가 아닌 주소로 보냄", "it leads from https to http");
        return wrong is null ? (address, null) : (null, wrong);
    }

    private Wrong? Origin(Uri uri)
    {
        var (host, port) = (uri.IdnHost.ToLowerInvariant(), uri.Port);
        if (IPAddress.TryParse(host, out var literal) ? SpecialAddresses.Of(literal) is { } special && !(special.Private && agreed.IsInside(host, port)) : IsThisMachine(host) && !agreed.IsInside(host, port))
            return new(FetchOutcome.Blocked, Internal);
        if (agreed.IsNamed(host, port)) return null;
        if (port is not (80 or 443) || uri.Scheme == "https" && port == 80)
            return Bad("운영자가 허용하지 않은 포트: {0}", "the operator has not agreed to the port {0}", port);
        return uri.Scheme == "https" ? null : Bad("https가 아닌 주소는 운영자가 허용해야 쓸 수 있음", "an address that is not https is used only where the operator has agreed to it");
    }

    private static Wrong? Letters(string address)
    {
        if (address.Length > MaxLength) return Bad("주소가 너무 김(최대 {0}자)", "the address is longer than {0} characters", MaxLength);
        if (address.Any(c => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            || Hidden.Any(h => address.Contains(h, StringComparison.OrdinalIgnoreCase)))
            return Bad("주소에 줄바꿈이나 보이지 않는 문자가 있음", "the address has a line break or an invisible character in it");
        if (address.Contains('\\', StringComparison.Ordinal)) return Bad("주소에 역슬래시(\\)가 있음", "the address has a backslash in it");
        return address.Length == 0 || address[0] == ' ' || address[^1] == ' ' ? NoAddress : null;
    }

    private static readonly string[] Hidden = ["%00", "%0a", "%0d"];

    private static string? Authority(string address)
    {
        var start = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : -1;
        if (start < 0) return null;
        var end = address.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? address[start..] : address.Substring(start, end);
    }

    private static bool IsThisMachine(string host) => host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);

    private static Wrong Bad(string ko, string en, params int[] numbers) =>
        new(FetchOutcome.BadAddress, Text.Of(ko, en, [.. numbers.Select(n => Text.Same(n.ToString(CultureInfo.InvariantCulture)))]));
}

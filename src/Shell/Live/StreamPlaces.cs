using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmartCity.Shell.Live;

/// <summary>How many streams one session and one address may have open at a time, so that nobody takes the places of all. An office is one address; behind proxies it is the
/// one that they name (the setting <c>Proxies</c>).</summary>
internal sealed class StreamPlaces(IConfiguration settings, TimeProvider time, ILogger<StreamPlaces> log)
{
    /// <summary>Seconds after which one for whom there was no place asks again.</summary>
    public const int RetryAfter = 30;
    private static readonly byte[] Later = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {RetryAfter * 1000}\nevent: full\ndata: \n\n"));
    private static readonly TimeSpan Told = TimeSpan.FromHours(1);

    private readonly Dictionary<object, int> _taken = [];
    private DateTimeOffset _told = DateTimeOffset.MinValue;

    /// <summary>Most of one session.</summary>
    public int EachSession { get; } = Most(settings, "Streams:EachSession", 6);
    /// <summary>Most of one address.</summary>
    public int EachAddress { get; } = Most(settings, "Streams:EachAddress", 60);

    private static int Most(IConfiguration settings, string name, int otherwise) => settings[name] is not { Length: > 0 } given ? otherwise
        : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most
        : throw new CannotStartException($"The setting {name} is a whole number of open streams, at least 1.");

    /// <summary>A place, until it is disposed of; null when all are taken.</summary>
    /// <param name="address">Who asks; an unknown address is not counted.</param>
    /// <param name="session">The session of a reader who is signed in.</param>
    public IDisposable? Enter(IPAddress? address, Guid? session)
    {
        var place = new Place(this, address is null ? null : Of(address), session);
        lock (_taken)
        {
            var (ofAddress, ofSession) = (Count(place.Address), Count(place.Session));
            if (ofSession >= EachSession) return null;
            if (ofAddress < EachAddress)
            {
                if (place.Address is { } here) _taken[here] = ofAddress + 1;
                if (place.Session is { } mine) _taken[mine] = ofSession + 1;
                return place;
            }
            if (time.GetUtcNow() - _told < Told) return null;
            _told = time.GetUtcNow();
        }
        log.LogWarning("The address {Address} has {Most} live streams open, and gets no more. If it is a proxy of your own, name it in the setting Proxies; if it is an office, raise Streams:EachAddress", place.Address, EachAddress);
        return null;
    }

    /// <summary>Tells one for whom there is no place to come again. It is a stream that ends at once: the page takes what is new, says that it is not live, and asks again by itself.</summary>
    /// <param name="http">The request.</param>
    /// <param name="present">What the page does not know yet.</param>
    public static async Task Refuse(HttpContext http, byte[] present)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "text/event-stream";
        await http.Response.Body.WriteAsync(Later, http.RequestAborted);
        await http.Response.Body.WriteAsync(present, http.RequestAborted);
    }

    private int Count(object? key) => key is null ? 0 : _taken.GetValueOrDefault(key);

    private void Leave(object? key)
    {
        if (key is null) return;
        if (_taken[key] == 1) _taken.Remove(key);
        else _taken[key]--;
    }

    // a household has a network of its own among the new addresses, and changes its address within it as it likes
    private static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }

    private sealed class Place(StreamPlaces places, IPAddress? address, Guid? session) : IDisposable
    {
        public object? Address { get; private set; } = address;
        public object? Session { get; private set; } = session;

        public void Dispose()
        {
            lock (places._taken)
            {
                places.Leave(Address);
                places.Leave(Session);
                (Address, Session) = (null, null);
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace SmartCity.Shell.Access;

/// <summary>Slows guessing down: after five wrong tries every further one waits twice as long, after ten it is ten minutes.
/// In memory, per host; a restart forgets.</summary>
internal sealed class Throttle(TimeProvider time)
{
    public const int Free = 5;
    public const int Most = 10;
    /// <summary>What a key of many people begins with.</summary>
    public const string SharedKey = "ip:";
    private const int Remembered = 20_000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private readonly Dictionary<string, Tries> _tries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    private readonly record struct Tries(int Wrong, DateTimeOffset Last)
    {
        public DateTimeOffset Until => Last + Delay(Wrong);
    }

    /// <summary>How long to wait after so many wrong tries.</summary>
    public static TimeSpan Delay(int wrong) => wrong < Free ? TimeSpan.Zero : wrong >= Most ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(2 << (wrong - Free));

    /// <summary>Begins a try, counted as wrong until it is forgiven: tries at the same moment cannot slip past the count.
    /// False while any of the keys has to wait.</summary>
    public bool Begin(params string[] keys)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var key in keys)
                if (_tries.TryGetValue(key, out var tries))
                {
                    if (tries.Last + Forgotten < now) _tries.Remove(key);
                    else if (tries.Until > now) return false;
                }
            if (_tries.Count + keys.Length > Remembered) MakeRoom(now);
            foreach (var key in keys) _tries[key] = new(_tries.GetValueOrDefault(key).Wrong + 1, now);
            return true;
        }
    }

    /// <summary>The try was right: an account starts afresh; an address is shared, and loses only this one.</summary>
    public void Forgive(params string[] keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
                if (!key.StartsWith(SharedKey, StringComparison.Ordinal)) _tries.Remove(key);
                else if (_tries.TryGetValue(key, out var tries)) _tries[key] = tries with { Wrong = tries.Wrong - 1 };
        }
    }

    // those that wait are kept longest: a flood of other names must not free them
    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var key in _tries.OrderBy(t => t.Value.Until > now).ThenBy(t => t.Value.Wrong).ThenBy(t => t.Value.Last).Take(Remembered / 10).Select(t => t.Key).ToList()) _tries.Remove(key);
    }

    /// <summary>The network a request comes from: an IPv4 address, or the /64 that one IPv6 subscriber has.</summary>
    public static string? AddressOf(HttpContext? http)
    {
        if (http?.Connection.RemoteIpAddress is not { } address) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork || IPAddress.IsLoopback(address)) return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes) + "/64";
    }
}

/// <summary>Password hashes are dear on purpose: at most two at once, so that a flood of sign-ins leaves the city its processor.</summary>
internal sealed class HashGate : IDisposable
{
    private readonly SemaphoreSlim _places = new(2, 2);

    /// <summary>Waits for a place, ten seconds at most.</summary>
    /// <exception cref="TimeoutException">Too many others are waiting.</exception>
    public async Task<T> Run<T>(Func<Task<T>> hash, CancellationToken cancel)
    {
        if (!await _places.WaitAsync(TimeSpan.FromSeconds(10), cancel)) throw new TimeoutException("Too many people sign in at this moment.");
        try { return await hash(); }
        finally { _places.Release(); }
    }

    public void Dispose() => _places.Dispose();
}

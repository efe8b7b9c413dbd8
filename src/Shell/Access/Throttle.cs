using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Access;

/// <summary>Slows guessing down: after five wrong tries every further one waits twice as long, after ten it is ten minutes.
/// In memory of the one host; a restart forgets. Where there are several, <see cref="SharedThrottle"/> counts for all of them.</summary>
internal class Throttle(TimeProvider time)
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
    public virtual Task<bool> Begin(params string[] keys)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var key in keys)
                if (_tries.TryGetValue(key, out var tries))
                {
                    if (tries.Last + Forgotten < now) _tries.Remove(key);
                    else if (tries.Until > now) return Task.FromResult(false);
                }
            if (_tries.Count + keys.Length > Remembered) MakeRoom(now);
            foreach (var key in keys) _tries[key] = new(_tries.GetValueOrDefault(key).Wrong + 1, now);
            return Task.FromResult(true);
        }
    }

    /// <summary>The try was right: an account starts afresh; an address is shared, and loses only this one.</summary>
    public virtual Task Forgive(params string[] keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
                if (!key.StartsWith(SharedKey, StringComparison.Ordinal)) _tries.Remove(key);
                else if (_tries.TryGetValue(key, out var tries)) _tries[key] = tries with { Wrong = tries.Wrong - 1 };
        }
        return Task.CompletedTask;
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

/// <summary>The same count for all hosts of a city, in its database: who is made to wait by one waits at every other. Of a name or an address
/// only a hash is kept, for an hour.</summary>
internal sealed class SharedThrottle(CityDatabase database, TimeProvider time) : Throttle(time)
{
    private readonly TimeProvider _time = time;
    // the same steps as Delay, in milliseconds
    private const string Waits = "CASE WHEN t.\"Wrong\" < 5 THEN 0 WHEN t.\"Wrong\" >= 10 THEN 600000 ELSE 2000 << (t.\"Wrong\" - 5) END";

    public override async Task<bool> Begin(params string[] keys)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var begun = false;
        await database.Write(async connection =>
        {
            await using var whole = await connection.BeginTransactionAsync();
            await using (var forget = Sql.Command(connection, whole, "DELETE FROM access.tries WHERE \"Last\" < @old", "old")) await forget.Run(CancellationToken.None, now - 3_600_000);
            // one statement counts and refuses, so that tries at the same moment on different hosts cannot slip past
            await using var count = Sql.Command(connection, whole, $"INSERT INTO access.tries AS t (\"Key\", \"Wrong\", \"Last\") VALUES (@key, 1, @now) ON CONFLICT (\"Key\") DO UPDATE SET \"Wrong\" = t.\"Wrong\" + 1, \"Last\" = @now WHERE t.\"Last\" + {Waits} <= @now", "key", "now");
            foreach (var key in keys.Select(Hash).Order(StringComparer.Ordinal))
                if (await count.Run(CancellationToken.None, key, now) == 0) return;
            await whole.CommitAsync();
            begun = true;
        }, CancellationToken.None);
        return begun;
    }

    public override Task Forgive(params string[] keys) => database.Write(async connection =>
    {
        foreach (var key in keys)
        {
            await using var forgive = Sql.Command(connection, null, key.StartsWith(SharedKey, StringComparison.Ordinal) ? "UPDATE access.tries SET \"Wrong\" = \"Wrong\" - 1 WHERE \"Key\" = @key AND \"Wrong\" > 0" : "DELETE FROM access.tries WHERE \"Key\" = @key", "key");
            await forgive.Run(CancellationToken.None, Hash(key));
        }
    }, CancellationToken.None);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>What opens once only: codes of authenticator apps, signatures of messages. In the database, so that neither another host nor a
/// restart takes it a second time; of each only a hash is kept, until it is of no use any more.</summary>
internal sealed class Once(CityDatabase database, TimeProvider time)
{
    /// <summary>True for the first who shows it.</summary>
    /// <param name="what">What is shown, with what it belongs to.</param>
    /// <param name="kept">How long it would be of use.</param>
    public async Task<bool> First(string what, TimeSpan kept)
    {
        var (now, key) = (time.GetUtcNow(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what))));
        var table = database.Kind == DatabaseKind.Postgres ? "access.once" : "access_once";
        var first = false;
        await database.Write(async connection =>
        {
            await using (var old = Sql.Command(connection, null, $"DELETE FROM {table} WHERE \"Until\" < @now", "now")) await old.Run(CancellationToken.None, now.ToUnixTimeMilliseconds());
            await using var show = Sql.Command(connection, null, $"{Sql.Insert(table, "Key", "Until")} ON CONFLICT DO NOTHING", "Key", "Until");
            first = await show.Run(CancellationToken.None, key, (now + kept).ToUnixTimeMilliseconds()) == 1;
        }, CancellationToken.None);
        return first;
    }

    /// <summary>True for the first use of an authenticator's code.</summary>
    public Task<bool> FirstCode(Guid person, string code) => First($"code {person:N} {code}", TimeSpan.FromMinutes(5));
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

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace SmartCity.Traffic;

/// <summary>What people decided about cameras: opened to everyone, or taken back; for a time, or until somebody decides again. Kept in memory and
/// read again when a host says that it changed.</summary>
internal sealed class Releases(IDbContextFactory<TrafficDb> dbs, ISignals signals) : IHostedService, IDisposable
{
    /// <summary>Told to the other hosts.</summary>
    public const string Changed = "traffic.cameras";
    private volatile IReadOnlyDictionary<string, CameraRelease> _all = new Dictionary<string, CameraRelease>();
    private IDisposable? _listening;

    public bool Any => _all.Count > 0;

    /// <summary>The decision that holds at an instant; null when the city's rules do.</summary>
    public CameraRelease? Of(string camera, DateTimeOffset now) => _all.TryGetValue(camera, out var release) && !(release.UntilAt <= now) ? release : null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Read(cancellationToken);
        _listening = signals.Listen(Changed, Read);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task Read(CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        _all = await db.Releases.AsNoTracking().ToDictionaryAsync(r => r.Camera, StringComparer.Ordinal, cancel);
    }

    public void Dispose() => _listening?.Dispose();
}

/// <summary>Opens and closes cameras, and keeps each person's favourites.</summary>
internal sealed class CameraLedger(IDbContextFactory<TrafficDb> dbs, Releases releases, ISignals signals, IAudit audit, IAudience audience, TimeProvider time)
{
    /// <summary>Favourites a person may have.</summary>
    public const int Most = 200;

    /// <summary>Opens a camera to everyone, or takes it back. In the audit trail first.</summary>
    public async Task Decide(Camera camera, bool open, DateTimeOffset? until, string why, CancellationToken cancel)
    {
        await audit.Write(open ? "traffic.audit.opened" : "traffic.audit.closed", camera.Name.In("en"), until is { } end ? $"until {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {why}" : why);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var row = await db.Releases.FindAsync([camera.Id], cancel);
        if (row is null) db.Releases.Add(row = new() { Camera = camera.Id });
        (row.Open, row.Until, row.At, row.Person, row.Why) = (open, until?.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), audience.UserName ?? throw new InvalidOperationException("nobody is signed in"), why);
        await db.SaveChangesAsync(cancel);
        await releases.Read(cancel);
        signals.Signal(Releases.Changed);
    }

    /// <summary>The signed-in person's favourites; none when nobody is signed in.</summary>
    public async Task<IReadOnlySet<string>> Favourites(CancellationToken cancel)
    {
        if (audience.UserName is not { } person) return new HashSet<string>();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return (await db.Favourites.AsNoTracking().Where(f => f.Person == person).OrderBy(f => f.At).Select(f => f.Camera).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Makes a camera a favourite, or one no longer. Twice is once.</summary>
    /// <returns>False when there are <see cref="Most"/> already.</returns>
    public async Task<bool> Favour(string camera, bool wanted, CancellationToken cancel)
    {
        var person = audience.UserName ?? throw new InvalidOperationException("nobody is signed in");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (!wanted)
        {
            await db.Favourites.Where(f => f.Person == person && f.Camera == camera).ExecuteDeleteAsync(cancel);
            return true;
        }
        if (await db.Favourites.AnyAsync(f => f.Person == person && f.Camera == camera, cancel)) return true;
        if (await db.Favourites.CountAsync(f => f.Person == person, cancel) >= Most) return false;
        db.Favourites.Add(new() { Person = person, Camera = camera, At = time.GetUtcNow().ToUnixTimeMilliseconds() });
        try { await db.SaveChangesAsync(cancel); }
        catch (DbUpdateException) { /* two tabs at once: it is there already */ }
        return true;
    }
}

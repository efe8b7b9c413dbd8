using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace SmartCity.Shell.Access;

/// <summary>Whether a cookie's session still holds. It ends with its row (sign-out), with the person's security stamp
/// (password, roles, second factor), with a lock, and twelve hours after it began; that of a screen which stays signed in, twelve hours
/// after its last use.</summary>
internal sealed class Sessions(IDbContextFactory<AccessDb> contexts, IOptions<IdentityOptions> options, Store.CityDatabase database, TimeProvider time)
{
    public const string Claim = "session", DepartmentClaim = "department";
    public static readonly TimeSpan Sliding = TimeSpan.FromHours(8), Absolute = TimeSpan.FromHours(12);
    // how often the use of a screen that stays signed in is written down
    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(10);
    // a page is many requests; another host's change is seen within this time
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, (string Stamp, long StartedAt, long UsedAt, DateTimeOffset Until)> _known = new();

    public static Guid? IdOf(ClaimsPrincipal? person) => Guid.TryParse(person?.FindFirstValue(Claim), out var id) ? id : null;

    /// <summary>True while the session of this cookie holds. One small query a second, however many requests; while the database is gone, what was
    /// known last.</summary>
    public async Task<bool> Holds(ClaimsPrincipal? person, CancellationToken cancel)
    {
        if (IdOf(person) is not { } id || person!.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) is not { } stamp) return false;
        var now = time.GetUtcNow();
        if (!_known.TryGetValue(id, out var known) || known.Until < now && !database.IsGone)
        {
            // whoever is looking when the database goes goes on looking; nothing can be written then, and nobody new comes in
            if (database.IsGone) return false;
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var row = await (from s in db.Sessions join p in db.Users on s.PersonId equals p.Id where s.Id == id && !p.Locked select new { s.StartedAt, s.KeptAt, p.SecurityStamp }).FirstOrDefaultAsync(cancel);
            // an ended session is not remembered: cookies made up by strangers take no memory
            if (row?.SecurityStamp is null) return false;
            if (_known.Count > 10_000) _known.Clear();
            var (moment, used) = (now.ToUnixTimeMilliseconds(), row.KeptAt ?? row.StartedAt);
            if (row.KeptAt is { } kept && row.SecurityStamp == stamp && moment - kept < (long)Absolute.TotalMilliseconds && moment - kept > (long)Noted.TotalMilliseconds)
            {
                used = moment;
                await db.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(r => r.KeptAt, moment), cancel);
            }
            _known[id] = known = (row.SecurityStamp, row.StartedAt, used, now + Believed);
        }
        return known.Stamp == stamp && now.ToUnixTimeMilliseconds() - known.UsedAt < (long)Absolute.TotalMilliseconds;
    }

    /// <summary>Lets this session last for as long as its screen is used.</summary>
    public async Task Keep(ClaimsPrincipal person, CancellationToken cancel)
    {
        if (IdOf(person) is not { } id) return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(r => r.KeptAt, now), cancel);
        LookAgain();
    }

    /// <summary>When the session of a request that was let in began.</summary>
    public DateTimeOffset? Began(ClaimsPrincipal person) =>
        IdOf(person) is { } id && _known.TryGetValue(id, out var known) ? DateTimeOffset.FromUnixTimeMilliseconds(known.StartedAt) : null;

    /// <summary>Something about people changed in this host: look again at once.</summary>
    public void LookAgain() => _known.Clear();
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Shell.Access;

/// <summary>One-time links: how a person comes in before there is a password, or after it was lost.</summary>
internal sealed class Links(AccessDb db, Audit audit, TimeProvider time)
{
    public const string Demonstration = "demonstration", Invitation = "invitation", Command = "command";
    public static readonly TimeSpan InvitationValid = TimeSpan.FromHours(72);

    /// <summary>Makes a link; the only time its token is known.</summary>
    /// <returns>The token, to stand behind <c>/{language}/link/</c>.</returns>
    public async Task<string> Create(Person person, string kind, TimeSpan valid)
    {
        var now = time.GetUtcNow();
        // what cannot be used any more says nothing that the audit trail does not
        await db.Links.Where(l => l.ExpiresAt < now.ToUnixTimeMilliseconds()).ExecuteDeleteAsync();
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        db.Links.Add(new() { Hash = HashOf(token), PersonId = person.Id, Kind = kind, ExpiresAt = (now + valid).ToUnixTimeMilliseconds() });
        await audit.Write(AuditKinds.LinkCreated, person.UserName, kind);
        return token;
    }

    /// <summary>Whose link it is, while it can be used; reading does not use it (mail scanners open links).</summary>
    public async Task<(Person Person, OneTimeLink Link)?> Find(string token)
    {
        if (token.Length is < 40 or > 50) return null;
        var (hash, now) = (HashOf(token), time.GetUtcNow().ToUnixTimeMilliseconds());
        var found = await (from l in db.Links join p in db.Users on l.PersonId equals p.Id where l.Hash == hash && l.UsedAt == null && l.ExpiresAt > now && !p.Locked select new { p, l }).AsNoTracking().FirstOrDefaultAsync();
        return found is null ? null : (found.p, found.l);
    }

    /// <summary>Uses a link: true for exactly one caller.</summary>
    public async Task<bool> Use(OneTimeLink link, Person person)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var whole = await db.Database.BeginTransactionAsync();
        if (await db.Links.Where(l => l.Hash == link.Hash && l.UsedAt == null && l.ExpiresAt > now).ExecuteUpdateAsync(s => s.SetProperty(l => l.UsedAt, now)) != 1) return false;
        await audit.Write(AuditKinds.LinkUsed, person.UserName, link.Kind, person.UserName);
        await whole.CommitAsync();
        return true;
    }

    /// <summary>Links of a person that were not used yet become useless.</summary>
    public void Withdraw(Person person) => db.Links.RemoveRange(db.Links.Where(l => l.PersonId == person.Id && l.UsedAt == null));

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

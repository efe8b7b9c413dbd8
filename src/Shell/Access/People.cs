using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Shell.Access;

/// <summary>Changes to people that administrators make; each is saved together with its entries in the audit trail.</summary>
internal sealed class People(UserManager<Person> users, AccessDb db, Audit audit, Links links, Sessions sessions, TimeProvider time)
{
    /// <summary>Makes a person with roles and no password.</summary>
    /// <returns>The person, or the codes of what is wrong with the name.</returns>
    public async Task<(Person? Person, IReadOnlyList<string> Wrong)> Create(string name, params IEnumerable<string> roles)
    {
        var person = new Person { UserName = Names.Tidy(name), CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
        var ids = await RoleIds();
        audit.Add(AuditKinds.PersonCreated, person.UserName);
        foreach (var role in roles.Where(ids.ContainsKey).Distinct(StringComparer.Ordinal))
        {
            db.UserRoles.Add(new() { UserId = person.Id, RoleId = ids[role] });
            audit.Add(AuditKinds.RoleGranted, person.UserName, role);
        }
        try
        {
            var made = await users.CreateAsync(person);
            if (made.Succeeded) return (person, []);
            db.ChangeTracker.Clear();
            return (null, [.. made.Errors.Select(e => e.Code).Distinct(StringComparer.Ordinal)]);
        }
        catch (DbUpdateException)
        {
            // somebody else took the name between the look and the write
            db.ChangeTracker.Clear();
            return (null, ["DuplicateUserName"]);
        }
    }

    /// <summary>Gives a person exactly these roles and ends their sessions. False where the city would be left without an administrator.</summary>
    public async Task<bool> SetRoles(Person person, IReadOnlySet<string> roles)
    {
        var ids = await RoleIds();
        var held = await db.UserRoles.Where(r => r.UserId == person.Id).ToListAsync();
        var before = ids.Where(i => held.Any(h => h.RoleId == i.Value)).Select(i => i.Key).ToHashSet(StringComparer.Ordinal);
        var after = roles.Where(ids.ContainsKey).ToHashSet(StringComparer.Ordinal);
        if (before.SetEquals(after)) return true;
        await using var whole = await db.Database.BeginTransactionAsync();
        if (before.Contains(Roles.Administrator) && !after.Contains(Roles.Administrator) && await IsLastAdministrator(person)) return false;
        foreach (var role in before.Except(after))
        {
            db.UserRoles.Remove(held.First(h => h.RoleId == ids[role]));
            audit.Add(AuditKinds.RoleRemoved, person.UserName, role);
        }
        foreach (var role in after.Except(before))
        {
            db.UserRoles.Add(new() { UserId = person.Id, RoleId = ids[role] });
            audit.Add(AuditKinds.RoleGranted, person.UserName, role);
        }
        Check(await users.UpdateSecurityStampAsync(person));
        await whole.CommitAsync();
        sessions.LookAgain();
        return true;
    }

    /// <summary>Locks a person out at once, or lets them in again. False where the city would be left without an administrator.</summary>
    public async Task<bool> SetLocked(Person person, bool locked)
    {
        if (person.Locked == locked) return true;
        await using var whole = await db.Database.BeginTransactionAsync();
        if (locked && await users.IsInRoleAsync(person, Roles.Administrator) && await IsLastAdministrator(person)) return false;
        person.Locked = locked;
        if (locked) links.Withdraw(person);
        audit.Add(locked ? AuditKinds.PersonLocked : AuditKinds.PersonUnlocked, person.UserName);
        Check(await users.UpdateSecurityStampAsync(person));
        await whole.CommitAsync();
        sessions.LookAgain();
        return true;
    }

    /// <summary>Says which department a person works for and ends their sessions, because rights follow from it.</summary>
    public async Task SetDepartment(Person person, string? department)
    {
        if (person.Department == department) return;
        audit.Add(AuditKinds.DepartmentSet, person.UserName, $"{person.Department ?? "-"} -> {department ?? "-"}");
        person.Department = department;
        Check(await users.UpdateSecurityStampAsync(person));
        sessions.LookAgain();
    }

    /// <summary>Ends every session of a person, and every link that was not used.</summary>
    public async Task EndSessions(Person person)
    {
        links.Withdraw(person);
        db.Sessions.RemoveRange(db.Sessions.Where(s => s.PersonId == person.Id));
        audit.Add(AuditKinds.SessionsEnded, person.UserName);
        Check(await users.UpdateSecurityStampAsync(person));
        sessions.LookAgain();
    }

    /// <summary>Takes the second factor away from a person who lost it; the password or a link remains.</summary>
    public async Task ForgetSecondFactor(Person person)
    {
        person.TwoFactorEnabled = false;
        db.UserTokens.RemoveRange(db.UserTokens.Where(t => t.UserId == person.Id));
        audit.Add(AuditKinds.SecondFactorChanged, person.UserName, "removed by an administrator");
        Check(await users.UpdateSecurityStampAsync(person));
        sessions.LookAgain();
    }

    private async Task<bool> IsLastAdministrator(Person person)
    {
        var administrator = (await RoleIds())[Roles.Administrator];
        return !await (from r in db.UserRoles join p in db.Users on r.UserId equals p.Id where r.RoleId == administrator && p.Id != person.Id && !p.Locked select p.Id).AnyAsync();
    }

    private Task<Dictionary<string, Guid>> RoleIds() => db.Roles.AsNoTracking().ToDictionaryAsync(r => r.Name!, r => r.Id, StringComparer.Ordinal);

    // two administrators at the same moment: the later one sees an error page and the present state
    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(", ", result.Errors.Select(e => e.Code)));
    }
}

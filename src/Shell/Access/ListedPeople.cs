using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Access;

/// <summary>Accounts of the people in the pack's <c>users.yaml</c>. The file makes them, and goes on changing what nobody changed by hand; what an
/// administrator changed stays, and nobody is removed by it.</summary>
internal sealed class ListedPeople(CityPack city, UserManager<Person> users, People people, AccessDb db, Audit audit, ILogger<ListedPeople> log)
{
    /// <summary>How an account and the file stand to one another.</summary>
    /// <param name="Listed">What the file says; null where it names the person no longer.</param>
    /// <param name="Differs">True where an administrator changed by hand what the file says.</param>
    /// <param name="HasWayIn">False until the person has set a password or added a passkey.</param>
    internal sealed record Line(Person Person, PackUser? Listed, bool Differs, bool HasWayIn);

    /// <summary>Makes the accounts that are missing, and changes those that the file says differently than before.</summary>
    public async Task Take()
    {
        audit.By = PackUser.FileName;
        foreach (var listed in city.Users)
        {
            var person = await users.FindByNameAsync(listed.Name);
            if (person?.Listed == listed.Said) continue;
            if (person is null)
            {
                (person, var wrong) = await people.Create(listed.Name, listed.Role);
                if (person is null)
                {
                    log.LogError("{File}: no account could be made for {Name} ({Wrong})", PackUser.FileName, listed.Name, string.Join(", ", wrong));
                    continue;
                }
                await people.SetDepartment(person, listed.Department);
                log.LogInformation("{File}: an account was made for {Name}", PackUser.FileName, listed.Name);
            }
            // as the file said it before, so nobody has changed it by hand
            else if (person.Listed is { } before && before == PackUser.SaidOf(await users.GetRolesAsync(person), person.Department) && await people.SetRoles(person, new HashSet<string>([listed.Role], StringComparer.Ordinal)))
            {
                await people.SetDepartment(person, listed.Department);
                log.LogInformation("{File}: the account of {Name} was changed", PackUser.FileName, listed.Name);
            }
            person.Listed = listed.Said;
            await db.SaveChangesAsync();
        }
    }

    /// <summary>Every account that the file made or names, by name.</summary>
    public async Task<IReadOnlyList<Line>> Read()
    {
        var said = city.Users.ToDictionary(u => users.NormalizeName(u.Name)!, StringComparer.Ordinal);
        var found = await (from p in db.Users.AsNoTracking() where p.Listed != null orderby p.NormalizedUserName
            select new { Person = p, WayIn = p.PasswordHash != null || db.UserPasskeys.Any(k => k.UserId == p.Id) || db.UserLogins.Any(l => l.UserId == p.Id) }).ToListAsync();
        var ids = found.Select(f => f.Person.Id).ToList();
        var roles = (await (from r in db.UserRoles join role in db.Roles on r.RoleId equals role.Id where ids.Contains(r.UserId) select new { r.UserId, role.Name }).ToListAsync()).ToLookup(r => r.UserId, r => r.Name!);
        return [.. found.Select(f => said.GetValueOrDefault(f.Person.NormalizedUserName!) is var listed
            ? new Line(f.Person, listed, listed is not null && listed.Said != PackUser.SaidOf(roles[f.Person.Id], f.Person.Department), f.WayIn) : null!)];
    }

    /// <summary>After the start: how many of them wait for their first link.</summary>
    public static StartNotice Notice { get; } = new(async (app, to) =>
    {
        if (app.Services.GetRequiredService<CityPack>().Users.Count == 0) return;
        await using var scope = app.Services.CreateAsyncScope();
        var waiting = (await scope.ServiceProvider.GetRequiredService<ListedPeople>().Read()).Count(l => !l.HasWayIn && !l.Person.Locked);
        if (waiting > 0) await to.WriteLineAsync(FormattableString.Invariant($"{waiting} of the people in {PackUser.FileName} have no way in yet. A link for each: run this program with the words users link, or open People."));
    });

    /// <summary><c>users</c>, <c>users link</c>, <c>users link NAME</c>: who is in the file, and a link for those who cannot come in yet.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> Command(IServiceProvider services, bool links, string? name, TextWriter output, TextWriter errors)
    {
        if (await services.GetRequiredService<Store.Migrator>().Pending() is { Count: > 0 })
        {
            await errors.WriteLineAsync("The database is not up to date yet. Run this program once with the word migrate, then again.");
            return 1;
        }
        await using var scope = services.CreateAsyncScope();
        var listed = scope.ServiceProvider.GetRequiredService<ListedPeople>();
        await listed.Take();
        var lines = await listed.Read();
        if (name is null && !links)
        {
            foreach (var line in lines)
                await output.WriteLineAsync($"{line.Person.UserName,-24} {(line.Listed is { } said ? $"{said.Role}{(said.Department is { } works ? ", " + works : "")}" : $"no longer in {PackUser.FileName}; the account stays until an administrator locks it")}{(line.Differs ? "; changed by hand, and stays so" : "")}{(line.Person.Locked ? "; locked" : line.HasWayIn ? "" : "; no way in yet")}");
            await output.WriteLineAsync(lines.Count == 0 ? $"There is nobody in {PackUser.FileName} of the city pack." : "A link for each who has no way in yet: users link. For one: users link NAME.");
            return 0;
        }
        var wanted = lines.Where(l => !l.Person.Locked && (name is null ? !l.HasWayIn && l.Listed is not null : l.Person.NormalizedUserName == listed.Normal(name))).ToList();
        if (wanted.Count == 0)
        {
            await errors.WriteLineAsync(name is null ? $"Everybody in {PackUser.FileName} has a way in, or nobody is in it." : $"{Names.Tidy(name)} is not somebody of {PackUser.FileName}, or is locked. Others are given a link on the page People.");
            return 1;
        }
        var address = AccessSetup.AddressOf([services.GetRequiredService<IConfiguration>()["Urls"] ?? ""]);
        await output.WriteLineAsync("Each link signs one person in, once, within 72 hours:");
        foreach (var line in wanted)
            await output.WriteLineAsync($"  {line.Person.UserName,-24} {address}/{services.GetRequiredService<CityPack>().Languages[0]}/link/{await scope.ServiceProvider.GetRequiredService<Links>().Create(line.Person, Links.Invitation, Links.InvitationValid)}");
        return 0;
    }

    private string? Normal(string name) => users.NormalizeName(name);
}

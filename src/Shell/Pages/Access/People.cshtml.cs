using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>Who can sign in, and inviting more.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class PeopleModel(AccessDb db, SmartCity.Shell.Access.People people, ListedPeople listed, Links links, ICity city, IWords words) : PageModel
{
    private const int PageSize = 50;

    /// <summary>Someone in the list.</summary>
    public sealed record Line(Guid Id, string Name, bool Locked, bool HasWayIn, IReadOnlyList<string> Roles);

    public static IReadOnlyList<string> Assignable { get; } = [.. SmartCity.Roles.All.Where(r => r != SmartCity.Roles.Anyone)];

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }
    /// <summary>Number of the page, from 0.</summary>
    [BindProperty(SupportsGet = true)]
    public int P { get; set; }
    public IReadOnlyList<Line> Shown { get; private set; } = [];
    public bool HasMore { get; private set; }
    /// <summary>A sentence for each account that is not as the pack's list says.</summary>
    public IReadOnlyList<(Guid Id, string Sentence)> Unlike { get; private set; } = [];
    public string? Name { get; private set; }
    public IReadOnlyList<string> Roles { get; private set; } = [SmartCity.Roles.Official];
    public string? Wrong { get; private set; }
    /// <summary>Someone just invited, and their link; shown this once.</summary>
    public (string Name, string Link)? Invited { get; private set; }

    public Task OnGetAsync() => Show();

    public async Task OnPostAsync(string? name, string[]? roles)
    {
        (Name, Roles) = (name, roles ?? []);
        var (person, wrong) = await people.Create(name ?? "", Roles);
        if (person is null) Wrong = words[wrong.Contains("DuplicateUserName") ? "access.name.taken" : wrong.Contains("LookAlikeUserName") ? "access.name.lookalike" : "access.name.rule"];
        else
        {
            Invited = (person.UserName!, PersonModel.LinkOf(Request, words.Language, await links.Create(person, Links.Invitation, Links.InvitationValid)));
            (Name, Roles) = (null, [SmartCity.Roles.Official]);
        }
        await Show();
    }

    private async Task Show()
    {
        P = Math.Clamp(P, 0, 10_000);
        var asked = Names.Tidy(Q).ToUpperInvariant();
        var found = await db.Users.AsNoTracking().Where(p => asked == "" || p.NormalizedUserName!.Contains(asked)).OrderBy(p => p.NormalizedUserName).Skip(P * PageSize).Take(PageSize + 1).ToListAsync();
        HasMore = found.Count > PageSize;
        var ids = found.Take(PageSize).Select(p => p.Id).ToList();
        var withKey = await db.UserPasskeys.Where(k => ids.Contains(k.UserId)).Select(k => k.UserId).ToListAsync();
        var held = await (from r in db.UserRoles join role in db.Roles on r.RoleId equals role.Id where ids.Contains(r.UserId) select new { r.UserId, role.Name }).ToListAsync();
        Shown = [.. found.Take(PageSize).Select(p => new Line(p.Id, p.UserName!, p.Locked, p.PasswordHash is not null || withKey.Contains(p.Id), [.. Assignable.Where(role => held.Any(h => h.UserId == p.Id && h.Name == role))]))];
        Unlike = [.. (await listed.Read()).Where(l => l is { Listed: null, Person.Locked: false } or { Differs: true }).Select(l => (l.Person.Id,
            l.Listed is { } said ? words.Of("access.people.file.differs", l.Person.UserName!, string.Join(" · ", new[] { words["access.role." + said.Role.ToLowerInvariant()], city.Departments.FirstOrDefault(d => d.Code == said.Department)?.Name.ToString() }.Where(t => t is not null)))
                : words.Of("access.people.file.gone", l.Person.UserName!)))];
    }
}

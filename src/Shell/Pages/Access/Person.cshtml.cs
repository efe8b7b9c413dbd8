using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>What an administrator decides about one person.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class PersonModel(UserManager<Person> users, AccessDb db, SmartCity.Shell.Access.People people, Links links, ICity city, IWords words, TimeProvider time) : PageModel
{
    private Person _person = null!;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }
    public string Name => _person.UserName!;
    public bool Locked => _person.Locked;
    public string? Department => _person.Department;
    public IReadOnlyList<Department> Departments => city.Departments;
    public bool HasSecondFactor => _person.TwoFactorEnabled;
    public IReadOnlyCollection<string> Held { get; private set; } = [];
    public int SessionCount { get; private set; }
    /// <summary>A link just made; shown this once.</summary>
    public string? Link { get; private set; }
    public string? Wrong { get; private set; }

    public static string LinkOf(HttpRequest request, string language, string token) => $"{request.Scheme}://{request.Host}/{language}/link/{token}";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await users.FindByIdAsync(Id.ToString()) is not { } person) context.Result = NotFound();
        else
        {
            _person = person;
            await next();
        }
    }

    public Task<IActionResult> OnGetAsync() => Show();

    public async Task<IActionResult> OnPostRolesAsync(string[]? roles) => await After(await people.SetRoles(_person, (roles ?? []).ToHashSet(StringComparer.Ordinal)));

    public async Task<IActionResult> OnPostDepartmentAsync(string? department)
    {
        if (!string.IsNullOrEmpty(department) && city.Departments.All(d => d.Code != department)) return BadRequest();
        await people.SetDepartment(_person, string.IsNullOrEmpty(department) ? null : department);
        return Back();
    }

    public async Task<IActionResult> OnPostLockAsync() => await After(await people.SetLocked(_person, true));

    public async Task<IActionResult> OnPostUnlockAsync() => await After(await people.SetLocked(_person, false));

    public async Task<IActionResult> OnPostEndAsync()
    {
        await people.EndSessions(_person);
        return Back();
    }

    public async Task<IActionResult> OnPostSecondFactorAsync()
    {
        await people.ForgetSecondFactor(_person);
        return Back();
    }

    public async Task<IActionResult> OnPostLinkAsync()
    {
        if (!Locked) Link = LinkOf(Request, words.Language, await links.Create(_person, Links.Invitation, Links.InvitationValid));
        return await Show();
    }

    private RedirectResult Back() => Redirect($"/{words.Language}/people/{Id}");

    private async Task<IActionResult> After(bool changed)
    {
        if (changed) return Back();
        Wrong = words["access.people.last"];
        return await Show();
    }

    private async Task<IActionResult> Show()
    {
        Held = [.. await users.GetRolesAsync(_person)];
        var oldest = (time.GetUtcNow() - Sessions.Absolute).ToUnixTimeMilliseconds();
        SessionCount = await db.Sessions.CountAsync(s => s.PersonId == _person.Id && (s.KeptAt ?? s.StartedAt) > oldest);
        return Page();
    }
}

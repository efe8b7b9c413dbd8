using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>Where a one-time link leads. Opening it does nothing yet: mail programs open links before their readers do.</summary>
[AllowAnonymous]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class LinkModel(Links links, SignIns signIns, IWords words) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";
    /// <summary>Whose link it is; null when it cannot be used any more.</summary>
    public string? Name { get; private set; }

    public async Task OnGetAsync()
    {
        Name = (await links.Find(Token))?.Person.UserName;
        if (Name is null) Response.StatusCode = StatusCodes.Status410Gone;
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await links.Find(Token) is not var (person, link)) return Gone();
        // someone without a password is first of all asked for one
        var next = link.Kind != Links.Demonstration && person.PasswordHash is null ? $"/{words.Language}/account" : $"/{words.Language}";
        return await signIns.WithLink(person, link, links) switch
        {
            SignInAnswer.SignedIn => Redirect(next),
            SignInAnswer.NeedsCode => Redirect($"/{words.Language}/sign-in/code"),
            _ => Gone(),
        };
    }

    private PageResult Gone()
    {
        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }
}

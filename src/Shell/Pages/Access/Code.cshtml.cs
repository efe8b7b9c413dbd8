using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>The second factor: a code of an authenticator app, or a recovery code.</summary>
[AllowAnonymous]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class CodeModel(SignIns signIns, IWords words) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }
    [BindProperty(SupportsGet = true)]
    public bool Recovery { get; set; }
    public string? Wrong { get; private set; }

    /// <summary>Nobody's second step is awaited in this browser, or it took longer than five minutes.</summary>
    public bool Over { get; private set; }

    public async Task OnGetAsync() => Over = await signIns.PendingPerson() is null;

    public async Task<IActionResult> OnPostAsync(string? code)
    {
        if (await signIns.PendingPerson() is null) return Redirect($"/{words.Language}/sign-in");
        if (!string.IsNullOrWhiteSpace(code) && code.Length <= 40 && await signIns.WithCode(code, Recovery) == SignInAnswer.SignedIn)
            return Redirect(LocalAddress.Of(ReturnUrl, "/" + words.Language));
        Wrong = words["access.code.wrong"];
        return Page();
    }
}

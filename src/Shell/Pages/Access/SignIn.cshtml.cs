using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>Signs in with a name and a password, or with a passkey.</summary>
[AllowAnonymous]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class SignInModel(SignIns signIns, SignInManager<Person> manager, IWords words) : PageModel
{
    /// <summary>Where the reader was going; used only when it is an address of this city.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }
    public string? Name { get; private set; }
    public string? Wrong { get; private set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync(string? name, string? password)
    {
        Name = name;
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(password)) return Refuse("access.signin.empty");
        if (password.Length > 128) return Refuse("access.signin.wrong");
        try { return Answer(await signIns.WithPassword(name, password)); }
        catch (TimeoutException)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Response.Headers.RetryAfter = "10";
            return Refuse("access.signin.busy");
        }
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync() => Content(await manager.MakePasskeyRequestOptionsAsync(null), "application/json");

    public async Task<IActionResult> OnPostPasskeyAsync(string? credential) =>
        string.IsNullOrEmpty(credential) ? Refuse("access.passkey.failed") : Answer(await signIns.WithPasskey(credential), "access.passkey.failed");

    private IActionResult Answer(SignInAnswer answer, string wrong = "access.signin.wrong") => answer switch
    {
        SignInAnswer.SignedIn => Redirect(LocalAddress.Of(ReturnUrl, "/" + words.Language)),
        SignInAnswer.NeedsCode => Redirect($"/{words.Language}/sign-in/code{new QueryString().Add("returnUrl", LocalAddress.Of(ReturnUrl, "/" + words.Language))}"),
        _ => Refuse(wrong),
    };

    private PageResult Refuse(string key)
    {
        Wrong = words[key];
        return Page();
    }
}

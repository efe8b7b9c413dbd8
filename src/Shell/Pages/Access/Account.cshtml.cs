using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using QRCoder;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Pages.Access;

/// <summary>What people change about their own way in: password, authenticator app, passkeys, sessions.</summary>
[Authorize(ShellContributions.OwnAccount)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class AccountModel(UserManager<Person> users, SignInManager<Person> manager, SignIns signIns, HashGate gate, Once once, Sessions sessions, People people, AccessDb db,
    SmartCity.Shell.Access.Audit audit, CityPack city, IWords words, IAudience audience, TimeProvider time) : PageModel
{
    private Person _person = null!;

    public string Name => _person.UserName!;
    public IReadOnlyList<string> RoleNames { get; private set; } = [];
    public bool HasPassword => _person.PasswordHash is not null;
    public bool HasAuthenticator => _person.TwoFactorEnabled;
    public int RecoveryCodesLeft { get; private set; }
    public IList<UserPasskeyInfo> Passkeys { get; private set; } = [];
    public int SessionCount { get; private set; }
    /// <summary>The key of an authenticator app that is being set up, in groups of four.</summary>
    public string? SetupKey { get; private set; }
    public string? SetupPicture { get; private set; }
    /// <summary>Codes that were just made; shown this once.</summary>
    public IEnumerable<string>? RecoveryCodes { get; private set; }
    public string? Done { get; private set; }
    public (string Field, string Text)? Wrong { get; private set; }

    public string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, city.Zone).ToString("d", CultureInfo.CurrentCulture);

    public override async Task OnPageHandlerExecutionAsync(Microsoft.AspNetCore.Mvc.Filters.PageHandlerExecutingContext context, Microsoft.AspNetCore.Mvc.Filters.PageHandlerExecutionDelegate next)
    {
        if (await users.GetUserAsync(User) is not { } person) context.Result = Challenge();
        else
        {
            _person = person;
            await next();
        }
    }

    public async Task<IActionResult> OnGetAsync(bool setup = false, string? done = null)
    {
        if (done is "password" or "factor-off" or "passkey" or "passkey-removed") Done = words["access.done." + done];
        return await Show(setup);
    }

    public async Task<IActionResult> OnPostPasswordAsync(string? current, string? next)
    {
        if (HasPassword ? !await signIns.IsPassword(_person, current ?? "") : !IsRecent()) return await Refuse("current", HasPassword ? "access.password.wrong" : "access.recent");
        if (string.IsNullOrEmpty(next) || next.Length > 128 || next.Contains(Name, StringComparison.OrdinalIgnoreCase)) return await Refuse("next", "access.password.rule");
        foreach (var validator in users.PasswordValidators)
            if (!(await validator.ValidateAsync(users, _person, next)).Succeeded) return await Refuse("next", "access.password.rule");
        _person.PasswordHash = await gate.Run(() => Task.FromResult(users.PasswordHasher.HashPassword(_person, next)), HttpContext.RequestAborted);
        audit.Add(AuditKinds.PasswordChanged, Name);
        await users.UpdateSecurityStampAsync(_person);
        await signIns.Renew(_person);
        return Back("password");
    }

    public async Task<IActionResult> OnPostAuthenticatorAsync()
    {
        if (!IsRecent()) return await Refuse("", "access.recent");
        if (HasAuthenticator) return Back(null);
        await users.ResetAuthenticatorKeyAsync(_person);
        await signIns.Renew(_person);
        return Redirect($"/{words.Language}/account?setup=true");
    }

    public async Task<IActionResult> OnPostAuthenticatorOnAsync(string? code)
    {
        if (HasAuthenticator) return Back(null);
        if (!await IsCode(code)) return await Refuse("on-code", "access.code.wrong", setup: true);
        audit.Add(AuditKinds.SecondFactorChanged, Name, "authenticator on");
        await users.SetTwoFactorEnabledAsync(_person, true);
        return await ShowNewCodes();
    }

    public async Task<IActionResult> OnPostRecoveryCodesAsync(string? code)
    {
        if (!HasAuthenticator || !await IsCode(code)) return await Refuse("off-code", "access.code.wrong");
        audit.Add(AuditKinds.SecondFactorChanged, Name, "new recovery codes");
        return await ShowNewCodes();
    }

    public async Task<IActionResult> OnPostAuthenticatorOffAsync(string? code)
    {
        if (!HasAuthenticator || !await IsCode(code)) return await Refuse("off-code", "access.code.wrong");
        audit.Add(AuditKinds.SecondFactorChanged, Name, "authenticator off");
        await users.SetTwoFactorEnabledAsync(_person, false);
        await signIns.Renew(_person);
        return Back("factor-off");
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync() =>
        IsRecent() ? Content(await manager.MakePasskeyCreationOptionsAsync(new() { Id = _person.Id.ToString(), Name = Name, DisplayName = Name }), "application/json") : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostPasskeyAsync(string? credential, string? label)
    {
        if (!IsRecent()) return await Refuse("passkey", "access.recent");
        if (string.IsNullOrEmpty(credential) || Passkeys.Count >= 20) return await Refuse("passkey", "access.passkey.failed");
        PasskeyAttestationResult answer;
        // thrown where no challenge of ours is waiting in this browser
        try { answer = await manager.PerformPasskeyAttestationAsync(credential); }
        catch (InvalidOperationException) { return await Refuse("passkey", "access.passkey.failed"); }
        if (!answer.Succeeded || answer.UserEntity.Id != _person.Id.ToString()) return await Refuse("passkey", "access.passkey.failed");
        var shown = SmartCity.Shell.Access.Audit.Plain(label?.Trim());
        answer.Passkey.Name = shown is { Length: > 60 } ? shown[..60] : shown;
        audit.Add(AuditKinds.SecondFactorChanged, Name, "passkey added");
        await users.AddOrUpdatePasskeyAsync(_person, answer.Passkey);
        return Back("passkey");
    }

    public async Task<IActionResult> OnPostPasskeyRemoveAsync(string? id)
    {
        if (!IsRecent()) return await Refuse("passkey", "access.recent");
        var passkey = (await users.GetPasskeysAsync(_person)).FirstOrDefault(p => Convert.ToHexString(p.CredentialId) == id);
        if (passkey is null) return Back(null);
        audit.Add(AuditKinds.SecondFactorChanged, Name, "passkey removed");
        await users.RemovePasskeyAsync(_person, passkey.CredentialId);
        return Back("passkey-removed");
    }

    public async Task<IActionResult> OnPostEndSessionsAsync()
    {
        await people.EndSessions(_person);
        await signIns.Out();
        return Redirect($"/{words.Language}/sign-in");
    }

    /// <summary>Lets this screen stay signed in for as long as it is used, such as a wall that nobody stands before at night.</summary>
    public async Task<IActionResult> OnPostKeepAsync(string? back)
    {
        if (!audience.Can(ShellContributions.KeepScreen)) return Forbid();
        await sessions.Keep(User, HttpContext.RequestAborted);
        await audit.Write("screen-kept");
        return LocalRedirect(LocalAddress.Of(back, $"/{words.Language}/account"));
    }

    // an unattended screen must not be enough to add a way in
    private bool IsRecent() => sessions.Began(User) > time.GetUtcNow() - TimeSpan.FromHours(1);

    private async Task<bool> IsCode(string? code)
    {
        var plain = new string([.. (code ?? "").Where(char.IsAsciiDigit)]);
        return plain.Length is > 0 and < 10 && await users.VerifyTwoFactorTokenAsync(_person, users.Options.Tokens.AuthenticatorTokenProvider, plain) && await once.FirstCode(_person.Id, plain);
    }

    private async Task<IActionResult> ShowNewCodes()
    {
        RecoveryCodes = await users.GenerateNewTwoFactorRecoveryCodesAsync(_person, 10);
        await signIns.Renew(_person);
        return await Show();
    }

    private RedirectResult Back(string? done) => Redirect($"/{words.Language}/account{(done is null ? "" : "?done=" + done)}");

    private Task<IActionResult> Refuse(string field, string key, bool setup = false)
    {
        Wrong = (field, words[key]);
        return Show(setup);
    }

    private async Task<IActionResult> Show(bool setup = false)
    {
        RoleNames = [.. (await users.GetRolesAsync(_person)).Select(r => words["access.role." + r.ToLowerInvariant()])];
        RecoveryCodesLeft = HasAuthenticator ? await users.CountRecoveryCodesAsync(_person) : 0;
        Passkeys = await users.GetPasskeysAsync(_person);
        var oldest = (time.GetUtcNow() - Sessions.Absolute).ToUnixTimeMilliseconds();
        SessionCount = await db.Sessions.CountAsync(s => s.PersonId == _person.Id && (s.KeptAt ?? s.StartedAt) > oldest);
        if (setup && !HasAuthenticator && await users.GetAuthenticatorKeyAsync(_person) is { } key)
        {
            SetupKey = string.Join(' ', key.Chunk(4).Select(c => new string(c)));
            var issuer = Uri.EscapeDataString(city.Name.In("en"));
            using var qr = QRCodeGenerator.GenerateQrCode($"otpauth://totp/{issuer}:{Uri.EscapeDataString(Name)}?secret={key}&issuer={issuer}&digits=6", QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(qr);
            // as an image, so that its own styles need no exception in the page's policy
            SetupPicture = "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(svg.GetGraphic(8)));
        }
        return Page();
    }
}

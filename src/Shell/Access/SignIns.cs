using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Access;

internal enum SignInAnswer
{
    /// <summary>Wrong, unknown, locked or too many tries: from outside these are the same.</summary>
    Refused,
    /// <summary>Right so far; a second factor is asked for.</summary>
    NeedsCode,
    SignedIn,
}

/// <summary>The ways into the city, and out of it.</summary>
internal sealed class SignIns(UserManager<Person> users, SignInManager<Person> signIn, IPasswordHasher<Person> hasher, DecoyHash decoy, AccessDb db, Audit audit, Throttle throttle, HashGate gate,
    Once once, Sessions sessions, IDataProtectionProvider protection, IHttpContextAccessor http, CityPack city, TimeProvider time)
{
    private const string Pending = "second-factor", PendingStamp = "second-factor-stamp", PendingHow = "second-factor-how";
    private readonly IDataProtector _known = protection.CreateProtector("SmartCity.Access.KnownDevice");

    private HttpContext Http => http.HttpContext!;
    private string Address => Throttle.SharedKey + Throttle.AddressOf(Http);

    /// <summary>Tries a name and a password. Whatever is wrong, the same work is done: one look-up, one hash, one entry.</summary>
    /// <exception cref="TimeoutException">Too many people sign in at this moment.</exception>
    public async Task<SignInAnswer> WithPassword(string name, string password)
    {
        // counted by the name as it was typed, so that waiting does not tell whether it exists
        var keys = Keys(users.NormalizeName(name) ?? "");
        if (!await throttle.Begin(keys)) return SignInAnswer.Refused;
        var person = await users.FindByNameAsync(name);
        var hash = person is { Locked: false, PasswordHash: { } own } ? own : null;
        var verified = await gate.Run(() => Task.FromResult(hasher.VerifyHashedPassword(person ?? decoy.Person, hash ?? decoy.Hash, password)), Http.RequestAborted);
        if (hash is null || verified == PasswordVerificationResult.Failed)
        {
            // people type passwords into the wrong field: an unknown name is not written down
            await audit.Write(AuditKinds.SignInFailed, person?.UserName ?? "(unknown)", "password");
            return SignInAnswer.Refused;
        }
        await throttle.Forgive(keys);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            person!.PasswordHash = await gate.Run(() => Task.FromResult(hasher.HashPassword(person, password)), Http.RequestAborted);
            await users.UpdateAsync(person);
        }
        return await Continue(person!, "password");
    }

    /// <summary>Uses a one-time link. A second factor is still asked for where the person has one.</summary>
    public async Task<SignInAnswer> WithLink(Person person, OneTimeLink link, Links links) =>
        await links.Use(link, person) ? await Continue((await users.FindByIdAsync(person.Id.ToString()))!, "link") : SignInAnswer.Refused;

    /// <summary>A passkey is two factors by itself: the device, and the finger or code that opens it.</summary>
    public async Task<SignInAnswer> WithPasskey(string credential)
    {
        string[] keys = [Address];
        if (!await throttle.Begin(keys)) return SignInAnswer.Refused;
        PasskeyAssertionResult<Person> answer;
        // without a challenge of ours that is still waiting there is nothing to check against
        try { answer = await signIn.PerformPasskeyAssertionAsync(credential); }
        catch (InvalidOperationException) { return SignInAnswer.Refused; }
        if (!answer.Succeeded || answer.User.Locked)
        {
            await audit.Write(AuditKinds.SignInFailed, answer.User?.UserName ?? "(unknown)", "passkey");
            return SignInAnswer.Refused;
        }
        await throttle.Forgive(keys);
        await users.AddOrUpdatePasskeyAsync(answer.User, answer.Passkey);
        await Start(answer.User, "passkey");
        return SignInAnswer.SignedIn;
    }

    /// <summary>Tries the second factor of the person whose first one was right, up to five minutes ago.</summary>
    public async Task<SignInAnswer> WithCode(string code, bool recovery)
    {
        if (await PendingPerson() is not var (person, how)) return SignInAnswer.Refused;
        string[] keys = ["2:" + person.Id.ToString("N"), Address];
        if (!await throttle.Begin(keys)) return SignInAnswer.Refused;
        var plain = new string([.. code.Where(c => !char.IsWhiteSpace(c) && (recovery || c != '-'))]);
        var right = recovery ? (await users.RedeemTwoFactorRecoveryCodeAsync(person, plain)).Succeeded
            : await users.VerifyTwoFactorTokenAsync(person, users.Options.Tokens.AuthenticatorTokenProvider, plain) && await once.FirstCode(person.Id, plain);
        if (!right)
        {
            await audit.Write(AuditKinds.SignInFailed, person.UserName, recovery ? "recovery code" : "code");
            return SignInAnswer.Refused;
        }
        await throttle.Forgive(keys);
        await Http.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await Start(person, how + (recovery ? " + recovery code" : " + code"));
        return SignInAnswer.SignedIn;
    }

    /// <summary>Whose second factor is awaited in this browser.</summary>
    public async Task<(Person Person, string How)?> PendingPerson()
    {
        var ticket = (await Http.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal;
        if (ticket?.FindFirstValue(Pending) is not { } id || await users.FindByIdAsync(id) is not { Locked: false } person) return null;
        return person.SecurityStamp == ticket.FindFirstValue(PendingStamp) ? (person, ticket.FindFirstValue(PendingHow) ?? "") : null;
    }

    private async Task<SignInAnswer> Continue(Person person, string how)
    {
        if (!person.TwoFactorEnabled)
        {
            await Start(person, how);
            return SignInAnswer.SignedIn;
        }
        var half = new ClaimsIdentity([new(Pending, person.Id.ToString()), new(PendingStamp, person.SecurityStamp!), new(PendingHow, how)], IdentityConstants.TwoFactorUserIdScheme);
        await Http.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new(half));
        return SignInAnswer.NeedsCode;
    }

    /// <summary>Begins a session of its own number; one that this browser had before ends.</summary>
    private async Task Start(Person person, string how)
    {
        audit.Add(AuditKinds.SignIn, person.UserName, how, person.UserName);
        await Open(person);
        var name = users.NormalizeName(person.UserName!)!;
        // the owner comes in from here even while strangers try the name elsewhere
        Http.Response.Cookies.Append(city.Cookie("known"), _known.Protect(name), new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Http.Request.IsHttps, MaxAge = TimeSpan.FromDays(180), Path = "/", IsEssential = true });
    }

    /// <summary>Gives this browser a new session after a change that ended all others.</summary>
    public async Task Renew(Person person)
    {
        sessions.LookAgain();
        await Open(person);
    }

    private async Task Open(Person person)
    {
        var now = time.GetUtcNow();
        var old = Sessions.IdOf(Http.User);
        var oldest = (now - Sessions.Absolute).ToUnixTimeMilliseconds();
        db.Sessions.RemoveRange(db.Sessions.Where(s => s.Id == old || (s.KeptAt ?? s.StartedAt) < oldest));
        var session = new Session { Id = Guid.NewGuid(), PersonId = person.Id, StartedAt = now.ToUnixTimeMilliseconds() };
        db.Sessions.Add(session);
        await db.SaveChangesAsync();
        sessions.LookAgain();
        var principal = await signIn.CreateUserPrincipalAsync(person);
        var identity = (ClaimsIdentity)principal.Identity!;
        identity.AddClaim(new(Sessions.Claim, session.Id.ToString("N")));
        if (person.Department is { } department) identity.AddClaim(new(Sessions.DepartmentClaim, department));
        await Http.SignInAsync(IdentityConstants.ApplicationScheme, principal, new());
        Http.User = principal;
    }

    /// <summary>Ends this browser's session: the same cookie does not open anything afterwards.</summary>
    public async Task Out()
    {
        if (Sessions.IdOf(Http.User) is { } id)
        {
            db.Sessions.RemoveRange(db.Sessions.Where(s => s.Id == id));
            await audit.Write(AuditKinds.SignOut, Http.User.Identity?.Name);
            sessions.LookAgain();
        }
        await Http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Checks the present password of a signed-in person before something about the account changes.</summary>
    public async Task<bool> IsPassword(Person person, string password)
    {
        string[] keys = ["a:" + person.NormalizedUserName];
        if (!await throttle.Begin(keys)) return false;
        if (!await gate.Run(() => users.CheckPasswordAsync(person, password), Http.RequestAborted)) return false;
        await throttle.Forgive(keys);
        return true;
    }

    private string[] Keys(string name)
    {
        try
        {
            if (Http.Request.Cookies[city.Cookie("known")] is { Length: < 1000 } cookie && _known.Unprotect(cookie) == name)
                return ["d:" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(cookie)))];
        }
        catch (CryptographicException) { /* made up, or from before the keys changed: a device like any other */ }
        return ["a:" + name, Address];
    }
}

/// <summary>What is hashed against where there is no person, so that it takes as long as where there is one.</summary>
internal sealed class DecoyHash(IServiceScopeFactory scopes)
{
    private readonly Lazy<string> _hash = new(() =>
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetRequiredService<IPasswordHasher<Person>>().HashPassword(new(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
    });

    public Person Person { get; } = new();
    public string Hash => _hash.Value;
}

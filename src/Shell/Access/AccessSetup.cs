using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Shell.City;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Access;

/// <summary>Who people are and what they may do.</summary>
internal static class AccessSetup
{
    public static void Register(IServiceCollection services, IConfiguration settings, CityPack city)
    {
        services.AddModuleDb<AccessDb>(AccessDb.Module);
        services.AddSingleton<Grants>().AddSingleton<GrantStore>().AddScoped<IAudience, CurrentAudience>().AddSingleton<IAuthorizationHandler, PermissionHandler>().AddHostedService<GrantWatch>();
        services.AddSingleton<HashGate>().AddSingleton<DecoyHash>().AddSingleton<Once>().AddSingleton<Sessions>().AddSingleton<Denials>();
        services.AddSingleton<Throttle>(s => s.GetRequiredService<CityDatabase>() is { Kind: DatabaseKind.Postgres } shared ? new SharedThrottle(shared, s.GetRequiredService<TimeProvider>()) : new Throttle(s.GetRequiredService<TimeProvider>()));
        services.AddScoped<Audit>().AddScoped<IAudit>(s => s.GetRequiredService<Audit>()).AddScoped<Links>().AddScoped<People>().AddScoped<ListedPeople>().AddScoped<SignIns>();
        services.AddSingleton<ILookupNormalizer, Names>();
        services.AddIdentity<Person, IdentityRole<Guid>>(o =>
        {
            o.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            // length is what helps; what a password is made of is the person's own affair
            (o.Password.RequiredLength, o.Password.RequiredUniqueChars) = (12, 5);
            o.Password.RequireDigit = o.Password.RequireLowercase = o.Password.RequireUppercase = o.Password.RequireNonAlphanumeric = false;
            // Names decides, in every script
            o.User.AllowedUserNameCharacters = "";
            o.Tokens.AuthenticatorIssuer = "SmartCity";
        }).AddEntityFrameworkStores<AccessDb>().AddDefaultTokenProviders().AddUserValidator<Names>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 210_000);
        services.Configure<IdentityPasskeyOptions>(o =>
        {
            // behind several names the setting says which one passkeys belong to; else it is the host that was asked
            o.ServerDomain = settings["Access:Domain"];
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
        });
        services.ConfigureApplicationCookie(o => Cookie(o, city));
        services.ConfigureExternalCookie(o => o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, o => (o.Cookie.Name, o.Cookie.SameSite, o.Cookie.SecurePolicy) = (city.Cookie("half"), SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest));
        services.AddAntiforgery(o =>
        {
            (o.Cookie.Name, o.Cookie.SameSite, o.Cookie.SecurePolicy) = (city.Cookie("form"), SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            o.HeaderName = "X-Form-Token";
            // the protective headers of every answer say it already
            o.SuppressXFrameOptionsHeader = true;
        });
        var keys = services.AddDataProtection().SetApplicationName("SmartCity");
        // who can read the database can then still not make cookies
        if (settings["Access:KeyCertificate"] is { Length: > 0 } file)
            keys.ProtectKeysWithCertificate(X509CertificateLoader.LoadPkcs12FromFile(file, settings["Access:KeyCertificatePassword"]));
        // a cookie that cannot be read is somebody else's doing or an old key's, and is like none: not worth an error each
        services.AddLogging(l => l.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.None));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = new ProtectionKeys(s.GetRequiredService<IDbContextFactory<AccessDb>>())));
        services.AddSingleton(DemonstrationLinks.Notice).AddSingleton(ListedPeople.Notice);
    }

    private static void Cookie(CookieAuthenticationOptions o, CityPack city)
    {
        (o.Cookie.Name, o.Cookie.HttpOnly, o.Cookie.SameSite, o.Cookie.SecurePolicy) = (city.Cookie("city"), true, SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        (o.ExpireTimeSpan, o.SlidingExpiration) = (Sessions.Sliding, true);
        o.Events = new()
        {
            OnValidatePrincipal = async c =>
            {
                if (await c.HttpContext.RequestServices.GetRequiredService<Sessions>().Holds(c.Principal, c.HttpContext.RequestAborted)) return;
                c.RejectPrincipal();
                // the cookie is of no use any more
                c.Options.CookieManager.DeleteCookie(c.HttpContext, c.Options.Cookie.Name!, c.Options.Cookie.Build(c.HttpContext));
            },
            OnRedirectToLogin = c =>
            {
                if (AsksForPage(c.HttpContext)) c.Response.Redirect(SignInAddress(c.HttpContext));
                else c.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            },
            OnRedirectToAccessDenied = c =>
            {
                c.Response.StatusCode = StatusCodes.Status403Forbidden;
                return c.HttpContext.RequestServices.GetRequiredService<Denials>().Write(c.HttpContext);
            },
        };
    }

    // a fragment that a script fetches cannot use a sign-in page in its place
    private static bool AsksForPage(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null && !http.Request.Headers.ContainsKey("HX-Request") && !http.Request.Query.ContainsKey("handler");

    private static string SignInAddress(HttpContext http)
    {
        var request = http.Request;
        var back = request.Path + (HttpMethods.IsGet(request.Method) ? request.QueryString : default);
        return $"/{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}/sign-in{new QueryString().Add("returnUrl", back)}";
    }

    public static void Map(WebApplication app)
    {
        app.MapPost("/settings/theme", async (HttpContext http, CityPack city) =>
        {
            if (!http.Request.HasFormContentType) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            if (form["theme"].ToString() is not ("auto" or "day" or "night" or "contrast")) return Results.BadRequest();
            http.Response.Cookies.Append(city.Cookie("theme"), form["theme"].ToString(), new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365), Path = "/", IsEssential = true });
            return Results.Redirect(LocalAddress.Of(form["back"], "/" + LanguageInAddress.Preferred(http, city)));
        }).AllowAnonymous();
    }

    /// <summary>The address to write into a link: the first that is listened on, with a name that a browser understands.</summary>
    public static string AddressOf(IEnumerable<string> urls)
    {
        var first = urls.SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).FirstOrDefault() ?? "http://localhost:5000";
        foreach (var everywhere in new[] { "//*", "//+", "//0.0.0.0", "//[::]" }) first = first.Replace(everywhere, "//localhost", StringComparison.Ordinal);
        return first.TrimEnd('/');
    }

    /// <summary>Makes a person an administrator, from the console of the machine: the way in when there is no other.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> AddAdministrator(IServiceProvider services, string name, TextWriter output, TextWriter errors)
    {
        if (await services.GetRequiredService<Migrator>().Pending() is { Count: > 0 })
        {
            await errors.WriteLineAsync("The database is not up to date yet, so nobody was added. Run this program once with the word migrate, then again with: admin add " + Names.Tidy(name));
            return 1;
        }
        await using var scope = services.CreateAsyncScope();
        var (users, people) = (scope.ServiceProvider.GetRequiredService<UserManager<Person>>(), scope.ServiceProvider.GetRequiredService<People>());
        var person = await users.FindByNameAsync(name);
        if (person is null)
        {
            (person, var wrong) = await people.Create(name, Roles.Administrator);
            if (person is null)
            {
                await errors.WriteLineAsync(wrong.Contains("LookAlikeUserName") ? "The name mixes letters of different scripts, so that it could be taken for another one. Choose another name."
                    : $"The name cannot be used: 2 to {Names.Longest} letters or digits, with . _ - @ between them.");
                return 1;
            }
        }
        else
        {
            await people.SetRoles(person, (await users.GetRolesAsync(person)).Append(Roles.Administrator).ToHashSet(StringComparer.Ordinal));
            await people.SetLocked(person, false);
        }
        var token = await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Command, TimeSpan.FromHours(1));
        var address = AddressOf([services.GetRequiredService<IConfiguration>()["Urls"] ?? ""]);
        await output.WriteLineAsync($"{person.UserName} is an administrator. This link signs in once, within an hour:");
        await output.WriteLineAsync($"{address}/{services.GetRequiredService<CityPack>().Languages[0]}/link/{token}");
        return 0;
    }
}

/// <summary>Writes denied access to the audit trail: the same person at the same address once a minute.</summary>
internal sealed class Denials(IDbContextFactory<AccessDb> contexts, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string, string), DateTimeOffset> _told = new();

    public async Task Write(HttpContext http)
    {
        var (now, key) = (time.GetUtcNow(), (http.User.Identity?.Name ?? "", $"{http.Request.Method} {http.Request.Path}"));
        if (_told.TryGetValue(key, out var last) && now - last < TimeSpan.FromMinutes(1)) return;
        if (_told.Count > 5_000) _told.Clear();
        _told[key] = now;
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        db.Audit.Add(Audit.Entry(AuditKinds.Denied, key.Item2, null, null, http, time));
        await db.SaveChangesAsync(CancellationToken.None);
    }
}

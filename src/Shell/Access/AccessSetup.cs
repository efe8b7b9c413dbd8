using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace SmartCity.Shell.Access;

/// <summary>Who people are and what they may do.</summary>
internal static class AccessSetup
{
    public static void Register(IServiceCollection services, IConfiguration settings, IHostEnvironment environment)
    {
        services.AddSingleton<Grants>().AddSingleton<GrantStore>().AddScoped<IAudience, CurrentAudience>().AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
    }

    public static void Map(WebApplication app) { }

    public static Task<int> AddAdministrator(IServiceProvider services, string name) => Task.FromResult(1);
}

internal sealed class GrantStore
{
    public Task<IReadOnlyDictionary<(string Role, string Permission), bool>> Read(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<(string, string), bool>>(new Dictionary<(string, string), bool>());
}

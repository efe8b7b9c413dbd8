using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace SmartCity.Shell.Access;

/// <summary>Which role holds which permission: the modules' defaults, over which an administrator lays changes.</summary>
internal sealed class Grants(Catalogue catalogue)
{
    private IReadOnlyDictionary<(string Role, string Permission), bool> _changes = new Dictionary<(string, string), bool>();
    private TaskCompletionSource _laid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private System.Collections.Concurrent.ConcurrentDictionary<string, Audience> _audiences = new(StringComparer.Ordinal);

    /// <summary>Every permission of this city, in the order of the role screen.</summary>
    public IReadOnlyList<Permission> Permissions { get; } = [.. catalogue.Of<Permission>().OrderBy(p => p.Key, StringComparer.Ordinal)];

    /// <summary>An administrator's changes that hold now.</summary>
    public IReadOnlyDictionary<(string Role, string Permission), bool> Changes => _changes;

    /// <summary>Lays an administrator's changes over the defaults; takes effect at once, everywhere in this host.</summary>
    public void Lay(IReadOnlyDictionary<(string Role, string Permission), bool> changes)
    {
        _changes = changes;
        _audiences = new(StringComparer.Ordinal);
        Interlocked.Exchange(ref _laid, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Ends when changes are laid the next time.</summary>
    public Task NextChange => _laid.Task;

    /// <summary>The same, where the changes may be those that hold already.</summary>
    public void LayIfNew(IReadOnlyDictionary<(string Role, string Permission), bool> changes)
    {
        if (changes.Count != _changes.Count || changes.Any(c => !_changes.TryGetValue(c.Key, out var held) || held != c.Value)) Lay(changes);
    }

    public bool Has(string role, Permission permission) =>
        role == Roles.Administrator || (_changes.TryGetValue((role, permission.Key), out var granted) ? granted : permission.DefaultRoles.Contains(role));

    /// <summary>The audience of a person: what their roles, and Anyone, may do together.</summary>
    public Audience Of(ClaimsPrincipal? person)
    {
        var roles = person?.Identity is { IsAuthenticated: true } ? person.FindAll(ClaimTypes.Role).Select(c => c.Value).Where(Roles.All.Contains).Append(Roles.Anyone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() : [Roles.Anyone];
        var shared = _audiences.GetOrAdd(string.Join(',', roles), _ => new(Permissions.Where(p => roles.Any(r => Has(r, p))).Select(p => p.Key).ToFrozenSet(StringComparer.Ordinal), null));
        return person?.Identity?.Name is { } name ? shared with { UserName = name, Department = person.FindFirst(Sessions.DepartmentClaim)?.Value } : shared;
    }
}

/// <summary>A set of permissions and, for a signed-in person, a name.</summary>
internal sealed record Audience(FrozenSet<string> Permissions, string? UserName) : IAudience
{
    public string Key { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Permissions.Order(StringComparer.Ordinal)))))[..12];
    public string? Department { get; init; }
    public bool Can(string permission) => Permissions.Contains(permission);
}

/// <summary>The reader of the current request.</summary>
internal sealed class CurrentAudience(IHttpContextAccessor http, Grants grants) : IAudience
{
    private Audience? _audience;
    private Audience Current => _audience ??= grants.Of(http.HttpContext?.User);
    public string Key => Current.Key;
    public string? UserName => Current.UserName;
    public string? Department => Current.Department;
    public bool Can(string permission) => Current.Can(permission);
}

/// <summary>Asks for a permission of the catalogue; the policy of that name carries it.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement;

internal sealed class PermissionHandler(Grants grants) : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (grants.Of(context.User).Can(requirement.Permission)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

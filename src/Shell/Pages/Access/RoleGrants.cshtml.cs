using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;

namespace SmartCity.Shell.Pages.Access;

/// <summary>What each role may do: the modules' defaults, and an administrator's changes to them.</summary>
[Authorize(ShellContributions.Administer)]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class RoleGrantsModel(Grants grants, GrantStore store, AccessDb db, SmartCity.Shell.Access.Audit audit, IWords words) : PageModel
{
    public IReadOnlyList<Permission> Permissions => grants.Permissions;
    public bool Saved { get; private set; }
    public string? Wrong { get; private set; }
    /// <summary>Changes when anyone's change is saved: two administrators do not undo each other unseen.</summary>
    public string Version => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', grants.Changes.Select(c => $"{c.Key.Permission}|{c.Key.Role}|{c.Value}").Order(StringComparer.Ordinal)))))[..16];

    public bool Has(string role, Permission permission) => grants.Has(role, permission);

    public bool Differs(string role, Permission permission) => role != Roles.Administrator && Has(role, permission) != permission.DefaultRoles.Contains(role);

    public void OnGet(bool saved = false) => Saved = saved;

    /// <param name="grant">Every ticked box, as <c>permission|role</c>.</param>
    /// <param name="back">A permission to put back to its default, <c>*</c> for all, empty to save what is ticked.</param>
    public async Task<IActionResult> OnPostAsync(string[]? grant, string? back, string? version, CancellationToken cancel)
    {
        if (version != Version)
        {
            Wrong = words["access.roles.meanwhile"];
            return Page();
        }
        var ticked = (grant ?? []).ToHashSet(StringComparer.Ordinal);
        var held = await db.Grants.ToDictionaryAsync(g => (g.Role, g.Permission), cancel);
        foreach (var permission in Permissions)
            foreach (var role in Roles.All.Where(r => r != Roles.Administrator))
            {
                var standard = permission.DefaultRoles.Contains(role);
                var wanted = back == "*" || back == permission.Key ? standard : string.IsNullOrEmpty(back) ? ticked.Contains($"{permission.Key}|{role}") : Has(role, permission);
                if (wanted == Has(role, permission)) continue;
                var row = held.GetValueOrDefault((role, permission.Key));
                if (wanted == standard && row is not null) db.Grants.Remove(row);
                else if (row is not null) row.Granted = wanted;
                else db.Grants.Add(new() { Role = role, Permission = permission.Key, Granted = wanted });
                audit.Add(AuditKinds.GrantChanged, permission.Key, $"{role}: {(wanted ? "granted" : "revoked")}");
            }
        await db.SaveChangesAsync(cancel);
        grants.Lay(await store.Read(CancellationToken.None));
        return Redirect($"/{words.Language}/roles?saved=true");
    }
}

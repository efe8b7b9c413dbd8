using Microsoft.AspNetCore.Identity;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Access;

/// <summary>For trying the city out: a link for each role, printed at the start. Only in Development, and only where the
/// Simulator stands in for the sources; there is no password to be left behind.</summary>
internal static class DemonstrationLinks
{
    private static readonly TimeSpan Valid = TimeSpan.FromHours(12);

    public static StartNotice Notice { get; } = new(async (app, to) =>
    {
        var city = app.Services.GetRequiredService<CityPack>();
        if (!app.Environment.IsDevelopment() || !city.Sources.Values.Any(s => s.Demonstration)) return;
        // hosts that start together make the same people
        await using var one = await app.Services.GetRequiredService<Store.Migrator>().Exclusive(CancellationToken.None);
        await using var scope = app.Services.CreateAsyncScope();
        var (users, people, links) = (scope.ServiceProvider.GetRequiredService<UserManager<Person>>(), scope.ServiceProvider.GetRequiredService<People>(), scope.ServiceProvider.GetRequiredService<Links>());
        await to.WriteLineAsync("Sign in to the demonstration as (each link works once):");
        foreach (var role in Roles.All.Where(r => r != Roles.Anyone))
        {
            var name = "demo-" + string.Concat(role.Select((c, i) => (i > 0 && char.IsUpper(c) ? "-" : "") + char.ToLowerInvariant(c)));
            var person = await users.FindByNameAsync(name) ?? (await people.Create(name, role)).Person ?? throw new InvalidOperationException($"The demonstration person {name} cannot be made.");
            // those who work in a department work in the first one, so that there is something they may change
            if (role is Roles.Official or Roles.DepartmentHead && person.Department is null && city.Departments.Count > 0) await people.SetDepartment(person, city.Departments[0].Code);
            await to.WriteLineAsync($"  {role,-15} {AccessSetup.AddressOf(app.Urls)}/{city.Languages[0]}/link/{await links.Create(person, Links.Demonstration, Valid)}");
        }
    });
}

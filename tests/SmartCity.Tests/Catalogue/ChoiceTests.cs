using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;

namespace SmartCity.Tests.Catalogues;

/// <summary>What a city chooses in its program, seen on a running city.</summary>
public sealed class ChoiceTests
{
    private static readonly Text T = Text.Of("다른 것", "something else");

    private static Shell.Catalogue CatalogueOf(TestCity city) => city.Services.GetRequiredService<Shell.Catalogue>();

    [Fact]
    public async Task A_city_with_a_wrong_declaration_does_not_start()
    {
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => TestCity.Start(city => city.Modules(TierD.Modules).Modules(TierD.Modules)));
        foreach (var module in TierD.Modules) Assert.Contains($"{module.Key}: two modules have this key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contribution_is_replaced_by_one_with_its_key()
    {
        var old = TierD.Modules.SelectMany(m => m.Contributions).OfType<MenuItem>().First();
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).With(new MenuItem(old.Key, T, "/elsewhere")));
        Assert.Equal("/elsewhere", Assert.Single(CatalogueOf(city).All.OfType<MenuItem>(), c => c.Key == old.Key).Url);
        var html = await city.Client().GetStringAsync("/en");
        Assert.Contains("something else", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contribution_of_the_shell_is_replaced_too()
    {
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).With(new Permission("city.feeds", T, Roles.Official)));
        Assert.Equal([Roles.Official], Assert.Single(CatalogueOf(city).All.OfType<Permission>(), c => c.Key == "city.feeds").DefaultRoles);
    }

    [Fact]
    public async Task A_contribution_is_added_to_a_module()
    {
        var module = TierD.Modules.First().Key;
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).With(new MenuItem(module + ".extra", T, "/extra")));
        Assert.NotNull(CatalogueOf(city).Find<MenuItem>(module + ".extra"));
    }

    [Fact]
    public async Task An_added_contribution_is_checked_like_any_other()
    {
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => TestCity.Start(c => c.Modules(TierD.Modules).With(new MenuItem("nobody.extra", T, "extra"))));
        Assert.Contains("nobody.extra: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("nobody.extra: leads to extra", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_main_screen_stands_whatever_dataset_is_left_out()
    {
        var datasets = TierD.Modules.SelectMany(m => m.Contributions).OfType<Dataset>().Select(d => d.Key).ToArray();
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).Without(datasets));
        Assert.DoesNotContain(CatalogueOf(city).All.OfType<Dataset>(), d => datasets.Contains(d.Key));
        Assert.Contains("<h1", await city.Client().GetStringAsync("/en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_that_is_not_chosen_has_no_pages()
    {
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules.Take(1)));
        var left = TierD.Modules.Skip(1).Select(m => m.Key).ToArray();
        Assert.DoesNotContain(city.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>(),
            // the files of an assembly that is referenced are there, and open nothing
            e => e.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null && left.Any(key => e.RoutePattern.RawText?.Contains("/" + key, StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task A_city_without_modules_still_answers()
    {
        await using var city = await TestCity.Start(_ => { });
        Assert.Contains("<h1", await city.Client().GetStringAsync("/en"), StringComparison.Ordinal);
    }
}

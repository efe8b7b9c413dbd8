namespace SmartCity.Tests.Golden;

/// <summary>A running city whose surface is compared with what other cities rely on.</summary>
public sealed class RunningCity : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;
    public async ValueTask InitializeAsync() => City = await TestCity.Start();
    public ValueTask DisposeAsync() => City.DisposeAsync();
}

/// <summary>What cities depend on changes only on purpose.</summary>
public sealed class GoldenTests(RunningCity running) : IClassFixture<RunningCity>
{
    [Fact]
    public void Addresses_are_as_cities_know_them() => GoldenFile.Check("routes.txt", Surface.Routes(running.City.Services));

    [Fact]
    public void Contributions_are_as_cities_know_them() => GoldenFile.Check("contributions.txt", Surface.Contributions(running.City.Services));

    [Fact]
    public void Permissions_are_as_cities_know_them() => GoldenFile.Check("permissions.txt", Surface.Permissions(running.City.Services));

    [Fact]
    public void Public_members_are_as_cities_know_them() => GoldenFile.Check("public-types.txt", Surface.PublicMembers([typeof(IModule).Assembly, typeof(Shell.SmartCityApp).Assembly, .. TierD.Modules.Select(m => m.GetType().Assembly)]));
}

/// <summary>The comparison itself.</summary>
public sealed class GoldenFileTests
{
    [Fact]
    public void The_same_lines_in_another_order_are_the_same() => Assert.Null(GoldenFile.Compare("x.txt", ["a", "b"], ["b", "a"]));

    [Fact]
    public void A_line_that_is_gone_is_told_with_its_meaning_and_the_way_out()
    {
        var said = GoldenFile.Compare("x.txt", ["a", "b"], ["a", "c"])!;
        Assert.Contains("a city depends on this", said, StringComparison.Ordinal);
        Assert.Contains(Environment.NewLine + "- b" + Environment.NewLine, said, StringComparison.Ordinal);
        Assert.Contains(Environment.NewLine + "+ c" + Environment.NewLine, said, StringComparison.Ordinal);
        Assert.DoesNotContain("- a", said, StringComparison.Ordinal);
        Assert.Contains("SMARTCITY_WRITE_GOLDEN=1", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_line_alone_is_no_broken_promise() => Assert.DoesNotContain("depends on this, and it is gone", GoldenFile.Compare("x.txt", ["a"], ["a", "b"])!, StringComparison.Ordinal);

    private interface IHidden;

    [Fact]
    public void A_signature_tells_a_member_from_its_change()
    {
        var members = Surface.PublicMembers([typeof(IModule).Assembly]);
        Assert.Contains("[SmartCity.SharedKernel] interface SmartCity.IModule", members);
        Assert.Contains("[SmartCity.SharedKernel] SmartCity.IModule.Key : String { get; }", members);
        Assert.Contains("[SmartCity.SharedKernel] SmartCity.Contribution.Permission : String? { get; init; }", members);
        Assert.Contains("[SmartCity.SharedKernel] SmartCity.Tile.Url required : String { get; init; }", members);
        Assert.Contains("[SmartCity.SharedKernel] SmartCity.Contribution.Order : Int32 { get; init; }", members);
        Assert.DoesNotContain(Surface.PublicMembers([typeof(GoldenFileTests).Assembly]), m => m.Contains(nameof(IHidden), StringComparison.Ordinal));
    }
}

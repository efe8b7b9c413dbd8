using SmartCity;

namespace City;

/// <summary>A module of the city's own, in its own project: one class, one page.</summary>
public sealed class TreesModule : IModule
{
    public string Key => "trees";
    public Text Title { get; } = Text.Of("나무", "Trees");
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission("trees.view", Text.Of("나무 보기", "See trees"), Roles.Anyone),
        new MenuItem("trees.menu", Title, "/trees") { Order = 95 },
    ];
}

/// <summary>A module that fails wherever it can: the city must stand.</summary>
public sealed class BrokenModule : IModule
{
    public string Key => "broken";
    public Text Title { get; } = Text.Of("고장", "Broken thing");
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission("broken.view", Text.Of("고장 보기", "See the broken thing"), Roles.Anyone),
        new MenuItem("broken.menu", Title, "/broken") { Order = 96 },
        new Feed("broken.feed", Title, FeedKind.Observations) { Properties = [] },
        new Tile("broken.tile", Title, ["broken.feed"], _ => throw new InvalidOperationException("the tile throws")) { Url = "/broken" },
    ];
    public void AddServices(IServiceCollection services, IConfiguration settings) => throw new InvalidOperationException("this module cannot start");
}

namespace SmartCity.AdministrativeContent;

/// <summary>What the administration publishes: city news now, its themes and places later.</summary>
public sealed class AdministrativeContentModule : IModule
{
    internal const string NewsFeed = "administrative-content.news";

    /// <inheritdoc/>
    public string Key => "administrative-content";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("시정 소식", "City news");

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission("administrative-content.view", Text.Of("시정 소식 보기", "See city news"), Roles.Anyone),
        new MenuItem("administrative-content.menu", Title, "/administrative-content") { Order = 80 },
        new Command("administrative-content.open", Title, "/administrative-content", Text.Of("소식|뉴스|시정 소식", "news|city news|press")),
        new Feed(NewsFeed, Text.Of("시정 소식", "City news"), FeedKind.Documents),
        News.Dataset,
        new Brief("administrative-content.brief", Title, News.Lines) { Order = 80 },
        new Tile("administrative-content.news-tile", Title, [NewsFeed], News.Face) { Element = Element.AdministrativeNews, Size = TileSize.Tall, Url = "/administrative-content" },
    ];
}

namespace SmartCity.AdministrativeContent;

/// <summary>City news as a table and as a tile.</summary>
internal static class News
{
    public static Dataset Dataset { get; } = Dataset.Of("administrative-content.news-list", Text.Of("시정 소식 목록", "City news list"), [AdministrativeContentModule.NewsFeed],
        Text.Of("최근 소식과 원문 주소.", "The latest news and where it was published."),
        context => context.Feeds.Documents(AdministrativeContentModule.NewsFeed, 200, context.Cancel),
        Column.Time<Document>("published", Text.Of("발행", "Published"), d => d.Published),
        Column.Text<Document>("title", Text.Of("제목", "Title"), d => d.Title),
        Column.Text<Document>("summary", Text.Of("요약", "Summary"), d => d.Summary),
        Column.Text<Document>("language", Text.Of("언어", "Language"), d => d.Language),
        Column.Text<Document>("link", Text.Of("주소", "Address"), d => d.Link)) with { Feed = AdministrativeContentModule.NewsFeed, Licence = Dataset.CityLicence };

    /// <summary>The five newest items, those in the reader's language first when the source says which they are in.</summary>
    public static async ValueTask<TileFace> Face(TileContext context)
    {
        var documents = await ForReader(context.Feeds, context.Words.Language, 5, context.Cancel);
        return new()
        {
            Feed = AdministrativeContentModule.NewsFeed,
            Lines = [.. documents.Select(d => new TileLine(d.Title, d.Link, d.Published, Language: d.Language))],
        };
    }

    /// <summary>How many items there are since yesterday, and the newest of them.</summary>
    public static async Task<IReadOnlyList<BriefLine>> Lines(ReportContext context)
    {
        var fresh = (await ForReader(context.Feeds, context.Words.Language, 100, context.Cancel)).Where(d => d.Published >= context.Since).ToList();
        return fresh.Count == 0 ? [] : [new(context.Words.Of("administrative-content.brief", fresh.Count, fresh[0].Title), Url: "/administrative-content", AsOf: context.Feeds.AsOf(AdministrativeContentModule.NewsFeed))];
    }

    /// <summary>The newest items a reader of a language can read; all of them where there are none in it.</summary>
    public static async Task<IReadOnlyList<Document>> ForReader(IFeeds feeds, string language, int count, CancellationToken cancel)
    {
        var documents = await feeds.Documents(AdministrativeContentModule.NewsFeed, 100, cancel);
        var readable = documents.Where(d => d.Language is null || d.Language == language).ToList();
        return [.. (readable.Count > 0 ? readable : documents).Take(count)];
    }
}

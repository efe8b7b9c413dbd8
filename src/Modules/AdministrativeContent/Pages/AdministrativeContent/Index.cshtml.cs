using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.AdministrativeContent.Pages;

/// <summary>City news, newest first, in the reader's language.</summary>
internal sealed class IndexModel(IFeeds feeds, IWords words) : PageModel
{
    public IReadOnlyList<Document> Documents { get; private set; } = [];
    public AsOf? AsOf { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Documents = await News.ForReader(feeds, words.Language, 50, cancel);
        AsOf = feeds.AsOf(AdministrativeContentModule.NewsFeed);
    }

    public async Task<IActionResult> OnGetNewsAsync(CancellationToken cancel)
    {
        await OnGetAsync(cancel);
        return Partial("_News", this);
    }
}

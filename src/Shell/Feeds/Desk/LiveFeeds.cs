namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Takes feeds on, puts others in their place and lets them go while the city runs: the book, the loop and the catalogue together.</summary>
internal sealed class LiveFeeds(FeedBook book, FeedLoop loop, Catalogue catalogue, ISignals signals) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>A new feed, or another plan of one. It is asked at once.</summary>
    public async Task Put(FeedPlan plan, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (book.HealthOf(plan.Feed.Key) is { } before) await loop.Drop(before.Plan);
            await book.Put(plan, cancel);
            Lay(plan.Feed.Key);
            loop.TakeOn(plan);
        }
        finally { _one.Release(); }
    }

    /// <summary>Ends a feed. What it brought stays in the store.</summary>
    public async Task Drop(string feed, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (book.HealthOf(feed) is not { } health) return;
            await loop.Drop(health.Plan);
            book.Remove(feed);
            Lay(feed);
        }
        finally { _one.Release(); }
    }

    private void Lay(string changed)
    {
        catalogue.Lay(FeedOffers.Of(book.Plans));
        signals.Signal(changed);
        signals.Signal(LostFeeds.Feed);
    }

    public void Dispose() => _one.Dispose();
}

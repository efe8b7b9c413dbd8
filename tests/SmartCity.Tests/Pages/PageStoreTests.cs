using SmartCity.Shell;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Pages;

public sealed class PageStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly HandClock _time = new(new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    private static ValueTask Put(PageStore store, string key, int bytes) => store.SetAsync(key, new byte[bytes], null, TimeSpan.FromSeconds(2), Cancel);

    [Fact]
    public async Task A_page_is_held_for_as_long_as_it_holds_and_its_bytes_no_longer_than_until_the_next()
    {
        var store = new PageStore(_time);
        await Put(store, "a", 100);
        await Put(store, "b", 10);
        await Put(store, "b", 20);
        Assert.Equal(120, store.Bytes);
        Assert.Equal(20, (await store.GetAsync("b", Cancel))!.Length);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await store.GetAsync("a", Cancel));
        await Put(store, "c", 1);
        Assert.Equal(1, store.Bytes);
    }

    [Fact]
    public async Task More_than_there_is_room_for_is_not_held_and_a_clock_that_goes_back_frees_it()
    {
        var store = new PageStore(_time);
        for (var n = 0; n < 40; n++) await Put(store, $"page {n}", 2 << 20);
        Assert.Equal(64L << 20, store.Bytes);
        Assert.Null(await store.GetAsync("page 39", Cancel));
        _time.Advance(TimeSpan.FromHours(-1));
        await Put(store, "later", 1);
        Assert.Equal(1, store.Bytes);
    }
}

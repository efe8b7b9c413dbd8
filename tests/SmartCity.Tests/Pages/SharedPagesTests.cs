using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Live;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Pages;

public sealed class SharedPagesTests
{
    private static readonly CityPack Pack = CityPack.Load(Repository.Path("cities", "seoul"));
    private readonly HandClock _time = new(new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));
    private readonly Signals _signals = new(NullLogger<Signals>.Instance);

    private static OutputCacheContext Ask(SharedPages pages, string path, string method = "GET", string? cookie = null, string query = "")
    {
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = (method, path, new(query));
        if (cookie is not null) http.Request.Headers.Cookie = cookie;
        var context = new OutputCacheContext { HttpContext = http };
        Assert.True(((IOutputCachePolicy)pages).CacheRequestAsync(context, default).IsCompletedSuccessfully);
        return context;
    }

    private static string Key(SharedPages pages, string? cookie = null, string query = "") => string.Join('|', Ask(pages, "/en", cookie: cookie, query: query).CacheVaryByRules.VaryByValues.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value));

    [Theory]
    [InlineData("/en", "GET", null, true)]
    [InlineData("/ko/indicators", "HEAD", "theme-seoul=night; lang=ko", true)]
    // somebody: signed in, halfway there, or with a guess of their own
    [InlineData("/en", "GET", "city-seoul=x", false)]
    [InlineData("/en", "GET", "theme-seoul=day; guess=1", false)]
    [InlineData("/en", "POST", null, false)]
    [InlineData("/english", "GET", null, false)]
    [InlineData("/data/indicators.list.csv", "GET", null, false)]
    [InlineData("/", "GET", null, false)]
    public void Only_what_nobody_in_particular_reads_is_shared(string path, string method, string? cookie, bool shared)
    {
        using var pages = new SharedPages(Pack, _signals, _time);
        var context = Ask(pages, path, method, cookie);
        Assert.Equal(shared, context.EnableOutputCaching);
        Assert.Equal(shared, context.AllowCacheStorage);
        Assert.Equal(shared, context.AllowCacheLookup);
    }

    [Fact]
    public void A_page_is_shared_until_something_changes_and_for_a_second_at_most()
    {
        using var pages = new SharedPages(Pack, _signals, _time);
        var first = Key(pages);
        Assert.Equal(first, Key(pages));
        _signals.Signal("atmosphere.air");
        var second = Key(pages);
        Assert.NotEqual(first, second);
        pages.Changed();
        var third = Key(pages);
        Assert.NotEqual(second, third);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(third, Key(pages));
    }

    [Fact]
    public void The_order_of_what_is_asked_counts()
    {
        using var pages = new SharedPages(Pack, _signals, _time);
        Assert.NotEqual(Key(pages, query: "?camera=b&camera=a"), Key(pages, query: "?camera=a&camera=b"));
    }

    [Fact]
    public void Each_look_has_a_page_of_its_own()
    {
        using var pages = new SharedPages(Pack, _signals, _time);
        Assert.NotEqual(Key(pages, "theme-seoul=day"), Key(pages, "theme-seoul=night"));
    }

    [Theory]
    [InlineData(200, "text/html; charset=utf-8", null, null, true)]
    [InlineData(404, "text/html; charset=utf-8", null, null, false)]
    [InlineData(200, "text/event-stream", null, null, false)]
    [InlineData(200, "text/html; charset=utf-8", "form=x", null, false)]
    [InlineData(200, "text/html; charset=utf-8", null, "no-store", false)]
    public void Only_whole_pages_without_a_cookie_are_kept(int status, string type, string? cookie, string? cache, bool kept)
    {
        using var pages = new SharedPages(Pack, _signals, _time);
        var context = Ask(pages, "/en");
        var response = context.HttpContext.Response;
        (response.StatusCode, response.ContentType) = (status, type);
        if (cookie is not null) response.Headers.SetCookie = cookie;
        if (cache is not null) response.Headers.CacheControl = cache;
        Assert.True(((IOutputCachePolicy)pages).ServeResponseAsync(context, default).IsCompletedSuccessfully);
        Assert.Equal(kept, context.AllowCacheStorage);
    }

    [Fact]
    public async Task The_second_reader_gets_the_page_of_the_first_and_a_signed_in_one_never_does()
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        using var anyone = city.Client();
        using var official = await city.Client(Roles.Official);
        // only a page that was kept has an age; the city changes all the time, so not every one is
        async Task<bool> Shared(HttpClient client)
        {
            using var answer = await client.GetAsync("/en/atmosphere");
            answer.EnsureSuccessStatusCode();
            Assert.True(answer.Headers.Contains("Content-Security-Policy"));
            return answer.Headers.Age is not null;
        }
        var shared = false;
        for (var i = 0; i < 200 && !shared; i++) shared = await Shared(anyone);
        Assert.True(shared, "no page was ever shared");
        for (var i = 0; i < 20; i++) Assert.False(await Shared(official));
    }
}

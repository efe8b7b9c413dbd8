namespace SmartCity.Tests.Pages;

/// <summary>The page checker itself: a good page passes, and each rule finds its mistake.</summary>
public sealed class WalkRulesTests
{
    private const string Good = """
        <!DOCTYPE html><html lang="en"><head><title>A page</title><script src="/js/city.js"></script></head><body><main id="main"><h1>One</h1>
        <section id="a" hx-trigger="changed-a from:#live"><p>21 degrees, <time class="asof">now</time></p></section>
        <form method="post"><input name="__RequestVerificationToken" type="hidden" value="x"></form><form method="get"></form>
        <img src="/a.png" alt=""></main></body></html>
        """;

    [Fact]
    public void A_good_page_passes() => Assert.Empty(WalkRules.Check(Good, "en"));

    [Theory]
    [InlineData("<h1>One</h1>", "", "has 0 h1")]
    [InlineData("<h1>One</h1>", "<h1>One</h1><h1>Two</h1>", "has 2 h1")]
    [InlineData("<title>A page</title>", "<title> </title>", "has no title")]
    [InlineData("lang=\"en\"", "lang=\"ko\"", "says lang=ko")]
    [InlineData("lang=\"en\"", "", "says lang=")]
    [InlineData("<main id=\"main\">", "<div>", "has 0 main")]
    [InlineData("id=\"a\"", "id=\"main\"", "has the id main 2 times")]
    [InlineData("<input name=\"__RequestVerificationToken\" type=\"hidden\" value=\"x\">", "", "without an antiforgery token")]
    [InlineData("src=\"/js/city.js\"", "", "has an inline script")]
    [InlineData("<h1>", "<style>p { color: red }</style><h1>", "has an inline style sheet")]
    [InlineData("<h1>", "<h1 style=\"color: red\">", "has style=\"color: red\" on h1")]
    [InlineData("<h1>", "<h1 onclick=\"go()\">", "has onclick on h1")]
    [InlineData("<h1>", "<a href=\" javascript:go()\">x</a><h1>", "has a javascript address on a")]
    [InlineData("class=\"asof\"", "", "shows a feed in section#a without saying as of when")]
    [InlineData("<h1>", "<article class=\"tile\" id=\"t\"></article><h1>", "shows a feed in article#t")]
    [InlineData(" alt=\"\"", "", "has a picture without alt")]
    public void A_mistake_is_found(string good, string bad, string sentence)
    {
        var html = Good.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(Good, html);
        Assert.Contains(WalkRules.Check(html, "en"), v => v.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_fragment_needs_no_head() => Assert.Empty(WalkRules.Check("<p id=\"a\">part</p>", null));

    [Fact]
    public void Links_are_read_from_everything_that_asks_for_something() =>
        Assert.Equal(["/en/a?b=c", "/en/traffic?handler=X", "/img/a.png", "/js/a.js", "/search"], WalkRules.Links("""
            <a href="/en/a?b=c#d"></a><a href="#here"></a><a href="https://elsewhere.example/"></a><img src="/img/a.png"><script src="/js/a.js"></script>
            <form action="/search"></form><form method="post" action="/change"></form><div hx-get="?handler=X"></div>
            """, "/en/traffic").Order(StringComparer.Ordinal));

    [Fact]
    public void A_file_with_a_page_behind_it_is_found()
    {
        Assert.Empty(WalkRules.CheckAnswer("text/csv", "a,b\r\n", null));
        Assert.Equal("says it is text/csv and holds a page", Assert.Single(WalkRules.CheckAnswer("text/csv", "a,b\r\n<!DOCTYPE html><html></html>", null)));
        Assert.NotEmpty(WalkRules.CheckAnswer("text/html", "<p id=a></p><p id=a></p>", null));
    }
}

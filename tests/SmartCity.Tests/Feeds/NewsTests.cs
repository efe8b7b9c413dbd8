using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>News as sources write it, and as somebody would who means harm.</summary>
public sealed class NewsTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul");

    private static (FetchOutcome Outcome, IReadOnlyList<Document> Documents, string? Detail) Read(string xml) => Read(Encoding.UTF8.GetBytes(xml));
    private static (FetchOutcome Outcome, IReadOnlyList<Document> Documents, string? Detail) Read(byte[] xml) => NewsReader.Read(new(FetchOutcome.Ok, xml), Zone, Now);
    private static Document One(string item) => Assert.Single(Read($"<rss version=\"2.0\" xmlns:media=\"urn:media\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>c</title>{item}</channel></rss>").Documents);

    [Fact]
    public void An_item_is_text_with_an_address()
    {
        var item = One("""<item><title>강변 &amp; 공원</title><link>https://city.example/1?a=1&amp;b=2</link><guid>g1</guid><pubDate>Mon, 20 Jul 2026 12:00:00 +0900</pubDate><description><![CDATA[<p>하나 <b>둘</b></p>]]></description></item>""");
        Assert.Equal(new Document("g1", "강변 & 공원", "https://city.example/1?a=1&b=2", Now.AddMinutes(-63).AddSeconds(-30), "하나 둘", null), item);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//evil.example/x")]
    [InlineData("/relative")]
    [InlineData("not an address")]
    public void A_link_is_http_or_nothing(string link) => Assert.Null(One($"<item><title>t</title><link>{link}</link></item>").Link);

    [Theory]
    [InlineData("<![CDATA[<script>alert(1)</script>안녕]]>", "alert(1) 안녕")]
    [InlineData("&lt;b&gt;굵게&lt;/b&gt;", "굵게")]
    [InlineData("&amp;lt;img src=x onerror=alert(1)&amp;gt;사진", "사진")]
    [InlineData("1 &lt; 2", "1 < 2")]
    [InlineData("a\u202Eb\u0009c\nd", "a b c d")]
    [InlineData("&amp;#xD800;x&amp;#x0;", "&#xD800;x")]
    public void A_title_is_plain_text(string title, string expected) => Assert.Equal(expected, One($"<item><title>{title}</title></item>").Title);

    [Fact]
    public void A_title_without_end_is_cut_between_letters()
    {
        Assert.Equal(string.Concat(Enumerable.Repeat("👩🏽", 199)) + "…", One($"<item><title>{string.Concat(Enumerable.Repeat("👩🏽", 500_000 / 4))}</title></item>").Title);
        // the cut before decoding falls into the middle of a letter
        Assert.EndsWith("…", One($"<item><title>x{string.Concat(Enumerable.Repeat("😀", 20_000))}</title></item>").Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mon, 20 Jul 2026 12:00:00 +0900", "2026-07-20T03:00:00Z")]
    [InlineData("Mon, 20 Jul 2026 12:00:00 KST", "2026-07-20T03:00:00Z")]
    [InlineData("Mon, 20 Jul 2026 03:00:00 GMT", "2026-07-20T03:00:00Z")]
    // a wrong weekday, and one in the city's language
    [InlineData("Fri, 20 Jul 2026 12:00:00 +0900", "2026-07-20T03:00:00Z")]
    [InlineData("월, 20 Jul 2026 12:00:00 +0900", "2026-07-20T03:00:00Z")]
    // without a zone it is the city's own
    [InlineData("2026-07-20 12:00:00", "2026-07-20T03:00:00Z")]
    [InlineData("2026-07-20T03:00:00Z", "2026-07-20T03:00:00Z")]
    // nonsense and the future are as of when it was first seen
    [InlineData("어제", "2026-07-20T04:03:30Z")]
    [InlineData("", "2026-07-20T04:03:30Z")]
    [InlineData("Thu, 01 Jan 2099 00:00:00 +0900", "2026-07-20T04:03:30Z")]
    public void A_date_is_read_or_the_moment_of_the_fetch(string date, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), One($"<item><title>t</title><pubDate>{date}</pubDate></item>").Published);

    [Fact]
    public void An_item_without_an_id_has_one_made_of_what_it_says()
    {
        var first = One("<item><title>t</title><link>https://city.example/1</link></item>").Id;
        Assert.Equal(first, One("<item><title>t</title><link>https://city.example/1</link></item>").Id);
        Assert.NotEqual(first, One("<item><title>t</title><link>https://city.example/2</link></item>").Id);
        // ids that differ only far behind stay two
        var far = new string('x', 300);
        Assert.NotEqual(One($"<item><title>t</title><guid>{far}1</guid></item>").Id, One($"<item><title>t</title><guid>{far}2</guid></item>").Id);
        Assert.Single(Read("<rss><channel><item><title>a</title><guid>1</guid></item><item><title>a</title><guid>1</guid></item></channel></rss>").Documents);
    }

    [Fact]
    public void What_stands_in_another_namespace_is_not_the_item_s_own()
    {
        var item = One("<item><title>own</title><media:title>picture</media:title><media:description>p</media:description><dc:date>2026-07-20T03:00:00Z</dc:date><dc:language>en</dc:language></item>");
        Assert.Equal(("own", "", "en", Now.AddMinutes(-63).AddSeconds(-30)), (item.Title, item.Summary, item.Language, item.Published));
    }

    [Fact]
    public void Elements_without_a_space_between_them_are_all_read() =>
        Assert.Equal(["a", "b"], Read("<rss><channel><language>ko</language><item><title>a</title></item><item><title>b</title></item></channel></rss>").Documents.Select(d => d.Title));

    [Fact]
    public void Atom_is_read_and_its_own_page_is_the_link()
    {
        var read = Read("""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>c</title><entry><title type="xhtml"><div>One</div></title><link rel="alternate" href="https://city.example/1"/><link rel="self" href="https://city.example/self"/><id>urn:1</id><updated>2026-07-20T03:00:00Z</updated></entry></feed>""");
        Assert.Equal(new("urn:1", "One", "https://city.example/1", Now.AddMinutes(-63).AddSeconds(-30), "", "en"), Assert.Single(read.Documents));
    }

    [Fact]
    public void News_in_euc_kr_are_read_and_a_wrong_declaration_is_refused()
    {
        Encodings.Know();
        var xml = "<?xml version=\"1.0\" encoding=\"euc-kr\"?><rss><channel><item><title>한강 소식</title></item></channel></rss>";
        Assert.Equal("한강 소식", Assert.Single(Read(Encoding.GetEncoding("euc-kr").GetBytes(xml)).Documents).Title);
        Assert.Equal(FetchOutcome.Unparsable, Read(Encoding.GetEncoding("euc-kr").GetBytes(xml.Replace("euc-kr", "utf-8", StringComparison.Ordinal))).Outcome);
        Assert.Equal(FetchOutcome.Unparsable, Read(xml.Replace("euc-kr", "no-such", StringComparison.Ordinal)).Outcome);
    }

    [Theory]
    [InlineData("<rss><channel><item><title>a & b</title></item></channel></rss>", FetchOutcome.Unparsable)]
    [InlineData("<rss><channel><item><title>a</title></item>", FetchOutcome.Unparsable)]
    [InlineData("", FetchOutcome.Unparsable)]
    [InlineData("{}", FetchOutcome.Unparsable)]
    [InlineData("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x;</title></item></channel></rss>", FetchOutcome.Unparsable)]
    [InlineData("<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss><channel><item><title>&b;</title></item></channel></rss>", FetchOutcome.Unparsable)]
    [InlineData("<opml><body/></opml>", FetchOutcome.SchemaDrift)]
    [InlineData("<rss><channel><story><title>a</title></story></channel></rss>", FetchOutcome.SchemaDrift)]
    [InlineData("<rss><channel><item><headline>a</headline></item></channel></rss>", FetchOutcome.SchemaDrift)]
    [InlineData("<rss><channel><title>c</title></channel></rss>", FetchOutcome.Empty)]
    public void What_is_no_news_has_a_name(string xml, FetchOutcome expected)
    {
        var (outcome, documents, _) = Read(xml);
        Assert.Equal(expected, outcome);
        Assert.Empty(documents);
    }

    [Fact]
    public void Depth_and_width_made_to_hurt_are_refused_or_cut()
    {
        Assert.Equal(FetchOutcome.Unparsable, Read("<rss>" + string.Concat(Enumerable.Repeat("<a>", 200_000))).Outcome);
        Assert.Equal(FetchOutcome.Unparsable, Read("<rss><channel><item>" + string.Concat(Enumerable.Repeat("<a>", 200_000))).Outcome);
        Assert.Equal(200, Read("<rss><channel>" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"<item><title>{i}</title></item>")) + "</channel></rss>").Documents.Count);
    }
}

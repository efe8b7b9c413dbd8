using System.Globalization;
using System.Net;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>Which addresses are asked at all: by how they are written, and by where they lead.</summary>
public sealed class OutboundAddressTests
{
    /// <summary>Ways to write an address inside; PORT stands for one where somebody counts the visitors.</summary>
    public static TheoryData<string> Inside { get; } =
    [
        "http://127.0.0.1:PORT/", "http://127.0.0.1:5432/", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/", "http://0x7f.1:PORT/", "http://2130706433:PORT/",
        "http://017700000001:PORT/", "http://0177.0.0.1:PORT/", "http://127.255.255.254:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/",
        "http://１２７.０.０.１:PORT/", "http://127。0。0。1:PORT/", "http://①②⑦.0.0.1:PORT/", "http://０ｘ７ｆ０００００１:PORT/",
        "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://ⓛocalhost:PORT/", "http://ｌｏｃａｌｈｏｓｔ:PORT/", "http://good.localhost:PORT/",
        "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
        "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/", "http://[2002:7f00:1::1]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/",
        "https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/", "https://0xa9fea9fe/", "https://2852039166/", "https://0251.0376.0251.0376/", "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::]/", "https://[fe80::a9fe:a9fe]/", "https://[fe80::1]/",
        "https://100.100.100.200/", "https://192.0.0.192/", "https://[fd00:ec2::254]/", "https://[::ffff:10.0.0.1]/", "https://[2002:a00:1::]/", "https://[64:ff9b::a00:1]/",
        "https://10.0.0.1/", "https://10.1/", "https://0x0a000001/", "https://172.16.0.1/", "https://192.168.0.1/", "https://192.168.257/", "https://[fec0::1]/", "https://[2001:db8::1]/", "https://[2001:0:7f00:1::]/", "https://224.0.0.1/", "https://255.255.255.255/", "https://[ff02::1]/",
    ];

    [Theory]
    [MemberData(nameof(Inside))]
    public async Task An_internal_address_is_blocked_however_it_is_written_and_nothing_is_sent_to_it(string written)
    {
        await using var door = new Doorstep();
        var address = written.Replace("PORT", door.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        using var client = Sources.Client();
        var answer = await client.Ask(address);
        Assert.Equal(FetchOutcome.Blocked, answer.Outcome);
        Assert.StartsWith("an internal address may not be used", answer.Detail, StringComparison.Ordinal);
        // and the dialler does not depend on the rule before it
        using var http = OutboundHttp.Client(new(Sources.Agreed()));
        var thrown = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(address, FeedBench.Cancel));
        // a name that the system does not know leads nowhere
        Assert.True(OutboundRefusal.In(thrown)?.Outcome == FetchOutcome.Blocked || thrown.HttpRequestError == HttpRequestError.NameResolutionError && written.Contains("good.localhost", StringComparison.Ordinal), thrown.ToString());
        Assert.Equal(0, await door.Visits());
    }

    [Fact]
    public void There_are_sixty_spellings() => Assert.InRange(Inside.Count, 60, 1000);

    [Theory]
    [InlineData("http://127.0.0.1:PORT/", "127.0.0.1")]
    [InlineData("http://[::1]:PORT/", "::1")]
    [InlineData("http://localhost:PORT/", "localhost")]
    [InlineData("http://127.1:PORT/", "127.0.0.1")]
    public async Task The_same_address_is_asked_where_the_operator_agreed_to_exactly_this_host_and_port(string written, string host)
    {
        foreach (var (agreedHost, besides, asked) in new[] { (host, 1, false), ("127.0.0.2", 0, false), (host, 0, true) })
        {
            await using var door = new Doorstep();
            var address = written.Replace("PORT", door.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var agreed = AllowList.Key(agreedHost, door.Port + besides);
            var list = new AllowList(new HashSet<string> { agreed }, Sources.Nothing);
            using var client = new Shell.Feeds.SourceClient(list, new(list));
            var answer = await client.Ask(address);
            // who comes is let in, and gets no answer
            Assert.Equal(asked ? FetchOutcome.Unreachable : FetchOutcome.Blocked, answer.Outcome);
            Assert.Equal(asked, await door.Visits() > 0);
        }
    }

    [Theory]
    // a range's first and last address, and its neighbours outside
    [InlineData("0.0.0.0", "0.255.255.255", null, "1.0.0.0")]
    [InlineData("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0")]
    [InlineData("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0")]
    [InlineData("224.0.0.0", "239.255.255.255", "223.255.255.255", null)]
    [InlineData("240.0.0.0", "255.255.255.255", null, null)]
    [InlineData("::", "::", null, null)]
    [InlineData("::1", "::1", null, null)]
    [InlineData("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("100::", "100::ffff:ffff:ffff:ffff", null, null)]
    [InlineData("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::")]
    [InlineData("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    [InlineData("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, null)]
    public void A_range_begins_and_ends_where_it_does(string first, string last, string? below, string? above)
    {
        var range = SpecialAddresses.Of(IPAddress.Parse(first));
        Assert.Contains(range, SpecialAddresses.Ranges);
        Assert.Equal(IPAddress.Parse(first), range!.Network.BaseAddress);
        Assert.Same(range, SpecialAddresses.Of(IPAddress.Parse(last)));
        foreach (var outside in new[] { below, above }.OfType<string>())
        {
            Assert.Null(SpecialAddresses.Of(IPAddress.Parse(outside)));
            // also when it is hidden in an address of the new kind
            if (!outside.Contains(':', StringComparison.Ordinal)) Assert.All(Hidden(outside), a => Assert.Null(SpecialAddresses.Of(a)));
        }
        if (!first.Contains(':', StringComparison.Ordinal)) Assert.All(Hidden(first).Concat(Hidden(last)), a => Assert.Same(range, SpecialAddresses.Of(a)));
    }

    [Fact]
    public void Every_range_stands_in_the_table_of_the_test_above() =>
        Assert.Equal(SpecialAddresses.Ranges.Count, typeof(OutboundAddressTests).GetMethod(nameof(A_range_begins_and_ends_where_it_does))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length);

    [Theory]
    [InlineData("1fff:ffff::1")]
    [InlineData("4000::")]
    [InlineData("5f00::1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("fbff::1")]
    public void What_nobody_was_given_is_not_public(string address) => Assert.NotNull(SpecialAddresses.Of(IPAddress.Parse(address)));

    private static IEnumerable<IPAddress> Hidden(string address)
    {
        var v4 = IPAddress.Parse(address).GetAddressBytes();
        yield return IPAddress.Parse(address).MapToIPv6();
        yield return new([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. v4]);
        yield return new([0x20, 0x02, .. v4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    [Theory]
    [InlineData("http://good.kr@127.0.0.1/", FetchOutcome.BadAddress, "user name")]
    [InlineData("https://user:password@good.kr/", FetchOutcome.BadAddress, "user name")]
    [InlineData("https://@good.kr/", FetchOutcome.BadAddress, "user name")]
    [InlineData("https://:@good.kr/", FetchOutcome.BadAddress, "user name")]
    [InlineData(@"http://good.kr\@evil.kr/", FetchOutcome.BadAddress, "backslash")]
    [InlineData(@"https:\\good.kr/", FetchOutcome.BadAddress, "backslash")]
    [InlineData("https://good.kr:22/", FetchOutcome.BadAddress, "port 22")]
    [InlineData("https://good.kr:25/", FetchOutcome.BadAddress, "port 25")]
    [InlineData("https://good.kr:6379/", FetchOutcome.BadAddress, "port 6379")]
    [InlineData("http://good.kr:8443/", FetchOutcome.BadAddress, "port 8443")]
    [InlineData("https://good.kr:80/", FetchOutcome.BadAddress, "port 80")]
    [InlineData("http://good.kr/", FetchOutcome.BadAddress, "not https")]
    [InlineData("http://good.kr:443/", FetchOutcome.BadAddress, "not https")]
    [InlineData("https://good.kr./", FetchOutcome.BadAddress, "ends in a dot")]
    [InlineData("https://good.kr/a\r\nHost: evil.kr", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://good.kr/a\nb", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://good.kr/a\tb", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://good.kr/a%0d%0Ab", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://good.kr/a%00", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://good.kr/\0", FetchOutcome.BadAddress, "line break")]
    [InlineData("https://go\u200Bod.kr/", FetchOutcome.BadAddress, "invisible")]
    [InlineData("https://good.kr/\u202Egpj", FetchOutcome.BadAddress, "invisible")]
    [InlineData(" https://good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("", FetchOutcome.BadAddress, "http or https")]
    [InlineData("nowhere", FetchOutcome.BadAddress, "http or https")]
    [InlineData("/etc/passwd", FetchOutcome.BadAddress, "http or https")]
    [InlineData("//good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("http://", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https:///good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https:good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https:/good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https://good.kr%40evil.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https://[fe80::1%25eth0]/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https://good.kr:port/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https://good.kr:99999/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("file:///etc/passwd", FetchOutcome.BadAddress, "http or https")]
    [InlineData("gopher://good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("ftp://good.kr/", FetchOutcome.BadAddress, "http or https")]
    [InlineData("javascript:alert(1)", FetchOutcome.BadAddress, "http or https")]
    [InlineData("https://127.0.0.1/", FetchOutcome.Blocked, "internal")]
    public async Task What_is_no_proper_address_is_refused_when_it_is_saved_and_when_it_is_asked(string written, FetchOutcome outcome, string reason)
    {
        var (address, wrong) = new AddressRule(Sources.Agreed()).Check(written);
        Assert.Null(address);
        Assert.Equal(outcome, wrong!.Outcome);
        Assert.Contains(reason, wrong.Reason.In("en"), StringComparison.Ordinal);
        Assert.Contains(wrong.Reason.In("ko"), c => c is >= '가' and <= '힣');
        // no name is looked up and no connection opened for it
        using var client = new Shell.Feeds.SourceClient(Sources.Agreed(), new(Sources.Agreed(), (_, _) => throw new InvalidOperationException(), (_, _) => throw new InvalidOperationException()));
        Assert.Equal((outcome, wrong.Reason.In("en")), (await client.Ask(written)) is var answer ? (answer.Outcome, answer.Detail) : default);
    }

    [Fact]
    public void The_rule_says_in_Korean_what_an_administrator_reads() =>
        Assert.Equal("내부 주소는 쓸 수 없음", new AddressRule(Sources.Agreed()).Check("http://169.254.169.254/").Wrong!.Reason.In("ko"));

    [Fact]
    public void An_address_has_a_length()
    {
        var rule = new AddressRule(Sources.Agreed());
        Assert.Null(rule.Check("https://good.kr/".PadRight(AddressRule.MaxLength, 'a')).Wrong);
        Assert.Contains("longer than 2048", rule.Check("https://good.kr/".PadRight(AddressRule.MaxLength + 1, 'a')).Wrong!.Reason.In("en"), StringComparison.Ordinal);
        Assert.NotNull(rule.Check("https://good.kr/".PadRight(8192, 'a')).Wrong);
    }

    [Theory]
    [InlineData("https://good.kr")]
    [InlineData("HTTPS://Good.KR/rows?key=a%2Fb&day=2026-07-20 13:00")]
    [InlineData("https://good.kr:443/")]
    [InlineData("https://서울.kr/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    [InlineData("https://good.kr/a@b?c=http://127.0.0.1/")]
    [InlineData("http://plain.kr:8088/json")]
    [InlineData("http://inside:80/")]
    public void A_proper_address_is_one(string written) =>
        Assert.Null(new AddressRule(new AllowList(new HashSet<string> { "inside:80" }, new HashSet<string> { "plain.kr:8088" })).Check(written).Wrong);

    [Fact]
    public void What_the_pack_names_may_be_plain_and_has_to_be_public()
    {
        var rule = new AddressRule(new AllowList(Sources.Nothing, new HashSet<string> { "plain.kr:8088", "10.0.0.1:80", "localhost:80" }));
        Assert.Null(rule.Check("http://plain.kr:8088/").Wrong);
        Assert.NotNull(rule.Check("http://plain.kr:8089/").Wrong);
        Assert.NotNull(rule.Check("http://plain.kr/").Wrong);
        Assert.Equal(FetchOutcome.Blocked, rule.Check("http://10.0.0.1/").Wrong!.Outcome);
        Assert.Equal(FetchOutcome.Blocked, rule.Check("http://localhost/").Wrong!.Outcome);
    }
}

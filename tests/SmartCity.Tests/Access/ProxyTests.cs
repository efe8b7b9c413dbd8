using SmartCity.Shell;

namespace SmartCity.Tests.Access;

/// <summary>Who asks is what the connection says, and what a named proxy says of it; nobody else is believed.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.7")]
    [InlineData("10.0.0.0/8, 127.0.0.0/8", "203.0.113.7")]
    [InlineData("", "127.0.0.1")]
    [InlineData("10.1.2.3", "127.0.0.1")]
    public async Task Only_a_named_proxy_may_say_for_whom_it_asks(string proxies, string written)
    {
        await using var city = await AccessCity.Start($"--Proxies={proxies}");
        using var client = city.City.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var refused = await city.SignIn(client, "nobody", "wrong");
        Assert.Equal(written, (await city.Audit("sign-in-failed")).Single().Address);
    }

    [Theory]
    [InlineData("proxy.local"), InlineData("10.0.0.0/99"), InlineData("10.0.0.1;10.0.0.2")]
    public void A_proxy_that_is_no_address_is_told_at_the_start(string setting) =>
        Assert.Contains("neither an address", Assert.Throws<CannotStartException>(() => Proxies.Of(setting)).Message, StringComparison.Ordinal);
}

using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.Live;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Live;

/// <summary>Nobody takes the places of all: a session and an address have a number of open streams, and who is refused is told when to come again.</summary>
public sealed class StreamPlaceTests
{
    private static StreamPlaces Places(int? session = null, int? address = null) => new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Streams:EachSession"] = session?.ToString(System.Globalization.CultureInfo.InvariantCulture), ["Streams:EachAddress"] = address?.ToString(System.Globalization.CultureInfo.InvariantCulture),
    }).Build(), TimeProvider.System, NullLogger<StreamPlaces>.Instance);

    private static readonly IPAddress Office = IPAddress.Parse("203.0.113.7"), Other = IPAddress.Parse("203.0.113.8");

    [Fact]
    public void An_address_has_sixty_places_and_a_session_six()
    {
        var (places, session) = (Places(), Guid.NewGuid());
        for (var i = 0; i < 6; i++) Assert.NotNull(places.Enter(Office, session));
        Assert.Null(places.Enter(Office, session));
        Assert.Null(places.Enter(Other, session));
        for (var i = 6; i < 60; i++) Assert.NotNull(places.Enter(Office, null));
        Assert.Null(places.Enter(Office, null));
        Assert.Null(places.Enter(Office, Guid.NewGuid()));
        Assert.NotNull(places.Enter(Other, null));
    }

    [Fact]
    public void A_place_that_is_given_back_is_free_once()
    {
        var places = Places(address: 2);
        var first = places.Enter(Office, null)!;
        Assert.NotNull(places.Enter(Office, null));
        Assert.Null(places.Enter(Office, null));
        first.Dispose();
        first.Dispose();
        Assert.NotNull(places.Enter(Office, null));
        Assert.Null(places.Enter(Office, null));
    }

    [Fact]
    public void A_household_is_one_address_however_it_writes_itself()
    {
        var places = Places(address: 1);
        Assert.NotNull(places.Enter(IPAddress.Parse("2001:db8:1:2:3::4"), null));
        Assert.Null(places.Enter(IPAddress.Parse("2001:db8:1:2:ffff::9"), null));
        Assert.NotNull(places.Enter(IPAddress.Parse("2001:db8:1:3::4"), null));
        Assert.NotNull(places.Enter(Office, null));
        Assert.Null(places.Enter(IPAddress.Parse("::ffff:203.0.113.7"), null));
    }

    [Theory]
    [InlineData("0"), InlineData("-1"), InlineData("many"), InlineData("1.5")]
    public void A_number_that_is_none_is_told_at_the_start(string given) =>
        Assert.Contains("Streams:EachAddress", Assert.Throws<CannotStartException>(() => new StreamPlaces(new ConfigurationBuilder().AddInMemoryCollection([new("Streams:EachAddress", given)]).Build(), TimeProvider.System, NullLogger<StreamPlaces>.Instance)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Who_is_refused_is_told_when_to_come_again_and_comes_in_when_another_leaves()
    {
        await using var city = await TestCity.Start(null, "--Streams:EachAddress=1");
        using var client = city.Client();
        using (var first = await client.GetAsync("/live?lang=en", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.True(await Live(first));
            var part = city.Services.GetRequiredService<LiveParts>().All.Keys.First();
            using var second = await client.GetAsync("/live?lang=en&parts=" + part);
            // a stream that ends at once: the page's own way of asking again takes it up
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
            Assert.Equal("text/event-stream", second.Content.Headers.ContentType?.MediaType);
            var told = await second.Content.ReadAsStringAsync();
            Assert.StartsWith("retry: 30000\nevent: full\n", told, StringComparison.Ordinal);
            // not live, and yet not old: what is new comes with each refusal
            Assert.Contains($"hx-target=\"#{part}\"", told, StringComparison.Ordinal);
            Assert.Matches("\nid: [0-9]+\n", told);
            Assert.Equal(1, city.Services.GetRequiredService<LiveStreams>().Open);
            using var page = await client.GetAsync("/en");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
        await TestCity.Until(() => city.Services.GetRequiredService<LiveStreams>().Open == 0, "the first has left");
        using var third = await client.GetAsync("/live?lang=en", HttpCompletionOption.ResponseHeadersRead);
        Assert.True(await Live(third));
    }

    [Fact]
    public async Task Readers_behind_a_named_proxy_are_counted_each_for_himself()
    {
        await using var city = await TestCity.Start(null, "--Streams:EachAddress=1", "--Proxies=127.0.0.1");
        var open = new List<HttpResponseMessage>();
        using var client = city.Client();
        async Task<bool> Open(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/live?lang=en");
            request.Headers.Add("X-Forwarded-For", address);
            open.Add(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
            return await Live(open[^1]);
        }
        Assert.True(await Open("203.0.113.7"));
        Assert.True(await Open("203.0.113.8"));
        Assert.False(await Open("203.0.113.7"));
        open.ForEach(o => o.Dispose());
    }

    [Fact]
    public async Task A_session_has_its_own_number_and_a_stranger_beside_it_is_not_refused()
    {
        await using var access = await AccessCity.Start("--Streams:EachSession=1");
        await access.Person("somebody");
        using var client = await access.SignedIn("somebody");
        using var first = await client.GetAsync("/live?lang=en", HttpCompletionOption.ResponseHeadersRead);
        Assert.True(await Live(first));
        using var second = await client.GetAsync("/live?lang=en", HttpCompletionOption.ResponseHeadersRead);
        Assert.False(await Live(second));
        using var stranger = access.City.Client();
        using var third = await stranger.GetAsync("/live?lang=en", HttpCompletionOption.ResponseHeadersRead);
        Assert.True(await Live(third));
    }

    // one that has no place is told so by its first event
    private static async Task<bool> Live(HttpResponseMessage stream)
    {
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(), leaveOpen: true);
        return await lines.ReadLineAsync() != "retry: 30000";
    }
}

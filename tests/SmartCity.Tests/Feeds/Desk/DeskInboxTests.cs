using System.Globalization;
using System.Net;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>What sources send by themselves is taken only as its sender signed it, once, and takes the path of every answer.</summary>
public sealed class DeskInboxTests
{
    private static string Body(double level, int minute = 0) => string.Create(CultureInfo.InvariantCulture, $$"""[{"id":"A","at":"{{DateTimeOffset.UtcNow.AddMinutes(-minute):O}}","level":{{level}}}]""");

    private static HttpRequestMessage Signed(string feed, byte[] body, long? at = null, string? secret = null, string? header = null)
    {
        var seconds = at ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/feeds/inbox/{feed}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation(Inbox.Header, header ?? $"t={seconds.ToString(CultureInfo.InvariantCulture)},v1={Convert.ToHexStringLower(Inbox.Sign(secret ?? DeskCity.Secret, seconds, body))}");
        return request;
    }

    private static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient client, HttpRequestMessage request)
    {
        using (request)
        using (var answer = await client.SendAsync(request, DeskCity.Cancel)) return (answer.StatusCode, await answer.Content.ReadAsStringAsync(DeskCity.Cancel));
    }

    [Fact]
    public async Task A_signed_message_is_taken_once_and_told_in_health_dataset_and_raw_answers()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(DeskPageTests.Push);
        using var sender = desk.City.Client();
        var body = DeskCity.Bytes(Body(12.5));
        var at = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal((HttpStatusCode.OK, "taken: 1 rows\n"), await Send(sender, Signed("city.sensors", body, at)));
        Assert.Equal(12.5, desk.Book.Latest("city.sensors").Value("A", "level"));
        Assert.Equal(FetchOutcome.Ok, desk.Book.HealthOf("city.sensors")!.Outcome);
        Assert.Equal(Freshness.Live, desk.Book.AsOf("city.sensors")!.Freshness);

        Assert.Equal((HttpStatusCode.Unauthorized, "not taken: this signature was used already\n"), await Send(sender, Signed("city.sensors", body, at)));
        // another site's page may not be believed for its cookies, and is believed for its signature
        var crossSite = Signed("city.sensors", DeskCity.Bytes(Body(13)));
        crossSite.Headers.Add("Origin", "https://elsewhere.example");
        Assert.Equal(HttpStatusCode.OK, (await Send(sender, crossSite)).Status);

        // what is signed and not understood is refused with its class, and what was known stays
        var (status, text) = await Send(sender, Signed("city.sensors", DeskCity.Bytes("""[{"name":"A"}]""")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.StartsWith("refused: schema-drift: no column for level, thing, time", text, StringComparison.Ordinal);
        Assert.Equal(FetchOutcome.SchemaDrift, desk.Book.HealthOf("city.sensors")!.Outcome);
        Assert.Equal(13, desk.Book.Latest("city.sensors").Value("A", "level"));

        await TestCity.Until(() => desk.Chief.GetStringAsync("/en/feeds/city.sensors").GetAwaiter().GetResult().Contains("/feeds/city.sensors/answers/", StringComparison.Ordinal), "the raw answers are kept");
        Assert.Contains("\"level\":13", await desk.Chief.GetStringAsync("/data/city.sensors.json", DeskCity.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("city.sensors", null, "another-secret", null)]
    [InlineData("city.sensors", -301, null, null)]
    [InlineData("city.sensors", 301, null, null)]
    [InlineData("city.sensors", null, null, "t=1,v1=zz")]
    [InlineData("city.sensors", null, null, "v1=00")]
    [InlineData("city.nothing", null, null, null)]
    [InlineData("city.keyless", null, "sample", null)]
    public async Task What_is_not_signed_rightly_changes_nothing(string feed, int? seconds, string? secret, string? header)
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(DeskPageTests.Push);
        // a secret that nobody has set is nobody's signature
        await desk.Live(DeskPageTests.Push.Replace("city.sensors", "city.keyless", StringComparison.Ordinal).Replace("secret: sensors", "secret: unset", StringComparison.Ordinal));
        using var sender = desk.City.Client();
        var (status, text) = await Send(sender, Signed(feed, DeskCity.Bytes(Body(1)), seconds is { } s ? DateTimeOffset.UtcNow.ToUnixTimeSeconds() + s : null, secret, header));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.StartsWith("not taken: ", text, StringComparison.Ordinal);
        Assert.Equal(0, desk.Book.HealthOf("city.sensors")!.Fetches + desk.Book.HealthOf("city.keyless")!.Fetches);
    }

    [Fact]
    public async Task A_changed_body_a_large_one_and_a_flood_are_refused_plainly()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(DeskPageTests.Push + "\nmaxMegabytes: 0.1\n");
        using var sender = desk.City.Client();
        var signed = Signed("city.sensors", DeskCity.Bytes(Body(1)));
        signed.Content = new ByteArrayContent(DeskCity.Bytes(Body(2)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Send(sender, signed)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Send(sender, Signed("city.sensors", new byte[200_000]))).Status);
        var chunked = Signed("city.sensors", new byte[200_000]);
        chunked.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Send(sender, chunked)).Status);
        for (var i = 1; i < Inbox.WrongAMinute; i++) await Send(sender, Signed("city.sensors", DeskCity.Bytes("[]"), header: "nothing"));
        var (status, text) = await Send(sender, Signed("city.sensors", DeskCity.Bytes(Body(3))));
        // a minute may just have turned
        Assert.True(status is HttpStatusCode.TooManyRequests || DateTimeOffset.UtcNow.Second < 10, text);
        Assert.DoesNotContain(desk.Book.Latest("city.sensors").Values.Values, r => r.Value is 1 or 2);
    }
}

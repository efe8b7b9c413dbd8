using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;
using SmartCity.Tests.Access;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Store;

/// <summary>What waits when the disk is nearly full, and what does not.</summary>
public sealed class DiskRoomTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DiskRoom Room(string percent, string spare) => new(new(Path.Combine(Path.GetTempPath(), "nothing.db")), new(Path.Combine(Path.GetTempPath(), "no", "such", "archive")),
        new ConfigurationBuilder().AddInMemoryCollection([new("Disk:Percent", percent), new("Disk:Spare", spare)]).Build(), new HandClock(DateTimeOffset.UnixEpoch), NullLogger<DiskRoom>.Instance);

    // no disk has more than all of it free, and none a million terabytes
    [Theory]
    [InlineData("101", "1e9", true)]
    [InlineData("101", "0", false)]
    [InlineData("0", "1e9", false)]
    public void Little_room_is_both_a_small_part_and_little(string percent, string spare, bool little)
    {
        var room = Room(percent, spare);
        Assert.Equal((little, little), (room.IsShort, room.HistoryWaits));
    }

    [Fact]
    public async Task Files_are_refused_and_history_waits_and_notes_go_on()
    {
        await using var city = await TestCity.Start(null, "--Disk:Percent=101", "--Disk:Spare=1e9", "--Logging:LogLevel:Default=None");
        await city.UntilFed();
        // shown, and not stored
        var feeds = city.Services.GetRequiredService<FeedBook>();
        await TestCity.Until(() => feeds.HealthOf("atmosphere.air")!.Unstored > 0, "values wait");
        await using (var connection = await city.Services.GetRequiredService<CityDatabase>().Open(Cancel))
        await using (var count = connection.CreateCommand())
        {
            count.CommandText = "SELECT COUNT(*) FROM feeds_observations";
            Assert.Equal(0L, await count.ExecuteScalarAsync(Cancel));
        }
        using var anyone = city.Client();
        Assert.Contains("nearly full: history is not stored, files are refused", await anyone.GetStringAsync("/health/ready", Cancel), StringComparison.Ordinal);

        using var chief = await city.Client(Roles.Administrator);
        Assert.Contains("what the sources bring is shown and not stored", await chief.GetStringAsync("/en/feeds", Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("nearly full", await anyone.GetStringAsync("/en/feeds", Cancel), StringComparison.Ordinal);
        var token = (await chief.Open("/en/feeds/desk")).Token();
        using (var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent("a,b\n1,2\n"), "file", "values.csv" } })
        using (var refused = await chief.PostAsync("/en/feeds/desk", form, Cancel))
        {
            Assert.Equal((HttpStatusCode)507, refused.StatusCode);
            Assert.Contains("The disk of the city screen is nearly full", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        using var written = await chief.PostAsync("/en/feeds/desk?handler=Import", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("Yaml", "feed: x")]), Cancel);
        Assert.True(written.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found, written.StatusCode.ToString());
    }
}

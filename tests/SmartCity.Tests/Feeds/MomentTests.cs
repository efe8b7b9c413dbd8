using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Tests.Feeds;

public sealed class MomentTests
{
    private static readonly TimeZoneInfo East = TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul"), West = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    [Theory]
    [InlineData("iso", "0001-01-01T00:00:00")]
    [InlineData("iso", "0001-01-01T00:00:00Z")]
    [InlineData("iso", "0001-01-01T00:00:00+09:00")]
    [InlineData("iso", "9999-12-31T23:59:59")]
    [InlineData("iso", "0001-01-01T00:00:00/9999-12-31T23:59:59")]
    [InlineData("yyyy-MM-dd HH:mm", "9999-12-31 24:00")]
    [InlineData("yyyy-MM-dd HH:mm", "0001-01-01 00:00")]
    [InlineData("yyyy-MM-dd HH:mmzzz", "0001-01-01 00:00+09:00")]
    [InlineData("rfc822", "01 Jan 0001 00:00:00")]
    [InlineData("rfc822", "31 Dec 9999 23:59:59 GMT")]
    [InlineData("unix", "-62135596801")]
    [InlineData("unix-ms", "1e300")]
    public void A_time_at_the_end_of_the_calendar_is_no_time_and_no_fault(string format, string text)
    {
        foreach (var zone in new[] { East, West, TimeZoneInfo.Utc }) Assert.Null(Moments.Read(Cell.Of(text), new() { Format = [format] }, zone, ["en"]));
    }

    [Theory]
    [InlineData("iso", "2026-11-22T09:30:00")]
    [InlineData("iso", "2026-11-22T00:30:00Z")]
    [InlineData("yyyy-MM-dd HH:mm", "2026-11-22 09:30")]
    [InlineData("rfc822", "Sun, 22 Nov 2026 09:30:00 KST")]
    [InlineData("unix", "1795307400")]
    public void The_same_instant_in_every_spelling(string format, string text) =>
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 0, 30, 0, TimeSpan.Zero), Moments.Read(Cell.Of(text), new() { Format = [format] }, East, ["en"])?.At);
}

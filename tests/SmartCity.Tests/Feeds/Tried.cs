using System.Text;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Bodies through a preset, as <c>feeds try</c> reads them, at one noon.</summary>
internal static class Tried
{
    public static readonly DateTimeOffset Now = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);
    public static CityPack City { get; } = CityPack.Load(Repository.Path("cities", "seoul"));
    public static string Folder { get; } = Repository.Path("tests", "SmartCity.Tests", "Feeds", "Fixtures");

    public static FeedTrial.Result Bytes(string preset, byte[] body, string? type = null) => FeedTrial.Read(FeedTrial.PlanOf(preset, City), City, new(FetchOutcome.Ok, body, ContentType: type), Now);
    public static FeedTrial.Result Text(string preset, string body) => Bytes(preset, Encoding.UTF8.GetBytes(body));
    /// <summary>One of our own bodies, changed where a case wants it.</summary>
    public static FeedTrial.Result Fixture(string preset, string file, params (string Old, string New)[] changes) => Text(preset, Body(file, changes));

    public static string Body(string file, params (string Old, string New)[] changes)
    {
        var body = File.ReadAllText(Path.Combine(Folder, file));
        foreach (var (old, @new) in changes)
        {
            Assert.Contains(old, body, StringComparison.Ordinal);
            body = body.Replace(old, @new, StringComparison.Ordinal);
        }
        return body;
    }

    public static IReadOnlyList<Event> Events(FeedTrial.Result result)
    {
        Assert.Equal((FetchOutcome.Ok, null), (result.Outcome, result.Mapped?.Events.Count > 0 ? null : result.Detail));
        return result.Mapped!.Events;
    }

    public static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture);
    /// <summary>Everything that would be stored, as lines.</summary>
    public static string Lines(FeedTrial.Result result) => string.Join('\n', FeedTrial.Lines(result.Mapped!, result.Plan.Feed.Properties));
}

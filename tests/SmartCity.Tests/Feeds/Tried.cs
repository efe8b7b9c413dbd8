using System.IO.Compression;
using System.Text;
using SmartCity.Shell;
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

    /// <param name="preset">Name of the preset.</param>
    /// <param name="body">The answer.</param>
    /// <param name="over">Lines of a descriptor over the preset.</param>
    public static FeedTrial.Result Read(string preset, byte[] body, string over = "") => FeedTrial.Read(Plan(preset, over), City, new(FetchOutcome.Ok, body), Now);

    public static FeedTrial.Result Read(string preset, string body, string over = "") => Read(preset, Encoding.UTF8.GetBytes(body), over);

    public static FeedPlan Plan(string preset, string over = "")
    {
        var problems = new List<Problem>();
        var descriptor = Presets.Of(City, problems).Read("tried.yaml", $"feed: city.tried\npreset: {preset}\n{over}", problems);
        Assert.True(descriptor is not null && problems.Count == 0, string.Join("; ", problems.Select(p => $"{p.Where}: {p.What}")));
        return FeedTrial.PlanOf(descriptor!);
    }

    /// <summary>What <c>feeds try</c> prints, and its exit status.</summary>
    public static async Task<(int Status, IReadOnlyList<string> Lines)> Try(string preset, byte[] body)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, body);
            var output = new StringWriter();
            var status = await FeedCommands.Try(file, preset, City, TimeProvider.System, output);
            return (status, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally { File.Delete(file); }
    }

    public static (FetchOutcome Outcome, string? Detail) Said(this FeedTrial.Result result) => (result.Outcome, result.Detail);

    /// <summary>The newest value of a property of a thing.</summary>
    public static double? Value(this FeedTrial.Result result, string thing, string property) => result.Mapped!.Readings.Single(r => r.Thing == thing && r.Property == property).Value;

    /// <summary>A cell of the table.</summary>
    public static string Cell(this FeedTrial.Result result, int row, string column) => Table.At(result.Table.Rows[row], result.Table.Find(column)).ToString();

    /// <summary>A zip of files.</summary>
    public static byte[] Zip(params (string Name, string Text)[] files) => Zip([.. files.Select(f => (f.Name, Encoding.UTF8.GetBytes(f.Text)))]);

    public static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }
}

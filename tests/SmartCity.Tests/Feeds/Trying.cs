using System.IO.Compression;
using System.Text;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>One answer through the feed path of a preset, without network and store, as <c>feeds try</c> does it.</summary>
internal static class Trying
{
    public static DateTimeOffset Now { get; } = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);
    public static CityPack City { get; } = CityPack.Load(Repository.Path("cities", "seoul"));

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

using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Tests.Feeds;

/// <summary>One format or preset, and the bodies from which bad ones are made. All of them are listed, so that a new one is fuzzed from its first day.</summary>
/// <param name="Name">Of the format or the preset.</param>
/// <param name="Plan">How it is read.</param>
/// <param name="Seeds">Good bodies, small ones.</param>
internal sealed record FuzzTarget(string Name, FeedPlan Plan, IReadOnlyList<byte[]> Seeds)
{
    public const long MaxBytes = 64L * 1024 * 1024;
    private const int MaxSeed = 6_000;
    private static readonly DateTimeOffset Now = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);

    /// <summary>Every preset and every format of the product.</summary>
    /// <param name="city">The pack whose areas and samples are used.</param>
    /// <param name="repository">The repository's folder.</param>
    public static IReadOnlyList<FuzzTarget> All(CityPack city, string repository)
    {
        var problems = new List<Problem>();
        var presets = Presets.Of(city, problems);
        // real answers, where somebody has laid them beside the repository
        var samples = Environment.GetEnvironmentVariable("SMARTCITY_SAMPLES") ?? Path.Combine(repository, "..", "shared", "samples");
        string[] folders = [Path.Combine(repository, "tests", "SmartCity.Tests", "Feeds", "Fixtures"), Path.Combine(city.Folder, "feeds", "samples"), samples];
        List<byte[]> Of(string name) =>
            [.. folders.Where(Directory.Exists).SelectMany(f => Directory.GetFiles(f, name + ".*").Concat(Directory.Exists(Path.Combine(f, name)) ? Directory.GetFiles(Path.Combine(f, name)) : []))
                .Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(b => b.Length is > 0 and <= MaxSeed).Take(12)];
        var targets = presets.Names.Select(n => new FuzzTarget(n, FeedTrial.PlanOf(n, city), Of(n))).ToList();
        // of a format's presets every one lends its bodies to those that have none of their own
        var byFormat = targets.GroupBy(t => t.Plan.Format).ToDictionary(g => g.Key, g => g.SelectMany(t => t.Seeds).ToList());
        var any = byFormat.Values.SelectMany(s => s).Take(40).ToList();
        List<byte[]> Lent(string format) => Of(format) is { Count: > 0 } own ? own : byFormat.GetValueOrDefault(format) is { Count: > 0 } lent ? lent : any;
        targets = [.. targets.Select(t => t.Seeds.Count > 0 ? t : t with { Seeds = Lent(t.Plan.Format) })];
        foreach (var format in Formats.All.Keys.Order(StringComparer.Ordinal))
        {
            var descriptor = new FeedDescriptor { Feed = $"{FeedPlan.Own}.fuzz", Format = format, Envelope = { Rows = format == "xml" ? ["record", "request", "row", "item"] : [] } };
            targets.Add(new($"format {format}", FeedTrial.PlanOf(descriptor), Lent(format)));
        }
        return targets;
    }

    /// <summary>Reads one body and everything that comes of it; null, or what is wrong with that.</summary>
    public string? Try(CityPack city, byte[] body)
    {
        var map = Plan.Descriptor.Map;
        var guessed = map.Values.Count == 0;
        var (time, place, thing) = ((map.Time.From, map.Time.Format, map.Time.Absent), (map.Place.Lat, map.Place.Lon, map.Place.X, map.Place.Y, map.Place.Crs, map.Place.Geometry), map.Thing.From);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var result = FeedTrial.Read(Plan, city, new(FetchOutcome.Ok, body), Now);
            if (result.Outcome == FetchOutcome.None) return "no outcome";
            if (result.Mapped is { } mapped)
            {
                if (mapped.Readings.Any(r => r.Value is { } v && !double.IsFinite(v)) || mapped.Figures.Any(f => f.Value is { } v && !double.IsFinite(v) || f.Target is { } t && !double.IsFinite(t))) return "a value that is not finite";
                var places = mapped.Things.Values.Where(t => t.Place is not null).Select(t => t.Place!.Value).Concat(mapped.Events.Where(e => e.Shape is not null).SelectMany(e => e.Shape!.Rings).SelectMany(r => r));
                if (places.Any(p => !double.IsFinite(p.Latitude) || !double.IsFinite(p.Longitude) || Math.Abs(p.Latitude) > 90 || Math.Abs(p.Longitude) > 180)) return "a place that is not on Earth";
                if (mapped.Events.Any(e => e.Link is { } link && !link.StartsWith("http", StringComparison.Ordinal)) || mapped.Documents.Any(d => d.Link is { } link && !link.StartsWith("http", StringComparison.Ordinal))) return "a link that is none";
                foreach (var line in FeedTrial.Lines(mapped, result.Plan.Feed.Properties)) if (line.Length == 0 || line.Contains('\n', StringComparison.Ordinal)) return "a record that is no line";
            }
        }
        catch (Exception escaped) { return escaped.ToString(); }
        finally
        {
            // what was guessed of this body says nothing of the next
            if (guessed) map.Values.Clear();
            ((map.Time.From, map.Time.Format, map.Time.Absent), (map.Place.Lat, map.Place.Lon, map.Place.X, map.Place.Y, map.Place.Crs, map.Place.Geometry), map.Thing.From) = (time, place, thing);
        }
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        return used > MaxBytes ? $"{used / 1024 / 1024} MB were used" : null;
    }
}

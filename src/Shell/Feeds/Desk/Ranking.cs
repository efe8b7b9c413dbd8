using System.Text.Json;
using System.Xml;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Formats;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>One way to read some bytes.</summary>
/// <param name="Name">The preset, or the bare format.</param>
/// <param name="Descriptor">What was tried, what it left open guessed.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Known">How much it knows beforehand: a preset that names rows or a map fits by no accident.</param>
internal sealed record Candidate(string Name, FeedDescriptor Descriptor, FeedTrial.Result Result, int Known)
{
    public int Records => Result.Mapped?.Count ?? 0;
    public bool Fits => Result.Outcome == FetchOutcome.Ok && Records > 0;
    /// <summary>Something could not be used: of two that fit, the one that reads all is right.</summary>
    public bool Clean => Result.Detail is null;
}

/// <summary>Tries every preset and every bare format on an answer and ranks what comes of it.</summary>
internal static class Ranking
{
    /// <summary>All that fit, the best first.</summary>
    public static IReadOnlyList<Candidate> Of(byte[] body, string? type, CityPack city, DateTimeOffset now)
    {
        var presets = Presets.Of(city);
        var tried = presets.Names.Select(name => presets.Read(name, $"preset: {name}\n", []) is { } d ? Try(name, d, body, type, city, now) : null)
            .Concat(Bare(body, type).Select(b => Try(b.Format!, b, body, type, city, now, bare: true)));
        return [.. tried.OfType<Candidate>().Where(c => c.Fits).OrderByDescending(c => c.Known).ThenByDescending(c => c.Clean).ThenByDescending(c => c.Records).ThenByDescending(c => c.Result.Table.Columns.Count).ThenBy(c => c.Name, StringComparer.Ordinal)
            .DistinctBy(c => (c.Name, string.Join('/', c.Descriptor.Envelope.Rows)))];
    }

    /// <summary>One way, as it was chosen; null when there is no such preset or format.</summary>
    public static Candidate? Chosen(string name, byte[] body, string? type, CityPack city, DateTimeOffset now)
    {
        var presets = Presets.Of(city);
        if (presets.Names.Contains(name)) return presets.Read(name, $"preset: {name}\n", []) is { } d ? Try(name, d, body, type, city, now) : null;
        return Bare(body, type).Where(b => b.Format == name).Select(b => Try(name, b, body, type, city, now, bare: true)).OfType<Candidate>().OrderByDescending(c => c.Fits).ThenByDescending(c => c.Records).FirstOrDefault();
    }

    // a status that was found where it should stand says most, then columns that a map names, then a place of the rows that is not just anywhere
    private static int Known(FeedDescriptor d, bool named, FeedTrial.Result result) => (d.Envelope.Status.Count > 0 && result.Table is { Outcome: FetchOutcome.Ok, Detail: not null } ? 4 : 0) + (named ? 2 : 0)
        + (d.Envelope.Rows is { Count: > 0 and < 5 } rows && rows.TrueForAll(r => r.Length > 0 && r[0] is not ('*' or '[')) ? 1 : 0);

    private static Candidate? Try(string name, FeedDescriptor d, byte[] body, string? type, CityPack city, DateTimeOffset now, bool bare = false)
    {
        if (d.Format is null || !Formats.Formats.All.ContainsKey(d.Format)) return null;
        d.Feed = FeedPlan.Own + ".new";
        // a source may well leave the last line open; whether it does is seen here
        if (d.Format == "csv" && body is [.., not (byte)'\n' and not (byte)'\r']) d.Read.LastLineEnds = false;
        var named = d.Kind is not null || d.Map.Values.Count > 0 || d.Map.Thing.From.Count > 0;
        var result = FeedTrial.Read(FeedTrial.PlanOf(d), city, new(FetchOutcome.Ok, body, ContentType: type), now);
        return new(name, d, result, bare ? 0 : Known(d, named, result));
    }

    private static IEnumerable<FeedDescriptor> Bare(byte[] body, string? type)
    {
        var head = System.Text.Encoding.Latin1.GetString(body, 0, Math.Min(body.Length, 4000)).TrimStart('ï', '»', '¿', ' ', '\r', '\n', '\t');
        if (head.StartsWith('{') || head.StartsWith('[')) return JsonRowsOf(body).Select(path => new FeedDescriptor { Format = "json", Envelope = { Rows = path.Length == 0 ? [] : [path] } });
        if (head.StartsWith('<')) return XmlRowsOf(body, type).Select(name => new FeedDescriptor { Format = "xml", Envelope = { Rows = [name] } });
        if (body.AsSpan().StartsWith("PK"u8)) return Formats.Formats.All.ContainsKey("xlsx") ? [new() { Format = "xlsx" }] : [];
        var line = head.Split('\n')[0];
        var delimiter = new[] { ",", ";", "\t", "|" }.MaxBy(d => line.Count(c => c == d[0]))!;
        string? encoding = null;
        try { new System.Text.UTF8Encoding(false, true).GetCharCount(body); }
        catch (System.Text.DecoderFallbackException) { encoding = "euc-kr"; }
        return [new() { Format = "csv", Read = { Delimiter = delimiter == "," ? null : delimiter, Encoding = encoding } }];
    }

    // lists of objects, the longest first
    private static List<string> JsonRowsOf(byte[] body)
    {
        try
        {
            using var document = JsonRows.Parse(body);
            var found = new List<(string Path, int Count)>();
            void Look(JsonElement e, string path, int depth)
            {
                if (e.ValueKind == JsonValueKind.Array)
                {
                    var objects = e.EnumerateArray().Count(i => i.ValueKind == JsonValueKind.Object);
                    if (objects > 0) found.Add((path, objects));
                }
                else if (e.ValueKind == JsonValueKind.Object && depth < 5)
                    foreach (var p in e.EnumerateObject()) Look(p.Value, path.Length == 0 ? p.Name : $"{path}/{p.Name}", depth + 1);
            }
            Look(document.RootElement, "", 0);
            return found.Count == 0 ? [""] : [.. found.OrderByDescending(f => f.Count).Take(3).Select(f => f.Path)];
        }
        catch (Exception broken) when (TableReader.IsTheSources(broken)) { return []; }
    }

    // elements with children of their own that come most often
    private static List<string> XmlRowsOf(byte[] body, string? type)
    {
        try
        {
            var counts = new Dictionary<string, (int Count, int Children)>(StringComparer.Ordinal);
            using var reader = XmlGuard.Open(body, type);
            var names = new Stack<string>();
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.EndElement) names.TryPop(out _);
                if (reader.NodeType != XmlNodeType.Element) continue;
                XmlGuard.Check(reader);
                if (names.TryPeek(out var parent)) counts[parent] = counts[parent] with { Children = counts[parent].Children + 1 };
                var was = counts.GetValueOrDefault(reader.LocalName);
                counts[reader.LocalName] = was with { Count = was.Count + 1, Children = was.Children + reader.AttributeCount };
                if (!reader.IsEmptyElement) names.Push(reader.LocalName);
            }
            return [.. counts.Where(c => c.Value.Children > c.Value.Count).OrderByDescending(c => c.Value.Count).ThenByDescending(c => c.Value.Children).Take(3).Select(c => c.Key)];
        }
        catch (Exception broken) when (TableReader.IsTheSources(broken)) { return []; }
    }
}

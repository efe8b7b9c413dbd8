using System.Globalization;
using SmartCity.Shell.City;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace SmartCity.Shell.Feeds;

/// <summary>A feed that this city has a source for: the module's wish and the pack's descriptor, put together and checked.</summary>
internal sealed record FeedPlan(Feed Feed, FeedDescriptor Descriptor, CityPack.Source Source, string Format, FeedDescriptor.EnvelopeOf Envelope,
    FeedDescriptor.PagingOf? Paging, Rhythm Rhythm, TimeSpan Jitter, TimeSpan Timeout, TimeSpan Covers, IReadOnlyDictionary<string, Thing> Register)
{
    /// <summary>How long the raw answers are kept.</summary>
    public TimeSpan KeepRaw { get; init; } = TimeSpan.FromDays(7);
    /// <summary>How long single values are kept at hand, for replay; then their month moves to the archive. Hours and days stay.</summary>
    public TimeSpan KeepValues { get; init; } = TimeSpan.FromDays(30);

    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
    private static readonly string[] Formats = ["json", "csv", "rss", "image"];

    /// <summary>Reads every descriptor of the pack for which a module declares a feed.</summary>
    /// <exception cref="CannotStartException">Lists everything wrong, by file and line.</exception>
    public static IReadOnlyList<FeedPlan> Load(CityPack city, Catalogue catalogue)
    {
        var problems = new List<Problem>();
        var presets = Presets(problems);
        var plans = new List<FeedPlan>();
        var folder = Path.Combine(city.Folder, "feeds");
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).ToArray() : [])
        {
            var descriptor = Read<FeedDescriptor>(Path.GetFileName(path), File.ReadAllText(path), problems);
            if (descriptor is null) continue;
            descriptor.File = Path.GetFileName(path);
            // a descriptor for a module of another tier waits for it
            if (catalogue.Find<Feed>(descriptor.Feed) is not { } feed) continue;
            if (plans.Any(p => p.Feed.Key == feed.Key)) problems.Add(new(descriptor.File, $"the feed {feed.Key} already has a descriptor."));
            else if (Plan(city, feed, descriptor, presets, problems) is { } plan) plans.Add(plan);
        }
        if (problems.Count > 0) throw new CannotStartException($"The feed descriptors of {city.Key} are wrong:", problems);
        return plans;
    }

    private static FeedPlan? Plan(CityPack city, Feed feed, FeedDescriptor d, Dictionary<string, Preset> presets, List<Problem> problems)
    {
        var before = problems.Count;
        void Wrong(string what) => problems.Add(new(d.File, what));
        TimeSpan Span(string text, string name)
        {
            if (TryDuration(text, out var span)) return span;
            Wrong($"{name} is '{text}'; write a number and s, m, h or d, such as 10s.");
            return TimeSpan.FromMinutes(1);
        }
        Preset? preset = null;
        if (d.Preset is not null && !presets.TryGetValue(d.Preset, out preset)) Wrong($"the preset {d.Preset} does not exist; there are {string.Join(", ", presets.Keys.Order(StringComparer.Ordinal))}.");
        var format = d.Format ?? preset?.Format ?? "";
        if (!Formats.Contains(format)) Wrong($"the format is '{format}'; it is one of {string.Join(", ", Formats)}.");
        if (!city.Sources.TryGetValue(d.Source, out var source)) Wrong($"the source {d.Source} is not listed in city.json.");
        if (!d.Url.StartsWith('/')) Wrong("url is a path below the source's address and begins with a slash.");
        foreach (var unknown in d.Map.Values.Keys.Except(feed.Properties.Select(p => p.Key)))
            Wrong($"map.values.{unknown}: {feed.Key} has no such property; it has {string.Join(", ", feed.Properties.Select(p => p.Key))}.");
        if (feed.Kind == FeedKind.Observations)
        {
            if (d.Map.Thing.From.Count == 0) Wrong("map.thing.from names no column.");
            if (d.Map.Time.From.Count == 0 || d.Map.Time.Format.Count == 0) Wrong("map.time needs from and format.");
            if (d.Map.Values.Count == 0) Wrong("map.values maps nothing.");
        }
        foreach (var language in city.Languages.Where(l => !d.Title.ContainsKey(l))) Wrong($"title has no {language}.");
        foreach (var language in city.Languages.Where(l => !d.Owner.ContainsKey(l))) Wrong($"owner has no {language}.");
        var rhythm = new Rhythm(Span(d.Schedule.Every, "schedule.every"), Span(d.Freshness.Late, "freshness.late"), Span(d.Freshness.Stale, "freshness.stale"), Span(d.Freshness.Drop, "freshness.drop"));
        if (rhythm.Every < TimeSpan.FromMilliseconds(100)) Wrong("schedule.every is shorter than a tenth of a second.");
        if (!(rhythm.Every <= rhythm.Late && rhythm.Late <= rhythm.Stale && rhythm.Stale <= rhythm.Drop)) Wrong("freshness rises: schedule.every, then late, stale, drop.");
        foreach (var key in d.Map.Outages.SelectMany(o => o.When.Keys).Where(k => !d.Map.Values.ContainsKey(k) && !d.Map.Fields.ContainsKey(k)))
            Wrong($"map.outages: {key} is neither in map.values nor in map.fields.");
        if (d.Schedule.Retries is < 0 or > 5) Wrong("schedule.retries is 0 to 5.");
        if (d.Paging is { Size: < 1 }) Wrong("paging.size is 1 or more.");
        if (d.History is { } history)
        {
            if (!history.Url.StartsWith('/')) Wrong("history.url is a path below the source's address and begins with a slash.");
            if (history.Days is < 1 or > 366) Wrong("history.days is 1 to 366.");
            Span(history.Covers, "history.covers");
        }
        var register = d.Map.Thing.Register is { } file ? Things.Read(city, file, problems) : new Dictionary<string, Thing>();
        var (jitter, timeout, covers) = (Span(d.Schedule.Jitter, "schedule.jitter"), Span(d.Schedule.Timeout, "schedule.timeout"), Span(d.Map.Time.Covers, "map.time.covers"));
        if (timeout <= TimeSpan.Zero || timeout > rhythm.Every) Wrong("schedule.timeout is more than nothing and at most schedule.every.");
        if (jitter > rhythm.Every / 2) Wrong("schedule.jitter is at most half of schedule.every.");
        return problems.Count > before ? null
            : new(feed, d, source!, format, d.Envelope ?? preset?.Envelope ?? new(), d.Paging ?? preset?.Paging, rhythm, jitter, timeout, covers, register);
    }

    private static Dictionary<string, Preset> Presets(List<Problem> problems)
    {
        var presets = new Dictionary<string, Preset>(StringComparer.Ordinal);
        var assembly = typeof(Preset).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("presets/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            if (Read<Preset>(name, reader.ReadToEnd(), problems) is { } preset) presets[preset.Name] = preset;
        }
        return presets;
    }

    private static T? Read<T>(string file, string yaml, List<Problem> problems) where T : class
    {
        try { return Yaml.Deserialize<T>(yaml) ?? throw new YamlException("the file is empty."); }
        catch (YamlException wrong)
        {
            problems.Add(new($"{file}, line {wrong.Start.Line}", wrong.InnerException?.Message ?? wrong.Message));
            return null;
        }
    }

    /// <summary>Reads <c>10s</c>, <c>5m</c>, <c>2h</c>, <c>14d</c>, <c>250ms</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan span)
    {
        span = default;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        var one = text[digits..] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => -1d };
        if (one < 0 || number * one > 1e9) return false;
        span = TimeSpan.FromSeconds(number * one);
        return true;
    }

    /// <summary>The name of the source as people read it: system and data.</summary>
    public Text SourceName => new(Descriptor.Title);
}

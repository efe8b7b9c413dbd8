using System.Globalization;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds;

/// <summary>A feed that this city has a source for: the module's wish and the pack's descriptor, put together and checked.</summary>
internal sealed record FeedPlan(Feed Feed, FeedDescriptor Descriptor, CityPack.Source Source, string Format, Rhythm Rhythm, TimeSpan Jitter, TimeSpan Timeout, TimeSpan Covers, IReadOnlyDictionary<string, Thing> Register)
{
    /// <summary>First part of the keys of feeds that no module asks for.</summary>
    public const string Own = "city";

    /// <summary>How long raw answers are kept.</summary>
    public TimeSpan KeepRaw { get; init; } = TimeSpan.FromDays(7);
    /// <summary>How long single values are kept before their month is archived.</summary>
    public TimeSpan KeepValues { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Reads every descriptor of the pack for which a module declares a feed, and the city's own.</summary>
    /// <exception cref="CannotStartException">Lists everything wrong, by file and line.</exception>
    public static IReadOnlyList<FeedPlan> Load(CityPack city, Catalogue catalogue)
    {
        var problems = new List<Problem>();
        var plans = new List<FeedPlan>();
        foreach (var descriptor in Descriptors(city, problems))
        {
            // a descriptor for a module of another tier waits for it
            if (FeedOf(descriptor, catalogue) is not { } feed) continue;
            if (plans.Any(p => p.Feed.Key == feed.Key)) problems.Add(new(descriptor.File, $"the feed {feed.Key} already has a descriptor."));
            else if (Plan(city, feed, descriptor, problems) is { } plan) plans.Add(plan);
        }
        if (problems.Count > 0) throw new CannotStartException($"The feed descriptors of {city.Key} are wrong:", problems);
        return plans;
    }

    /// <summary>Every descriptor of the pack, its preset under it, in the order of file names.</summary>
    public static IReadOnlyList<FeedDescriptor> Descriptors(CityPack city, List<Problem> problems)
    {
        var presets = Presets.Of(city, problems);
        var folder = Path.Combine(city.Folder, "feeds");
        return [.. (Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            .Select(path => presets.Read(Path.GetFileName(path), File.ReadAllText(path), problems)).OfType<FeedDescriptor>()];
    }

    /// <summary>The feed that a descriptor feeds: a module's, or one made of what the descriptor says; null when its module is not there.</summary>
    public static Feed? FeedOf(FeedDescriptor d, Catalogue? catalogue) =>
        catalogue?.Declared.OfType<Feed>().FirstOrDefault(f => f.Key == d.Feed) is { } declared ? declared
        : catalogue is null || d.Feed.StartsWith(Own + ".", StringComparison.Ordinal) ? Made(d) : null;

    private static Feed Made(FeedDescriptor d)
    {
        Text TitleOf(Dictionary<string, string> title, string key) => title.Count > 0 ? new(title) : Text.Same(key);
        return new(d.Feed, TitleOf(d.Title, d.Feed), Enum.TryParse<FeedKind>(d.Kind, true, out var kind) ? kind : FeedKind.Observations)
        {
            Properties = [.. d.Map.Values.Select(v => new Property(v.Key, TitleOf(v.Value.Title, v.Key), v.Value.Unit ?? "", v.Value.Min, v.Value.Max, v.Value.Decimals))],
        };
    }

    /// <summary>Puts a feed and its descriptor together; null with what is wrong in <paramref name="problems"/>.</summary>
    public static FeedPlan? Plan(CityPack city, Feed feed, FeedDescriptor d, List<Problem> problems)
    {
        var before = problems.Count;
        void Wrong(string what) => problems.Add(new(d.File, what));
        TimeSpan Span(string text, string name)
        {
            if (TryDuration(text, out var span)) return span;
            Wrong($"{name} is '{text}'; write a number and s, m, h or d, such as 10s.");
            return TimeSpan.FromMinutes(1);
        }
        var format = d.Format ?? "";
        if (!Formats.Formats.Names.Contains(format)) Wrong($"the format is '{format}'; it is one of {string.Join(", ", Formats.Formats.Names)}.");
        if (d.Kind is not null && !Enum.TryParse<FeedKind>(d.Kind, true, out _)) Wrong($"the kind is '{d.Kind}'; it is one of {string.Join(", ", Enum.GetNames<FeedKind>().Select(n => n.ToLowerInvariant()))}.");
        var source = SourceOf(city, d, Wrong);
        if (d.IsAsked && !d.Url.StartsWith('/')) Wrong("url is a path below the source's address and begins with a slash.");
        if (!d.IsAsked && d.Url.Length > 0) Wrong("url is empty where the source sends by itself or people bring files.");
        if (d.Upload && d.Push is not null) Wrong("either people bring files (upload) or the source sends (push), not both.");
        if (d.Push is { Secret.Length: 0 }) Wrong("push.secret names the secret with which the sender signs.");
        foreach (var unknown in d.Map.Values.Keys.Except(feed.Properties.Select(p => p.Key)))
            Wrong($"map.values.{unknown}: {feed.Key} has no such property; it has {string.Join(", ", feed.Properties.Select(p => p.Key))}.");
        foreach (var (key, field) in d.Map.Values)
        {
            var wanted = feed.Properties.FirstOrDefault(p => p.Key == key)?.Unit ?? "";
            if (field.Unit is { } unit && Ucum.Factor(unit, wanted) is null) Wrong($"map.values.{key}: {unit} cannot be turned into {(wanted.Length == 0 ? "a bare number" : wanted)}.");
            if (field.Match is { } match && !Try(match)) Wrong($"map.values.{key}.match is not a regular expression.");
        }
        Needs(d, feed.Kind, Wrong);
        foreach (var language in city.Languages.Where(l => !d.Title.ContainsKey(l))) Wrong($"title has no {language}.");
        foreach (var language in city.Languages.Where(l => !d.Owner.ContainsKey(l))) Wrong($"owner has no {language}.");
        var rhythm = new Rhythm(Span(d.Schedule.Every, "schedule.every"), Span(d.Freshness.Late, "freshness.late"), Span(d.Freshness.Stale, "freshness.stale"), Span(d.Freshness.Drop, "freshness.drop"));
        if (rhythm.Every < TimeSpan.FromMilliseconds(100)) Wrong("schedule.every is shorter than a tenth of a second.");
        if (!(rhythm.Every <= rhythm.Late && rhythm.Late <= rhythm.Stale && rhythm.Stale <= rhythm.Drop)) Wrong("freshness rises: schedule.every, then late, stale, drop.");
        foreach (var key in d.Map.Outages.SelectMany(o => o.When.Keys).Where(k => !d.Map.Values.ContainsKey(k) && !d.Map.Fields.ContainsKey(k)))
            Wrong($"map.outages: {key} is neither in map.values nor in map.fields.");
        foreach (var time in new[] { d.Map.Time, d.Map.Event.Onset, d.Map.Event.Expires, d.Map.Event.Reported }.Where(t => t.Zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(t.Zone, out _)))
            Wrong($"the time zone {time.Zone} is unknown; use an IANA name such as Europe/Paris.");
        if (!Grids.Known(d.Map.Place.Crs)) Wrong($"map.place.crs is '{d.Map.Place.Crs}'; it is one of {string.Join(", ", Grids.Names)}.");
        if (d.Schedule.Retries is < 0 or > 5) Wrong("schedule.retries is 0 to 5.");
        if (d.Schedule.PerDay < 0) Wrong("schedule.perDay is 0 or more.");
        foreach (var name in d.Headers.Keys.Where(n => !Outbound.RequestHeaders.May(n))) Wrong($"headers.{name}: this header is not a feed's to set.");
        if (d.Redirects is < 0 or > 1) Wrong("redirects is 0 or 1.");
        if (d.MaxMegabytes is <= 0 or > 20) Wrong("maxMegabytes is more than 0 and at most 20.");
        if (d.Paging is { } paging)
        {
            if (paging.Size < 1) Wrong("paging.size is 1 or more.");
            if (paging.Style is not ("rows" or "page" or "offset" or "next")) Wrong($"paging.style is '{paging.Style}'; it is one of rows, page, offset, next.");
        }
        if (d.Window is { } window)
        {
            Span(window.Size, "window.size");
            if (Span(window.Floor, "window.floor") < TimeSpan.FromSeconds(1)) Wrong("window.floor is at least 1s.");
        }
        if (d.History is { } history)
        {
            if (!history.Url.StartsWith('/')) Wrong("history.url is a path below the source's address and begins with a slash.");
            if (history.Days is < 1 or > 366) Wrong("history.days is 1 to 366.");
            Span(history.Covers, "history.covers");
        }
        var register = d.Map.Thing.Register is { } file ? Things.Read(city, file, problems) : new Dictionary<string, Thing>();
        var (jitter, timeout, covers) = (Span(d.Schedule.Jitter, "schedule.jitter"), Span(d.Schedule.Timeout, "schedule.timeout"), Span(d.Map.Time.Covers, "map.time.covers"));
        var (raw, values) = (Span(d.Keep.Raw, "keep.raw"), Span(d.Keep.Values, "keep.values"));
        if (d.Map.Event.Lasts is { } lasts) Span(lasts, "map.event.lasts");
        if (timeout <= TimeSpan.Zero || timeout > rhythm.Every) Wrong("schedule.timeout is more than nothing and at most schedule.every.");
        if (jitter > rhythm.Every / 2) Wrong("schedule.jitter is at most half of schedule.every.");
        return problems.Count > before ? null : new(feed, d, source!, format, rhythm, jitter, timeout, covers, register) { KeepRaw = raw, KeepValues = values };
    }

    private static CityPack.Source? SourceOf(CityPack city, FeedDescriptor d, Action<string> wrong)
    {
        if (city.Sources.TryGetValue(d.Source, out var known))
        {
            if (d.Address.Length > 0) wrong("a descriptor names a source of city.json or an address of its own, not both.");
            return known;
        }
        var name = d.Title.Count > 0 ? new Text(d.Title) : Text.Same(d.Feed);
        if (d.Source.Length > 0) wrong($"the source {d.Source} is not listed in city.json.");
        else if (!d.IsAsked && d.Address.Length == 0) return new(d.Feed, "", name, false);
        else if (!Uri.TryCreate(d.Address, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.Query.Length + address.Fragment.Length + address.UserInfo.Length > 0)
            wrong(d.Address.Length == 0 ? "names neither a source of city.json (source) nor an address of its own (address)." : "address begins with https:// and has no question, no user and no secret in it; the rest belongs to url.");
        else return new(d.Feed, d.Address.TrimEnd('/'), name, false);
        return null;
    }

    private static void Needs(FeedDescriptor d, FeedKind kind, Action<string> wrong)
    {
        switch (kind)
        {
            case FeedKind.Observations:
                if (d.Map.Thing.From.Count == 0) wrong("map.thing.from names no column.");
                if (d.Map.Time.Absent == "none" && (d.Map.Time.From.Count == 0 || d.Map.Time.Format.Count == 0)) wrong("map.time needs from and format.");
                if (d.Map.Values.Count == 0) wrong("map.values maps nothing.");
                break;
            case FeedKind.Events:
                if (d.Map.Event.Id.Count == 0) wrong("map.event.id names no column.");
                if (d.Map.Event.Title.Count == 0) wrong("map.event.title names no column.");
                break;
            case FeedKind.Things when d.Map.Thing.From.Count == 0: wrong("map.thing.from names no column."); break;
            case FeedKind.Documents when d.Map.Document.Title.Count == 0: wrong("map.document.title names no column."); break;
            case FeedKind.Figures when d.Map.Figure.Period.Count == 0 || d.Map.Figure.Value.Count == 0: wrong("map.figure needs period and value."); break;
        }
    }

    private static bool Try(string pattern)
    {
        try { return new System.Text.RegularExpressions.Regex(pattern, System.Text.RegularExpressions.RegexOptions.NonBacktracking).GetGroupNumbers().Length > 1; }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException) { return false; }
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

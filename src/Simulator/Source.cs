using YamlDotNet.Serialization;

namespace SmartCity.Simulator;

/// <summary>One source system's answer, as the scenario states it.</summary>
internal sealed class Source : Listing
{
    public string Id { get; set; } = "";
    public string Title { get; set; } = "";
    public string Path { get; set; } = "";
    public string[] Also { get; set; } = [];
    /// <summary><c>rows</c>, <c>csv</c>, <c>rss</c>, <c>image</c>, <c>template</c> or <c>cameras</c>.</summary>
    public string Format { get; set; } = "";
    public string? Envelope { get; set; }
    public string Service { get; set; } = "";
    /// <summary>The grid its times stand on.</summary>
    public string Step { get; set; } = "1m";
    /// <summary>True when a row stands for each step of a day that has passed.</summary>
    public bool History { get; set; }
    /// <summary><c>new</c> or <c>old</c>: which names columns have.</summary>
    public string Naming { get; set; } = "new";
    public List<ColumnOf> Columns { get; set; } = [];
    /// <summary>The pieces of a template.</summary>
    public List<PartOf> Parts { get; set; } = [];
    /// <summary>What a template's text becomes: <c>text</c>, <c>protobuf</c> or <c>zip</c>.</summary>
    public string Encode { get; set; } = "text";
    public string ContentType { get; set; } = "application/json";
    /// <summary>Body of a template when its key is refused or its quota used up, by <c>auth</c> and <c>quota</c>; a status says it where there is none.</summary>
    public Dictionary<string, string> Refusals { get; set; } = [];
    /// <summary>The source that lists the cameras whose pictures these are.</summary>
    public string Of { get; set; } = "";
    /// <summary>Another source that tells of the same things: rows of the same number are the same thing, at the same place and moment.</summary>
    public string? Like { get; set; }
    /// <summary>Start of a story's address.</summary>
    public string Link { get; set; } = "";
    /// <summary>Title of the list by language.</summary>
    public Dictionary<string, string> Channel { get; set; } = [];
    public int MarkupEvery { get; set; }
    public int DoubleEscapedEvery { get; set; }
    /// <summary><c>areas</c> or <c>clouds</c>.</summary>
    public string Draw { get; set; } = "";
    public string Curve { get; set; } = "";
    public double[] Breaks { get; set; } = [];
    /// <summary><c>#rrggbb</c>, one for each break and above it.</summary>
    public string[] Colours { get; set; } = [];

    [YamlIgnore] public IReadOnlyList<AddressPattern> Patterns { get; private set; } = [];
    [YamlIgnore] public TimeSpan StepLength { get; private set; }
    [YamlIgnore] public bool Tabular => Format is "rows" or "csv";

    /// <summary>What is wrong with it, each in a sentence; readies what is right.</summary>
    public IEnumerable<string> Problems(Scenario scenario, IReadOnlySet<string> stationColumns)
    {
        if (Id.Length == 0) yield return "id is missing.";
        foreach (var path in Also.Prepend(Path).Where(p => !p.StartsWith('/') || p.StartsWith("/control", StringComparison.Ordinal)))
            yield return $"path {path} must begin with a slash and not with /control.";
        Patterns = [.. Also.Prepend(Path).Select(p => new AddressPattern(p))];
        StepLength = Durations.Read(Step) ?? TimeSpan.Zero;
        if (StepLength <= TimeSpan.Zero) yield return $"step: {Step} is no length of time; write for example 30s, 10m, 1h.";
        foreach (var problem in ListingProblems()) yield return problem;
        if (Like is not null && !scenario.Sources.Exists(s => s.Id == Like && s.Like is null)) yield return $"like: there is no source {Like} with things of its own.";
        if (Naming is not ("new" or "old")) yield return $"naming {Naming} is unknown; write new or old.";
        switch (Format)
        {
            case "rows" or "csv":
                if (Format == "rows" && (Envelope is null || !scenario.Envelopes.ContainsKey(Envelope))) yield return $"there is no envelope {Envelope}.";
                if (Format == "rows" && Service.Length == 0) yield return "service is missing.";
                if (Columns.Count == 0) yield return "columns is empty.";
                if (History && !Path.Contains("{day}", StringComparison.Ordinal)) yield return "a history needs a segment {day} in its path.";
                foreach (var problem in Columns.SelectMany(c => c.Problems(this, scenario, stationColumns))) yield return problem;
                break;
            case "rss":
                if (scenario.News.Length == 0) yield return "an rss source needs news, the file with its headlines.";
                if (!Uri.TryCreate(Link, UriKind.Absolute, out _)) yield return "link must be a full address.";
                break;
            case "cameras":
                if (!scenario.Sources.Exists(s => s.Id == Of && s.Format == "template" && s.Parts.Count > 0)) yield return $"of: there is no source {Of} that lists the cameras.";
                if (!Path.Contains("{camera}", StringComparison.Ordinal) || !Path.Contains("{token}", StringComparison.Ordinal) || !Path.Contains("{file}", StringComparison.Ordinal)) yield return "pictures of cameras need the segments {camera}, {token} and {file} in their path.";
                break;
            case "template":
                if (Parts.Count == 0) yield return "parts is empty.";
                if (!Template.Encodings.Contains(Encode)) yield return $"encode {Encode} is unknown; write {string.Join(", ", Template.Encodings)}.";
                foreach (var problem in Parts.SelectMany(p => p.Problems())) yield return problem;
                break;
            case "image":
                if (Draw is not ("areas" or "clouds")) yield return $"draw {Draw} is unknown; write areas or clouds.";
                if (Draw == "areas" && !Curves.Has(Curve)) yield return Scenario.UnknownCurve("curve", Curve);
                if (Draw == "areas" && (Colours.Length == 0 || Colours.Length != Breaks.Length)) yield return "colours must be as many as breaks.";
                foreach (var colour in Colours.Where(c => Canvas.Colour(c) is null)) yield return $"the colour {colour} is not written #rrggbb.";
                break;
            default:
                yield return $"format {Format} is unknown; write rows, csv, rss, image, template or cameras.";
                break;
        }
    }
}

/// <summary>A column and what fills it: exactly one of the generators.</summary>
internal sealed class ColumnOf
{
    public string Name { get; set; } = "";
    /// <summary>What it was once called.</summary>
    public string? Old { get; set; }
    /// <summary>.NET format of the start of the step, in local time.</summary>
    public string? Time { get; set; }
    /// <summary>Path of a value in the area of <c>city.json</c>.</summary>
    public string? Area { get; set; }
    /// <summary>Column of the stations' file.</summary>
    public string? Station { get; set; }
    public string? Curve { get; set; }
    /// <summary><c>value</c>, <c>word</c> or <c>main</c>.</summary>
    public string? Index { get; set; }
    public string? Constant { get; set; }
    /// <summary>A text with <c>${…}</c>.</summary>
    public string? Fill { get; set; }
    /// <summary>True when a filled text is a number, which JSON has without quotes.</summary>
    public bool Number { get; set; }
    /// <summary>Digits after the point.</summary>
    public int Digits { get; set; } = 1;
    /// <summary>Stretch an amount is summed over: a length of time, or <c>step</c>.</summary>
    public string? Over { get; set; }
    /// <summary><c>wind</c>: the word of a direction instead of the number.</summary>
    public string? Words { get; set; }
    /// <summary>Written instead of zero.</summary>
    public string? None { get; set; }
    /// <summary>Written where there is no value, in <see cref="MissingShare"/> of the rows.</summary>
    public string? Missing { get; set; }
    public double MissingShare { get; set; }
    /// <summary>True when numbers are written in quotes.</summary>
    public bool Text { get; set; }

    public IEnumerable<string> Problems(Source source, Scenario scenario, IReadOnlySet<string> stationColumns)
    {
        if (Name.Length == 0) yield return "a column has no name.";
        if (new[] { Time, Area, Station, Curve, Index, Constant, Fill }.Count(g => g is not null) != 1)
            yield return $"column {Name} needs exactly one of time, area, station, curve, index, constant, fill.";
        if (Curve is { } curve && !Curves.Has(curve)) yield return Scenario.UnknownCurve($"column {Name}", curve);
        if (Curve == Curves.Rain && Over is null) yield return $"column {Name}: an amount needs over, for example step or 1h.";
        if (Over is not (null or "step") && Durations.Read(Over) is null) yield return $"column {Name}: over {Over} is no length of time.";
        if (Over is not null && Curve != Curves.Rain) yield return $"column {Name}: over is for amounts only.";
        if (Index is not (null or "value" or "word" or "main")) yield return $"column {Name}: index {Index} is unknown; write value, word or main.";
        if (Index is not null && scenario.Index is null) yield return $"column {Name}: the scenario has no index.";
        if (Station is { } station && (source.Rows != "stations" || !stationColumns.Contains(station))) yield return $"column {Name}: there is no station column {station}.";
        if (Words is not (null or "wind") || (Words == "wind" && scenario.WindWords.Length == 0)) yield return $"column {Name}: words {Words} is unknown; write wind, and name windWords.";
        if (Digits is < 0 or > 6) yield return $"column {Name}: digits must be 0 to 6.";
    }
}

/// <summary>A pattern of addresses: words, <c>{name}</c> for a segment, <c>{name?}</c> for one that may be missing.</summary>
internal sealed class AddressPattern(string pattern)
{
    private readonly string[] _parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public string Text { get; } = pattern;

    /// <summary>The named segments, or null when the address is another one.</summary>
    /// <param name="segments">Unescaped, without the empty one that a slash at the end makes.</param>
    /// <param name="prefix">True when the address may go on after the pattern.</param>
    public Dictionary<string, string>? Match(IReadOnlyList<string> segments, bool prefix = false)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!prefix && segments.Count > _parts.Length) return null;
        for (var i = 0; i < _parts.Length; i++)
        {
            var part = _parts[i];
            if (i >= segments.Count)
            {
                if (!part.EndsWith("?}", StringComparison.Ordinal)) return null;
            }
            else if (part[0] != '{')
            {
                if (!string.Equals(part, segments[i], StringComparison.Ordinal)) return null;
            }
            else
            {
                var optional = part.EndsWith("?}", StringComparison.Ordinal);
                var value = segments[i].Trim();
                if (value.Length == 0 && !optional) return null;
                if (value.Length > 0) found[part[1..^(optional ? 2 : 1)]] = value;
            }
        }
        return found;
    }

    /// <summary>Number of segments.</summary>
    public int Length => _parts.Length;
}

namespace SmartCity.Shell.Feeds;

/// <summary>One file <c>feeds/*.yaml</c> of a city pack: where a feed's data comes from and how it is read. No code. A preset's tree lies
/// under it: what the descriptor leaves out, the preset says.</summary>
internal sealed class FeedDescriptor
{
    /// <summary>Key of the module's feed that this source feeds; <c>city.name</c> for one that no module asks for.</summary>
    public string Feed { get; set; } = "";
    /// <summary>observations, events, things, figures, documents or pictures; needed only where no module declares the feed.</summary>
    public string? Kind { get; set; }
    /// <summary>Key of the source system in <c>city.json</c>.</summary>
    public string Source { get; set; } = "";
    /// <summary>In place of <see cref="Source"/>: the base address of a source that only this feed asks, such as <c>https://data.example</c>.</summary>
    public string Address { get; set; } = "";
    /// <summary>True when everyone may see what a feed of the city's own brings; else only those who hold <c>city.feed-data</c>.</summary>
    public bool Public { get; set; }
    /// <summary>What the source calls this data, by language.</summary>
    public Dictionary<string, string> Title { get; set; } = [];
    /// <summary>Who answers for it, by language.</summary>
    public Dictionary<string, string> Owner { get; set; } = [];
    /// <summary>Where the owner can be reached.</summary>
    public string Contact { get; set; } = "";
    /// <summary>SPDX or national licence code.</summary>
    public string Licence { get; set; } = "";
    /// <summary>Name of a preset whose tree lies under this one.</summary>
    public string? Preset { get; set; }
    /// <summary>Presets for what else such an answer holds. Whoever tries a file reads it by all of them; a feed is of one kind.</summary>
    public List<string> Also { get; set; } = [];
    /// <summary>One of the formats, or image; a preset may state it.</summary>
    public string? Format { get; set; }
    /// <summary>Path below the source's address. <c>{secret:name}</c> is replaced by a secret, <c>{start}</c> and <c>{end}</c> by row
    /// numbers, <c>{page}</c>, <c>{offset}</c>, <c>{size}</c> and <c>{token}</c> by the paging, <c>{from}</c> and <c>{to}</c> by the window,
    /// <c>{now:format}</c> by the local time, <c>{day:format}</c> by a date of the history, and any name of <see cref="ForEach"/> by its value.</summary>
    public string Url { get; set; } = "";
    /// <summary>Headers of the question; values may hold <c>{secret:name}</c>.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];
    /// <summary>A placeholder and its values: one question each, their rows put together.</summary>
    public Dictionary<string, List<string>> ForEach { get; set; } = [];
    /// <summary>A moving window of time for sources that want one.</summary>
    public WindowOf? Window { get; set; }
    /// <summary>The source sends by itself, to this feed's inbox; <see cref="Url"/> is empty.</summary>
    public PushOf? Push { get; set; }
    /// <summary>People bring the data as files, on the feed's page; <see cref="Url"/> is empty.</summary>
    public bool Upload { get; set; }
    /// <summary>Redirects that are followed: 0, or 1 within the same host.</summary>
    public int Redirects { get; set; }
    /// <summary>Largest answer in megabytes after decompression, at most 20.</summary>
    public double MaxMegabytes { get; set; } = 5;
    public ScheduleOf Schedule { get; set; } = new();
    public FreshnessOf Freshness { get; set; } = new();
    public KeepOf Keep { get; set; } = new();
    public EnvelopeOf Envelope { get; set; } = new();
    public ReadOf Read { get; set; } = new();
    public PagingOf? Paging { get; set; }
    public RowsOf Rows { get; set; } = new();
    public MapOf Map { get; set; } = new();
    public ExpectOf Expect { get; set; } = new();
    public HistoryOf? History { get; set; }
    /// <summary>A recorded answer beside the descriptor, which <c>feeds check</c> replays.</summary>
    public string? Sample { get; set; }
    /// <summary>Content type of the sample, where it matters.</summary>
    public string? SampleType { get; set; }

    /// <summary>True while a source is asked on every beat; else it sends, or people bring the data.</summary>
    [YamlDotNet.Serialization.YamlIgnore]
    public bool IsAsked => Push is null && !Upload;

    /// <summary>File name, for messages.</summary>
    [YamlDotNet.Serialization.YamlIgnore]
    public string File { get; set; } = "";

    internal sealed class ScheduleOf
    {
        /// <summary>The beat.</summary>
        public string Every { get; set; } = "10m";
        /// <summary>Up to this much is taken off each beat at random, so that feeds do not ask all at once and none is late.</summary>
        public string Jitter { get; set; } = "0s";
        /// <summary>One whole attempt, from the connection to the last byte.</summary>
        public string Timeout { get; set; } = "10s";
        /// <summary>Further attempts within a beat, for faults that pass. A feed that is lost already is asked once a beat.</summary>
        public int Retries { get; set; } = 1;
        /// <summary>Calls a day that the source allows; 0 for no limit. Used up, the feed rests until the city's midnight.</summary>
        public int PerDay { get; set; }
    }

    internal sealed class FreshnessOf
    {
        public string Late { get; set; } = "15m";
        public string Stale { get; set; } = "70m";
        public string Drop { get; set; } = "3h";
    }

    internal sealed class KeepOf
    {
        /// <summary>How long raw answers are kept.</summary>
        public string Raw { get; set; } = "7d";
        /// <summary>How long single values are kept before their month is archived; hours and days stay.</summary>
        public string Values { get; set; } = "30d";
    }

    internal sealed class WindowOf
    {
        public string Size { get; set; } = "1h";
        /// <summary>The end is moved back to a whole multiple of this.</summary>
        public string Floor { get; set; } = "10m";
        public string Format { get; set; } = "yyyyMMddHHmm";
    }

    internal sealed class PushOf
    {
        /// <summary>Name of the secret with which the sender signs.</summary>
        public string Secret { get; set; } = "";
    }

    /// <summary>Where the rows and the status stand in a body. Paths are keys joined by <c>/</c>; <c>*</c> is any key.</summary>
    internal sealed class EnvelopeOf
    {
        public List<string> Rows { get; set; } = [];
        public List<string> Status { get; set; } = [];
        public List<string> Message { get; set; } = [];
        /// <summary>Where the address or the token of the next page stands.</summary>
        public List<string> Next { get; set; } = [];
        /// <summary>Where the whole answer says when it was made.</summary>
        public List<string> MadeAt { get; set; } = [];
        /// <summary>Elements of an XML answer that may stand there without a row.</summary>
        public List<string> EmptyRoots { get; set; } = [];
        public List<string> Ok { get; set; } = [];
        public List<string> Empty { get; set; } = [];
        public List<string> Auth { get; set; } = [];
        public List<string> Quota { get; set; } = [];
        public List<string> BadRequest { get; set; } = [];
        public List<string> Transient { get; set; } = [];

        /// <summary>What a status comes to; one that nobody listed is a refusal.</summary>
        public FetchOutcome Class(string status) =>
            Ok.Contains(status) ? FetchOutcome.Ok
            : Empty.Contains(status) ? FetchOutcome.Empty
            : Auth.Contains(status) ? FetchOutcome.Auth
            : Quota.Contains(status) ? FetchOutcome.Quota
            : Transient.Contains(status) ? FetchOutcome.UpstreamDown
            : FetchOutcome.BadRequest;
    }

    /// <summary>How the bytes are read.</summary>
    internal sealed class ReadOf
    {
        /// <summary>Encoding of the text when the source does not say or lies.</summary>
        public string? Encoding { get; set; }
        /// <summary>Between the values of a line; a comma when absent.</summary>
        public string? Delimiter { get; set; }
        /// <summary>Lines before the header.</summary>
        public int SkipLines { get; set; }
        /// <summary>False for a table whose last line has no end. Where it has one, a table that was cut off is recognised.</summary>
        public bool LastLineEnds { get; set; } = true;
        /// <summary>Sheet of a workbook; the first when absent.</summary>
        public string? Sheet { get; set; }
        /// <summary>File inside a zip.</summary>
        public string? File { get; set; }
        /// <summary>Path below a row to a list: one row for each of its elements, with what stands beside it.</summary>
        public string? Explode { get; set; }
        /// <summary>Names of the columns where rows are bare lists; of objects, the only ones that are kept.</summary>
        public List<string> Columns { get; set; } = [];
    }

    internal sealed class PagingOf
    {
        /// <summary>rows (<c>{start}</c>, <c>{end}</c>), page, offset, or next (the envelope's next).</summary>
        public string Style { get; set; } = "rows";
        /// <summary>Number of the first row or page.</summary>
        public int First { get; set; } = 1;
        /// <summary>Rows a page; paging ends at a page with fewer.</summary>
        public int Size { get; set; } = 1000;
        /// <summary>Pages that are asked for at most.</summary>
        public int Most { get; set; } = 100;
    }

    /// <summary>What is done to the table before it is mapped, in this order.</summary>
    internal sealed class RowsOf
    {
        /// <summary>Columns whose text is JSON itself: its keys become columns below the name.</summary>
        public List<string> ParseJson { get; set; } = [];
        /// <summary>Only rows that agree with every column of one of these stay; all of them when there is none.</summary>
        public List<Dictionary<string, string>> Keep { get; set; } = [];
        /// <summary>Rows that agree with every column of one of these are left out.</summary>
        public List<Dictionary<string, string>> Drop { get; set; } = [];
        /// <summary>Long to wide: one row of all that agree in <c>key</c>, a column for each text of <c>by</c>.</summary>
        public PivotOf? Pivot { get; set; }
        /// <summary>Wide to long: one row for each of <c>columns</c>.</summary>
        public UnpivotOf? Unpivot { get; set; }
        /// <summary>Only sums leave this step, the rows are discarded: for rows about people.</summary>
        public AggregateOf? Aggregate { get; set; }
    }

    internal sealed class PivotOf
    {
        public List<string> Key { get; set; } = [];
        public string By { get; set; } = "";
        public string Value { get; set; } = "";
    }

    internal sealed class UnpivotOf
    {
        public List<string> Columns { get; set; } = [];
        public string Name { get; set; } = "name";
        public string Value { get; set; } = "value";
    }

    internal sealed class AggregateOf
    {
        /// <summary>Columns whose texts make a group; <c>a|b</c> is the first of both that there is, under the name of the first.</summary>
        public List<string> By { get; set; } = [];
        /// <summary>How many of <see cref="By"/>, the first ones, stand together in the column <c>key</c>; all of them when 0.</summary>
        public int Key { get; set; }
        /// <summary>Column of times that is cut to its hour first and is then one of <see cref="By"/>, written in ISO 8601 under its first name.</summary>
        public TimeOf? Hour { get; set; }
        /// <summary>Name of the column with the number of rows.</summary>
        public string Count { get; set; } = "count";
        public List<string> Sum { get; set; } = [];
        public List<string> Mean { get; set; } = [];
        /// <summary>New column of minutes between two columns of times, made before the sums.</summary>
        public Dictionary<string, MinutesOf> Minutes { get; set; } = [];
    }

    internal sealed class MinutesOf
    {
        public string From { get; set; } = "";
        public string To { get; set; } = "";
        public List<string> Format { get; set; } = [];
    }

    internal sealed class MapOf
    {
        public ThingOf Thing { get; set; } = new();
        public PlaceOf Place { get; set; } = new();
        public TimeOf Time { get; set; } = new();
        /// <summary>Property key to its column.</summary>
        public Dictionary<string, FieldOf> Values { get; set; } = [];
        /// <summary>Columns that only rules look at.</summary>
        public Dictionary<string, FieldOf> Fields { get; set; } = [];
        public EventOf Event { get; set; } = new();
        public DocumentOf Document { get; set; } = new();
        public FigureOf Figure { get; set; } = new();
        /// <summary>Columns kept beside what is mapped: name to columns.</summary>
        public Dictionary<string, List<string>> Attributes { get; set; } = [];
        /// <summary>Texts that mean "no value", besides an empty one.</summary>
        public List<string> Missing { get; set; } = [];
        /// <summary>Texts that mean a number: "no snow" is 0.</summary>
        public Dictionary<string, double> Words { get; set; } = [];
        /// <summary>A row that agrees with every field of <c>when</c> has no values: a station's outage.</summary>
        public List<OutageOf> Outages { get; set; } = [];
    }

    internal sealed class OutageOf
    {
        /// <summary>Field or property key to the text or number it has in an outage.</summary>
        public Dictionary<string, string> When { get; set; } = [];
        /// <summary>What such a row's values are: Maintenance has none, Suspect and Estimated keep them.</summary>
        public Quality Quality { get; set; } = Quality.Maintenance;
    }

    internal sealed class ThingOf
    {
        /// <summary>Columns that name the thing, the first one that exists.</summary>
        public List<string> From { get; set; } = [];
        /// <summary>Further columns that belong to its key, joined by <c>|</c>, where one column is not enough: a stop and a route.</summary>
        public List<string> With { get; set; } = [];
        /// <summary>Texts in <see cref="From"/> that are no thing: totals and means among the rows.</summary>
        public List<string> Skip { get; set; } = [];
        /// <summary>Columns with its name, when <see cref="From"/> is a code.</summary>
        public List<string> Name { get; set; } = [];
        /// <summary>Columns with its name by language.</summary>
        public Dictionary<string, List<string>> Names { get; set; } = [];
        /// <summary>What is taken out of the name: a regular expression whose first group is kept.</summary>
        public string? NameMatch { get; set; }
        /// <summary>Columns that name its area.</summary>
        public List<string> Area { get; set; } = [];
        /// <summary>Code system of the area column: <c>name</c>, one of the pack's, or <c>any</c> for the pack's own codes and names.</summary>
        public string AreaCodes { get; set; } = "name";
        /// <summary>True when the thing is an area itself; its key is then the area's.</summary>
        public bool IsArea { get; set; }
        /// <summary>True when a thing without an area column lies in the area around its place.</summary>
        public bool AreaByPlace { get; set; }
        /// <summary>Columns with its kind.</summary>
        public List<string> Kind { get; set; } = [];
        /// <summary>A file of the pack with id, names, area, lat, lon of each thing.</summary>
        public string? Register { get; set; }
    }

    /// <summary>Where a row's place stands: latitude and longitude, a grid's x and y, or a GeoJSON geometry.</summary>
    internal sealed class PlaceOf
    {
        /// <summary>Decimal degrees, or degrees, minutes and seconds.</summary>
        public List<string> Lat { get; set; } = [];
        public List<string> Lon { get; set; } = [];
        public List<string> X { get; set; } = [];
        public List<string> Y { get; set; } = [];
        /// <summary>EPSG code of x and y: 5179, 5181, 5186, 5174, 4326.</summary>
        public string Crs { get; set; } = "EPSG:4326";
        /// <summary>GeoJSON, or places with the latitude first as <c>area 37.5,127 37.6,127 37.6,127.1</c>, <c>line …</c>, <c>point …</c>, <c>circle 37.5,127 3.5</c> (km).</summary>
        public List<string> Geometry { get; set; } = [];
    }

    internal sealed class TimeOf
    {
        public List<string> From { get; set; } = [];
        /// <summary>Further columns that belong to the time, joined by a space: a date and its clock.</summary>
        public List<string> With { get; set; } = [];
        /// <summary>Formats of .NET, hour 24 is midnight of the next day and <c>tt</c> is also read in the city's languages; or
        /// <c>iso</c> (also an interval a/b), <c>unix</c>, <c>unix-ms</c>, <c>rfc822</c>.</summary>
        public List<string> Format { get; set; } = [];
        /// <summary>IANA zone of times without one; the city's when absent.</summary>
        public string? Zone { get; set; }
        /// <summary>What a time stands for, from it on: a value stamped 14:05 that covers one minute is as of 14:06 at most.</summary>
        public string Covers { get; set; } = "0s";
        /// <summary>What a missing time means: the answer's own (<c>answer</c>), the fetch's (<c>fetch</c>), or no row (<c>none</c>).</summary>
        public string Absent { get; set; } = "none";
    }

    internal sealed class FieldOf
    {
        /// <summary>Column names, the first one that exists: sources rename them.</summary>
        public List<string> From { get; set; } = [];
        /// <summary>The value is multiplied by this to reach the property's unit.</summary>
        public double Scale { get; set; } = 1;
        /// <summary>UCUM code in which the source writes; converted to the property's.</summary>
        public string? Unit { get; set; }
        /// <summary>Columns with the unit's code (UCUM or UN/CEFACT) where each row has its own.</summary>
        public List<string> UnitFrom { get; set; } = [];
        /// <summary>A regular expression whose first group is the number: "102. Station" is 102.</summary>
        public string? Match { get; set; }
        /// <summary>For a feed of the city's own: its title by language, digits, and what is believed.</summary>
        public Dictionary<string, string> Title { get; set; } = [];
        public int Decimals { get; set; }
        public double Min { get; set; } = -1e15;
        public double Max { get; set; } = 1e15;
        /// <summary>What its values are when they are well: Estimated for what is modelled.</summary>
        public Quality Quality { get; set; } = Quality.Good;
        /// <summary>False for a column that comes and goes: its absence is no drift.</summary>
        public bool Required { get; set; } = true;
    }

    internal sealed class EventOf
    {
        public List<string> Id { get; set; } = [];
        /// <summary>Columns with further names of the same event, separated by spaces or commas: what is known by one of them is this event.</summary>
        public List<string> Also { get; set; } = [];
        public List<string> Version { get; set; } = [];
        public WordOf Kind { get; set; } = new();
        /// <summary>Active, Updated, Ended, Cancelled.</summary>
        public WordOf Status { get; set; } = new();
        public WordOf Severity { get; set; } = new();
        public WordOf Urgency { get; set; } = new();
        public WordOf Certainty { get; set; } = new();
        /// <summary>Columns by language; <c>any</c> for the text of a row that has none in a language; <c>*</c> with columns such as <c>title/*</c> where the
        /// language stands in the column's name.</summary>
        public Dictionary<string, List<string>> Title { get; set; } = [];
        public Dictionary<string, List<string>> Summary { get; set; } = [];
        public TimeOf Reported { get; set; } = new();
        public TimeOf Onset { get; set; } = new();
        public TimeOf Expires { get; set; } = new();
        /// <summary>How long an event without an end is valid after it began or was reported.</summary>
        public string? Lasts { get; set; }
        /// <summary>true for a test or an exercise.</summary>
        public WordOf Test { get; set; } = new();
        public List<string> Link { get; set; } = [];
        /// <summary>Columns that name its areas; several in one text are separated by commas.</summary>
        public List<string> Areas { get; set; } = [];
        /// <summary><c>name</c>, one of the pack's code systems, or <c>any</c> for the pack's own codes and names.</summary>
        public string AreaCodes { get; set; } = "name";
        /// <summary>Texts among the areas that mean everywhere, this city too.</summary>
        public List<string> Everywhere { get; set; } = [];
        /// <summary>True when an event that names areas or a place, none of them in the city, is not this city's.</summary>
        public bool OnlyHere { get; set; }
        /// <summary>True when a place outside the city is to be doubted rather than drawn.</summary>
        public bool DoubtOutside { get; set; }
        /// <summary>True when an answer lists everything that is open: what is missing has ended.</summary>
        public bool Complete { get; set; }
    }

    /// <summary>A column whose texts mean words of ours.</summary>
    internal sealed class WordOf
    {
        public List<string> From { get; set; } = [];
        /// <summary>The source's text to our word. Without it the text itself is our word.</summary>
        public Dictionary<string, string> Words { get; set; } = [];
        /// <summary>What any other text, or none, means.</summary>
        public string? Else { get; set; }
    }

    internal sealed class DocumentOf
    {
        public List<string> Id { get; set; } = [];
        public List<string> Title { get; set; } = [];
        public List<string> Link { get; set; } = [];
        public TimeOf Published { get; set; } = new();
        public List<string> Summary { get; set; } = [];
        public List<string> Language { get; set; } = [];
        /// <summary>Columns whose text says that the document was deleted.</summary>
        public WordOf Deleted { get; set; } = new();
    }

    internal sealed class FigureOf
    {
        public List<string> Indicator { get; set; } = [];
        public List<string> Area { get; set; } = [];
        public string AreaCodes { get; set; } = "name";
        public List<string> Period { get; set; } = [];
        public List<string> Value { get; set; } = [];
        public List<string> Target { get; set; } = [];
        public double Scale { get; set; } = 1;
        public string Unit { get; set; } = "";
        public List<string> UnitFrom { get; set; } = [];
    }

    internal sealed class ExpectOf
    {
        /// <summary>Fewer rows than this is drift, not a quiet day.</summary>
        public int Rows { get; set; }
        /// <summary>More rows than this is drift too.</summary>
        public int MaxRows { get; set; } = Table.MaxRows;
        /// <summary>Share of rows that may be unreadable before the whole answer is refused and the last good one stays.</summary>
        public double BadShare { get; set; } = 1;
    }

    internal sealed class HistoryOf
    {
        public string Url { get; set; } = "";
        public int Days { get; set; } = 7;
        public string Covers { get; set; } = "1h";
    }
}

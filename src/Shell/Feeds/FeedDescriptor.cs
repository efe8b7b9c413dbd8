namespace SmartCity.Shell.Feeds;

/// <summary>One file <c>feeds/*.yaml</c> of a city pack: where a feed's data comes from and how it is read. No code.</summary>
internal sealed class FeedDescriptor
{
    /// <summary>Key of the module's feed that this source feeds.</summary>
    public string Feed { get; set; } = "";
    /// <summary>Key of the source system in <c>city.json</c>.</summary>
    public string Source { get; set; } = "";
    /// <summary>What the source calls this data, by language.</summary>
    public Dictionary<string, string> Title { get; set; } = [];
    /// <summary>Who answers for it, by language.</summary>
    public Dictionary<string, string> Owner { get; set; } = [];
    public string Licence { get; set; } = "";
    /// <summary>Name of a preset that fills in <see cref="Envelope"/> and <see cref="Paging"/>.</summary>
    public string? Preset { get; set; }
    /// <summary>json, csv, rss or image; a preset may state it.</summary>
    public string? Format { get; set; }
    /// <summary>Path below the source's address. <c>{secret:name}</c> is replaced by a secret, <c>{start}</c> and
    /// <c>{end}</c> by row numbers, <c>{day:format}</c> by a date of the history.</summary>
    public string Url { get; set; } = "";
    public ScheduleOf Schedule { get; set; } = new();
    public FreshnessOf Freshness { get; set; } = new();
    public EnvelopeOf? Envelope { get; set; }
    public PagingOf? Paging { get; set; }
    public MapOf Map { get; set; } = new();
    public ExpectOf Expect { get; set; } = new();
    public HistoryOf? History { get; set; }

    /// <summary>File name, for messages.</summary>
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
    }

    internal sealed class FreshnessOf
    {
        public string Late { get; set; } = "15m";
        public string Stale { get; set; } = "70m";
        public string Drop { get; set; } = "3h";
    }

    /// <summary>Where the rows and the status stand in a body. Paths are keys joined by <c>/</c>; <c>*</c> is any key.</summary>
    internal sealed class EnvelopeOf
    {
        public List<string> Rows { get; set; } = [];
        public List<string> Status { get; set; } = [];
        public List<string> Message { get; set; } = [];
        public List<string> Ok { get; set; } = [];
        public List<string> Empty { get; set; } = [];
        public List<string> Auth { get; set; } = [];
        public List<string> Quota { get; set; } = [];
        public List<string> BadRequest { get; set; } = [];
        public List<string> Transient { get; set; } = [];
    }

    internal sealed class PagingOf
    {
        /// <summary>Number of the first row.</summary>
        public int First { get; set; } = 1;
        /// <summary>Rows a page; paging ends at a page with fewer.</summary>
        public int Size { get; set; } = 1000;
    }

    internal sealed class MapOf
    {
        public ThingOf Thing { get; set; } = new();
        public TimeOf Time { get; set; } = new();
        /// <summary>Property key to its column.</summary>
        public Dictionary<string, FieldOf> Values { get; set; } = [];
        /// <summary>Columns that only rules look at.</summary>
        public Dictionary<string, FieldOf> Fields { get; set; } = [];
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
    }

    internal sealed class ThingOf
    {
        /// <summary>Columns that name the thing, the first one that exists.</summary>
        public List<string> From { get; set; } = [];
        /// <summary>Texts in <see cref="From"/> that are no thing: totals and means among the rows.</summary>
        public List<string> Skip { get; set; } = [];
        /// <summary>Columns with its name, when <see cref="From"/> is a code.</summary>
        public List<string> Name { get; set; } = [];
        /// <summary>Columns that name its area.</summary>
        public List<string> Area { get; set; } = [];
        /// <summary>Code system of the area column: <c>name</c>, or one of the pack's.</summary>
        public string AreaCodes { get; set; } = "name";
        /// <summary>True when the thing is an area itself; its key is then the area's.</summary>
        public bool IsArea { get; set; }
        /// <summary>A file of the pack with id, names, area, lat, lon of each thing.</summary>
        public string? Register { get; set; }
    }

    internal sealed class TimeOf
    {
        public List<string> From { get; set; } = [];
        /// <summary>Formats of .NET; hour 24 is midnight of the next day, and <c>tt</c> is also read in the city's languages.</summary>
        public List<string> Format { get; set; } = [];
        /// <summary>What a time stands for, from it on: a value stamped 14:05 that covers one minute is as of 14:06 at most.</summary>
        public string Covers { get; set; } = "0s";
    }

    internal sealed class FieldOf
    {
        /// <summary>Column names, the first one that exists: sources rename them.</summary>
        public List<string> From { get; set; } = [];
        /// <summary>The value is multiplied by this to reach the property's unit.</summary>
        public double Scale { get; set; } = 1;
    }

    internal sealed class ExpectOf
    {
        /// <summary>Fewer rows than this is drift, not a quiet day.</summary>
        public int Rows { get; set; }
        /// <summary>False for a table whose last line has no end. Where it has one, a table that was cut off is recognised.</summary>
        public bool LastLineEnds { get; set; } = true;
    }

    internal sealed class HistoryOf
    {
        public string Url { get; set; } = "";
        public int Days { get; set; } = 7;
        public string Covers { get; set; } = "1h";
    }
}

/// <summary>An envelope that many descriptors share: a file of <c>presets/</c>.</summary>
internal sealed class Preset
{
    public string Name { get; set; } = "";
    public string Format { get; set; } = "json";
    public FeedDescriptor.EnvelopeOf Envelope { get; set; } = new();
    public FeedDescriptor.PagingOf? Paging { get; set; }
}

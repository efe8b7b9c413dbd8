namespace SmartCity.Shell.Feeds.Formats;

/// <summary>What a format may know besides the bytes.</summary>
/// <param name="Envelope">Where rows and status stand.</param>
/// <param name="Options">What a descriptor says of reading: item, sheet, delimiter.</param>
/// <param name="ContentType">As the source sent it, or null.</param>
/// <param name="Zone">The city's zone, for times without one.</param>
/// <param name="Now">When the answer was fetched.</param>
internal sealed record ReadContext(FeedDescriptor.EnvelopeOf Envelope, FeedDescriptor.ReadOf Options, string? ContentType, TimeZoneInfo Zone, DateTimeOffset Now);

/// <summary>Reads one answer as a table. A new wire format is one function and one line in <see cref="Formats.All"/>; where an existing one
/// serves, a preset is enough.</summary>
/// <remarks>A reader may throw what a parser throws on bad input (<see cref="TableReader"/> knows them and says <c>Unparsable</c>), holds
/// every limit of its own (depth, columns, rows, text), and lets nothing out that is not finite.</remarks>
internal delegate Table Format(ReadOnlyMemory<byte> body, ReadContext context);

/// <summary>The formats by name.</summary>
internal static class Formats
{
    public static IReadOnlyDictionary<string, Format> All { get; } = new Dictionary<string, Format>(StringComparer.Ordinal)
    {
        ["json"] = JsonRows.Read,
        ["xml"] = XmlRows.Read,
        ["csv"] = CsvRows.Read,
        ["rss"] = NewsRows.Read,
        ["cap"] = CapRows.Read,
        ["datex2"] = Datex2Rows.Read,
        ["ngsi"] = NgsiRows.Read,
        ["open311"] = Open311Rows.Read,
        ["xlsx"] = XlsxRows.Read,
        ["gtfs"] = GtfsRows.Read,
        ["gtfs-rt"] = GtfsRealtimeRows.Read,
        ["gbfs"] = GbfsRows.Read,
    };

    /// <summary>Every format a descriptor may name; pictures are not tables.</summary>
    public static IEnumerable<string> Names => All.Keys.Append("image").Order(StringComparer.Ordinal);
}

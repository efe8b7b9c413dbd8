using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmartCity.Shell.Store;

/// <summary>One version of an event as the store keeps it.</summary>
/// <param name="Event">What it says.</param>
/// <param name="Said">The source's own number, or zero.</param>
/// <param name="Hash">Of what the source said; zero when the source said nothing and the event has ended by that.</param>
internal sealed record EventVersion(Event Event, long Said, long Hash);

/// <summary>A thing from an instant on; null when it is no more.</summary>
internal sealed record ThingVersion(string Key, Thing? Thing, DateTimeOffset From);

/// <summary>A document as it was first fetched at an instant.</summary>
internal sealed record FetchedDocument(Document Document, DateTimeOffset FetchedAt);

/// <summary>The parts of records that no question asks for by name, as JSON with names in one order, so that equal is equal.</summary>
internal static class RecordBodies
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault };

    private sealed record EventBody(SortedDictionary<string, string> Title, SortedDictionary<string, string>? Summary, Severity Severity, Urgency Urgency, Certainty Certainty, long? Onset, IReadOnlyList<string>? Areas,
        ShapeBody? Shape, string? PlaceInDoubt, bool Test, string? Link, SortedDictionary<string, string>? Attributes);
    private sealed record ShapeBody(ShapeKind Kind, double[][] Rings, double RadiusKm);
    private sealed record ThingBody(SortedDictionary<string, string> Name, string? Area, double[]? Place, string? Kind, SortedDictionary<string, string>? Attributes);

    public static string Of(Event e) => JsonSerializer.Serialize(new EventBody(Words(e.Title), e.Summary.In("") is "" && !e.Summary.Languages.Any() ? null : Words(e.Summary), e.Severity, e.Urgency, e.Certainty, e.Onset?.Ms(),
        e.Areas.Count == 0 ? null : e.Areas, e.Shape is { } s ? new(s.Kind, [.. s.Rings.Select(r => r.SelectMany(p => new[] { p.Latitude, p.Longitude }).ToArray())], s.RadiusKm) : null,
        e.PlaceInDoubt, e.Test, e.Link, Sorted(e.Attributes)), Json);

    public static Event Event(string id, long version, string kind, EventStatus status, DateTimeOffset reportedAt, DateTimeOffset fetchedAt, DateTimeOffset? expires, string body)
    {
        var b = JsonSerializer.Deserialize<EventBody>(body, Json)!;
        var e = new Event(id, version, kind, status, new(b.Title), reportedAt, fetchedAt)
        {
            Severity = b.Severity, Urgency = b.Urgency, Certainty = b.Certainty, Onset = b.Onset is { } onset ? Sql.At(onset) : null, Expires = expires, Areas = b.Areas ?? [],
            Shape = b.Shape is { } s ? new(s.Kind, [.. s.Rings.Select(r => (IReadOnlyList<Place>)[.. r.Chunk(2).Select(p => new Place(p[0], p[1]))])], s.RadiusKm) : null,
            PlaceInDoubt = b.PlaceInDoubt, Test = b.Test, Link = b.Link,
        };
        if (b.Summary is not null) e = e with { Summary = new(b.Summary) };
        return b.Attributes is null ? e : e with { Attributes = Attributes.Of(b.Attributes) };
    }

    /// <summary>What a source said of an event, in one number: without the number of the version and the time of the fetch.</summary>
    public static long Hash(Event e) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{e.Kind}\n{(int)e.Status}\n{(e.ReportedAt == e.FetchedAt ? 0 : e.ReportedAt.Ms())}\n{e.Expires?.Ms()}\n{Of(e)}")));

    public static string Of(Thing t) => JsonSerializer.Serialize(new ThingBody(Words(t.Name), t.Area, t.Place is { } p ? [p.Latitude, p.Longitude] : null, t.Kind.Length == 0 ? null : t.Kind, Sorted(t.Attributes)), Json);

    public static Thing Thing(string key, string body)
    {
        var b = JsonSerializer.Deserialize<ThingBody>(body, Json)!;
        var t = new Thing(key, new(b.Name), b.Area, b.Place is { } p ? new Place(p[0], p[1]) : null) { Kind = b.Kind ?? "" };
        return b.Attributes is null ? t : t with { Attributes = Attributes.Of(b.Attributes) };
    }

    public static string Of(IReadOnlyDictionary<string, string> attributes) => attributes.Count == 0 ? "" : JsonSerializer.Serialize(Sorted(attributes), Json);

    public static Document Document(string id, string title, string? link, DateTimeOffset published, string summary, string? language, string attributes)
    {
        var document = new Document(id, title, link, published, summary, language);
        return attributes.Length == 0 ? document : document with { Attributes = Attributes.Of(JsonSerializer.Deserialize<SortedDictionary<string, string>>(attributes, Json)!) };
    }

    private static SortedDictionary<string, string> Words(Text text) => text.Languages.Any() ? new(text.Languages.ToDictionary(l => l, text.In), StringComparer.Ordinal) : new(StringComparer.Ordinal) { [""] = text.In("") };
    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string> attributes) => attributes.Count == 0 ? null : new(attributes.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds;

/// <summary>The path of a feed without its network and its store: bytes in, records out. For <c>feeds try</c> and <c>feeds check</c>, and for
/// the page on which a feed is made.</summary>
internal static class FeedTrial
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What one answer came to.</summary>
    /// <param name="Plan">The plan that was tried, what it left open guessed.</param>
    /// <param name="Table">The rows before they were mapped.</param>
    /// <param name="Mapped">The records; null when there was no table.</param>
    internal sealed record Result(FeedPlan Plan, Table Table, Mapped? Mapped)
    {
        public FetchOutcome Outcome => Table.Outcome == FetchOutcome.Ok ? Mapped!.Outcome : Table.Outcome;
        public string? Detail => Table.Outcome == FetchOutcome.Ok ? Mapped!.Detail : Table.Detail;
    }

    /// <summary>A plan of a preset alone, for files of no feed.</summary>
    /// <exception cref="CannotStartException">There is no such preset.</exception>
    public static FeedPlan PlanOf(string preset, CityPack city)
    {
        var problems = new List<Problem>();
        var presets = Presets.Of(city, problems);
        if (!presets.Names.Contains(preset)) throw new CannotStartException($"There is no preset {preset}; there are {string.Join(", ", presets.Names)}.");
        var descriptor = presets.Read(preset, $"feed: {FeedPlan.Own}.{preset}\npreset: {preset}\nurl: /\n", problems);
        if (descriptor is null) throw new CannotStartException($"The preset {preset} is wrong:", problems);
        return PlanOf(descriptor);
    }

    /// <summary>A plan of a descriptor, checked no further: its source is not asked.</summary>
    public static FeedPlan PlanOf(FeedDescriptor descriptor, Feed? feed = null)
    {
        FeedPlan.TryDuration(descriptor.Map.Time.Covers, out var covers);
        return new(feed ?? FeedPlan.FeedOf(descriptor, null)!, descriptor, new("trial", "http://trial.invalid", Text.Same("trial"), false), descriptor.Format ?? "json",
            new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)), TimeSpan.Zero, TimeSpan.FromSeconds(10), covers, new Dictionary<string, Thing>());
    }

    /// <summary>Reads and maps one answer.</summary>
    public static Result Read(FeedPlan plan, CityPack city, Answer answer, DateTimeOffset now)
    {
        var table = TableReader.Read(plan, answer, city.Zone, now);
        if (table.Outcome != FetchOutcome.Ok) return new(plan, table, null);
        plan = Guess.Complete(plan, table, city);
        return new(plan, table, RowMap.Map(plan, city, table, plan.Covers, now));
    }

    /// <summary>Reads one answer by a plan and by the presets for what else such an answer holds; what each came to.</summary>
    public static IReadOnlyList<Result> ReadAll(FeedPlan plan, CityPack city, Answer answer, DateTimeOffset now) =>
        [Read(plan, city, answer, now), .. plan.Descriptor.Also.Select(also => Read(PlanOf(also, city), city, answer, now))];

    /// <summary>Every record as one line of JSON, in the order of its kind.</summary>
    public static IEnumerable<string> Lines(Mapped mapped, IReadOnlyList<Property> properties)
    {
        foreach (var r in mapped.Readings)
            yield return Line("observation", w =>
            {
                w.WriteString("thing", r.Thing);
                Write(w, mapped.Things.GetValueOrDefault(r.Thing), name: "name");
                w.WriteString("property", r.Property);
                if (r.Value is { } value) w.WriteNumber("value", value); else w.WriteNull("value");
                w.WriteString("unit", properties.FirstOrDefault(p => p.Key == r.Property)?.Unit ?? "");
                w.WriteString("quality", r.Quality.ToString().ToLowerInvariant());
                w.WriteString("from", At(r.ObservedAt));
                if (r.ObservedUntil != r.ObservedAt) w.WriteString("until", At(r.ObservedUntil));
            });
        if (mapped.Readings.Count == 0)
            foreach (var thing in mapped.Things.Values)
                yield return Line("thing", w =>
                {
                    w.WriteString("id", thing.Key);
                    Write(w, thing, "name");
                    if (thing.Kind.Length > 0) w.WriteString("kind", thing.Kind);
                    Write(w, thing.Attributes);
                });
        foreach (var e in mapped.Events)
            yield return Line("event", w =>
            {
                w.WriteString("id", e.Id);
                w.WriteNumber("version", e.Version);
                w.WriteString("kind", e.Kind);
                w.WriteString("status", e.Status.ToString().ToLowerInvariant());
                w.WriteBoolean("test", e.Test);
                Write(w, "title", e.Title);
                if (e.Summary.ToString().Length > 0) Write(w, "summary", e.Summary);
                w.WriteString("severity", e.Severity.ToString().ToLowerInvariant());
                w.WriteString("urgency", e.Urgency.ToString().ToLowerInvariant());
                w.WriteString("certainty", e.Certainty.ToString().ToLowerInvariant());
                w.WriteString("reported", At(e.ReportedAt));
                if (e.Onset is { } onset) w.WriteString("onset", At(onset));
                if (e.Expires is { } expires) w.WriteString("expires", At(expires));
                if (e.Areas.Count > 0) { w.WriteStartArray("areas"); foreach (var area in e.Areas) w.WriteStringValue(area); w.WriteEndArray(); }
                if (e.Shape is { } shape) Write(w, shape);
                if (e.PlaceInDoubt is { } doubt) w.WriteString("placeInDoubt", doubt);
                if (e.Link is { } link) w.WriteString("link", link);
                Write(w, e.Attributes);
            });
        foreach (var f in mapped.Figures)
            yield return Line("figure", w =>
            {
                w.WriteString("indicator", f.Indicator);
                if (f.Area is { } area) w.WriteString("area", area);
                w.WriteString("period", f.Period);
                if (f.Value is { } value) w.WriteNumber("value", value); else w.WriteNull("value");
                w.WriteString("unit", f.Unit);
                if (f.Target is { } target) w.WriteNumber("target", target);
            });
        foreach (var d in mapped.Documents)
            yield return Line("document", w =>
            {
                w.WriteString("id", d.Id);
                w.WriteString("title", d.Title);
                if (d.Link is { } link) w.WriteString("link", link);
                w.WriteString("published", At(d.Published));
                if (d.Summary.Length > 0) w.WriteString("summary", d.Summary);
                if (d.Language is { } language) w.WriteString("language", language);
                Write(w, d.Attributes);
            });
    }

    /// <summary>The class of an outcome as it is printed: <c>schema-drift</c>.</summary>
    public static string Class(FetchOutcome outcome) => JsonNamingPolicy.KebabCaseLower.ConvertName(outcome.ToString());

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private static string Line(string record, Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("record", record);
            write(writer);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter w, Thing? thing, string name)
    {
        if (thing is null) return;
        Write(w, name, thing.Name);
        if (thing.Area is { } area) w.WriteString("area", area);
        if (thing.Place is { } place) { w.WriteNumber("lat", place.Latitude); w.WriteNumber("lon", place.Longitude); }
    }

    private static void Write(Utf8JsonWriter w, string name, Text text)
    {
        if (!text.Languages.Skip(1).Any()) { w.WriteString(name, text.ToString()); return; }
        w.WriteStartObject(name);
        foreach (var language in text.Languages) w.WriteString(language, text.In(language));
        w.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter w, Attributes attributes)
    {
        if (attributes.Count == 0) return;
        w.WriteStartObject("attributes");
        foreach (var (name, text) in attributes) w.WriteString(name, text);
        w.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter w, Shape shape)
    {
        w.WriteStartObject("shape");
        w.WriteString("type", shape.Kind.ToString().ToLowerInvariant());
        w.WriteStartArray("rings");
        foreach (var ring in shape.Rings)
        {
            w.WriteStartArray();
            foreach (var place in ring) { w.WriteStartArray(); w.WriteNumberValue(place.Longitude); w.WriteNumberValue(place.Latitude); w.WriteEndArray(); }
            w.WriteEndArray();
        }
        w.WriteEndArray();
        if (shape.RadiusKm > 0) w.WriteNumber("radiusKm", shape.RadiusKm);
        w.WriteEndObject();
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Export;

/// <summary>Datasets as files: <c>/data/{key}.csv</c>, <c>.json</c>, <c>.geojson</c>, <c>.xlsx</c>, <c>.pdf</c>. What machines read
/// is invariant; names of things are in the language asked for, else in the city's own.</summary>
internal static class DataFiles
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/data/{file}", Serve).AllowAnonymous().WithName("data-file").WithMetadata(new Replay.HasPast());
    }

    /// <summary>What a dataset can be had as, in the order of the page.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["csv", "xlsx", "pdf", "json", "geojson"];

    private static async Task<IResult> Serve(string file, HttpContext http, DatasetReader reader, CityPack city, IFeeds feeds, Store.CityDatabase database, CancellationToken cancel)
    {
        database.Exports();
        var dot = file.LastIndexOf('.');
        var (key, format) = dot > 0 && Formats.Contains(file[(dot + 1)..]) ? (file[..dot], file[(dot + 1)..]) : (file, "");
        // closed and absent look the same from outside
        if (reader.Find(key) is not { } dataset) return Results.NotFound();
        if (format.Length == 0) return Results.LocalRedirect($"~/{Localization.LanguageInAddress.Preferred(http, city)}/data/{key}{http.Request.QueryString}");
        if (http.Request.Query.Any(q => q.Value.Count > 1)) return Results.Problem("A name stands twice in the query.", statusCode: 400);
        var (answer, wrong) = await reader.Read(dataset, http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()), cancel);
        if (answer is null) return Results.Problem($"'{wrong}' is not a filter or column of {key}, or has a value that it cannot have. Columns: {string.Join(", ", dataset.Columns.Select(c => c.Key))}. Filters: {string.Join(", ", dataset.Filters.Select(f => f.Name))}.", statusCode: 400);
        if (format == "geojson" && dataset.AreaColumn is null && dataset.Columns.All(c => c.Kind != ColumnKind.Place))
            return Results.Problem($"{key} has neither areas nor places; ask for another format.", statusCode: 400);
        var document = http.RequestServices.GetRequiredService<DatasetDocument>();
        var origin = new Origin(reader.AsOf(dataset), document.Filter(answer), Address(http.Request, $"/{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}/data/{key}"));
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.Append("Access-Control-Allow-Origin", Catalogue.PermissionOf(dataset) is var permission && http.RequestServices.GetRequiredService<Access.Grants>().Of(null).Can(permission) ? "*" : "null");
        var name = $"{key}-{feeds.Now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.{format}";
        if (http.RequestServices.GetRequiredService<Press>() is var press && press.Find(format) is { } printed)
        {
            return await press.Answer(printed, document.Head(answer, origin.Address), document.Parts(answer, printed, cancel), name, cancel);
        }
        return format switch
        {
            "csv" => Results.Stream(s => WriteCsv(s, answer, origin), "text/csv; charset=utf-8", name),
            "json" => Results.Stream(s => WriteJson(s, answer, city, origin, http.Request), "application/json; charset=utf-8"),
            _ => Results.Stream(s => WriteGeoJson(s, answer, city, origin), "application/geo+json; charset=utf-8", name),
        };
    }

    /// <summary>Where rows come from, as of when, and how to ask for the same again.</summary>
    /// <param name="AsOf">Source, owner, and as of when.</param>
    /// <param name="Filter">Filter and order in words.</param>
    /// <param name="Address">The page that shows them.</param>
    private sealed record Origin(AsOf AsOf, string Filter, string Address);

    /// <summary>The whole address of a page with the query of this request; what is said by the path is left out.</summary>
    internal static string Address(HttpRequest request, string path)
    {
        var query = QueryString.Create(request.Query.Where(q => q.Key != "lang"));
        return $"{request.Scheme}://{request.Host}{request.PathBase}{path}{query}";
    }

    private static object? Plain(Column column, object row) => column.Of(row) switch
    {
        DateTimeOffset at => DatasetReader.Invariant(at),
        Text text => text.ToString(),
        Place place => string.Create(CultureInfo.InvariantCulture, $"{place.Latitude:0.######},{place.Longitude:0.######}"),
        var other => other,
    };

    private static async Task WriteCsv(Stream stream, DatasetAnswer answer, Origin origin)
    {
        // with a byte order mark, or spreadsheets take Korean for Latin
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await using var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        foreach (var column in answer.Dataset.Columns) csv.WriteField(column.Unit.Length == 0 ? column.Key : $"{column.Key} [{column.Unit}]");
        csv.WriteField("as_of");
        csv.WriteField("state");
        csv.WriteField("source");
        csv.WriteField("filter");
        csv.WriteField("address");
        var asOf = origin.AsOf;
        await csv.NextRecordAsync();
        foreach (var row in answer.Rows)
        {
            foreach (var column in answer.Dataset.Columns)
                csv.WriteField(Plain(column, row) switch { null => "", double number => number.ToString("R", CultureInfo.InvariantCulture), string text => Harmless(text), var other => Convert.ToString(other, CultureInfo.InvariantCulture) });
            csv.WriteField(asOf.At is { } at ? DatasetReader.Invariant(at) : "");
            csv.WriteField(asOf.Freshness.ToString().ToLowerInvariant());
            csv.WriteField(Harmless(asOf.Source + (asOf.Demonstration ? " (demonstration)" : "")));
            csv.WriteField(Harmless(origin.Filter));
            csv.WriteField(origin.Address);
            await csv.NextRecordAsync();
        }
    }

    /// <summary>Spreadsheets run what begins like a formula; a quote before it makes it text.</summary>
    internal static string Harmless(string text) =>
        text.Length > 0 && text.TrimStart(' ').FirstOrDefault() is '=' or '+' or '-' or '@' or '\t' or '\r' or '\0' or '＝' or '＋' or '－' or '＠' ? "'" + text : text;

    private static async Task WriteJson(Stream stream, DatasetAnswer answer, CityPack city, Origin origin, HttpRequest request)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("key", answer.Dataset.Key);
        json.WriteString("title", answer.Dataset.Title.ToString());
        json.WriteString("city", city.Key);
        WriteProvenance(json, origin);
        json.WriteString("licence", city.LicenceOf(answer.Dataset));
        json.WriteString("query", request.QueryString.Value);
        json.WriteStartArray("columns");
        foreach (var column in answer.Dataset.Columns)
        {
            json.WriteStartObject();
            json.WriteString("key", column.Key);
            json.WriteString("title", column.Title.ToString());
            json.WriteString("kind", column.Kind.ToString().ToLowerInvariant());
            if (column.Unit.Length > 0) json.WriteString("unit", column.Unit);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in answer.Rows)
        {
            json.WriteStartObject();
            foreach (var column in answer.Dataset.Columns) WriteValue(json, column, row);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProvenance(Utf8JsonWriter json, Origin origin)
    {
        var asOf = origin.AsOf;
        json.WriteString("source", asOf.Source.ToString());
        json.WriteString("owner", asOf.Owner.ToString());
        if (asOf.At is { } at) json.WriteString("asOf", DatasetReader.Invariant(at));
        json.WriteString("state", asOf.Freshness.ToString().ToLowerInvariant());
        if (asOf.Feed != DatasetReader.Own) json.WriteBoolean("demonstration", asOf.Demonstration);
        json.WriteString("filter", origin.Filter);
        json.WriteString("address", origin.Address);
    }

    private static void WriteValue(Utf8JsonWriter json, Column column, object row)
    {
        switch (column.Of(row))
        {
            case null: json.WriteNull(column.Key); break;
            case double number: json.WriteNumber(column.Key, number); break;
            case Place place:
                json.WriteStartObject(column.Key);
                json.WriteNumber("lat", place.Latitude);
                json.WriteNumber("lon", place.Longitude);
                json.WriteEndObject();
                break;
            default: json.WriteString(column.Key, Convert.ToString(Plain(column, row), CultureInfo.InvariantCulture)); break;
        }
    }

    private static async Task WriteGeoJson(Stream stream, DatasetAnswer answer, CityPack city, Origin origin)
    {
        var placeColumn = answer.Dataset.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Place);
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteString("name", answer.Dataset.Key);
        WriteProvenance(json, origin);
        json.WriteStartArray("features");
        foreach (var row in answer.Rows)
        {
            json.WriteStartObject();
            json.WriteString("type", "Feature");
            json.WriteStartObject("properties");
            foreach (var column in answer.Dataset.Columns.Where(c => c.Kind != ColumnKind.Place)) WriteValue(json, column, row);
            json.WriteEndObject();
            if (placeColumn?.Of(row) is Place place) WritePoint(json, place);
            else if (placeColumn is null && answer.Dataset.AreaColumn?.Of(row) is string code && city.Area(code) is not null)
            {
                json.WritePropertyName("geometry");
                json.WriteRawValue(city.Outline.GeometryOf(code));
            }
            else json.WriteNull("geometry");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter json, Place place)
    {
        json.WriteStartObject("geometry");
        json.WriteString("type", "Point");
        json.WriteStartArray("coordinates");
        json.WriteNumberValue(place.Longitude);
        json.WriteNumberValue(place.Latitude);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

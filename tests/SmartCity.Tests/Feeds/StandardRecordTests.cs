using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Measurements, cameras, archives and catalogues by their presets.</summary>
public sealed class StandardRecordTests
{
    private static Reading Value(FeedTrial.Result result, string property) => result.Mapped!.Readings.Single(r => r.Property == property);
    private static string Unit(FeedTrial.Result result, string property) => result.Plan.Feed.Properties.Single(p => p.Key == property).Unit;

    [Fact]
    public void A_normalized_entity_gives_its_numbers_in_their_units_at_their_times()
    {
        var result = Tried.Fixture("ngsi", "ngsi.ld.json");
        Assert.Equal(["no2", "pm10"], result.Mapped!.Readings.Select(r => r.Property).Order());
        Assert.Equal((31d, "ug/m3", Tried.At("2026-07-20T03:00:00Z")), (Value(result, "pm10").Value!.Value, Unit(result, "pm10"), Value(result, "pm10").ObservedAt));
        Assert.Equal((0.02, "[ppm]", Tried.At("2026-07-20T03:05:00Z")), (Value(result, "no2").Value!.Value, Unit(result, "no2"), Value(result, "no2").ObservedAt));
        var thing = result.Mapped.Things["urn:ngsi-ld:AirQualityObserved:11110"];
        Assert.Equal(("Jongno", "AirQualityObserved", "11110", new Place(37.57, 126.97)), (thing.Name.ToString(), thing.Kind, thing.Area, thing.Place!.Value));
    }

    [Fact]
    public void A_notification_of_version_2_is_read_and_its_hour_is_a_span()
    {
        var result = Tried.Fixture("ngsi", "ngsi.v2.json");
        Assert.Equal((Tried.At("2026-07-20T02:00:00Z"), Tried.At("2026-07-20T03:00:00Z")), (Value(result, "pm10").ObservedAt, Value(result, "pm10").ObservedUntil));
        Assert.Equal((25.5, "Cel", Tried.At("2026-07-20T03:01:00Z")), (Value(result, "temperature").Value!.Value, Unit(result, "temperature"), Value(result, "temperature").ObservedAt));
    }

    [Fact]
    public void Keys_and_values_alone_give_numbers_and_texts_are_none()
    {
        var result = Tried.Fixture("ngsi", "ngsi.keyvalues.json");
        Assert.Equal([("daymaximum-temperature", 31.5), ("pm10", 31d)], result.Mapped!.Readings.Select(r => (r.Property, r.Value!.Value)).Order());
    }

    [Theory]
    [InlineData("[]", FetchOutcome.Empty)]
    [InlineData("{\"type\":\"https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound\",\"title\":\"Entity Not Found\",\"detail\":\"urn:x\"}", FetchOutcome.BadRequest)]
    [InlineData("{\"type\":\"https://uri.etsi.org/ngsi-ld/errors/InternalError\",\"title\":\"x\"}", FetchOutcome.UpstreamDown)]
    [InlineData("{\"error\":\"NotFound\",\"description\":\"The requested entity has not been found\"}", FetchOutcome.BadRequest)]
    [InlineData("{\"error\":\"Unauthorized\",\"description\":\"x\"}", FetchOutcome.Auth)]
    [InlineData("{\"orionError\":{\"code\":\"400\",\"reasonPhrase\":\"Bad Request\",\"details\":\"service not found\"}}", FetchOutcome.BadRequest)]
    [InlineData("{\"x\":1}", FetchOutcome.SchemaDrift)]
    [InlineData("[{\"x\":1}]", FetchOutcome.SchemaDrift)]
    [InlineData("\"text\"", FetchOutcome.SchemaDrift)]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}", FetchOutcome.Unparsable)]
    public void What_a_broker_answers_instead_has_a_name(string body, FetchOutcome expected) => Assert.Equal(expected, Tried.Text("ngsi", body).Outcome);

    [Fact]
    public void A_unit_that_nobody_knows_or_that_changes_is_no_unit_of_the_column()
    {
        var result = Tried.Text("ngsi", """[{"id":"a","x":{"value":1,"unitCode":"CEL"},"y":{"value":1,"unitCode":"ZZ"}},{"id":"b","x":{"value":2,"unitCode":"FAH"}}]""");
        Assert.Equal(("", ""), (Unit(result, "x"), Unit(result, "y")));
        Assert.Equal(Tried.Now, Value(result, "y").ObservedAt);
    }

    [Fact]
    public void Streams_of_sensors_are_read_with_their_newest_values()
    {
        var result = Tried.Fixture("sensorthings", "sensorthings.json");
        Assert.Equal([1.5, 1.25], result.Mapped!.Readings.OrderBy(r => r.ObservedAt).Select(r => r.Value!.Value));
        Assert.Equal(new Place(37.55, 126.9), result.Mapped.Things["Level at A"].Place);
        Assert.Equal("https://sta.example/v1.1/Datastreams?$skip=1", result.Table.Next);
    }

    [Fact]
    public void Bare_observations_are_read_and_a_text_is_no_number()
    {
        var result = Tried.Fixture("sensorthings", "sensorthings.flat.json");
        Assert.Equal([11d, null], result.Mapped!.Readings.Select(r => r.Value));
        Assert.Contains("values are not numbers, such as 'n/a'", result.Detail, StringComparison.Ordinal);
        Assert.Equal(FetchOutcome.BadRequest, Tried.Text("sensorthings", "{\"code\":404,\"type\":\"error\",\"message\":\"Nothing found.\"}").Outcome);
    }

    [Fact]
    public void Cameras_have_an_address_a_place_and_nothing_that_runs()
    {
        var result = Tried.Fixture("its-cctv", "its-cctv.json");
        var bridge = result.Mapped!.Things["[A line] Bridge"];
        Assert.Equal(("JPEG", "http://pictures.example:8090/3715/token?x=1&y=2", new Place(37.5107, 127.0085)), (bridge.Kind, bridge.Attributes["url"], bridge.Place!.Value));
        Assert.Null(result.Mapped.Things["[B line] Tunnel"].Place);
        Assert.Equal("1 places cannot be used, such as 'a place at 0, 0'", result.Detail);
        Assert.Equal((FetchOutcome.BadRequest, "4005 key"), Tried.Text("its-cctv", "{\"header\":{\"resultCode\":4005,\"resultMsg\":\"key\"},\"body\":\"\"}") is var r ? (r.Outcome, r.Detail) : default);
    }

    [Fact]
    public void A_list_of_cameras_in_any_of_the_usual_names_is_read()
    {
        var things = Tried.Fixture("cameras", "cameras.json").Mapped!.Things;
        Assert.Equal(("Bridge", "hls", "https://city.example/c1.m3u8", "true", new Place(37.56, 126.91)), (things["c1"].Name.ToString(), things["c1"].Kind, things["c1"].Attributes["url"], things["c1"].Attributes["ptz"], things["c2"].Place!.Value));
        var works = Assert.Single(Tried.Fixture("wzdx-devices", "wzdx-devices.json").Mapped!.Things.Values);
        Assert.Equal(("camera", "https://city.example/cam-1.jpg?a=1&b=2", "ok"), (works.Kind, works.Attributes["picture"], works.Attributes["status"]));
    }

    [Fact]
    public void A_camera_that_is_secret_is_not_stored()
    {
        var thing = Assert.Single(Tried.Fixture("lotju-cameras", "lotju-cameras.xml").Mapped!.Things.Values);
        Assert.Equal("Road 1", thing.Name.In("en"));
        Assert.Equal((63.61, 26.92), (Math.Round(thing.Place!.Value.Latitude, 2), Math.Round(thing.Place.Value.Longitude, 2)));
    }

    [Fact]
    public void An_archive_s_records_are_documents_and_deleted_ones_are_not()
    {
        var result = Tried.Fixture("oai-pmh", "oai-pmh.xml");
        var d = Assert.Single(result.Mapped!.Documents);
        Assert.Equal(("oai:archive.example:2", "White paper 2026", "https://archive.example/2", "ko", Tried.At("2026-07-18T16:31:00Z")), (d.Id, d.Title, d.Link, d.Language, d.Published));
        Assert.Null(result.Detail);
        Assert.Equal(("page-2", Tried.At("2026-07-20T04:00:00Z")), (result.Table.Next, result.Table.MadeAt));
    }

    [Theory]
    [InlineData("<error code=\"noRecordsMatch\"/>", FetchOutcome.Empty, "noRecordsMatch")]
    [InlineData("<error code=\"badResumptionToken\">expired</error>", FetchOutcome.BadRequest, "badResumptionToken expired")]
    [InlineData("<Identify/>", FetchOutcome.SchemaDrift, "no element record")]
    public void An_archive_s_errors_come_with_success(string inner, FetchOutcome outcome, string detail) =>
        Assert.Equal((outcome, detail), Tried.Text("oai-pmh", $"<OAI-PMH><responseDate>2026-07-20T04:00:00Z</responseDate><request/>{inner}</OAI-PMH>") is var r ? (r.Outcome, r.Detail) : default);

    [Fact]
    public void A_catalogue_s_entries_have_owner_cadence_format_and_licence()
    {
        var result = Tried.Fixture("dcat", "dcat.json");
        var d = result.Mapped!.Documents[0];
        Assert.Equal(("d-1", "Trees", "https://city.example/trees", "Every tree"), (d.Id, d.Title, d.Link, d.Summary));
        Assert.Equal(("Parks bureau", "R/P1D", "CSV", "https://city.example/licence"), (d.Attributes["owner"], d.Attributes["cadence"], d.Attributes["format"], d.Attributes["licence"]));
        // a title that is a number, a name that is there twice, an entry that says nothing
        Assert.Equal(["Trees", "2026"], result.Mapped.Documents.Select(e => e.Title));
        Assert.Equal("1 documents have no title", result.Detail);
        Assert.Equal(FetchOutcome.SchemaDrift, Tried.Text("dcat", "{\"@type\":\"dcat:Catalog\"}").Outcome);
    }

    [Fact]
    public void Catalogues_in_rdf_and_of_ckan_say_the_same()
    {
        var rdf = Assert.Single(Tried.Fixture("dcat-ap", "dcat-ap.xml").Mapped!.Documents);
        Assert.Equal(("나무", "Parks bureau", "CSV", "ko"), (rdf.Title, rdf.Attributes["owner"], rdf.Attributes["format"], rdf.Language));
        var ckan = Assert.Single(Tried.Fixture("ckan", "ckan.json").Mapped!.Documents);
        Assert.Equal(("trees", "Parks bureau", "daily", "CSV", "Open", Tried.At("2026-07-01T01:02:03.456Z")), (ckan.Id, ckan.Attributes["owner"], ckan.Attributes["cadence"], ckan.Attributes["format"], ckan.Attributes["licence"], ckan.Published));
        var plaza = Assert.Single(Tried.Fixture("seoul-catalogue", "seoul-catalogue.json").Mapped!.Documents);
        Assert.Equal(("OA-1", "가로수", "매일", "SHEET,OPENAPI"), (plaza.Id, plaza.Title, plaza.Attributes["cadence"], plaza.Attributes["format"]));
    }

    [Theory]
    [InlineData("{\"success\":false,\"error\":{\"__type\":\"Not Found Error\",\"message\":\"Not found\"}}", FetchOutcome.BadRequest, "Not Found Error Not found")]
    [InlineData("{\"success\":false,\"error\":{\"__type\":\"Authorization Error\",\"message\":\"no\"}}", FetchOutcome.Auth, "Authorization Error no")]
    [InlineData("{\"success\":true,\"result\":{\"count\":0,\"results\":[]}}", FetchOutcome.Empty, "true")]
    public void A_catalogue_s_refusal_is_told(string body, FetchOutcome outcome, string detail) => Assert.Equal((outcome, detail), Tried.Text("ckan", body) is var r ? (r.Outcome, r.Detail) : default);

    [Fact]
    public void A_package_with_more_parts_than_a_table_has_columns_is_read()
    {
        var many = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"k{i}\":{i}"));
        Assert.Equal("Trees", Assert.Single(Tried.Fixture("ckan", "ckan.json", ("\"num_resources\":2", $"\"num_resources\":2,{many}")).Mapped!.Documents).Title);
    }

    [Fact]
    public void A_table_of_a_datastore_is_guessed()
    {
        var result = Tried.Fixture("ckan-datastore", "ckan-datastore.json");
        Assert.Equal([1.5, 0.25], result.Mapped!.Readings.Where(r => r.Property == "level").Select(r => r.Value!.Value));
    }

    [Fact]
    public void News_in_an_encoding_that_the_descriptor_names_are_read_although_the_source_lies()
    {
        Encodings.Know();
        var plan = FeedTrial.PlanOf("rss", Tried.City);
        var body = Encoding.GetEncoding("euc-kr").GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><channel><item><title>한강 소식</title></item></channel></rss>");
        Assert.StartsWith("not the encoding it says", FeedTrial.Read(plan, Tried.City, new(FetchOutcome.Ok, body), Tried.Now).Detail, StringComparison.Ordinal);
        plan.Descriptor.Read.Encoding = "euc-kr";
        Assert.Equal("한강 소식", Assert.Single(FeedTrial.Read(plan, Tried.City, new(FetchOutcome.Ok, body), Tried.Now).Mapped!.Documents).Title);
    }
}

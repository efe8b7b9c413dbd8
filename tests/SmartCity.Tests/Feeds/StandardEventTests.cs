using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Earthquakes, road events, requests and emergency messages by their presets.</summary>
public sealed class StandardEventTests
{
    [Fact]
    public void An_earthquake_has_its_strength_its_depth_and_every_name_it_has_had()
    {
        var events = Tried.Events(Tried.Fixture("usgs", "usgs.json"));
        var e = events[0];
        Assert.Equal(("us1", 1784511000000, EventStatus.Active, Severity.Minor, Certainty.Observed), (e.Id, e.Version, e.Status, e.Severity, e.Certainty));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1784510000000), e.Onset);
        Assert.Equal(e.Onset!.Value.AddHours(24), e.Expires);
        Assert.Equal(("4.1", "ml", "9.6", "12", ",nc9,us1,"), (e.Attributes["mag"], e.Attributes["magType"], e.Attributes["depthKm"], e.Attributes["felt"], e.Attributes[EventMemory.Also]));
        Assert.Equal(new Place(37.4, 127.1), e.Shape!.Centre);
        Assert.Equal("https://quakes.example/us1", e.Link);
    }

    [Fact]
    public void An_earthquake_without_a_strength_is_told_and_one_that_was_none_is_taken_back()
    {
        var events = Tried.Events(Tried.Fixture("usgs", "usgs.json"));
        Assert.Equal(("Elsewhere", false, Certainty.Likely), (events[1].Title.ToString(), events[1].Attributes.ContainsKey("mag"), events[1].Certainty));
        Assert.Equal(EventStatus.Cancelled, events[2].Status);
    }

    [Theory]
    [InlineData("[127.1,37.4,9.6]", "[\"127.1\",37.4]", "a position that is not two numbers")]
    [InlineData("[127.1,37.4,9.6]", "[127.1]", "a position that is not two numbers")]
    [InlineData("[127.1,37.4,9.6]", "[]", "a geometry without points")]
    [InlineData("[127.1,37.4,9.6]", "[37.4,127.1]", "latitude and longitude look swapped")]
    [InlineData("[127.1,37.4,9.6]", "[500,37.4]", "a place that is not on Earth")]
    [InlineData("\"Point\",\"coordinates\":[127.1,37.4,9.6]", "\"Blob\",\"coordinates\":[1,2]", "a geometry of the kind Blob")]
    public void A_geometry_that_is_none_leaves_the_event(string old, string @new, string doubt) =>
        Assert.Equal((null, doubt), Tried.Events(Tried.Fixture("usgs", "usgs.json", (old, @new)))[0] is var e ? (e.Shape, e.PlaceInDoubt) : default);

    [Fact]
    public void A_body_nested_without_end_is_refused() =>
        Assert.Equal(FetchOutcome.Unparsable, Tried.Fixture("usgs", "usgs.json", ("[127.1,37.4,9.6]", new string('[', 1000) + new string(']', 1000))).Outcome);

    [Fact]
    public void Properties_are_text_whatever_they_are_called_or_hold()
    {
        var e = Tried.Events(Tried.Fixture("usgs", "usgs.json", ("\"place\":\"12 km E of Anywhere\"", "\"__proto__\":{\"x\":1},\"constructor\":{\"prototype\":2},\"place\":\"<img src=x onerror=alert(1)>far\"")))[0];
        Assert.Equal("far", e.Attributes["place"]);
    }

    [Fact]
    public void A_work_zone_has_its_road_and_its_time()
    {
        var events = Tried.Events(Tried.Fixture("wzdx", "wzdx.json"));
        Assert.Equal(("wz-1", "work-zone", EventStatus.Active, "Resurfacing of two lanes"), (events[0].Id, events[0].Kind, events[0].Status, events[0].Title.ToString()));
        Assert.Equal((Tried.At("2026-07-19T13:00:00Z"), Tried.At("2026-07-25T21:00:00Z")), (events[0].Onset!.Value, events[0].Expires!.Value));
        Assert.Equal(("Olympic-daero", "some-lanes-closed", "A"), (events[0].Attributes["road"], events[0].Attributes["impact"], events[0].Attributes["from"]));
        Assert.Equal(ShapeKind.Line, events[0].Shape!.Kind);
        // latitude first, as an official example has it
        Assert.Equal(("detour", EventStatus.Ended, "latitude and longitude look swapped"), (events[1].Kind, events[1].Status, events[1].PlaceInDoubt));
    }

    [Fact]
    public void A_situation_is_one_event_and_its_highest_version_counts()
    {
        var e = Assert.Single(Tried.Events(Tried.Fixture("datex2", "datex2.v2.xml")));
        Assert.Equal(("S1", 2, "accident", EventStatus.Active, false), (e.Id, e.Version, e.Kind, e.Status, e.Test));
        Assert.Equal(("Accident on the bridge.", "다리 위 사고."), (e.Title.In("en"), e.Title.In("ko")));
        Assert.Equal((Severity.Severe, Certainty.Observed, Tried.At("2026-07-20T03:50:00Z"), Tried.At("2026-07-20T03:30:00Z"), null), (e.Severity, e.Certainty, e.ReportedAt, e.Onset!.Value, e.Expires));
        Assert.Equal(new Place(37.55, 126.9), e.Shape!.Centre);
        Assert.Equal("accident, abnormal-traffic", e.Attributes["parts"]);
    }

    [Fact]
    public void A_situation_of_version_3_has_a_line_and_one_without_coordinates_no_place()
    {
        var events = Tried.Events(Tried.Fixture("datex2", "datex2.v3.xml"));
        Assert.Equal(("S7", 4, "maintenance-works", EventStatus.Ended, true, ShapeKind.Line), (events[0].Id, events[0].Version, events[0].Kind, events[0].Status, events[0].Test, events[0].Shape!.Kind));
        Assert.Equal([new Place(37.55, 126.90), new Place(37.56, 126.91)], events[0].Shape!.Rings[0]);
        Assert.Equal((null, null, "36973", "accident"), (events[1].Shape, events[1].PlaceInDoubt, events[1].Attributes["alertC"], events[1].Title.ToString()));
    }

    [Theory]
    [InlineData("37.55 126.90 37.56", "a position that is not two numbers")]
    [InlineData("37.55 NaN 37.56 126.91", "a place that is not a number")]
    [InlineData("126.90 37.55 126.91 37.56", "latitude and longitude look swapped")]
    [InlineData("37.55 126.90", "a line of one point")]
    public void A_situation_whose_place_is_in_doubt_stands(string list, string doubt) =>
        Assert.Equal((null, doubt), Tried.Events(Tried.Fixture("datex2", "datex2.v3.xml", ("37.55 126.90 37.56 126.91", list)))[0] is var e ? (e.Shape, e.PlaceInDoubt) : default);

    [Fact]
    public void A_message_within_a_message_is_read_and_one_within_that_is_not()
    {
        var message = Tried.Body("datex2.v2.xml");
        Assert.Equal("S1", Assert.Single(Tried.Events(Tried.Text("datex2", $"<imsMessage><d2Message><![CDATA[\n {message[message.IndexOf("<d2L", StringComparison.Ordinal)..]} ]]></d2Message></imsMessage>"))).Id);
        Assert.Equal(FetchOutcome.SchemaDrift, Tried.Text("datex2", "<imsMessage><d2Message>&lt;a&gt;&lt;d2Message&gt;&amp;lt;b/&amp;gt;&lt;/d2Message&gt;&lt;/a&gt;</d2Message></imsMessage>").Outcome);
        Assert.Equal(FetchOutcome.Unparsable, Tried.Text("datex2", "<imsMessage><d2Message>&lt;!DOCTYPE a&gt;&lt;a/&gt;</d2Message></imsMessage>").Outcome);
    }

    [Theory]
    [InlineData("<d2LogicalModel xmlns=\"http://datex2.eu/schema/2/2_0\"><payloadPublication xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"SituationPublication\"/></d2LogicalModel>", FetchOutcome.Empty)]
    [InlineData("<d2LogicalModel xmlns=\"http://datex2.eu/schema/2/2_0\"><payloadPublication xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"MeasuredDataPublication\"/></d2LogicalModel>", FetchOutcome.SchemaDrift)]
    [InlineData("<a/>", FetchOutcome.SchemaDrift)]
    [InlineData("{}", FetchOutcome.Unparsable)]
    public void A_quiet_road_is_told_from_another_publication(string xml, FetchOutcome expected) => Assert.Equal(expected, Tried.Text("datex2", xml).Outcome);

    [Fact]
    public void The_simple_twin_of_a_situation_is_read_too()
    {
        var events = Tried.Events(Tried.Fixture("datex2-geojson", "datex2-geojson.json"));
        Assert.Equal(("S1", 3, "Accident on the bridge", Tried.At("2026-07-20T03:30:00Z")), (events[0].Id, events[0].Version, events[0].Title.ToString(), events[0].Onset!.Value));
        Assert.Equal(("S2", null, null), (events[1].Id, events[1].Shape, events[1].PlaceInDoubt));
    }

    [Theory]
    [InlineData("open311.json")]
    [InlineData("open311.xml")]
    public void A_request_names_nobody(string file)
    {
        var result = Tried.Fixture("open311", file);
        var e = Tried.Events(result)[0];
        Assert.Equal(("26-01", "request", EventStatus.Active, "Street light out"), (e.Id, e.Kind, e.Status, e.Title.ToString()));
        Assert.Equal((Tried.At("2026-07-20T01:58:43Z"), new Place(37.55, 126.85), "LIGHT"), (e.ReportedAt, e.Shape!.Centre, e.Attributes["service"]));
        foreach (var person in (string[])["Hong", "010-0000-0000", "Flat 4", "p.jpg", "Kim"]) Assert.DoesNotContain(person, Tried.Lines(result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_without_a_place_and_with_a_number_for_a_name_is_one()
    {
        var e = Tried.Events(Tried.Fixture("open311", "open311.json"))[1];
        Assert.Equal(("26002", EventStatus.Ended, null, null), (e.Id, e.Status, e.Shape, e.PlaceInDoubt));
    }

    [Theory]
    [InlineData("{}", FetchOutcome.Empty, null)]
    [InlineData("[]", FetchOutcome.Empty, null)]
    [InlineData("<service_requests/>", FetchOutcome.Empty, null)]
    [InlineData("{\"service_requests\":[]}", FetchOutcome.Empty, null)]
    [InlineData("[{\"code\":404,\"description\":\"no such request\"}]", FetchOutcome.BadRequest, "404 no such request")]
    [InlineData("[{\"code\":\"403\",\"description\":\"key\"}]", FetchOutcome.Auth, "403 key")]
    [InlineData("{\"errors\":[{\"code\":500,\"description\":\"later\"}]}", FetchOutcome.UpstreamDown, "500 later")]
    [InlineData("{\"error\":\"nothing here\"}", FetchOutcome.BadRequest, "nothing here")]
    [InlineData("<errors><error><code>400</code><description>jurisdiction_id</description></error></errors>", FetchOutcome.BadRequest, "400 jurisdiction_id")]
    [InlineData("<error>text alone</error>", FetchOutcome.BadRequest, "text alone")]
    [InlineData("<service_definition/>", FetchOutcome.SchemaDrift, "neither requests nor services; the document is service_definition")]
    [InlineData("17", FetchOutcome.SchemaDrift, "neither requests nor services")]
    [InlineData("<html><body>x</body></html>", FetchOutcome.Unparsable, "a web page instead of data")]
    public void What_is_no_list_of_requests_has_a_name(string body, FetchOutcome outcome, string? detail) => Assert.Equal((outcome, detail), Tried.Text("open311", body) is var r ? (r.Outcome, r.Detail) : default);

    [Fact]
    public void Services_are_documents() => Assert.Equal(("LIGHT", "Street light out", "street"), Assert.Single(Tried.Fixture("open311-services", "open311-services.json").Mapped!.Documents) is var d ? (d.Id, d.Title, d.Attributes["group"]) : default);

    [Theory]
    [InlineData("open311-services.json", 0, 1)]
    [InlineData("open311.json", 2, 0)]
    [InlineData("open311.xml", 1, 0)]
    public void Whichever_list_it_is_it_is_read_as_that(string file, int requests, int services)
    {
        var results = FeedTrial.ReadAll(FeedTrial.PlanOf("open311", Tried.City), Tried.City, new(FetchOutcome.Ok, System.Text.Encoding.UTF8.GetBytes(Tried.Body(file))), Tried.Now);
        Assert.Equal((requests, services), (results[0].Mapped!.Events.Count, results[1].Mapped!.Documents.Count));
    }

    [Fact]
    public void A_korean_earthquake_is_known_by_its_moment()
    {
        var e = Assert.Single(Tried.Events(Tried.Fixture("kma-eqk", "kma-eqk.json")));
        Assert.Equal(("20260720102030", 202607201025, Tried.At("2026-07-20T01:20:30Z"), Tried.At("2026-07-20T01:25:00Z")), (e.Id, e.Version, e.Onset!.Value, e.ReportedAt));
        Assert.Equal(("2.4", "9", new Place(36.1, 129.3)), (e.Attributes["mag"], e.Attributes["depthKm"], e.Shape!.Centre));
    }

    [Theory]
    [InlineData("{\"response\":{\"header\":{\"resultCode\":\"03\",\"resultMsg\":\"NO_DATA\"}}}", FetchOutcome.Empty)]
    [InlineData("{\"response\":{\"header\":{\"resultCode\":\"22\",\"resultMsg\":\"LIMITED\"}}}", FetchOutcome.Quota)]
    [InlineData("<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>", FetchOutcome.Auth)]
    [InlineData("{\"response\":{\"header\":{\"resultCode\":\"00\"},\"body\":{\"items\":\"\"}}}", FetchOutcome.Empty)]
    public void A_quiet_earth_is_no_error(string body, FetchOutcome expected) => Assert.Equal(expected, Tried.Text("kma-eqk", body).Outcome);

    [Fact]
    public void An_emergency_message_for_other_places_is_not_this_city_s()
    {
        var e = Assert.Single(Tried.Events(Tried.Fixture("disaster-message", "disaster-message.old.json")));
        Assert.Equal(("42", "하천 산책로를 통제합니다. 우회 하세요.", Tried.At("2026-07-20T03:10:00Z")), (e.Id, e.Title.ToString(), e.ReportedAt));
        Assert.Equal(["11500"], e.Areas);
    }

    [Fact]
    public void A_message_for_the_whole_city_or_country_is_this_city_s_and_a_drill_is_a_test()
    {
        var events = Tried.Events(Tried.Fixture("disaster-message", "disaster-message.v2.json"));
        Assert.Equal(("200001", "rain", Severity.Severe, false), (events[0].Id, events[0].Kind, events[0].Severity, events[0].Test));
        Assert.Equal(("200002", "drill", Severity.Minor, true), (events[1].Id, events[1].Kind, events[1].Severity, events[1].Test));
    }

    [Theory]
    [InlineData("{\"header\":{\"resultCode\":\"30\",\"resultMsg\":\"KEY\"},\"body\":null}", FetchOutcome.Auth)]
    [InlineData("{\"header\":{\"resultCode\":\"00\"},\"body\":null}", FetchOutcome.Empty)]
    [InlineData("{\"header\":{\"resultCode\":\"00\"},\"body\":[]}", FetchOutcome.Empty)]
    [InlineData("{\"RESULT\":{\"resultCode\":\"INFO-3\",\"resultMsg\":\"NODATA\"}}", FetchOutcome.Empty)]
    public void No_message_is_no_error(string body, FetchOutcome expected) => Assert.Equal(expected, Tried.Text("disaster-message", body).Outcome);

    [Fact]
    public void An_alert_of_a_smart_city_hub_is_an_event()
    {
        var e = Assert.Single(Tried.Events(Tried.Fixture("ngsi-alert", "ngsi-alert.json")));
        Assert.Equal(("Alert:1", "trafficjam", Severity.Severe, "The road is blocked", Tried.At("2026-07-20T05:25:55Z")), (e.Id, e.Kind, e.Severity, e.Title.ToString(), e.Expires!.Value));
    }
}

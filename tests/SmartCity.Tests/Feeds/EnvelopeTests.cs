using SmartCity.Shell;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>How each family of sources says well, nothing, and no: HTTP 200 means nothing to any of them. Bodies are ours, in their shapes.</summary>
public sealed class EnvelopeTests
{
    private const string OneRow = "map: { thing: { from: [id] }, time: { absent: fetch }, values: { v: { from: [v] } } }\n";

    [Theory]
    // the service's own key, another key than the service's, a download
    [InlineData("seoul-openapi", """{"Svc":{"list_total_count":1,"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"},"row":[{"id":"a","v":"1"}]}}""")]
    [InlineData("seoul-openapi", """{"other":{"RESULT":{"CODE":"INFO-000"},"row":[{"id":"a","v":1}]}}""")]
    [InlineData("seoul-openapi", """{"DESCRIPTION":{"ID":"번호"},"DATA":[{"id":"a","v":"1"}]}""")]
    [InlineData("seoul-openapi-xml", "<Svc><list_total_count>1</list_total_count><RESULT><CODE>INFO-000</CODE><MESSAGE>ok</MESSAGE></RESULT><row><id>a</id><v>1</v></row></Svc>")]
    [InlineData("seoul-openapi-xml", "<disabledSvc><RESULT><CODE>INFO-000</CODE></RESULT><item><id>a</id><v>1</v></item></disabledSvc>")]
    [InlineData("seoul-subway", """{"errorMessage":{"status":200,"code":"INFO-000","message":"ok","total":1},"realtimeArrivalList":[{"id":"a","v":"1"}]}""")]
    [InlineData("seoul-subway", """{"errorMessage":{"status":200,"code":"INFO-000"},"realtimePositionList":[{"id":"a","v":1}]}""")]
    [InlineData("seoul-citydata", """{"list_total_count":1,"RESULT":{"RESULT.CODE":"INFO-000","RESULT.MESSAGE":"ok"},"CITYDATA":{"id":"a","v":"1"}}""")]
    [InlineData("seoul-citydata", """{"SeoulRtd.citydata_ppltn":[{"id":"a","v":"1"}],"RESULT":{"RESULT.CODE":"INFO-000"}}""")]
    // a list, a list without its wrapping, one object, flat, with a number for a code
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00","resultMsg":"NORMAL"},"body":{"items":{"item":[{"id":"a","v":"1"}]},"totalCount":1}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":[{"id":"a","v":1}]}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"000"},"body":{"items":{"item":{"id":"a","v":1}}}}}""")]
    [InlineData("data-go-kr", """{"resultCode":"00","items":{"item":[{"id":"a","v":1}]}}""")]
    [InlineData("data-go-kr", """{"resultCode":"00","items":[{"id":"a","v":1}]}""")]
    [InlineData("data-go-kr", """{"response":{"comMsgHeader":"","msgHeader":{"resultCode":0},"msgBody":{"busArrivalList":[{"id":"a","v":1}]}}}""")]
    [InlineData("data-go-kr-xml", "<response><header><resultCode>00</resultCode></header><body><items><item><id>a</id><v>1</v></item></items></body></response>")]
    [InlineData("gg-openapi", """{"Svc":[{"head":[{"list_total_count":1},{"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"}}]},{"row":[{"id":"a","v":1}]}]}""")]
    [InlineData("lofin", """{"AJGCF":[{"head":[{"list_total_count":1},{"RESULT":{"CODE":"INFO-000"}}]},{"row":[{"id":"a","v":52117433710185}]}]}""")]
    [InlineData("topis-bus-xml", "<ServiceResult><comMsgHeader/><msgHeader><headerCd>0</headerCd><headerMsg>ok</headerMsg></msgHeader><msgBody><itemList><id>a</id><v>1</v></itemList></msgBody></ServiceResult>")]
    [InlineData("hrfco", """{"content":[{"id":"a","v":"1"}]}""")]
    [InlineData("socrata", """[{"id":"a","v":"1"}]""")]
    [InlineData("arcgis", """{"features":[{"attributes":{"id":"a"},"id":"a","v":1}]}""")]
    [InlineData("json", """{"anything":{"stations":[{"id":"a","v":1}]}}""")]
    [InlineData("json", """{"meta":{"n":1},"list":[{"id":"a","v":1}]}""")]
    [InlineData("json", """[{"id":"a","v":1}]""")]
    [InlineData("xml", "<any><record><id>a</id><v>1</v></record></any>")]
    [InlineData("csv", "id,v\na,1\n")]
    public void Rows_are_found_where_this_family_puts_them(string preset, string body)
    {
        var tried = Trying.Read(preset, body, "kind: observations\n" + OneRow.Replace("map:", "map:", StringComparison.Ordinal));
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        Assert.Equal("a", tried.Cell(0, "id"));
        Assert.Single(tried.Table.Rows);
    }

    [Theory]
    [InlineData("seoul-openapi", """{"RESULT":{"CODE":"INFO-200","MESSAGE":"none"}}""")]
    [InlineData("seoul-openapi-xml", "<RESULT><CODE>INFO-200</CODE><MESSAGE>none</MESSAGE></RESULT>")]
    [InlineData("seoul-subway", """{"status":500,"code":"INFO-200","message":"none","total":0}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":"","totalCount":0}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":null}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":[]}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":{"item":""}}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"00"},"body":{"items":{}}}}""")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"03","resultMsg":"NODATA_ERROR"}}}""")]
    [InlineData("data-go-kr", """{"response":{"msgHeader":{"resultCode":4,"resultMessage":"none"}}}""")]
    [InlineData("data-go-kr-xml", "<response><header><resultCode>00</resultCode></header><body><items/></body></response>")]
    [InlineData("gg-openapi", """{"RESULT":{"CODE":"INFO-200","MESSAGE":"none"}}""")]
    [InlineData("topis-bus-xml", "<ServiceResult><msgHeader><headerCd>4</headerCd><headerMsg>none</headerMsg></msgHeader><msgBody/></ServiceResult>")]
    [InlineData("kosis", "[]")]
    [InlineData("kosis", """{"err":"30","errMsg":"none"}""")]
    [InlineData("bok-ecos", """{"RESULT":{"CODE":"INFO-200","MESSAGE":"none"}}""")]
    [InlineData("bok-ecos", """{"StatisticSearch":{"list_total_count":0,"row":[]}}""")]
    [InlineData("hrfco", """{"content":[]}""")]
    [InlineData("socrata", "[]")]
    [InlineData("arcgis", """{"features":[]}""")]
    [InlineData("geojson", """{"type":"FeatureCollection","features":[]}""")]
    public void That_there_is_nothing_is_a_success(string preset, string body) => Assert.Equal(FetchOutcome.Empty, Trying.Read(preset, body).Outcome);

    [Theory]
    [InlineData("seoul-openapi", """{"RESULT":{"CODE":"INFO-100","MESSAGE":"key"}}""", FetchOutcome.Auth, "INFO-100 key")]
    [InlineData("seoul-openapi", "<RESULT><CODE>INFO-100</CODE><MESSAGE><![CDATA[key]]></MESSAGE></RESULT>", FetchOutcome.Auth, "INFO-100 key")]
    [InlineData("seoul-openapi", """{"RESULT":{"CODE":"ERROR-336","MESSAGE":"1000"}}""", FetchOutcome.BadRequest, "ERROR-336 1000")]
    [InlineData("seoul-openapi-xml", "<RESULT><CODE>ERROR-500</CODE><MESSAGE>server</MESSAGE></RESULT>", FetchOutcome.UpstreamDown, "ERROR-500 server")]
    [InlineData("seoul-subway", """{"status":500,"code":"ERROR-337","message":"quota"}""", FetchOutcome.Quota, "ERROR-337 quota")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"30","resultMsg":"key"},"body":null}}""", FetchOutcome.Auth, "30 key")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"22","resultMsg":"limit"}}}""", FetchOutcome.Quota, "22 limit")]
    [InlineData("data-go-kr", """{"response":{"header":{"resultCode":"12"}}}""", FetchOutcome.BadRequest, "12")]
    [InlineData("data-go-kr", "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>", FetchOutcome.Auth, "30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR")]
    [InlineData("data-go-kr", """{"OpenAPI_ServiceResponse":{"cmmMsgHeader":{"returnAuthMsg":"LIMITED","returnReasonCode":"22"}}}""", FetchOutcome.Quota, "22 LIMITED")]
    [InlineData("data-go-kr", "Forbidden", FetchOutcome.Auth, "Forbidden")]
    [InlineData("data-go-kr", "Unexpected errors\n", FetchOutcome.UpstreamDown, "Unexpected errors")]
    [InlineData("data-go-kr-xml", "<OpenAPI_ServiceResponse><cmmMsgHeader><returnAuthMsg>EXPIRED</returnAuthMsg><returnReasonCode>31</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>", FetchOutcome.Auth, "31 EXPIRED")]
    [InlineData("data-go-kr-xml", "Forbidden", FetchOutcome.Auth, "Forbidden")]
    [InlineData("gg-openapi", """{"RESULT":{"CODE":"ERROR-300","MESSAGE":"argument"}}""", FetchOutcome.BadRequest, "ERROR-300 argument")]
    [InlineData("lofin", """{"RESULT":[{"CODE":"ERROR-290","MESSAGE":"key"}]}""", FetchOutcome.Auth, "ERROR-290 key")]
    [InlineData("topis-bus-xml", "<ServiceResult><msgHeader><headerCd>7</headerCd><headerMsg>denied</headerMsg></msgHeader></ServiceResult>", FetchOutcome.Auth, "7 denied")]
    [InlineData("kosis", """{"err":"40","errMsg":"calls"}""", FetchOutcome.Quota, "40 calls")]
    [InlineData("kosis", """{"err":"99","errMsg":"unheard of"}""", FetchOutcome.BadRequest, "99 unheard of")]
    [InlineData("bok-ecos", """{"RESULT":{"CODE":"ERROR-100","MESSAGE":"value"}}""", FetchOutcome.BadRequest, "ERROR-100 value")]
    [InlineData("socrata", """{"code":"permission_denied","error":true,"message":"token"}""", FetchOutcome.Auth, "permission_denied token")]
    [InlineData("arcgis", """{"error":{"code":498,"message":"Invalid token"}}""", FetchOutcome.Auth, "498 Invalid token")]
    [InlineData("sgis", """{"errCd":-401,"errMsg":"token"}""", FetchOutcome.Auth, "-401 token")]
    [InlineData("seoul-openapi", "Forbidden", FetchOutcome.Unparsable, "not well formed: Forbidden")]
    [InlineData("seoul-openapi", "<!DOCTYPE html><html><title>Sign in</title></html>", FetchOutcome.Unparsable, "a web page instead of data")]
    [InlineData("seoul-openapi", "", FetchOutcome.Unparsable, "the answer is empty")]
    [InlineData("topis-bus-xml", "", FetchOutcome.Unparsable, "the answer is empty")]
    [InlineData("gtfs", "<html><body>moved</body></html>", FetchOutcome.Unparsable, "a web page instead of data")]
    [InlineData("gtfs-rt", "<!doctype html><p>login", FetchOutcome.Unparsable, "a web page instead of data")]
    public void A_refusal_in_the_body_has_its_class_and_its_words(string preset, string body, FetchOutcome outcome, string detail) =>
        Assert.Equal((outcome, detail), Trying.Read(preset, body).Said());

    [Fact]
    public void Every_preset_reads_as_a_descriptor_and_names_a_format()
    {
        var problems = new List<Problem>();
        var presets = Presets.Of(null, problems);
        Assert.Empty(problems);
        foreach (var name in presets.Names)
        {
            var plan = FeedTrial.PlanOf(name, Trying.City);
            Assert.Contains(plan.Format, SmartCity.Shell.Feeds.Formats.Formats.Names);
            Assert.All(plan.Descriptor.Also, also => Assert.Contains(also, presets.Names));
        }
    }

    [Fact]
    public void A_train_s_place_in_time_is_what_its_source_says()
    {
        var tried = Trying.Read("seoul-subway", """
            {"errorMessage":{"code":"INFO-000"},"realtimeArrivalList":[
             {"subwayId":"1002","updnLine":"내선","trainLineNm":"성수행 - 역삼방면","statnNm":"강남","barvlDt":"120","btrainNo":"2345","recptnDt":"2026-07-20 13:02:01.0","arvlMsg2":"전역 출발","arvlCd":"3"},
             {"subwayId":"1002","updnLine":"외선","trainLineNm":"신도림행","statnNm":"강남","barvlDt":"0","btrainNo":"2346","recptnDt":"2026-07-20 13:02:01.0","arvlMsg2":"[4]번째 전역","arvlCd":"99"}]}
            """, """
            map:
              values: { arrives: { from: [barvlDt], unit: s } }
              fields: { code: { from: [arvlCd] } }
              outages: [{ when: { arrives: "0", code: "99" }, quality: Missing }]
            """);
        Assert.Equal((120d, null), (tried.Value("2345", "arrives"), tried.Value("2346", "arrives")));
        Assert.Equal(new(2026, 7, 20, 4, 2, 1, TimeSpan.Zero), tried.Mapped!.Readings[0].ObservedAt);
        Assert.Equal("강남", tried.Mapped.Things["2345"].Attributes["station"]);
    }

    [Fact]
    public void Statistics_are_figures_by_item_and_period()
    {
        var tried = Trying.Read("kosis", """[{"PRD_DE":"202605","ITM_ID":"T20","C1":"11230","DT":"1234","UNIT_NM":"명"},{"PRD_DE":"2026","ITM_ID":"T20","C1":"11230","DT":"-"},{"PRD_DE":"20263","ITM_ID":"T25","C1":"11230","DT":"0.5","UNIT_NM":"%"}]""",
            "map: { figure: { area: [C1], areaCodes: kostat } }\n");
        // 11230 is Gangnam to the statisticians and Dongdaemun to the law
        Assert.Equal([("T20", "11680", "2026-05", 1234d, "명"), ("T20", "11680", "2026", null, ""), ("T25", "11680", "2026-Q3", (double?)0.5, "%")], tried.Mapped!.Figures.Select(f => (f.Indicator, f.Area!, f.Period, f.Value, f.Unit)));
    }

    [Fact]
    public void A_gauge_s_window_comes_newest_first_and_its_newest_slot_is_blank()
    {
        var tried = Trying.Read("hrfco", """{"content":[{"wlobscd":"1018683","ymdhm":"202607201300","wl":" ","fw":" "},{"wlobscd":"1018683","ymdhm":"202607201250","wl":"2.09","fw":" "},{"wlobscd":"1018683","ymdhm":"202607201240","wl":"2.11","fw":""}]}""",
            "map: { values: { level: { from: [wl], unit: m } } }\n");
        Assert.Equal([null, 2.09, 2.11], tried.Mapped!.Readings.Select(r => r.Value));
        Assert.Equal(Quality.Missing, tried.Mapped.Readings[0].Quality);
    }

    [Fact]
    public void Places_in_a_grid_inside_GeoJSON_are_moved_onto_the_map()
    {
        var tried = Trying.Read("sgis", """{"errCd":0,"features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[953900,1951900],[954100,1951900],[954100,1952100],[953900,1951900]]]},"properties":{"adm_cd":"11","adm_nm":"중구"}}]}""");
        var place = tried.Mapped!.Things["11"].Place!.Value;
        Assert.Equal((37.5664, 126.9788), (Math.Round(place.Latitude, 4), Math.Round(place.Longitude, 4)), new Near(0.003));
    }

    private sealed class Near(double by) : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) => Math.Abs(x.A - y.A) <= by && Math.Abs(x.B - y.B) <= by;
        public int GetHashCode((double A, double B) obj) => 0;
    }
}

using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>What real payloads have been seen to hold, each with a body of our own. Faults in transport stand in <see cref="FaultyFeedTests"/>.</summary>
public sealed class TrapTests
{
    private const string Map = "map: { thing: { from: [id] }, time: { absent: fetch }, values: { v: { from: [v], min: -10, max: 5000 } } }\n";

    [Theory]
    [InlineData("\".0421\"", 0.0421)]
    [InlineData("\"1,234\"", 1234d)]
    [InlineData("\"123.0\"", 123d)]
    [InlineData("\" 7 \"", 7d)]
    [InlineData("\"-0\"", 0d)]
    [InlineData("12.5", 12.5)]
    [InlineData("\"12,34\"", null)]
    [InlineData("\"１２\"", null)]
    [InlineData("\"통신장애\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"1e400\"", null)]
    [InlineData("\"-\"", null)]
    [InlineData("\" \"", null)]
    [InlineData("null", null)]
    [InlineData("9999", null)]
    [InlineData("-999", null)]
    public void A_number_is_what_it_says_or_nothing(string written, double? value)
    {
        var reading = Assert.Single(Trying.Read("json", $$"""[{"id":"a","v":{{written}}}]""", Map.Replace("map: {", "map: { missing: [\"-\"],", StringComparison.Ordinal)).Mapped!.Readings);
        Assert.Equal(value, reading.Value);
        Assert.Equal(value is null, reading.Quality is Quality.Missing or Quality.Suspect);
    }

    [Fact]
    public void A_negative_level_is_a_sensor_s_error_where_the_descriptor_says_so()
    {
        var problems = new List<Shell.Problem>();
        var sewer = FeedPlan.Descriptors(Trying.City, problems).Single(d => d.Feed == "disaster-safety.sewer");
        var body = """{"DrainpipeMonitoringInfo":{"RESULT":{"CODE":"INFO-000"},"row":[{"UNQ_NO":"01-1","SE_CD":"01","MSRMT_YMD":"2026-07-20 13:00:00.0","MSRMT_WATL":"-0.31","SGN_STTS":"통신양호"},{"UNQ_NO":"01-2","SE_CD":"01","MSRMT_YMD":"2026-07-20 13:00:00.0","MSRMT_WATL":"0.31","SGN_STTS":"통신불량"},{"UNQ_NO":"01-3","SE_CD":"01","MSRMT_YMD":"2026-07-20 13:00:00.0","MSRMT_WATL":"0.12","SGN_STTS":"통신양호"}]}}""";
        var readings = FeedTrial.Read(FeedTrial.PlanOf(sewer), Trying.City, new(FetchOutcome.Ok, Encoding.UTF8.GetBytes(body)), Trying.Now).Mapped!.Readings;
        Assert.Equal([(null, Quality.Suspect), (0.31, Quality.Suspect), ((double?)0.12, Quality.Good)], readings.Select(r => (r.Value, r.Quality)));
    }

    [Theory]
    [InlineData("24-10", "2024-10")]
    [InlineData("202610", "2026-10")]
    [InlineData("2026.10", "2026-10")]
    [InlineData("20191", "2019-Q1")]
    [InlineData("2026 Q3", "2026-Q3")]
    [InlineData("2026", "2026")]
    [InlineData("24-13", null)]
    [InlineData("합계", null)]
    public void A_period_is_read_in_the_spellings_of_its_sources(string written, string? period)
    {
        var tried = Trying.Read("json", $$"""[{"p":"{{written}}","v":1},{"p":"2020","v":2}]""", "kind: figures\nmap: { figure: { period: [p], value: [v] } }\n");
        Assert.Equal(period is null ? ["2020"] : [period, "2020"], tried.Mapped!.Figures.Select(f => f.Period));
    }

    [Fact]
    public void An_end_before_the_start_is_no_end()
    {
        var tried = Trying.Read("json", """[{"id":"p","name":"Works","from":"20190315","to":"20181231"}]""", "kind: events\nmap: { event: { id: [id], title: { any: [name] }, reported: { absent: fetch }, onset: { from: [from], format: [yyyyMMdd] }, expires: { from: [to], format: [yyyyMMdd] } } }\n");
        Assert.Null(Assert.Single(tried.Mapped!.Events).Expires);
        Assert.Contains("end before they begin", tried.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_come_twice_are_one_and_a_header_among_them_is_dropped()
    {
        var tried = Trying.Read("csv", "id,v\nid,v\na,1\na,1\nb,2\n합계,3\n", "rows: { drop: [{ id: id }] }\nmap: { thing: { from: [id], skip: [합계] }, time: { absent: fetch }, values: { v: { from: [v] } } }\n");
        Assert.Equal([("a", 1d), ("b", (double?)2)], tried.Mapped!.Readings.Select(r => (r.Thing, r.Value)));
        Assert.Null(tried.Detail);
    }

    [Fact]
    public void The_newest_counts_whatever_the_order_of_the_rows()
    {
        string Body(params int[] minutes) => "[" + string.Join(',', minutes.Select(m => $$"""{"id":"a","t":"202607201{{m:000}}","v":{{m}}}""")) + "]";
        foreach (var order in new[] { new[] { 250, 240, 230 }, [230, 240, 250], [240, 250, 230] })
            Assert.Equal(250, Trying.Read("json", Body(order), "map: { thing: { from: [id] }, time: { from: [t], format: [yyyyMMddHHmm] }, values: { v: { from: [v] } } }\n").Mapped!.Readings.MaxBy(r => r.ObservedAt)!.Value);
    }

    [Theory]
    [InlineData("lat: [y], lon: [x]", "127.02", "37.5", true)]
    [InlineData("lat: [x], lon: [y]", "127.02", "37.5", false)]
    [InlineData("x: [x], y: [y], crs: \"EPSG:5181\"", "192026.077328", "443662.903901", true)]
    [InlineData("x: [x], y: [y], crs: \"EPSG:5179\"", "953898.2", "1951954.9", true)]
    [InlineData("x: [x], y: [y], crs: \"EPSG:5186\"", "198056", "551885", true)]
    [InlineData("lat: [y], lon: [x]", "127-01-12", "37-30-00", true)]
    [InlineData("lat: [y], lon: [x]", "0", "0", false)]
    [InlineData("lat: [y], lon: [x]", "", "", false)]
    public void A_place_is_read_in_the_grid_that_is_declared_and_doubted_where_it_cannot_be(string place, string x, string y, bool there)
    {
        var tried = Trying.Read("json", $$"""[{"id":"a","x":"{{x}}","y":"{{y}}"}]""", $"kind: things\nmap: {{ thing: {{ from: [id] }}, place: {{ {place} }} }}\n");
        var found = tried.Mapped!.Things["a"].Place;
        Assert.Equal(there, found is not null);
        if (found is { } at) Assert.True(at.Latitude is > 37.4 and < 37.7 && at.Longitude is > 126.7 and < 127.2, at.ToString());
        if (place.StartsWith("lat: [x]", StringComparison.Ordinal)) Assert.Contains("look swapped", tried.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("any", "11680", "11680")]
    [InlineData("kostat", "11230", "11680")]
    [InlineData("any", "11230", "11230")]
    [InlineData("air", "111261", "11680")]
    [InlineData("sewer", "23", "11680")]
    [InlineData("name", "강남", "11680")]
    [InlineData("name", "서울특별시 강남구", "11680")]
    [InlineData("name", "강남구 ", "11680")]
    [InlineData("name", "부산 강서구", null)]
    public void A_borough_is_found_in_its_source_s_own_code_system(string system, string written, string? area)
    {
        var tried = Trying.Read("json", $$"""[{"id":"{{written}}","v":1},{"id":"{{(system is "any" ? "11110" : system == "kostat" ? "11010" : system == "air" ? "111123" : system == "sewer" ? "01" : "종로구")}}","v":2}]""",
            $"map: {{ thing: {{ from: [id], isArea: true, areaCodes: {system} }}, time: {{ absent: fetch }}, values: {{ v: {{ from: [v] }} }} }}\n");
        Assert.Equal(area is null ? ["11110"] : [area, "11110"], tried.Mapped!.Things.Keys);
    }

    [Theory]
    [InlineData("utf-8", "", true)]
    [InlineData("utf-16", "", true)]
    [InlineData("utf-16BE", "", true)]
    [InlineData("ks_c_5601-1987", "read: { encoding: ks_c_5601-1987 }\n", true)]
    [InlineData("euc-kr", "read: { encoding: euc-kr }\n", true)]
    [InlineData("euc-kr", "", false)]
    public void A_table_is_read_in_the_encoding_it_says_and_refused_where_it_lies(string encoding, string over, bool ok)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var of = Encoding.GetEncoding(encoding);
        foreach (var end in new[] { "\n", "\r\n", "\r" })
        {
            byte[] body = [.. encoding.StartsWith("utf", StringComparison.Ordinal) ? of.GetPreamble() : [], .. of.GetBytes($"지점,값{end}종로구,1{end}강남구,2{end}")];
            var tried = Trying.Read("csv", body, over + "map: { thing: { from: [지점], isArea: true }, time: { absent: fetch }, values: { v: { from: [값] } } }\n");
            if (ok) Assert.Equal((FetchOutcome.Ok, 1d, 2d), (tried.Outcome, tried.Value("11110", "v")!.Value, tried.Value("11680", "v")!.Value));
            else Assert.Equal(FetchOutcome.Unparsable, tried.Outcome);
        }
    }

    [Fact]
    public void A_name_with_a_NUL_in_it_is_no_thing() =>
        Assert.Equal(["b"], Trying.Read("json", """[{"id":"a\u0000","v":1},{"id":"b","v":2}]""", Map).Mapped!.Things.Keys);

    [Fact]
    public async Task Pages_are_read_until_a_short_one_whatever_the_total_says_and_one_past_the_end_ends_them()
    {
        static string Row(int i) => $$"""{"stationId":"ST-{{i}}","stationName":"{{i}}. 앞","parkingBikeTotCnt":"3","rackTotCnt":"5"}""";
        static string Page(int from, int count) => """{"rentBikeStatus":{"list_total_count":10,"RESULT":{"CODE":"INFO-000"},"row":[""" + string.Join(',', Enumerable.Range(from, count).Select(Row)) + "]}}";
        foreach (var last in new[] { Page(21, 4), """{"RESULT":{"CODE":"INFO-200","MESSAGE":"none"}}""", """{"rentBikeStatus":{"list_total_count":0,"RESULT":{"CODE":"INFO-000"}}}""" })
        {
            await using var source = new StubSource();
            source.Answer = (stream, request, stop) => StubSource.Ok("application/json", request.Contains("/1/10/", StringComparison.Ordinal) ? Page(1, 10) : request.Contains("/11/20/", StringComparison.Ordinal) ? Page(11, 10) : last)(stream, request, stop);
            await using var bench = await FeedBench.Start(at: Trying.Now);
            bench.Redirect("city.bike-share", source.Address);
            bench.Plan("city.bike-share").Descriptor.Paging!.Size = 10;
            var health = await bench.Beat("city.bike-share");
            Assert.Equal((FetchOutcome.Ok, last.Length > 100 ? 24 : 20, 3), (health.Outcome, health.Rows, source.Requests));
        }
    }

    [Fact]
    public async Task Values_that_stand_still_for_six_hours_are_told()
    {
        await using var source = new StubSource();
        await using var bench = await FeedBench.Start(at: Trying.Now);
        bench.Redirect(FeedBench.Snow, source.Address);
        bench.Plan(FeedBench.Snow).Descriptor.Expect.Rows = 1;
        async Task<FeedHealth> Beat(TimeSpan later, string value)
        {
            bench.Clock.Advance(later);
            var at = TimeZoneInfo.ConvertTime(bench.Clock.GetUtcNow(), bench.City.Zone);
            source.Answer = StubSource.Ok("text/csv", $"지점코드,관측시각,신적설(cm),적설(cm)\r\nS01,{at:yyyy-MM-dd HH:mm},{value},2\r\n");
            return await bench.Beat(FeedBench.Snow);
        }
        Assert.Null((await Beat(TimeSpan.Zero, "1.5")).Detail);
        Assert.Null((await Beat(TimeSpan.FromHours(5), "1.500001")).Detail);
        Assert.Equal((FetchOutcome.Ok, "every value has been the same for 6 h"), await Beat(TimeSpan.FromHours(1.5), "1.5") is var still ? (still.Outcome, still.Detail) : default);
        Assert.Null((await Beat(TimeSpan.FromMinutes(1), "1.6")).Detail);
        // that nothing falls for a day is weather
        Assert.Null((await Beat(TimeSpan.FromMinutes(1), "적설없음")).Detail is { } odd && odd.Contains("same", StringComparison.Ordinal) ? odd : null);
    }

    [Theory]
    [InlineData("HTTP/1.1 304 Not Modified", "")]
    [InlineData("HTTP/1.1 200 OK", "")]
    [InlineData("HTTP/1.1 200 OK", "<!DOCTYPE html><html><body>Sign in to the guest network</body></html>")]
    [InlineData("HTTP/1.1 200 OK", "  <HTML><head><meta http-equiv=refresh></head></HTML>")]
    public async Task An_answer_without_data_is_never_zero(string head, string body)
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", """{"S":{"RESULT":{"CODE":"INFO-000"},"row":[{"MSRMT_DT":"202607201303","MSRSTN_NM":"중구","PM":20,"FPM":10,"OZON":0.03,"NTDX":0.01,"CBMX":0.4,"SPDX":0.003,"CAI_GRD":"보통"}]}}""") };
        await using var bench = await FeedBench.Start(at: Trying.Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Air)).Outcome);
        source.Answer = StubSource.Raw([head, "Content-Type: application/json", $"Content-Length: {body.Length}", "Connection: close"], Encoding.UTF8.GetBytes(body));
        Assert.NotEqual(FetchOutcome.Ok, (await bench.Beat(FeedBench.Air, TimeSpan.FromSeconds(10))).Outcome);
        Assert.Equal(20, bench.Book.Latest(FeedBench.Air).Value("11140", "pm10"));
        Assert.Equal(Trying.Now, bench.Book.AsOf(FeedBench.Air)!.At!.Value, TimeSpan.FromSeconds(31));
    }
}

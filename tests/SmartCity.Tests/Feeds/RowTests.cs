using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>The traps that real tables hold, in bodies of our own, through the whole path: bytes to readings.</summary>
public sealed class RowTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 20, 4, 3, 30, TimeSpan.Zero);

    /// <summary>Lets a feed fetch one body.</summary>
    private static async Task<(FeedHealth Health, Snapshot Latest)> Fetch(string body, string feed = FeedBench.Air, Action<FeedDescriptor>? change = null, byte[]? bytes = null, string type = "application/json")
    {
        await using var source = new StubSource { Answer = StubSource.Ok(type, bytes ?? Encoding.UTF8.GetBytes(body)) };
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(feed, source.Address);
        var descriptor = bench.Plan(feed).Descriptor;
        descriptor.Expect.Rows = 1;
        change?.Invoke(descriptor);
        var health = await bench.Beat(feed);
        return (health, bench.Book.Latest(feed));
    }

    private static string Rows(params string[] rows) => $$$"""{"RealtimeCityAir":{"list_total_count":5,"RESULT":{"CODE":"INFO-000","MESSAGE":"ok"},"row":[{{{string.Join(",", rows)}}}]}}""";

    private static string Row(string area = "중구", string time = "202607201303", string pm10 = "31.0", string grade = "좋음") =>
        $$"""{"MSRMT_DT":"{{time}}","MSRSTN_NM":"{{area}}","PM":{{pm10}},"FPM":12.5,"OZON":0.0421,"NTDX":0.02,"CBMX":0.4,"SPDX":0.003,"CAI_GRD":"{{grade}}"}""";

    [Theory]
    [InlineData("31.0", 31.0, Quality.Good, null)]
    [InlineData("\"31\"", 31.0, Quality.Good, null)]
    [InlineData("\".5\"", 0.5, Quality.Good, null)]
    [InlineData("\" 31 \"", 31.0, Quality.Good, null)]
    [InlineData("0.0", 0.0, Quality.Good, null)]
    [InlineData("\"0,123\"", 123.0, Quality.Good, null)]
    // every way in which a value is missing
    [InlineData("null", null, Quality.Missing, null)]
    [InlineData("\"\"", null, Quality.Missing, null)]
    [InlineData("\" \"", null, Quality.Missing, null)]
    [InlineData("\"-\"", null, Quality.Missing, null)]
    [InlineData("\"점검중\"", null, Quality.Missing, null)]
    [InlineData("{\"nested\":1}", null, Quality.Missing, null)]
    // what nobody said would stand there is missing, and said
    [InlineData("\"통신장애\"", null, Quality.Missing, "1 values are not numbers, such as '통신장애'")]
    [InlineData("\"12,34\"", null, Quality.Missing, "1 values are not numbers, such as '12,34'")]
    [InlineData("\"１２\"", null, Quality.Missing, "1 values are not numbers, such as '１２'")]
    [InlineData("true", null, Quality.Missing, "1 values are not numbers, such as 'true'")]
    [InlineData("\"<b>9</b>\"", null, Quality.Missing, "1 values are not numbers, such as '9'")]
    // numbers that no instrument gives
    [InlineData("\"NaN\"", null, Quality.Suspect, "1 values are outside what is believed")]
    [InlineData("-1", null, Quality.Suspect, "1 values are outside what is believed")]
    [InlineData("999999", null, Quality.Suspect, "1 values are outside what is believed")]
    public async Task A_cell_is_a_number_or_missing_with_a_reason(string cell, double? value, Quality quality, string? detail)
    {
        var (health, latest) = await Fetch(Rows(Row(pm10: cell), Row("종로구")));
        Assert.Equal((FetchOutcome.Ok, detail), (health.Outcome, health.Detail));
        Assert.Equal((value, quality), (latest.Values[("11140", "pm10")].Value, latest.Values[("11140", "pm10")].Quality));
        Assert.Equal(12.5, latest.Value("11140", "pm25"));
        Assert.Equal(31, latest.Value("11110", "pm10"));
    }

    [Fact]
    public async Task A_column_that_is_null_in_every_row_is_missing_and_not_lost()
    {
        var (health, latest) = await Fetch(Rows(Row(pm10: "null")));
        Assert.Equal(FetchOutcome.Ok, health.Outcome);
        Assert.Null(latest.Value("11140", "pm10"));
    }

    [Theory]
    [InlineData("0.0", "", true)]
    [InlineData("\"0\"", "", true)]
    [InlineData("0.0", "좋음", false)]
    [InlineData("31", "", false)]
    public async Task Zero_without_a_grade_is_a_station_that_is_out(string pm10, string grade, bool outage)
    {
        var (_, latest) = await Fetch(Rows(Row(pm10: pm10, grade: grade)));
        Assert.Equal(outage, latest.Values.Values.All(r => r.Value is null && r.Quality == Quality.Maintenance));
        Assert.Equal(outage, latest.Values.Values.Any(r => r.Quality == Quality.Maintenance));
    }

    [Fact]
    public async Task A_feed_of_which_every_station_is_out_says_no_data()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", Rows(Row(pm10: "0", grade: ""))) };
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        Assert.Equal((FetchOutcome.Ok, Freshness.NoData), ((await bench.Beat(FeedBench.Air)).Outcome, bench.State(FeedBench.Air)));
    }

    [Theory]
    [InlineData("yyyyMMddHHmm", "202607201303", "2026-07-20T04:03:00Z")]
    [InlineData("yyyyMMddHHmm", "202607192400", "2026-07-19T15:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm", "2025-12-31 24:00", "2025-12-31T15:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm", "2026-07-19 24:01", null)]
    [InlineData("yyyy-MM-dd HH:mm", "2026-02-29 10:00", null)]
    [InlineData("yyyy-MM-dd HH:mm:ss.f", "2026-07-20 13:03:01.0", "2026-07-20T04:03:01Z")]
    [InlineData("yyyy-MM-dd_HH:mm:ss", "2026-07-20_13:03:00", "2026-07-20T04:03:00Z")]
    [InlineData("yyyy-MM-dd tt h:mm:ss", "2026-07-20 오전 12:06:00", "2026-07-19T15:06:00Z")]
    [InlineData("yyyy-MM-dd tt h:mm:ss", "2026-07-20 오후 12:06:00", "2026-07-20T03:06:00Z")]
    [InlineData("yyyy-MM-dd tt h:mm:ss", "2026-07-20 PM 1:02:00", "2026-07-20T04:02:00Z")]
    [InlineData("yyyy/MM/dd HH:mm:ss", "2026/07/20 13:03:11", "2026-07-20T04:03:11Z")]
    [InlineData("yyyy-MM-ddTHH:mm:sszzz", "2026-07-20T06:03:00+02:00", "2026-07-20T04:03:00Z")]
    [InlineData("yyyy-MM-ddTHH:mm:ssK", "2026-07-20T04:03:00Z", "2026-07-20T04:03:00Z")]
    [InlineData("yy-MM-dd HH", "26-07-20 13", "2026-07-20T04:00:00Z")]
    // a little ahead of our clock is a clock; more is an error
    [InlineData("yyyyMMddHHmm", "202607201308", "2026-07-20T04:08:00Z")]
    [InlineData("yyyyMMddHHmm", "202607201309", null)]
    [InlineData("yyyyMMddHHmm", "209901010000", null)]
    [InlineData("yyyyMMddHHmm", "", null)]
    public async Task A_time_is_read_in_the_way_its_source_writes_it(string format, string text, string? instant)
    {
        var (health, latest) = await Fetch(Rows(Row(time: text)), change: d => d.Map.Time.Format = [format]);
        if (instant is null) Assert.Equal(FetchOutcome.SchemaDrift, health.Outcome);
        else Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), latest.Values[("11140", "pm10")].ObservedAt);
    }

    [Fact]
    public async Task A_time_ahead_of_the_clock_does_not_make_a_feed_younger_than_its_fetch()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", Rows(Row(time: "202607201307"))) };
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        await bench.Beat(FeedBench.Air);
        Assert.Equal(Now, bench.Book.AsOf(FeedBench.Air)!.At);
    }

    [Fact]
    public async Task The_order_of_rows_does_not_matter_and_duplicates_change_nothing()
    {
        var (_, latest) = await Fetch(Rows(Row(time: "202607201303", pm10: "30"), Row(time: "202607201301", pm10: "10"), Row(time: "202607201302", pm10: "20"), Row(time: "202607201303", pm10: "30"), Row(time: "202607201303", pm10: "null")));
        Assert.Equal(30, latest.Value("11140", "pm10"));
    }

    [Fact]
    public async Task Rows_for_earlier_moments_are_stored_once_and_corrections_of_them_again()
    {
        await using var source = new StubSource();
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        foreach (var (old, @new) in new[] { ("10", "30"), ("10", "30"), ("11", "30"), ("11", "31") })
        {
            source.Answer = StubSource.Ok("application/json", Rows(Row(time: "202607201303", pm10: @new), Row(time: "202607201301", pm10: old)));
            await bench.Beat(FeedBench.Air, TimeSpan.FromSeconds(1));
        }
        Assert.Equal([11, 31], (await bench.Store.Since(FeedBench.Air, "pm10", DateTimeOffset.UnixEpoch, FeedBench.Cancel)).Select(r => r.Value));
        Assert.Equal(31, bench.Book.Latest(FeedBench.Air).Value("11140", "pm10"));
        await using var connection = await new Shell.Store.CityDatabase(Path.Combine(bench.Folder, "city.db")).Open(FeedBench.Cancel);
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM feeds_observations o JOIN feeds_series s ON s.Id = o.SeriesId WHERE s.Property = 'pm10'";
        Assert.Equal(4L, await count.ExecuteScalarAsync(FeedBench.Cancel));
    }

    [Fact]
    public async Task A_source_that_falls_back_on_an_older_copy_takes_nothing_back()
    {
        await using var source = new StubSource();
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        foreach (var (time, pm10) in new[] { ("202607201303", "30"), ("202607201202", "10") })
        {
            source.Answer = StubSource.Ok("application/json", Rows(Row(time: time, pm10: pm10)));
            await bench.Beat(FeedBench.Air);
        }
        Assert.Equal((30, Now), (bench.Book.Latest(FeedBench.Air).Value("11140", "pm10"), bench.Book.AsOf(FeedBench.Air)!.At));
    }

    [Fact]
    public async Task A_station_that_falls_silent_while_the_others_speak_loses_its_value()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/json", Rows(Row("중구"), Row("종로구"))) };
        await using var bench = await FeedBench.Start(at: Now);
        bench.Redirect(FeedBench.Air, source.Address);
        bench.Plan(FeedBench.Air).Descriptor.Expect.Rows = 1;
        await bench.Beat(FeedBench.Air);
        source.Answer = StubSource.Ok("application/json", Rows(Row("중구", "202607201308", "50")));
        await bench.Beat(FeedBench.Air, TimeSpan.FromMinutes(5));
        Assert.Equal((50d, null), (bench.Book.Latest(FeedBench.Air).Value("11140", "pm10"), bench.Book.Latest(FeedBench.Air).Value("11110", "pm10")));
        Assert.True(bench.Book.Latest(FeedBench.Air).Things.ContainsKey("11110"));
    }

    [Fact]
    public async Task Totals_among_the_rows_are_no_things()
    {
        var (health, latest) = await Fetch(Rows(Row(), Row("서울시"), Row("평균", pm10: "99"), Row("부산 어딘가")));
        Assert.Equal((1, "3 rows name nothing that this city knows"), (latest.Things.Count, health.Detail));
        // and where things are stations, which have names of any kind, the descriptor names what to skip
        var csv = "지점코드,관측시각,신적설(cm),적설(cm)\r\nS01,2026-07-20 13:03,1.5,2\r\n합계,2026-07-20 13:03,9,9\r\n";
        (health, latest) = await Fetch(csv, FeedBench.Snow, d => d.Map.Thing.Skip = ["합계"]);
        Assert.Equal((FetchOutcome.Ok, null, "S01"), (health.Outcome, health.Detail, Assert.Single(latest.Things).Key));
    }

    [Theory]
    [InlineData("{\"RESULT\":{\"CODE\":\"INFO-200\",\"MESSAGE\":\"none\"}}", FetchOutcome.Empty, "INFO-200 none")]
    [InlineData("{\"RESULT\":{\"RESULT.CODE\":\"INFO-100\",\"RESULT.MESSAGE\":\"key\"}}", FetchOutcome.Auth, "INFO-100 key")]
    [InlineData("{\"RESULT\":{\"CODE\":\"ERROR-600\"}}", FetchOutcome.UpstreamDown, "ERROR-600")]
    [InlineData("{\"RESULT\":{\"CODE\":\"ERROR-310\"}}", FetchOutcome.BadRequest, "ERROR-310")]
    [InlineData("{\"RESULT\":{\"CODE\":\"ERROR-4711\"}}", FetchOutcome.BadRequest, "ERROR-4711")]
    // a gateway refuses in XML whatever was asked for
    [InlineData("<?xml version=\"1.0\"?><RESULT><CODE>INFO-100</CODE><MESSAGE><![CDATA[key]]></MESSAGE></RESULT>", FetchOutcome.Auth, "INFO-100")]
    [InlineData("<a><CODE>INFO-000</CODE></a>", FetchOutcome.Unparsable, "not well formed: INFO-000")]
    [InlineData("Forbidden", FetchOutcome.Unparsable, "not well formed: Forbidden")]
    [InlineData("", FetchOutcome.Unparsable, "the answer is empty")]
    [InlineData("[]", FetchOutcome.SchemaDrift, "no rows at */row or row")]
    [InlineData("{}", FetchOutcome.SchemaDrift, "no rows at */row or row")]
    [InlineData("{\"row\":[]}", FetchOutcome.Empty, null)]
    [InlineData("{\"row\":[1,\"x\",null]}", FetchOutcome.Empty, null)]
    // the place of the rows is there and empty
    [InlineData("{\"row\":\"\"}", FetchOutcome.Empty, null)]
    [InlineData("null", FetchOutcome.SchemaDrift, "no rows at */row or row")]
    [InlineData("{\"row\":[{\"a\":1}]} and more", FetchOutcome.Unparsable, null)]
    [InlineData("{\"row\":[{\"a\":1,\"a\":2}]}", FetchOutcome.Unparsable, null)]
    [InlineData("{\"row\":[{\"a\":\"\\ud800\"}]}", FetchOutcome.Unparsable, null)]
    [InlineData("{\"row\":[{\"\\ud800\":1}]}", FetchOutcome.Unparsable, null)]
    [InlineData("{\"row\":[{\"a\":01}]}", FetchOutcome.Unparsable, null)]
    [InlineData("{\"row\":[{\"a\":NaN}]}", FetchOutcome.Unparsable, null)]
    [InlineData("{/* said */\"row\":[]}", FetchOutcome.Unparsable, null)]
    public async Task A_body_that_is_no_table_has_a_name(string body, FetchOutcome expected, string? detail)
    {
        var (health, latest) = await Fetch(body);
        Assert.Equal(expected, health.Outcome);
        if (detail is not null) Assert.StartsWith(detail, health.Detail, StringComparison.Ordinal);
        Assert.Same(Snapshot.None, latest);
    }

    [Fact]
    public async Task A_body_made_to_hurt_is_unparsable()
    {
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch(new string('[', 200_000))).Health.Outcome);
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch("{\"row\":" + new string('[', 40) + new string(']', 40) + "}")).Health.Outcome);
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch("", bytes: [.. "{\"row\":[{\"a\":\""u8, 0xFF, 0xFE, .. "\"}]}"u8])).Health.Outcome);
        var (health, _) = await Fetch(Rows(Row(pm10: new string('9', 400))));
        Assert.Equal(FetchOutcome.Unparsable, health.Outcome);
        Assert.StartsWith("a number that is not finite", health.Detail, StringComparison.Ordinal);
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch(Rows(Row(pm10: "1e999")))).Health.Outcome);
    }

    [Theory]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\r\nS01,2026-07-20 13:03,1.5,2", FetchOutcome.Unparsable, "the last line does not end")]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\nS01,2026-07-20 13:03,1.5\n", FetchOutcome.Unparsable, "not well formed")]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\rS01,2026-07-20 13:03,적설없음,2\r", FetchOutcome.Ok, null)]
    [InlineData("\"지점코드\",\"관측시각\",\"신적설(cm)\",\"적설(cm)\"\n\"S01\",\"2026-07-20 13:03\",\"1.5\",\"2\"\n", FetchOutcome.Ok, null)]
    [InlineData("\uFEFF지점코드,관측시각,신적설(cm),적설(cm),더\nS01,2026-07-20 13:03,1.5,2,x\n", FetchOutcome.Ok, null)]
    [InlineData("지점코드,관측시각,적설(cm)\nS01,2026-07-20 13:03,2\n", FetchOutcome.SchemaDrift, "no column for new-snow;")]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\n", FetchOutcome.Empty, null)]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\n\"S01,2026-07-20 13:03,1.5,2\n", FetchOutcome.Unparsable, null)]
    [InlineData("지점코드,관측시각,신적설(cm),적설(cm)\nS\u000001,2026-07-20 13:03,1.5,2\n", FetchOutcome.SchemaDrift, "0 of at least 1 rows could be read; 1 rows name nothing")]
    [InlineData("\n\n", FetchOutcome.Unparsable, null)]
    public async Task A_table_of_text_is_whole_or_refused(string csv, FetchOutcome expected, string? detail)
    {
        var (health, _) = await Fetch(csv, FeedBench.Snow, type: "text/csv");
        Assert.Equal(expected, health.Outcome);
        if (detail is not null) Assert.StartsWith(detail, health.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_may_be_in_the_encoding_that_its_header_names_and_in_no_other()
    {
        Encodings.Know();
        var bytes = Encoding.GetEncoding("euc-kr").GetBytes("지점코드,관측시각,신적설(cm),적설(cm)\r\nS01,2026-07-20 13:03,적설없음,2\r\n");
        var (health, latest) = await Fetch("", FeedBench.Snow, bytes: bytes, type: "text/csv; charset=EUC-KR");
        Assert.Equal((FetchOutcome.Ok, 0), (health.Outcome, latest.Value("S01", "new-snow")));
        Assert.Equal(FetchOutcome.Unparsable, (await Fetch("", FeedBench.Snow, bytes: bytes, type: "text/csv")).Health.Outcome);
    }
}

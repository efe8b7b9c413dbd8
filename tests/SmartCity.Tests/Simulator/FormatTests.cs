using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;

namespace SmartCity.Tests.Simulator;

public sealed class FormatTests
{
    private static readonly string[] AirNow = ["MSRMT_DT", "SAREA_NM", "MSRSTN_NM", "PM", "FPM", "OZON", "NTDX", "CBMX", "SPDX", "CAI_GRD", "CAI_IDX", "CRST_SBSTN"];
    private static readonly string[] AirOnce = ["MSRDT", "MSRRGN_NM", "MSRSTE_NM", "PM10", "PM25", "O3", "NO2", "CO", "SO2", "IDEX_NM", "IDEX_MVL", "ARPLT_MAIN"];

    [Fact]
    public async Task Air_has_a_row_for_each_area_with_the_names_of_today()
    {
        await using var running = await RunningSimulator.Start();
        using var answer = await running.Get("/plaza/key/json/RealtimeCityAir/1/1000/");
        Assert.Equal("application/json;charset=UTF-8", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        var (total, rows) = await running.Rows("RealtimeCityAir", "1/1000/");
        Assert.Equal(25, total);
        Assert.Equal(25, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(AirNow, row!.AsObject().Select(p => p.Key));
            Assert.Equal("202607201303", row["MSRMT_DT"]!.GetValue<string>());
            Assert.InRange(row["FPM"]!.GetValue<double>(), 1, 150);
            Assert.NotEmpty(row["CAI_GRD"]!.GetValue<string>());
        });
        Assert.Equal(25, rows.Select(r => r!["MSRSTN_NM"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task Air_can_have_the_names_it_once_had()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetNaming("air", old: true);
        var (_, rows) = await running.Rows("RealtimeCityAir", "1/5/");
        Assert.Equal(AirOnce, rows[0]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public async Task The_next_beat_has_other_numbers()
    {
        await using var running = await RunningSimulator.Start();
        var before = (await running.Rows("RealtimeCityAir", "1/25")).Rows;
        running.Clock.Advance(TimeSpan.FromSeconds(10));
        var after = (await running.Rows("RealtimeCityAir", "1/25")).Rows;
        Assert.True(Enumerable.Range(0, 25).Count(i => before[i]!["FPM"]!.GetValue<double>() != after[i]!["FPM"]!.GetValue<double>()) > 12);
    }

    [Fact]
    public async Task Rows_are_kept_by_a_name_in_the_address()
    {
        await using var running = await RunningSimulator.Start();
        var name = (await running.Rows("RealtimeCityAir", "3/3")).Rows[0]!["MSRSTN_NM"]!.GetValue<string>();
        var (total, rows) = await running.Rows("RealtimeCityAir", "1/5/%20/" + Uri.EscapeDataString(name));
        Assert.Equal(1, total);
        Assert.Equal(name, rows[0]!["MSRSTN_NM"]!.GetValue<string>());
    }

    [Fact]
    public async Task History_has_the_full_hours_that_have_passed()
    {
        await using var running = await RunningSimulator.Start();
        var (total, rows) = await running.Rows("TimeAverageAirQuality", "1/1000/20260720/");
        Assert.Equal(13 * 25, total);
        Assert.Equal("202607200000", rows[0]!["MSRMT_DT"]!.GetValue<string>());
        Assert.Equal("202607201200", rows[^1]!["MSRMT_DT"]!.GetValue<string>());
        Assert.Equal(600, (await running.Rows("TimeAverageAirQuality", "1/1000/20260719")).Total);
        Assert.Equal("INFO-200", await running.Code("/plaza/key/json/TimeAverageAirQuality/1/1000/20260721/"));
        Assert.Equal("ERROR-300", await running.Code("/plaza/key/json/TimeAverageAirQuality/1/1000/yesterday/"));
    }

    [Fact]
    public async Task A_history_does_not_change_when_it_is_asked_for_later()
    {
        await using var running = await RunningSimulator.Start();
        var before = (await running.Rows("TimeAverageAirQuality", "1/25/20260720/")).Rows.ToJsonString();
        running.Clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(before, (await running.Rows("TimeAverageAirQuality", "1/25/20260720/")).Rows.ToJsonString());
    }

    [Fact]
    public async Task Pages_of_a_long_history_fit_together()
    {
        await using var running = await RunningSimulator.Start();
        var gauges = (await running.Rows("ListRainfallService", "1/1000")).Total;
        var seen = new HashSet<(string, string)>();
        var total = int.MaxValue;
        for (var start = 1; start <= total; start += 1000)
        {
            var page = await running.Rows("RainfallTenMinutes", FormattableString.Invariant($"{start}/{start + 999}/20260719/"));
            total = page.Total;
            Assert.Equal(Math.Min(1000, total - start + 1), page.Rows.Count);
            foreach (var row in page.Rows) Assert.True(seen.Add((row!["RF_CD"]!.GetValue<string>(), row["DATA_CLCT_TM"]!.GetValue<string>())));
        }
        Assert.Equal(144 * gauges, total);
        Assert.Equal(total, seen.Count);
        Assert.Equal("INFO-200", await running.Code(FormattableString.Invariant($"/plaza/key/json/RainfallTenMinutes/{total + 1}/{total + 1000}/20260719/")));
    }

    [Fact]
    public async Task Rain_stands_on_ten_minutes_and_the_running_ones_grow()
    {
        await using var running = await RunningSimulator.Start(new DateTimeOffset(2026, 7, 20, 4, 1, 0, TimeSpan.Zero));
        var before = (await running.Rows("ListRainfallService", "1/1000")).Rows;
        running.Clock.Advance(TimeSpan.FromMinutes(8));
        var after = (await running.Rows("ListRainfallService", "1/1000")).Rows;
        Assert.All(after, r => Assert.Equal("2026-07-20 13:00", r!["DATA_CLCT_TM"]!.GetValue<string>()));
        Assert.All(Enumerable.Range(0, after.Count), i => Assert.True(after[i]!["RN_10M"]!.GetValue<double>() >= before[i]!["RN_10M"]!.GetValue<double>()));
        Assert.True(after.Sum(r => r!["RN_10M"]!.GetValue<double>()) > before.Sum(r => r!["RN_10M"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Weather_stations_have_places_and_a_word_for_the_wind()
    {
        await using var running = await RunningSimulator.Start();
        var (total, rows) = await running.Rows("RealtimeWeatherStation", "1/1000");
        Assert.Equal(28, total);
        var stations = (await File.ReadAllLinesAsync(Path.Combine(RunningSimulator.Pack(), "stations.csv"), RunningSimulator.Cancel)).Select(l => l.Split(',')[0]).ToHashSet();
        Assert.All(rows, row =>
        {
            Assert.Contains(row!["STN_ID"]!.GetValue<string>(), stations);
            Assert.Matches("풍$", row["NAME"]!.GetValue<string>());
            Assert.True(DateTime.TryParseExact(row["SAWS_OBS_TM"]!.GetValue<string>(), "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        });
        Assert.Equal(13 * 28, (await running.Rows("WeatherStationHour", "1/1000/20260720")).Total);
    }

    [Theory]
    [InlineData("k/json/RealtimeCityAir/26/30/", "INFO-200")]
    [InlineData("k/json/RealtimeCityAir/0/5/", "ERROR-331")]
    [InlineData("k/json/RealtimeCityAir/1/0/", "ERROR-332")]
    [InlineData("k/json/RealtimeCityAir/a/5/", "ERROR-333")]
    [InlineData("k/json/RealtimeCityAir/1/5.5/", "ERROR-333")]
    [InlineData("k/json/RealtimeCityAir/5/1/", "ERROR-334")]
    [InlineData("sample/json/RealtimeCityAir/1/6/", "ERROR-335")]
    [InlineData("k/json/RealtimeCityAir/1/1001/", "ERROR-336")]
    [InlineData("k/json/RealtimeCityAir/1/", "ERROR-300")]
    [InlineData("k/pdf/RealtimeCityAir/1/5/", "ERROR-301")]
    [InlineData("k/json/NothingOfTheKind/1/5/", "ERROR-310")]
    public async Task A_question_that_is_wrong_gets_a_code_and_status_200(string path, string code)
    {
        await using var running = await RunningSimulator.Start();
        using var answer = await running.Get("/plaza/" + path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(code, await running.Code("/plaza/" + path));
    }

    [Fact]
    public async Task The_key_for_trying_out_gives_five_rows()
    {
        await using var running = await RunningSimulator.Start();
        Assert.Equal(5, (await running.Json("/plaza/sample/json/RealtimeCityAir/1/5/"))["RealtimeCityAir"]!["row"]!.AsArray().Count);
    }

    [Fact]
    public async Task Snow_is_a_table_with_a_mark_and_says_when_there_is_none()
    {
        await using var running = await RunningSimulator.Start();
        var bytes = await running.Client.GetByteArrayAsync(running.At("/snow/snow.csv"), RunningSimulator.Cancel);
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.Equal("지점코드,자치구,관측시각,신적설(cm),적설(cm)", lines[0]);
        Assert.Equal(27, lines.Length);
        Assert.All(lines[1..^1], l => Assert.Matches("^S[0-9]{2},[^,]+,2026-07-20 13:03,(적설없음|-),(적설없음|-)$", l));
    }

    [Fact]
    public async Task News_is_well_formed_told_in_both_languages_and_carries_two_kinds_of_markup()
    {
        await using var running = await RunningSimulator.Start();
        var items = XDocument.Parse(await running.Text("/news/rss.xml")).Descendants("item").ToList();
        XNamespace dublinCore = "http://purl.org/dc/elements/1.1/";
        Assert.Equal(["en", "ko"], items.Select(i => i.Element(dublinCore + "language")!.Value).Distinct().Order());
        Assert.Equal(items.Count, items.Select(i => i.Element("guid")!.Value).Distinct().Count());
        Assert.Contains(items, i => i.Element("title")!.Value.StartsWith("<b>", StringComparison.Ordinal));
        Assert.Contains("&amp;lt;b&amp;gt;", await running.Text("/news/rss.xml"), StringComparison.Ordinal);
        var dates = items.Select(i => DateTimeOffset.ParseExact(i.Element("pubDate")!.Value.Replace("+0900", "+09:00", StringComparison.Ordinal), "ddd, dd MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(dates.OrderDescending(), dates);
        Assert.All(dates, d => Assert.True(d <= running.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task News_grows_with_time_and_keeps_what_it_said()
    {
        await using var running = await RunningSimulator.Start();
        async Task<Dictionary<string, string>> Titles() => XDocument.Parse(await running.Text("/news/rss.xml")).Descendants("item").ToDictionary(i => i.Element("guid")!.Value, i => i.Element("title")!.Value);
        var before = await Titles();
        running.Clock.Advance(TimeSpan.FromMinutes(30));
        var after = await Titles();
        // a new one about every three minutes, in two languages
        Assert.InRange(after.Keys.Except(before.Keys).Count(), 18, 22);
        Assert.All(after.Keys.Intersect(before.Keys), guid => Assert.Equal(before[guid], after[guid]));
    }

    [Theory]
    [InlineData("/pictures/air.png")]
    [InlineData("/airpictures/air.png")]
    [InlineData("/pictures/satellite.png")]
    [InlineData("/satellite/satellite.png")]
    public async Task A_picture_is_a_png_that_changes_each_minute_and_is_not_sent_twice(string path)
    {
        await using var running = await RunningSimulator.Start();
        using var first = await running.Get(path);
        var bytes = await first.Content.ReadAsByteArrayAsync(RunningSimulator.Cancel);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
        Assert.Equal([0, 0, 2, 128, 0, 0, 1, 224], bytes[16..24]);
        Assert.Equal(new DateTimeOffset(2026, 7, 20, 4, 3, 0, TimeSpan.Zero), first.Content.Headers.LastModified);

        using var again = new HttpRequestMessage(HttpMethod.Get, running.At(path));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await running.Client.SendAsync(again, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var since = new HttpRequestMessage(HttpMethod.Get, running.At(path));
        since.Headers.IfModifiedSince = first.Content.Headers.LastModified;
        using var unmodified = await running.Client.SendAsync(since, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unmodified.StatusCode);

        running.Clock.Advance(TimeSpan.FromMinutes(1));
        using var later = new HttpRequestMessage(HttpMethod.Get, running.At(path));
        later.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await running.Client.SendAsync(later, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(bytes, await changed.Content.ReadAsByteArrayAsync(RunningSimulator.Cancel));
    }
}

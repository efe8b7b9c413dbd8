using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SmartCity.Simulator;

namespace SmartCity.Tests.Simulator;

public sealed class FaultTests
{
    private const string Air = "/plaza/key/json/RealtimeCityAir/1/25/";

    [Theory]
    [InlineData(Fault.Slow)]
    [InlineData(Fault.Hang)]
    public async Task A_late_source_is_silent_until_its_time_has_come(Fault fault)
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", fault);
        var asked = running.Get(Air);
        // the request has arrived, and nothing has come back
        while (running.Simulator.RequestCount("air") == 0) await Task.Delay(10, RunningSimulator.Cancel);
        Assert.False(asked.IsCompleted);
        while (!asked.IsCompleted)
        {
            running.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, RunningSimulator.Cancel);
        }
        if (fault == Fault.Hang) await Assert.ThrowsAsync<HttpRequestException>(() => asked);
        else Assert.Equal(HttpStatusCode.OK, (await asked).StatusCode);
    }

    [Fact]
    public async Task A_hanging_source_does_not_hold_up_the_end()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.Hang);
        var asked = running.Get(Air);
        while (running.Simulator.RequestCount("air") == 0) await Task.Delay(10, RunningSimulator.Cancel);
        await running.Simulator.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => asked);
    }

    [Fact]
    public async Task A_refusing_source_cuts_the_connection()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.Refuse);
        await Assert.ThrowsAsync<HttpRequestException>(() => running.Get(Air));
    }

    [Fact]
    public async Task A_broken_server_says_500()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.ServerError);
        Assert.Equal(HttpStatusCode.InternalServerError, (await running.Get(Air)).StatusCode);
    }

    [Fact]
    public async Task A_sign_in_page_comes_with_status_200()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.HtmlWith200);
        using var answer = await running.Get(Air);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("<form", await answer.Content.ReadAsStringAsync(RunningSimulator.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.QuotaInBody, "ERROR-337")]
    [InlineData(Fault.AuthInBody, "INFO-100")]
    [InlineData(Fault.Empty, "INFO-200")]
    public async Task A_refusal_in_the_body_has_the_format_s_own_code(Fault fault, string code)
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", fault);
        using var answer = await running.Get(Air);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(RunningSimulator.Cancel))!.AsObject();
        Assert.Equal("RESULT", Assert.Single(body).Key);
        Assert.Equal(code, body["RESULT"]!["CODE"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("snow", "/snow/snow.csv")]
    [InlineData("news", "/news/rss.xml")]
    [InlineData("air-picture", "/pictures/air.png")]
    public async Task Formats_without_words_for_a_refusal_use_the_status(string source, string path)
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault(source, Fault.QuotaInBody);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await running.Get(path)).StatusCode);
        running.Simulator.SetFault(source, Fault.AuthInBody);
        Assert.Equal(HttpStatusCode.Unauthorized, (await running.Get(path)).StatusCode);
    }

    [Fact]
    public async Task Renamed_columns_are_names_nobody_maps()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("*", Fault.RenamedColumns);
        var (total, rows) = await running.Rows("RealtimeCityAir", "1/25/");
        Assert.Equal(25, total);
        Assert.All(rows[0]!.AsObject(), p => Assert.StartsWith("X_", p.Key, StringComparison.Ordinal));
        Assert.All((await running.Text("/snow/snow.csv")).TrimStart('\uFEFF').Split("\r\n")[0].Split(','), n => Assert.StartsWith("X_", n, StringComparison.Ordinal));
        Assert.Empty(XDocument.Parse(await running.Text("/news/rss.xml")).Descendants("item"));
    }

    [Fact]
    public async Task An_outage_is_written_as_zero_with_empty_words_for_a_third()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.OutageAsZero);
        var (_, rows) = await running.Rows("RealtimeCityAir", "1/25/");
        var silent = rows.Where(r => r!["CAI_GRD"]!.GetValue<string>().Length == 0).ToList();
        Assert.Equal(9, silent.Count);
        Assert.All(silent, r =>
        {
            Assert.All(new[] { "PM", "FPM", "OZON", "CAI_IDX" }, c => Assert.Equal(0, r![c]!.GetValue<double>()));
            Assert.NotEmpty(r!["MSRSTN_NM"]!.GetValue<string>());
        });
    }

    [Fact]
    public async Task An_empty_source_still_speaks_its_format()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("*", Fault.Empty);
        Assert.Equal(2, (await running.Text("/snow/snow.csv")).Split("\r\n").Length);
        Assert.Empty(XDocument.Parse(await running.Text("/news/rss.xml")).Descendants("item"));
        Assert.Empty(await running.Client.GetByteArrayAsync(running.At("/pictures/air.png"), RunningSimulator.Cancel));
    }

    [Fact]
    public async Task A_truncated_body_is_complete_http_and_broken_json()
    {
        await using var running = await RunningSimulator.Start();
        var whole = await running.Client.GetByteArrayAsync(running.At(Air), RunningSimulator.Cancel);
        running.Simulator.SetFault("air", Fault.Truncated);
        using var answer = await running.Get(Air);
        var cut = await answer.Content.ReadAsByteArrayAsync(RunningSimulator.Cancel);
        Assert.Equal(cut.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(whole[..(whole.Length * 6 / 10)], cut);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(cut));
    }

    [Fact]
    public async Task A_frozen_source_repeats_itself_and_thaws()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.Frozen, TimeSpan.FromMinutes(10));
        var before = await running.Text(Air);
        running.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(before, await running.Text(Air));
        running.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEqual(before, await running.Text(Air));
    }

    [Fact]
    public async Task A_share_of_requests_fails_evenly()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.ServerError, percent: 25);
        var failed = 0;
        for (var i = 0; i < 20; i++)
        {
            using var answer = await running.Get(Air);
            if (answer.StatusCode == HttpStatusCode.InternalServerError) failed++;
        }
        Assert.Equal(5, failed);
        Assert.Equal(20, running.Simulator.RequestCount("air"));
    }

    [Fact]
    public async Task A_fault_of_one_source_leaves_the_others_alone()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("air", Fault.Refuse);
        Assert.Equal(28, (await running.Rows("RealtimeWeatherStation", "1/100")).Total);
        Assert.Throws<ArgumentException>(() => running.Simulator.SetFault("nothing", Fault.None));
    }
}

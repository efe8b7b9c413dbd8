using System.Net;
using SmartCity.Simulator;

namespace SmartCity.Tests.Simulator;

public sealed class LifeTests
{
    [Fact]
    public async Task It_starts_again_at_the_same_address()
    {
        await using var running = await RunningSimulator.Start();
        var address = running.Simulator.Address;
        Assert.NotEqual(0, address.Port);
        await running.Rows("RealtimeCityAir", "1/5");
        for (var i = 0; i < 2; i++)
        {
            await running.Simulator.StopAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => running.Get("/news/rss.xml"));
            await running.Simulator.StartAsync();
            Assert.Equal(address, running.Simulator.Address);
            await running.Rows("RealtimeCityAir", "1/5");
        }
        Assert.Equal(3, running.Simulator.RequestCount("air"));
    }

    [Fact]
    public async Task Starting_twice_and_stopping_twice_change_nothing()
    {
        await using var running = await RunningSimulator.Start();
        await running.Simulator.StartAsync();
        await running.Rows("RealtimeCityAir", "1/5");
        await running.Simulator.StopAsync();
        await running.Simulator.StopAsync();
    }

    [Fact]
    public async Task Two_run_side_by_side_and_say_the_same()
    {
        await using var one = await RunningSimulator.Start();
        await using var other = await RunningSimulator.Start();
        Assert.NotEqual(one.Simulator.Address, other.Simulator.Address);
        Assert.Equal(await one.Text("/plaza/a/json/RealtimeCityAir/1/25"), await other.Text("/plaza/b/json/RealtimeCityAir/1/25"));
        Assert.Equal(await one.Text("/news/rss.xml"), await other.Text("/news/rss.xml"));
    }

    [Fact]
    public void An_address_that_cannot_be_listened_at_is_refused()
    {
        Assert.Throws<ArgumentException>(() => CitySimulator.Load(RunningSimulator.Pack(), "somewhere"));
        Assert.Throws<ArgumentException>(() => CitySimulator.Load(RunningSimulator.Pack(), "https://localhost:1"));
    }

    [Fact]
    public async Task Every_mistake_in_a_scenario_is_told_at_once()
    {
        using var copy = new PackCopy(text => text.Replace("curve: o3,", "curve: ozone,", StringComparison.Ordinal)
            .Replace("draw: clouds", "draw: rainbows", StringComparison.Ordinal).Replace("season: auto", "season: spring", StringComparison.Ordinal));
        var wrong = Assert.Throws<InvalidDataException>(() => CitySimulator.Load(copy.Folder, "http://localhost:0"));
        Assert.Contains("ozone", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("rainbows", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("spring", wrong.Message, StringComparison.Ordinal);
        using var unknown = new PackCopy(text => text + "\nsurprise: 1\n");
        Assert.Contains("line", Assert.Throws<InvalidDataException>(() => CitySimulator.Load(unknown.Folder, "http://localhost:0")).Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Winter_can_be_asked_for_and_brings_snow()
    {
        using var copy = new PackCopy(text => text.Replace("season: auto", "season: winter", StringComparison.Ordinal));
        await using var running = await RunningSimulator.Start(pack: copy.Folder);
        var cells = (await running.Text("/snow/snow.csv")).Split("\r\n")[1..^1].Select(l => l.Split(',')).ToList();
        Assert.True(cells.Count(c => double.TryParse(c[4], System.Globalization.CultureInfo.InvariantCulture, out var depth) && depth > 0) > 15);
    }

    [Fact]
    public async Task The_control_page_lists_every_source_and_loads_nothing_from_elsewhere()
    {
        await using var running = await RunningSimulator.Start();
        var page = await running.Text("/");
        Assert.All(running.Simulator.SourceIds, id => Assert.Contains($"value=\"{id}\"", page, StringComparison.Ordinal));
        Assert.Contains("made up", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        using var css = await running.Get("/control/simulator.css");
        Assert.Equal("text/css", css.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Faults_are_set_by_form_and_by_json_and_end_by_themselves()
    {
        await using var running = await RunningSimulator.Start();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["source"] = "*", ["fault"] = "ServerError", ["seconds"] = "60", ["percent"] = "100" });
        using var set = await running.Client.PostAsync(running.At("/control/faults"), form, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.SeeOther, set.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await running.Get("/news/rss.xml")).StatusCode);
        running.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.OK, (await running.Get("/news/rss.xml")).StatusCode);

        using var json = new StringContent("""{"source":"air","fault":"empty"}""", System.Text.Encoding.UTF8, "application/json");
        using var told = await running.Client.PostAsync(running.At("/control/faults"), json, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        Assert.Equal("Empty", (await running.Json("/control/sources"))[0]!["fault"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "elsewhere.example")]
    public async Task Other_sites_cannot_set_faults(string header, string value)
    {
        await using var running = await RunningSimulator.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, running.At("/control/faults"));
        request.Headers.TryAddWithoutValidation(header, value);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["source"] = "*", ["fault"] = "Refuse" });
        using var answer = await running.Client.SendAsync(request, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await running.Get("/news/rss.xml")).StatusCode);
    }

    [Theory]
    [InlineData("""{"source":"air","fault":"Tired"}""")]
    [InlineData("""{"source":"air","fault":"3"}""")]
    [InlineData("""{"source":"nothing","fault":"Slow"}""")]
    [InlineData("""{"source":"air","fault":"Slow","percent":101}""")]
    [InlineData("""{"source":"air","fault":"Slow","seconds":-1}""")]
    [InlineData("nonsense")]
    public async Task A_wish_that_is_wrong_is_refused_with_a_sentence(string json)
    {
        await using var running = await RunningSimulator.Start();
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await running.Client.PostAsync(running.At("/control/faults"), body, RunningSimulator.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>The pack in a folder of its own, its scenario changed.</summary>
    private sealed class PackCopy : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("pack").FullName;

        public PackCopy(Func<string, string> change)
        {
            foreach (var file in Directory.GetFiles(RunningSimulator.Pack())) File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
            var scenario = Path.Combine(Folder, "simulator.yaml");
            File.WriteAllText(scenario, change(File.ReadAllText(scenario)));
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}

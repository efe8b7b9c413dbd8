using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SmartCity.Simulator;

namespace SmartCity.Tests.Simulator;

/// <summary>Answers of any format, put together from pieces of the scenario.</summary>
public sealed class TemplateTests
{
    [Fact]
    public async Task Two_networks_tell_of_the_same_earthquakes_and_drones_fly_above_fires_alone()
    {
        await using var running = await RunningSimulator.Start();
        var international = (await running.Json("/quakes/earthquakes/feed/v1.0/summary/2.5_day.geojson"))["features"]!.AsArray();
        var national = (await running.Json("/data/1360000/EqkInfoService/getEqkMsg"))["response"]!["body"]!["items"]!["item"]!.AsArray();
        Assert.NotEmpty(national);
        Assert.Equal(international.Count, national.Count);
        Assert.All(international.Zip(national), q => Assert.InRange(
            Math.Abs(q.First!["properties"]!["mag"]!.GetValue<double>() - double.Parse(q.Second!["mt"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)), 0, 1));
        Assert.All(international.Zip(national), q => Assert.Equal(q.First!["geometry"]!["coordinates"]![1]!.GetValue<double>(), double.Parse(q.Second!["lat"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture), 3));

        var fires = (await running.Json("/dispatch/runs.json"))["runs"]!.AsArray().Where(r => r!["kind"]!.GetValue<string>() == "화재").Select(r => r!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal);
        var drones = (await running.Json("/drones/flights.json"))["flights"]!.AsArray();
        Assert.Equal(fires, drones.Select(d => d!["mission"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.NotEmpty(drones);
    }

    [Fact]
    public async Task Values_live_and_are_the_same_for_the_same_moment()
    {
        await using var running = await RunningSimulator.Start();
        async Task<string> Speeds() => string.Join(',', (await running.Json("/roads/trafficInfo"))["items"]!.AsArray().Select(i => i!["speed"]!.ToString()));
        var first = await Speeds();
        Assert.Equal(first, await Speeds());
        running.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual(first, await Speeds());
        running.Simulator.SetFault("roads", Fault.Frozen);
        var frozen = await Speeds();
        running.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(frozen, await Speeds());
    }

    [Fact]
    public async Task Events_begin_last_and_end_and_keep_their_names()
    {
        await using var running = await RunningSimulator.Start();
        async Task<List<string>> Open() => [.. (await running.Json("/dispatch/runs.json"))["runs"]!.AsArray().Select(r => r!["id"]!.GetValue<string>())];
        var first = await Open();
        running.Clock.Advance(TimeSpan.FromMinutes(10));
        var later = await Open();
        Assert.NotEmpty(first.Intersect(later));
        Assert.NotEmpty(later.Except(first));
        running.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Empty(first.Intersect(await Open()));
    }

    [Theory]
    [InlineData("/transit/gtfs.zip")]
    [InlineData("/transit/gtfs-rt")]
    [InlineData("/alerts/cap.xml")]
    [InlineData("/gbfs/station_status.json")]
    public async Task Every_encoding_can_be_read_again(string path)
    {
        await using var running = await RunningSimulator.Start();
        var bytes = await running.Client.GetByteArrayAsync(running.At(path), RunningSimulator.Cancel);
        if (path.EndsWith("zip", StringComparison.Ordinal)) Assert.Contains("stops.txt", new ZipArchive(new MemoryStream(bytes)).Entries.Select(e => e.Name));
        else if (path.EndsWith("rt", StringComparison.Ordinal)) Assert.Equal(120, Shell.Feeds.Formats.Transit.FeedMessage.Parser.ParseFrom(bytes).Entity.Count(e => e.Vehicle is not null));
        else if (path.EndsWith("xml", StringComparison.Ordinal)) Assert.NotNull(XDocument.Parse(System.Text.Encoding.UTF8.GetString(bytes)).Root);
        else Assert.Equal("3.0", JsonNode.Parse(bytes)!["version"]!.GetValue<string>());
    }

    [Fact]
    public async Task Faults_reach_into_what_is_put_together()
    {
        await using var running = await RunningSimulator.Start();
        running.Simulator.SetFault("gbfs-status", Fault.RenamedColumns);
        var renamed = (await running.Json("/gbfs/station_status.json"))["data"]!["stations"]!.AsArray();
        Assert.NotNull(renamed[0]!["X_station_id"]);
        running.Simulator.SetFault("gbfs-status", Fault.Empty);
        Assert.Empty((await running.Json("/gbfs/station_status.json"))["data"]!["stations"]!.AsArray());
        running.Simulator.SetFault("gbfs-status", Fault.OutageAsZero);
        var stations = (await running.Json("/gbfs/station_status.json"))["data"]!["stations"]!.AsArray();
        Assert.Equal(0, stations[0]!["num_vehicles_available"]!.GetValue<int>());
        Assert.Contains(stations, s => s!["num_vehicles_available"]!.GetValue<int>() > 0);
        running.Simulator.SetFault("subway", Fault.QuotaInBody);
        Assert.Equal("ERROR-337", (await running.Json("/subway/api/subway/k/json/realtimeStationArrival/ALL"))["code"]!.GetValue<string>());
        running.Simulator.SetFault("dispatch", Fault.AuthInBody);
        Assert.Equal(HttpStatusCode.Unauthorized, (await running.Get("/dispatch/runs.json")).StatusCode);
        running.Simulator.SetFault("gtfs-rt", Fault.Truncated);
        Assert.Throws<Google.Protobuf.InvalidProtocolBufferException>(() => Shell.Feeds.Formats.Transit.FeedMessage.Parser.ParseFrom(running.Client.GetByteArrayAsync(running.At("/transit/gtfs-rt")).Result));
    }

    [Fact]
    public async Task An_address_is_told_without_what_could_end_a_text()
    {
        await using var running = await RunningSimulator.Start();
        Assert.Equal("POI009evil", (await running.Json("/plaza/k/json/citydata/1/1/" + Uri.EscapeDataString("POI009\",\"evil")))["CITYDATA"]!["AREA_CD"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("format: template\n    parts: []", "parts is empty")]
    [InlineData("format: template\n    encode: rot13\n    parts: [{item: x}]", "encode rot13 is unknown")]
    [InlineData("format: template\n    parts: [{item: '${wave 1 2}'}]", "${wave 1 2}")]
    [InlineData("format: template\n    parts: [{item: '${nothing}'}]", "there is no ${nothing}")]
    [InlineData("format: template\n    parts: [{item: '${now'}]", "a ${ without its }")]
    [InlineData("format: template\n    encode: protobuf\n    parts: [{rows: once, item: '1 q 3'}]", "is no field")]
    [InlineData("format: template\n    parts: [{rows: events, every: 1m, lasts: 9h, item: x}]", "lasts is more than 500 times every")]
    [InlineData("format: template\n    parts: [{rows: heaps, item: x}]", "rows heaps is unknown")]
    public void What_is_wrong_in_a_template_is_told_when_it_is_loaded(string source, string told)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-scenario-").FullName;
        foreach (var file in Directory.GetFiles(RunningSimulator.Pack())) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.AppendAllText(Path.Combine(folder, "simulator.yaml"), $"\n  - id: wrong\n    title: Wrong\n    path: /wrong\n    {source}\n");
        Assert.Contains(told, Assert.Throws<InvalidDataException>(() => CitySimulator.Load(folder, "http://localhost:0")).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}

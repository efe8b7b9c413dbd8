using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>What a person can write wrong in a descriptor is told at the start, with the file and what to do.</summary>
public sealed class DescriptorTests
{
    [Theory]
    [InlineData("preset: seoul-openapi", "preset: soul", "the preset soul does not exist; there are arcgis, ")]
    [InlineData("preset: seoul-openapi", "format: abacus", "the format is 'abacus'; it is one of ")]
    [InlineData("source: plaza", "source: square", "the source square is not listed in city.json.")]
    [InlineData("source: plaza", "source: plaza\nheaders: { Host: evil.kr }", "headers.Host: this header is not a feed's to set.")]
    [InlineData("url: /{secret", "url: http://{secret", "url is a path below the source's address and begins with a slash.")]
    [InlineData("every: 10s", "every: soon", "schedule.every is 'soon'; write a number and s, m, h or d, such as 10s.")]
    [InlineData("timeout: 5s", "timeout: 5m", "schedule.timeout is more than nothing and at most schedule.every.")]
    [InlineData("jitter: 500ms", "jitter: 20s", "schedule.jitter is at most half of schedule.every.")]
    [InlineData("stale: 60s", "stale: 1s", "freshness rises: schedule.every, then late, stale, drop.")]
    [InlineData("timeout: 5s", "timeout: 5s, retries: 99", "schedule.retries is 0 to 5.")]
    [InlineData("    pm10: {", "    pm100: {", "map.values.pm100: atmosphere.air has no such property")]
    [InlineData("grade: \"\", pm10", "colour: \"\", pm10", "map.outages: colour is neither in map.values nor in map.fields.")]
    [InlineData("days: 14", "days: 0", "history.days is 1 to 366.")]
    [InlineData("time: { from: [MSRMT_DT, MSRDT], format: [yyyyMMddHHmm], covers: 1m }", "time: { covers: 1m }", "map.time needs from and format.")]
    [InlineData(", en: Air Policy Division", "", "owner has no en.")]
    [InlineData("licence: KOGL-1", "license: KOGL-1", "air.yaml, line 6: Property 'license' not found")]
    [InlineData("licence: KOGL-1", "licence: [", "air.yaml, line ")]
    public async Task A_wrong_line_is_told_with_its_file(string right, string wrong, string told)
    {
        await using var bench = await FeedBench.Start();
        var folder = Directory.CreateTempSubdirectory("smartcity-pack-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "feeds"));
        foreach (var file in Directory.GetFiles(Repository.Path("cities", "seoul"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var text = await File.ReadAllTextAsync(Repository.Path("cities", "seoul", "feeds", "air.yaml"), FeedBench.Cancel);
        Assert.Contains(right, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "feeds", "air.yaml"), text.Replace(right, wrong, StringComparison.Ordinal), FeedBench.Cancel);
        var refused = Assert.Throws<CannotStartException>(() => FeedPlan.Load(CityPack.Load(folder), bench.Services.GetRequiredService<Catalogue>()));
        Assert.Contains("air.yaml", refused.Message, StringComparison.Ordinal);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Every_descriptor_of_every_pack_can_be_read()
    {
        await using var bench = await FeedBench.Start();
        foreach (var pack in Directory.GetDirectories(Repository.Path("cities"))) FeedPlan.Load(CityPack.Load(pack), bench.Services.GetRequiredService<Catalogue>());
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5m", 90d)]
    [InlineData("2h", 7200d)]
    [InlineData("14d", 1209600d)]
    [InlineData("10", null)]
    [InlineData("-1s", null)]
    [InlineData("1e9s", null)]
    [InlineData("", null)]
    public void A_duration_is_a_number_and_a_unit(string text, double? seconds) =>
        Assert.Equal(seconds, FeedPlan.TryDuration(text, out var span) ? span.TotalSeconds : null);
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;

namespace SmartCity.Tests.Cities;

/// <summary>A day on which nothing happens: no alert, no accident, no dispatch, no earthquake. Whether a source is well must not hang on the hour
/// at which it is asked.</summary>
public sealed class QuietCityTests
{
    [Theory]
    [InlineData("seoul")]
    [InlineData("tashkent")]
    public async Task A_day_on_which_nothing_happens_is_no_fault_of_any_source(string pack)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-quiet-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Repository.Path("cities", pack))) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            var scenario = Path.Combine(folder.FullName, "simulator.yaml");
            // what happens at all is over within two seconds
            var lines = (await File.ReadAllLinesAsync(scenario, TestContext.Current.CancellationToken)).Select(line => line.TrimStart().StartsWith("lasts: ", StringComparison.Ordinal) ? line[..line.IndexOf("lasts", StringComparison.Ordinal)] + "lasts: 1s" : line).ToList();
            Assert.True(lines.Count(l => l.EndsWith("lasts: 1s", StringComparison.Ordinal)) > 3, "the scenario has hardly any events");
            await File.WriteAllLinesAsync(scenario, lines, TestContext.Current.CancellationToken);

            await using var city = await TestCity.StartPack(pack, CitySimulator.Load(folder.FullName, "http://127.0.0.1:0"));
            var feeds = city.Services.GetRequiredService<FeedBook>();
            await TestCity.Until(() => feeds.Health.All(h => h.Outcome != FetchOutcome.None), "every feed has been asked", 90);
            Assert.Equal([], feeds.Health.Where(h => h.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty)).Select(h => $"{h.Plan.Feed.Key}: {h.Outcome}, {h.Detail}"));

            using var browser = city.Client();
            foreach (var page in new[] { "/en", "/en/disaster-safety", "/en/traffic" })
            {
                using var answer = await browser.GetAsync(page, TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{page}: {answer.StatusCode}");
            }
        }
        finally { folder.Delete(recursive: true); }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>The guide's descriptors work, and are as short as it says.</summary>
public sealed partial class DeskGuideTests
{
    [GeneratedRegex("in (\\d+) lines[^`]*(?:`[^`]*`[^`]*)*?```yaml (\\w+)\\n(.*?)```", RegexOptions.Singleline, 5000)]
    private static partial Regex Example();

    private const string Csv = "well,day,depth\nW1,2026-11-01,12.5\n";
    private const string Json = """{"data":{"stations":[{"id":"1","name":"Gate","lat":37.55,"lon":126.98,"bikes_available":4}]}}""";
    private const string Cap = """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier><sender>office@alerts.example</sender><sent>2026-11-20T10:00:00+09:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
        <info><language>en</language><category>Met</category><event>Storm</event><urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty><expires>2026-11-21T10:00:00+09:00</expires><headline>Storm warning</headline>
        <area><areaDesc>Seoul</areaDesc><circle>37.55,126.98 5</circle></area></info></alert>
        """;

    [Fact]
    public void Every_example_of_the_guide_is_as_short_as_it_says_and_reads_its_source()
    {
        var city = CityPack.Load(Repository.Path("cities", "seoul"));
        var examples = Example().Matches(File.ReadAllText(Repository.Path("docs", "feeds.md")));
        Assert.Equal(["csv", "json", "cap"], examples.Select(e => e.Groups[2].Value));
        foreach (Match example in examples)
        {
            var yaml = example.Groups[3].Value;
            Assert.Equal(int.Parse(example.Groups[1].Value, CultureInfo.InvariantCulture), yaml.TrimEnd().Split('\n').Length);
            var problems = new List<Shell.Problem>();
            var d = Presets.Of(city, problems).Read("guide.yaml", yaml, problems);
            Assert.True(d is not null, string.Join(Environment.NewLine, problems));
            var plan = FeedPlan.Plan(city, FeedPlan.FeedOf(d, null)!, d, problems);
            Assert.True(plan is not null, string.Join(Environment.NewLine, problems));
            var body = example.Groups[2].Value switch { "csv" => Csv, "json" => Json, _ => Cap };
            var result = FeedTrial.Read(plan, city, new(FetchOutcome.Ok, DeskCity.Bytes(body)), DateTimeOffset.UtcNow);
            Assert.True(result.Outcome == FetchOutcome.Ok && result.Mapped!.Count == 1, $"{example.Groups[2].Value}: {result.Outcome} {result.Detail}");
        }
    }
}

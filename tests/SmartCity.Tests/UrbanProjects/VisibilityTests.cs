using System.Net;
using AngleSharp.Dom;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>What the public sees of a project: the published edition, of it the open fields, and nothing else, wherever it looks.</summary>
public sealed class VisibilityTests(ProjectCity shared) : IClassFixture<ProjectCity>
{
    // what stands in a field and nowhere else
    private static readonly Dictionary<Field, string[]> Tokens = new()
    {
        [Field.Summary] = ["TOKENSUMMARY"],
        [Field.Place] = ["126.9912", "126.991", "\"37.563"],
        [Field.Period] = ["2024-01-17"],
        [Field.Progress] = ["2024-05-13", "2025-02-11"],
        [Field.Budget] = ["76543", "71234", "76.5", "140.9", "140864"],
        [Field.Milestones] = ["TOKENMILESTONE", "2024-03-14", "2031-03-12"],
        [Field.Indicators] = ["/indicators/vacant-shops"],
        [Field.Stages] = ["2024-06-21"],
        [Field.People] = ["TOKENPERSON", "TOKENPOST", "0000-7531"],
        [Field.Contract] = ["TOKENCONTRACT", "TOKENNUMBER"],
        [Field.Documents] = ["TOKENPAPER"],
        [Field.Notes] = ["TOKENNOTE"],
    };

    // everything that says something of this one project
    private static readonly string[] Addresses =
    [
        "/en/urban-projects/quiet-square", "/ko/urban-projects/quiet-square", "/en/urban-projects/quiet-square?handler=Schedule", "/en/urban-projects?class=trial", "/en/urban-projects/map?class=trial", "/en/urban-projects/schedule?class=trial",
        "/urban-projects/places.geojson?class=trial", "/en/reports/urban-projects.sheet?project=quiet-square", "/en/reports/city.brief", "/en/search?q=TOKEN", "/en/search?q=quiet",
        .. new[] { "list", "milestones", "budgets", "progress", "states", "documents" }.SelectMany(d => new[] { $"/data/urban-projects.{d}.csv?project=quiet-square&lang=en", $"/data/urban-projects.{d}.json?project=quiet-square&lang=ko" }), "/data/urban-projects.list.geojson?class=trial",
    ];

    private static async Task<string> Everything(HttpClient client)
    {
        var all = new System.Text.StringBuilder();
        foreach (var address in Addresses)
        {
            using var answer = await client.GetAsync(address);
            Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{address} answers {answer.StatusCode}");
            // what was asked for is not an answer
            all.AppendLine((await answer.Content.ReadAsStringAsync()).Replace("q=TOKEN", "", StringComparison.Ordinal).Replace("value=\"TOKEN\"", "", StringComparison.Ordinal));
        }
        return all.ToString();
    }

    private static async Task Publish(HttpClient head, params Field[] open)
    {
        using var answer = await head.Send("/en/urban-projects/quiet-square/publish", null, [("why", "for the test"), .. open.Select(f => ("open", f.ToString().ToLowerInvariant()))]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [Fact]
    public async Task Of_every_field_the_public_sees_what_is_open_and_only_that_wherever_it_looks()
    {
        using var anyone = shared.City.Client();
        using var citizen = await shared.Client(Roles.Citizen, null);
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        // before anything was published, the pack's own word holds: the summary is open
        var first = await Everything(anyone);
        Assert.Contains("TOKENSUMMARY", first, StringComparison.Ordinal);
        foreach (var (field, tokens) in Tokens.Where(t => t.Key != Field.Summary)) Assert.All(tokens, t => Assert.False(first.Contains(t, StringComparison.Ordinal), $"{field} shows {t} before it was opened"));

        using (var noted = await owner.Send("/en/urban-projects/quiet-square/edit", "Stage", ("day", "2025-09-12"), ("stage", "paused"), ("why", "TOKENNOTE, and a reason"))) Assert.Equal(HttpStatusCode.Found, noted.StatusCode);
        using (var paper = await DocumentTests.Upload(owner, "quiet-square", "a.pdf", InspectionTests.Pdf(), "TOKENPAPER", open: true)) Assert.Equal(HttpStatusCode.Found, paper.StatusCode);
        // an official sees all of it, published or not
        var whole = await (await owner.GetAsync("/en/urban-projects/quiet-square")).Content.ReadAsStringAsync();
        Assert.All(["TOKENSUMMARY", "TOKENPERSON", "TOKENCONTRACT", "TOKENPAPER", "TOKENNOTE", "TOKENMILESTONE"], t => Assert.Contains(t, whole, StringComparison.Ordinal));

        foreach (var field in Enum.GetValues<Field>())
        {
            // notes stand at stages
            Field[] open = field == Field.Notes ? [Field.Notes, Field.Stages] : [field];
            await Publish(head, open);
            foreach (var reader in new[] { anyone, citizen })
            {
                var seen = await Everything(reader);
                Assert.True(Tokens[field].Any(t => seen.Contains(t, StringComparison.Ordinal)), $"{field} is open and nobody sees it");
                foreach (var closed in Enum.GetValues<Field>().Except(open)) Assert.All(Tokens[closed], t => Assert.False(seen.Contains(t, StringComparison.Ordinal), $"{closed} is closed and shows {t} while {field} is open"));
            }
        }
        // the map that the main screen shares is rendered once for all: never from what an official sees
        await Publish(head);
        shared.City.Signal("urban-projects.list");
        await owner.GetAsync("/en");
        Assert.DoesNotContain("Quiet square", await anyone.GetStringAsync("/en?layers=urban-projects.places"), StringComparison.Ordinal);

        using (var closed = await head.Send("/en/urban-projects/quiet-square/publish", null, ("why", "taken off"), ("close", "true"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status("/en/urban-projects/quiet-square"));
        Assert.Equal(HttpStatusCode.OK, await owner.Status("/en/urban-projects/quiet-square"));
        Assert.DoesNotContain("quiet-square", await anyone.GetStringAsync("/data/urban-projects.list.csv"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status("/data/urban-projects.changes.csv"));
    }
}

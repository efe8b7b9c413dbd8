using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.DisasterSafety;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;
using SmartCity.Tests.Access;
using SmartCity.Tests.Pages;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>The public is walked through everything it can open, and finds none of what is closed.</summary>
public sealed class PublicTests(SafetyCity shared) : IClassFixture<SafetyCity>
{
    private TestCity City => shared.City;

    [Fact]
    public async Task Everyone_finds_no_closed_field_on_any_page_table_or_file()
    {
        var secret = SafetyCity.Run("Secret1") with
        {
            Title = Text.Same("TITLE-OF-THE-CALLER"), Summary = Text.Same("SUMMARY-WITH-A-NAME"), Shape = Shape.At(new(37.561237, 126.983459)),
            Attributes = new Dictionary<string, string> { ["address"] = "비밀로 4242 13층 홍길순", ["crew"] = "SECRET-CREW", ["state"] = "출동", ["caller"] = "CALLER-NAME" },
        };
        var card = await shared.Tell(secret);
        var exercise = await shared.Tell(SafetyCity.Run("Exercise1", test: true) with { Attributes = new Dictionary<string, string> { ["address"] = "훈련비밀로 7" } });
        using var official = await City.Client(Roles.Official);
        foreach (var (handler, fields) in new (string, (string, string)[])[]
        {
            ("Order", [("to", "ORDERED-POST"), ("what", "SECRET-ORDER"), ("minutes", "5")]), ("Note", [("note", "SECRET-NOTE")]), ("Assignment", [("officer", "SECRET-OFFICER")]), ("Escalation", [("level", "Extreme"), ("why", "SECRET-REASON")]),
        })
        {
            using var done = await official.Send(card, handler, fields);
            Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        }
        string[] closed = ["TITLE-OF", "SUMMARY-WITH", "4242 13", "홍길순", "SECRET-", "CALLER-NAME", "ORDERED-POST", "37.561237", "126.983459", "Official-", "Exercise1", "훈련비밀로", "02-0000-0119"];
        // the canary: the desk finds them all
        var desk = (await official.Open(card)).DocumentElement.OuterHtml + (await official.Open(exercise)).DocumentElement.OuterHtml + await official.GetStringAsync("/data/disaster-safety.desk-incidents.csv");
        Assert.All(closed.Where(c => c is not ("TITLE-OF" or "SUMMARY-WITH" or "CALLER-NAME")), c => Assert.Contains(c, desk, StringComparison.Ordinal));

        Assert.Contains("반지하", await official.GetStringAsync("/data/disaster-safety.flood-list.csv?lang=ko"), StringComparison.Ordinal);
        closed = [.. closed, "반지하", "Basement homes"];
        using var anyone = City.Client();
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status(exercise));
        var walk = new Walk(City);
        var nobody = new Walk.Reader("nobody", [Roles.Anyone], anyone);
        var urls = walk.PageStops().Concat(await walk.FragmentStops()).Concat(walk.DatasetStops().Where(d => d.Format is not ("xlsx" or "pdf")).Select(d => d.Stop)).Where(s => walk.Opens(nobody, s)).Select(s => s.Url)
            .Concat([card, card + "?handler=Card", "/ko" + card[3..], "/en/disaster-safety?which=exercises", "/en/disaster-safety/areas/11140", "/en/areas/11140", "/en/search?q=SECRET", "/en/search?q=Secret1"]).Distinct().ToList();
        Assert.True(urls.Count > 100);
        var found = new List<string>();
        foreach (var url in urls)
        {
            using var answer = await anyone.GetAsync(url);
            if (answer.StatusCode != HttpStatusCode.OK) continue;
            var text = await answer.Content.ReadAsStringAsync();
            // a search repeats the question
            found.AddRange(closed.Where(c => text.Contains(c, StringComparison.Ordinal) && !(url.Contains("search?q=SECRET", StringComparison.Ordinal) && c == "SECRET-")).Select(c => $"{url}: {c}"));
        }
        // and in no workbook and no document of this module's tables
        var files = walk.DatasetStops().Where(d => d.Format is "xlsx" or "pdf" && d.Stop.Url.Contains("/disaster-safety.", StringComparison.Ordinal)).Where(d => walk.Opens(nobody, d.Stop)).ToList();
        Assert.True(files.Count >= 10);
        var blocks = 0;
        foreach (var (stop, format) in files.Select(f => (f.Stop, f.Format)))
        {
            var bytes = await anyone.GetByteArrayAsync(stop.Url);
            var text = format == "pdf" ? string.Concat(new Export.PdfText(bytes).Text()) : Unpacked(bytes);
            found.AddRange(closed.Where(c => text.Contains(c, StringComparison.Ordinal)).Select(c => $"{stop.Url}: {c}"));
            // the canary: what is open is found in both
            if (text.Contains("4200", StringComparison.Ordinal)) blocks++;
        }
        Assert.True(blocks >= 2, $"the block was found in {blocks} files");
        Assert.True(found.Count == 0, string.Join('\n', found));
        // and what is open is there: the block and the level, moved to the middle of its cell
        var open = SafetyCity.Words(await anyone.Open(card));
        Assert.Contains("비밀로, block 4200", open, StringComparison.Ordinal);
        Assert.Contains("Serious", open, StringComparison.Ordinal);
        Assert.Contains("126.982,37.562", (await anyone.GetStringAsync("/data/disaster-safety.incidents.geojson")).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string Unpacked(byte[] workbook)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(workbook));
        return string.Concat(zip.Entries.Select(e =>
        {
            using var reader = new StreamReader(e.Open());
            return reader.ReadToEnd();
        }));
    }

    [Fact]
    public async Task A_declared_emergency_opens_and_ends_by_itself_and_both_ends_are_audited()
    {
        var clock = new HandClock(DateTimeOffset.UtcNow);
        await using var city = await TestCity.Start(c =>
        {
            c.Modules(TierD.Modules);
            c.Services.AddSingleton<TimeProvider>(clock);
        });
        // the sources have spoken once and then stand still with the clock
        await TestCity.Until(() => city.Services.GetRequiredService<FeedBook>().HealthOf(DisasterSafetyModule.Dispatch)?.Fetches >= 1, "the dispatch system has answered", 60);
        city.Simulator.SetFault("dispatch", Fault.Refuse);
        var card = await SafetyCity.Tell(city, SafetyCity.Run("Emergency1"));
        using var anyone = city.Client();
        using var head = await city.Client(Roles.DepartmentHead);
        Assert.DoesNotContain("Emergency declared", SafetyCity.Words(await anyone.Open(card)), StringComparison.Ordinal);
        Assert.Null((await anyone.Open(card)).QuerySelector(".dis-log"));
        foreach (var (hours, said) in new[] { ("0", "1 to 24"), ("25", "1 to 24"), ("x", "1 to 24"), ("", "empty") })
            Assert.Contains(said, (await Browser.Read(await head.Send(card, "Emergency", ("why", "smoke over the district"), ("hours", hours)))).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        using (var declared = await head.Send(card, "Emergency", ("why", "smoke over the district"), ("hours", "2"))) Assert.Equal(HttpStatusCode.Found, declared.StatusCode);
        using (var twice = await head.Send(card, "Emergency", ("why", "again"), ("hours", "2"))) Assert.Contains("declared already", (await Browser.Read(twice)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);

        var page = await anyone.Open(card);
        Assert.Contains("Emergency declared", SafetyCity.Words(page), StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".dis-log"));
        // who declared it, and the house, stay closed also now
        Assert.DoesNotContain("DepartmentHead-", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("132", SafetyCity.Words(page), StringComparison.Ordinal);
        Assert.Contains("Emergency declared", SafetyCity.Words(await anyone.Open("/en/disaster-safety")), StringComparison.Ordinal);

        // a moment before its end it is open, at its end it is not, whether or not anybody wrote that down yet
        var watch = city.Services.GetRequiredService<Watch>();
        clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(5));
        Assert.Contains("Emergency declared", SafetyCity.Words(await anyone.Open(card)), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain("Emergency declared", SafetyCity.Words(await anyone.Open(card)), StringComparison.Ordinal);
        await watch.EndWhatIsOver(SafetyCity.Cancel);
        Assert.Equal(0, await watch.EndWhatIsOver(SafetyCity.Cancel));
        await TestCity.Until(() => SafetyCity.Audit(city, "disaster-safety.audit.over", "d-Emergency1").GetAwaiter().GetResult().Count == 1, "the end is in the trail once");
        var begun = Assert.Single(await SafetyCity.Audit(city, "disaster-safety.audit.declared", "d-Emergency1"));
        Assert.StartsWith("DepartmentHead-", begun.Person, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emergency_lists_the_chosen_cameras_and_can_be_ended_by_hand()
    {
        var card = await shared.Tell(SafetyCity.Run("Emergency2"));
        using var mayor = await City.Client(Roles.Mayor);
        var cameras = (await mayor.Open(card)).QuerySelectorAll("input[name=cameras]").Select(c => c.GetAttribute("value")!).ToList();
        Assert.True(cameras.Count > 1);
        using (var declared = await mayor.Send(card, "Emergency", ("why", "x"), ("hours", "1"), ("cameras", cameras[0]), ("cameras", "made up"))) Assert.Equal(HttpStatusCode.Found, declared.StatusCode);
        using var anyone = City.Client();
        var table = await anyone.GetStringAsync("/data/disaster-safety.open-cameras.json?lang=en");
        Assert.Contains("d-Emergency2", table, StringComparison.Ordinal);
        Assert.DoesNotContain("made up", table, StringComparison.Ordinal);
        using (var ended = await mayor.Send(card, "End")) Assert.Equal(HttpStatusCode.Found, ended.StatusCode);
        Assert.DoesNotContain("d-Emergency2", await anyone.GetStringAsync("/data/disaster-safety.open-cameras.json?lang=en"), StringComparison.Ordinal);
        Assert.Single(await shared.Audit("disaster-safety.audit.ended", "d-Emergency2"));
    }
}

using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.DisasterSafety;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>The incident card: what a person reads there and what a person does there.</summary>
public sealed class CardTests(SafetyCity shared) : IClassFixture<SafetyCity>
{
    private TestCity City => shared.City;

    private static async Task<IDocument> Follow(HttpClient client, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return await client.Open(answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_card_tells_what_where_since_when_who_and_what_is_near()
    {
        var card = await shared.Tell(SafetyCity.Run("Card1"));
        using var official = await City.Client(Roles.Official);
        var text = SafetyCity.Words(await official.Open(card));
        foreach (var said in new[] { "Fire", "Jung-gu", "중구 공원로 132 3층", "Alert", "Severe", "by the city's own rule", "중부소방서 7대", "dispatched", "for 3 min", "Weather there", "Fire ground commander", "Nearest cameras", "No order has been given", "Fire hydrant", "Emergency hospital" })
            Assert.Contains(said, text, StringComparison.Ordinal);
        // people by the pack's table, and how they were counted
        Assert.Matches("about [0-9,]+ .*mean density of Jung-gu within 150 m .* living population", (await official.Open(card)).QuerySelector("#affected")!.TextContent.Replace('\n', ' '));
        // a camera of the city's own feed, with its distance
        Assert.Matches(@"[0-9.]+ k?m", (await official.Open(card)).QuerySelector("#cameras-h ~ ol li b")!.TextContent);
        // and in the other language
        var korean = SafetyCity.Words(await official.Open(card.Replace("/en/", "/ko/", StringComparison.Ordinal)));
        Assert.Contains("경계", korean, StringComparison.Ordinal);
        Assert.Contains("119 현장지휘관", korean, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await official.Status("/en/disaster-safety/incidents/d-nowhere"));
    }

    [Fact]
    public async Task From_the_main_screen_an_incident_its_camera_and_its_officer_are_two_touches_away()
    {
        using var mayor = await City.Client(Roles.Mayor);
        var tile = (await mayor.Open("/en")).QuerySelector("#tile-disaster-safety-incidents-tile")!;
        var link = tile.QuerySelectorAll("a[href*='/disaster-safety/incidents/']").First().GetAttribute("href")!;
        var card = await mayor.Open(link);
        Assert.NotNull(card.QuerySelector("a[href^='tel:']"));
        Assert.NotNull(card.QuerySelector("#cameras-h"));
    }

    [Fact]
    public async Task The_log_follows_the_source_until_the_end()
    {
        var run = SafetyCity.Run("Log1");
        var card = await shared.Tell(run);
        await shared.Tell(run with { ReportedAt = run.ReportedAt.AddSeconds(1), Attributes = new Dictionary<string, string> { ["state"] = "활동중" } });
        await shared.Tell(run with { ReportedAt = run.ReportedAt.AddSeconds(2), Attributes = new Dictionary<string, string> { ["state"] = "활동중" }, Status = EventStatus.Ended });
        using var official = await City.Client(Roles.Official);
        var lines = (await official.Open(card)).QuerySelectorAll(".dis-log li span").Select(l => l.TextContent).ToList();
        Assert.Equal(["the source says it is over", "working", "dispatched"], lines);
    }

    [Fact]
    public async Task An_order_is_given_acknowledged_and_done_each_once_and_each_audited()
    {
        var card = await shared.Tell(SafetyCity.Run("Order1"));
        using var chief = await City.Client(Roles.DepartmentHead);
        using var official = await City.Client(Roles.Official);
        var page = await Follow(chief, await chief.Send(card, "Order", ("to", "Flood control officer"), ("what", "Close the underpass"), ("minutes", "30")));
        Assert.Contains("The order is given.", SafetyCity.Words(page), StringComparison.Ordinal);
        var order = page.QuerySelector("#orders li")!.GetAttribute("data-order")!;
        Assert.Contains("Given", page.QuerySelector("#orders li small")!.TextContent, StringComparison.Ordinal);
        page = await Follow(official, await official.Send(card, "Acknowledgement", ("order", order)));
        Assert.Matches("Acknowledged · given by DepartmentHead-.* acknowledged by Official-", page.QuerySelector("#orders li small")!.TextContent);
        using (var again = await official.Send(card, "Acknowledgement", ("order", order)))
            Assert.Contains("Nothing was changed", (await Browser.Read(again)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        page = await Follow(official, await official.Send(card, "Completion", ("order", order)));
        Assert.Contains("done by Official-", page.QuerySelector("#orders li small")!.TextContent, StringComparison.Ordinal);
        // what is done cannot be withdrawn
        using (var late = await chief.Send(card, "Withdrawal", ("order", order))) Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        foreach (var (kind, count) in new[] { ("order", 1), ("completed", 1) })
            Assert.Equal(count, (await shared.Audit("disaster-safety.audit." + kind, "d-Order1")).Count);
        // the table has it for the desk and for nobody else
        Assert.Contains("Close the underpass", await official.GetStringAsync("/data/disaster-safety.orders.csv?lang=en"), StringComparison.Ordinal);
        using var anyone = City.Client();
        Assert.NotEqual(HttpStatusCode.OK, await anyone.Status("/data/disaster-safety.orders.csv"));
    }

    [Theory]
    [InlineData("", "what", "30", "This is empty")]
    [InlineData("who", "", "30", "This is empty")]
    [InlineData("who", "what", "soon", "1 to 2880 minutes")]
    [InlineData("who", "what", "0", "1 to 2880 minutes")]
    [InlineData("who", "what", "99999", "1 to 2880 minutes")]
    public async Task A_refused_order_loses_nothing_that_was_typed(string to, string what, string minutes, string said)
    {
        var card = await shared.Tell(SafetyCity.Run("Refused1"));
        using var official = await City.Client(Roles.Official);
        var page = await Browser.Read(await official.Send(card, "Order", ("to", to), ("what", what), ("minutes", minutes)));
        Assert.Contains(said, page.QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal((to, what, minutes), (page.QuerySelector("input[name=to]")!.GetAttribute("value"), page.QuerySelector("textarea[name=what]")!.TextContent, page.QuerySelector("input[name=minutes]")!.GetAttribute("value")));
        Assert.Empty(page.QuerySelectorAll("#orders li"));
    }

    [Fact]
    public async Task Closing_twice_changes_nothing_and_closing_can_be_undone()
    {
        var card = await shared.Tell(SafetyCity.Run("Close1"));
        using var official = await City.Client(Roles.Official);
        var page = await Follow(official, await official.Send(card, "Closure", ("why", "out at 14:00")));
        Assert.Contains("Closed", page.QuerySelector("#incident dl")!.TextContent, StringComparison.Ordinal);
        using (var again = await official.Send(card, "Closure", ("why", "again"))) Assert.Contains("not open", (await Browser.Read(again)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await shared.Audit("disaster-safety.audit.closure", "d-Close1"));
        var act = page.QuerySelector(".dis-log input[name=act]")!.GetAttribute("value")!;
        page = await Follow(official, await official.Send(card, "Undoing", ("act", act)));
        Assert.Contains("Open", page.QuerySelector("#incident dl")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await shared.Audit("disaster-safety.audit.undone", "d-Close1"));
        using (var twice = await official.Send(card, "Undoing", ("act", act))) Assert.Equal(HttpStatusCode.OK, twice.StatusCode);
    }

    [Fact]
    public async Task Of_eight_who_close_at_once_one_does()
    {
        var card = await shared.Tell(SafetyCity.Run("Close8"));
        using var official = await City.Client(Roles.Official);
        var token = (await official.Open(card)).Token();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => official.PostAsync(card + "?handler=Closure", new FormUrlEncodedContent(new Dictionary<string, string> { ["why"] = "n" + i, ["__RequestVerificationToken"] = token }))));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task An_incident_is_raised_and_merged_and_never_into_itself()
    {
        var (whole, part) = (await shared.Tell(SafetyCity.Run("Whole")), await shared.Tell(SafetyCity.Run("Part")));
        using var official = await City.Client(Roles.Official);
        var page = await Follow(official, await official.Send(whole, "Escalation", ("level", "Extreme"), ("why", "spreads")));
        Assert.Equal("Serious", page.QuerySelector("#facts-h")!.TextContent.Trim());
        Assert.Contains("set by a person", SafetyCity.Words(page), StringComparison.Ordinal);
        using (var same = await official.Send(whole, "Escalation", ("level", "Extreme"), ("why", "more"))) Assert.Contains("at that level already", (await Browser.Read(same)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        page = await Follow(official, await official.Send(part, "Merger", ("into", "d-Whole"), ("why", "one block")));
        Assert.Contains("Merged", page.QuerySelector("#incident dl")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await official.Open(whole)).QuerySelector("dd a[href$='d-Part']"));
        // a circle is itself
        using (var circle = await official.Send(whole, "Merger", ("into", "d-Part"))) Assert.Contains("part of itself", (await Browser.Read(circle)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        // everyone is led from the part to the whole
        using var anyone = City.Client();
        using var led = await anyone.GetAsync(part);
        Assert.Equal(whole, led.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Who_may_only_look_can_change_nothing()
    {
        var card = await shared.Tell(SafetyCity.Run("Look1"));
        using var citizen = await City.Client(Roles.Citizen);
        Assert.Empty((await citizen.Open(card)).QuerySelectorAll("#incident form, #acts"));
        foreach (var handler in new[] { "Order", "Closure", "Escalation", "Merger", "Note", "Assignment", "Undoing", "Acknowledgement", "Completion", "Withdrawal", "Emergency", "End" })
        {
            using var refused = await citizen.Send(card, handler, ("why", "x"), ("to", "x"), ("what", "x"), ("minutes", "5"), ("order", "1"), ("act", "1"), ("hours", "1"));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        // an official acts, but declares no emergency
        using var official = await City.Client(Roles.Official);
        using var no = await official.Send(card, "Emergency", ("why", "x"), ("hours", "1"));
        Assert.Equal(HttpStatusCode.Forbidden, no.StatusCode);
        Assert.DoesNotContain("handler=Emergency", (await official.Open(card)).DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alarm_is_acknowledged_by_a_person_once()
    {
        await shared.Tell(SafetyCity.Run("Alarm1") with { Areas = ["11740"] });
        using var official = await City.Client(Roles.Official);
        const string Page = "/en/disaster-safety/alarms";
        Assert.NotNull((await official.Open(Page)).QuerySelector("li[data-alarm='fire|11740'] form"));
        var page = await Follow(official, await official.Send(Page, "Acknowledgement", ("rule", "fire"), ("scope", "11740")));
        var line = page.QuerySelector("li[data-alarm='fire|11740']")!;
        Assert.Contains("acknowledged by Official-", line.TextContent, StringComparison.Ordinal);
        Assert.Contains("Alert · Fire", line.TextContent, StringComparison.Ordinal);
        using var again = await official.Send(Page, "Acknowledgement", ("rule", "fire"), ("scope", "11740"));
        Assert.Contains("acknowledged already", SafetyCity.Words(await Browser.Read(again)), StringComparison.Ordinal);
        Assert.Single(await shared.Audit("disaster-safety.audit.alarm", "fire"), a => a.Detail!.StartsWith("11740", StringComparison.Ordinal));
        using var anyone = City.Client();
        Assert.NotEqual(HttpStatusCode.OK, await anyone.Status(Page));
    }

    [Fact]
    public async Task Of_an_alarm_one_is_acknowledged_or_all_and_a_new_one_calls_again()
    {
        const string Page = "/en/disaster-safety/alarms";
        using var official = await City.Client(Roles.Official);
        // one in which nothing else burns at this hour
        var quiet = await official.Open(Page);
        var area = City.Services.GetRequiredService<ICity>().Areas.Select(a => a.Code).Last(code => code != "11740" && quiet.QuerySelector($"li[data-alarm='fire|{code}']") is null);
        var line = $"li[data-alarm='fire|{area}']";
        foreach (var id in new[] { "Group1", "Group2", "Group3" }) await shared.Tell(SafetyCity.Run(id) with { Areas = [area] });
        var page = await Follow(official, await official.Send(Page, "Acknowledgement", ("rule", "fire"), ("scope", area), ("incident", "d-Group2")));
        Assert.Contains("1 of 3 acknowledged", page.QuerySelector(line)!.TextContent, StringComparison.Ordinal);
        Assert.Contains("acknowledged by Official-", page.QuerySelector("li[data-call='d-Group2']")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("li[data-call='d-Group2'] form"));
        Assert.NotNull(page.QuerySelector("li[data-call='d-Group1'] form"));
        // one touch for those that still wait
        page = await Follow(official, await official.Send(Page, "Acknowledgement", ("rule", "fire"), ("scope", area)));
        Assert.Equal("normal", page.QuerySelector(line)!.GetAttribute("data-state"));
        Assert.Null(page.QuerySelector(line + " form"));
        // each deed is in the audit trail with what was seen
        Assert.Equal([$"{area} Severe d-Group2", $"{area} Severe 3"], (await shared.Audit("disaster-safety.audit.alarm", "fire")).Where(a => a.Detail!.StartsWith(area, StringComparison.Ordinal)).OrderBy(a => a.Id).Select(a => a.Detail));
        await shared.Tell(SafetyCity.Run("Group4") with { Areas = [area] });
        page = await official.Open(Page);
        Assert.Equal("serious", page.QuerySelector(line)!.GetAttribute("data-state"));
        Assert.Contains("3 of 4 acknowledged", page.QuerySelector(line)!.TextContent, StringComparison.Ordinal);
        Assert.Equal("d-Group4", page.QuerySelector(line + " .dis-calls li")!.GetAttribute("data-call"));
    }

    [Fact]
    public async Task A_dispatch_is_told_to_open_pages_by_one_signal()
    {
        using var wall = await City.Client(Roles.Mayor);
        var page = await wall.Open("/en/disaster-safety");
        Assert.Equal("changed-disaster-safety-incidents from:#live", page.QuerySelector("#board")!.GetAttribute("hx-trigger"));
        var stream = page.QuerySelector("#live")!.GetAttribute("hx-sse:connect")!;
        using var response = await wall.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, SafetyCity.Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(SafetyCity.Cancel));
        var heard = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync(SafetyCity.Cancel) is { } line)
                if (line.Contains("changed-disaster-safety-incidents", StringComparison.Ordinal)) return true;
            return false;
        }, SafetyCity.Cancel);
        // the feed says something: nobody else signals
        await shared.Tell(SafetyCity.Run("Live1"));
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(20), SafetyCity.Cancel));
        var block = await wall.GetStringAsync(page.QuerySelector("#board")!.GetAttribute("hx-get")!, SafetyCity.Cancel);
        Assert.Contains("incidents/d-Live1", block, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_situation_view_follows_the_chosen_incident_and_survives_one_that_is_gone()
    {
        await shared.Tell(SafetyCity.Run("Room1", "rescue"));
        using var mayor = await City.Client(Roles.Mayor);
        var page = await mayor.Open("/en/disaster-safety/situation?incident=d-Room1");
        Assert.StartsWith("Rescue", page.QuerySelector("#chosen-h")!.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.QuerySelectorAll("#chosen-h ~ ol li b"));
        Assert.Contains("incident=d-Room1", page.QuerySelector("#room")!.GetAttribute("hx-get"), StringComparison.Ordinal);
        // an address that means nothing any more shows the gravest instead of nothing
        page = await mayor.Open("/en/disaster-safety/situation?incident=d-gone");
        Assert.NotEqual("No incident is chosen", page.QuerySelector("#chosen-h")!.TextContent);
        using var anyone = City.Client();
        Assert.NotEqual(HttpStatusCode.OK, await anyone.Status("/en/disaster-safety/situation"));
    }

    [Fact]
    public async Task The_counts_of_an_area_agree_on_its_card_in_the_list_and_in_the_file()
    {
        await shared.Tell(SafetyCity.Run("Count1", since: DateTimeOffset.UtcNow.AddSeconds(-1)) with { Areas = ["11680"] });
        using var anyone = City.Client();
        var card = await anyone.Open("/en/disaster-safety/areas/11680");
        var counts = card.QuerySelectorAll("data[data-count]").Select(d => d.GetAttribute("value")!).ToList();
        Assert.Equal(4, counts.Count);
        Assert.True(int.Parse(counts[1], CultureInfo.InvariantCulture) >= 1);
        var row = (await anyone.GetStringAsync("/data/disaster-safety.counts.csv?lang=en")).Split("\r\n").Single(l => l.Contains("11680", StringComparison.Ordinal));
        Assert.Contains($",{string.Join(',', counts)},", row, StringComparison.Ordinal);
    }
}

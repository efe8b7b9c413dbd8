using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>Views, what people write, and who may.</summary>
public sealed class ProjectPageTests(ProjectCity shared) : IClassFixture<ProjectCity>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private TestCity City => shared.City;

    private async Task<List<AuditEntry>> Audit(string kind)
    {
        await using var scope = City.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().Audit.AsNoTracking().Where(a => a.Kind == kind).ToListAsync(Cancel);
    }

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task List_schedule_map_and_file_show_the_same_projects_for_the_same_filter(string language)
    {
        using var anyone = City.Client();
        foreach (var filter in new[] { "", "?class=transport", "?dept=regeneration&state=late", "?borough=11140", "?stage=done", "?q=library" })
        {
            var list = (await anyone.Open($"/{language}/urban-projects{filter}")).QuerySelectorAll(".pro-list tbody th a").Select(a => a.GetAttribute("href")!.Split('/')[^1]).Order().ToList();
            var gantt = (await anyone.Open($"/{language}/urban-projects/schedule{filter}")).QuerySelectorAll(".gantt-table tbody th a").Select(a => a.GetAttribute("href")!.Split('/')[^1].Split('#')[0]).Order().ToList();
            var file = (await anyone.GetStringAsync($"/data/urban-projects.list.csv{filter}{(filter.Length == 0 ? '?' : '&')}lang=en")).Split("\r\n").Skip(1).Where(l => l.Length > 0).ToList();
            Assert.Equal(list, gantt);
            Assert.Equal(list.Count, file.Count);
            Assert.All(list, key => Assert.Contains(file, l => l.Contains($",{key},", StringComparison.Ordinal)));
            var map = (await anyone.Open($"/{language}/urban-projects/map{filter}")).QuerySelectorAll("#places li a").Select(a => a.GetAttribute("href")!.Split('/')[^1]).ToList();
            Assert.Subset(list.ToHashSet(), map.ToHashSet());
        }
        Assert.Equal(37, (await anyone.Open($"/{language}/urban-projects")).QuerySelectorAll(".pro-list tbody tr").Length);
        Assert.Single((await anyone.Open($"/{language}/urban-projects?class=nothing")).QuerySelectorAll("#projects .empty"));
    }

    [Fact]
    public async Task The_order_is_the_one_that_was_asked_for()
    {
        using var anyone = City.Client();
        var ends = (await anyone.Open("/en/urban-projects?sort=end&class=green")).QuerySelectorAll(".pro-list tbody tr td:nth-child(4) span:first-child").Select(s => s.TextContent).ToList();
        Assert.Equal(ends.Order(StringComparer.Ordinal), ends);
        Assert.True(ends.Count > 3);
    }

    [Fact]
    public async Task What_is_critical_and_late_is_said_by_sign_and_by_word_and_can_be_reached_by_key()
    {
        using var anyone = City.Client();
        var register = await City.Services.GetRequiredService<Book>().Now(Cancel);
        var today = City.Services.GetRequiredService<Book>().Today;
        var late = Sight.All(register, null, today).Where(s => s.CriticalAndLate > 0 && s.Standing is not (Standing.Done or Standing.Resting)).ToList();
        Assert.NotEmpty(late);
        var page = await anyone.Open("/en/urban-projects/schedule");
        foreach (var sight in late)
        {
            var row = page.QuerySelectorAll(".gantt-table tbody tr").Single(r => r.QuerySelector("th a")!.GetAttribute("href") == $"/en/urban-projects/{sight.Key}#schedule");
            Assert.Contains("Critical and late", row.QuerySelector(".gantt-words")!.TextContent, StringComparison.Ordinal);
            Assert.NotEmpty(row.QuerySelectorAll("use.gantt-late[href$='#serious']"));
            var link = row.QuerySelector(".gantt-words a")!.GetAttribute("href")!;
            Assert.NotNull((await anyone.Open(link)).QuerySelector(link[link.IndexOf('#', StringComparison.Ordinal)..]));
        }
    }

    [Fact]
    public async Task A_project_shows_its_indicators_with_their_values_and_what_other_modules_know_of_it()
    {
        using var owner = await shared.Owner();
        using var anyone = City.Client();
        var page = await anyone.Open("/en/urban-projects/euljiro-workshops");
        var value = (await anyone.Open("/en/indicators/vacant-shops")).QuerySelector("data[data-indicator=vacant-shops]")!.TextContent;
        var line = page.QuerySelectorAll("#indicators ~ ul li").First(l => l.QuerySelector("a")!.GetAttribute("href") == "/en/indicators/vacant-shops");
        Assert.StartsWith(value, line.QuerySelector("b")!.TextContent, StringComparison.Ordinal);
        // a slot is filled by whoever has a column for it, and is not there where nobody knows anything
        Assert.Contains("A square without noise", (await owner.Open("/en/urban-projects/quiet-square")).QuerySelector("#slot-administrative-content-pledges ~ div")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("[id^=slot-]"));
    }

    [Fact]
    public async Task The_city_brief_says_what_is_furthest_behind_and_how_many_more()
    {
        using var anyone = City.Client();
        var book = City.Services.GetRequiredService<Book>();
        var late = Tiles.CriticalAndLate(Sight.All(await book.Now(Cancel), null, book.Today));
        var brief = (await anyone.Open("/en/reports/city.brief")).Body!.TextContent;
        Assert.Contains($"{late[0].Sight.Project.Name.In("en")}: the critical milestone {late[0].Step.Milestone.Name.In("en")} is {late[0].Step.LateBy} days behind.", brief, StringComparison.Ordinal);
        Assert.Contains($"{late.Count - 3} more projects have a critical milestone that is late.", brief, StringComparison.Ordinal);
        Assert.DoesNotContain(late[^1].Step.Milestone.Name.In("en") + " is " + late[^1].Step.LateBy + " days", brief, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task The_brief_of_every_project_is_one_page(string language)
    {
        using var anyone = City.Client();
        var projects = (await City.Services.GetRequiredService<Book>().Now(Cancel)).Public;
        foreach (var project in projects)
        {
            var pdf = new Export.PdfText(await anyone.GetByteArrayAsync($"/reports/urban-projects.sheet.pdf?project={project.Key}&lang={language}", Cancel));
            var pages = pdf.Objects.Values.Count(o => Export.PdfText.Found(o, @"/Type\s*/Page\b").Success);
            Assert.True(pages == 1, $"{project.Key} has {pages} pages");
        }
    }

    [Fact]
    public async Task A_city_without_the_other_modules_leaves_their_parts_out()
    {
        await using var alone = await TestCity.Start(city => city.Modules([new UrbanProjectsModule()]));
        using var anyone = alone.Client();
        var page = await anyone.Open("/en/urban-projects/euljiro-workshops");
        Assert.Equal("Euljiro workshop lanes", page.QuerySelector("h1")!.TextContent);
        Assert.Null(page.QuerySelector("#indicators"));
        Assert.Null(page.QuerySelector("#news"));
    }

    [Fact]
    public async Task A_correction_keeps_the_old_value_who_when_and_why_is_audited_and_can_be_taken_back()
    {
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        using var anyone = City.Client();
        const string Page = "/en/urban-projects/haebangchon-steps/edit";
        var before = (await City.Services.GetRequiredService<Book>().Now(Cancel)).Find("haebangchon-steps")!.Working.Budget.Single(b => b.Year == 2026);
        using (var stored = await owner.Send(Page, "Budget", ("year", "2026"), ("planned", ""), ("spent", "1,234.5"), ("why", "An invoice was booked twice"))) Assert.Equal(HttpStatusCode.Found, stored.StatusCode);
        var row = (await owner.Open(Page)).QuerySelector("#entries tbody tr")!;
        Assert.Equal("2026: Spent", row.QuerySelector("th")!.TextContent);
        Assert.Equal($"KRW\u00a0{(before.Spent >= 1000 ? (before.Spent.Value / 1000).ToString("N1", System.Globalization.CultureInfo.GetCultureInfo("en-GB")) + "\u00a0billion" : before.Spent + "\u00a0million")}", row.Children[2].TextContent);
        Assert.Equal("KRW\u00a01.2\u00a0billion", row.Children[3].TextContent);
        Assert.StartsWith("Official-", row.Children[4].TextContent, StringComparison.Ordinal);
        Assert.Equal("An invoice was booked twice", row.Children[5].TextContent);
        Assert.Contains(await Audit("urban-projects.audit.corrected"), a => a.Subject == "haebangchon-steps budget 2026/spent" && a.Detail!.EndsWith("-> 1234.5: An invoice was booked twice", StringComparison.Ordinal));
        // nobody outside sees it before it is published
        Assert.DoesNotContain("1234.5", await anyone.GetStringAsync("/data/urban-projects.budgets.csv?project=haebangchon-steps"), StringComparison.Ordinal);
        using (var published = await head.Send("/en/urban-projects/haebangchon-steps/publish", null, ("why", "corrected"), ("open", "budget"), ("open", "milestones"), ("open", "stages"))) Assert.Equal(HttpStatusCode.Found, published.StatusCode);
        Assert.Contains("1234.5", await anyone.GetStringAsync("/data/urban-projects.budgets.csv?project=haebangchon-steps"), StringComparison.Ordinal);
        Assert.Contains("edition 1 was published", (await anyone.Open("/en/reports/city.brief")).Body!.TextContent, StringComparison.Ordinal);

        var id = row.QuerySelector("input[name=id]")!.GetAttribute("value")!;
        using (var undone = await owner.Send(Page, "Undo", ("id", id))) Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
        var after = (await City.Services.GetRequiredService<Book>().Now(Cancel)).Find("haebangchon-steps")!;
        Assert.Equal(before, after.Working.Budget.Single(b => b.Year == 2026));
        // taking back is an entry of its own: both stand in the history, and the public keeps its edition
        Assert.Equal(2, (await owner.Open(Page)).QuerySelectorAll("#entries tbody tr").Length);
        Assert.Equal(1234.5, after.Public!.Budget.Single(b => b.Year == 2026).Spent);
        using (var twice = await owner.Send(Page, "Undo", ("id", id))) Assert.Contains("changed again", (await Browser.Read(twice)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_milestone_that_is_done_and_a_forecast_change_what_follows_and_two_writers_do_not_overwrite_each_other()
    {
        using var owner = await shared.Owner();
        const string Page = "/en/urban-projects/changdong-station-quarter/edit";
        var book = City.Services.GetRequiredService<Book>();
        var project = (await book.Now(Cancel)).Find("changdong-station-quarter")!.Working;
        var works = project.Milestones.Single(m => m.Key == "works");
        var plan = Kinds.Write(works.Planned);
        (string, string)[] Form(string forecast, string was) => [("milestone", "works"), ("planned", plan), ("forecast", forecast), ("actual", ""), ("was-planned", plan), ("was-forecast", was), ("was-actual", ""), ("why", "The ground is harder than thought")];
        var slip = Kinds.Write(works.Planned.AddDays(400));
        using (var stored = await owner.Send(Page, "Milestone", Form(slip, Kinds.Write(works.Forecast)))) Assert.Equal(HttpStatusCode.Found, stored.StatusCode);
        var sight = Sight.Of((await book.Now(Cancel)).Find("changdong-station-quarter")!, null, book.Today)!;
        var working = Schedule.Of((await book.Now(Cancel)).Find("changdong-station-quarter")!.Working.Milestones, book.Today)!;
        Assert.True(working.LateBy > 300);
        // the published edition stands still
        Assert.True(sight.Schedule!.LateBy < 300);
        // somebody who still looks at the page as it was
        using var second = await owner.Send(Page, "Milestone", Form(Kinds.Write(works.Planned.AddDays(500)), Kinds.Write(works.Forecast)));
        Assert.Contains($"It is {slip} now", (await Browser.Read(second)).QuerySelector("#m-works-planned-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(await Audit("urban-projects.audit.overtaken"));
    }

    [Theory]
    [InlineData("Progress", "progress-day-wrong", "not come yet", "day=2099-01-01", "percent=5", "why=because")]
    [InlineData("Progress", "progress-percent-wrong", "0 to 100", "day=2026-01-05", "percent=140", "why=because")]
    [InlineData("Progress", "progress-why-wrong", "Say why", "day=2026-01-05", "percent=40", "why= ")]
    [InlineData("Stage", "stage-stage-wrong", "at the stage", "day=2026-08-03", "stage=works", "why=because")]
    [InlineData("Stage", "stage-day-wrong", "not a day", "day=soon", "stage=works", "why=because")]
    [InlineData("Budget", "budget-year-wrong", "not a year", "year=next", "planned=5", "why=because")]
    [InlineData("Budget", "budget-planned-wrong", "not an amount", "year=2026", "planned=1,23", "why=because")]
    [InlineData("Budget", "budget-spent-wrong", "year that has not come", "year=2090", "spent=5", "why=because")]
    [InlineData("Milestone", "m-opening-actual-wrong", "must be done first", "milestone=opening", "planned=2027-06-30", "actual=2026-01-05", "why=because")]
    [InlineData("Milestone", "m-opening-forecast-wrong", "today or later", "milestone=opening", "planned=2027-06-30", "forecast=2020-01-05", "why=because")]
    [InlineData("Milestone", "m-opening-planned-wrong", "nothing to change", "milestone=opening", "planned=2027-06-30", "was-planned=2027-06-30", "why=because")]
    public async Task A_refused_form_says_what_is_wrong_at_the_field_stores_nothing_and_loses_nothing(string handler, string at, string said, params string[] fields)
    {
        using var owner = await shared.Owner();
        const string Page = "/en/urban-projects/euljiro-workshops/edit";
        using var answer = await owner.Send(Page, handler, [.. fields.Select(f => (f.Split('=')[0], f.Split('=')[1]))]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await Browser.Read(answer);
        Assert.Contains(said, page.QuerySelector("#" + at)!.TextContent, StringComparison.Ordinal);
        var field = page.QuerySelector("#" + at[..^"-wrong".Length])!;
        Assert.Equal(("true", at), (field.GetAttribute("aria-invalid"), field.GetAttribute("aria-describedby")));
        if (field.LocalName == "input") Assert.Equal(fields.Single(f => f.StartsWith(field.GetAttribute("name") + "=", StringComparison.Ordinal)).Split('=')[1], field.GetAttribute("value"));
        Assert.Empty((await owner.Open(Page)).QuerySelectorAll("#entries"));
    }

    [Fact]
    public async Task Only_the_owning_department_writes_and_only_its_head_publishes()
    {
        using var stranger = await shared.Client(Roles.Official, "transport");
        using var nobody = await shared.Client(Roles.Official, null);
        using var owner = await shared.Owner();
        using var otherHead = await shared.Client(Roles.DepartmentHead, "transport");
        using var citizen = await shared.Client(Roles.Citizen, "regeneration");
        const string Edit = "/en/urban-projects/sewoon-green-axis/edit", Publish = "/en/urban-projects/sewoon-green-axis/publish";
        foreach (var reader in new[] { stranger, nobody })
        {
            var page = await reader.Open(Edit);
            Assert.Contains("belongs to Urban Regeneration Office", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
            Assert.Empty(page.QuerySelectorAll("main form"));
            using var refused = await reader.Send("/en/urban-projects", "Save", ("name", "x"), ("query", "?class=green"));
            var token = (await reader.Open("/en/urban-projects?class=green")).Token();
            using var written = await reader.PostAsync(Edit + "?handler=Progress", new FormUrlEncodedContent(new Dictionary<string, string> { ["day"] = "2026-01-05", ["percent"] = "1", ["why"] = "mine now", ["__RequestVerificationToken"] = token }), Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, written.StatusCode);
        }
        using (var published = await otherHead.PostAsync(Publish, new FormUrlEncodedContent(new Dictionary<string, string> { ["why"] = "mine now", ["__RequestVerificationToken"] = (await otherHead.Open("/en/urban-projects?class=green")).Token() }), Cancel)) Assert.Equal(HttpStatusCode.Forbidden, published.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await owner.Status(Publish));
        Assert.Equal(HttpStatusCode.Forbidden, await citizen.Status(Edit));
        // without a form's token nothing is written, by nobody
        using var forged = await owner.PostAsync(Edit + "?handler=Progress", new FormUrlEncodedContent(new Dictionary<string, string> { ["day"] = "2026-01-05", ["percent"] = "1", ["why"] = "forged" }), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    [Fact]
    public async Task A_saved_filter_has_an_address_to_share_and_only_its_owner_forgets_it()
    {
        using var owner = await shared.Owner();
        using var other = await shared.Owner();
        using var anyone = City.Client();
        using var saved = await owner.Send("/en/urban-projects?class=green&sort=end", "Save", ("name", "Parks by end"), ("view", "schedule"), ("query", "?class=green&sort=end&evil=%3Cscript%3E"));
        var address = saved.Headers.Location!.OriginalString;
        Assert.StartsWith("/en/urban-projects/schedule?saved=", address, StringComparison.Ordinal);
        var shared_ = await anyone.Open(address);
        Assert.Contains("Parks by end", shared_.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(5, shared_.QuerySelectorAll(".gantt-table tbody tr").Length);
        Assert.Equal("green", shared_.QuerySelector("select[name=class] option[selected]")!.GetAttribute("value"));
        var id = address.Split('=')[^1];
        (await other.Send("/en/urban-projects?class=green", "Forget", ("id", id))).Dispose();
        Assert.Contains("Parks by end", (await anyone.Open(address)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        (await owner.Send("/en/urban-projects?class=green", "Forget", ("id", id))).Dispose();
        Assert.Contains("not kept any more", (await anyone.Open(address)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        using var empty = await owner.Send("/en/urban-projects?class=green", "Save", ("name", " "), ("view", "list"), ("query", "?class=green"));
        Assert.Contains("Give it a name", (await Browser.Read(empty)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_file_of_the_pack_is_told_to_those_who_can_see_to_it_and_to_nobody_else()
    {
        using var owner = await shared.Owner();
        using var anyone = City.Client();
        Assert.Contains("projects/zz-broken.yaml, line", (await owner.Open("/en/urban-projects")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("zz-broken", (await anyone.Open("/en/urban-projects")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_indicator_is_corrected_by_its_own_department_and_not_by_another()
    {
        const string Page = "/en/indicators/leakage/value?period=2024";
        using var own = await shared.Client(Roles.Official, "waterworks");
        using var other = await shared.Client(Roles.Official, "transport");
        Assert.NotEmpty((await own.Open(Page)).QuerySelectorAll("input[name=value]"));
        Assert.Empty((await other.Open(Page)).QuerySelectorAll("input[name=value]"));
        using var refused = await other.Send(Page, "Correct", ("value", "1"), ("why", "not mine"), ("was", "1"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var form = new MultipartFormDataContent { { new StringContent((await other.Open("/en/indicators/enter")).Token()), "__RequestVerificationToken" }, { new ByteArrayContent("indicator,period,value,why\nleakage,2024,1.5,recount\n"u8.ToArray()), "file", "a.csv" } };
        using var uploaded = await other.PostAsync("/en/indicators/enter?handler=Upload", form, Cancel);
        Assert.Contains("belongs to Waterworks Headquarters", (await Browser.Read(uploaded)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_department_is_set_by_an_administrator_ends_the_session_and_is_audited()
    {
        await using var scope = City.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var (person, _) = await people.Create($"clerk-{Guid.NewGuid():N}"[..20], Roles.Official);
        using var clerk = City.Client();
        (await clerk.Send("/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person!, Links.Demonstration, TimeSpan.FromHours(1)), null)).Dispose();
        Assert.NotNull(await clerk.Who());
        using var chief = await City.Client(Roles.Administrator);
        var address = $"/en/people/{person!.Id}";
        using (var wrong = await chief.Send(address, "Department", ("department", "atlantis"))) Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using (var set = await chief.Send(address, "Department", ("department", "housing"))) Assert.Equal(HttpStatusCode.Found, set.StatusCode);
        Assert.Equal("housing", (await chief.Open(address)).QuerySelector("#works-for option[selected]")!.GetAttribute("value"));
        Assert.Null(await clerk.Who());
        Assert.Contains(await Audit("department-set"), a => a.Subject == person.UserName && a.Detail == "- -> housing");
        (await clerk.Send("/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Demonstration, TimeSpan.FromHours(1)), null)).Dispose();
        Assert.NotEmpty((await clerk.Open("/en/urban-projects/youth-homes-sinchon/edit")).QuerySelectorAll("form[action*='handler=Progress']"));
    }
}

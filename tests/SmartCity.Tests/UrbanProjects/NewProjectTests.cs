using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>A project from the form to the public's sight.</summary>
public sealed class NewProjectTests(ProjectCity shared) : IClassFixture<ProjectCity>
{
    private const string Form = "/en/urban-projects/new";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static List<(string, string)> Right(string name) =>
    [
        ("name-en", name), ("name-ko", "새 사업 \"하나\" 🚲"), ("summary-en", "A new: thing\\with {odd} signs, #1"), ("summary-ko", "새로운 것"), ("classification", "trial"), ("start", "2026-01-05"), ("end", "2027-06-30"),
        ("areas", "11140"), ("areas", "11110"), ("lon", "126.99"), ("lat", "37.56"), ("person-1-post-en", "Head of works"), ("person-1-post-ko", "공사 과장"), ("person-1-phone", "02-0000-1111"),
        ("budget-1-year", "2026"), ("budget-1-planned", "1,200"), ("budget-1-spent", "300.5"), ("budget-3-year", "2027"), ("budget-3-planned", "800"),
        ("milestone-1-name-en", "Design"), ("milestone-1-name-ko", "설계"), ("milestone-1-planned", "2026-04-01"),
        ("milestone-2-name-en", "Design"), ("milestone-2-name-ko", "개장"), ("milestone-2-planned", "2027-06-30"), ("milestone-2-after", "1"), ("milestone-2-days", "40"),
    ];

    private async Task<Dossier?> Find(string key) => (await shared.City.Services.GetRequiredService<Book>().Now(Cancel)).Find(key);

    private static async Task<string> Create(HttpClient owner, string name)
    {
        using var answer = await owner.Send(Form, null, [.. Right(name)]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!.OriginalString.Split('/')[3];
    }

    [Fact]
    public async Task A_project_is_defined_kept_up_published_and_then_seen_by_everyone()
    {
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        using var anyone = shared.City.Client();
        using var other = await shared.Client(Roles.Official, "culture");
        Assert.NotNull((await owner.Open("/en/urban-projects")).QuerySelector($"a[href='{Form}']"));
        Assert.Null((await anyone.Open("/en/urban-projects")).QuerySelector($"a[href='{Form}']"));

        var key = await Create(owner, "Corner Library, No. 2");
        Assert.Equal("corner-library-no-2", key);
        var made = (await Find(key))!;
        Assert.Equal(("A new: thing\\with {odd} signs, #1", "새 사업 \"하나\" 🚲", "regeneration"), (made.Working.Summary!.In("en"), made.Working.Name.In("ko"), made.Working.Department.Code));
        Assert.Equal(["11110", "11140"], made.Working.Areas.Order());
        Assert.Equal([new(2026, 1200, 300.5), new BudgetYear(2027, 800, null)], made.Working.Budget);
        Assert.Equal(["design", "design-2"], made.Working.Milestones.Select(m => m.Key));
        Assert.Equal(["design"], made.Working.Milestones[1].After);
        Assert.Equal(40, made.Working.Milestones[1].Days);
        Assert.Equal(126.99, made.Working.At!.Value.Longitude, 5);
        Assert.Equal("공사 과장", made.Working.People[0].Post.In("ko"));

        // closed to the public until its head says so, also in the files
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status($"/en/urban-projects/{key}"));
        foreach (var address in new[] { "/data/urban-projects.list.csv", "/data/urban-projects.milestones.csv", "/urban-projects/places.geojson", "/en/urban-projects", "/en/search?q=corner" }) Assert.DoesNotContain(key, await anyone.GetStringAsync(address, Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await owner.Status($"/ko/urban-projects/{key}"));
        // another department sees it and may neither change nor take it back
        using (var refused = await other.Send($"/en/urban-projects/{key}/edit", "TakeBack", ("why", "not ours"))) Assert.NotEqual("/en/urban-projects/new?takenBack=true", refused.Headers.Location?.OriginalString);
        Assert.NotNull(await Find(key));

        // what is written lies over it as over one of the pack, and can be undone
        using (var noted = await owner.Send($"/en/urban-projects/{key}/edit", "Progress", ("day", "2026-03-02"), ("percent", "12"), ("why", "first work"))) Assert.Equal(HttpStatusCode.Found, noted.StatusCode);
        using (var moved = await owner.Send($"/en/urban-projects/{key}/edit", "Milestone", ("milestone", "design"), ("planned", "2026-05-01"), ("was-planned", "2026-04-01"), ("why", "later"))) Assert.Equal(HttpStatusCode.Found, moved.StatusCode);
        Assert.Equal((12, new DateOnly(2026, 5, 1)), ((await Find(key))!.Working.Percent, (await Find(key))!.Working.Milestones[0].Planned));

        using (var published = await head.Send($"/en/urban-projects/{key}/publish", null, ("why", "ready"), ("open", "summary"), ("open", "milestones"))) Assert.Equal(HttpStatusCode.Found, published.StatusCode);
        var page = await anyone.GetStringAsync($"/en/urban-projects/{key}", Cancel);
        Assert.Contains("Corner Library", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Head of works", page, StringComparison.Ordinal);
        Assert.Contains(key, await anyone.GetStringAsync("/data/urban-projects.list.csv", Cancel), StringComparison.Ordinal);
        // what was public cannot be made never to have been
        using (var late = await owner.Send($"/en/urban-projects/{key}/edit", "TakeBack", ("why", "too late"))) Assert.NotEqual(HttpStatusCode.Found, late.StatusCode);
        Assert.NotNull((await Find(key))!.Public);
    }

    [Fact]
    public async Task One_that_was_never_public_is_taken_back_and_its_key_stays_taken()
    {
        using var owner = await shared.Owner();
        var key = await Create(owner, "Short lived");
        using (var gone = await owner.Send($"/en/urban-projects/{key}/edit", "TakeBack", ("why", "by mistake"))) Assert.Equal("/en/urban-projects/new?takenBack=true", gone.Headers.Location?.OriginalString);
        Assert.Null(await Find(key));
        Assert.Equal(HttpStatusCode.NotFound, await owner.Status($"/en/urban-projects/{key}"));
        Assert.Equal("short-lived-2", await Create(owner, "Short lived"));
        await using var scope = shared.City.Services.CreateAsyncScope();
        var audit = await scope.ServiceProvider.GetRequiredService<AccessDb>().Audit.AsNoTracking().Where(a => a.Subject == key).Select(a => a.Kind).ToListAsync(Cancel);
        Assert.Equal(["urban-projects.audit.defined", "urban-projects.audit.takenback"], audit.Where(a => a.StartsWith("urban-projects.audit.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("name-ko", "", "name-ko")]
    [InlineData("summary-en", "", "summary-en")]
    [InlineData("classification", "nothing", "classification")]
    [InlineData("start", "", "start")]
    [InlineData("start", "2027-13-40", "start")]
    [InlineData("end", "2025-01-01", "end")]
    [InlineData("end", "0001-01-01", "end")]
    [InlineData("lat", "", "lon")]
    [InlineData("lon", "37.56", "lon")]
    [InlineData("person-1-post-en", "", "person-1-post-en")]
    [InlineData("budget-1-year", "soon", "budget-1-year")]
    [InlineData("budget-3-year", "2026", "budget-3-year")]
    [InlineData("budget-1-planned", "much", "budget-1-planned")]
    [InlineData("budget-1-spent", "-3", "budget-1-spent")]
    [InlineData("milestone-2-name-ko", "", "milestone-2-name-ko")]
    [InlineData("milestone-2-planned", "", "milestone-2-planned")]
    [InlineData("milestone-1-planned", "later", "milestone-1-planned")]
    [InlineData("milestone-2-after", "7", "milestone-2-after")]
    [InlineData("milestone-2-days", "many", "milestone-2-days")]
    public async Task Every_mistake_is_told_at_its_field_and_nothing_typed_is_lost(string field, string value, string at)
    {
        using var owner = await shared.Owner();
        var fields = Right("Never stored").Where(f => f.Item1 != field).Append((field, value)).ToList();
        using var answer = await owner.Send(Form, null, [.. fields]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await Browser.Read(answer);
        Assert.Equal([at], page.QuerySelectorAll("[aria-invalid=true]").Select(e => e.Id));
        Assert.NotEmpty(page.GetElementById(at + "-wrong")!.TextContent.Trim());
        Assert.NotNull(page.QuerySelector($"#wrong a[href='#{at}']"));
        foreach (var (name, typed) in fields.Where(f => f.Item1 is not ("areas" or "classification")))
            Assert.Equal(typed, page.GetElementById(name) is { LocalName: "textarea" } area ? area.TextContent.Trim() : page.GetElementById(name)!.GetAttribute("value"));
        Assert.Equal(["11110", "11140"], page.QuerySelectorAll("input[name=areas][checked]").Select(i => i.GetAttribute("value")!).Order());
        Assert.Null(await Find("never-stored"));
    }

    [Fact]
    public async Task Steps_that_wait_for_each_other_are_refused_and_more_rows_keep_what_was_typed()
    {
        using var owner = await shared.Owner();
        var fields = Right("Round and round").Append(("milestone-1-after", "2")).ToList();
        using var circle = await owner.Send(Form, null, [.. fields]);
        Assert.Equal(HttpStatusCode.OK, circle.StatusCode);
        Assert.Contains("href=\"#milestones\"", await circle.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var more = await owner.Send(Form, "More", [.. fields, ("more", "milestone")]);
        var page = await Browser.Read(more);
        Assert.Equal("Round and round", page.GetElementById("name-en")!.GetAttribute("value"));
        Assert.NotNull(page.GetElementById("milestone-8-planned"));
        Assert.Null(await Find("round-and-round"));
    }

    [Fact]
    public async Task Who_belongs_to_no_department_is_told_so_and_a_citizen_may_not()
    {
        using var nobody = await shared.Client(Roles.Official, null);
        var page = await nobody.Open(Form);
        Assert.Null(page.QuerySelector("form.pro-form"));
        Assert.Contains("you belong to none", page.Body!.TextContent, StringComparison.Ordinal);
        using var citizen = await shared.Client(Roles.Citizen, null);
        Assert.NotEqual(HttpStatusCode.OK, await citizen.Status(Form));
    }
}

using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>What a project says of itself is changed by its department: kept, undone, and published like everything else.</summary>
public sealed class EditProjectTests(ProjectCity shared) : IClassFixture<ProjectCity>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Edit(string key) => $"/en/urban-projects/{key}/edit";

    private async Task<Dossier> Find(string key) => (await shared.City.Services.GetRequiredService<Book>().Now(Cancel)).Find(key)!;

    /// <summary>A project of the owner's, made by form so that no other test writes to it.</summary>
    private static async Task<string> Create(HttpClient owner, string name)
    {
        using var answer = await owner.Send("/en/urban-projects/new", null, ("name-en", name), ("name-ko", name + " 사업"), ("classification", "trial"), ("start", "2026-01-05"), ("end", "2027-06-30"), ("areas", "11140"), ("lon", "126.99"), ("lat", "37.56"),
            ("person-1-post-en", "Head of works"), ("person-1-post-ko", "공사 과장"), ("milestone-1-name-en", "Design"), ("milestone-1-name-ko", "설계"), ("milestone-1-planned", "2026-04-01"),
            ("milestone-2-name-en", "Works"), ("milestone-2-name-ko", "공사"), ("milestone-2-planned", "2027-03-01"), ("milestone-2-after", "1"), ("milestone-3-name-en", "Opening"), ("milestone-3-name-ko", "개장"), ("milestone-3-planned", "2027-06-30"), ("milestone-3-after", "2"));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!.OriginalString.Split('/')[3];
    }

    /// <summary>Sends a form as it stands on the page, with some fields changed; a field named twice is a list of ticks.</summary>
    private static async Task<HttpResponseMessage> Fill(HttpClient client, string page, string within, params (string Name, string Value)[] changes)
    {
        var form = (await client.Open(page)).QuerySelector(within)!;
        form = form.LocalName == "form" ? form : form.QuerySelector("form")!;
        var fields = form.QuerySelectorAll("input, textarea, select").Select(e => (Name: e.GetAttribute("name"), Value: e switch
        {
            IHtmlInputElement { Type: "checkbox" } box => box.IsChecked ? box.Value : null,
            IHtmlInputElement input => input.Value,
            IHtmlTextAreaElement area => area.Value,
            IHtmlSelectElement select => select.Value,
            _ => null,
        })).Where(f => f.Name is not null && f.Value is not null && changes.All(c => c.Name != f.Name)).Select(f => (f.Name!, f.Value!));
        return await client.PostAsync(form.GetAttribute("action") is { Length: > 0 } action ? action : page, new FormUrlEncodedContent(fields.Concat(changes).Where(f => f.Item2.Length > 0 || f.Item1 != "after").Select(f => KeyValuePair.Create(f.Item1, f.Item2))), Cancel);
    }

    private static async Task Stored(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.True(answer.StatusCode == HttpStatusCode.Found, answer.StatusCode == HttpStatusCode.OK ? string.Join('\n', (await Browser.Read(answer)).QuerySelectorAll(".pro-problem, .pro-wrong").Select(p => p.TextContent)) : answer.StatusCode.ToString());
        Assert.EndsWith("done=stored", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static async Task Undo(HttpClient owner, string key)
    {
        var id = (await owner.Open(Edit(key))).QuerySelector("#entries input[name=id]")!.GetAttribute("value")!;
        using var undone = await owner.Send(Edit(key), "Undo", ("id", id));
        Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
    }

    [Theory]
    [InlineData("quiet-square")]
    [InlineData(null)]
    public async Task One_of_the_pack_and_one_by_form_are_changed_alike_kept_published_and_undone(string? key)
    {
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        using var anyone = shared.City.Client();
        key ??= await Create(owner, "Changed alike");
        var (page, before) = (Edit(key), (await Find(key)).Working);
        var (loud, noisy) = ("Loud " + key, "시끄러운 " + key);
        using (var first = await head.Send($"/en/urban-projects/{key}/publish", null, ("why", "as it was"), ("open", "people"), ("open", "place"), ("open", "period"))) Assert.Equal(HttpStatusCode.Found, first.StatusCode);

        await Stored(Fill(owner, page, "#facts", ("name-en", loud), ("name-ko", noisy), ("classification", "green"), ("start", "2025-02-03"), ("end", "2030-04-05"), ("why", "The council renamed it")));
        await Stored(Fill(owner, page, "form[action*=Place]", ("areas", "11110"), ("areas", "11140"), ("place", "126.98, 37.56\n126.99, 37.56\n126.99 37.57\n126.98 37.57"), ("why", "The whole block")));
        await Stored(Fill(owner, page, "form[action*=People]", ("person-2-post-en", "Site engineer"), ("person-2-post-ko", "현장 기사"), ("person-2-phone", "02-1234"), ("why", "A second post")));
        await Stored(Fill(owner, page, "form[action*=Summary]", ("text-en", "It is louder now"), ("text-ko", "이제 더 시끄럽다"), ("why", "It is")));
        await Stored(Fill(owner, page, "form[action*=Budget]", ("year", "2029"), ("planned", "77"), ("why", "Decided")));

        var after = await Find(key);
        Assert.Equal((loud, noisy, "green", "2025-02-03", "2030-04-05"), (after.Working.Name.In("en"), after.Working.Name.In("ko"), after.Working.Classification.Key, Kinds.Write(after.Working.Start), Kinds.Write(after.Working.End)));
        Assert.Equal((ShapeKind.Area, 5), (after.Working.Place!.Kind, after.Working.Place.Rings[0].Count));
        // what was there first stays first: lists and maps take it
        Assert.Equal(["11140", "11110"], after.Working.Areas);
        Assert.Equal([.. before.People.Select(p => p.Post.In("en")), "Site engineer"], after.Working.People.Select(p => p.Post.In("en")));
        Assert.Equal((null, "02-1234"), (after.Working.People[^1].Name, after.Working.People[^1].Phone));
        Assert.Equal(77, after.Working.Budget.Single(b => b.Year == 2029).Planned);
        // the public keeps its edition until the head says so
        Assert.Equal((before.Name, before.Start, before.People.Count), (after.Public!.Name, after.Public.Start, after.Public.People.Count));
        Assert.DoesNotContain(loud, await anyone.GetStringAsync("/en/urban-projects", Cancel), StringComparison.Ordinal);
        Assert.Contains(noisy, await owner.GetStringAsync("/ko/urban-projects?class=green", Cancel), StringComparison.Ordinal);

        // the history says in words what was, what became of it, who and why
        var history = (await owner.Open(page)).QuerySelectorAll("#entries tbody tr").Select(r => r.Children.Select(c => c.TextContent.Trim()).ToList()).ToList();
        var renamed = history.Single(r => r[1] == "Name (en)");
        Assert.Equal((before.Name.In("en"), loud, "The council renamed it"), (renamed[2], renamed[3], renamed[5]));
        Assert.StartsWith("Official-", renamed[4], StringComparison.Ordinal);
        Assert.Contains(history, r => r[1] == "Class" && r[2] == "Trial class");
        Assert.Contains(history, r => r[1] == "People and contacts" && r[3].EndsWith("; Site engineer, 02-1234", StringComparison.Ordinal));
        await using (var scope = shared.City.Services.CreateAsyncScope())
            Assert.Contains(await scope.ServiceProvider.GetRequiredService<AccessDb>().Audit.AsNoTracking().Where(a => a.Subject == key + " fact name-en").ToListAsync(Cancel), a => a.Kind == "urban-projects.audit.corrected" && a.Detail!.EndsWith($"-> {loud}: The council renamed it", StringComparison.Ordinal));

        using (var published = await head.Send($"/en/urban-projects/{key}/publish", null, ("why", "new name"), ("open", "people"), ("open", "period"))) Assert.Equal(HttpStatusCode.Found, published.StatusCode);
        Assert.Contains(loud, await anyone.GetStringAsync("/data/urban-projects.list.csv?lang=en", Cancel), StringComparison.Ordinal);

        // undone from the last to the first, each deed as a whole
        var deeds = (await owner.Open(page)).QuerySelectorAll("#entries input[name=id]").Select(i => i.GetAttribute("value")!).ToList();
        Assert.Equal(5, deeds.Count);
        foreach (var id in deeds)
            using (var undone = await owner.Send(page, "Undo", ("id", id))) Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
        var again = (await Find(key)).Working;
        Assert.Equal((before.Name, before.Classification, before.Start, before.End, before.Summary), (again.Name, again.Classification, again.Start, again.End, again.Summary));
        Assert.Equal((Kinds.Write(before.Place), Kinds.Write(before.People)), (Kinds.Write(again.Place), Kinds.Write(again.People)));
        Assert.Equal(before.Areas, again.Areas);
        Assert.Equal(before.Budget, again.Budget);
    }

    [Fact]
    public async Task A_milestone_is_added_renamed_moved_made_to_wait_taken_away_and_brought_back()
    {
        using var owner = await shared.Owner();
        var key = await Create(owner, "Steps by hand");
        var page = Edit(key);
        async Task<IReadOnlyList<Milestone>> Now() => (await Find(key)).Working.Milestones;

        await Stored(Fill(owner, page, "#step", ("name-en", "Permit"), ("name-ko", "허가"), ("planned", "2026-06-01"), ("after", "design"), ("days", "20"), ("why", "It was forgotten")));
        // it stands where its day puts it
        Assert.Equal(["design", "permit", "works", "opening"], (await Now()).Select(m => m.Key));
        var permit = (await Now())[1];
        Assert.Equal(("Permit", "허가", new DateOnly(2026, 6, 1), 20), (permit.Name.In("en"), permit.Name.In("ko"), permit.Planned, permit.Days));
        Assert.Equal(["design"], permit.After);

        await Stored(Fill(owner, page, "#m-works", ("name-en", "Building"), ("name-ko", "건설"), ("planned", "2027-04-02"), ("after", "permit"), ("days", "60"), ("why", "It needs the permit")));
        var works = (await Now())[2];
        Assert.Equal(("Building", new DateOnly(2027, 4, 2), 60), (works.Name.In("en"), works.Planned, works.Days));
        Assert.Equal(["permit"], works.After);
        Assert.Contains("Building", await owner.GetStringAsync($"/en/urban-projects/{key}", Cancel), StringComparison.Ordinal);

        await Stored(Fill(owner, page, "#m-permit form[action*=TakeAway]", ("why", "No permit is needed")));
        Assert.Equal(["design", "works", "opening"], (await Now()).Select(m => m.Key));
        // who waited for it waits for what it waited for
        Assert.Equal(["design"], (await Now())[1].After);
        Assert.Null((await owner.Open(page)).QuerySelector("#m-permit"));
        Assert.Contains((await owner.Open(page)).QuerySelectorAll("#entries tbody tr"), r => r.TextContent.Contains("Permit: In the schedule", StringComparison.Ordinal) && r.TextContent.Contains("No permit is needed", StringComparison.Ordinal));
        // its key is not given to another one
        await Stored(Fill(owner, page, "#step", ("name-en", "Permit"), ("name-ko", "허가"), ("planned", "2026-07-01"), ("why", "Another one")));
        Assert.Contains(await Now(), m => m.Key == "permit-2");
        await Undo(owner, key);
        Assert.DoesNotContain(await Now(), m => m.Key == "permit-2");

        var away = (await owner.Open(page)).QuerySelectorAll("#entries tbody tr").First(r => r.TextContent.Contains("No permit is needed", StringComparison.Ordinal)).QuerySelector("input[name=id]")!.GetAttribute("value")!;
        using (var back = await owner.Send(page, "Undo", ("id", away))) Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        Assert.Equal(["design", "permit", "works", "opening"], (await Now()).Select(m => m.Key));
        Assert.Equal(permit with { After = [] }, (await Now())[1] with { After = [] });
        Assert.Equal(["design"], (await Now())[1].After);
        Assert.Equal(["permit"], (await Now())[2].After);
    }

    [Theory]
    [InlineData("#facts", "facts-name-ko", "Write something", "name-ko=")]
    [InlineData("#facts", "facts-classification", "Choose a class", "classification=nothing")]
    [InlineData("#facts", "facts-department", "Choose a department", "department=moon")]
    [InlineData("#facts", "facts-start", "not a day", "start=soon")]
    [InlineData("#facts", "facts-end", "before the first", "end=2001-01-01")]
    [InlineData("#facts", "facts-why", "Say why", "name-en=Other", "why=x")]
    [InlineData("#facts", "facts-name-ko", "nothing to change")]
    [InlineData("form[action*=Place]", "place-place", "two numbers", "place=here")]
    [InlineData("form[action*=Place]", "place-place", "two numbers", "place=126.9 37.5; 126.8 37.5")]
    [InlineData("form[action*=Place]", "place-place", "far from the city", "place=99.5 37.56")]
    [InlineData("form[action*=Place]", "place-place", "first a longitude", "place=37.56 126.99")]
    [InlineData("form[action*=People]", "people-person-2-post-en", "Write something", "person-2-post-ko=과장")]
    [InlineData("form[action*=People]", "people-person-3-post-ko", "Write something", "person-3-phone=02", "person-3-post-en=Clerk")]
    [InlineData("#step", "step-planned", "Choose a day", "name-en=A", "name-ko=가", "planned=")]
    [InlineData("#step", "step-name-ko", "Write something", "name-en=A", "planned=2026-05-01")]
    [InlineData("#step", "step-days", "not a number of days", "name-en=A", "name-ko=가", "planned=2026-05-01", "days=many")]
    [InlineData("#m-works", "m-works-name-en", "Write something", "name-en=")]
    [InlineData("#m-works", "m-works-days", "not a number of days", "days=-4")]
    [InlineData("#m-design", "m-design-after", "in a circle", "after=opening")]
    [InlineData("#m-design form[action*=TakeAway]", "away-design-why", "Say why", "why= ")]
    public async Task What_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(string within, string at, string said, params string[] fields)
    {
        using var owner = await shared.Owner();
        var key = await _refused.Value(this, owner);
        (string Name, string Value)[] typed = [.. fields.Select(f => (f.Split('=')[0], f.Split('=')[1])), .. fields.Any(f => f.StartsWith("why=", StringComparison.Ordinal)) ? [] : new[] { ("why", "Because it is so") }];
        using var answer = await Fill(owner, Edit(key), within, typed);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await Browser.Read(answer);
        Assert.Contains(said, page.GetElementById(at + "-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(at + "-wrong", page.GetElementById(at)!.GetAttribute("aria-describedby")!, StringComparison.Ordinal);
        var form = page.QuerySelectorAll("form").Single(f => f.QuerySelector($"[id='{at}-wrong']") is not null);
        // who reads it must not have to open it first
        Assert.True(form.Closest("details") is not { } fold || fold.HasAttribute("open"));
        foreach (var (name, value) in typed.Where(t => t.Name is not ("after" or "classification" or "department")))
            Assert.Equal(value.Trim(), (form.QuerySelector($"[name='{name}']") switch { IHtmlTextAreaElement area => area.Value, var input => input!.GetAttribute("value") ?? "" }).Trim());
        if (typed.Any(t => t.Name == "after")) Assert.Equal(typed.Where(t => t.Name == "after").Select(t => t.Value), form.QuerySelectorAll("input[name=after][checked]").Select(i => i.GetAttribute("value")!));
        Assert.Null((await owner.Open(Edit(key))).QuerySelector("#entries"));
    }

    private static readonly Lazy<Func<EditProjectTests, HttpClient, Task<string>>> _refused = new(() =>
    {
        Task<string>? once = null;
        return (_, owner) => once ??= Create(owner, "Nothing is stored");
    });

    [Fact]
    public async Task Two_who_look_at_the_same_page_do_not_overwrite_each_other_and_an_undo_never_makes_a_circle()
    {
        using var owner = await shared.Owner();
        var key = await Create(owner, "Two at once");
        var page = Edit(key);
        (string, string)[] Renamed(string to) => [("name-en", to), ("name-ko", "Two at once 사업"), ("was-name-en", "Two at once"), ("was-name-ko", "Two at once 사업"), ("classification", "trial"), ("was-class", "trial"), ("department", "regeneration"), ("was-department", "regeneration"), ("start", "2026-01-05"), ("was-start", "2026-01-05"), ("end", "2027-06-30"), ("was-end", "2027-06-30"), ("why", "Because it is so")];
        await Stored(owner.Send(page, "Facts", Renamed("One")));
        using (var late = await owner.Send(page, "Facts", Renamed("Two"))) Assert.Contains("It is One now", (await Browser.Read(late)).GetElementById("facts-name-ko-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("One", (await Find(key)).Working.Name.In("en"));

        // works wait for nothing any more, so design may wait for works; taking the first back would close the circle
        await Stored(Fill(owner, page, "#m-works", ("after", ""), ("why", "They begin at once")));
        var first = (await owner.Open(page)).QuerySelector("#entries input[name=id]")!.GetAttribute("value")!;
        await Stored(Fill(owner, page, "#m-design", ("after", "works"), ("why", "Built first, drawn later")));
        using (var undone = await owner.Send(page, "Undo", ("id", first))) Assert.NotNull((await Browser.Read(undone)).GetElementById("wrong"));
        Assert.Equal(["works"], (await Find(key)).Working.Milestones[0].After);
        Assert.Equal(HttpStatusCode.OK, await owner.Status($"/en/urban-projects/{key}"));
    }

    [Fact]
    public async Task Another_department_and_citizens_change_nothing_and_a_project_can_be_given_away()
    {
        using var owner = await shared.Owner();
        using var stranger = await shared.Client(Roles.Official, "culture");
        using var citizen = await shared.Client(Roles.Citizen, "regeneration");
        using var anyone = shared.City.Client();
        var key = await Create(owner, "Given away");
        var before = (await Find(key)).Working;
        Assert.Empty((await stranger.Open(Edit(key))).QuerySelectorAll("main form"));
        foreach (var handler in new[] { "Facts", "Place", "People", "AddStep", "TakeAway", "Milestone", "Summary", "Undo" })
            foreach (var person in new[] { stranger, citizen, anyone })
            {
                var token = (await person.Open("/en/sign-in")).Token();
                using var answer = await person.PostAsync($"{Edit(key)}?handler={handler}", new FormUrlEncodedContent(new Dictionary<string, string> { ["name-en"] = "Mine", ["name-ko"] = "내 것", ["milestone"] = "design", ["planned"] = "2026-05-05", ["why"] = "mine now", ["id"] = "1", ["__RequestVerificationToken"] = token }), Cancel);
                Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized || answer.StatusCode is HttpStatusCode.Found && answer.Headers.Location!.OriginalString.Contains("sign-in", StringComparison.Ordinal), $"{handler}: {answer.StatusCode}");
            }
        Assert.Equal((before.Name, Kinds.Write(before.People), before.Milestones.Count), ((await Find(key)).Working.Name, Kinds.Write((await Find(key)).Working.People), (await Find(key)).Working.Milestones.Count));

        await Stored(Fill(owner, Edit(key), "#facts", ("department", "culture"), ("why", "Culture takes it over")));
        Assert.Empty((await owner.Open(Edit(key))).QuerySelectorAll("main form"));
        await Stored(Fill(stranger, Edit(key), "#facts", ("name-en", "Taken over"), ("why", "Ours now")));
        Assert.Equal("Taken over", (await Find(key)).Working.Name.In("en"));
    }

    [Fact]
    public async Task An_older_edition_is_published_again_by_the_head_and_nothing_written_since_is_lost()
    {
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        using var otherHead = await shared.Client(Roles.DepartmentHead, "culture");
        using var anyone = shared.City.Client();
        var key = await Create(owner, "Set back");
        var page = $"/en/urban-projects/{key}/publish";
        async Task Publish(string why, params string[] open)
        {
            using var published = await head.Send(page, null, [("why", why), .. open.Select(o => ("open", o))]);
            Assert.Equal(HttpStatusCode.Found, published.StatusCode);
        }
        await Publish("the first", "period");
        await Stored(Fill(owner, Edit(key), "#facts", ("name-en", "Set forward"), ("why", "Renamed")));
        await Publish("the second", "period", "people");
        Assert.Contains("Set forward", (await anyone.Open($"/en/urban-projects/{key}")).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);

        using (var refused = await head.Send(page, "Again", ("number", "1"), ("why", "x")))
        {
            var told = await Browser.Read(refused);
            Assert.Contains("Say why", told.GetElementById("wrong")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(("x", "true"), (told.GetElementById("again-1")!.GetAttribute("value"), told.GetElementById("again-1")!.GetAttribute("aria-invalid")));
        }
        // not the newest, which is there already, and none that never was
        foreach (var number in new[] { "2", "7" })
            using (var none = await head.Send(page, "Again", ("number", number), ("why", "Because it is so"))) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        foreach (var person in new[] { otherHead, owner })
            using (var foreign = await person.PostAsync(page + "?handler=Again", new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = "1", ["why"] = "mine now", ["__RequestVerificationToken"] = (await person.Open("/en/urban-projects?class=trial")).Token() }), Cancel)) Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);

        using (var again = await head.Send(page, "Again", ("number", "1"), ("why", "The name was not agreed"))) Assert.Equal(HttpStatusCode.Found, again.StatusCode);
        var dossier = await Find(key);
        Assert.Equal(("Set back", 3, 0), (dossier.Public!.Name.In("en"), dossier.Edition!.Number, dossier.Public.People.Count));
        Assert.Equal("Set forward", dossier.Working.Name.In("en"));
        Assert.Equal(1, dossier.Unpublished);
        Assert.Contains("Set back", (await anyone.Open($"/en/urban-projects/{key}")).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        var history = (await head.Open(page)).QuerySelectorAll("section[aria-labelledby=editions] li").Select(l => l.TextContent).ToList();
        Assert.Equal(3, history.Count);
        Assert.Contains("The name was not agreed", history[0], StringComparison.Ordinal);
        // closed, and opened again as it was before
        using (var closed = await head.Send(page, null, ("why", "off for a while"), ("close", "true"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);
        Assert.Null((await Find(key)).Public);
        using (var again = await head.Send(page, "Again", ("number", "2"), ("why", "Agreed after all"))) Assert.Equal(HttpStatusCode.Found, again.StatusCode);
        Assert.Equal(("Set forward", 1), ((await Find(key)).Public!.Name.In("en"), (await Find(key)).Public!.People.Count));
    }
}

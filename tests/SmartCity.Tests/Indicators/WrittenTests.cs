using System.Globalization;
using System.Net;
using System.Text;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Indicators;
using SmartCity.Shell.Access;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Indicators;

/// <summary>Values, definitions, disputes and guesses that people write: kept with what was before, who, when and why.</summary>
public sealed class WrittenTests(ReadCity shared) : IClassFixture<ReadCity>
{
    private TestCity City => shared.City;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private Book Book => City.Services.GetRequiredService<Book>();

    private async Task<List<AuditEntry>> Audit(string kind)
    {
        await using var scope = City.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().Audit.AsNoTracking().Where(a => a.Kind == kind).ToListAsync(Cancel);
    }

    private static async Task<IDocument> Follow(HttpClient client, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return await client.Open(answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_correction_keeps_the_old_value_who_when_and_why_and_is_audited()
    {
        using var official = await City.Client(Roles.Official);
        const string Page = "/en/indicators/solar/value?period=2025-Q4";
        var before = (await official.Open(Page)).QuerySelector("data[data-indicator]")!.GetAttribute("value")!;
        using var answer = await official.Send(Page, "Correct", ("value", "701"), ("why", "A plant was counted twice"), ("was", before));
        var page = await Follow(official, answer);
        Assert.Equal("701", page.QuerySelector("data[data-indicator]")!.GetAttribute("value"));
        var row = page.QuerySelectorAll("#history ~ div tbody tr, section tbody tr").Last();
        Assert.Equal(double.Parse(before, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.GetCultureInfo("en-GB")), row.Children[1].TextContent);
        Assert.StartsWith("Official-", row.Children[3].TextContent, StringComparison.Ordinal);
        Assert.Equal("A plant was counted twice", row.Children[4].TextContent);
        Assert.Contains(await Audit("indicators.audit.corrected"), a => a.Subject == "solar 2025-Q4" && a.Person!.StartsWith("Official-", StringComparison.Ordinal) && a.Detail == $"{before} -> 701: A plant was counted twice");
        // others see the new value everywhere, and that it was corrected, but no name
        using var anyone = City.Client();
        var seen = await anyone.Open(Page);
        Assert.DoesNotContain("Official-", seen.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("corrected 1 time", (await anyone.Open("/en/indicators/solar?depth=full")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains($"solar,,2025-Q4,{before},701,A plant was counted twice", await anyone.GetStringAsync("/data/indicators.corrections.csv?lang=en"), StringComparison.Ordinal);
        // the audit trail has a word for it
        using var chief = await City.Client(Roles.Administrator);
        Assert.Contains("Indicator value corrected", (await chief.Open("/en/audit?kind=indicators.audit.corrected")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_correction_loses_nothing_that_was_typed()
    {
        using var official = await City.Client(Roles.Official);
        const string Page = "/en/indicators/leakage/value?period=2024";
        var was = (await official.Open(Page)).QuerySelector("data[data-indicator]")!.GetAttribute("value")!;
        foreach (var (value, why, said) in new[] { ("abc", "because", "is not a number"), ("101", "because", "too large"), ("3", "", "needs a reason"), (was, "because", "nothing to change") })
        {
            using var answer = await official.Send(Page, "Correct", ("value", value), ("why", why), ("was", was));
            var page = await Browser.Read(answer);
            Assert.Contains(said, page.QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(value, page.QuerySelector("input[name=value]")!.GetAttribute("value"));
        }
        Assert.Equal(was, (await official.Open(Page)).QuerySelector("data[data-indicator]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Two_who_correct_at_once_do_not_overwrite_each_other()
    {
        using var official = await City.Client(Roles.Official);
        const string Page = "/en/indicators/ghg/value?period=2024";
        var was = (await official.Open(Page)).QuerySelector("data[data-indicator]")!.GetAttribute("value")!;
        using var first = await official.Send(Page, "Correct", ("value", "4.11"), ("why", "new inventory"), ("was", was));
        Assert.Equal(HttpStatusCode.Found, first.StatusCode);
        using var second = await official.Send(Page, "Correct", ("value", "4.22"), ("why", "other inventory"), ("was", was));
        Assert.Contains("changed the value meanwhile", (await Browser.Read(second)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("4.11", (await official.Open(Page)).QuerySelector("data[data-indicator]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Ten_who_store_in_the_same_moment_become_one_value_and_nine_refusals()
    {
        const string Page = "/en/indicators/heritage/value?period=2023";
        using var official = await City.Client(Roles.Official);
        var page = await official.Open(Page);
        var (was, token) = (page.QuerySelector("data[data-indicator]")!.GetAttribute("value")!, page.Token());
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => official.PostAsync(Page + "&handler=Correct",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["value"] = (600 + i).ToString(CultureInfo.InvariantCulture), ["why"] = "recount", ["was"] = was, ["__RequestVerificationToken"] = token }), Cancel)));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Equal(9, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var answer in answers) answer.Dispose();
        await using var db = await City.Services.GetRequiredService<IDbContextFactory<IndicatorsDb>>().CreateDbContextAsync(Cancel);
        Assert.Equal(1, await db.Versions.CountAsync(v => v.Indicator == "heritage" && v.Period == "2023", Cancel));
    }

    [Fact]
    public async Task Who_may_not_correct_or_is_not_signed_in_changes_nothing()
    {
        using var citizen = await City.Client(Roles.Citizen);
        const string Page = "/en/indicators/smoking/value?period=2024";
        using var refused = await citizen.Send(Page, "Correct", ("value", "1"), ("why", "x"), ("was", "1"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var anyone = City.Client();
        var page = await anyone.Open(Page);
        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.NotNull(page.QuerySelector("main a[href='/en/sign-in']"));
    }

    [Fact]
    public async Task A_dispute_waits_for_the_owner_is_shown_and_answered_once()
    {
        using var citizen = await City.Client(Roles.Citizen);
        using var official = await City.Client(Roles.Official);
        using var anyone = City.Client();
        const string Page = "/en/indicators/walking/value";
        using (var shortly = await citizen.Send(Page, "Dispute", ("text", "wrong"))) Assert.Contains("at least 10", (await Browser.Read(shortly)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        using (var sent = await citizen.Send(Page, "Dispute", ("text", "My borough was left out of the survey."))) Assert.NotNull((await Follow(citizen, sent)).QuerySelector(".ind-done"));
        using (var twice = await citizen.Send(Page, "Dispute", ("text", "My borough was left out of the survey."))) Assert.Contains("already", (await Browser.Read(twice)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await anyone.Open("/en/indicators/walking")).QuerySelector(".ind-disputed"));
        Assert.Contains("My borough", (await official.Open("/en/indicators/due")).Body!.TextContent, StringComparison.Ordinal);
        var open = (await official.Open(Page)).QuerySelector(".ind-dispute input[name=id]")!.GetAttribute("value")!;
        using (var stranger = await citizen.Send(Page, "Answer", ("id", open), ("answer", "no"))) Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        using (var answered = await official.Send(Page, "Answer", ("id", open), ("answer", "It was in the sample: see table 4."))) Assert.Equal(HttpStatusCode.Found, answered.StatusCode);
        using (var again = await official.Send(Page, "Answer", ("id", open), ("answer", "Twice"))) Assert.Contains("answered already", (await Browser.Read(again)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        var seen = await anyone.Open(Page);
        Assert.Contains("see table 4", seen.QuerySelector("#disputes")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Citizen-", seen.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null((await anyone.Open("/en/indicators/walking")).QuerySelector(".ind-disputed"));
        Assert.NotEmpty(await Audit("indicators.audit.disputed"));
        Assert.NotEmpty(await Audit("indicators.audit.answered"));
    }

    private static async Task<HttpResponseMessage> Upload(HttpClient client, string name, byte[] bytes)
    {
        var token = (await client.Open("/en/indicators/enter")).Token();
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(bytes), "file", name } };
        return await client.PostAsync("/en/indicators/enter?handler=Upload", form);
    }

    [Fact]
    public async Task A_spreadsheet_with_mistakes_stores_nothing_then_it_is_corrected_confirmed_and_undone()
    {
        using var official = await City.Client(Roles.Official);
        var before = (await Book.Now(Cancel)).Find("public-wifi")!.Latest!;
        using (var wrong = await Upload(official, "wifi.csv", Encoding.UTF8.GetBytes("indicator,period,value,why\npublic-wifi,2026-Q4,36000,\npublic-wifi,2026-Q2,about 35000,recount\n")))
        {
            var page = await Browser.Read(wrong);
            Assert.Equal("C3", Assert.Single(page.QuerySelectorAll("#problems tbody th")).TextContent);
            Assert.Contains("Nothing of wifi.csv was stored", page.QuerySelector("#problems")!.TextContent, StringComparison.Ordinal);
        }
        Book.Forget();
        Assert.Equal(before, (await Book.Now(Cancel)).Find("public-wifi")!.Latest);

        using var right = await Upload(official, "wifi.csv", Encoding.UTF8.GetBytes("indicator,period,value,why\npublic-wifi,2026-Q4,36000,\npublic-wifi,2026-Q2,35111,recount\n"));
        var address = right.Headers.Location!.OriginalString;
        var preview = await official.Open(address);
        Assert.Equal(2, preview.QuerySelectorAll("#rows tbody tr").Length);
        Book.Forget();
        Assert.Equal(before, (await Book.Now(Cancel)).Find("public-wifi")!.Latest);
        using (var confirmed = await official.Send(address, "Confirm", ("id", address.Split('=')[^1]))) Assert.Equal(HttpStatusCode.Found, confirmed.StatusCode);
        var track = (await Book.Now(Cancel)).Find("public-wifi")!;
        Assert.Equal((36000, 35111), (track.Latest!.Value, track.ValueAt(new(Cycle.Quarter, 2026 * 4 + 1))));
        using (var twice = await official.Send(address, "Confirm", ("id", address.Split('=')[^1]))) Assert.Equal(HttpStatusCode.Found, twice.StatusCode);
        using (var undone = await official.Send(address, "Undo", ("id", address.Split('=')[^1]))) Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
        track = (await Book.Now(Cancel)).Find("public-wifi")!;
        Assert.Equal(before.Value, track.Latest!.Value);
        Assert.NotEqual(35111, track.ValueAt(new(Cycle.Quarter, 2026 * 4 + 1)));
        // other tests of this city store and undo beside it
        Assert.Contains(await Audit("indicators.audit.imported"), a => a.Detail == "2 values");
        Assert.NotEmpty(await Audit("indicators.audit.undone"));
    }

    [Fact]
    public async Task An_import_that_somebody_overtook_stores_nothing_and_an_undo_leaves_later_values_alone()
    {
        using var official = await City.Client(Roles.Official);
        using var first = await Upload(official, "a.csv", Encoding.UTF8.GetBytes("indicator,period,value,why\ntax-collection,2026-Q1,97.7,late payments\n"));
        using var second = await Upload(official, "b.csv", Encoding.UTF8.GetBytes("indicator,period,value,why\ntax-collection,2026-Q1,97.8,late payments\n"));
        var (one, two) = (first.Headers.Location!.OriginalString, second.Headers.Location!.OriginalString);
        (await official.Send(two, "Confirm", ("id", two.Split('=')[^1]))).Dispose();
        using (var overtaken = await official.Send(one, "Confirm", ("id", one.Split('=')[^1]))) Assert.Contains("Nothing was stored", (await Browser.Read(overtaken)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        using (var corrected = await official.Send("/en/indicators/tax-collection/value?period=2026-Q1", "Correct", ("value", "97.9"), ("why", "final"), ("was", "97.8"))) Assert.Equal(HttpStatusCode.Found, corrected.StatusCode);
        using (var undone = await official.Send(two, "Undo", ("id", two.Split('=')[^1]))) Assert.Contains("stays as it is", (await Browser.Read(undone)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(97.9, (await Book.Now(Cancel)).Find("tax-collection")!.ValueAt(new(Cycle.Quarter, 2026 * 4)));
    }

    [Fact]
    public async Task A_file_that_is_far_too_large_is_refused_without_being_read()
    {
        using var official = await City.Client(Roles.Official);
        foreach (var size in new[] { Sheet.MostBytes + 100, 4 * Sheet.MostBytes })
        {
            using var answer = await Upload(official, "large.csv", new byte[size]);
            Assert.Contains("too large", (await Browser.Read(answer)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_template_is_given_in_both_formats_and_taken_back_in_both()
    {
        using var official = await City.Client(Roles.Official);
        foreach (var format in new[] { "xlsx", "csv" })
        {
            var file = await official.GetByteArrayAsync($"/en/indicators/enter?handler=Template&format={format}&sector=safety");
            var (sheet, wrong) = Sheet.Read(file);
            Assert.Null(wrong);
            Assert.Contains(sheet!.Rows, r => r.Cells.Values.Any(c => c.Text == "fire-response"));
            using var answer = await Upload(official, "t." + format, file);
            Assert.Contains("nothing to store", (await Browser.Read(answer)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        }
    }

    private static (string, string)[] Definition(string key, string source = "typed", string formula = "") =>
    [
        ("key", key), ("name-ko", "새 지표"), ("name-en", "New one"), ("plain-ko", "뜻"), ("plain-en", "Meaning"), ("sector", "safety"), ("unit", "%"), ("unitName-ko", "%"), ("unitName-en", "%"), ("decimals", "1"), ("direction", "up"), ("cycle", "month"),
        ("target", "2026: 50\n2030: 60"), ("near", "2"), ("lag", "30"), ("min", "0"), ("max", "100"), ("owner-ko", "부서"), ("owner-en", "Office"), ("person-ko", "과장"), ("person-en", "Head"), ("method-ko", "센다"), ("method-en", "Counted"),
        ("caveats-ko", "없음"), ("caveats-en", "None"), ("source", source), ("sourceName-ko", "대장"), ("sourceName-en", "Register"), ("formula", formula), ("standards", "SDG 1.1.1, SDG 2.2.2"),
    ];

    [Fact]
    public async Task An_indicator_is_defined_by_the_form_and_then_lives_like_the_others()
    {
        using var head = await City.Client(Roles.DepartmentHead);
        var page = "/en/indicators/define";
        using (var wrong = await head.Send(page, null, [.. Definition("Not A Key").Where(f => f.Item1 is not ("near" or "plain-ko"))]))
        {
            var said = await Browser.Read(wrong);
            Assert.Equal(3, said.QuerySelectorAll("#wrong li").Length);
            Assert.Equal("New one", said.QuerySelector("input[name=name-en]")!.GetAttribute("value"));
            Assert.Equal("true", said.QuerySelector("input[name=near]")!.GetAttribute("aria-invalid"));
        }
        using (var taken = await head.Send(page, null, Definition("fine-dust"))) Assert.Contains("choose another", (await Browser.Read(taken)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        using (var done = await head.Send(page, null, Definition("new-one"))) Assert.NotNull((await Follow(head, done)).QuerySelector(".ind-done"));
        Assert.NotEmpty(await Audit("indicators.audit.defined"));
        using var anyone = City.Client();
        var shown = await anyone.Open("/en/indicators/new-one?depth=full");
        Assert.Contains("No data", shown.QuerySelector(".ind-state")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("SDG 2.2.2", shown.Body!.TextContent, StringComparison.Ordinal);
        // it is not one of the demonstration's, and its first value is not a correction
        using var official = await City.Client(Roles.Official);
        const string Value = "/en/indicators/new-one/value?period=2026-10";
        using (var stored = await official.Send(Value, "Correct", ("value", "49.04"), ("why", ""), ("was", ""))) Assert.Equal(HttpStatusCode.Found, stored.StatusCode);
        var now = await anyone.Open("/en/indicators/new-one");
        Assert.Equal("49", now.QuerySelector("data[data-indicator]")!.GetAttribute("value"));
        Assert.Equal("49.0", now.QuerySelector("data[data-indicator]")!.TextContent);
        Assert.Null(now.QuerySelector("#face .demo"));
        // and can be changed by the form again
        Assert.Equal("2026: 50\n2030: 60", (await head.Open("/en/indicators/define?indicator=new-one")).QuerySelector("textarea[name=target]")!.TextContent.Trim());
        using (var cycle = await head.Send(page, null, [.. Definition("new-one").Select(f => f.Item1 == "cycle" ? ("cycle", "year") : f)])) Assert.Contains("cannot be changed", (await Browser.Read(cycle)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_formula_is_tried_refused_with_a_reason_and_then_computes_as_anyone_would_see_it()
    {
        await City.UntilFed();
        using var head = await City.Client(Roles.DepartmentHead);
        const string Page = "/en/indicators/define";
        using (var tried = await head.Send(Page, "Try", ("formula", "count([atmosphere.air-now/pm25])"))) Assert.Contains("It gives 25 now", (await Browser.Read(tried)).Body!.TextContent, StringComparison.Ordinal);
        using (var refused = await head.Send(Page, null, Definition("computed-one", "computed", "mean([atmosphere.air-now/nothing])"))) Assert.Contains("no column 'nothing'", (await Browser.Read(refused)).QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        using (var stored = await head.Send(Page, null, Definition("computed-one", "computed", "100 * count([atmosphere.air-now/pm25]) / 25"))) Assert.Equal(HttpStatusCode.Found, stored.StatusCode);
        Assert.True(await City.Services.GetRequiredService<Recorder>().Record(Cancel) >= 1);
        var track = (await Book.Now(Cancel)).Find("computed-one")!;
        Assert.Equal((100, SmartCity.Indicators.Period.Of(Cycle.Month, Book.Today)), (track.Latest!.Value, track.Latest.Period));
        // it moves within its period without being a correction
        Assert.Equal(0, track.Latest.Versions);
        Assert.Equal(0, await City.Services.GetRequiredService<Recorder>().Record(Cancel));
    }

    [Fact]
    public async Task A_formula_does_not_see_what_is_closed_to_everyone()
    {
        await using var city = await TestCity.Start(c =>
        {
            c.Modules(TierD.Modules);
            c.With(new Permission("atmosphere.view", Text.Of("보기", "See"), Roles.Administrator));
        }, "--Indicators:Compute=0");
        var recorder = city.Services.GetRequiredService<Recorder>();
        Assert.Equal("indicators.formula.dataset", (await recorder.Check("mean([atmosphere.air-now/pm25])"))?.Word);
        Assert.Null(await recorder.Check("mean([indicators.list/value])"));
    }

    private static (string, string)[] Guess(Puzzle puzzle, double by) => [.. puzzle.Hidden.Select(h => ("guess", (h.Value!.Value + by).ToString("0.0", CultureInfo.InvariantCulture)))];

    [Fact]
    public async Task A_guess_comes_first_and_the_truth_after_it()
    {
        using var visitor = City.Client();
        const string Page = "/en/indicators/unemployment/guess";
        var puzzle = Puzzle.Of((await Book.Now(Cancel)).Find("unemployment")!)!;
        var before = await visitor.Open(Page);
        Assert.Equal(12, before.QuerySelectorAll("input[name=guess]").Length);
        Assert.Null(before.QuerySelector(".truth"));
        Assert.Empty(before.QuerySelectorAll("table"));
        using (var partly = await visitor.Send(Page, null, [.. Guess(puzzle, 0).Take(11), ("guess", "?")]))
        {
            var page = await Browser.Read(partly);
            Assert.Contains("is not a number", page.QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(Guess(puzzle, 0)[0].Item2, page.QuerySelector("input[name=guess]")!.GetAttribute("value"));
        }
        using var answer = await visitor.Send(Page, null, Guess(puzzle, 0.5));
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("guess-seoul=", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        var after = await visitor.Open(Page);
        Assert.Contains("You were 0.5\u00a0points too high", after.QuerySelector("#result")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(after.QuerySelector(".truth"));
        Assert.Equal(12, after.QuerySelectorAll("tbody tr").Length);
        // one visitor, one guess: a second takes the place of the first
        (await visitor.Send(Page + "?again=1", null, Guess(puzzle, -0.5))).Dispose();
        Assert.Contains("too low", (await visitor.Open(Page)).QuerySelector("#result")!.TextContent, StringComparison.Ordinal);
        await using var db = await City.Services.GetRequiredService<IDbContextFactory<IndicatorsDb>>().CreateDbContextAsync(Cancel);
        Assert.Equal(1, await db.Guesses.CountAsync(g => g.Indicator == "unemployment", Cancel));
    }

    [Fact]
    public async Task Others_are_shown_from_thirty_on_and_not_before()
    {
        var guesses = City.Services.GetRequiredService<Guesses>();
        var puzzle = Puzzle.Of((await Book.Now(Cancel)).Find("smoking")!)!;
        for (var i = 0; i < Guesses.Enough - 1; i++) await guesses.Keep(puzzle, Guesses.NewToken(), [10 + i, 20, 30], Cancel);
        Assert.Null(await guesses.All(puzzle, Cancel));
        using var visitor = City.Client();
        const string Page = "/en/indicators/smoking/guess";
        (await visitor.Send(Page, null, Guess(puzzle, 1))).Dispose();
        var others = (await guesses.All(puzzle, Cancel))!;
        Assert.Equal(Guesses.Enough, others.Count);
        Assert.InRange(others.Middle[0], 22, 26);
        Assert.True(others.Low[0] < others.Middle[0] && others.Middle[0] < others.High[0]);
        Assert.NotNull((await visitor.Open(Page)).QuerySelector(".band"));
        // who has not guessed sees neither
        using var other = City.Client();
        Assert.Null((await other.Open(Page)).QuerySelector(".band"));
    }

    [Fact]
    public async Task Downloads_are_counted_by_day_dataset_and_format_and_nothing_else_is_kept()
    {
        using var anyone = City.Client();
        var uses = "/data/indicators.downloads.csv?lang=en";
        for (var i = 0; i < 3; i++) (await anyone.GetAsync("/data/atmosphere.snow-now.json", Cancel)).Dispose();
        (await anyone.GetAsync("/data/atmosphere.snow-now.geojson?nonsense=1", Cancel)).Dispose();
        (await anyone.GetAsync("/data/no.such.csv", Cancel)).Dispose();
        (await anyone.GetAsync("/en/data/atmosphere.snow-now", Cancel)).Dispose();
        var page = await anyone.Open("/en/indicators/open-data-use");
        var rows = (await anyone.GetStringAsync(uses)).Split("\r\n").Where(r => r.Contains("snow", StringComparison.Ordinal) || r.Contains("no.such", StringComparison.Ordinal)).ToList();
        var row = Assert.Single(rows);
        Assert.StartsWith($"{Book.Today:yyyy-MM-dd},atmosphere.snow-now,json,3", row, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector("figure.chart"));
        Assert.Contains(page.QuerySelectorAll("#bydataset ~ div th a"), a => a.GetAttribute("href") == "/en/data/atmosphere.snow-now");
    }

    [Fact]
    public async Task What_is_overdue_is_on_the_reminders_of_its_department()
    {
        using var official = await City.Client(Roles.Official);
        var page = await official.Open("/en/indicators/due");
        var register = await Book.Now(Cancel);
        foreach (var track in register.Tracks.Where(t => t.Standing(Book.Today) == Standing.Overdue))
            Assert.Contains(page.QuerySelectorAll($"section[aria-label='{track.Indicator.Owner.In("en").Replace("'", "\\'", StringComparison.Ordinal)}'] th a"), a => a.GetAttribute("href")!.StartsWith($"/en/indicators/{track.Indicator.Key}/value", StringComparison.Ordinal));
        Assert.Contains("days late", page.Body!.TextContent, StringComparison.Ordinal);
    }
}

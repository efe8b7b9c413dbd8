using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;
using SmartCity.Shell.Reports;
using SmartCity.Tests.Access;
using SmartCity.Tests.Export;

namespace SmartCity.Tests.Reports;

/// <summary>A city with reports that are slow, broken and closed, beside its own.</summary>
public sealed class ReportingCity : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;
    /// <summary>Lets the slow report go on to its next part.</summary>
    internal SemaphoreSlim Step { get; } = new(0);

    public async ValueTask InitializeAsync()
    {
        City = await TestCity.Start(city => Choose(city, Step));
        await City.UntilFed();
    }

    internal static void Choose(Shell.CityChoices city, SemaphoreSlim step)
    {
        city.Modules(TierD.Modules);
        city.With(new Permission("atmosphere.secret", Text.Of("비밀", "Secret"), Roles.Mayor));
        city.With(new Report("atmosphere.slow", Text.Of("느린 보고서", "Slow report"), []) { Parts = c => Slow(step, c.Cancel) });
        city.With(new Report("atmosphere.broken-one", Text.Of("고장 난 보고서", "Broken report"), []) { Parts = _ => Broken() });
        city.With(new Report("atmosphere.closed-one", Text.Of("닫힌 보고서", "Closed report"), ["atmosphere.air-now"]) { Permission = "atmosphere.secret" });
        city.With(new Report("atmosphere.choosing", Text.Of("고르는 보고서", "Choosing report"), [])
        {
            Filters = [new("kind", Text.Of("종류", "Kind"), _ => [KeyValuePair.Create("a", Text.Of("가", "First")), KeyValuePair.Create("b", Text.Of("나", "Second"))]), new("name", Text.Of("이름", "Name"), _ => [])],
            Parts = c => Chosen(c),
        });
        city.With(new Brief("atmosphere.loud", Text.Of("큰 소리", "Loud"), _ => Task.FromResult<IReadOnlyList<BriefLine>>([new("일이 늦어졌다 late work", BriefPart.Behind, State.Critical), new("열린 일 open work", BriefPart.Open)])));
        city.With(new Brief("atmosphere.failing", Text.Of("실패", "Failing"), _ => throw new InvalidOperationException("on purpose")));
        city.With(new Brief("atmosphere.whisper", Text.Of("속삭임", "Whisper"), _ => Task.FromResult<IReadOnlyList<BriefLine>>([new("for the mayor alone", BriefPart.Open)])) { Permission = "atmosphere.secret" });
    }

    private static async IAsyncEnumerable<ReportPart> Slow(SemaphoreSlim step, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var i = 0; i < 3; i++)
        {
            yield return new ReportWords($"part {i}");
            await step.WaitAsync(cancel);
        }
    }

    private static async IAsyncEnumerable<ReportPart> Broken()
    {
        yield return new ReportWords("before it breaks");
        await Task.Yield();
        throw new InvalidOperationException("on purpose");
    }

    private static async IAsyncEnumerable<ReportPart> Chosen(ReportContext context)
    {
        await Task.Yield();
        yield return new ReportWords($"kind {context.Query["kind"]}, name {context.Query["name"]}");
        yield return new ReportTable("atmosphere.air-now", new Dictionary<string, string> { ["sort"] = "-pm25" });
        yield return new ReportTable("atmosphere.no-such-table");
    }

    public async ValueTask DisposeAsync()
    {
        await City.DisposeAsync();
        Step.Dispose();
    }
}

/// <summary>Reports are drawn, made, kept, stopped and asked for every day, each for whom they are open to.</summary>
public sealed class ReportTests(ReportingCity reporting) : IClassFixture<ReportingCity>
{
    private readonly TestCity _city = reporting.City;

    private async Task<ReportsDb> Db() => await _city.Services.GetRequiredService<IDbContextFactory<ReportsDb>>().CreateDbContextAsync();

    private static readonly string[] Endings = ["done", "failed", "cancelled", "interrupted"];

    private static async Task Post(HttpClient client, string page, string handler, string to, params (string, string)[] fields)
    {
        using var answer = await client.Send(page, handler, fields);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith(to, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    /// <summary>The newest run of a report, when it has come to its end.</summary>
    private async Task<ReportRun> Ended(string report)
    {
        ReportRun? run = null;
        await TestCity.Until(() =>
        {
            using var db = Db().GetAwaiter().GetResult();
            run = db.Runs.AsNoTracking().Where(r => r.Report == report).OrderByDescending(r => r.AskedAt).FirstOrDefault();
            return run is not null && Endings.Contains(run.State.ToString().ToLowerInvariant());
        }, $"{report} has ended");
        return run!;
    }

    private async Task<ReportRun> Running(string report)
    {
        ReportRun? run = null;
        await TestCity.Until(() =>
        {
            using var db = Db().GetAwaiter().GetResult();
            run = db.Runs.AsNoTracking().FirstOrDefault(r => r.Report == report && r.State == RunState.Running);
            return run is not null && _city.Services.GetRequiredService<ReportRuns>().PartsOf(run.Id) > 0;
        }, $"{report} is being made");
        return run!;
    }

    [Theory]
    [InlineData("ko", "어제부터 달라진 것", "뒤처진 것", "열려 있는 것", "시정 소식: 어제부터 소식")]
    [InlineData("en", "What changed since yesterday", "What is behind", "What is open", "City news: ")]
    public async Task The_city_brief_says_what_the_modules_report_each_in_its_part(string language, string changed, string behind, string open, string news)
    {
        using var client = _city.Client();
        var page = await client.Open($"/{language}/reports/city.brief");
        var text = string.Join('\n', page.QuerySelectorAll(".account > h2, .account > ul, .account > h2 ~ p").Select(e => e.TextContent));
        int At(string what) => text.IndexOf(what, StringComparison.Ordinal) is var at and >= 0 ? at : throw new InvalidOperationException($"{what} is missing in: {text}");
        Assert.True(At(changed) < At(news) && At(news) < At(behind) && At(behind) < At("late work") && At("late work") < At(open) && At(open) < At("open work"));
        // a module that fails is told, and stops nobody
        Assert.Contains(language == "ko" ? "실패의 내용을 읽지 못했습니다" : "Failing could not be read", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mayor alone", text, StringComparison.Ordinal);
        Assert.NotEmpty(page.QuerySelectorAll(".brief .asof"));
    }

    [Fact]
    public async Task The_brief_holds_what_its_reader_may_see()
    {
        using var mayor = await _city.Client(Roles.Mayor);
        Assert.Contains("mayor alone", await mayor.GetStringAsync("/en/reports/city.brief"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await mayor.Status("/en/reports/atmosphere.closed-one"));
        using var official = await _city.Client(Roles.Official);
        foreach (var closed in new[] { "/en/reports/atmosphere.closed-one", "/reports/atmosphere.closed-one.pdf", "/reports/atmosphere.closed-one.xlsx", "/reports/atmosphere.none.pdf", "/reports/city.brief.exe" })
            Assert.Equal(HttpStatusCode.NotFound, await official.Status(closed));
    }

    [Theory, InlineData("ko"), InlineData("en")]
    public async Task A_report_is_the_same_account_as_a_page_on_paper_and_as_a_workbook(string language)
    {
        using var client = _city.Client();
        const string query = "?kind=b&name=%3Cb%3E";
        var page = await client.Open($"/{language}/reports/atmosphere.choosing{query}");
        Assert.Contains("kind b, name <b>", page.QuerySelector(".account")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(25, page.QuerySelectorAll(".account tbody tr").Length);
        var pdf = new PdfText(await client.GetByteArrayAsync($"/reports/atmosphere.choosing.pdf{query}&lang={language}"));
        var text = string.Concat(pdf.Text());
        Assert.Contains("kind b, name <b>", text, StringComparison.Ordinal);
        Assert.Contains(language == "ko" ? "나" : "Second", text, StringComparison.Ordinal);
        Assert.Contains($"/{language}/reports/atmosphere.choosing?kind=b", text, StringComparison.Ordinal);
        Assert.Equal(26, pdf.Elements("TR"));
        using var book = DocumentFormat.OpenXml.Packaging.SpreadsheetDocument.Open(new MemoryStream(await client.GetByteArrayAsync($"/reports/atmosphere.choosing.xlsx{query}&lang={language}")), false);
        Assert.Empty(new DocumentFormat.OpenXml.Validation.OpenXmlValidator().Validate(book));
        Assert.Equal(2, book.WorkbookPart!.WorksheetParts.Count());
        // a table that is not there is not passed over in silence
        var missing = language == "ko" ? "이 도시에 없거나" : "this city does not have";
        Assert.Contains(missing, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains(missing, text.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?kind=c"), InlineData("?nonsense=1"), InlineData("?kind=a&kind=b")]
    public async Task A_choice_that_does_not_exist_is_refused(string query)
    {
        using var client = _city.Client();
        Assert.Equal(HttpStatusCode.BadRequest, await client.Status("/en/reports/atmosphere.choosing" + query));
        Assert.Equal(HttpStatusCode.BadRequest, await client.Status("/reports/atmosphere.choosing.pdf" + query));
    }

    [Fact]
    public async Task A_part_that_fails_leaves_the_page_standing_and_says_so()
    {
        using var client = _city.Client();
        var page = await client.Open("/en/reports/atmosphere.broken-one");
        Assert.Contains("before it breaks", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".wrong[role=alert]"));
        Assert.Equal(HttpStatusCode.InternalServerError, await client.Status("/reports/atmosphere.broken-one.pdf"));
    }

    [Fact]
    public async Task A_report_is_made_in_the_background_and_kept_with_who_made_it_and_when()
    {
        using var maker = await _city.Client(Roles.Official);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Post(maker, "/ko/reports/atmosphere.choosing", "Keep", "/ko/reports?told=asked", ("format", "pdf"));
        var run = await Ended("atmosphere.choosing");
        Assert.Equal(RunState.Done, run.State);
        Assert.True(run.AskedAt >= before && run.EndedAt >= run.AskedAt && run.Size > 1000);
        Assert.Equal(await maker.Who(), run.Person);
        using var file = await maker.GetAsync($"/reports/kept/{run.Id}");
        Assert.Equal("application/pdf", file.Content.Headers.ContentType!.MediaType);
        // in the language in which it was asked for, whatever the reader speaks
        Assert.Contains("고르는 보고서", string.Concat(new PdfText(await file.Content.ReadAsByteArrayAsync()).Text()), StringComparison.Ordinal);
        var row = (await maker.Open("/en/reports")).QuerySelector($"#run-{run.Id}")!.TextContent;
        foreach (var word in new[] { "Choosing report", "PDF", run.Person, "Done" }) Assert.Contains(word, row, StringComparison.Ordinal);

        // another one with the same rights may open it, nobody else
        using var colleague = await _city.Client(Roles.Official);
        Assert.Equal(HttpStatusCode.OK, await colleague.Status($"/reports/kept/{run.Id}"));
        Assert.Null((await colleague.Open("/en/reports")).QuerySelector($"#run-{run.Id} form"));
        foreach (var role in new[] { Roles.Anyone, Roles.Citizen })
        {
            using var other = await _city.Client(role);
            Assert.True((int)await other.Status($"/reports/kept/{run.Id}") is 401 or 403, role);
            Assert.Null((await other.Open("/en/reports")).QuerySelector("#kept"));
        }
        await Post(colleague, "/en/reports", "Remove", "/en/reports", ("id", run.Id.ToString()));
        Assert.Equal(HttpStatusCode.OK, await maker.Status($"/reports/kept/{run.Id}"));
        await Post(maker, "/en/reports", "Remove", "/en/reports", ("id", run.Id.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, await maker.Status($"/reports/kept/{run.Id}"));
        await using var db = await Db();
        Assert.False(await db.Files.AnyAsync(f => f.RunId == run.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_sees_less_than_the_maker_does_not_see_what_was_kept()
    {
        using var mayor = await _city.Client(Roles.Mayor);
        await Post(mayor, "/en/reports/atmosphere.closed-one", "Keep", "/en/reports?told=asked", ("format", "xlsx"));
        var run = await Ended("atmosphere.closed-one");
        Assert.Equal(HttpStatusCode.OK, await mayor.Status($"/reports/kept/{run.Id}"));
        using var official = await _city.Client(Roles.Official);
        Assert.Equal(HttpStatusCode.NotFound, await official.Status($"/reports/kept/{run.Id}"));
        Assert.Null((await official.Open("/en/reports")).QuerySelector($"#run-{run.Id}"));
        Assert.DoesNotContain("Closed report", await official.GetStringAsync("/data/city.kept-reports.csv?lang=en"), StringComparison.Ordinal);
        using var administrator = await _city.Client(Roles.Administrator);
        Assert.Equal(HttpStatusCode.OK, await administrator.Status($"/reports/kept/{run.Id}"));
    }

    [Fact]
    public async Task A_long_report_shows_its_progress_and_can_be_stopped_by_its_maker()
    {
        using var maker = await _city.Client(Roles.Official);
        await Post(maker, "/en/reports/atmosphere.choosing", "Keep", "/en/reports", ("format", "pdf"));
        await Ended("atmosphere.choosing");
        // another's page opens at once while it is made
        await Post(maker, "/en/reports/city.brief", "Schedule", "/en/reports?told=scheduled", ("format", "pdf"), ("at", "23:59"));
        using var slow = await AskSlow(maker);
        var run = await Running("atmosphere.slow");
        var row = (await maker.Open("/en/reports?handler=Kept")).QuerySelector($"#run-{run.Id}")!.TextContent;
        Assert.Contains("Being made", row, StringComparison.Ordinal);
        Assert.Matches("[1-3] parts? done", row);
        using var colleague = await _city.Client(Roles.Official);
        await Post(colleague, "/en/reports", "Cancel", "/en/reports", ("id", run.Id.ToString()));
        Assert.Equal(run.Id, (await Running("atmosphere.slow")).Id);
        await Post(maker, "/en/reports", "Cancel", "/en/reports", ("id", run.Id.ToString()));
        run = await Ended("atmosphere.slow");
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Equal(HttpStatusCode.NotFound, await maker.Status($"/reports/kept/{run.Id}"));
    }

    // its page would wait for its parts, so the form of another report lends the token
    private static async Task<HttpResponseMessage> AskSlow(HttpClient client)
    {
        var token = (await client.Open("/en/reports/city.brief")).Token();
        var answer = await client.PostAsync("/en/reports/atmosphere.slow?handler=Keep", new FormUrlEncodedContent([KeyValuePair.Create("format", "pdf"), KeyValuePair.Create("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer;
    }

    [Fact]
    public async Task A_report_that_cannot_be_made_says_so_and_the_next_one_is_made()
    {
        using var maker = await _city.Client(Roles.Official);
        await Post(maker, "/en/reports/atmosphere.broken-one", "Keep", "/en/reports", ("format", "pdf"));
        var run = await Ended("atmosphere.broken-one");
        Assert.Equal((RunState.Failed, "reports.problem.broken"), (run.State, run.Problem));
        Assert.Contains("An error stopped it", (await maker.Open("/en/reports")).QuerySelector($"#run-{run.Id}")!.TextContent, StringComparison.Ordinal);
        await Post(maker, "/en/reports/city.brief", "Keep", "/en/reports", ("format", "xlsx"));
        Assert.Equal(RunState.Done, (await Ended("city.brief")).State);
    }

    [Fact]
    public async Task Who_may_not_keep_reports_cannot_ask_for_one()
    {
        using var citizen = await _city.Client(Roles.Citizen);
        Assert.Null((await citizen.Open("/en/reports/city.brief")).QuerySelector(".keep"));
        foreach (var handler in new[] { "Keep", "Schedule" })
        {
            using var answer = await citizen.Send("/en/reports/city.brief", handler, ("format", "pdf"), ("at", "06:00"));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory, InlineData("6 o'clock"), InlineData("25:00"), InlineData("")]
    public async Task A_time_that_does_not_exist_is_told_and_what_was_typed_stays(string at)
    {
        using var official = await _city.Client(Roles.Official);
        using var answer = await official.Send("/en/reports/city.brief", "Schedule", ("format", "xlsx"), ("at", at));
        var page = await Browser.Read(answer);
        Assert.Contains("hours and minutes", page.QuerySelector("#wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(at, page.QuerySelector("input[name=at]")!.GetAttribute("value"));
        Assert.NotNull(page.QuerySelectorAll(".keep form")[1].QuerySelector("option[value=xlsx][selected]"));
    }

    [Fact]
    public async Task What_is_due_is_asked_for_once_a_day_with_the_rights_of_that_day()
    {
        using var official = await _city.Client(Roles.Official);
        await Post(official, "/ko/reports/atmosphere.choosing?kind=b", "Schedule", "/ko/reports?told=scheduled", ("format", "pdf"), ("at", "00:00"));
        var name = await official.Who();
        var runs = _city.Services.GetRequiredService<ReportRuns>();
        ReportSchedule schedule;
        await using (var db = await Db())
        {
            schedule = await db.Schedules.SingleAsync(s => s.Person == name);
            // midnight has passed: today's is not asked for any more
            await runs.AskForDue(TestContext.Current.CancellationToken);
            Assert.False(await db.Runs.AnyAsync(r => r.Person == name));
            schedule.LastDay = "2000-01-01";
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        await runs.AskForDue(TestContext.Current.CancellationToken);
        await runs.AskForDue(TestContext.Current.CancellationToken);
        await using (var db = await Db())
        {
            var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Person == name);
            Assert.True(run.Scheduled);
            Assert.Equal("?kind=b&name=", run.Query);
            await TestCity.Until(() => db.Runs.AsNoTracking().Any(r => r.Id == run.Id && r.State == RunState.Done), "the scheduled report is made");
        }
        Assert.Contains("예약", (await official.Open("/ko/reports")).QuerySelector("#kept tbody")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("00:00", (await official.Open("/ko/reports")).QuerySelector("#kept .lines")!.TextContent, StringComparison.Ordinal);

        // locked meanwhile: nothing is made for nobody
        await using (var access = await _city.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            (await access.Users.SingleAsync(p => p.UserName == name)).Locked = true;
            await access.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        await using (var db = await Db())
        {
            (await db.Schedules.SingleAsync(s => s.Id == schedule.Id)).LastDay = "2000-01-02";
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            await runs.AskForDue(TestContext.Current.CancellationToken);
            await TestCity.Until(() => db.Runs.AsNoTracking().Any(r => r.Person == name && r.State == RunState.Failed && r.Problem == "reports.problem.person"), "the second is refused");
        }
    }

    [Fact]
    public async Task What_is_too_old_or_too_much_is_removed()
    {
        var runs = _city.Services.GetRequiredService<ReportRuns>();
        var (person, now) = (Guid.NewGuid(), DateTimeOffset.UtcNow);
        ReportRun Run(DateTimeOffset at, RunState state = RunState.Done) => new() { Id = Guid.CreateVersion7(), Report = "city.brief", Format = "pdf", Language = "en", PersonId = person, Person = "p", AskedAt = at.ToUnixTimeMilliseconds(), EndedAt = state == RunState.Waiting ? null : at.ToUnixTimeMilliseconds(), State = state };
        var (old, unfinished) = (Run(now.AddDays(-31)), Run(now.AddDays(-31), RunState.Waiting));
        await using var db = await Db();
        db.Runs.AddRange(old, unfinished);
        db.Files.Add(new() { RunId = old.Id, Bytes = [1] });
        db.Runs.AddRange(Enumerable.Range(0, ReportRuns.MostKept + 5).Select(i => Run(now.AddMinutes(-i))));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await runs.Forget(TestContext.Current.CancellationToken);
        var left = await db.Runs.AsNoTracking().Where(r => r.PersonId == person).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ReportRuns.MostKept + 1, left.Count);
        Assert.DoesNotContain(left, r => r.Id == old.Id);
        Assert.Contains(left, r => r.Id == unfinished.Id);
        Assert.False(await db.Files.AsNoTracking().AnyAsync(f => f.RunId == old.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_person_cannot_fill_the_queue()
    {
        var runs = _city.Services.GetRequiredService<ReportRuns>();
        var person = Guid.NewGuid();
        await using (var db = await Db())
        {
            db.Runs.AddRange(Enumerable.Range(0, ReportRuns.MostWaiting).Select(_ => new ReportRun { Id = Guid.CreateVersion7(), Report = "city.brief", Format = "pdf", Language = "en", PersonId = person, Person = "p", AskedAt = 1, State = RunState.Waiting }));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        Assert.False(await runs.Ask(new() { Report = "city.brief", Format = "pdf", Language = "en", PersonId = person, Person = "p" }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task After_a_restart_what_was_being_made_is_told_and_what_waited_is_made()
    {
        var file = Path.Combine(Path.GetTempPath(), $"smartcity-{Guid.NewGuid():N}.db");
        try
        {
            Guid running = Guid.CreateVersion7(), waiting = Guid.CreateVersion7(), due = Guid.CreateVersion7();
            await using (var first = await TestCity.Start(null, $"--Database={file}"))
            {
                await first.LinkFor(Roles.Official);
                await using var access = await first.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
                var person = await access.Users.SingleAsync(TestContext.Current.CancellationToken);
                await using var db = await first.Services.GetRequiredService<IDbContextFactory<ReportsDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
                ReportRun Run(Guid id, RunState state) => new() { Id = id, Report = "city.brief", Format = "pdf", Language = "en", PersonId = person.Id, Person = person.UserName!, AskedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), State = state };
                db.Runs.AddRange(Run(running, RunState.Running), Run(waiting, RunState.Waiting));
                // its time passed while the host was down
                db.Schedules.Add(new() { Id = due, Report = "city.brief", Format = "xlsx", Language = "ko", PersonId = person.Id, Person = person.UserName!, Minute = 0, LastDay = "2000-01-01" });
                await db.SaveChangesAsync(TestContext.Current.CancellationToken);
            }
            await using var second = await TestCity.Start(null, $"--Database={file}");
            await using var later = await second.Services.GetRequiredService<IDbContextFactory<ReportsDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
            await TestCity.Until(() => later.Runs.AsNoTracking().Count(r => r.State == RunState.Done) == 2, "what waited and what was due are made");
            Assert.Equal(RunState.Interrupted, (await later.Runs.AsNoTracking().SingleAsync(r => r.Id == running, TestContext.Current.CancellationToken)).State);
            Assert.Equal("xlsx", (await later.Runs.AsNoTracking().SingleAsync(r => r.Scheduled, TestContext.Current.CancellationToken)).Format);
        }
        finally
        {
            foreach (var part in new[] { "", "-wal", "-shm", ".lock" }) File.Delete(file + part);
        }
    }

    [Theory]
    [InlineData("Europe/London", "2026-03-02T12:00:00Z", "2026-03-01T00:00:00Z")]
    [InlineData("Asia/Seoul", "2026-03-01T16:00:00Z", "2026-02-28T15:00:00Z")]
    // where summer time begins at midnight, that midnight does not exist
    [InlineData("Asia/Beirut", "2026-03-30T12:00:00Z", "2026-03-28T22:00:00Z")]
    public void Yesterday_begins_when_the_citys_day_began(string zone, string now, string since) =>
        Assert.Equal(DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture), ReportBook.Since(new Zoned(TimeZoneInfo.FindSystemTimeZoneById(zone)), DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    private sealed class Zoned(TimeZoneInfo zone) : ICity
    {
        public TimeZoneInfo Zone => zone;
        public string Key => "zoned";
        public Text Name => Text.Same("Zoned");
        public IReadOnlyList<string> Languages => ["en"];
        public string Currency => "EUR";
        public Text AreaWord => Text.Same("area");
        public IReadOnlyList<Area> Areas => [];
        public Area? Area(string code) => null;
        public IReadOnlyList<string> Files(string folder, string ending) => [];
        public Area? FindArea(string codeOrName, string? codeSystem = null) => null;
        public T Settings<T>(string moduleKey) where T : class, new() => new();
    }
}

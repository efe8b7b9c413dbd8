using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>Documents in a running city: stored outside of the web root, versioned, shown with safe headers, to those who may.</summary>
public sealed class DocumentTests(ProjectCity shared) : IClassFixture<ProjectCity>
{
    private const string Edit = "/en/urban-projects/quiet-square/edit";

    internal static async Task<HttpResponseMessage> Upload(HttpClient client, string project, string name, byte[] bytes, string title, bool open = false, string series = "", string why = "for the record")
    {
        var address = $"/en/urban-projects/{project}/edit";
        var token = (await client.Open(address)).Token();
        using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent(title), "title" }, { new StringContent(why), "why" }, { new StringContent(series), "series" }, { new ByteArrayContent(bytes), "file", name } };
        if (open) form.Add(new StringContent("true"), "open");
        return await client.PostAsync(address + "?handler=Document", form);
    }

    private string[] Stored => Directory.Exists(shared.Documents) ? Directory.GetFiles(shared.Documents) : [];

    [Fact]
    public async Task A_document_is_added_versioned_shown_safely_and_withdrawn()
    {
        using var owner = await shared.Owner();
        using var head = await shared.Head();
        using var anyone = shared.City.Client();
        using (var added = await Upload(owner, "quiet-square", "../계획 v1.pdf", InspectionTests.Pdf(), "Master plan", open: true)) Assert.Equal(HttpStatusCode.Found, added.StatusCode);
        var link = (await owner.Open("/en/urban-projects/quiet-square")).QuerySelector("#documents ~ ul a[href*='series=']")!.GetAttribute("href")!;
        var series = link.Split("series=")[1];
        var page = await owner.Open(link);
        var file = page.QuerySelector("a[href^='/urban-projects/files/']")!.GetAttribute("href")!;

        // not published yet: closed and absent look the same
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status(file));
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status("/urban-projects/files/" + new string('0', 32)));
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status("/urban-projects/files/..%2f..%2fcity.db"));
        using (var published = await head.Send("/en/urban-projects/quiet-square/publish", null, ("why", "the plan"), ("open", "documents"))) Assert.Equal(HttpStatusCode.Found, published.StatusCode);

        using (var shown = await anyone.GetAsync(file))
        {
            Assert.Equal((HttpStatusCode.OK, "application/pdf"), (shown.StatusCode, shown.Content.Headers.ContentType!.MediaType));
            Assert.StartsWith("inline", shown.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(shown.Headers.GetValues("X-Content-Type-Options")));
            Assert.StartsWith("default-src 'none'", Assert.Single(shown.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal(InspectionTests.Pdf(), await shown.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
        using (var saved = await anyone.GetAsync(file + "?save=true"))
        {
            var disposition = saved.Content.Headers.ContentDisposition!;
            Assert.Equal(("attachment", "계획 v1.pdf"), (disposition.DispositionType, disposition.FileNameStar));
        }
        // the file lies under its random name, without an ending, in the data folder
        Assert.Contains(Stored, f => Path.GetFileName(f) == file.Split('/')[^1]);
        Assert.All(Stored, f => Assert.Equal("", Path.GetExtension(f)));

        // a second version takes its place for officials at once, for the public with the next edition
        using (var second = await Upload(owner, "quiet-square", "plan.pdf", InspectionTests.Pdf("/Lang (en)"), "", open: true, series: series)) Assert.Equal(HttpStatusCode.Found, second.StatusCode);
        Assert.Equal(2, (await owner.Open(link)).QuerySelectorAll("tbody tr").Length);
        Assert.Single((await anyone.Open(link)).QuerySelectorAll("tbody tr"));
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status(link + "&version=2"));

        using (var noreason = await owner.Send(Edit, "Withdraw", ("series", series), ("why", ""))) Assert.Equal(HttpStatusCode.OK, noreason.StatusCode);
        using (var withdrawn = await owner.Send(Edit, "Withdraw", ("series", series), ("why", "it names a person"))) Assert.Equal(HttpStatusCode.Found, withdrawn.StatusCode);
        foreach (var reader in new[] { anyone, owner })
        {
            Assert.Equal(HttpStatusCode.NotFound, await reader.Status(file));
            Assert.Equal(HttpStatusCode.NotFound, await reader.Status(link));
        }
    }

    [Fact]
    public async Task A_refused_file_leaves_nothing_behind_and_is_told_at_its_field()
    {
        using var owner = await shared.Owner();
        var before = Stored.Length;
        foreach (var (name, bytes, said) in new[]
        {
            ("a.pdf", "<html><script>alert(1)</script>"u8.ToArray(), "markup or script"),
            ("a.pdf", InspectionTests.Pdf("/OpenAction << /S /JavaScript >>"), "/JavaScript"),
            ("a.docx", InspectionTests.Zip(("../x", "1")), "lead outside"),
            ("a.png", InspectionTests.Png(50_000, 50_000), "million pixels"),
            ("a.pdf", new byte[Inspection.MostBytes + 5], "larger than 20 MB"),
            ("a.pdf", [], "empty"),
        })
        {
            using var answer = await Upload(owner, "quiet-square", name, bytes, "A title that stays");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await Browser.Read(answer);
            Assert.Contains(said, page.QuerySelector("#document-file-wrong")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("document-hint document-file-wrong", page.QuerySelector("#document-file")!.GetAttribute("aria-describedby"));
            Assert.Equal("A title that stays", page.QuerySelector("#document-title")!.GetAttribute("value"));
        }
        Assert.Equal(before, Stored.Length);
    }

    [Fact]
    public async Task A_document_of_another_department_cannot_be_added_and_an_officials_closed_paper_stays_inside()
    {
        using var stranger = await shared.Client(Roles.Official, "transport");
        using var owner = await shared.Owner();
        var before = Stored.Length;
        using (var refused = await Upload(stranger, "quiet-square", "a.pdf", InspectionTests.Pdf(), "x")) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(before, Stored.Length);
        using (var added = await Upload(owner, "sewoon-green-axis", "inside.txt", "for the office only"u8.ToArray(), "Inside only")) Assert.Equal(HttpStatusCode.Found, added.StatusCode);
        var book = shared.City.Services.GetRequiredService<Book>();
        var paper = (await book.Now(TestContext.Current.CancellationToken)).Find("sewoon-green-axis")!.Papers.Single();
        using var head = await shared.Head();
        using (var published = await head.Send("/en/urban-projects/sewoon-green-axis/publish", null, ("why", "all"), ("open", "documents"))) Assert.Equal(HttpStatusCode.Found, published.StatusCode);
        using var anyone = shared.City.Client();
        Assert.Equal(HttpStatusCode.NotFound, await anyone.Status("/urban-projects/files/" + paper.File));
        // text is only ever saved, never opened
        using var saved = await owner.GetAsync("/urban-projects/files/" + paper.File);
        Assert.StartsWith("attachment", saved.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
    }
}

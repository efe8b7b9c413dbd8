using System.Net;
using AngleSharp.Dom;
using SmartCity.Shell.Feeds.Desk;
using SmartCity.Tests.Access;

namespace SmartCity.Tests.Feeds.Desk;

/// <summary>Files that people bring are checked whole, confirmed, and can be taken back.</summary>
public sealed class DeskUploadTests
{
    private const string Budget = """
        feed: city.budget
        kind: figures
        title: { ko: 예산, en: Budget }
        owner: { ko: 예산과, en: Budget Division }
        preset: csv
        upload: true
        schedule: { every: 1d, timeout: 5s }
        freshness: { late: 40d, stale: 400d, drop: 4000d }
        map:
          figure: { indicator: [item], period: [year], value: [amount], unit: "1" }
        """;

    private const string Gauges = """
        feed: city.wells
        title: { ko: 우물, en: Wells }
        owner: { ko: 과, en: Division }
        preset: csv
        upload: true
        schedule: { every: 1d, timeout: 5s }
        freshness: { late: 400d, stale: 500d, drop: 9000d }
        map:
          thing: { from: [well] }
          time: { from: [day], format: [yyyy-MM-dd] }
          values:
            depth: { from: [depth], unit: m, min: 0, max: 100 }
        """;

    private static async Task<IDocument> Bring(HttpClient chief, string feed, string name, string text)
    {
        var address = $"/en/feeds/{feed}/upload";
        var page = await chief.Open(address);
        using var form = new MultipartFormDataContent { { new StringContent(page.Token()), "__RequestVerificationToken" }, { new ByteArrayContent(DeskCity.Bytes(text)), "file", name } };
        using var answer = await chief.PostAsync(address, form, DeskCity.Cancel);
        return await Browser.Read(answer);
    }

    private static async Task Press(HttpClient chief, IDocument page, string button)
    {
        using var answer = await DeskCity.Submit(chief, page, button);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [Fact]
    public async Task Every_problem_is_told_by_row_and_column_before_anything_is_stored()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(Gauges);
        var page = await Bring(desk.Chief, "city.wells", "wells.csv", "well,day,depth\nW1,2026-11-01,12\n,2026-11-01,5\nW3,yesterday,7\nW4,2026-11-01,deep\nW5,2026-11-01,500");
        var told = page.QuerySelectorAll("section[aria-labelledby=problems] tbody tr").Select(r => string.Join("|", r.QuerySelectorAll("td").Select(c => c.TextContent))).ToList();
        Assert.Equal(["3|well|it is empty|", "4|day|cannot be read as a time|yesterday", "5|depth|not a number|deep", "6|depth|outside the range|500"], told);
        Assert.Empty(desk.Book.Latest("city.wells").Things);
        Assert.Equal(0, desk.Book.HealthOf("city.wells")!.Fetches);
        // a column that is missing, and a kind of file that nobody reads
        Assert.Contains("a column that is needed is missing", (await Bring(desk.Chief, "city.wells", "wells.csv", "well,depth\nW1,1\n")).QuerySelector("section[aria-labelledby=problems]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(".pdf", (await Bring(desk.Chief, "city.wells", "wells.pdf", "%PDF")).QuerySelector("#wrong-file")!.TextContent, StringComparison.Ordinal);
        // what the file should look like is published as a table schema
        Assert.Contains("\"maximum\": 100", await desk.Chief.GetStringAsync("/feeds/city.wells/schema.json", DeskCity.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_file_is_stored_when_it_is_confirmed_and_taken_back_by_corrections()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(Gauges);
        double? Depth(string well) => desk.Book.Latest("city.wells").Value(well, "depth");
        var first = await Bring(desk.Chief, "city.wells", "one.csv", "well,day,depth\nW1,2026-11-01,12\nW2,2026-11-01,8");
        Assert.Empty(desk.Book.Latest("city.wells").Things);
        await Press(desk.Chief, first, "Store it");
        Assert.Equal((12d, 8d), (Depth("W1"), Depth("W2")));
        // the same form sent again stores nothing
        using (var again = await DeskCity.Submit(desk.Chief, first, "Store it")) Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        await Press(desk.Chief, await Bring(desk.Chief, "city.wells", "two.json", """[{"well":"W1","day":"2026-11-01","depth":99},{"well":"W3","day":"2026-11-01","depth":1}]"""), "Store it");
        Assert.Equal((99d, 1d), (Depth("W1"), Depth("W3")));
        await Press(desk.Chief, await desk.Chief.Open("/en/feeds/city.wells/upload"), "Take back two.json");
        Assert.Equal((12d, 8d, null), (Depth("W1"), Depth("W2"), Depth("W3")));
        // both are still told of
        var page = await desk.Chief.Open("/en/feeds/city.wells/upload");
        Assert.Contains("Taken back", page.QuerySelector("section[aria-labelledby=last]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Take back one.csv", page.DocumentElement.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, Parse(page).Count);
    }

    private static List<string> Parse(IDocument page) => [.. page.QuerySelectorAll("section[aria-labelledby=last] tbody tr").Select(r => r.TextContent)];

    [Fact]
    public async Task Figures_are_taken_back_too()
    {
        await using var desk = await DeskCity.Start();
        await desk.Live(Budget);
        await Press(desk.Chief, await Bring(desk.Chief, "city.budget", "2026.csv", "item,year,amount\nroads,2026,100\n"), "Store it");
        await Press(desk.Chief, await Bring(desk.Chief, "city.budget", "2026b.csv", "item,year,amount\nroads,2026,900\nparks,2026,5\n"), "Store it");
        await Press(desk.Chief, await desk.Chief.Open("/en/feeds/city.budget/upload"), "Take back 2026b.csv");
        var figures = (await desk.Book.Figures("city.budget", DeskCity.Cancel)).ToDictionary(f => f.Indicator, f => f.Value);
        Assert.Equal((100d, null), (figures["roads"], figures["parks"]));
        var csv = await desk.Chief.GetStringAsync("/data/city.budget.csv", DeskCity.Cancel);
        Assert.Contains("roads,,2026,100", csv, StringComparison.Ordinal);
    }
}

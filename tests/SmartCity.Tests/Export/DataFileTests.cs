using System.Net;
using System.Text.Json;
using SmartCity.Shell.Export;

namespace SmartCity.Tests.Export;

/// <summary>A dataset says the same as a page and as a file, and a file does no harm.</summary>
public sealed class DataFileTests(DataFileTests.Fed fed) : IClassFixture<DataFileTests.Fed>
{
    public sealed class Fed : IAsyncLifetime
    {
        internal TestCity City { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            City = await TestCity.Start();
            await City.UntilFed();
        }

        public ValueTask DisposeAsync() => City.DisposeAsync();
    }

    [Fact]
    public async Task Json_carries_where_it_comes_from_and_as_of_when()
    {
        var json = JsonDocument.Parse(await fed.City.Client().GetStringAsync("/data/atmosphere.air-now.json?lang=en")).RootElement;
        Assert.Equal("live", json.GetProperty("state").GetString());
        Assert.True(json.GetProperty("demonstration").GetBoolean());
        Assert.EndsWith("Z", json.GetProperty("asOf").GetString()!, StringComparison.Ordinal);
        Assert.Equal(25, json.GetProperty("rows").GetArrayLength());
        Assert.Equal("ug/m3", json.GetProperty("columns").EnumerateArray().Single(c => c.GetProperty("key").GetString() == "pm25").GetProperty("unit").GetString());
    }

    [Fact]
    public async Task Geojson_has_the_areas_own_outlines()
    {
        var json = JsonDocument.Parse(await fed.City.Client().GetStringAsync("/data/atmosphere.air-now.geojson")).RootElement;
        Assert.All(json.GetProperty("features").EnumerateArray(), f => Assert.Contains(f.GetProperty("geometry").GetProperty("type").GetString(), new[] { "Polygon", "MultiPolygon" }));
        json = JsonDocument.Parse(await fed.City.Client().GetStringAsync("/data/atmosphere.weather-now.geojson")).RootElement;
        Assert.All(json.GetProperty("features").EnumerateArray(), f => Assert.Equal("Point", f.GetProperty("geometry").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task The_same_query_gives_the_same_rows_on_the_page_and_in_the_file()
    {
        const string query = "?area=11500&sort=-pm25";
        var csv = await fed.City.Client().GetStringAsync("/data/atmosphere.air-now.csv" + query);
        Assert.Equal(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        var page = await fed.City.Client().GetStringAsync("/en/data/atmosphere.air-now" + query);
        Assert.Equal(1, page.Split("<tbody>")[1].Split("</tbody>")[0].Split("<tr>").Length - 1);
    }

    [Fact]
    public async Task Rows_are_ordered_by_the_asked_column()
    {
        var rows = (await fed.City.Client().GetStringAsync("/data/atmosphere.air-now.csv?sort=-pm25")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(r => double.Parse(r.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(rows.OrderDescending(), rows);
    }

    [Theory]
    [InlineData("/data/atmosphere.air-now.csv?nonsense=1")]
    [InlineData("/data/atmosphere.air-now.csv?sort=pm99")]
    [InlineData("/data/atmosphere.air-now.csv?area=11500&area=11530")]
    [InlineData("/data/atmosphere.air-past.json?period=1000y")]
    [InlineData("/data/administrative-content.news-list.geojson")]
    public async Task A_question_that_makes_no_sense_is_refused_with_the_reason(string url)
    {
        using var answer = await fed.City.Client().GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("application/problem+json", answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/data/atmosphere.nothing.csv"), InlineData("/data/nothing.json"), InlineData("/data/atmosphere.air-now.exe"), InlineData("/data/..%2f..%2fetc%2fpasswd.csv")]
    public async Task What_is_not_there_is_not_there(string url)
    {
        using var answer = await fed.City.Client().GetAsync(url);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A1"), InlineData("+1"), InlineData("-1"), InlineData("@SUM(A1)"), InlineData("\t=1"), InlineData("\r=1"), InlineData("＝1"), InlineData("  =1")]
    public void A_text_that_a_spreadsheet_would_run_is_made_harmless(string text) => Assert.StartsWith("'", DataFiles.Harmless(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("강서구"), InlineData("a=b"), InlineData(""), InlineData("3 - 2")]
    public void Other_texts_stay_as_they_are(string text) => Assert.Equal(text, DataFiles.Harmless(text));
}

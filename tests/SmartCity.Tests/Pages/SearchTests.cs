using System.Net;

namespace SmartCity.Tests.Pages;

/// <summary>People find pages, areas and datasets by their own words, in either language.</summary>
public sealed class SearchTests
{
    [Fact]
    public async Task Words_lead_to_pages_areas_and_datasets_in_either_language()
    {
        await using var city = await TestCity.Start();
        var client = city.Client();
        Assert.Equal("/en/atmosphere", (await client.GetAsync("/en/search?q=air%20quality")).Headers.Location?.ToString());
        Assert.Equal("/ko/atmosphere", (await client.GetAsync("/ko/search?q=미세먼지")).Headers.Location?.ToString());
        Assert.Equal("/en/areas/11500", (await client.GetAsync("/en/search?q=강서구")).Headers.Location?.ToString());
        Assert.Equal("/ko/areas/11500", (await client.GetAsync("/ko/search?q=ＧＡＮＧＳＥＯ")).Headers.Location?.ToString());
        Assert.Contains("/en/data/atmosphere.rain-now", await client.GetStringAsync("/en/search?q=rain%20by"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_has_a_page_of_its_own_is_found_by_its_name()
    {
        await using var city = await TestCity.Start();
        var client = city.Client();
        Assert.Equal("/en/indicators/fire-response", (await client.GetAsync("/en/search?q=Fire engines there within 7 minutes")).Headers.Location?.ToString());
        Assert.Contains("href=\"/ko/indicators/fire-response\"", await client.GetStringAsync("/ko/search?q=소방차"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%3Cscript%3Ealert(1)%3C/script%3E"), InlineData("(a%2B)%2B%24aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), InlineData("%00%00"), InlineData("%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7")]
    public async Task Whatever_is_typed_the_answer_is_a_page(string query)
    {
        await using var city = await TestCity.Start();
        using var answer = await city.Client().GetAsync("/ko/search?q=" + query);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}

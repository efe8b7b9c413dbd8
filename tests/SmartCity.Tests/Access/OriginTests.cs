using System.Net;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Tests.Access;

public sealed class OriginTests
{
    [Fact]
    public async Task Every_address_that_takes_a_post_refuses_it_from_another_site_and_every_page_without_a_token()
    {
        await using var city = await TestCity.Start();
        using var client = await city.Client(Roles.Administrator);
        var endpoints = city.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null || e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true).ToList();
        Assert.Contains(endpoints, e => e.RoutePattern.RawText == "/settings/theme");
        Assert.True(endpoints.Count > 8);
        foreach (var endpoint in endpoints)
        {
            var address = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "lang" } => "en",
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "id" } => Guid.Empty.ToString(),
                _ => "x",
            }))));
            foreach (var (header, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null") })
                // an inbox asks for no cookie but for a signature, wherever the sender is
                Assert.Equal(address.StartsWith("/feeds/inbox/", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden, await Post(client, address, header, value));
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null && address != "/error")
                Assert.Contains(await Post(client, address, "Sec-Fetch-Site", "same-origin"), (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("X-Nothing", "a program")]
    public async Task The_choice_of_a_display_theme_needs_no_token(string header, string value)
    {
        await using var city = await TestCity.Start(_ => { });
        using var client = city.Client();
        Assert.Equal(HttpStatusCode.Found, await Post(client, "/settings/theme", header, value));
        Assert.Equal("night", (await client.Open("/en")).DocumentElement.GetAttribute("data-theme"));
    }

    [Fact]
    public async Task A_form_token_of_somebody_else_is_refused()
    {
        await using var city = await TestCity.Start(_ => { });
        using var one = await city.Client(Roles.Administrator);
        using var other = await city.Client(Roles.Administrator);
        var token = (await one.Open("/en/people")).Token();
        await other.Open("/en/people");
        using var answer = await other.PostAsync("/en/people", new FormUrlEncodedContent([new("name", "mallory"), new("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<HttpStatusCode> Post(HttpClient client, string address, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([new("theme", "night"), new("back", "/en")]), Headers = { { header, value } } };
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}

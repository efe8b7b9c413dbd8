using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace SmartCity.Tests.Access;

/// <summary>Fills forms in as a person does: opens the page, changes some fields, sends the rest as it stands.</summary>
internal static class Browser
{
    public static async Task<IDocument> Open(this HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        return await Read(answer);
    }

    public static async Task<IDocument> Read(HttpResponseMessage answer) => await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync());

    /// <summary>The form token of a page: the last form's, so that the one of the account menu is not taken by chance.</summary>
    public static string Token(this IDocument page) => page.QuerySelectorAll("input[name=__RequestVerificationToken]").Last().GetAttribute("value")!;

    /// <summary>Sends a form of a page.</summary>
    public static async Task<HttpResponseMessage> Send(this HttpClient client, string page, string? handler, params (string Name, string Value)[] fields)
    {
        var token = (await client.Open(page)).Token();
        var address = handler is null ? page : page + (page.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "handler=" + handler;
        return await client.PostAsync(address, new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
    }

    public static async Task<HttpStatusCode> Status(this HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        return answer.StatusCode;
    }

    /// <summary>Who is signed in, as the page's head says; null for nobody.</summary>
    public static async Task<string?> Who(this HttpClient client) => (await client.Open("/en/sign-in")).QuerySelector(".top details.pick summary bdi")?.TextContent;
}

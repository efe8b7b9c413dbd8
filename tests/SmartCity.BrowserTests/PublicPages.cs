using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.BrowserTests;

/// <summary>Every page that anyone may open, found in the route table; where a route has a parameter, by the first link that
/// leads to it. A page that is added is tested without being named here.</summary>
internal static partial class PublicPages
{
    [GeneratedRegex("href=\"(/[^\"#]*)")]
    private static partial Regex Link();

    public static async Task<IReadOnlyList<string>> Of(TestCity city, string language)
    {
        var routes = city.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null).Select(e => e.RoutePattern.RawText!.TrimStart('/'))
            .Where(t => t.StartsWith("{lang", StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(t => new TemplateMatcher(TemplateParser.Parse(t), [])).ToList();
        TemplateMatcher? RouteOf(string path) => routes.Where(r => r.TryMatch(path, [])).OrderByDescending(r => r.Template.Segments.Count(s => s.IsSimple && s.Parts[0].IsLiteral)).FirstOrDefault();

        using var client = city.Client();
        var pages = new Dictionary<TemplateMatcher, string>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(routes.Where(r => r.Template.Parameters.All(p => p.Name == "lang" || p.IsOptional)).Select(r => string.Join('/', r.Template.Segments.Where(s => s.Parts[0].IsLiteral).Select(s => s.Parts[0].Text).Prepend($"/{language}"))).Order(StringComparer.Ordinal));
        while (waiting.TryDequeue(out var address))
        {
            var path = address.Split('?')[0];
            if (path.Length > 1) path = path.TrimEnd('/');
            if (!(path + "/").StartsWith($"/{language}/", StringComparison.Ordinal) || RouteOf(path) is not { } route || pages.ContainsKey(route) || !asked.Add(path)) continue;
            using var answer = await client.GetAsync(path);
            if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            pages[route] = path;
            foreach (Match link in Link().Matches(await answer.Content.ReadAsStringAsync())) waiting.Enqueue(WebUtility.HtmlDecode(link.Groups[1].Value));
        }
        return [.. pages.Values.Order(StringComparer.Ordinal)];
    }
}

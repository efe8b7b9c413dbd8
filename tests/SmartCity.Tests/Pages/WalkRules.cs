using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace SmartCity.Tests.Pages;

/// <summary>What holds on every page of every city, as the house has it. Gives the violations, as sentences.</summary>
internal static class WalkRules
{
    private static readonly HtmlParser Parser = new();

    /// <summary>Forms without an antiforgery token, each with its reason. They still obey the same-origin rule for everything that is posted.</summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutToken = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/settings/theme"] = "a token would need a cookie and no-store on every public page, to guard nothing but a colour",
    };

    /// <summary>Checks what came: a page or a fragment as such, and a file for not having a page drawn behind its last line.</summary>
    public static IReadOnlyList<string> CheckAnswer(string? type, string text, string? language) => type == "text/html" ? Check(text, language)
        : text.Contains("<!DOCTYPE html", StringComparison.OrdinalIgnoreCase) ? [$"says it is {type} and holds a page"] : [];

    /// <summary>Checks a whole page, or a fragment when no language is given.</summary>
    public static IReadOnlyList<string> Check(string html, string? language)
    {
        var document = Parser.ParseDocument(html);
        var wrong = new List<string>();
        if (language is not null)
        {
            if (document.QuerySelectorAll("h1") is { Length: not 1 } heads) wrong.Add($"has {heads.Length} h1");
            if (string.IsNullOrWhiteSpace(document.Title)) wrong.Add("has no title");
            if (document.DocumentElement.GetAttribute("lang") != language) wrong.Add($"says lang={document.DocumentElement.GetAttribute("lang")}, its address says {language}");
            if (document.QuerySelectorAll("main") is { Length: not 1 } mains) wrong.Add($"has {mains.Length} main");
        }
        foreach (var twice in document.QuerySelectorAll("[id]").GroupBy(e => e.Id, StringComparer.Ordinal).Where(g => g.Count() > 1)) wrong.Add($"has the id {twice.Key} {twice.Count()} times");
        foreach (var form in document.QuerySelectorAll("form").Where(f => string.Equals(f.GetAttribute("method"), "post", StringComparison.OrdinalIgnoreCase) && !WithoutToken.ContainsKey(f.GetAttribute("action") ?? "")))
            if (form.QuerySelector("input[name=__RequestVerificationToken]") is null) wrong.Add($"has a form to {form.GetAttribute("action")} without an antiforgery token");
        foreach (var script in document.QuerySelectorAll("script:not([src])")) wrong.Add($"has an inline script: {Short(script.TextContent)}");
        foreach (var style in document.QuerySelectorAll("style")) wrong.Add($"has an inline style sheet: {Short(style.TextContent)}");
        foreach (var element in document.All)
            foreach (var attribute in element.Attributes)
            {
                if (attribute.Name == "style") wrong.Add($"has style=\"{Short(attribute.Value)}\" on {element.LocalName}");
                if (attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) wrong.Add($"has {attribute.Name} on {element.LocalName}");
                if (attribute.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)) wrong.Add($"has a javascript address on {element.LocalName}");
            }
        // a tile, and a block that follows a topic, says as of when; where the city has no source, it says that; a block without a number needs no age
        foreach (var shown in document.QuerySelectorAll(".tile, [hx-trigger^=changed-]").Where(e => e.QuerySelector(".asof, .foot-asof, .tile__foot > span, time[datetime]") is null && (e.ClassList.Contains("tile") || e.TextContent.Any(char.IsDigit))))
            wrong.Add($"shows a feed in {shown.LocalName}#{shown.Id} without saying as of when");
        foreach (var picture in document.QuerySelectorAll("img:not([alt])")) wrong.Add($"has a picture without alt: {picture.GetAttribute("src")}");
        return wrong;
    }

    /// <summary>Addresses on this city that a page leads to by a link, a form that asks, a picture or a file.</summary>
    public static IEnumerable<string> Links(string html, string address)
    {
        var document = Parser.ParseDocument(html);
        var here = new Uri("http://city" + address);
        return document.QuerySelectorAll("a[href], link[href], use[href]").Select(e => e.GetAttribute("href"))
            .Concat(document.QuerySelectorAll("img[src], script[src]").Select(e => e.GetAttribute("src")))
            .Concat(document.QuerySelectorAll("form[action]").Where(f => !string.Equals(f.GetAttribute("method"), "post", StringComparison.OrdinalIgnoreCase)).Select(f => f.GetAttribute("action")))
            .Concat(document.QuerySelectorAll("[hx-get]").Select(e => e.GetAttribute("hx-get")))
            .Where(l => !string.IsNullOrEmpty(l) && !l.StartsWith('#')).Select(l => new Uri(here, l)).Where(u => u.Host == "city").Select(u => u.PathAndQuery).Distinct(StringComparer.Ordinal);
    }

    private static string Short(string text) => text.Trim() is { Length: > 60 } longer ? longer[..60] + "…" : text.Trim();
}

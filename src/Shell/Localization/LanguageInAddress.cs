using System.Globalization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Localization;

/// <summary>The language is the first part of a page's address, so that a link keeps it: <c>/ko/traffic</c>.</summary>
internal sealed class LanguageRoute : IRouteConstraint
{
    public const string Name = "lang";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value) && value is string language
        && (httpContext is null || httpContext.RequestServices.GetRequiredService<CityPack>().Languages.Contains(language));
}

/// <summary>Puts the language before every page's route and writes folders as words joined by hyphens.</summary>
internal sealed class LanguageBeforePages : IPageRouteModelConvention
{
    public void Apply(PageRouteModel model)
    {
        // Razor gives a folder's page a second address that ends in /Index: one page, one address
        foreach (var twin in model.Selectors.Where(s => s.AttributeRouteModel is { SuppressLinkGeneration: true }).ToList()) model.Selectors.Remove(twin);
        foreach (var selector in model.Selectors)
        {
            var template = selector.AttributeRouteModel!.Template ?? "";
            // a page that states its whole address, with a slash before it, means it
            if (selector.EndpointMetadata.OfType<PageRouteMetadata>().Any(m => m.RouteTemplate?.StartsWith('/') == true)) continue;
            selector.AttributeRouteModel = new() { Template = $"{{lang:{LanguageRoute.Name}}}/{Kebab(template)}".TrimEnd('/'), Order = selector.AttributeRouteModel.Order };
        }
    }

    private static string Kebab(string template) =>
        string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? part : string.Concat(part.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()))));
}

/// <summary>Sets the culture of the request from its address, and sends an address without a language to the reader's own.</summary>
internal sealed class LanguageInAddress(RequestDelegate next, CityPack city)
{
    /// <summary>The culture in which a language is written here: a specific one, never a bare language.</summary>
    public static CultureInfo Culture(string language) => language switch
    {
        "ko" => CultureInfo.GetCultureInfo("ko-KR"),
        "en" => CultureInfo.GetCultureInfo("en-GB"),
        "ru" => CultureInfo.GetCultureInfo("ru-RU"),
        "uz" => CultureInfo.GetCultureInfo("uz-Latn-UZ"),
        "zh" => CultureInfo.GetCultureInfo("zh-CN"),
        _ => CultureInfo.CreateSpecificCulture(language),
    };

    /// <summary>What a language calls itself, with the letters of its own alphabet.</summary>
    public static string NameOf(string language) => Culture(language).NativeName.Split(' ', '(')[0].Replace('\u2018', '\u02bb');

    public Task InvokeAsync(HttpContext http)
    {
        var first = http.Request.Path.Value!.Split('/', 3) is [_, var part, ..] ? part : "";
        var language = city.Languages.Contains(first) ? first : http.Request.Query["lang"].FirstOrDefault() is { } asked && city.Languages.Contains(asked) ? asked : Preferred(http);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Culture(language);
        return next(http);
    }

    /// <summary>The best language of this city for the reader: the one chosen before, else what the browser asks for, else the city's own.</summary>
    public string Preferred(HttpContext http) => Preferred(http, city);

    public static string Preferred(HttpContext http, CityPack city)
    {
        if (http.Request.Cookies["lang"] is { } chosen && city.Languages.Contains(chosen)) return chosen;
        var accepted = http.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).Take(10);
        return accepted.Select(l => l.Value.Value?.Split('-')[0].ToLowerInvariant()).FirstOrDefault(l => l is not null && city.Languages.Contains(l)) ?? city.Languages[0];
    }
}

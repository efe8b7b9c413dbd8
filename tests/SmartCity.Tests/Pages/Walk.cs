using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;

namespace SmartCity.Tests.Pages;

/// <summary>Walks the route table and the catalogue of a running city: whatever exists is found, nothing is listed by hand.</summary>
internal sealed class Walk(TestCity city)
{
    private readonly Shell.Catalogue _catalogue = city.Services.GetRequiredService<Shell.Catalogue>();
    private readonly Grants _grants = city.Services.GetRequiredService<Grants>();
    private string? _token, _person;
    private readonly ICity _pack = city.Services.GetRequiredService<ICity>();

    /// <summary>A reader: the roles that the permission table is asked for, and a browser that carries them.</summary>
    public sealed record Reader(string Name, IReadOnlyList<string> Roles, HttpClient Browser);

    /// <summary>An address to ask for, and the permissions that open it; none when it is open to everyone.</summary>
    public sealed record Stop(string Url, string Language, IReadOnlyList<string> Permissions, bool Whole, string Route);

    /// <summary>In place of a permission: any person who has signed in.</summary>
    public const string SignedIn = "(signed in)";

    private static readonly ConditionalWeakTable<TestCity, Task<IReadOnlyList<Reader>>> Known = [];

    /// <summary>The one who has not signed in, and one reader a role, each signed in as people are.</summary>
    public Task<IReadOnlyList<Reader>> Readers()
    {
        // one person a role and city, whichever test comes first
        lock (Known) return Known.GetValue(city, _ => SignIn());
    }

    private async Task<IReadOnlyList<Reader>> SignIn()
    {
        var readers = new List<Reader> { new("nobody", [Roles.Anyone], city.Client()) };
        foreach (var role in Roles.All.Where(r => r != Roles.Anyone)) readers.Add(new(role, [role], await city.Client(role)));
        return readers;
    }

    private async Task<string> LinkOf(string role)
    {
        await using var scope = city.Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create($"walk-{Guid.NewGuid():N}", role);
        Assert.True(person is not null, string.Join(", ", wrong));
        return await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Demonstration, TimeSpan.FromHours(1));
    }

    public bool Opens(Reader reader, Stop stop) => stop.Permissions.All(p => Has(reader, p));

    public bool Has(Reader reader, string permission) => permission == SignedIn ? reader.Roles is not [Roles.Anyone] :
        _catalogue.Find<Permission>(permission) is { } known && reader.Roles.Append(Roles.Anyone).Any(role => _grants.Has(role, known));

    /// <summary>Routes of pages, each once.</summary>
    public IReadOnlyList<RouteEndpoint> Pages { get; } = [.. city.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null).DistinctBy(e => e.RoutePattern.RawText)];

    /// <summary>Endpoints that state no permission and do not say that they are open: there should be none.</summary>
    public static IEnumerable<string> Unstated(IEnumerable<Endpoint> endpoints) => endpoints.OfType<RouteEndpoint>()
        // in Development only, the framework adds a fallback for files that are not there
        .Where(e => e.DisplayName != "Fallback {**path:file}" && e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetOrderedMetadata<IAuthorizeData>().Count == 0)
        .Select(e => $"{e.RoutePattern.RawText} ({e.DisplayName}) states no permission; it is open to administrators only until it states one, or AllowAnonymous.");

    /// <summary>Every page in every language.</summary>
    public IEnumerable<Stop> PageStops() =>
        from page in Pages
        from language in page.RoutePattern.GetParameter("lang") is null ? [_pack.Languages[0]] : _pack.Languages
        from url in Urls(page.RoutePattern, language)
        select new Stop(url.Address, language, [.. Policies(page), .. url.Permissions], Whole: true, page.RoutePattern.RawText!);

    /// <summary>Every fragment: a named GET handler of a page, with its own address.</summary>
    public async Task<IReadOnlyList<Stop>> FragmentStops()
    {
        var loader = city.Services.GetRequiredService<PageLoader>();
        var stops = new List<Stop>();
        foreach (var page in Pages)
        {
            var compiled = await loader.LoadAsync(page.Metadata.GetMetadata<PageActionDescriptor>()!, page.Metadata);
            foreach (var handler in compiled.HandlerMethods.Where(h => h.HttpMethod.Equals("GET", StringComparison.OrdinalIgnoreCase) && h.Name is not null))
                foreach (var url in Urls(page.RoutePattern, _pack.Languages[0]))
                    stops.Add(new($"{url.Address}?handler={handler.Name}", _pack.Languages[0], [.. Policies(page), .. url.Permissions], Whole: false, page.RoutePattern.RawText!));
        }
        return stops;
    }

    /// <summary>Every dataset in every format.</summary>
    public IEnumerable<(Stop Stop, Dataset Dataset, string Format)> DatasetStops() =>
        from dataset in _catalogue.Of<Dataset>()
        from format in Shell.Export.DataFiles.Formats
        select (new Stop($"/data/{dataset.Key}.{format}", _pack.Languages[0], [Shell.Catalogue.PermissionOf(dataset)], Whole: false, "/data/{file}"), dataset, format);

    /// <summary>Every route that takes a POST.</summary>
    public async Task<IReadOnlyList<string>> PostUrls()
    {
        var loader = city.Services.GetRequiredService<PageLoader>();
        var urls = new List<string>();
        foreach (var page in Pages)
        {
            var compiled = await loader.LoadAsync(page.Metadata.GetMetadata<PageActionDescriptor>()!, page.Metadata);
            foreach (var handler in compiled.HandlerMethods.Where(h => h.HttpMethod.Equals("POST", StringComparison.OrdinalIgnoreCase) && !page.RoutePattern.RawText!.EndsWith("error", StringComparison.Ordinal)))
                urls.AddRange(Urls(page.RoutePattern, _pack.Languages[0]).Select(u => handler.Name is null ? u.Address : $"{u.Address}?handler={handler.Name}"));
        }
        urls.AddRange(city.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is null && e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
            .SelectMany(e => Urls(e.RoutePattern, _pack.Languages[0]).Select(u => u.Address)));
        return [.. urls.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What an answer should not be, as a sentence; null when it is right.</summary>
    public static string? Verdict(Stop stop, string reader, bool opens, HttpStatusCode status, Uri? location) => (opens, (int)status) switch
    {
        (true, 200) => null,
        // a page may lead on to another of the same city, but not to the sign-in, unless it is a step of it
        (true, 301 or 302 or 303 or 307 or 308) when location is not null && (!IsSignIn(location) || stop.Url.Contains("/sign-in", StringComparison.Ordinal)) => null,
        (false, 302) when location is not null && IsSignIn(location) => null,
        (false, 401 or 403 or 404) => null,
        _ => $"{stop.Url} answers {reader} with {(int)status}{(location is null ? "" : " to " + location)}; the permission table {(opens ? "opens" : "closes")} it ({string.Join(", ", stop.Permissions.DefaultIfEmpty("open to all"))}).",
    };

    private static bool IsSignIn(Uri location) => location.OriginalString.Contains("sign-in", StringComparison.OrdinalIgnoreCase) || location.OriginalString.Contains("Account/Login", StringComparison.Ordinal);

    private static IEnumerable<string> Policies(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? []
        : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => string.IsNullOrEmpty(a.Policy) ? SignedIn : a.Policy).Distinct(StringComparer.Ordinal);

    /// <summary>Addresses of a route: its parameters are filled with what the city has.</summary>
    private IEnumerable<(string Address, IReadOnlyList<string> Permissions)> Urls(RoutePattern pattern, string language)
    {
        List<(string Address, IReadOnlyList<string> Permissions)> urls = [("", [])];
        foreach (var segment in pattern.PathSegments)
        {
            if (segment.Parts is [RoutePatternParameterPart { IsOptional: true }]) break;
            var values = segment.Parts.Select(part => part switch
            {
                RoutePatternLiteralPart literal => [(literal.Content, [])],
                RoutePatternParameterPart parameter => Values(parameter.Name, language, pattern.RawText!),
                RoutePatternSeparatorPart separator => [(separator.Content, [])],
                _ => throw new InvalidOperationException(pattern.RawText),
            }).ToList();
            urls = [.. urls.SelectMany(u => values.Aggregate(new List<(string Text, IReadOnlyList<string> Permissions)> { (u.Address + "/", u.Permissions) },
                (sofar, next) => [.. sofar.SelectMany(s => next.Select(n => (s.Text + n.Text, (IReadOnlyList<string>)[.. s.Permissions, .. n.Permissions])))]))];
        }
        return urls.Select(u => (u.Address.Length == 0 ? "/" : u.Address, u.Permissions));
    }

    private string AnyPerson()
    {
        LinkOf(Roles.Citizen).GetAwaiter().GetResult();
        using var scope = city.Services.CreateScope();
        return scope.ServiceProvider.GetRequiredService<AccessDb>().Users.AsNoTracking().First().Id.ToString();
    }

    // those of the first pack, or in another pack its first and its last
    private IReadOnlyList<string> Keys(string folder, params string[] chosen)
    {
        var keys = _pack.Files(folder, ".yaml").SelectMany(File.ReadLines).Where(l => l.StartsWith("  - key: ", StringComparison.Ordinal)).Select(l => l["  - key: ".Length..].Trim()).ToList();
        return keys.Contains(chosen[0], StringComparer.Ordinal) ? chosen : [keys[0], keys[^1]];
    }

    private IReadOnlyList<(string Text, IReadOnlyList<string> Permissions)> Values(string parameter, string language, string route) => parameter switch
    {
        "lang" => [(language, [])],
        "token" => [(_token ??= LinkOf(Roles.Citizen).GetAwaiter().GetResult(), [])],
        "id" when route.Contains("people", StringComparison.Ordinal) => [(_person ??= AnyPerson(), [])],
        "area" or "code" => [(_pack.Areas[0].Code, [])],
        // one that opens every field but the closed ones, and one that opens few
        "project" => [.. Keys("projects", "euljiro-workshops", "old-market-fire-safety").Select(p => (p, (IReadOnlyList<string>)[]))],
        // the first and the last, so that those with and without areas are both seen
        "indicator" => [.. Keys("indicators", "fire-response", "tax-collection").Select(i => (i, (IReadOnlyList<string>)[]))],
        "incident" when route.Contains("traffic", StringComparison.Ordinal) => [(city.Services.GetRequiredService<Shell.Feeds.FeedBook>().Events(SmartCity.Traffic.TrafficModule.IncidentFeed).FirstOrDefault(e => e.Status != EventStatus.Ended)?.Id ?? "none", [])],
        "incident" => [("d-" + (city.Services.GetRequiredService<Shell.Feeds.FeedBook>().Events("disaster-safety.dispatch").FirstOrDefault(e => !e.Test)?.Id ?? "none"), [])],
        "key" or "dataset" or "file" => [.. _catalogue.Of<Dataset>().Select(d => (d.Key, (IReadOnlyList<string>)[Shell.Catalogue.PermissionOf(d)]))],
        "feed" => [.. _catalogue.Of<Feed>().Select(f => (f.Key, (IReadOnlyList<string>)[Shell.Catalogue.PermissionOf(f)]))],
        // a feed's page: what runs in this city, a closed feed of the city's own only for those who may see it
        "name" when route.Contains("/feeds/", StringComparison.Ordinal) => [.. city.Services.GetRequiredService<Shell.Feeds.FeedBook>().Plans.Select(p => (p.Feed.Key, Shell.Feeds.Desk.FeedOffers.IsOwn(p) ? (IReadOnlyList<string>)[Shell.Feeds.Desk.FeedOffers.PermissionOf(p)] : []))],
        "stop" => [("subway-" + city.Services.GetRequiredService<SmartCity.Traffic.Transit>().Pack.Stations.Keys.First(), [])],
        // a camera that everyone may see
        "camera" => [(city.Services.GetRequiredService<SmartCity.Traffic.CameraRegister>().All(city.Services.GetRequiredService<Shell.Feeds.FeedBook>()).FirstOrDefault(c => c.Permission == SmartCity.Traffic.TrafficModule.View)?.Id ?? "none", [])],
        "report" => [.. _catalogue.Of<Report>().Select(r => (r.Key, (IReadOnlyList<string>)[Shell.Catalogue.PermissionOf(r)]))],
        _ => throw new InvalidOperationException($"The walk does not know what to put for {{{parameter}}} in {route}: teach it in Walk.Values."),
    };
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Localization;

namespace SmartCity.Tests.Pages;

/// <summary>A city with everything open as its modules state it, and one whose modules are all closed to the public.</summary>
public sealed class WalkedCities : IAsyncLifetime
{
    internal TestCity Open { get; private set; } = null!;
    internal TestCity Closed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Open = await TestCity.Start();
        Closed = await TestCity.Start(city =>
        {
            city.Modules(TierD.Modules);
            foreach (var permission in TierD.Modules.SelectMany(m => m.Contributions).OfType<Permission>()) city.With(new Permission(permission.Key, permission.Title, Roles.Administrator));
        });
        await Open.UntilFed();
    }

    public async ValueTask DisposeAsync()
    {
        await Open.DisposeAsync();
        await Closed.DisposeAsync();
    }
}

/// <summary>Every page, fragment and dataset answers every reader as the permission table says.</summary>
public sealed class WalkTests(WalkedCities cities) : IClassFixture<WalkedCities>
{
    private static void None(IReadOnlyCollection<string> violations) => Assert.True(violations.Count == 0, string.Join(Environment.NewLine, violations));

    private static async Task<IReadOnlyList<string>> Verdicts(Walk walk, IReadOnlyCollection<Walk.Stop> stops)
    {
        var wrong = new List<string>();
        foreach (var reader in await walk.Readers())
            foreach (var stop in stops)
            {
                using var answer = await Get(reader, stop.Url);
                var opens = walk.Opens(reader, stop);
                if (Walk.Verdict(stop, reader.Name, opens, answer.StatusCode, answer.Headers.Location) is { } sentence) wrong.Add(sentence);
                if (answer.StatusCode == HttpStatusCode.OK)
                    wrong.AddRange(WalkRules.CheckAnswer(answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(), stop.Whole ? stop.Language : null).Select(v => $"{stop.Url} for {reader.Name} {v}"));
            }
        return wrong;
    }

    private static async Task<HttpResponseMessage> Get(Walk.Reader reader, string url)
    {
        try { return await reader.Browser.GetAsync(url); }
        catch (HttpRequestException broken) { throw new InvalidOperationException($"{url} breaks off for {reader.Name}: {broken.Message}", broken); }
    }

    [Fact]
    public async Task Every_page_answers_every_reader_as_the_permission_table_says_and_keeps_the_rules()
    {
        var walk = new Walk(cities.Open);
        var stops = walk.PageStops().ToList();
        Assert.True(stops.Count >= 4, "too few pages were found");
        None(await Verdicts(walk, stops));
    }

    [Fact]
    public async Task Every_fragment_answers_every_reader_as_the_permission_table_says_and_keeps_the_rules()
    {
        var walk = new Walk(cities.Open);
        var stops = await walk.FragmentStops();
        Assert.NotEmpty(stops);
        None(await Verdicts(walk, stops));
    }

    [Fact]
    public async Task A_city_that_closes_its_modules_shows_nobody_their_pages_and_fragments()
    {
        var walk = new Walk(cities.Closed);
        var stops = walk.PageStops().Concat(await walk.FragmentStops()).ToList();
        var nobody = (await walk.Readers())[0];
        Assert.Contains(stops, s => !walk.Opens(nobody, s));
        None(await Verdicts(walk, stops));
        var main = await nobody.Browser.GetStringAsync("/en");
        foreach (var module in TierD.Modules)
        {
            Assert.DoesNotContain($"\"/en/{module.Key}", main, StringComparison.Ordinal);
            Assert.DoesNotContain($"tile-{module.Key}-", main, StringComparison.Ordinal);
            Assert.DoesNotContain($"layer-{module.Key}-", main, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_dataset_answers_in_every_format_or_says_why_not()
    {
        var walk = new Walk(cities.Open);
        var wrong = new List<string>();
        Assert.NotEmpty(walk.DatasetStops());
        foreach (var reader in await walk.Readers())
            foreach (var (stop, dataset, format) in walk.DatasetStops())
            {
                using var answer = await reader.Browser.GetAsync(stop.Url);
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                var text = System.Text.Encoding.UTF8.GetString(bytes);
                var placeless = format == "geojson" && dataset.Columns.All(c => c.Kind is not (ColumnKind.Area or ColumnKind.Place));
                var right = !walk.Opens(reader, stop) ? answer.StatusCode == HttpStatusCode.NotFound
                    : placeless ? answer.StatusCode == HttpStatusCode.BadRequest && text.Contains("neither areas nor places", StringComparison.Ordinal)
                    : answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentType?.MediaType == (format switch { "csv" => "text/csv", "json" => "application/json", "pdf" => "application/pdf", "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ => "application/geo+json" });
                if (!right) wrong.Add($"{stop.Url} answers {reader.Name} with {(int)answer.StatusCode} {answer.Content.Headers.ContentType}: {text[..Math.Min(200, text.Length)]}");
                else if (answer.IsSuccessStatusCode && Origin.Lacks(format, bytes, $"/{cities.Open.Services.GetRequiredService<ICity>().Languages[0]}/data/{dataset.Key}") is { } lack) wrong.Add($"{stop.Url}: {lack}");
            }
        None(wrong);
    }

    [Theory]
    [InlineData("csv", "a,as_of,state,source,filter,address\r\n1,2026-01-01T00:00:00Z,live,Us,All,http://x/ko/data/k\r\n", true)]
    [InlineData("csv", "a,as_of,state,source,filter,address\r\n1,,nodata,Us,All,http://x/ko/data/k\r\n", true)]
    [InlineData("csv", "a,as_of,state,source,filter,address\r\n1,,live,Us,All,http://x/ko/data/k\r\n", false)]
    [InlineData("csv", "a,as_of,state,source,filter,address\r\n1,2026-01-01T00:00:00Z,live,,All,http://x/ko/data/k\r\n", false)]
    [InlineData("csv", "a,as_of,state,source\r\n", false)]
    [InlineData("json", """{"source":"Us","owner":"We","asOf":"2026-01-01T00:00:00Z","state":"live","filter":"All","address":"http://x/ko/data/k"}""", true)]
    [InlineData("json", """{"source":"Us","owner":"We","state":"live","filter":"All","address":"http://x/ko/data/k"}""", false)]
    [InlineData("json", """{"source":"Us","owner":"We","asOf":"2026-01-01T00:00:00Z","state":"live","filter":"All"}""", false)]
    public void A_file_that_does_not_say_where_it_comes_from_is_found(string format, string text, bool right) => Assert.Equal(right, Origin.Lacks(format, System.Text.Encoding.UTF8.GetBytes(text), "/ko/data/k") is null);

    [Fact]
    public async Task A_closed_dataset_is_not_there_for_those_who_may_not_see_it()
    {
        var walk = new Walk(cities.Closed);
        var nobody = (await walk.Readers())[0];
        // the shell's own, such as how the sources are doing, are open to everyone
        foreach (var (stop, _, _) in walk.DatasetStops().Where(s => TierD.Modules.Any(m => m.Key == s.Dataset.ModuleKey)))
        {
            Assert.False(walk.Opens(nobody, stop));
            using var answer = await nobody.Browser.GetAsync(stop.Url);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{stop.Url} answers {(int)answer.StatusCode}");
        }
        using var picture = await nobody.Browser.GetAsync("/pictures/" + TierD.Modules.SelectMany(m => m.Contributions).OfType<Feed>().First(f => f.Kind == FeedKind.Pictures).Key);
        Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);
    }

    [Fact]
    public async Task A_post_without_an_antiforgery_token_changes_nothing()
    {
        var walk = new Walk(cities.Open);
        var urls = (await walk.PostUrls()).Where(u => !WalkRules.WithoutToken.ContainsKey(u)).ToList();
        Assert.NotEmpty(urls);
        var wrong = new List<string>();
        foreach (var reader in (await walk.Readers()).Where(r => r.Name is "nobody" or Roles.Administrator))
            foreach (var url in urls)
            {
                using var answer = await reader.Browser.PostAsync(url, new FormUrlEncodedContent([]));
                var refused = (int)answer.StatusCode is 400 or 401 or 403 || answer.Headers.Location?.OriginalString.Contains("/sign-in", StringComparison.Ordinal) == true;
                if (!refused) wrong.Add($"POST {url} without a token answers {reader.Name} with {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        None(wrong);
    }

    [Fact]
    public void Every_endpoint_states_who_may_use_it() => None([.. Walk.Unstated(cities.Open.Services.GetRequiredService<EndpointDataSource>().Endpoints)]);

    [Fact]
    public void An_endpoint_that_states_nothing_is_found()
    {
        var silent = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/silent"), 0).Build();
        var open = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/open"), 0) { Metadata = { new Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute() } }.Build();
        Assert.Contains("/silent", Assert.Single(Walk.Unstated([silent, open])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 200, null, true)]
    [InlineData(true, 500, null, false)]
    [InlineData(true, 403, null, false)]
    [InlineData(true, 302, "/en/sign-in", false)]
    [InlineData(true, 302, "/en/elsewhere", true)]
    [InlineData(false, 200, null, false)]
    [InlineData(false, 500, null, false)]
    [InlineData(false, 302, "/en/sign-in?back=x", true)]
    [InlineData(false, 302, "/en/elsewhere", false)]
    [InlineData(false, 403, null, true)]
    public void A_wrong_answer_is_found(bool opens, int status, string? location, bool right) =>
        Assert.Equal(right, Walk.Verdict(new("/en/x", "en", ["x.view"], true, "/x"), "nobody", opens, (HttpStatusCode)status, location is null ? null : new Uri(location, UriKind.Relative)) is null);

    [Fact]
    public void Addresses_are_lower_case_words_joined_by_hyphens()
    {
        var wrong = new Walk(cities.Open).Pages.Select(p => p.RoutePattern.RawText!).Where(r => r.Split('/').Any(part => !part.StartsWith('{') && part.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))).ToList();
        None(wrong);
    }

    [Fact]
    public void A_modules_pages_lie_below_its_key() => None([.. new Walk(cities.Open).Pages
        .Select(p => (Route: p.RoutePattern.RawText!, Module: TierD.Modules.FirstOrDefault(m => p.DisplayName?.StartsWith("/" + m.GetType().Assembly.GetName().Name!["SmartCity.".Length..] + "/", StringComparison.Ordinal) == true)))
        .Where(p => p.Module is not null && !p.Route.Split('/')[1].Equals(p.Module.Key, StringComparison.Ordinal)).Select(p => $"{p.Route} belongs to {p.Module!.Key} and should lie below it.")]);

    [Fact]
    public async Task No_link_leads_nowhere()
    {
        var walk = new Walk(cities.Open);
        using var browser = cities.Open.Client();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var shapes = new HashSet<string>(StringComparer.Ordinal);
        var wrong = new List<string>();
        // the other languages draw the same links
        foreach (var stop in walk.PageStops().Where(s => s.Language == "en"))
        {
            using var page = await browser.GetAsync(stop.Url);
            if (page.StatusCode != HttpStatusCode.OK) continue;
            foreach (var link in WalkRules.Links(await page.Content.ReadAsStringAsync(), stop.Url).Where(l => shapes.Add(Shape(l)) && seen.Add(l)))
            {
                using var answer = await browser.GetAsync(link, HttpCompletionOption.ResponseHeadersRead);
                if ((int)answer.StatusCode >= 400) wrong.Add($"{stop.Url} leads to {link}, which answers {(int)answer.StatusCode}");
                if (answer.Headers.Location is { IsAbsoluteUri: false } next && seen.Add(next.OriginalString))
                {
                    using var then = await browser.GetAsync(next, HttpCompletionOption.ResponseHeadersRead);
                    if ((int)then.StatusCode >= 400) wrong.Add($"{stop.Url} leads to {link} and on to {next}, which answers {(int)then.StatusCode}");
                }
            }
        }
        Assert.True(seen.Count > 50, $"only {seen.Count} links were found");
        None(wrong);
    }

    // one link of each kind: the same path with the same names in its query
    private static string Shape(string link) => link.Split('?') is [var path, var query] ? path + "?" + string.Join('&', query.Split('&').Select(p => p.Split('=')[0]).Order(StringComparer.Ordinal)) : link;

    [Fact]
    public async Task No_word_was_missing_on_the_way()
    {
        var walk = new Walk(cities.Open);
        foreach (var stop in walk.PageStops())
        {
            using var answer = await (await walk.Readers()).Single(r => r.Name == Roles.Administrator).Browser.GetAsync(stop.Url);
        }
        Assert.Empty(cities.Open.Services.GetRequiredService<WordBook>().Missing);
    }
}

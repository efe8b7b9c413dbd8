using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;

namespace SmartCity.Bench;

/// <summary>A dispatch on an open situation view: from the end of the fetch that brought it, as the book notes it, to the last byte of the event at
/// the open stream, and to the last byte of the room with that incident in it, which the page then asks for.</summary>
internal static partial class IncidentBench
{
    private const int Dispatches = 60;
    private const string Feed = "disaster-safety.dispatch", Topic = "disaster-safety.alarms-now", Room = "/en/disaster-safety/situation";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    [GeneratedRegex("/live\\?[^\"]*", RegexOptions.None, 1000)]
    private static partial Regex Stream();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("(?<=  - id: dispatch\\n(?:(?!  - id:).*\\n)*?        every: )2m\\n        lasts: 40m", RegexOptions.None, 1000)]
    private static partial Regex Beat();

    public static async Task Run()
    {
        // a crew leaves every second and is back within half a minute; the source is asked four times a second
        await using var city = await BenchCity.Start("250ms", edit: (file, text) => file == "simulator.yaml" && Beat().Count(text) != 1 ? throw new InvalidOperationException("the source of dispatches is not where it was")
            : file == "simulator.yaml" ? Beat().Replace(text, "1s\n        lasts: 20s") : text);
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new(), AllowAutoRedirect = false }) { BaseAddress = city.Address };
        await SignIn(city, client);
        using var limit = new CancellationTokenSource(Longest);
        var stream = WebUtility.HtmlDecode(Stream().Match(await client.GetStringAsync(Room, limit.Token)).Value);
        using var response = await client.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(limit.Token));
        var (told, drawn) = (new List<double>(), new List<double>());
        var known = city.Book.Events(Feed).Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        var has = false;
        while (told.Count < Dispatches && await reader.ReadLineAsync(limit.Token) is { } line)
        {
            has |= line == "event: " + LiveTagHelper.EventOf(Topic);
            if (line.Length > 0 || !has) continue;
            has = false;
            var heard = DateTimeOffset.UtcNow;
            // exercises raise no alarm; an event without a new dispatch carries other news
            var fresh = city.Book.Events(Feed).Where(e => !e.Test && e.FetchedAt <= heard && known.Add(e.Id)).ToList();
            if (fresh.Count == 0) continue;
            var room = await client.GetStringAsync($"{Room}?incident=d-{fresh[^1].Id}&handler=Room", limit.Token);
            if (!room.Contains($"/disaster-safety/incidents/d-{fresh[^1].Id}\"", StringComparison.Ordinal)) throw new InvalidOperationException("a room that was told of an incident does not show it");
            var first = fresh.Min(e => e.FetchedAt);
            told.Add((heard - first).TotalMilliseconds);
            drawn.Add((DateTimeOffset.UtcNow - first).TotalMilliseconds);
        }
        Console.WriteLine("| from the end of the fetch to | dispatches | p50 ms | p95 ms | max ms |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var (what, took) in new[] { ("the last byte of the event at the open situation view", told), ("the last byte of the room that shows it", drawn) })
        {
            took.Sort();
            Console.WriteLine($"| {what} | {took.Count} | {At(took, 0.5):0} | {At(took, 0.95):0} | {took[^1]:0} |");
        }
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    // as the demonstration lets people in: by a link that holds once
    private static async Task SignIn(BenchCity city, HttpClient client)
    {
        await using var scope = city.Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create("bench", Roles.Official);
        if (person is null) throw new InvalidOperationException(string.Join(", ", wrong));
        var link = "/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Demonstration, TimeSpan.FromHours(1));
        var token = WebUtility.HtmlDecode(Token().Matches(await client.GetStringAsync(link))[^1].Groups[1].Value);
        using var used = await client.PostAsync(link, new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token)]));
        if (used.StatusCode != HttpStatusCode.Found) throw new InvalidOperationException($"the link was refused: {used.StatusCode}");
    }
}

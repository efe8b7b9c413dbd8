using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Access;

namespace SmartCity.Bench;

/// <summary>The main screen and the indicators, as anybody gets them, against a server that does nothing but write the same bytes, in turns, so that both meet the same machine.</summary>
internal static partial class PageBench
{
    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();

    private const int Rounds = 7, Clients = 8;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);

    public static async Task Run()
    {
        await using var city = await BenchCity.Start();
        Console.WriteLine("| page | page/s (median) | same bytes, bare server /s | ratio, median of 7 turns | lowest to highest |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, path, encoding, signedIn) in new[] { ("main screen", "/ko", "identity", false), ("main screen", "/ko", "br", false), ("main screen, signed in", "/ko", "identity", true), ("indicators, 61 of them", "/ko/indicators", "identity", false), ("indicators, 61 of them", "/ko/indicators", "br", false) })
        {
            using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Clients };
            using var client = new HttpClient(handler);
            if (signedIn) await SignIn(city, client);
            client.DefaultRequestHeaders.Add("Accept-Encoding", encoding);
            var url = new Uri(city.Address, path);
            var answer = await client.GetByteArrayAsync(url);
            await using var bare = Bare(answer);
            await bare.StartAsync();
            var peer = new Uri(bare.Urls.First());
            await Rate(client, url, TimeSpan.FromSeconds(2));
            await Rate(client, peer, TimeSpan.FromSeconds(2));
            var turns = new List<(double City, double Bare)>();
            for (var i = 0; i < Rounds; i++) turns.Add((await Rate(client, url, Round), await Rate(client, peer, Round)));
            var ratios = turns.Select(t => t.City / t.Bare).Order().ToList();
            Console.WriteLine($"| {name}, {encoding}, {answer.Length / 1000.0:0.0} kB | {Median(turns.Select(t => t.City)):0} | {Median(turns.Select(t => t.Bare)):0} | {ratios[Rounds / 2]:0.000} | {ratios[0]:0.000} to {ratios[^1]:0.000} |");
        }
    }

    private static async Task SignIn(BenchCity city, HttpClient client)
    {
        await using var scope = city.Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create("bench", [Roles.Official]);
        if (person is null) throw new InvalidOperationException(string.Join(", ", wrong));
        await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().AddPasswordAsync(person, "correct horse battery");
        var form = new Uri(city.Address, "/ko/sign-in");
        var token = Token().Match(await client.GetStringAsync(form)).Groups[1].Value;
        using var answer = await client.PostAsync(form, new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "bench", ["password"] = "correct horse battery", ["__RequestVerificationToken"] = token }));
        if (!(await client.GetStringAsync(new Uri(city.Address, "/ko"))).Contains("<bdi>bench</bdi>", StringComparison.Ordinal)) throw new InvalidOperationException($"signing in answered {answer.StatusCode}");
    }

    private static double Median(IEnumerable<double> numbers) => numbers.Order().ElementAt(Rounds / 2);

    private static WebApplication Bare(byte[] bytes)
    {
        var app = WallCity.Slim();
        app.Run(http =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            return http.Response.Body.WriteAsync(bytes).AsTask();
        });
        return app;
    }

    private static async Task<double> Rate(HttpClient client, Uri url, TimeSpan time)
    {
        var done = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                using var answer = await client.GetAsync(url);
                if (answer.StatusCode != System.Net.HttpStatusCode.OK) throw new InvalidOperationException($"{url} answered {answer.StatusCode}");
                await answer.Content.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref done);
            }
        })));
        return done / watch.Elapsed.TotalSeconds;
    }
}

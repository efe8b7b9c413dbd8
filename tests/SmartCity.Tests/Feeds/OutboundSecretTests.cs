using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Secrets reach their source and nothing else, however a source sends them back.</summary>
public sealed class OutboundSecretTests
{
    private const string Secret = "s3cr/et+K=y&Ω\"4711", Plain = "PlainKey4711";

    private static Secrets Of(params string[] secrets) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(secrets.Select((s, i) => KeyValuePair.Create($"Secrets:{i}", (string?)s))).Build());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Ways in which a secret comes back.</summary>
    private static IEnumerable<string> Ways(string secret) =>
    [
        secret, Uri.EscapeDataString(secret), Uri.EscapeDataString(secret).ToLowerInvariant(), Uri.EscapeDataString(Uri.EscapeDataString(secret)), WebUtility.UrlEncode(secret), WebUtility.UrlEncode(secret).ToLowerInvariant(), WebUtility.HtmlEncode(secret),
        string.Concat(Encoding.UTF8.GetBytes(secret).Select(b => $"%{b:x2}")), string.Concat(secret.Select(c => $"\\u{(int)c:x4}")), System.Text.Json.JsonSerializer.Serialize(secret)[1..^1], secret.ToUpperInvariant(),
        new Uri("http://good.kr/?key=" + Uri.EscapeDataString(secret)).ToString()["http://good.kr/?key=".Length..],
        Base64(secret), Base64("u:" + secret), Base64("us:" + secret), Base64("user:" + secret), Base64("user:" + secret).TrimEnd('='), Base64(secret + ":"), Base64("user:" + secret + ":more"), Base64(secret).Replace('+', '-').Replace('/', '_'), Uri.EscapeDataString(Base64("a:" + secret)),
    ];

    [Theory]
    [InlineData(Secret)]
    [InlineData("4711")]
    [InlineData("%25%41%")]
    [InlineData("user name:pass word")]
    [InlineData("열쇠열쇠")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    public void A_secret_is_found_however_it_is_written(string secret)
    {
        var secrets = Of("another one", secret);
        foreach (var way in Ways(secret))
        {
            // base64 shares a character with what stands before the secret
            Assert.Matches("^a line \\[.{0,8}•••\\] of text$", secrets.Redact($"a line [{way}] of text"));
            Assert.EndsWith("•••", secrets.Redact(way), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("the key s3cr/et+K=y…", "the key •••…")]
    [InlineData("the key s3cr/et+", "the key •••")]
    [InlineData("the key s3cr%2Fet%2", "the key •••")]
    [InlineData("the key s3cr/et+ is wrong", "the key s3cr/et+ is wrong")]
    [InlineData("the key s3c", "the key s3c")]
    public void A_secret_that_was_cut_off_at_the_end_of_a_text_is_found_too(string text, string redacted) => Assert.Equal(redacted, Of(Secret).Redact(text));

    [Fact]
    public void Other_text_stays_as_it_is()
    {
        var secrets = Of(Secret, "4711", "sample");
        foreach (var text in new[] { "", "a sample of 47 rows", "HTTP 503", "서울 100%", "%", "%25%", "\\u", "&#", "4 7 1 1", "…" }) Assert.Same(text, secrets.Redact(text));
        Assert.Equal("a ••• b ••• c •••", secrets.Redact($"a {Secret} b 4711 c {Secret}"));
        Assert.Equal("4711", Of().Redact("4711"));
    }

    [Fact]
    public async Task Much_text_is_read_through_in_no_time()
    {
        var secrets = Of([.. Enumerable.Range(0, 20).Select(i => $"{i:0000}-{new string('%', 40)}")]);
        var text = string.Concat(Enumerable.Repeat("0001-" + new string('%', 39) + " %25%25%25 a", 1000));
        // a limit of safety: it is a matter of milliseconds
        Assert.Equal(text, await Task.Run(() => secrets.Redact(text)).WaitAsync(TimeSpan.FromSeconds(20), FeedBench.Cancel));
    }

    [Theory]
    [InlineData("abc", "shorter than 4 characters")]
    [InlineData("a", "shorter than 4 characters")]
    [InlineData("long enough\r\nX-More: 1", "line break")]
    public void A_secret_that_cannot_be_kept_stops_the_start_with_one_clear_sentence(string secret, string reason)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-outbound-").FullName;
        try
        {
            var wrong = Assert.Throws<CannotStartException>(() => SmartCityApp.Create(["--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Secrets:plaza={secret}", "--Secrets:good=4711-4711"], city => city.Modules(TierD.Modules)));
            var sentence = Assert.Single(wrong.Message.Split(Environment.NewLine)[1..]);
            Assert.StartsWith("  - Secrets:plaza: the secret ", sentence, StringComparison.Ordinal);
            Assert.Contains(reason, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("4711", wrong.Message, StringComparison.Ordinal);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Fact]
    public void A_header_is_filled_with_the_secret_as_it_is_or_in_base64()
    {
        var secrets = new Secrets(new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:plaza", "a/b+c d"), new("Secrets:login", "user:pass"), new("Secrets:empty", "")]).Build());
        Assert.Equal("Bearer a/b+c d", Placeholders.Header("Bearer {secret:plaza}", secrets));
        Assert.Equal("Basic dXNlcjpwYXNz", Placeholders.Header("Basic {basic:login}", secrets));
        Assert.Equal("a/b+c d;sample;sample;{start};{", Placeholders.Header("{secret:PLAZA};{secret:unknown};{secret:empty};{start};{", secrets));
        Assert.Equal("/a%2Fb%2Bc%20d/1/20260720/{basic:login}", new Placeholders(new Dictionary<string, string> { ["start"] = "1" }, default, new(2026, 7, 20)).Fill("/{secret:plaza}/{start}/{day:yyyyMMdd}/{basic:login}", secrets));
        Assert.Equal("••• and •••", secrets.Redact("a%2Fb%2Bc%20d and dXNlcjpwYXNz"));
    }

    /// <summary>Every way to fail with a secret in hand: by name, what the source sends back for each way of writing it.</summary>
    private static readonly Dictionary<string, Func<string, Func<NetworkStream, string, CancellationToken, Task>>> Failures = new()
    {
        ["a message of the envelope"] = echo => StubSource.Ok("application/json", $$$"""{"RESULT":{"CODE":"INFO-100","MESSAGE":{{{System.Text.Json.JsonSerializer.Serialize(echo)}}}}}"""),
        ["text for data"] = echo => StubSource.Ok("application/json", $"Forbidden: {echo}"),
        ["text that is cut off"] = echo => StubSource.Ok("application/json", $"Forbidden, and many words more about that: {echo}"),
        ["a web page"] = echo => StubSource.Ok("text/html", $"<!doctype html><title>{echo}</title>{echo}"),
        ["a refusal"] = echo => StubSource.Raw(["HTTP/1.1 401 No", $"X-Key: {Ascii(echo)}", "Connection: close"], Encoding.UTF8.GetBytes(echo)),
        ["a fault"] = echo => StubSource.Raw([$"HTTP/1.1 500 {Ascii(echo)}", "Connection: close"], Encoding.UTF8.GetBytes(echo)),
        ["a quota"] = echo => StubSource.Raw(["HTTP/1.1 429 No", "Connection: close"], Encoding.UTF8.GetBytes(echo)),
        ["a redirect to a path"] = echo => StubSource.Raw(["HTTP/1.1 302 Found", $"Location: http://127.0.0.1:1/{Uri.EscapeDataString(echo)}?key={Uri.EscapeDataString(echo)}", "Connection: close"], []),
        ["a redirect to a host"] = _ => StubSource.Raw(["HTTP/1.1 302 Found", $"Location: http://{Plain}.kr/", "Connection: close"], []),
        ["a redirect to nonsense"] = echo => StubSource.Raw(["HTTP/1.1 302 Found", $"Location: {Ascii(echo)}://{Ascii(echo)}", "Connection: close"], []),
        ["other columns"] = echo => StubSource.Ok("application/json", $$$"""{"S":{"RESULT":{"CODE":"INFO-000"},"row":[{ {{{System.Text.Json.JsonSerializer.Serialize(echo)}}}:1}]}}"""),
        ["other values"] = echo => StubSource.Ok("application/json", $$$"""{"S":{"RESULT":{"CODE":"INFO-000"},"row":[{"MSRMT_DT":{{{System.Text.Json.JsonSerializer.Serialize(echo)}}},"MSRSTN_NM":{{{System.Text.Json.JsonSerializer.Serialize(echo)}}},"PM":{{{System.Text.Json.JsonSerializer.Serialize(echo)}}},"FPM":1,"OZON":0,"NTDX":0,"CBMX":0,"SPDX":0,"CAI_GRD":"x"}]}}"""),
        ["an unknown encoding"] = _ => StubSource.Ok($"application/json; charset=\"{Plain}\"", "{}"),
        ["a strange way of packing"] = _ => StubSource.Ok("application/json", "{}", $"Content-Encoding: {Plain}"),
        ["no HTTP"] = echo => (stream, _, stop) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{echo}\r\n\r\n"), stop).AsTask(),
        ["a broken header"] = echo => StubSource.Raw(["HTTP/1.1 200 OK", $"Content-Length: {Ascii(echo)}", Ascii(echo)], []),
        ["a broken chunk"] = echo => StubSource.Raw(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], Encoding.UTF8.GetBytes($"{echo}\r\n")),
        ["too much"] = echo => StubSource.Raw(["HTTP/1.1 200 OK", $"Content-Length: {SourceClient.MaxBytes + 1}", $"X-Key: {Ascii(echo)}"], Encoding.UTF8.GetBytes(echo)),
        ["silence"] = echo => async (stream, request, stop) => { await StubSource.Raw(["HTTP/1.1 200 OK", $"X-Key: {Ascii(echo)}", "Content-Length: 100"], Encoding.UTF8.GetBytes(echo))(stream, request, stop); await Task.Delay(Timeout.Infinite, stop); },
        ["a cut"] = echo => (_, _, _) => Task.CompletedTask,
    };

    private static string Ascii(string text) => string.Concat(text.Where(c => c is >= ' ' and <= '~'));

    [Fact]
    public async Task No_failure_of_any_kind_brings_a_secret_into_a_log_or_onto_a_page()
    {
        await using var source = new StubSource { Answer = StubSource.Raw(["HTTP/1.1 503 Later", "Connection: close"], []) };
        using var everything = new Everything();
        await using var city = await TestCity.Start(c =>
        {
            c.Modules(TierD.Modules);
            c.Services.AddSingleton<ILoggerProvider>(everything);
        }, $"--Simulator={source.Address.ToString().TrimEnd('/')}", $"--Secrets:plaza={Secret}", $"--Secrets:other={Plain}", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft=Trace", "--Logging:Console:LogLevel:Default=None");
        using var chief = await city.Client(Roles.Administrator);
        var loop = ActivatorUtilities.CreateInstance<FeedLoop>(city.Services);
        var book = city.Services.GetRequiredService<FeedBook>();
        var plan = book.Plans.Single(p => p.Feed.Key == FeedBench.Air) with { Timeout = TimeSpan.FromSeconds(0.5) };
        var log = city.Services.GetRequiredService<ILoggerFactory>().CreateLogger("SmartCity.Anybody");
        var (found, hidden, pages) = (new List<string>(), 0, 0);
        var tells = Tells();
        foreach (var (kind, answer) in Failures)
            foreach (var echo in kind is "silence" ? [Secret] : Ways(Secret))
            {
                source.Answer = answer(echo);
                await loop.Beat(plan, null, FeedBench.Cancel);
                var detail = book.HealthOf(FeedBench.Air)!.Detail ?? "";
                if (detail.Contains("•••", StringComparison.Ordinal)) hidden++;
                found.AddRange(tells.Where(t => detail.Contains(t, StringComparison.OrdinalIgnoreCase)).Select(t => $"{kind}: {t} in the detail {detail}"));
                if (echo != Secret) continue;
                foreach (var address in new[] { "/en/feeds", "/ko/feeds", "/ko/feeds?handler=Health", "/health/ready", "/ko" })
                {
                    using var response = await chief.GetAsync(address, FeedBench.Cancel);
                    var page = await response.Content.ReadAsStringAsync(FeedBench.Cancel);
                    found.AddRange(tells.Where(t => page.Contains(t, StringComparison.OrdinalIgnoreCase)).Select(t => $"{kind}: {t} at {address}"));
                    pages++;
                }
            }
        Assert.Contains(Uri.EscapeDataString(Secret), source.LastRequest, StringComparison.Ordinal);
        // whoever else writes a line: with an exception, and as a value of its template
        log.LogError(new InvalidOperationException("outer " + Secret, new IOException("inner " + Uri.EscapeDataString(Secret))), "The address {Address} is broken", "http://good.kr/" + Uri.EscapeDataString(Secret));
        var lines = everything.Lines;
        found.AddRange(lines.SelectMany(l => tells.Where(t => l.Contains(t, StringComparison.OrdinalIgnoreCase)).Select(t => $"{t} in the log: {l}")));
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
        // and it was there to be found
        Assert.InRange(hidden, 100, 1000);
        Assert.Equal(5 * Failures.Count, pages);
        Assert.Contains(lines, l => l.Contains("The address http://good.kr/••• is broken", StringComparison.Ordinal) && l.Contains("outer •••", StringComparison.Ordinal) && l.Contains("inner •••", StringComparison.Ordinal));
    }

    // pieces that give the secret away, also where something took it apart
    private static IReadOnlyList<string> Tells() => ["s3cr", "et+K", "et%2B", "et%252B", "%73%33%63%72", "\\u0073\\u0033\\u0063\\u0072", "plainkey", Base64(Secret)[..12], Base64("u:" + Secret)[4..16], Base64("us:" + Secret)[4..16]];

    /// <summary>Every line of every category, as a log file would have it.</summary>
    private sealed class Everything : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyList<string> Lines => [.. _lines];
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception) + exception + (state is IEnumerable<KeyValuePair<string, object?>> parts ? string.Join(' ', parts.Select(p => p.Value)) : ""));
        public void Dispose() { }
    }
}

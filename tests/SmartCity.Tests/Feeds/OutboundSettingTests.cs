using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>What a host sets: the list of what the operator agreed to, and every value of the client.</summary>
public sealed class OutboundSettingTests
{
    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    // as the program puts a host together, not started
    private static async Task<T> Host<T>(Func<IServiceProvider, T> read, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-outbound-").FullName;
        try
        {
            var app = SmartCityApp.Create(["--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={Path.Combine(folder, "city.db")}", .. settings],
                city => city.Modules(TierD.Modules).DemonstrationSources((_, _) => new Nobody()));
            try { return read(app.Web.Services); }
            finally { await app.Web.DisposeAsync(); }
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Fact]
    public async Task A_host_in_Production_agrees_to_nothing_inside_whatever_the_demonstration_is_set_to()
    {
        Assert.Empty(await Host(s => s.GetRequiredService<AllowList>().Inside, "--environment=Production", "--Simulator=http://localhost:5081"));
        // and says so of the settings that it is delivered with
        Assert.Empty(new AllowListOf(Repository.Path("src", "Host", "appsettings.json")).Inside);
        Assert.Empty(new AllowListOf(Repository.Path("src", "Host", "appsettings.Development.json")).Inside);
        foreach (var source in new[] { "http://localhost:5081/plaza/x", "http://127.0.0.1:5081/plaza/x" })
            Assert.Equal(FetchOutcome.Blocked, await Host(s => s.GetRequiredService<AddressRule>().Check(source).Wrong!.Outcome, "--environment=Production", "--Simulator=http://localhost:5081"));
    }

    private sealed class AllowListOf(string file)
    {
        public IReadOnlySet<string> Inside { get; } = AllowList.Of(new ConfigurationBuilder().AddJsonFile(file).Build(), null, []).Inside;
    }

    [Fact]
    public async Task A_demonstration_agrees_to_its_simulator_and_nothing_else() =>
        Assert.Equal(["localhost:5081"], await Host(s => s.GetRequiredService<AllowList>().Inside, "--environment=Development", "--Simulator=http://localhost:5081"));

    [Fact]
    public async Task What_the_operator_writes_is_agreed_to_also_in_Production() =>
        Assert.Equal(["10.1.2.3:80", "sensors.internal:8080"], (await Host(s => s.GetRequiredService<AllowList>().Inside, "--environment=Production", "--Outbound:Allow:0=sensors.internal:8080", "--Outbound:Allow:1=10.1.2.3:80")).Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_pack_names_plain_origins_and_none_of_them_inside()
    {
        var list = await Host(s => s.GetRequiredService<AllowList>(), "--environment=Production");
        Assert.True(list.IsNamed("openapi.seoul.go.kr", 8088));
        Assert.False(list.IsInside("openapi.seoul.go.kr", 8088));
    }

    [Theory]
    [InlineData("sensors.internal:8080", "sensors.internal:8080")]
    [InlineData("a.internal:1, b.internal:2 ,", "a.internal:1 b.internal:2")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("Sensors.Internal:80", "sensors.internal:80")]
    [InlineData("10.1.2.3:443", "10.1.2.3:443")]
    public void An_entry_is_a_host_and_a_port(string setting, string expected) =>
        Assert.Equal(expected, string.Join(' ', AllowList.Of(Settings(("Outbound:Allow", setting)), null, []).Inside.Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("sensors.internal", "no host and port")]
    [InlineData("*.internal:80", "no host and port")]
    [InlineData("10.0.0.0/8", "no host and port")]
    [InlineData("10.0.0.0/8:80", "no host and port")]
    [InlineData("http://sensors.internal:80", "no host and port")]
    [InlineData("user@sensors.internal:80", "no host and port")]
    [InlineData("sensors.internal:80/path", "no host and port")]
    [InlineData("127.1:80", "no host and port")]
    [InlineData("sensors.internal:*", "no host and port")]
    [InlineData("169.254.169.254:80", "link-local")]
    [InlineData("0.0.0.0:80", "this network")]
    [InlineData("[fe80::1]:80", "link-local")]
    public void An_entry_that_says_more_or_less_stops_the_start_with_a_sentence(string setting, string reason)
    {
        var wrong = Assert.Throws<CannotStartException>(() => AllowList.Of(Settings(("Outbound:Allow:0", "good.internal:80"), ("Outbound:Allow:1", setting)), null, []));
        Assert.Contains($"Outbound:Allow: '{setting}'", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_of_the_handler_is_one_that_was_chosen()
    {
        using var handler = OutboundHttp.Handler(new(Sources.Agreed()));
        // null: stays unset on purpose
        var chosen = new Dictionary<string, object?>
        {
            [nameof(handler.ActivityHeadersPropagator)] = null,
            [nameof(handler.AllowAutoRedirect)] = false,
            [nameof(handler.AutomaticDecompression)] = DecompressionMethods.None,
            [nameof(handler.ConnectTimeout)] = TimeSpan.FromSeconds(3),
            [nameof(handler.Credentials)] = null,
            [nameof(handler.DefaultProxyCredentials)] = null,
            [nameof(handler.EnableMultipleHttp2Connections)] = false,
            [nameof(handler.EnableMultipleHttp3Connections)] = false,
            [nameof(handler.Expect100ContinueTimeout)] = TimeSpan.FromSeconds(1),
            [nameof(handler.MaxAutomaticRedirections)] = 1,
            [nameof(handler.MaxConnectionsPerServer)] = 1024,
            [nameof(handler.MaxResponseDrainSize)] = 0,
            [nameof(handler.MaxResponseHeadersLength)] = 32,
            [nameof(handler.PlaintextStreamFilter)] = null,
            [nameof(handler.PooledConnectionIdleTimeout)] = TimeSpan.FromSeconds(30),
            [nameof(handler.PooledConnectionLifetime)] = TimeSpan.FromMinutes(2),
            [nameof(handler.PreAuthenticate)] = false,
            [nameof(handler.Proxy)] = null,
            [nameof(handler.RequestHeaderEncodingSelector)] = null,
            [nameof(handler.ResponseDrainTimeout)] = TimeSpan.Zero,
            [nameof(handler.ResponseHeaderEncodingSelector)] = null,
            [nameof(handler.UseCookies)] = false,
            [nameof(handler.UseProxy)] = false,
            // of HTTP/2, which is not asked for
            [nameof(handler.InitialHttp2StreamWindowSize)] = handler.InitialHttp2StreamWindowSize,
            [nameof(handler.KeepAlivePingDelay)] = handler.KeepAlivePingDelay,
            [nameof(handler.KeepAlivePingPolicy)] = handler.KeepAlivePingPolicy,
            [nameof(handler.KeepAlivePingTimeout)] = handler.KeepAlivePingTimeout,
        };
        string[] other = [nameof(handler.ConnectCallback), nameof(handler.SslOptions), nameof(handler.CookieContainer), nameof(handler.MeterFactory)];
        var properties = typeof(SocketsHttpHandler).GetProperties().Where(p => p.CanRead && !p.GetMethod!.IsStatic).ToList();
        // a value that comes with a new version of the framework has to be looked at
        Assert.Equal(chosen.Keys.Concat(other).Append("Properties").Order(StringComparer.Ordinal), properties.Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.All(properties.Where(p => chosen.ContainsKey(p.Name)), p => Assert.True(Equals(chosen[p.Name], p.GetValue(handler)), $"{p.Name} is {p.GetValue(handler)}"));
        Assert.NotNull(handler.ConnectCallback);
        // certificates are checked as the system does
        Assert.Null(handler.SslOptions.RemoteCertificateValidationCallback);
        Assert.Null(handler.SslOptions.CertificateChainPolicy);
        Assert.Equal(System.Security.Authentication.SslProtocols.None, handler.SslOptions.EnabledSslProtocols);
        Assert.Equal(EncryptionPolicy.RequireEncryption, handler.SslOptions.EncryptionPolicy);
        Assert.Empty(handler.Properties);

        using var client = OutboundHttp.Client(new(Sources.Agreed()));
        Assert.Equal((64 * 1024L, HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrLower, Timeout.InfiniteTimeSpan), (client.MaxResponseContentBufferSize, client.DefaultRequestVersion, client.DefaultVersionPolicy, client.Timeout));
        Assert.Equal(["Accept-Encoding", "User-Agent"], client.DefaultRequestHeaders.Select(h => h.Key).Order(StringComparer.Ordinal));
    }

    private sealed class Nobody : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

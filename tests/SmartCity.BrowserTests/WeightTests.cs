using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Live;

namespace SmartCity.BrowserTests;

/// <summary>Bytes over the wire, as the browser counts them: headers and compressed bodies, of everything it asks for.</summary>
public sealed class WeightTests(Browser browser, ITestOutputHelper output)
{
    private sealed record Load(double Bytes, IReadOnlyDictionary<string, double> ByAddress);

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task A_first_visit_is_at_most_200_kB_and_a_repeat_at_most_15(string language)
    {
        // as it is served to people, not to developers: files are compressed and may be kept
        await using var city = await TestCity.Start(null, "--environment=Staging", $"--City={Packs.Still()}");
        await city.UntilFed();
        // the first fetch of all also fills the past in; after it nothing is new, so that what is weighed is the visit alone
        var parts = city.Services.GetRequiredService<LiveParts>();
        for (var (seen, now) = (0L, parts.Sequence); seen != now; (seen, now) = (now, parts.Sequence))
        {
            await city.Client().GetAsync($"/{language}");
            await Task.Delay(2000);
        }
        await using var reader = await browser.Reader(city);
        var first = await Visit(reader, $"/{language}");
        var again = await Visit(reader, $"/{language}");
        output.WriteLine($"{language}: first visit {first.Bytes / 1000:0.0} kB in {first.ByAddress.Count} requests, repeat {again.Bytes / 1000:0.0} kB");
        foreach (var (address, bytes) in first.ByAddress.OrderByDescending(p => p.Value)) output.WriteLine($"  {bytes / 1000,7:0.0}  {address}");
        output.WriteLine("repeat");
        foreach (var (address, bytes) in again.ByAddress.OrderByDescending(p => p.Value)) output.WriteLine($"  {bytes / 1000,7:0.0}  {address}");
        Assert.InRange(first.Bytes, 10_000, 200_000);
        Assert.InRange(again.Bytes, 1, 15_000);
        Assert.All(first.ByAddress.Keys, address => Assert.StartsWith(city.Address.ToString(), address, StringComparison.Ordinal));
    }

    private static async Task<Load> Visit(Reader reader, string address)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        var bytes = new Dictionary<string, double>(StringComparer.Ordinal);
        var cdp = await reader.Context.NewCDPSessionAsync(reader.Page);
        await cdp.SendAsync("Network.enable");
        string Id(JsonElement e) => e.GetProperty("requestId").GetString()!;
        void On(string name, Action<JsonElement> then) => cdp.Event(name).OnEvent += (_, e) => { lock (bytes) then(e!.Value); };
        On("Network.requestWillBeSent", e => addresses[Id(e)] = e.GetProperty("request").GetProperty("url").GetString()!);
        // the live stream never finishes: what has come so far is counted as it comes
        On("Network.responseReceived", e => bytes[Id(e)] = e.GetProperty("response").GetProperty("encodedDataLength").GetDouble());
        On("Network.dataReceived", e => bytes[Id(e)] = bytes.GetValueOrDefault(Id(e)) + e.GetProperty("encodedDataLength").GetDouble());
        On("Network.loadingFinished", e => bytes[Id(e)] = e.GetProperty("encodedDataLength").GetDouble());
        await reader.Open(address);
        await reader.IsLive();
        await reader.Page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
        await cdp.DetachAsync();
        lock (bytes) return new(bytes.Values.Sum(), bytes.GroupBy(b => addresses.GetValueOrDefault(b.Key, "?")).ToDictionary(g => g.Key, g => g.Sum(b => b.Value)));
    }
}

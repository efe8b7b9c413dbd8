using SmartCity.Shell.City;
using SmartCity.Shell.Outbound;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Asks a source once for somebody at the desk, by the same client and the same rule as every beat.</summary>
internal sealed class Probe(SourceClient client, AddressRule rule, Secrets secrets, CityPack city, IReadOnlyList<FeedPlan> pack, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // somebody who presses the button again and again asks no source more than this often
    private readonly SemaphoreSlim _one = new(4, 4);

    /// <summary>What a source answered; or why it was not asked.</summary>
    /// <param name="Answer">Null when it was not asked.</param>
    /// <param name="Refused">Why the address may not be asked, in every language.</param>
    internal sealed record Outcome(Answer? Answer, Text? Refused);

    /// <summary>Asks for what a descriptor points at.</summary>
    public async Task<Outcome> Ask(FeedDescriptor d, CancellationToken cancel)
    {
        var address = city.Sources.TryGetValue(d.Source, out var source) ? source.Address : d.Address.TrimEnd('/');
        var now = time.GetUtcNow();
        var paging = d.Paging ?? new();
        var values = new Dictionary<string, string>(d.ForEach.Where(f => f.Value.Count > 0).Select(f => KeyValuePair.Create(f.Key, f.Value[0])), StringComparer.Ordinal)
        {
            ["start"] = Text(paging.First), ["end"] = Text(paging.First + paging.Size - 1), ["page"] = Text(paging.First), ["offset"] = "0", ["size"] = Text(paging.Size), ["token"] = "",
        };
        if (d.Window is { } window && FeedPlan.TryDuration(window.Size, out var size))
            (values["from"], values["to"]) = (((ICity)city).Local(now - size).ToString(window.Format, System.Globalization.CultureInfo.InvariantCulture), ((ICity)city).Local(now).ToString(window.Format, System.Globalization.CultureInfo.InvariantCulture));
        var url = address + new Placeholders(values, ((ICity)city).Local(now).DateTime).Fill(d.Url, secrets);
        if (rule.Check(url).Wrong is { } wrong) return new(null, wrong.Reason);
        if (!await _one.WaitAsync(Patience, cancel)) return new(Answer.Failed(FetchOutcome.Quota, ""), null);
        try
        {
            var headers = d.Headers.ToDictionary(h => h.Key, h => Placeholders.Header(h.Value, secrets), StringComparer.OrdinalIgnoreCase);
            var answer = await client.Get(new Question(url, Patience) { Headers = headers, Redirects = Math.Clamp(d.Redirects, 0, SourceClient.MostRedirects), MaxBytes = (int)(Math.Clamp(d.MaxMegabytes, 0.001, 20) * 1024 * 1024) }, cancel);
            // the address that the reason is about may be one that a name leads to
            return answer.Outcome == FetchOutcome.Blocked ? new(answer, AddressRule.Internal) : new(answer with { Detail = answer.Detail is { } detail ? secrets.Redact(detail) : null }, null);
        }
        finally { _one.Release(); }
    }

    /// <summary>Feeds of the city pack, whose names are taken.</summary>
    public bool InPack(string feed) => pack.Any(p => p.Feed.Key == feed);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

using SmartCity.Shell.City;
using SmartCity.Shell.Outbound;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Reads a descriptor as strictly as the start does, with what holds on the desk besides: the rule of addresses, and names that are taken.</summary>
internal sealed class DescriptorCheck(CityPack city, Catalogue catalogue, AddressRule rule)
{
    /// <summary>Name in messages of a text that has no file.</summary>
    public const string File = "feed.yaml";

    public (FeedPlan? Plan, IReadOnlyList<Problem> Problems) Read(string yaml)
    {
        var problems = new List<Problem>();
        if (Descriptor(yaml, problems) is not { } d) return (null, problems);
        if (Key(d.Feed) is { } wrong) problems.Add(new(File, wrong));
        if (d.Address.Length > 0 && rule.Check(d.Address + "/").Wrong is { } refused) problems.Add(new(File, $"address: {refused.Reason}"));
        var feed = FeedPlan.FeedOf(d, catalogue);
        if (feed is null)
        {
            if (problems.Count == 0) problems.Add(new(File, $"feed: {d.Feed} is neither a feed of a module of this city nor begins with {FeedPlan.Own}."));
            return (null, problems);
        }
        var plan = FeedPlan.Plan(city, feed, d, problems);
        return (problems.Count == 0 ? plan : null, problems);
    }

    /// <summary>The descriptor with its preset under it, checked no further.</summary>
    public FeedDescriptor? Descriptor(string yaml, List<Problem> problems)
    {
        if (yaml.Length > 200_000) { problems.Add(new(File, "the text is longer than 200,000 characters.")); return null; }
        return Presets.Of(city).Read(File, yaml, problems);
    }

    /// <summary>What is wrong with the name of a feed; null when it may be used.</summary>
    public string? Key(string key)
    {
        if (catalogue.Declared.OfType<Feed>().Any(f => f.Key == key) && !IsOwn(key)) return null;
        if (!IsOwn(key) || key.Length > 60 || key[(FeedPlan.Own.Length + 1)..] is not { Length: > 0 } name || !char.IsAsciiLetterLower(name[0]) || name.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            return $"feed: the name is {FeedPlan.Own}. and lower-case letters, digits and hyphens, at most 60 in all.";
        return catalogue.Declared.Any(c => c.Key == key) ? $"feed: {key} is a name of the platform's own; choose another." : null;
    }

    private static bool IsOwn(string key) => key.StartsWith(FeedPlan.Own + ".", StringComparison.Ordinal);
}

using System.Runtime.CompilerServices;

namespace SmartCity.Shell.Reports;

/// <summary>The city brief of the day: what the modules have to say, in three parts. The shell adds the state of the sources,
/// without which the rest cannot be judged, and nothing else.</summary>
internal static class CityBrief
{
    public const string Key = "city.brief";

    public static Report Report { get; } = new(Key, Text.Of("오늘의 도시 브리핑", "City brief of the day"), [])
    {
        Permission = "city.view",
        Preface = Text.Of("어제부터 달라진 것, 뒤처진 것, 열려 있는 것. 각 분야가 스스로 알린 내용만 싣습니다.", "What changed since yesterday, what is behind, what is open. Only what the modules themselves report is in it."),
        Parts = context => Compose(context),
        Order = -10,
    };

    public static Brief Sources { get; } = new("city.sources", Text.Of("원천", "Sources"), context =>
    {
        var catalogue = context.Services.GetRequiredService<Catalogue>();
        var audience = context.Services.GetRequiredService<IAudience>();
        var lines = new List<BriefLine>();
        foreach (var feed in catalogue.Of<Feed>().Where(f => audience.Can(Catalogue.PermissionOf(f))))
            if (context.Feeds.AsOf(feed.Key) is { } asOf && asOf.Freshness != Freshness.Live)
                lines.Add(new(context.Words.Of("reports.brief.source", context.Words.Title(feed), context.Words["fresh." + asOf.Freshness.ToString().ToLowerInvariant()]),
                    BriefPart.Behind, asOf.Freshness is Freshness.Late ? State.Info : State.Caution, "/feeds#" + feed.Key, asOf));
        return Task.FromResult<IReadOnlyList<BriefLine>>(lines);
    }) { Permission = ShellContributions.SeeFeeds, Order = 1000 };

    private static async IAsyncEnumerable<ReportPart> Compose(ReportContext context, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (words, city) = (context.Words, context.City);
        string When(DateTimeOffset at) => city.Local(at).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        yield return new ReportWords(words.Of("reports.brief.period", When(context.Since), When(context.Now)));
        var lines = await Lines(context, cancel);
        foreach (var part in Enum.GetValues<BriefPart>())
        {
            yield return new ReportHeading(words["reports.brief." + part.ToString().ToLowerInvariant()]);
            var said = lines.Where(l => l.Part == part).ToList();
            if (said.Count > 0) yield return new ReportLines(said);
            else yield return new ReportWords(words["reports.brief.nothing"]);
        }
    }

    // one module's failure is a line of its own; the others are heard all the same
    private static async Task<IReadOnlyList<BriefLine>> Lines(ReportContext context, CancellationToken cancel)
    {
        var audience = context.Services.GetRequiredService<IAudience>();
        var lines = new List<BriefLine>();
        foreach (var brief in context.Services.GetRequiredService<Catalogue>().Of<Brief>().Where(b => audience.Can(Catalogue.PermissionOf(b))))
        {
            cancel.ThrowIfCancellationRequested();
            var title = context.Words.Title(brief);
            try { lines.AddRange((await brief.Lines(context)).Select(l => l with { Text = $"{title}: {l.Text}" })); }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                context.Services.GetRequiredService<ILogger<ReportBook>>().LogError(broken, "The brief {Brief} could not be read", brief.Key);
                lines.Add(new(context.Words.Of("reports.brief.broken", title), BriefPart.Behind, State.Caution));
            }
        }
        // what needs somebody most comes first; modules stand in their own order
        return [.. lines.OrderByDescending(l => l.State)];
    }
}

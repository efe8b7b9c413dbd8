using System.Runtime.CompilerServices;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;

namespace SmartCity.Shell.Reports;

/// <summary>The reports of this city as the current reader may see them.</summary>
internal sealed class ReportBook(Catalogue catalogue, CityPack city, IFeeds feeds, IAudience audience, IWords words, DatasetReader datasets, DatasetDocument tables, Cells cells, TimeProvider time, IServiceProvider services)
{
    public IReadOnlyList<Report> All => [.. catalogue.Of<Report>().Where(r => audience.Can(Catalogue.PermissionOf(r)))];

    public Report? Find(string key) => catalogue.Find<Report>(key) is { } report && audience.Can(Catalogue.PermissionOf(report)) ? report : null;

    /// <summary>The reader's choices, those left open filled in; or the name of the one that is not understood.</summary>
    public (IReadOnlyDictionary<string, string> Values, string? Wrong) Read(Report report, IEnumerable<KeyValuePair<string, string>> query)
    {
        var given = query.Where(q => q.Key is not ("lang" or "handler" or "v" or "kept") && q.Value.Length > 0).ToDictionary(q => q.Key, q => q.Value, StringComparer.Ordinal);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var filter in report.Filters)
        {
            var choices = filter.Choices(city);
            var value = given.GetValueOrDefault(filter.Name) ?? (choices.Count > 0 ? choices[0].Key : "");
            if (value.Length > 200 || choices.Count > 0 && choices.All(c => c.Key != value)) return (values, filter.Name);
            values[filter.Name] = value;
        }
        return (values, given.Keys.FirstOrDefault(name => !values.ContainsKey(name)));
    }

    public DocumentHead Head(Report report, IReadOnlyDictionary<string, string> values, string address)
    {
        var now = time.GetUtcNow();
        List<KeyValuePair<string, string>> facts =
        [
            .. report.Filters.Select(f => KeyValuePair.Create(f.Title.ToString(), f.Choices(city).Where(c => c.Key == values[f.Name]).Select(c => c.Value.ToString()).FirstOrDefault(values[f.Name]))),
            new(words["export.address"], address),
            new(words["export.made"], $"{cells.When(now)} ({city.Zone.Id})"),
        ];
        if (audience.UserName is { } person) facts.Add(new(words["reports.for"], person));
        return new(words.Title(report), words.Language, city.Name.ToString(), city.Zone, now, facts);
    }

    /// <summary>The parts of a report in order, its tables filled.</summary>
    /// <param name="report">The report.</param>
    /// <param name="values">The reader's choices.</param>
    /// <param name="paper">True when tables are cut to what is printed.</param>
    /// <param name="cancel">Stops between two parts.</param>
    public async IAsyncEnumerable<ReportPart> Parts(Report report, IReadOnlyDictionary<string, string> values, bool paper, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (report.Preface is { } preface) yield return new ReportWords(preface.ToString());
        if (report.Parts is { } stated)
            await foreach (var part in stated(Context(values, cancel)).WithCancellation(cancel))
            {
                cancel.ThrowIfCancellationRequested();
                yield return part is ReportTable table ? await Fill(table, paper, cancel) : part;
            }
        foreach (var key in report.Datasets)
        {
            cancel.ThrowIfCancellationRequested();
            yield return await Fill(new(key), paper, cancel);
        }
    }

    /// <summary>What a report or a brief may use, for this reader, now.</summary>
    public ReportContext Context(IReadOnlyDictionary<string, string> values, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return new(services, city, feeds, datasets, words, values, Since(city, now), now, cancel);
    }

    /// <summary>The beginning of the day before, by the city's clock.</summary>
    internal static DateTimeOffset Since(ICity city, DateTimeOffset now)
    {
        var midnight = city.Local(now).Date.AddDays(-1);
        // where the clock jumps over midnight, the day begins at the first moment that exists
        while (city.Zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        return new DateTimeOffset(midnight, city.Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    // a dataset that this city does not have, and one that is closed to the reader, look the same
    private async Task<ReportPart> Fill(ReportTable table, bool paper, CancellationToken cancel)
    {
        if (datasets.Find(table.Dataset) is not { } dataset) return new ReportWords(words["reports.closedtable"]);
        var (answer, wrong) = await datasets.Read(dataset, table.Query ?? new Dictionary<string, string>(), cancel);
        if (answer is null) throw new InvalidOperationException($"A report asks {table.Dataset} for {wrong}, which it does not understand.");
        var query = QueryString.Create((table.Query ?? new Dictionary<string, string>()).Select(q => KeyValuePair.Create(q.Key, (string?)q.Value)));
        return tables.Table(answer, words.Title(dataset), paper) with { Url = $"/data/{dataset.Key}{query}" };
    }
}

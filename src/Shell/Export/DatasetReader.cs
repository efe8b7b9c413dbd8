using System.Globalization;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Export;

/// <summary>The rows of a dataset for a query, and what was understood of it.</summary>
/// <param name="Filters">Values of the dataset's own filters by name, defaults included.</param>
/// <param name="Where">Column key to the wanted text.</param>
/// <param name="Sort">Column key by which the rows are ordered, or null.</param>
/// <param name="Descending">True for largest first.</param>
internal sealed record DatasetAnswer(Dataset Dataset, IReadOnlyList<object> Rows, IReadOnlyDictionary<string, string> Filters, IReadOnlyDictionary<string, string> Where, string? Sort, bool Descending);

/// <summary>Answers queries to datasets, the same for the page, the files and other modules.</summary>
internal sealed class DatasetReader(Catalogue catalogue, CityPack city, IFeeds feeds, IAudience audience, IServiceProvider services) : IDatasets
{
    public IReadOnlyList<Dataset> All => [.. catalogue.Of<Dataset>().Where(d => audience.Can(Catalogue.PermissionOf(d)))];

    public Dataset? Find(string key) => catalogue.Find<Dataset>(key) is { } dataset && audience.Can(Catalogue.PermissionOf(dataset)) ? dataset : null;

    /// <summary>As of when and who says so: as its feed does; what is the platform's own is read at this moment from those who keep it.</summary>
    public AsOf AsOf(Dataset dataset)
    {
        if (dataset.Feed is { } feed && feeds.AsOf(feed) is { } told) return told;
        var module = catalogue.Modules.FirstOrDefault(m => m.Key == dataset.ModuleKey);
        return new()
        {
            Feed = Own,
            Source = module is null ? city.Name : Text.Of("{0} · {1}", "{0} · {1}", module.Title, city.Name),
            Owner = city.Name,
            At = dataset.Feed is null ? feeds.Now : null,
            Freshness = dataset.Feed is null ? Freshness.Live : Freshness.NoData,
            Rhythm = new(default, default, default, default),
        };
    }

    /// <summary>In <see cref="SmartCity.AsOf.Feed"/>: no feed. Whether such rows are made up is said by the rows.</summary>
    public const string Own = "";

    public async Task<IReadOnlyList<object>> Rows(string key, IReadOnlyDictionary<string, string>? query = null, CancellationToken cancel = default) =>
        Find(key) is { } dataset && (await Read(dataset, query ?? new Dictionary<string, string>(), cancel)).Answer is { } answer ? answer.Rows : [];

    /// <summary>The answer, or the name of the part of the query that is not understood.</summary>
    public async Task<(DatasetAnswer? Answer, string? Wrong)> Read(Dataset dataset, IReadOnlyDictionary<string, string> query, CancellationToken cancel)
    {
        var filters = new Dictionary<string, string>(StringComparer.Ordinal);
        var where = new Dictionary<string, string>(StringComparer.Ordinal);
        string? sort = null;
        foreach (var filter in dataset.Filters)
        {
            var choices = filter.Choices(city);
            var value = query.GetValueOrDefault(filter.Name) is { Length: > 0 } given ? given : choices.Count > 0 ? choices[0].Key : "";
            if (choices.Count > 0 && choices.All(c => c.Key != value)) return (null, filter.Name);
            filters[filter.Name] = value;
        }
        foreach (var (name, value) in query)
        {
            if (value.Length == 0 || filters.ContainsKey(name) || name is "lang" or "handler" or "v" or "page" or Replay.ReplayRequest.Name) continue;
            if (value.Length > 200) return (null, name);
            if (name == "sort")
            {
                sort = value;
                if (dataset.Columns.All(c => c.Key != value.TrimStart('-'))) return (null, name);
            }
            else if (dataset.Columns.Any(c => c.Key == name)) where[name] = value;
            else return (null, name);
        }
        var rows = await dataset.Rows(new(services, city, feeds, filters, feeds.Now, cancel));
        foreach (var (key, value) in where)
        {
            var column = dataset.Columns.First(c => c.Key == key);
            rows = [.. rows.Where(r => Matches(column, column.Of(r), value))];
        }
        var descending = sort?.StartsWith('-') ?? false;
        if (sort is not null)
        {
            var column = dataset.Columns.First(c => c.Key == sort.TrimStart('-'));
            // rows without a value stay last whichever way the table is turned
            var ordered = rows.OrderBy(r => column.Of(r) is null);
            rows = [.. descending ? ordered.ThenByDescending(r => Comparable(column, r)) : ordered.ThenBy(r => Comparable(column, r))];
        }
        return (new(dataset, rows, filters, where, sort?.TrimStart('-'), descending), null);
    }

    private bool Matches(Column column, object? cell, string wanted) => cell switch
    {
        null => false,
        string code when column.Kind == ColumnKind.Area => code == wanted || city.FindArea(wanted)?.Code == code,
        double number => double.TryParse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && number == value,
        DateTimeOffset at => Invariant(at).StartsWith(wanted, StringComparison.Ordinal),
        Text text => text.Languages.Append("en").Append(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName).Any(l => text.In(l).Contains(wanted, StringComparison.CurrentCultureIgnoreCase)),
        _ => cell.ToString()!.Contains(wanted, StringComparison.CurrentCultureIgnoreCase),
    };

    private IComparable? Comparable(Column column, object row) => column.Of(row) switch
    {
        string code when column.Kind == ColumnKind.Area => city.Area(code)?.Name.ToString() ?? code,
        Text text => text.ToString(),
        IComparable value => value,
        var other => other?.ToString(),
    };

    public static string Invariant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

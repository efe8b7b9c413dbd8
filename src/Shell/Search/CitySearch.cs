using SmartCity.Shell.City;

namespace SmartCity.Shell.Search;

/// <summary>One thing that was found.</summary>
/// <param name="Title">Its name in the reader's language.</param>
/// <param name="Url">Where it is, with the language.</param>
/// <param name="Kind">What it is, in words.</param>
/// <param name="Exact">True when the reader said just this.</param>
/// <param name="Row">True for a row of a dataset; a page or command of the same name goes before it.</param>
internal sealed record Found(string Title, string Url, string Kind, bool Exact, bool Row = false);

/// <summary>Finds pages, commands, areas, datasets and whatever has a page of its own in one of them, by the words people use for them.</summary>
internal sealed class CitySearch(Catalogue catalogue, CityPack city, IAudience audience, IWords words, IDatasets datasets, ILogger<CitySearch> log)
{
    /// <summary>What the reader may open, best first.</summary>
    /// <param name="query">As typed or spoken; at most 200 letters of it count.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<Found>> Find(string query, CancellationToken cancel)
    {
        var wanted = Fold(query.Length > 200 ? query[..200] : query);
        if (wanted.Length == 0) return [];
        var found = new List<(int Rank, Found Item)>();
        void Offer(string title, string url, string kind, IEnumerable<string> names, bool row = false)
        {
            var rank = names.Select(Fold).Select(n => n == wanted ? 0 : n.StartsWith(wanted, StringComparison.Ordinal) ? 1 : n.Contains(wanted, StringComparison.Ordinal) ? 2 : 9).DefaultIfEmpty(9).Min();
            if (rank < 9) found.Add((rank, new(title, $"/{words.Language}{url}", kind, rank == 0, row)));
        }
        foreach (var item in catalogue.All.Where(c => audience.Can(Catalogue.PermissionOf(c))))
            switch (item)
            {
                case Command command:
                    Offer(words.Title(command), command.Url, words["search.command"], city.Languages.SelectMany(l => command.Phrases.In(l).Split('|')).Append(command.Title.ToString()));
                    break;
                case MenuItem menu:
                    Offer(words.Title(menu), menu.Url, words["search.page"], Names(menu.Title));
                    break;
                case Report report:
                    Offer(words.Title(report), $"/reports/{report.Key}", words["search.report"], Names(report.Title).Append(report.Key));
                    break;
                case Dataset dataset:
                    Offer(words.Title(dataset), $"/data/{dataset.Key}", words["search.dataset"], Names(dataset.Title).Append(dataset.Key).Concat(dataset.Columns.SelectMany(c => Names(c.Title))));
                    break;
            }
        foreach (var area in city.Areas)
            Offer(area.Name.ToString(), $"/areas/{area.Code}", words["search.area"], Names(area.Name).Concat(Names(city.ShortNames[area.Code])).Append(area.Code));
        foreach (var dataset in datasets.All)
            if (dataset.Page is { } page)
                foreach (var row in await Rows(dataset, cancel)) Offer(page.Name(row).In(words.Language), page.Url(row), words.Title(dataset), Names(page.Name(row)), row: true);
        return [.. found.OrderBy(f => f.Rank).ThenBy(f => f.Item.Row).ThenBy(f => f.Item.Title.Length).Select(f => f.Item).DistinctBy(f => f.Url).Take(50)];
    }

    // a module that fails costs the search its own rows
    private async Task<IReadOnlyList<object>> Rows(Dataset dataset, CancellationToken cancel)
    {
        try { return await datasets.Rows(dataset.Key, cancel: cancel); }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            log.LogError(broken, "The rows of {Dataset} could not be searched", dataset.Key);
            return [];
        }
    }

    private IEnumerable<string> Names(Text text) => city.Languages.Select(text.In);

    // full-width and composed letters are the same letters; case, spaces and the many ways to type an apostrophe (ʻ ʼ ' ‘ ’ `) do not matter
    private static string Fold(string text) => string.Concat(text.Normalize(System.Text.NormalizationForm.FormKC).ToLowerInvariant().Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c) && !"'`\u2018\u2019\u02bb\u02bc\u00b4".Contains(c, StringComparison.Ordinal)));
}

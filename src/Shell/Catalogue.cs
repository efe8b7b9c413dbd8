namespace SmartCity.Shell;

/// <summary>Everything the modules of this city offer, checked. The shell draws from it and never names a module.</summary>
internal sealed class Catalogue
{
    public IReadOnlyList<IModule> Modules { get; }
    private volatile IReadOnlyList<Contribution> _all;
    // feeds come and go, and a module may break, while the city runs
    private readonly Lock _changing = new();
    public IReadOnlyList<Contribution> All => _all;
    /// <summary>What was declared at the start: all but what the city's own feeds offer, which come and go.</summary>
    public IReadOnlyList<Contribution> Declared { get; private set; }

    private Catalogue(IReadOnlyList<IModule> modules, IReadOnlyList<Contribution> all) => (Modules, Declared, _all) = (modules, all, all);

    /// <summary>Lays what the city's own feeds offer now beside what was declared, in place of what they offered before.</summary>
    public void Lay(IEnumerable<Contribution> ofFeeds)
    {
        lock (_changing) _all = [.. Declared, .. ofFeeds.Where(o => !Declared.Any(d => d.GetType() == o.GetType() && d.Key == o.Key))];
    }

    /// <summary>Takes back what a broken module would list; its menu, tiles and pages stay, to say so, and its feeds, so that no value is lost.</summary>
    public void Silence(string moduleKey)
    {
        bool Stays(Contribution c) => c.ModuleKey != moduleKey || c is not (Dataset or MapLayer or Report or Brief);
        lock (_changing)
        {
            Declared = [.. Declared.Where(Stays)];
            _all = [.. _all.Where(Stays)];
        }
    }

    /// <summary>Contributions of one kind, in the order they are drawn.</summary>
    public IEnumerable<T> Of<T>() where T : Contribution => All.OfType<T>().OrderBy(c => c.Order).ThenBy(c => c.Title.In("en"), StringComparer.Ordinal);

    public T? Find<T>(string key) where T : Contribution => All.OfType<T>().FirstOrDefault(c => c.Key == key);

    /// <summary>The permission that opens a contribution: the stated one, else its module's view.</summary>
    public static string PermissionOf(Contribution contribution) => contribution.Permission ?? ViewOf(contribution.ModuleKey);

    public static string ViewOf(string moduleKey) => moduleKey + ".view";

    /// <summary>Collects and checks what the modules declare.</summary>
    /// <param name="modules">The city's modules.</param>
    /// <param name="hidden">Keys of contributions that the city leaves out.</param>
    /// <param name="own">Contributions of the shell itself.</param>
    /// <param name="added">Contributions that the city adds, or puts in place of hidden ones.</param>
    /// <exception cref="CannotStartException">Lists every wrong declaration.</exception>
    public static Catalogue Of(IEnumerable<IModule> modules, IReadOnlySet<string> hidden, IEnumerable<Contribution>? own = null, IReadOnlyCollection<Contribution>? added = null)
    {
        var list = modules.ToList();
        var shell = (own ?? []).ToList();
        added ??= [];
        var known = shell.Concat(added).Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        var owners = list.Select(m => m.Key).Concat(shell.Select(c => c.ModuleKey)).ToHashSet(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var twice in list.GroupBy(m => m.Key).Where(g => g.Count() > 1))
            problems.Add(new(twice.Key, "two modules have this key; each needs its own."));
        foreach (var module in list.Where(m => !IsWord(m.Key)))
            problems.Add(new(module.Key, "a module's key is lower-case words joined by hyphens, such as disaster-safety."));

        foreach (var wrong in added.Where(c => !IsKey(c.Key) || !owners.Contains(c.ModuleKey)))
            problems.Add(new(wrong.Key, "is added by the city; its key begins with the key of a module of this city and a dot."));

        var all = shell.Where(c => !hidden.Contains(c.Key)).Concat(added).ToList();
        foreach (var module in list)
        {
            List<Contribution> stated;
            try { stated = module.Contributions.ToList(); }
            catch (Exception broken) { problems.Add(new(module.Key, $"its contributions cannot be read: {broken.Message}")); continue; }
            foreach (var wrong in stated.Where(c => !IsKey(c.Key) || c.ModuleKey != module.Key))
                problems.Add(new(wrong.Key, $"a key of the module {module.Key} reads {module.Key}.thing, in lower-case letters, digits and hyphens."));
            known.UnionWith(stated.Select(c => c.Key));
            if (stated.Concat(added).OfType<Permission>().All(p => p.Key != ViewOf(module.Key)))
                all.Add(new Permission(ViewOf(module.Key), Text.Of("{0} 보기", "See {0}", module.Title), Roles.Administrator));
            all.AddRange(stated.Where(c => !hidden.Contains(c.Key)));
        }
        foreach (var twice in all.GroupBy(c => (Kind: Kind(c), c.Key)).Where(g => g.Count() > 1))
            problems.Add(new(twice.Key.Key, $"two contributions of the kind {twice.Key.Kind} have this key."));
        foreach (var unknown in hidden.Except(known, StringComparer.Ordinal))
            problems.Add(new(unknown, "is to be left out, but no module has it."));

        var permissions = all.OfType<Permission>().Select(p => p.Key).ToHashSet();
        var feeds = all.OfType<Feed>().Select(f => f.Key).ToHashSet();
        var datasets = all.OfType<Dataset>().DistinctBy(d => d.Key, StringComparer.Ordinal).ToDictionary(d => d.Key, StringComparer.Ordinal);
        var topics = feeds.Concat(datasets.Keys).ToHashSet();
        foreach (var item in all)
        {
            if (item is not Permission && !permissions.Contains(PermissionOf(item)))
                problems.Add(new(item.Key, $"asks for the permission {PermissionOf(item)}, which nobody declares."));
            foreach (var topic in TopicsOf(item).Where(t => !topics.Contains(t) && !hidden.Contains(t)))
                problems.Add(new(item.Key, $"follows the topic {topic}, which is neither a feed nor a dataset of this city."));
            switch (item)
            {
                case Permission permission:
                    foreach (var role in permission.DefaultRoles.Except(Roles.All))
                        problems.Add(new(item.Key, $"is given to the role {role}, which does not exist."));
                    break;
                case MapLayer layer when datasets.TryGetValue(layer.Dataset, out var dataset):
                    if (dataset.Columns.All(c => c.Key != layer.Column)) problems.Add(new(item.Key, $"draws the column {layer.Column}, which {layer.Dataset} does not have."));
                    break;
                case MapLayer layer when !hidden.Contains(layer.Dataset):
                    problems.Add(new(item.Key, $"draws the dataset {layer.Dataset}, which nobody declares."));
                    break;
                case Report report:
                    foreach (var missing in report.Datasets.Where(d => !datasets.ContainsKey(d) && !hidden.Contains(d)))
                        problems.Add(new(item.Key, $"prints the dataset {missing}, which nobody declares."));
                    break;
                case Dataset dataset:
                    foreach (var twice in dataset.Columns.GroupBy(c => c.Key).Where(g => g.Count() > 1))
                        problems.Add(new(item.Key, $"has the column {twice.Key} twice."));
                    break;
            }
            if (UrlOf(item) is { } url && !url.StartsWith('/'))
                problems.Add(new(item.Key, $"leads to {url}; an address begins with a slash and leaves the language out."));
        }
        if (problems.Count > 0) throw new CannotStartException("The modules' declarations are wrong:", problems);
        return new(list, all);
    }

    private static IReadOnlyList<string> TopicsOf(Contribution item) => item switch
    {
        Tile tile => tile.Topics,
        Dataset dataset => dataset.Feed is { } feed ? [.. dataset.Topics, feed] : dataset.Topics,
        _ => [],
    };

    private static string? UrlOf(Contribution item) => item switch
    {
        MenuItem menu => menu.Url,
        Tile tile => tile.Url,
        Command command => command.Url,
        MapLayer layer => layer.Url,
        _ => null,
    };

    private static string Kind(Contribution item) => item is Dataset ? nameof(Dataset) : item.GetType().Name;

    private static bool IsWord(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && char.IsAsciiLetterLower(text[0]);

    private static bool IsKey(string key) => key.Split('.') is [var module, .. var rest] && rest.Length is 1 or 2 && IsWord(module) && rest.All(IsWord);
}

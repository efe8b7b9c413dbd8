using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.UrbanProjects;

/// <summary>One project in its two states: as its department works on it, and as it was published.</summary>
/// <param name="Working">Everything that was written.</param>
/// <param name="Public">What the public sees; null when it is not published.</param>
/// <param name="Edition">The edition that the public sees; null for the pack's own, or none.</param>
/// <param name="Unpublished">Entries and papers that no edition holds yet.</param>
/// <param name="Papers">Every version of every document, newest first.</param>
/// <param name="Written">When something was last written here; null for never.</param>
/// <param name="Stated">Before anything was written: as the pack or the form says.</param>
/// <param name="ByForm">True when it was defined by form.</param>
internal sealed record Dossier(Project Working, Project? Public, Edition? Edition, int Unpublished, IReadOnlyList<Paper> Papers, DateTimeOffset? Written, Project Stated, bool ByForm)
{
    public string Key => Working.Key;

    /// <summary>The newest version of each document that a reader may have.</summary>
    public IReadOnlyList<Paper> PapersFor(bool whole) => [.. VersionsFor(whole).GroupBy(p => p.Series).Select(g => g.MaxBy(p => p.Version)!).OrderByDescending(p => p.At)];

    /// <summary>Every version that a reader may have.</summary>
    public IEnumerable<Paper> VersionsFor(bool whole) => whole ? Papers.Where(p => p.WithdrawnAt is null)
        : Public is { } shown && Edition is { } edition && shown.Open.Contains(Field.Documents) ? Papers.Where(p => p.Open && p.WithdrawnAt is null && p.Id <= edition.PapersUpTo) : [];
}

/// <summary>All projects of the city at one moment.</summary>
/// <param name="LeftOut">Projects defined by form that cannot be shown, and what is wrong with each.</param>
internal sealed record Register(Pack Pack, IReadOnlyList<Dossier> Dossiers, IReadOnlyList<(string Key, Wrong Wrong)> LeftOut)
{
    private readonly Dictionary<string, Dossier> _byKey = Dossiers.ToDictionary(d => d.Key, StringComparer.Ordinal);

    public Dossier? Find(string? key) => key is null ? null : _byKey.GetValueOrDefault(key);

    /// <summary>The projects as everyone may see them.</summary>
    public IReadOnlyList<Project> Public => [.. Dossiers.Select(d => d.Public).OfType<Project>()];
}

/// <summary>Keeps the register: the pack is read once, what people wrote whenever it has changed.</summary>
internal sealed class Book : IHostedService, IDisposable
{
    // a dataset's filter is asked for its choices with the city and nothing else
    private static readonly ConditionalWeakTable<ICity, Book> Books = [];
    private readonly ICity _city;
    private readonly IWords _words;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Remembered<UrbanProjectsDb, Register> _register;
    private Pack? _pack;

    public Book(ICity city, IWords words, IDbContextFactory<UrbanProjectsDb> dbs, TimeProvider time, ILogger<Book> log)
    {
        (_city, _words, _time, _log) = (city, words, time, log);
        _register = new(dbs, time, Stamp, Read);
    }

    public static Register? Last(ICity city) => Books.TryGetValue(city, out var book) ? book._register.Last : null;

    public Pack Pack => _pack ??= Pack.Load(_city);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // whoever starts the city reads English, as in every other message of a start
        var culture = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        try
        {
            foreach (var problem in Pack.Problems) _log.LogWarning("A project of the city pack is left out: {Problem}", Pack.Sentence(problem, _words));
            foreach (var (key, wrong) in (await Now(cancellationToken)).LeftOut) _log.LogWarning("A project defined by form is left out: {Key}: {Problem}", key, wrong.In(_words));
        }
        finally { CultureInfo.CurrentUICulture = culture; }
        Books.AddOrUpdate(_city, this);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads anew at the next question: something was written.</summary>
    public void Forget() => _register.Forget();

    public DateOnly Today => DateOnly.FromDateTime(_city.Local(_time.GetUtcNow()).DateTime);

    /// <summary>A project with what people wrote laid over it, oldest first.</summary>
    public Project Lay(Project stated, IEnumerable<Entry> entries) => entries.Aggregate(stated, (project, entry) => Kinds.Lay(project, entry, _city, Pack.Classifications));

    public ValueTask<Register> Now(CancellationToken cancel = default) => _register.Now(cancel);

    private static async Task<string> Stamp(UrbanProjectsDb db, CancellationToken cancel) =>
        $"{await db.Entries.MaxAsync(e => (long?)e.Id, cancel)} {await db.Editions.MaxAsync(e => (long?)e.Id, cancel)} {await db.Papers.MaxAsync(p => (long?)p.Id, cancel)} {await db.Papers.CountAsync(p => p.WithdrawnAt != null, cancel)} {await db.Definitions.CountAsync(cancel)} {await db.Definitions.CountAsync(d => d.WithdrawnAt != null, cancel)}";

    private async Task<Register> Read(UrbanProjectsDb db, CancellationToken cancel)
    {
        var entries = (await db.Entries.AsNoTracking().OrderBy(e => e.Id).ToListAsync(cancel)).ToLookup(e => e.Project, StringComparer.Ordinal);
        var editions = (await db.Editions.AsNoTracking().OrderBy(e => e.Number).ToListAsync(cancel)).ToLookup(e => e.Project, StringComparer.Ordinal);
        var papers = (await db.Papers.AsNoTracking().OrderByDescending(p => p.Id).ToListAsync(cancel)).ToLookup(p => p.Project, StringComparer.Ordinal);
        var projects = Pack.Projects.ToDictionary(p => p.Key, StringComparer.Ordinal);
        var (byForm, leftOut) = (new Dictionary<string, long>(StringComparer.Ordinal), new List<(string, Wrong)>());
        foreach (var row in await db.Definitions.AsNoTracking().Where(d => d.WithdrawnAt == null).OrderBy(d => d.At).ThenBy(d => d.Key).ToListAsync(cancel))
        {
            var (root, broken) = Definition.Parse(row.Stated);
            var (defined, wrong) = root is null ? (null, [broken!]) : Definition.Read(root, Pack.Classifications.FirstOrDefault(c => c.Key == row.Classification) ?? new(row.Classification, Text.Same(row.Classification), 999), _city, demonstration: false);
            if (defined is null) leftOut.Add((row.Key, wrong[0]));
            // the pack's own wins: whoever keeps it has taken the project over
            else if (projects.TryAdd(row.Key, defined)) byForm[row.Key] = row.At;
            else leftOut.Add((row.Key, new("key", 0, "urban-projects.wrong.inpack")));
        }
        return new(Pack, [.. projects.Values.Select(project =>
        {
            var (own, edition) = (entries[project.Key].ToList(), editions[project.Key].LastOrDefault());
            var shown = edition is { } last ? last.Closed ? null : Lay(project, own.Where(e => e.Id <= last.UpTo)).For(last.Fields) : project.Published ? project.For(project.Open) : null;
            var created = byForm.TryGetValue(project.Key, out var at) ? at : (long?)null;
            // one that nobody published yet waits as a whole
            var late = (created is not null && edition is null ? 1 : 0) + own.Count(e => e.Id > (edition?.UpTo ?? 0)) + papers[project.Key].Count(p => p.Open && p.WithdrawnAt is null && p.Id > (edition?.PapersUpTo ?? 0));
            return new Dossier(Lay(project, own), shown, edition, late, [.. papers[project.Key]], (own.Count == 0 ? created : own[^1].At) is { } written ? DateTimeOffset.FromUnixTimeMilliseconds(written) : null, project, created is not null);
        }).OrderBy(d => d.Working.Classification.Order).ThenBy(d => d.Working.Classification.Key, StringComparer.Ordinal)], leftOut);
    }

    public void Dispose() => _register.Dispose();
}

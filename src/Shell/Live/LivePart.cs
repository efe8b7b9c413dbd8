using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Live;

/// <summary>A piece of a page that is the same for everyone who may see it: rendered once per version and language.</summary>
/// <param name="Id">Its id in the page.</param>
/// <param name="Permission">Who may see it.</param>
/// <param name="Topics">After whose signal it is rendered anew.</param>
/// <param name="Partial">The partial that draws it.</param>
/// <param name="Model">Fills the partial's model.</param>
internal sealed record LivePart(string Id, string Permission, IReadOnlyList<string> Topics, string Partial, Func<IServiceProvider, CancellationToken, Task<object>> Model);

/// <summary>Rendered parts, shared by all their viewers.</summary>
internal sealed class LiveParts
{
    private readonly Dictionary<string, LivePart> _parts, _short = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Part, string Language), Rendered> _rendered = [];
    private readonly Dictionary<string, long> _dirty = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly IServiceScopeFactory _scopes;
    private readonly PartialRenderer _renderer;
    private readonly Store.CityDatabase _database;
    private readonly long _first;
    private long _sequence;

    public LiveParts(IEnumerable<LivePart> parts, IServiceScopeFactory scopes, PartialRenderer renderer, Store.CityDatabase database)
    {
        _parts = parts.ToDictionary(p => p.Id);
        foreach (var part in _parts.Values.OrderBy(p => p.Id, StringComparer.Ordinal)) _names[part.Id] = _short.TryAdd(Short(part.Id), part) ? Short(part.Id) : part.Id;
        (_scopes, _renderer, _database) = (scopes, renderer, database);
        // numbers of an earlier run, or of another host, are none of this one's: their viewers get everything anew
        _sequence = _first = Random.Shared.NextInt64(1L << 40, 1L << 52);
    }

    /// <summary>True for a number that was given here.</summary>
    public bool Knows(long sequence) => sequence >= _first && sequence <= Sequence;

    /// <summary>One rendering.</summary>
    /// <param name="Sequence">When it came about, in the order of all renderings.</param>
    /// <param name="Html">The part, with its root element.</param>
    /// <param name="Made">Number of the signal it has taken into account.</param>
    internal sealed record Rendered(long Sequence, string Html, long Made);

    public IReadOnlyDictionary<string, LivePart> All => _parts;

    /// <summary>A part's name in the address of a stream: four letters, the same on every host, because an open stream carries its address for hours. Of two parts that would have the same
    /// letters one keeps its id.</summary>
    public string NameOf(string id) => _names.GetValueOrDefault(id, id);

    /// <summary>The part of an id, or of a name that <see cref="NameOf"/> gave.</summary>
    public LivePart? Find(string name) => _parts.GetValueOrDefault(name) ?? _short.GetValueOrDefault(name);

    private static string Short(string id) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)), 0, 3).Replace('+', '-').Replace('/', '_');

    /// <summary>The newest rendering there is; what is rendered later has a higher number.</summary>
    public long Sequence => Interlocked.Read(ref _sequence);

    /// <summary>How often anything was rendered; for the tests of "once per version".</summary>
    public long Renderings { get; private set; }

    /// <summary>Notes that parts that follow a topic must be rendered anew.</summary>
    public bool Touch(string topic)
    {
        var any = false;
        lock (_dirty)
            foreach (var part in _parts.Values.Where(p => p.Topics.Contains(topic)))
            {
                _dirty[part.Id] = _dirty.GetValueOrDefault(part.Id) + 1;
                any = true;
            }
        return any;
    }

    private long DirtyOf(string part)
    {
        lock (_dirty) return _dirty.GetValueOrDefault(part);
    }

    /// <summary>The part in a language, as it is now.</summary>
    public async Task<Rendered> Get(string id, string language, CancellationToken cancel)
    {
        var wanted = DirtyOf(id);
        lock (_rendered)
            if (_rendered.TryGetValue((id, language), out var ready) && ready.Made >= wanted) return ready;
        await _gate.WaitAsync(cancel);
        try
        {
            wanted = DirtyOf(id);
            Rendered? old;
            lock (_rendered)
                if (_rendered.TryGetValue((id, language), out old) && old.Made >= wanted) return old;
            var html = await Render(_parts[id], language, cancel);
            Renderings++;
            // nothing but the signal is new: viewers are not told. The number is given and the rendering laid down in one, so
            // that whoever reads the number finds everything up to it.
            lock (_rendered) return _rendered[(id, language)] = old is not null && old.Html == html ? old with { Made = wanted } : new Rendered(Interlocked.Increment(ref _sequence), html, wanted);
        }
        finally { _gate.Release(); }
    }

    private async Task<string> Render(LivePart part, string language, CancellationToken cancel)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = LanguageInAddress.Culture(language);
        await using var scope = _scopes.CreateAsyncScope();
        // all parts wait for one another here: none waits for a database that has just gone
        using var given = new WhileThere(cancel, _database.IsGone ? CancellationToken.None : _database.Gone);
        var model = await part.Model(scope.ServiceProvider, given.Token);
        return await _renderer.Render(scope.ServiceProvider, part.Partial, model, language);
    }
}

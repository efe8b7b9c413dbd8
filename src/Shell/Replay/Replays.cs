using SmartCity.Shell.Feeds;
using SmartCity.Shell.Live;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Replay;

/// <summary>Instants of the past that were asked for lately, with what was rendered of them. One is made at a time, by
/// connections that cannot write: whoever looks at the present does not notice.</summary>
internal sealed class Replays(FeedBook book, ReadingStore store, AnswerLog answers, CityDatabase database, IServiceScopeFactory scopes, PartialRenderer renderer) : IDisposable
{
    /// <summary>Instants that are remembered.</summary>
    public const int Most = 16;
    /// <summary>How far the slider of the time bar reaches back; an address may go further.</summary>
    public const int Days = 30;
    /// <summary>Readers who may wait; further ones are sent away.</summary>
    public const int MostWaiting = 16;

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly LinkedList<Screen> _screens = new();
    private int _waiting;

    /// <summary>One instant.</summary>
    private sealed class Screen(PastFeeds past)
    {
        public PastFeeds Past => past;
        public Dictionary<(string Part, string Language), string> Parts { get; } = [];
    }

    /// <summary>How often an instant was read from the store; for the tests of "once".</summary>
    public int Loads { get; private set; }
    /// <summary>How often a part was rendered.</summary>
    public int Renderings { get; private set; }

    /// <summary>What was known at an instant; null when too many others wait.</summary>
    public async Task<PastFeeds?> At(DateTimeOffset at, CancellationToken cancel)
    {
        if (Known(at) is { } known) return known.Past;
        return await Alone<PastFeeds>(async () =>
        {
            if (Known(at) is { } made) return made.Past;
            var past = await PastFeeds.Load(book, store, answers, database, at, cancel);
            Loads++;
            lock (_gate)
            {
                _screens.AddFirst(new Screen(past));
                if (_screens.Count > Most) _screens.RemoveLast();
            }
            return past;
        }, cancel);
    }

    /// <summary>Parts as they were, in a language; null when too many others wait.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> Render(PastFeeds past, IReadOnlyList<LivePart> parts, string language, CancellationToken cancel)
    {
        var screen = Known(past.Now) ?? new Screen(past);
        if (Ready(screen, parts, language) is { } ready) return ready;
        return await Alone<IReadOnlyDictionary<string, string>>(async () =>
        {
            foreach (var part in parts)
            {
                lock (_gate) if (screen.Parts.ContainsKey((part.Id, language))) continue;
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<Moment>().TurnTo(past);
                var model = await part.Model(scope.ServiceProvider, cancel);
                var html = await renderer.Render(scope.ServiceProvider, part.Partial, model, language);
                Renderings++;
                lock (_gate) screen.Parts[(part.Id, language)] = html;
            }
            return Ready(screen, parts, language);
        }, cancel);
    }

    private Dictionary<string, string>? Ready(Screen screen, IReadOnlyList<LivePart> parts, string language)
    {
        lock (_gate) return parts.All(p => screen.Parts.ContainsKey((p.Id, language))) ? parts.ToDictionary(p => p.Id, p => screen.Parts[(p.Id, language)], StringComparer.Ordinal) : null;
    }

    private Screen? Known(DateTimeOffset at)
    {
        lock (_gate)
        {
            for (var node = _screens.First; node is not null; node = node.Next)
                if (node.Value.Past.Now == at)
                {
                    _screens.Remove(node);
                    _screens.AddFirst(node);
                    return node.Value;
                }
            return null;
        }
    }

    private async Task<T?> Alone<T>(Func<Task<T?>> work, CancellationToken cancel) where T : class
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            await _one.WaitAsync(cancel);
            try { return await work(); }
            finally { _one.Release(); }
        }
        finally { Interlocked.Decrement(ref _waiting); }
    }

    public void Dispose() => _one.Dispose();
}

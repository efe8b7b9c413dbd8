using System.Diagnostics;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>What a feed has brought and the store has not taken yet. Screens read memory, so a store that fails or hangs
/// costs them nothing; what could not be stored waits here, in order, and goes with a later beat.</summary>
internal sealed class Outbox(string feed, ReadingStore store, DiskRoom? room = null)
{
    /// <summary>As many of each kind wait; beyond it the oldest are given up, and counted.</summary>
    public const int Most = 50_000;
    /// <summary>A beat never waits longer for the store; the write goes on beside it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    /// <summary>A write that stands in the row behind others is not lost; one that has not come back for so long may be.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Line<Reading> _readings = new();
    private readonly Line<EventVersion> _events = new();
    private readonly Line<ThingVersion> _things = new();
    private readonly Line<Figure> _figures = new();
    private readonly Dictionary<string, FetchedDocument> _documents = new(StringComparer.Ordinal);
    private StoredPicture? _picture;
    private Task _writing = Task.CompletedTask;
    private long _begun;

    /// <summary>Records of one kind in their order.</summary>
    private sealed class Line<T>
    {
        private readonly List<T> _items = [];
        public int Count => _items.Count;
        public long GivenUp { get; private set; }

        public void Add(IReadOnlyList<T> items)
        {
            _items.AddRange(items);
            if (_items.Count <= Most) return;
            GivenUp += _items.Count - Most;
            _items.RemoveRange(0, _items.Count - Most);
        }

        public (List<T> Items, long GivenUp) Waiting => ([.. _items], GivenUp);

        // what was written, except what has been given up meanwhile
        public void Written((List<T> Items, long GivenUp) these) => _items.RemoveRange(0, (int)Math.Max(0, these.Items.Count - (GivenUp - these.GivenUp)));
    }

    /// <summary>How much waits.</summary>
    public int Waiting { get { lock (_gate) return _readings.Count + _events.Count + _things.Count + _figures.Count + _documents.Count + (_picture is null ? 0 : 1); } }

    /// <summary>Records that were given up because too many waited.</summary>
    public long GivenUp { get { lock (_gate) return _readings.GivenUp + _events.GivenUp + _things.GivenUp + _figures.GivenUp; } }

    public void Put(IReadOnlyList<Reading> readings) { lock (_gate) _readings.Add(readings); }
    public void Put(IReadOnlyList<EventVersion> events) { lock (_gate) _events.Add(events); }
    public void Put(IReadOnlyList<ThingVersion> things) { lock (_gate) _things.Add(things); }
    public void Put(IReadOnlyList<Figure> figures) { lock (_gate) _figures.Add(figures); }
    public void Put(IReadOnlyList<FetchedDocument> documents) { lock (_gate) foreach (var document in documents) _documents[document.Document.Id] = document; }
    public void Put(StoredPicture picture) { lock (_gate) _picture = picture; }

    /// <summary>Writes what waits. Returns why it could not; null when it is done or still on its way. Not cancelled: what was begun is finished.</summary>
    public async Task<Exception?> Flush()
    {
        if (Waiting == 0) return null;
        if (_writing.IsCompleted && room?.HistoryWaits == true) return new IOException("little room is left on the disk");
        if (_writing.IsCompleted) (_begun, _writing) = (Stopwatch.GetTimestamp(), Write());
        try
        {
            await _writing.WaitAsync(Patience);
            return null;
        }
        catch (TimeoutException) when (!_writing.IsCompleted) { return Stopwatch.GetElapsedTime(_begun) < Slow ? null : new TimeoutException("the database does not answer"); }
        catch (Exception broken) { return broken; }
    }

    /// <summary>Waits for the write that is on its way. False when it failed, or left something behind.</summary>
    public async Task<bool> Written()
    {
        await _writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return _writing.IsCompletedSuccessfully && Waiting == 0;
    }

    private async Task Write()
    {
        await Task.Yield();
        await Write(_readings, items => store.Add(feed, items, CancellationToken.None));
        List<FetchedDocument> documents;
        StoredPicture? picture;
        lock (_gate) (documents, picture) = ([.. _documents.Values], _picture);
        await store.Records.AddDocuments(feed, documents, CancellationToken.None);
        lock (_gate) foreach (var document in documents) if (_documents.GetValueOrDefault(document.Document.Id) == document) _documents.Remove(document.Document.Id);
        if (picture is not null) await store.SavePicture(picture, CancellationToken.None);
        lock (_gate) if (_picture == picture) _picture = null;
        await Write(_events, items => store.Records.AddEvents(feed, items, CancellationToken.None));
        await Write(_things, items => store.Records.AddThings(feed, items, CancellationToken.None));
        await Write(_figures, items => store.Records.AddFigures(feed, items, CancellationToken.None));
    }

    private async Task Write<T>(Line<T> line, Func<IReadOnlyList<T>, Task> add)
    {
        (List<T> Items, long GivenUp) waiting;
        lock (_gate) waiting = line.Waiting;
        if (waiting.Items.Count == 0) return;
        await add(waiting.Items);
        lock (_gate) line.Written(waiting);
    }
}

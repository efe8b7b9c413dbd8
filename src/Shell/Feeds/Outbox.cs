using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds;

/// <summary>What a feed has brought and the store has not taken yet. Screens read memory, so a store that fails or hangs
/// costs them nothing; what could not be stored waits here, in order, and goes with a later beat.</summary>
internal sealed class Outbox(string feed, ReadingStore store)
{
    /// <summary>As many readings wait; beyond it the oldest are given up, and counted.</summary>
    public const int Most = 50_000;
    /// <summary>A beat never waits longer for the store; the write goes on beside it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Reading> _readings = [];
    private readonly Dictionary<string, Document> _documents = new(StringComparer.Ordinal);
    private StoredPicture? _picture;
    private Task _writing = Task.CompletedTask;

    /// <summary>How much waits.</summary>
    public int Waiting { get { lock (_gate) return _readings.Count + _documents.Count + (_picture is null ? 0 : 1); } }

    /// <summary>Readings that were given up because too many waited.</summary>
    public long GivenUp { get; private set; }

    public void Put(IReadOnlyList<Reading> readings)
    {
        lock (_gate)
        {
            _readings.AddRange(readings);
            if (_readings.Count <= Most) return;
            GivenUp += _readings.Count - Most;
            _readings.RemoveRange(0, _readings.Count - Most);
        }
    }

    public void Put(IReadOnlyList<Document> documents)
    {
        lock (_gate) foreach (var document in documents) _documents[document.Id] = document;
    }

    public void Put(StoredPicture picture)
    {
        lock (_gate) _picture = picture;
    }

    /// <summary>Writes what waits. Returns why it could not, or null. Not cancelled: what was begun is finished.</summary>
    public async Task<Exception?> Flush()
    {
        if (Waiting == 0) return null;
        if (_writing.IsCompleted) _writing = Write();
        try
        {
            await _writing.WaitAsync(Patience);
            return null;
        }
        catch (TimeoutException) when (!_writing.IsCompleted) { return new TimeoutException("the database does not answer"); }
        catch (Exception broken) { return broken; }
    }

    private async Task Write()
    {
        await Task.Yield();
        List<Reading> readings;
        List<Document> documents;
        StoredPicture? picture;
        long givenUp;
        lock (_gate) (readings, documents, picture, givenUp) = ([.. _readings], [.. _documents.Values], _picture, GivenUp);
        await store.Add(feed, readings, CancellationToken.None);
        lock (_gate) _readings.RemoveRange(0, (int)Math.Max(0, readings.Count - (GivenUp - givenUp)));
        if (documents.Count > 0) await store.AddDocuments(feed, documents, CancellationToken.None);
        lock (_gate) foreach (var document in documents) if (_documents.GetValueOrDefault(document.Id) == document) _documents.Remove(document.Id);
        if (picture is not null) await store.SavePicture(picture, CancellationToken.None);
        lock (_gate) if (_picture == picture) _picture = null;
    }
}

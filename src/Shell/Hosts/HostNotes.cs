using System.Text;
using System.Threading.Channels;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Live;
using SmartCity.Shell.Store;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Hosts;

/// <summary>Carries signals between the hosts of a city by LISTEN and NOTIFY: a note names topics, and whoever hears it reads what they stand for.
/// A note is sent in the transaction that writes down how the feeds in it are doing, so nobody hears of what cannot be read yet; a host whose
/// listening was cut reads everything again. The embedded database has one host and no notes.</summary>
internal sealed class HostNotes : BackgroundService
{
    private const string Channel = "smartcity";
    // PostgreSQL takes fewer than 8,000 bytes
    private const int Most = 7_000;
    private const char Changed = '+';

    /// <summary>What there is to tell of a topic.</summary>
    [Flags]
    internal enum News
    {
        /// <summary>That it has changed.</summary>
        Topic = 0,
        /// <summary>This host knows how the feed behind it is doing.</summary>
        State = 1,
        /// <summary>The feed behind it has brought something.</summary>
        Content = 2,
    }

    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(25), Again = TimeSpan.FromSeconds(1), Quiet = TimeSpan.FromSeconds(2);
    private readonly string _me = Guid.NewGuid().ToString("N");
    private readonly CityDatabase _database;
    private readonly FeedBook _book;
    private readonly FeedStates _states;
    private readonly Signals _signals;
    private readonly Catalogue _catalogue;
    private readonly Duty _duty;
    private readonly ILogger<HostNotes> _log;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Dictionary<string, News> _out = new(StringComparer.Ordinal);

    public HostNotes(CityDatabase database, FeedBook book, FeedStates states, Signals signals, Catalogue catalogue, Duty duty, ILogger<HostNotes> log)
    {
        (_database, _book, _states, _signals, _catalogue, _duty, _log) = (database, book, states, signals, catalogue, duty, log);
        if (!duty.IsAlone) signals.ToOthers = Tell;
    }

    /// <summary>True while this host hears the others.</summary>
    public bool Listens { get; private set; }

    private void Tell(string topic)
    {
        // a name from outside can be no topic, and two lines would be two topics
        if (topic.Length is 0 or > 300 || topic.Contains('\n', StringComparison.Ordinal)) return;
        lock (_gate) _out[topic] = _out.GetValueOrDefault(topic) | _book.TakeNews(topic);
        try { if (_wake.CurrentCount == 0) _wake.Release(); }
        catch (SemaphoreFullException) { /* somebody else has woken it */ }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_duty.IsAlone) return;
        await Task.WhenAll(Send(stoppingToken), Listen(stoppingToken));
    }

    private async Task Send(CancellationToken stop)
    {
        var well = true;
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stop);
                await Task.Delay(Coalesce, stop);
                Dictionary<string, News> topics;
                lock (_gate) (topics, _out) = (_out, new(StringComparer.Ordinal));
                if (topics.Count == 0) continue;
                try
                {
                    await Send(topics, stop);
                    well = true;
                }
                catch (Exception broken) when (broken is not OperationCanceledException)
                {
                    if (well) _log.LogWarning("The other hosts cannot be told what has changed; they will be: {Reason}", broken.Message);
                    well = false;
                    lock (_gate) foreach (var (topic, news) in topics) _out[topic] = news | _out.GetValueOrDefault(topic);
                    await Task.Delay(Again, stop);
                    if (_wake.CurrentCount == 0) _wake.Release();
                }
            }
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    private async Task Send(Dictionary<string, News> topics, CancellationToken stop)
    {
        var feeds = new List<FeedHealth>();
        foreach (var (topic, news) in topics.ToList())
            if (news.HasFlag(News.State) && _book.HealthOf(topic) is { } health)
            {
                // told when it can be read: the write that is on its way signals again
                if (health.Unstored > 0)
                {
                    _book.NoteNews(topic, news);
                    topics.Remove(topic);
                }
                else feeds.Add(health);
            }
        if (topics.Count == 0) return;
        await using var connection = await _database.Open(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await _states.Write(connection, transaction, feeds, stop);
        await using var notify = Command(connection, transaction, "SELECT pg_notify('" + Channel + "', @note)", "note");
        foreach (var note in Notes(_me, topics.Select(t => t.Value.HasFlag(News.Content) ? Changed + t.Key : t.Key))) await notify.Run(stop, note);
        await transaction.CommitAsync(stop);
    }

    /// <summary>The topics as notes that are short enough: the sender's mark, then a topic a line.</summary>
    internal static IEnumerable<string> Notes(string from, IEnumerable<string> topics)
    {
        var (text, bytes) = (new StringBuilder(from), from.Length);
        foreach (var topic in topics)
        {
            var more = 1 + Encoding.UTF8.GetByteCount(topic);
            if (bytes + more > Most)
            {
                yield return text.ToString();
                text.Clear().Append(from);
                bytes = from.Length;
            }
            text.Append('\n').Append(topic);
            bytes += more;
        }
        if (bytes > from.Length) yield return text.ToString();
    }

    private async Task Listen(CancellationToken stop)
    {
        var well = true;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _database.OpenOwn("listens " + _duty.Name, stop);
                var heard = System.Threading.Channels.Channel.CreateUnbounded<string>(new() { SingleReader = true });
                connection.Notification += (_, e) => heard.Writer.TryWrite(e.Payload);
                await connection.Run("LISTEN " + Channel, stop);
                // what was said while nobody listened is lost: all of it is read again, after listening has begun
                await CatchUp(stop);
                Listens = well = true;
                using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var hearing = Hear(heard.Reader, cut.Token);
                try
                {
                    while (true)
                    {
                        var any = await connection.WaitAsync(Quiet, stop);
                        // a connection that says nothing may be dead
                        if (!any) await connection.Run("SELECT 1", stop);
                        if (hearing.IsCompleted) await hearing;
                    }
                }
                finally
                {
                    Listens = false;
                    await cut.CancelAsync();
                    await hearing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { return; }
            catch (Exception broken)
            {
                if (well) _log.LogWarning("What the other hosts say is not heard; it is read again when it is: {Reason}", broken.Message);
                well = false;
            }
            await Task.Delay(Again, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task Hear(ChannelReader<string> notes, CancellationToken cut)
    {
        while (await notes.WaitToReadAsync(cut))
        {
            var topics = new Dictionary<string, bool>(StringComparer.Ordinal);
            while (notes.TryRead(out var note))
                if (note.Split('\n') is [var from, .. var told] && from != _me)
                    foreach (var line in told)
                    {
                        var (topic, changed) = line.StartsWith(Changed) ? (line[1..], true) : (line, false);
                        topics[topic] = changed || topics.GetValueOrDefault(topic);
                    }
            if (topics.Count == 0) continue;
            // read first, then told
            if (topics.Keys.Any(t => _book.HealthOf(t) is not null)) await _book.Follow(topics.Where(t => !AskedHere(t.Key)).ToDictionary(StringComparer.Ordinal), cut);
            foreach (var topic in topics.Keys) _signals.Here(topic);
        }
    }

    // the host that asks a source knows it better than anybody who tells of it
    private bool AskedHere(string topic) => _duty.IsMine && _book.HealthOf(topic)?.Plan.Descriptor.IsAsked == true;

    private async Task CatchUp(CancellationToken stop)
    {
        await _book.Follow(_book.Plans.Where(p => !AskedHere(p.Feed.Key)).ToDictionary(p => p.Feed.Key, _ => true, StringComparer.Ordinal), stop);
        foreach (var topic in Topics()) _signals.Here(topic);
    }

    private HashSet<string> Topics() =>
    [
        .. _signals.Heard, .. _book.Plans.Select(p => p.Feed.Key), .. _catalogue.Of<Tile>().SelectMany(t => t.Topics), .. _catalogue.Of<Dataset>().SelectMany(d => d.Topics.Append(d.Key)),
    ];

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }
}

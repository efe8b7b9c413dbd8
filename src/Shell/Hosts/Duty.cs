using System.Diagnostics;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Hosts;

/// <summary>Which host of the city asks the sources and does everything else that is done once; the others follow. On PostgreSQL it
/// is the one whose session holds an advisory lock. It says every second that it lives: the server itself ends the session of one that
/// has been silent for five, and the host does not believe its own turn for longer than four, so that there are never two.
/// The embedded database has one host.</summary>
internal sealed class Duty(CityDatabase database, IConfiguration settings, ILogger<Duty> log) : BackgroundService, IDuty
{
    private const long LockKey = 0x534D_4152_5444;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), Believed = TimeSpan.FromSeconds(4), Silent = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Term? _term = database.Kind == DatabaseKind.Sqlite ? new(null) : null;
    private TaskCompletionSource<Term> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One turn of this host.</summary>
    /// <param name="for">How long it is believed after the last sign of life; null for ever.</param>
    private sealed class Term(TimeSpan? @for)
    {
        private readonly CancellationTokenSource _end = new();
        private long _alive = Stopwatch.GetTimestamp();

        public CancellationToken Ended => _end.Token;
        public bool Holds => !_end.IsCancellationRequested && (@for is not { } time || Stopwatch.GetElapsedTime(Interlocked.Read(ref _alive)) < time);
        public void Lives(long since) => Interlocked.Exchange(ref _alive, since);
        public void End() => _end.Cancel();
    }

    /// <summary>What this host is called among the others: the setting <c>Hosts:Name</c>, else its machine and process.</summary>
    public string Name { get; } = Cut(settings["Hosts:Name"] is { Length: > 0 } name ? name : $"{Environment.MachineName}-{Environment.ProcessId}");

    // PostgreSQL keeps 63 bytes of it
    private static string Cut(string name) => new([.. name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':').Take(40)]);

    /// <summary>True where one host is all there can be.</summary>
    public bool IsAlone => database.Kind == DatabaseKind.Sqlite;

    /// <inheritdoc/>
    public bool IsMine { get { lock (_gate) return _term?.Holds == true; } }

    /// <summary>The host whose turn it is, as this one last saw it; null when nobody is known to have it.</summary>
    public string? Holder => IsMine ? Name : _other;
    private volatile string? _other;

    /// <summary>Runs work whenever it is this host's turn, and cancels it when the turn ends.</summary>
    public async Task WhileMine(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                Task<Term> next;
                lock (_gate) next = _term is { } now ? Task.FromResult(now) : _next.Task;
                var term = await next.WaitAsync(stop);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(term.Ended, stop);
                await work(both.Token);
                await Task.Delay(Timeout.InfiniteTimeSpan, both.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { /* the host stops */ }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (IsAlone) return;
        var well = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try { await Stand(() => well = true, stoppingToken); }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception broken)
            {
                if (well) log.LogWarning("Whose turn it is cannot be asked, so this host asks no source: {Reason}", broken.Message);
                well = false;
            }
            finally { End(); }
            await Task.Delay(Every, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task Stand(Action well, CancellationToken stop)
    {
        await using var connection = await database.OpenOwn("duty " + Name, stop);
        // a host that hangs, or whose machine is gone, is let go by the server: nobody else has to decide that
        await connection.Run($"SET idle_session_timeout = {(int)Silent.TotalMilliseconds}", stop);
        Term? mine = null;
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            if (mine is null)
            {
                if (await connection.Ask($"SELECT pg_try_advisory_lock({LockKey})", stop) is true)
                {
                    // the one before reads its cut session at once, and is given a moment to stop
                    if (_other is not null) await Task.Delay(Every, stop);
                    asked = Stopwatch.GetTimestamp();
                    await connection.Run("SELECT 1", stop);
                    Begin(mine = new(Believed), asked);
                }
                else _other = await connection.Ask(HolderOf, stop) is string name && name.StartsWith("duty ", StringComparison.Ordinal) ? name[5..] : null;
            }
            else
            {
                await connection.Run("SELECT 1", stop);
                // held up for too long: whatever ran on in the meantime ends, and the turn begins anew from what is stored
                if (!mine.Holds) throw new TimeoutException("this host was held up and has given its turn away");
                mine.Lives(asked);
            }
            well();
            // reading, not sleeping: a session that is cut is noticed at once
            await connection.WaitAsync(Every, stop);
        }
    }

    private static readonly string HolderOf = "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (l.classid::bigint << 32 | l.objid::bigint) = " + LockKey.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Begin(Term term, long asked)
    {
        term.Lives(asked);
        log.LogInformation("This host, {Host}, asks the sources from now on", Name);
        TaskCompletionSource<Term> waiting;
        lock (_gate)
        {
            _term = term;
            (waiting, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        waiting.SetResult(term);
    }

    private void End()
    {
        _other = null;
        Term? ended;
        lock (_gate) (ended, _term) = (_term, null);
        if (ended is null) return;
        ended.End();
        log.LogInformation("This host, {Host}, follows from now on", Name);
    }
}

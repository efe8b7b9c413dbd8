using System.Collections.Concurrent;

namespace SmartCity.Shell.Live;

/// <summary>Carries "this has changed" from whoever knows to whoever cares. What has changed is read, not carried.</summary>
internal sealed class Signals(ILogger<Signals> log) : ISignals
{
    private readonly ConcurrentDictionary<string, List<Listener>> _byTopic = new(StringComparer.Ordinal);
    private readonly List<Action<string>> _all = [];
    // what a listener signals follows from what it heard, and every host hears that for itself
    private static readonly AsyncLocal<bool> Deriving = new();

    /// <summary>Carries a topic to the other hosts of the city; null where there are none.</summary>
    public Action<string>? ToOthers { get; set; }

    /// <summary>Every topic that somebody has listened to.</summary>
    public IEnumerable<string> Heard => _byTopic.Keys;

    public void Signal(string topic)
    {
        Here(topic);
        if (!Deriving.Value) ToOthers?.Invoke(topic);
    }

    /// <summary>Says it in this host alone: what another host has said, or what each host sees for itself.</summary>
    public void Here(string topic)
    {
        lock (_all) foreach (var listener in _all) listener(topic);
        if (_byTopic.TryGetValue(topic, out var listeners))
            lock (listeners) foreach (var listener in listeners) listener.Wake();
    }

    public IDisposable Listen(string topic, Func<CancellationToken, Task> changed)
    {
        var listener = new Listener(topic, changed, log);
        var listeners = _byTopic.GetOrAdd(topic, _ => []);
        lock (listeners) listeners.Add(listener);
        return new Ending(() => { lock (listeners) listeners.Remove(listener); listener.Dispose(); });
    }

    /// <summary>Hears every topic at once, on the signalling thread: must only take note.</summary>
    public IDisposable ListenToAll(Action<string> changed)
    {
        lock (_all) _all.Add(changed);
        return new Ending(() => { lock (_all) _all.Remove(changed); });
    }

    // at most one call runs and at most one waits: a burst of signals becomes two calls, never a queue
    private sealed class Listener(string topic, Func<CancellationToken, Task> changed, ILogger log) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private int _pending;

        public void Wake()
        {
            if (Interlocked.Increment(ref _pending) == 1) _ = Task.Run(Run);
        }

        private async Task Run()
        {
            Deriving.Value = true;
            do
            {
                Interlocked.Exchange(ref _pending, 1);
                if (_stop.IsCancellationRequested) return;
                try { await changed(_stop.Token); }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested) { return; }
                catch (Exception broken) { log.LogError(broken, "A listener of {Topic} failed", topic); }
            }
            while (Interlocked.Decrement(ref _pending) > 0);
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private Action? _end = end;
        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}

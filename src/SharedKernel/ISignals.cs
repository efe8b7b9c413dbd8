namespace SmartCity;

/// <summary>Tells that something changed, never what: whoever cares reads it. A topic is the key of a feed or of a dataset.</summary>
public interface ISignals
{
    /// <summary>Says that what the topic stands for has changed, on every host of the city: store first, then signal. Cheap; many signals of one beat
    /// become one update. What a listener signals stays in its host, because each host hears what the listener heard.</summary>
    void Signal(string topic);

    /// <summary>Calls back after a topic was signalled, on a worker, one call at a time. Dispose to stop.</summary>
    IDisposable Listen(string topic, Func<CancellationToken, Task> changed);
}

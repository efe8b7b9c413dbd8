using Microsoft.EntityFrameworkCore;

namespace SmartCity;

/// <summary>What a module makes of its tables, kept in memory and made anew only when the tables have changed: a stamp, a
/// question far cheaper than the whole, is asked at most once in <see cref="Believed"/>, and at once after <see cref="Forget"/>.</summary>
/// <param name="contexts">Where the tables are.</param>
/// <param name="time">The clock.</param>
/// <param name="stamp">A text that differs whenever the tables do.</param>
/// <param name="read">Makes the whole.</param>
public sealed class Remembered<TContext, TWhole>(IDbContextFactory<TContext> contexts, TimeProvider time, Func<TContext, CancellationToken, Task<string>> stamp, Func<TContext, CancellationToken, Task<TWhole>> read) : IDisposable
    where TContext : DbContext where TWhole : class
{
    /// <summary>How long other hosts of the city, which write too, may be ahead.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private sealed record State(TWhole Whole, string Stamp, DateTimeOffset At, int Forgotten);
    private State? _state;
    private int _forgotten;

    /// <summary>The whole as it was last read, however old; null before the first time.</summary>
    public TWhole? Last => _state?.Whole;

    /// <summary>Asks for the stamp at the next question: something was written.</summary>
    public void Forget() => Interlocked.Increment(ref _forgotten);

    /// <summary>The whole as it is now.</summary>
    public async ValueTask<TWhole> Now(CancellationToken cancel = default)
    {
        if (Fresh() is { } ready) return ready;
        await _gate.WaitAsync(cancel);
        try
        {
            if (Fresh() is { } meanwhile) return meanwhile;
            // counted before the tables are asked: what is written during the reading is found the next time
            var (at, forgotten) = (time.GetUtcNow(), Volatile.Read(ref _forgotten));
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var now = await stamp(db, cancel);
            _state = new(_state is { } known && known.Stamp == now ? known.Whole : await read(db, cancel), now, at, forgotten);
            return _state.Whole;
        }
        finally { _gate.Release(); }
    }

    private TWhole? Fresh() => _state is { } known && known.Forgotten == Volatile.Read(ref _forgotten) && time.GetUtcNow() - known.At < Believed ? known.Whole : null;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}

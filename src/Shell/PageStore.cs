using System.Collections.Concurrent;
using Microsoft.AspNetCore.OutputCaching;

namespace SmartCity.Shell;

/// <summary>Where shared pages lie for the second or two in which they hold. The framework's own store looks once a minute for what is over, and so
/// keeps all pages of a minute, each of them a large object.</summary>
internal sealed class PageStore(TimeProvider time) : IOutputCacheStore
{
    private const long Most = 64 << 20;
    private static readonly long Sweep = TimeSpan.TicksPerSecond;
    private readonly ConcurrentDictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private long _bytes, _swept;

    private sealed record Page(byte[] Value, long Until);

    /// <summary>Bytes of all pages that are held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        new(_pages.TryGetValue(key, out var page) && page.Until > time.GetUtcNow().UtcTicks ? page.Value : null);

    public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcTicks;
        var last = Interlocked.Read(ref _swept);
        // a clock that was set back sweeps, too
        if (Math.Abs(now - last) >= Sweep && Interlocked.CompareExchange(ref _swept, now, last) == last)
            foreach (var (old, page) in _pages)
                if ((page.Until <= now || page.Until > now + TimeSpan.TicksPerMinute) && _pages.TryRemove(new(old, page))) Interlocked.Add(ref _bytes, -page.Value.Length);
        if (Bytes + value.Length > Most) return default;
        if (_pages.TryRemove(key, out var before)) Interlocked.Add(ref _bytes, -before.Value.Length);
        if (_pages.TryAdd(key, new(value, now + validFor.Ticks))) Interlocked.Add(ref _bytes, value.Length);
        return default;
    }

    // no page has a tag
    public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => default;
}

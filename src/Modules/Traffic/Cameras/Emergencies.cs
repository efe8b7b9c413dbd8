using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.Traffic;

/// <summary>Cameras that a declared emergency has opened to everyone, as another module's dataset tells them; none where the city has no
/// such module. Read when that module signals, and every minute; each opening ends by itself at its own time.</summary>
internal sealed class Emergencies(IServiceScopeFactory scopes, ISignals signals, TimeProvider time, ILogger<Emergencies> log) : BackgroundService
{
    public const string Table = "disaster-safety.open-cameras", Topic = "disaster-safety.incidents";
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);
    private volatile IReadOnlyDictionary<string, DateTimeOffset> _open = new Dictionary<string, DateTimeOffset>();

    public bool Any => _open.Count > 0;

    /// <summary>Until when a camera is open; null when no emergency opens it now.</summary>
    public DateTimeOffset? Until(string camera, DateTimeOffset now) => _open.TryGetValue(camera, out var until) && now < until ? until : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = signals.Listen(Topic, Read);
        try
        {
            while (true)
            {
                await Read(stoppingToken);
                await Task.Delay(Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task Read(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var datasets = scope.ServiceProvider.GetRequiredService<IDatasets>();
            if (datasets.Find(Table) is not { } table || table.Columns.FirstOrDefault(c => c.Key == "camera") is not { } camera || table.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Time) is not { } until) return;
            var open = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var row in await datasets.Rows(Table, null, cancel))
                if (camera.Of(row)?.ToString() is { } id && until.Of(row) is DateTimeOffset end && !(open.TryGetValue(id, out var other) && other > end)) open[id] = end;
            var before = _open;
            _open = open;
            if (before.Count != open.Count || before.Any(b => !open.TryGetValue(b.Key, out var end) || end != b.Value)) signals.Signal(Releases.Changed);
        }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "The cameras that an emergency has opened could not be read"); }
    }
}

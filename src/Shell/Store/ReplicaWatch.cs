using System.Globalization;

namespace SmartCity.Shell.Store;

/// <summary>Asks the replica every two seconds how far it is behind. While it answers and is close, exports and questions about the past go there, and nobody's beat waits for them.</summary>
internal sealed class ReplicaWatch(CityDatabase database, ILogger<ReplicaWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>What is further behind is not asked. A city that writes every beat is never silent for so long.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.Replica is null) return;
        bool? before = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var why = await Trouble(stoppingToken);
            database.ReplicaIsClose = why is null;
            if (before != database.ReplicaIsClose && !stoppingToken.IsCancellationRequested)
            {
                if (why is null) log.LogInformation("The replica is close: exports and questions about the past go there");
                else log.LogWarning("Exports and questions about the past are asked of the main database: {Reason}", why);
                before = database.ReplicaIsClose;
            }
            await Task.Delay(Every, stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Why the replica cannot be asked; null when it can.</summary>
    public async Task<string?> Trouble(CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.Replica!.OpenConnectionAsync(cancel);
            if (await connection.Ask("SELECT pg_is_in_recovery()", cancel) is false) return "what DatabaseReplica names follows nobody: it is a server of its own";
            var behind = await connection.Ask("SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8", cancel);
            return behind is double seconds && seconds <= Limit.TotalSeconds ? null
                : string.Create(CultureInfo.InvariantCulture, $"the replica has heard nothing for {(behind is double late ? $"{late:0} s" : "as long as it runs")}");
        }
        catch (Exception broken) when (broken is System.Data.Common.DbException or TimeoutException or InvalidOperationException) { return "the replica does not answer: " + broken.Message; }
        catch (OperationCanceledException) { return "the host stops"; }
    }
}

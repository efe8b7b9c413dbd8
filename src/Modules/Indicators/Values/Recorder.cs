using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.Indicators;

/// <summary>Computes the indicators that have a formula and stores the value of the current period, as anyone would see the data.</summary>
/// <param name="every">Between two computations; nothing is computed when it is zero.</param>
internal sealed class Recorder(Book book, IDbContextFactory<IndicatorsDb> dbs, IServiceScopeFactory scopes, ISignals signals, IDuty duty, TimeProvider time, ILogger<Recorder> log, TimeSpan every) : BackgroundService
{
    public const string By = "formula";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (every <= TimeSpan.Zero) return;
        try
        {
            // the sources are asked first
            await Task.Delay(TimeSpan.FromSeconds(20), time, stoppingToken);
            using var timer = new PeriodicTimer(every, time);
            do
            {
                try { if (duty.IsMine) await Record(stoppingToken); }
                catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "The computed indicators could not be stored; the next try is in {Every}", every); }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    /// <summary>Computes and stores every formula once.</summary>
    /// <returns>How many values were new.</returns>
    public async Task<int> Record(CancellationToken cancel)
    {
        var (register, stored) = (await book.Now(cancel), 0);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        foreach (var track in register.Tracks.Where(t => t.Indicator.Formula is not null))
        {
            var indicator = track.Indicator;
            if (await Value(indicator.Formula!, cancel) is not { } computed || computed < indicator.Min || computed > indicator.Max) continue;
            var (value, period) = (indicator.Round(computed), Period.Of(indicator.Cycle, book.Today));
            var was = track.ValueAt(period);
            if (was == value) continue;
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var name = period.ToString();
            // until its period has ended a computed value moves without being a correction
            var last = await db.Versions.OrderByDescending(v => v.Id).FirstOrDefaultAsync(v => v.Indicator == indicator.Key && v.Area == "" && v.Period == name, cancel);
            if (last is { Person: By }) (last.Value, last.At) = (value, now);
            else db.Versions.Add(new() { Indicator = indicator.Key, Period = name, Value = value, Was = was, At = now, Person = By, Why = indicator.Formula!.Length > 300 ? indicator.Formula[..300] : indicator.Formula });
            stored++;
        }
        await db.SaveChangesAsync(cancel);
        if (stored == 0) return 0;
        book.Forget();
        signals.Signal(Ledger.Changed);
        signals.Signal(Ledger.ChangedValues);
        return stored;
    }

    /// <summary>What a formula gives now; null when something it needs has no value, or is not open to everyone.</summary>
    public async Task<double?> Value(string text, CancellationToken cancel) => Formula.Read(text).Formula is not { } formula ? null : await AsAnyone(datasets => formula.Value(datasets, cancel));

    /// <summary>What the catalogue that everyone sees does not have of a formula.</summary>
    public async Task<Wrong?> Check(string text) => Formula.Read(text) is { Formula: { } formula } ? await AsAnyone(datasets => Task.FromResult(formula.Check(datasets))) : Formula.Read(text).Wrong;

    // a public number must not be computed from what only its author may see: the catalogue is asked outside of any request
    private async Task<T> AsAnyone<T>(Func<IDatasets, Task<T>> ask)
    {
        var culture = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        Task<T> asked;
        using (ExecutionContext.SuppressFlow())
            asked = Task.Run(async () =>
            {
                (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = culture;
                await using var scope = scopes.CreateAsyncScope();
                return await ask(scope.ServiceProvider.GetRequiredService<IDatasets>());
            });
        return await asked;
    }
}

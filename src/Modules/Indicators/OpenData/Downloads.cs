using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SmartCity.Indicators;

/// <summary>Counts the files that were given out below <c>/data</c>, by day, dataset and format. It sees the address and the
/// answer's status, never who asked. Counted in memory and added to the table every minute and at the stop.</summary>
internal sealed class Downloads(IDbContextFactory<IndicatorsDb> dbs, Book book, TimeProvider time, ILogger<Downloads> log) : BackgroundService, IStartupFilter
{
    private readonly ConcurrentDictionary<(int Day, string Dataset, string Format), long> _counts = new();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (http, rest) =>
        {
            await rest(http);
            if (HttpMethods.IsGet(http.Request.Method) && http.Response.StatusCode == StatusCodes.Status200OK) Count(http.Request.Path);
        });
        next(app);
    };

    /// <summary>Counts a file that was given out.</summary>
    public void Count(PathString path)
    {
        if (Named(path) is { } file) _counts.AddOrUpdate((DayOf(book.Today), file.Dataset, file.Format), 1, (_, count) => count + 1);
    }

    public static int DayOf(DateOnly day) => day.Year * 10000 + day.Month * 100 + day.Day;

    internal static (string Dataset, string Format)? Named(PathString path)
    {
        // a file's name has an ending of letters and digits; a page below /data has a language before it
        if (path.Value is not { Length: < 200 } text || !text.StartsWith("/data/", StringComparison.Ordinal)) return null;
        var name = text["/data/".Length..];
        var dot = name.LastIndexOf('.');
        return dot > 0 && name.Length - dot is > 1 and <= 9 && name.AsSpan(dot + 1).ToString().All(char.IsAsciiLetterOrDigit) && dot <= 100 ? (name[..dot], name[(dot + 1)..].ToLowerInvariant()) : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try { while (await timer.WaitForNextTickAsync(stoppingToken)) await Save(stoppingToken); }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Save(cancellationToken);
    }

    /// <summary>Adds what was counted to the table; what could not be written is kept for the next time.</summary>
    public async Task Save(CancellationToken cancel)
    {
        var counted = _counts.Keys.Select(k => (Key: k, Count: _counts.TryRemove(k, out var n) ? n : 0)).Where(c => c.Count > 0).ToList();
        if (counted.Count == 0) return;
        try
        {
            await using var db = await dbs.CreateDbContextAsync(cancel);
            // all or none, so that a second try counts nothing twice
            await using var all = await db.Database.BeginTransactionAsync(cancel);
            foreach (var ((day, dataset, format), count) in counted)
            {
                // added in the database, so that two hosts do not overwrite each other
                if (await db.Downloads.Where(d => d.Day == day && d.Dataset == dataset && d.Format == format).ExecuteUpdateAsync(s => s.SetProperty(d => d.Count, d => d.Count + count), cancel) == 0)
                    db.Downloads.Add(new() { Day = day, Dataset = dataset, Format = format, Count = count });
            }
            await db.SaveChangesAsync(cancel);
            await all.CommitAsync(cancel);
        }
        catch (Exception broken) when (broken is DbUpdateException or System.Data.Common.DbException or TimeoutException)
        {
            log.LogWarning(broken, "Counts of downloads wait for the database");
            foreach (var (key, count) in counted) _counts.AddOrUpdate(key, count, (_, more) => more + count);
        }
    }

    /// <summary>20261122 as a day.</summary>
    public static DateOnly Day(int number) => DateOnly.ParseExact(number.ToString(CultureInfo.InvariantCulture), "yyyyMMdd", CultureInfo.InvariantCulture);
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Hosts;
using SmartCity.Shell.Live;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Reports;

/// <summary>Makes reports one after another in the background, keeps them, and asks for those that are due every day.
/// Of several hosts the one whose turn it is does so, wherever they were asked for.</summary>
internal sealed class ReportRuns(IDbContextFactory<ReportsDb> contexts, IDbContextFactory<AccessDb> people, IServiceScopeFactory scopes, IHttpContextAccessor http, Press press, CityPack city,
    Grants grants, Signals signals, Duty duty, IConfiguration settings, TimeProvider time, ILogger<ReportRuns> log) : BackgroundService
{
    /// <summary>Key of the dataset of kept reports, and so the topic of their changes.</summary>
    public const string Topic = "city.kept-reports";
    /// <summary>Reports of one person that may wait or be made at a time, and schedules of one person.</summary>
    public const int MostWaiting = 10, MostSchedules = 20;
    /// <summary>Files of one person that are kept; the oldest go first.</summary>
    public const int MostKept = 100;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);
    private readonly Channel<Guid> _queue = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _stops = new();
    private readonly ConcurrentDictionary<Guid, int> _parts = new();

    /// <summary>Days that a report is kept.</summary>
    public int KeepDays { get; } = int.TryParse(settings["Reports:KeepDays"] ?? "30", NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 3650 ? days
        : throw new CannotStartException("The setting Reports:KeepDays is a whole number of days, from 1 to 3650.");

    /// <summary>Parts that are done of a report in the making.</summary>
    public int PartsOf(Guid run) => _parts.GetValueOrDefault(run);

    /// <summary>Asks for a report.</summary>
    /// <returns>False when this person has too many in the making already.</returns>
    public async Task<bool> Ask(ReportRun run, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Runs.CountAsync(r => r.PersonId == run.PersonId && (r.State == RunState.Waiting || r.State == RunState.Running), cancel) >= MostWaiting) return false;
        (run.Id, run.AskedAt, run.State) = (Guid.CreateVersion7(), Now, RunState.Waiting);
        db.Runs.Add(run);
        await db.SaveChangesAsync(CancellationToken.None);
        _queue.Writer.TryWrite(run.Id);
        signals.Signal(Topic);
        return true;
    }

    /// <summary>Stops a report that waits or is being made.</summary>
    public async Task Cancel(Guid id)
    {
        if (_stops.TryGetValue(id, out var stop)) await stop.CancelAsync();
        // another host may be making it: it hears of this, and stops
        else if (await End(id, RunState.Cancelled, null, [], from: RunState.Waiting) is false && !duty.IsMine) await End(id, RunState.Cancelled, null, []);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => duty.WhileMine(async turn =>
    {
        using var heard = signals.Listen(Topic, _ => LookAround(turn));
        await Task.WhenAll(Schedule(turn), Make(turn));
    }, stoppingToken);

    // what was asked for, or stopped, on another host
    private async Task LookAround(CancellationToken cancel)
    {
        if (duty.IsAlone) return;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var id in await db.Runs.Where(r => r.State == RunState.Waiting).OrderBy(r => r.AskedAt).Select(r => r.Id).ToListAsync(cancel)) _queue.Writer.TryWrite(id);
        foreach (var (id, stop) in _stops)
            if (await db.Runs.AnyAsync(r => r.Id == id && r.State == RunState.Cancelled, cancel)) await stop.CancelAsync();
    }

    private async Task Make(CancellationToken stop)
    {
        try
        {
            await Resume(stop);
            await foreach (var id in _queue.Reader.ReadAllAsync(stop))
                try { await Make(id, stop); }
                catch (Exception broken) when (broken is not OperationCanceledException || !stop.IsCancellationRequested) { log.LogError(broken, "The report run {Run} could not be recorded", id); }
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    /// <summary>After a restart: what was being made then is told as interrupted, what waited is made now.</summary>
    private async Task Resume(CancellationToken cancel)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            foreach (var run in await db.Runs.Where(r => r.State == RunState.Running).ToListAsync(cancel)) (run.State, run.EndedAt) = (RunState.Interrupted, Now);
            await db.SaveChangesAsync(cancel);
            foreach (var id in await db.Runs.Where(r => r.State == RunState.Waiting).OrderBy(r => r.AskedAt).Select(r => r.Id).ToListAsync(cancel)) _queue.Writer.TryWrite(id);
        }
        catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "The reports of before cannot be read"); }
    }

    private async Task Make(Guid id, CancellationToken host)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(host);
        _stops[id] = stop;
        try
        {
            ReportRun? run;
            await using (var db = await contexts.CreateDbContextAsync(host))
            {
                run = await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id && r.State == RunState.Waiting, host);
                if (run is null) return;
                // once, whoever else has it in a row
                if (await db.Runs.Where(r => r.Id == id && r.State == RunState.Waiting).ExecuteUpdateAsync(s => s.SetProperty(r => r.State, RunState.Running), CancellationToken.None) == 0) return;
            }
            signals.Signal(Topic);
            try
            {
                var (file, permissions, problem) = await Print(run, stop.Token);
                await End(id, problem is null ? RunState.Done : RunState.Failed, problem, file, permissions: permissions);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { await End(id, host.IsCancellationRequested ? RunState.Interrupted : RunState.Cancelled, null, []); }
            catch (Exception broken)
            {
                log.LogError(broken, "The report {Report} could not be made", run.Report);
                await End(id, RunState.Failed, "reports.problem.broken", []);
            }
        }
        finally
        {
            _stops.TryRemove(id, out _);
            _parts.TryRemove(id, out _);
        }
    }

    private async Task<(byte[] File, string Permissions, string? Problem)> Print(ReportRun run, CancellationToken cancel)
    {
        // with the rights that the person has now, not with those of when it was asked for
        if (await PrincipalOf(run.PersonId, cancel) is not { } person) return ([], "", "reports.problem.person");
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = LanguageInAddress.Culture(run.Language);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CityDatabase>().Exports();
        http.HttpContext = new DefaultHttpContext { User = person, RequestServices = scope.ServiceProvider };
        var book = scope.ServiceProvider.GetRequiredService<ReportBook>();
        if (book.Find(run.Report) is not { } report || !grants.Of(person).Can(ShellContributions.KeepReports)) return ([], "", "reports.problem.closed");
        if (press.Find(run.Format) is not { } format) return ([], "", "reports.problem.broken");
        var (values, wrong) = book.Read(report, QueryHelpers.ParseQuery(run.Query).Select(q => KeyValuePair.Create(q.Key, q.Value.ToString())));
        if (wrong is not null) return ([], "", "reports.problem.query");
        await using var file = await press.Print(format, book.Head(report, values, $"{run.Host}/{run.Language}/reports/{run.Report}{run.Query}"), book.Parts(report, values, run.Format == "pdf", cancel), done =>
        {
            _parts[run.Id] = done;
            signals.Here(Topic);
        }, cancel);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancel);
        return (bytes, string.Join('\n', grants.Of(person).Permissions.Order(StringComparer.Ordinal)), null);
    }

    private async Task<bool> End(Guid id, RunState state, string? problem, byte[] file, RunState from = RunState.Running, string permissions = "")
    {
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == id && r.State == from, CancellationToken.None) is not { } run) return false;
        (run.State, run.EndedAt, run.Problem, run.Size, run.Permissions) = (state, Now, problem, file.Length, permissions);
        if (file.Length > 0) db.Files.Add(new() { RunId = id, Bytes = file });
        await db.SaveChangesAsync(CancellationToken.None);
        signals.Signal(Topic);
        return true;
    }

    private async Task<ClaimsPrincipal?> PrincipalOf(Guid id, CancellationToken cancel)
    {
        await using var db = await people.CreateDbContextAsync(cancel);
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && !p.Locked, cancel) is not { UserName: { } name }) return null;
        var roles = await (from held in db.UserRoles join role in db.Roles on held.RoleId equals role.Id where held.UserId == id select role.Name!).ToListAsync(cancel);
        return new(new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.NameIdentifier, id.ToString()), .. roles.Select(r => new Claim(ClaimTypes.Role, r))], "report"));
    }

    private async Task Schedule(CancellationToken stop)
    {
        using var beat = new PeriodicTimer(Beat, time);
        try
        {
            for (var well = true; ;)
            {
                try
                {
                    await AskForDue(stop);
                    await Forget(stop);
                    well = true;
                }
                catch (Exception broken) when (broken is not OperationCanceledException)
                {
                    if (well) log.LogWarning(broken, "The schedule of reports cannot be read");
                    well = false;
                }
                if (!await beat.WaitForNextTickAsync(stop)) return;
            }
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    /// <summary>Asks for the reports whose time has come today; after a restart also for those whose time passed meanwhile.</summary>
    internal async Task AskForDue(CancellationToken cancel)
    {
        var local = ((ICity)city).Local(time.GetUtcNow());
        var (today, minute) = (Day(local), (short)local.TimeOfDay.TotalMinutes);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var asked = new List<Guid>();
        foreach (var due in await db.Schedules.Where(s => s.LastDay != today && s.Minute <= minute).ToListAsync(cancel))
        {
            due.LastDay = today;
            var run = new ReportRun { Id = Guid.CreateVersion7(), AskedAt = Now, State = RunState.Waiting, Scheduled = true, Report = due.Report, Query = due.Query, Language = due.Language, Format = due.Format, PersonId = due.PersonId, Person = due.Person, Host = due.Host };
            db.Runs.Add(run);
            asked.Add(run.Id);
        }
        if (asked.Count == 0) return;
        // the day and what was asked for it are stored together: a kill between them asks neither twice nor never
        await db.SaveChangesAsync(CancellationToken.None);
        foreach (var id in asked) _queue.Writer.TryWrite(id);
        signals.Signal(Topic);
    }

    public static string Day(DateTimeOffset local) => local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Removes what is older than it is kept, and what is more than it is kept.</summary>
    internal async Task Forget(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var oldest = time.GetUtcNow().AddDays(-KeepDays).ToUnixTimeMilliseconds();
        var old = await db.Runs.Where(r => r.AskedAt < oldest && r.EndedAt != null).ToListAsync(cancel);
        foreach (var person in await db.Runs.GroupBy(r => r.PersonId).Where(g => g.Count() > MostKept).Select(g => g.Key).ToListAsync(cancel))
            old.AddRange(await db.Runs.Where(r => r.PersonId == person && r.EndedAt != null).OrderByDescending(r => r.AskedAt).Skip(MostKept).ToListAsync(cancel));
        if (old.Count == 0) return;
        db.Runs.RemoveRange(old.DistinctBy(r => r.Id));
        await db.SaveChangesAsync(cancel);
        signals.Signal(Topic);
    }
}

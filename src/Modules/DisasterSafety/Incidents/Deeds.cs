using System.Data;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.DisasterSafety;

/// <summary>Everything that people do about incidents: each deed goes into the audit trail first, then into the tables, then is told.</summary>
internal sealed class Deeds(IDbContextFactory<DisasterDb> dbs, IAudit audit, IAudience audience, ISignals signals, TimeProvider time)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
    private string Who => audience.UserName ?? throw new InvalidOperationException("nobody is signed in");

    /// <summary>Writes an act, unless one of its kind that stands says the same already, or one of its kind may stand only once.</summary>
    /// <returns>False when nothing changed.</returns>
    public async Task<bool> Do(Incident incident, string kind, string value, string text, CancellationToken cancel)
    {
        var keys = incident.Accounts.Select(a => a.Key).ToList();
        bool Stands(Act? last) => last is not null && kind switch { Act.Closure or Act.Merger => true, Act.Escalation or Act.Assignment => last.Value == value, _ => false };
        if (Stands(incident.Last(kind))) return false;
        await audit.Write(Word(kind), incident.Key, value.Length == 0 ? text : $"{value}: {text}");
        try
        {
            await using var db = await dbs.CreateDbContextAsync(cancel);
            await using var one = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancel);
            // somebody else may have done it since the page was read
            if (Stands(await db.Acts.AsNoTracking().Where(a => keys.Contains(a.Incident) && a.Kind == kind && a.UndoneAt == null).OrderByDescending(a => a.Id).FirstOrDefaultAsync(cancel))) return false;
            db.Acts.Add(new() { Incident = incident.Key, Kind = kind, At = Now, Person = Who, Value = value, Text = text });
            await db.SaveChangesAsync(cancel);
            await one.CommitAsync(cancel);
        }
        catch (Exception clash) when (IsClash(clash)) { return false; }
        Tell();
        return true;
    }

    private static string Word(string kind) => kind switch
    {
        Act.Escalation => "disaster-safety.audit.escalation",
        Act.Merger => "disaster-safety.audit.merger",
        Act.Closure => "disaster-safety.audit.closure",
        Act.Assignment => "disaster-safety.audit.assignment",
        _ => "disaster-safety.audit.note",
    };

    private static bool IsClash(Exception? clash) => clash is System.Data.Common.DbException { SqlState: "40001" } || clash is not null && IsClash(clash.InnerException);

    /// <summary>Takes an act back. It stays in the table and the audit trail, with who took it back and when.</summary>
    public async Task<bool> Undo(Incident incident, long act, CancellationToken cancel)
    {
        if (incident.Acts.FirstOrDefault(a => a.Id == act && a.Kind != Act.Note) is not { } found) return false;
        await audit.Write("disaster-safety.audit.undone", incident.Key, $"{found.Kind} {found.Value}".Trim());
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (now, who) = (Now, Who);
        if (await db.Acts.Where(a => a.Id == act && a.UndoneAt == null).ExecuteUpdateAsync(s => s.SetProperty(a => a.UndoneAt, now).SetProperty(a => a.UndoneBy, who), cancel) == 0) return false;
        Tell();
        return true;
    }

    public async Task Order(Incident incident, string to, string what, DateTimeOffset due, CancellationToken cancel)
    {
        await audit.Write("disaster-safety.audit.order", incident.Key, $"{to}: {what}");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        db.Orders.Add(new() { Incident = incident.Key, To = to, What = what, Person = Who, At = Now, Due = due.ToUnixTimeMilliseconds() });
        await db.SaveChangesAsync(cancel);
        TellOrders();
    }

    /// <summary>An order was heard.</summary>
    public Task<bool> Acknowledge(Incident incident, long order, CancellationToken cancel) => Step(incident, order, "disaster-safety.audit.acknowledged", null,
        (orders, now, who) => orders.Where(o => o.AcknowledgedAt == null && o.DoneAt == null && o.WithdrawnAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(o => o.AcknowledgedAt, now).SetProperty(o => o.AcknowledgedBy, who), cancel), cancel);

    /// <summary>An order was carried out. Who carries out has heard.</summary>
    public Task<bool> Complete(Incident incident, long order, string result, CancellationToken cancel) => Step(incident, order, "disaster-safety.audit.completed", result,
        (orders, now, who) => orders.Where(o => o.DoneAt == null && o.WithdrawnAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(o => o.DoneAt, now).SetProperty(o => o.DoneBy, who).SetProperty(o => o.Result, result)
                .SetProperty(o => o.AcknowledgedAt, o => o.AcknowledgedAt ?? now).SetProperty(o => o.AcknowledgedBy, o => o.AcknowledgedBy ?? who), cancel), cancel);

    /// <summary>An order is taken back before it was carried out.</summary>
    public Task<bool> Withdraw(Incident incident, long order, CancellationToken cancel) => Step(incident, order, "disaster-safety.audit.withdrawn", null,
        (orders, now, who) => orders.Where(o => o.DoneAt == null && o.WithdrawnAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(o => o.WithdrawnAt, now).SetProperty(o => o.WithdrawnBy, who), cancel), cancel);

    private async Task<bool> Step(Incident incident, long order, string deed, string? detail, Func<IQueryable<Order>, long, string, Task<int>> write, CancellationToken cancel)
    {
        var keys = incident.Accounts.Select(a => a.Key).ToList();
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Orders.AsNoTracking().FirstOrDefaultAsync(o => o.Id == order && keys.Contains(o.Incident), cancel) is not { } found) return false;
        await audit.Write(deed, incident.Key, detail ?? $"{found.To}: {found.What}");
        if (await write(db.Orders.Where(o => o.Id == order), Now, Who) == 0) return false;
        TellOrders();
        return true;
    }

    /// <summary>Somebody has seen an alarm: every incident of it that waits, or one of them.</summary>
    /// <param name="alarm">As it stands.</param>
    /// <param name="incident">Key of the one; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>False when nothing of it waited.</returns>
    public async Task<bool> Acknowledge(Alarm alarm, string? incident, CancellationToken cancel)
    {
        if (alarm.AcknowledgedBy is not null) return false;
        var calls = alarm.Waiting.Where(c => incident is null || c.Key == incident).ToList();
        if (alarm.Rule != Alarm.Gauge && calls.Count == 0) return false;
        await audit.Write("disaster-safety.audit.alarm", alarm.Rule, incident is null ? $"{alarm.Scope} {alarm.Severity} {alarm.Open}" : $"{alarm.Scope} {calls[0].Severity} {incident}");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (now, who) = (Now, Who);
        if (alarm.Rule == Alarm.Gauge) db.Acknowledgements.Add(new() { Rule = alarm.Rule, Scope = alarm.Scope, Severity = alarm.Severity, At = now, Person = who });
        else db.Acknowledgements.AddRange(calls.Select(c => new Acknowledgement { Rule = Alarm.One, Scope = Call.Name(c.Key), Severity = c.Severity, At = now, Person = who }));
        await db.SaveChangesAsync(cancel);
        signals.Signal(DisasterTables.AlarmsKey);
        return true;
    }

    /// <summary>Opens an incident and cameras to everyone until a stated time.</summary>
    public async Task<bool> Declare(Incident incident, IReadOnlyList<(string Key, string Name)> cameras, string why, DateTimeOffset until, CancellationToken cancel)
    {
        var (keys, now) = (incident.Accounts.Select(a => a.Key).ToList(), Now);
        await audit.Write("disaster-safety.audit.declared", incident.Key, $"{until.UtcDateTime:yyyy-MM-dd HH:mm}Z: {why} ({cameras.Count})");
        try
        {
            await using var db = await dbs.CreateDbContextAsync(cancel);
            await using var one = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancel);
            if (await db.Emergencies.AnyAsync(e => keys.Contains(e.Incident) && e.EndedAt == null && e.Until > now, cancel)) return false;
            db.Emergencies.Add(new() { Incident = incident.Key, Cameras = string.Join('\n', cameras.Select(c => $"{c.Key}\t{c.Name}")), Why = why, Person = Who, At = now, Until = until.ToUnixTimeMilliseconds() });
            await db.SaveChangesAsync(cancel);
            await one.CommitAsync(cancel);
        }
        catch (Exception clash) when (IsClash(clash)) { return false; }
        Tell();
        return true;
    }

    /// <summary>Ends an emergency before its time.</summary>
    public async Task<bool> EndEmergency(Incident incident, CancellationToken cancel)
    {
        var keys = incident.Accounts.Select(a => a.Key).ToList();
        await audit.Write("disaster-safety.audit.ended", incident.Key);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (now, who) = (Now, Who);
        if (await db.Emergencies.Where(e => keys.Contains(e.Incident) && e.EndedAt == null && e.Until > now).ExecuteUpdateAsync(s => s.SetProperty(e => e.EndedAt, now).SetProperty(e => e.EndedBy, who), cancel) == 0) return false;
        Tell();
        return true;
    }

    private void Tell() => signals.Signal(DisasterTables.IncidentsKey);

    private void TellOrders()
    {
        signals.Signal(DisasterTables.OrdersKey);
        Tell();
    }
}

using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators;

/// <summary>A value that is to be stored.</summary>
/// <param name="Area">Code of the area; empty for the whole city.</param>
/// <param name="Was">What stood there when it was shown to the person who stores it.</param>
internal sealed record Change(string Indicator, string Area, Period Period, double? Value, double? Was, string Why);

/// <summary>Everything that is written: each deed goes into the audit trail first, and what was there before is kept.</summary>
internal sealed class Ledger(IDbContextFactory<IndicatorsDb> dbs, Book book, IAudit audit, IAudience audience, ISignals signals, TimeProvider time)
{
    public const string Changed = "indicators.list", ChangedValues = "indicators.values";

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
    private string Who => audience.UserName ?? throw new InvalidOperationException("nobody is signed in");

    /// <summary>Stores a value, or corrects it.</summary>
    /// <returns>False when somebody else changed it since it was shown.</returns>
    public async Task<bool> Store(Change change, CancellationToken cancel)
    {
        book.Forget();
        if ((await book.Now(cancel)).Find(change.Indicator)?.ValueAt(change.Period, change.Area) != change.Was) return false;
        await audit.Write(change.Was is null ? "indicators.audit.entered" : "indicators.audit.corrected", Subject(change), $"{Track.Invariant(change.Was)} -> {Track.Invariant(change.Value)}: {change.Why}");
        var stored = await Together([change], null, cancel);
        Tell();
        return stored.Count == 0;
    }

    /// <summary>Writes values as one, unless one of them is no longer what it was when it was shown.</summary>
    /// <returns>Those that somebody else changed in the moment between; with any, nothing is written.</returns>
    private async Task<IReadOnlyList<Change>> Together(IReadOnlyList<Change> changes, long? import, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        try
        {
            await using var one = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancel);
            var moved = new List<Change>();
            foreach (var change in changes) if (await Current(db, change, cancel) != change.Was) moved.Add(change);
            if (moved.Count == 0)
            {
                db.Versions.AddRange(changes.Select(c => Row(c, import)));
                if (import is not null) (await db.Imports.SingleAsync(i => i.Id == import, cancel)).StoredAt = Now;
                await db.SaveChangesAsync(cancel);
                await one.CommitAsync(cancel);
                return [];
            }
            changes = moved;
        }
        // PostgreSQL lets both begin and one of them fail
        catch (Exception clash) when (IsClash(clash)) { }
        await audit.Write("indicators.audit.overtaken", Subject(changes[0]));
        return changes;
    }

    private static bool IsClash(Exception? clash) => clash is System.Data.Common.DbException { SqlState: "40001" } || clash is not null && IsClash(clash.InnerException);

    private async Task<double?> Current(IndicatorsDb db, Change change, CancellationToken cancel)
    {
        var period = change.Period.ToString();
        var last = await db.Versions.AsNoTracking().Where(v => v.Indicator == change.Indicator && v.Area == change.Area && v.Period == period).OrderByDescending(v => v.Id).FirstOrDefaultAsync(cancel);
        return last is not null ? last.Value : book.Pack.Values.FirstOrDefault(v => v.Indicator == change.Indicator && v.Area == change.Area && v.Period == change.Period)?.Value;
    }

    /// <summary>Keeps what was understood of a file until its sender says yes.</summary>
    public async Task<long> Keep(string file, IReadOnlyList<Change> changes, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var import = new Import { Person = Who, File = file, At = Now, Rows = JsonSerializer.Serialize(changes.Select(c => new Kept(c.Indicator, c.Area, c.Period.ToString(), c.Value, c.Was, c.Why))) };
        db.Imports.Add(import);
        await db.SaveChangesAsync(cancel);
        return import.Id;
    }

    private sealed record Kept(string Indicator, string Area, string Period, double? Value, double? Was, string Why);

    public static IReadOnlyList<Change> RowsOf(Import import) => [.. JsonSerializer.Deserialize<List<Kept>>(import.Rows)!.Select(k => new Change(k.Indicator, k.Area, Period.TryParse(k.Period, out var p) ? p : default, k.Value, k.Was, k.Why))];

    /// <summary>Stores an import, all of it or nothing.</summary>
    /// <returns>The rows that somebody else changed meanwhile: with any, nothing is stored.</returns>
    public async Task<IReadOnlyList<Change>> Confirm(long id, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Imports.SingleOrDefaultAsync(i => i.Id == id && i.StoredAt == null && i.UndoneAt == null, cancel) is not { } import) return [];
        book.Forget();
        var register = await book.Now(cancel);
        var rows = RowsOf(import);
        var moved = rows.Where(r => register.Find(r.Indicator)?.ValueAt(r.Period, r.Area) != r.Was).ToList();
        if (moved.Count > 0) return moved;
        await audit.Write("indicators.audit.imported", import.File, $"{rows.Count} values");
        moved = [.. await Together(rows, id, cancel)];
        Tell();
        return moved;
    }

    /// <summary>Takes an import back: what was there before stands there again, as a new version.</summary>
    /// <returns>The rows that were changed again after the import; they are left as they are.</returns>
    public async Task<IReadOnlyList<Change>> Undo(long id, string why, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Imports.SingleOrDefaultAsync(i => i.Id == id && i.UndoneAt == null, cancel) is not { } import) return [];
        await audit.Write(import.StoredAt is null ? "indicators.audit.discarded" : "indicators.audit.undone", import.File);
        var later = new List<Change>();
        if (import.StoredAt is not null)
            foreach (var version in await db.Versions.AsNoTracking().Where(v => v.Import == id).ToListAsync(cancel))
            {
                var change = new Change(version.Indicator, version.Area, Period.TryParse(version.Period, out var p) ? p : default, version.Was, version.Value, why);
                if (await db.Versions.AnyAsync(v => v.Id > version.Id && v.Indicator == version.Indicator && v.Area == version.Area && v.Period == version.Period, cancel)) later.Add(change);
                else db.Versions.Add(Row(change, id));
            }
        import.UndoneAt = Now;
        await db.SaveChangesAsync(cancel);
        Tell();
        return later;
    }

    public async Task<Dispute> Dispute(string indicator, string area, Period period, double? value, string text, CancellationToken cancel)
    {
        await audit.Write("indicators.audit.disputed", $"{indicator} {area} {period}".Replace("  ", " ", StringComparison.Ordinal), text);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var dispute = new Dispute { Indicator = indicator, Area = area, Period = period.ToString(), Value = value, Text = text, Person = Who, At = Now };
        db.Disputes.Add(dispute);
        await db.SaveChangesAsync(cancel);
        Tell();
        return dispute;
    }

    /// <returns>False when there is no such dispute, or it was answered already.</returns>
    public async Task<bool> Answer(long id, string indicator, string answer, bool agreed, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Disputes.SingleOrDefaultAsync(d => d.Id == id && d.Indicator == indicator && d.AnsweredAt == null, cancel) is not { } dispute) return false;
        await audit.Write("indicators.audit.answered", $"{dispute.Indicator} {dispute.Area} {dispute.Period}".Replace("  ", " ", StringComparison.Ordinal), answer);
        (dispute.Answer, dispute.Agreed, dispute.AnsweredBy, dispute.AnsweredAt) = (answer, agreed, Who, Now);
        await db.SaveChangesAsync(cancel);
        Tell();
        return true;
    }

    /// <summary>Stores a definition made by the form, or a new version of it.</summary>
    public async Task Define(Indicator indicator, string json, CancellationToken cancel)
    {
        await audit.Write("indicators.audit.defined", indicator.Key, indicator.Name.In("en"));
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var row = await db.Definitions.FindAsync([indicator.Key], cancel);
        if (row is null) db.Definitions.Add(row = new() { Key = indicator.Key });
        (row.Json, row.At, row.Person) = (json, Now, Who);
        await db.SaveChangesAsync(cancel);
        Tell();
    }

    private ValueVersion Row(Change change, long? import) => new()
    {
        Indicator = change.Indicator,
        Area = change.Area,
        Period = change.Period.ToString(),
        Value = change.Value,
        Was = change.Was,
        At = Now,
        Person = Who,
        Why = change.Why,
        Import = import,
    };

    private static string Subject(Change change) => $"{change.Indicator} {change.Area} {change.Period}".Replace("  ", " ", StringComparison.Ordinal);

    private void Tell()
    {
        book.Forget();
        signals.Signal(Changed);
        signals.Signal(ChangedValues);
    }
}

using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Files that people bring to a feed: checked whole, then confirmed, and taken back by corrections. Nothing is overwritten.</summary>
internal sealed class Uploads(IDbContextFactory<DeskDb> contexts, FeedLoop loop, CityPack city, Audit audit, IAudience audience, TimeProvider time)
{
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>What a file came to before anything is stored.</summary>
    /// <param name="Table">Its rows.</param>
    /// <param name="Problems">Everything that is wrong; empty when it may be taken.</param>
    /// <param name="Refused">Why it cannot be read at all, or its records not be made.</param>
    internal sealed record Checked(Table Table, Mapped? Mapped, IReadOnlyList<UploadProblem> Problems, int More, FetchOutcome Outcome, string? Refused)
    {
        public bool Good => Refused is null && Problems.Count == 0;
    }

    /// <summary>Reads and checks a file.</summary>
    public Checked Check(FeedPlan plan, string name, byte[] bytes)
    {
        var (read, answer) = Reading(plan, name, bytes);
        var now = time.GetUtcNow();
        if (read is null) return new(Table.Of(FetchOutcome.BadRequest), null, [], 0, FetchOutcome.BadRequest, Path.GetExtension(name));
        var table = TableReader.Read(read, answer, city.Zone, now);
        if (table.Outcome != FetchOutcome.Ok) return new(table, null, [], 0, table.Outcome, table.Detail ?? "");
        var (problems, more) = UploadSchema.Of(plan).Check(table, city);
        if (problems.Count > 0) return new(table, null, problems, more, FetchOutcome.Ok, null);
        var mapped = RowMap.Map(read, city, table, plan.Covers, now);
        return new(table, mapped, [], 0, mapped.Outcome, mapped.Outcome == FetchOutcome.Ok ? null : mapped.Detail ?? "");
    }

    // a file is read as what its name says it is; one that a person made may end without a last line end
    private static (FeedPlan? Plan, Answer Answer) Reading(FeedPlan plan, string name, byte[] bytes)
    {
        var format = Path.GetExtension(name).ToLowerInvariant() switch { ".csv" or ".txt" => "csv", ".json" or ".geojson" => "json", ".xlsx" => "xlsx", ".xml" => "xml", _ => "" };
        if (!Formats.Formats.All.ContainsKey(format)) return (null, Answer.Failed(FetchOutcome.BadRequest, ""));
        if (format == "csv" && bytes is [.., not (byte)'\n' and not (byte)'\r']) bytes = [.. bytes, (byte)'\n'];
        return (plan.Format == format ? plan : plan with { Format = format }, new(FetchOutcome.Ok, bytes));
    }

    public async Task<IReadOnlyList<DeskUpload>> Last(string feed, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Uploads.AsNoTracking().Where(u => u.Feed == feed).OrderByDescending(u => u.At).Take(50)
            .Select(u => new DeskUpload { Id = u.Id, Feed = u.Feed, Name = u.Name, By = u.By, At = u.At, State = u.State, Rows = u.Rows, ChangedBy = u.ChangedBy, ChangedAt = u.ChangedAt }).ToListAsync(cancel);
    }

    /// <summary>Lays a checked file down until it is confirmed; those that nobody confirmed within a day are forgotten.</summary>
    public async Task<Guid> Lay(string feed, string name, byte[] bytes, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var now = time.GetUtcNow();
        var old = (now - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds();
        await db.Uploads.Where(u => u.State == UploadState.Waiting && u.At < old).ExecuteDeleteAsync(cancel);
        var upload = new DeskUpload { Id = Guid.NewGuid(), Feed = feed, Name = NewsReader.Plain(name, 290), By = audience.UserName ?? "", At = now.ToUnixTimeMilliseconds(), Bytes = bytes };
        db.Uploads.Add(upload);
        await db.SaveChangesAsync(cancel);
        return upload.Id;
    }

    /// <summary>Takes a file over. False when it is not there any more or was taken already.</summary>
    public async Task<bool> Confirm(FeedPlan plan, Guid id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Uploads.FirstOrDefaultAsync(u => u.Id == id && u.Feed == plan.Feed.Key && u.State == UploadState.Waiting, cancel) is not { } upload) return false;
        // twice pressed is once stored
        if (await db.Uploads.Where(u => u.Id == id && u.State == UploadState.Waiting).ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Stored), cancel) == 0) return false;
        var (read, answer) = Reading(plan, upload.Name, upload.Bytes);
        var (outcome, detail, rows) = read is null ? (FetchOutcome.BadRequest, null, 0) : await loop.Receive(read, answer);
        if (outcome is not (FetchOutcome.Ok or FetchOutcome.Empty))
        {
            await db.Uploads.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Waiting), CancellationToken.None);
            throw new InvalidOperationException($"A file that was found good was not taken over: {outcome} {detail}");
        }
        await Note(db, id, UploadState.Stored, rows);
        await audit.Write(AuditKinds.FeedUploaded, plan.Feed.Key, $"{upload.Name}: {rows}");
        return true;
    }

    /// <summary>The newest file that is stored; the only one that can be taken back.</summary>
    public static DeskUpload? Retractable(FeedPlan plan, IReadOnlyList<DeskUpload> last) => plan.Feed.Kind == FeedKind.Documents ? null : last.FirstOrDefault(u => u.State == UploadState.Stored);

    /// <summary>Takes the newest file back: what it said is corrected to what the file before said, or to nothing.</summary>
    public async Task<bool> Retract(FeedPlan plan, Guid id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var stored = await db.Uploads.AsNoTracking().Where(u => u.Feed == plan.Feed.Key && u.State == UploadState.Stored).OrderByDescending(u => u.At).Take(2).ToListAsync(cancel);
        if (stored is not [var last, ..] || last.Id != id || plan.Feed.Kind == FeedKind.Documents) return false;
        if (await db.Uploads.Where(u => u.Id == id && u.State == UploadState.Stored).ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Retracted), cancel) == 0) return false;
        var before = stored.Count > 1 && Check(plan, stored[1].Name, stored[1].Bytes) is { Good: true, Mapped: { } good } ? good : new(FetchOutcome.Ok);
        var (read, answer) = Reading(plan, last.Name, last.Bytes);
        if (read is not null) await loop.Receive(read, answer, mapped => Corrected(plan.Feed.Kind, mapped, before, time.GetUtcNow()));
        await Note(db, id, UploadState.Retracted, null);
        await audit.Write(AuditKinds.FeedRetracted, plan.Feed.Key, last.Name);
        return true;
    }

    private static Mapped Corrected(FeedKind kind, Mapped wrong, Mapped before, DateTimeOffset now)
    {
        switch (kind)
        {
            case FeedKind.Things: return wrong with { Things = before.Things };
            case FeedKind.Figures:
                var figures = before.Figures.ToDictionary(f => (f.Indicator, f.Area, f.Period));
                return wrong with { Figures = [.. wrong.Figures.Select(f => figures.GetValueOrDefault((f.Indicator, f.Area, f.Period)) ?? f with { Value = null, Target = null })] };
            case FeedKind.Events:
                var events = before.Events.ToDictionary(e => e.Id, StringComparer.Ordinal);
                var version = now.ToUnixTimeMilliseconds();
                return wrong with { Events = [.. wrong.Events.Select(e => events.TryGetValue(e.Id, out var was) ? was with { Version = version, ReportedAt = now } : e with { Version = version, ReportedAt = now, Status = EventStatus.Cancelled })] };
            default:
                var readings = before.Readings.ToDictionary(r => (r.Thing, r.Property, r.ObservedAt));
                return wrong with { Readings = [.. wrong.Readings.Select(r => readings.TryGetValue((r.Thing, r.Property, r.ObservedAt), out var was) ? was with { FetchedAt = r.FetchedAt } : r with { Value = null, Quality = Quality.Missing })] };
        }
    }

    private async Task Note(DeskDb db, Guid id, UploadState state, int? rows)
    {
        var (by, at) = (audience.UserName, time.GetUtcNow().ToUnixTimeMilliseconds());
        await db.Uploads.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.State, state).SetProperty(u => u.ChangedBy, by).SetProperty(u => u.ChangedAt, (long?)at), CancellationToken.None);
        if (rows is { } count) await db.Uploads.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.Rows, count), CancellationToken.None);
    }
}

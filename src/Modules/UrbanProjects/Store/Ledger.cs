using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects;

/// <summary>Something that is to be written.</summary>
/// <param name="Was">What stood there when it was shown to the person who writes.</param>
internal sealed record Change(string Kind, string Subject, string? Value, string? Was);

/// <summary>Everything that is written: each deed goes into the audit trail first, and what was there before is kept.</summary>
internal sealed class Ledger(IDbContextFactory<UrbanProjectsDb> dbs, Book book, IAudit audit, IAudience audience, ISignals signals, TimeProvider time)
{
    private static readonly string[] Topics = ["urban-projects.list", "urban-projects.milestones", "urban-projects.budgets", "urban-projects.progress", "urban-projects.states", "urban-projects.documents", "urban-projects.changes"];

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
    private string Who => audience.UserName ?? throw new InvalidOperationException("nobody is signed in");

    /// <summary>Writes changes of one project as one.</summary>
    /// <returns>The first that somebody else overtook since it was shown; then nothing is written. Null when all was written.</returns>
    public Task<Change?> Write(string project, IReadOnlyList<Change> changes, string why, CancellationToken cancel) => Together(project, changes, why, null, cancel);

    /// <summary>Takes back an entry and what was stored together with it: what was there before stands there again, by new entries.</summary>
    /// <returns>False when any of it was changed again since, or taken back already, or when what was written since leans on it.</returns>
    public async Task<bool> Undo(string project, long id, string why, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Entries.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.Project == project, cancel) is not { } entry) return false;
        var since = await db.Entries.AsNoTracking().Where(e => e.Project == project && e.Id >= id || e.Project == project && e.At == entry.At).OrderBy(e => e.Id).ToListAsync(cancel);
        var together = since.FindAll(e => e.At == entry.At && e.Person == entry.Person);
        if (since.Exists(e => e.At > entry.At && together.Exists(t => t.Kind == e.Kind && t.Subject == e.Subject))) return false;
        // a milestone that was added goes as a whole
        if (together.Find(e => e is { Kind: Kinds.Milestone, Was: null, Undoes: null } && Kinds.Split(e.Subject).Second == "stands") is { } added) together = [added];
        return await Together(project, [.. together.Select(e => new Change(e.Kind, e.Subject, e.Was, e.Value))], why, id, cancel) is null;
    }

    private async Task<Change?> Together(string project, IReadOnlyList<Change> changes, string why, long? undoes, CancellationToken cancel)
    {
        foreach (var change in changes)
            await audit.Write(undoes is not null ? "urban-projects.audit.undone" : change.Was is null ? "urban-projects.audit.entered" : "urban-projects.audit.corrected", $"{project} {change.Kind} {change.Subject}", $"{change.Was ?? "-"} -> {change.Value ?? "-"}: {why}");
        var stated = (await book.Now(cancel)).Find(project)?.Stated;
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var moved = changes[0];
        try
        {
            await using var one = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancel);
            Change? overtaken = null;
            foreach (var change in changes) if (overtaken is null && await Current(db, project, stated, change, cancel) != change.Was) overtaken = change;
            if (overtaken is null)
            {
                var before = await db.Entries.AsNoTracking().Where(e => e.Project == project).OrderBy(e => e.Id).ToListAsync(cancel);
                // every deed has a moment of its own within its project: by it the entries know what belongs together
                var now = before.Count > 0 ? Math.Max(Now, before.Max(e => e.At) + 1) : Now;
                var written = changes.Select(c => new Entry { Project = project, Kind = c.Kind, Subject = c.Subject, Value = c.Value, Was = c.Was, At = now, Person = Who, Why = why, Undoes = undoes }).ToList();
                // each may be right by itself and both together not
                if (stated is not null && Kinds.IsSound(stated) && !Sound(stated, before, written)) overtaken = changes[0];
                else db.Entries.AddRange(written);
            }
            if (overtaken is null)
            {
                await db.SaveChangesAsync(cancel);
                await one.CommitAsync(cancel);
                Tell();
                return null;
            }
            moved = overtaken;
        }
        // PostgreSQL lets both begin and one of them fail
        catch (Exception clash) when (IsClash(clash)) { }
        await audit.Write("urban-projects.audit.overtaken", $"{project} {moved.Kind} {moved.Subject}");
        book.Forget();
        return moved;
    }

    // one after the other: what would make a circle is not laid, and so must be noticed before it is
    private bool Sound(Project stated, IReadOnlyList<Entry> before, IReadOnlyList<Entry> written)
    {
        var project = book.Lay(stated, before);
        foreach (var entry in written)
        {
            var next = book.Lay(project, [entry]);
            if (entry.Kind is Kinds.Milestone && Kinds.Split(entry.Subject).Second == "after" && Kinds.ValueOf(next, entry.Kind, entry.Subject) != entry.Value) return false;
            project = next;
        }
        return Kinds.IsSound(project);
    }

    private static bool IsClash(Exception? clash) => clash is System.Data.Common.DbException { SqlState: "40001" } || clash is not null && IsClash(clash.InnerException);

    private static async Task<string?> Current(UrbanProjectsDb db, string project, Project? stated, Change change, CancellationToken cancel)
    {
        var last = await db.Entries.AsNoTracking().Where(e => e.Project == project && e.Kind == change.Kind && e.Subject == change.Subject).OrderByDescending(e => e.Id).FirstOrDefaultAsync(cancel);
        return last is not null ? last.Value : stated is null ? null : Kinds.ValueOf(stated, change.Kind, change.Subject);
    }

    /// <summary>Publishes what is written now, of the fields that are open; or takes the project off the public's sight.</summary>
    /// <returns>False when somebody else published at the same moment.</returns>
    public async Task<bool> Publish(string project, IReadOnlySet<Field> open, bool closed, string why, CancellationToken cancel)
    {
        await audit.Write(closed ? "urban-projects.audit.closed" : "urban-projects.audit.published", project, closed ? why : $"{string.Join(", ", open.Order())}: {why}");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return await Add(db, new()
        {
            Project = project,
            UpTo = await db.Entries.Where(e => e.Project == project).MaxAsync(e => (long?)e.Id, cancel) ?? 0,
            PapersUpTo = await db.Papers.Where(p => p.Project == project).MaxAsync(p => (long?)p.Id, cancel) ?? 0,
            Open = string.Join(',', open.Order()),
            Closed = closed,
            Why = why,
        }, cancel);
    }

    /// <summary>Publishes an older edition again, as a new one: what it held and what was open in it. Documents that were withdrawn since stay gone.</summary>
    /// <returns>False when there is no such edition, or somebody else published at the same moment.</returns>
    public async Task<bool> PublishAgain(string project, int number, string why, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        if (await db.Editions.AsNoTracking().SingleOrDefaultAsync(e => e.Project == project && e.Number == number && !e.Closed, cancel) is not { } older) return false;
        await audit.Write("urban-projects.audit.published", project, $"{older.Number.ToString(CultureInfo.InvariantCulture)}: {why}");
        return await Add(db, new() { Project = project, UpTo = older.UpTo, PapersUpTo = older.PapersUpTo, Open = older.Open, Why = why }, cancel);
    }

    private async Task<bool> Add(UrbanProjectsDb db, Edition edition, CancellationToken cancel)
    {
        edition.Number = (await db.Editions.Where(e => e.Project == edition.Project).MaxAsync(e => (int?)e.Number, cancel) ?? 0) + 1;
        (edition.At, edition.Person) = (Now, Who);
        db.Editions.Add(edition);
        try { await db.SaveChangesAsync(cancel); }
        catch (DbUpdateException) { return false; }
        Tell();
        return true;
    }

    /// <summary>Keeps a project that was defined by form; nobody but officials sees it before its head publishes it.</summary>
    /// <returns>False when its key was taken at the same moment.</returns>
    public async Task<bool> Define(Project project, string stated, CancellationToken cancel)
    {
        await audit.Write("urban-projects.audit.defined", project.Key, $"{project.Department.Code}: {project.Name.In("en")}");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        db.Definitions.Add(new() { Key = project.Key, Classification = project.Classification.Key, Stated = stated, At = Now, Person = Who });
        try { await db.SaveChangesAsync(cancel); }
        catch (DbUpdateException) { return false; }
        Tell();
        return true;
    }

    /// <summary>Keys that a new project may not have: also those of projects that were taken back.</summary>
    public async Task<IReadOnlySet<string>> Taken(CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        return (await db.Definitions.Select(d => d.Key).ToListAsync(cancel)).Concat(book.Pack.Projects.Select(p => p.Key)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Takes back a project that was defined by form. What was ever published stays: it can be closed, not undone.</summary>
    public async Task<bool> TakeBack(string project, string why, CancellationToken cancel)
    {
        await audit.Write("urban-projects.audit.takenback", project, why);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (now, who) = (Now, Who);
        var some = await db.Definitions.Where(d => d.Key == project && d.WithdrawnAt == null && !db.Editions.Any(e => e.Project == project)).ExecuteUpdateAsync(s => s.SetProperty(d => d.WithdrawnAt, now).SetProperty(d => d.WithdrawnBy, who), cancel);
        Tell();
        return some > 0;
    }

    /// <summary>Stores a version of a document; the file lies where it belongs already.</summary>
    public async Task<bool> Add(Paper paper, CancellationToken cancel)
    {
        await audit.Write(paper.Version == 1 ? "urban-projects.audit.document" : "urban-projects.audit.version", $"{paper.Project} {paper.Series}", $"{paper.Title}: {paper.Name}, {paper.Bytes.ToString(CultureInfo.InvariantCulture)} bytes, {paper.Sha256}");
        await using var db = await dbs.CreateDbContextAsync(cancel);
        (paper.At, paper.Person) = (Now, Who);
        db.Papers.Add(paper);
        try { await db.SaveChangesAsync(cancel); }
        catch (DbUpdateException) { return false; }
        Tell();
        return true;
    }

    /// <summary>Takes every version of a document out of sight, for everyone and at once. The files are kept.</summary>
    public async Task<bool> Withdraw(string project, string series, string why, CancellationToken cancel)
    {
        await audit.Write("urban-projects.audit.withdrawn", $"{project} {series}", why);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (now, who) = (Now, Who);
        var some = await db.Papers.Where(p => p.Project == project && p.Series == series && p.WithdrawnAt == null).ExecuteUpdateAsync(s => s.SetProperty(p => p.WithdrawnAt, now).SetProperty(p => p.WithdrawnBy, who), cancel);
        Tell();
        return some > 0;
    }

    public async Task<SavedFilter> Save(string name, string query, string view, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var saved = new SavedFilter { Id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6)), Name = name, Query = query, View = view, Person = Who, At = Now };
        db.Filters.Add(saved);
        await db.SaveChangesAsync(cancel);
        return saved;
    }

    /// <summary>Forgets a filter of the person's own.</summary>
    public async Task<bool> Forget(string id, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var who = Who;
        return await db.Filters.Where(f => f.Id == id && f.Person == who).ExecuteDeleteAsync(cancel) > 0;
    }

    private void Tell()
    {
        book.Forget();
        foreach (var topic in Topics) signals.Signal(topic);
    }
}

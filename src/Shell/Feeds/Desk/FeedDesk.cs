using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Something that cannot be done on the desk, in a word of the catalogue, and which field it concerns.</summary>
internal sealed record DeskProblem(string Field, string Word, string? Detail = null);

/// <summary>The life of a feed that was made on the page: draft, approved and live, retired. Every version is kept with who, when and why.</summary>
internal sealed class FeedDesk(IDbContextFactory<DeskDb> contexts, DeskFeeds feeds, CityPack city, Catalogue catalogue, DescriptorCheck check, Audit audit, IAudience audience, ISignals signals, TimeProvider time)
{
    public const int LongestNote = 2000;

    private string Person => audience.UserName ?? "";
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<DeskFeed?> Find(string feed, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Feeds.AsNoTracking().FirstOrDefaultAsync(f => f.Feed == feed, cancel);
    }

    public async Task<IReadOnlyList<DeskVersion>> Versions(string feed, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Versions.AsNoTracking().Where(v => v.Feed == feed).OrderByDescending(v => v.Number).ToListAsync(cancel);
    }

    /// <summary>Every feed of the desk with its newest version.</summary>
    public async Task<IReadOnlyList<(DeskFeed Feed, DeskVersion Newest)>> All(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var all = await db.Feeds.AsNoTracking().OrderBy(f => f.Feed).ToListAsync(cancel);
        var newest = await db.Versions.AsNoTracking().Where(v => !db.Versions.Any(o => o.Feed == v.Feed && o.Number > v.Number)).ToDictionaryAsync(v => v.Feed, cancel);
        return [.. all.Where(f => newest.ContainsKey(f.Feed)).Select(f => (f, newest[f.Feed]))];
    }

    /// <summary>Saves a descriptor as the newest draft of its feed; what is wrong otherwise.</summary>
    public async Task<(DeskVersion? Draft, IReadOnlyList<Problem> Problems)> Save(string yaml, string note, CancellationToken cancel)
    {
        var (plan, problems) = check.Read(yaml);
        if (plan is null) return (null, problems);
        var key = plan.Feed.Key;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var feed = await db.Feeds.FindAsync([key], cancel);
        if (feed is null) db.Feeds.Add(feed = new() { Feed = key });
        var last = await db.Versions.Where(v => v.Feed == key).MaxAsync(v => (int?)v.Number, cancel) ?? 0;
        var draft = new DeskVersion { Feed = key, Number = last + 1, Yaml = yaml, By = Person, At = Now, Note = Cut(note) };
        db.Versions.Add(draft);
        Touch(feed, note);
        await db.SaveChangesAsync(cancel);
        await audit.Write(AuditKinds.FeedDrafted, key, $"version {draft.Number}: {Cut(note)}");
        return (draft, []);
    }

    /// <summary>Makes a version live: a draft, or an older one to which the city returns. Who approves what they drafted themselves says why.</summary>
    public async Task<DeskProblem?> Approve(string key, int number, string note, long revision, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Feeds.FindAsync([key], cancel) is not { } feed || await db.Versions.FindAsync([key, number], cancel) is not { } version) return new("", "desk.problem.gone");
        if (feed.Revision != revision) return new("", "desk.problem.meanwhile");
        if (feeds.InPack(key)) return new("", "desk.problem.inpack");
        if (note.Trim().Length == 0 && (version.By == Person || version.ApprovedAt is not null || feed.Retired)) return new("note", "desk.problem.note");
        var (plan, problems) = check.Read(version.Yaml);
        if (plan is null) return new("", "desk.problem.wrong", string.Join(" ", problems.Select(p => p.What)));
        // what is stored under a name keeps its meaning
        if (await MeaningChanged(db, feed, plan, cancel) is { } changed) return new("", "desk.problem.meaning", changed);
        if (version.ApprovedAt is null) (version.ApprovedBy, version.ApprovedAt, version.ApprovalNote) = (Person, Now, Cut(note));
        (feed.Live, feed.Retired) = (number, false);
        Touch(feed, note);
        await db.SaveChangesAsync(cancel);
        await audit.Write(AuditKinds.FeedApproved, key, $"version {number}: {Cut(note)}");
        await feeds.Refresh(cancel);
        signals.Signal(DeskFeeds.Topic);
        return null;
    }

    /// <summary>Ends a feed. Its history and its versions stay.</summary>
    public async Task<DeskProblem?> Retire(string key, string note, long revision, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Feeds.FindAsync([key], cancel) is not { } feed) return new("", "desk.problem.gone");
        if (feed.Revision != revision) return new("", "desk.problem.meanwhile");
        if (note.Trim().Length == 0) return new("note", "desk.problem.note");
        feed.Retired = true;
        Touch(feed, note);
        await db.SaveChangesAsync(cancel);
        await audit.Write(AuditKinds.FeedRetired, key, Cut(note));
        await feeds.Refresh(cancel);
        signals.Signal(DeskFeeds.Topic);
        return null;
    }

    private async Task<string?> MeaningChanged(DeskDb db, DeskFeed feed, FeedPlan plan, CancellationToken cancel)
    {
        if (catalogue.Declared.OfType<Feed>().Any(f => f.Key == plan.Feed.Key)) return null;
        foreach (var before in await db.Versions.AsNoTracking().Where(v => v.Feed == feed.Feed && v.ApprovedAt != null).ToListAsync(cancel))
        {
            if (check.Read(before.Yaml).Plan is not { } was) continue;
            if (was.Feed.Kind != plan.Feed.Kind) return $"{was.Feed.Kind.ToString().ToLowerInvariant()} ≠ {plan.Feed.Kind.ToString().ToLowerInvariant()}";
            foreach (var property in plan.Feed.Properties)
                if (was.Feed.Properties.FirstOrDefault(p => p.Key == property.Key) is { } other && other.Unit != property.Unit) return $"{property.Key}: {other.Unit} ≠ {property.Unit}";
        }
        return null;
    }

    private void Touch(DeskFeed feed, string note) => (feed.Revision, feed.ChangedAt, feed.ChangedBy, feed.ChangedNote) = (feed.Revision + 1, Now, Person, Cut(note));

    private static string Cut(string note) => note.Trim() is { Length: > LongestNote } longer ? longer[..LongestNote] : note.Trim();

    /// <summary>Begins work on a descriptor, perhaps with an answer to try it on.</summary>
    public async Task<Guid> Begin(string yaml, byte[] sample, string? type, string name, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var old = Now - (long)TimeSpan.FromDays(14).TotalMilliseconds;
        await db.Work.Where(w => w.At < old).ExecuteDeleteAsync(cancel);
        var work = new DeskWork { Id = Guid.NewGuid(), By = Person, At = Now, Yaml = yaml, Sample = sample, SampleType = type is { Length: > 200 } ? null : type, SampleName = NewsReader.Plain(name, 290), FetchedAt = Now };
        db.Work.Add(work);
        await db.SaveChangesAsync(cancel);
        return work.Id;
    }

    public async Task<DeskWork?> Work(Guid id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Work.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, cancel);
    }

    /// <summary>Work that somebody left open, the latest first.</summary>
    public async Task<IReadOnlyList<(Guid Id, string By, long At, string Name)>> OpenWork(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return [.. (await db.Work.OrderByDescending(w => w.At).Take(20).Select(w => new { w.Id, w.By, w.At, w.SampleName }).ToListAsync(cancel)).Select(w => (w.Id, w.By, w.At, w.SampleName))];
    }

    /// <summary>Keeps how far the work is; a sample only when there is another.</summary>
    public async Task Keep(Guid id, string yaml, (byte[] Bytes, string? Type, string Name)? sample, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Work.FindAsync([id], cancel) is not { } work) return;
        (work.Yaml, work.At) = (yaml, Now);
        if (sample is { } s) (work.Sample, work.SampleType, work.SampleName, work.FetchedAt) = (s.Bytes, s.Type, NewsReader.Plain(s.Name, 290), Now);
        await db.SaveChangesAsync(cancel);
    }

    public async Task Discard(Guid id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Work.Where(w => w.Id == id).ExecuteDeleteAsync(cancel);
    }

    /// <summary>The city, for pages.</summary>
    public CityPack City => city;
}

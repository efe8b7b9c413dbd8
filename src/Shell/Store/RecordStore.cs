using System.Data.Common;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>Keeps events in all their versions, things as they were, figures with their corrections, and documents. Each row
/// is valid from its fetch until the next one's, so that any moment can be asked for.</summary>
internal sealed class RecordStore(CityDatabase database)
{
    private static readonly string[] EventColumns = ["Feed", "Id", "FetchedAt", "Version", "Said", "Hash", "Status", "Kind", "ReportedAt", "Expires", "Body"];
    private static readonly string[] FigureColumns = ["Feed", "Indicator", "Area", "Period", "FetchedAt", "Value", "Unit", "Target"];
    private static readonly string[] DocumentColumns = ["Feed", "Id", "Title", "Link", "Published", "Summary", "Language", "Attributes", "FetchedAt"];

    private async Task InOne(string feed, Func<DbConnection, DbTransaction, Task> work, CancellationToken cancel) => await database.Write(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (database.Kind == DatabaseKind.Postgres)
        {
            // one host at a time, so that two never both begin what has to be ended first
            await using var one = Command(connection, transaction, "SELECT pg_advisory_xact_lock(1936553063, hashtext(@feed))", "feed");
            await one.Run(cancel, feed);
        }
        await work(connection, transaction);
        await transaction.CommitAsync(cancel);
    }, cancel);

    /// <summary>Adds versions of events; one that says what the newest known one says is none.</summary>
    public Task AddEvents(string feed, IReadOnlyList<EventVersion> versions, CancellationToken cancel) => versions.Count == 0 ? Task.CompletedTask : InOne(feed, async (connection, transaction) =>
    {
        await using var newest = Command(connection, transaction, $"SELECT {Q("Hash")} FROM {database.T("events")} WHERE {Q("Feed")} = @feed AND {Q("Id")} = @id AND {Q("Until")} IS NULL", "feed", "id");
        await using var end = Command(connection, transaction, $"UPDATE {database.T("events")} SET {Q("Until")} = @until WHERE {Q("Feed")} = @feed AND {Q("Id")} = @id AND {Q("Until")} IS NULL", "until", "feed", "id");
        await using var insert = Command(connection, transaction, Sql.Insert(database.T("events"), EventColumns) + " ON CONFLICT DO NOTHING", EventColumns);
        foreach (var (e, said, hash) in versions)
        {
            newest.Set(feed, e.Id);
            if (await newest.ExecuteScalarAsync(cancel) is long known)
            {
                if (known == hash) continue;
                await end.Run(cancel, e.FetchedAt.Ms(), feed, e.Id);
            }
            await insert.Run(cancel, feed, e.Id, e.FetchedAt.Ms(), e.Version, said, hash, (short)e.Status, e.Kind, e.ReportedAt.Ms(), e.Expires?.Ms(), RecordBodies.Of(e));
        }
    }, cancel);

    private static EventVersion ReadEvent(DbDataReader row) => new(RecordBodies.Event(row.GetString(0), row.GetInt64(2), row.GetString(6), (EventStatus)row.GetInt16(5), row.Instant(7), row.Instant(1), row.Long(8) is { } expires ? At(expires) : null, row.GetString(9)),
        row.GetInt64(3), row.GetInt64(4));

    private string EventQuery(string where) => $"SELECT {List(EventColumns.Skip(1))} FROM {database.T("events")} WHERE {Q("Feed")} = @feed AND {where}";

    /// <summary>The version of each event that was known at an instant, of those that were open then or had ended lately.</summary>
    public async Task<IReadOnlyList<EventVersion>> Events(DbConnection connection, string feed, DateTimeOffset at, TimeSpan lately, CancellationToken cancel)
    {
        var known = $"{Q("FetchedAt")} <= @at AND ({Q("Until")} IS NULL OR {Q("Until")} > @at)";
        (string, object?)[] parameters = [("feed", feed), ("at", at.Ms()), ("since", (at - lately).Ms())];
        var open = await connection.Rows(EventQuery($"{Q("Status")} IN (0, 1) AND {known} AND ({Q("Expires")} IS NULL OR {Q("Expires")} > @since)"), parameters, ReadEvent, cancel);
        open.AddRange(await connection.Rows(EventQuery($"{Q("Status")} > 1 AND {Q("FetchedAt")} > @since AND {known}"), parameters, ReadEvent, cancel));
        return open;
    }

    public async Task<IReadOnlyList<EventVersion>> Events(string feed, DateTimeOffset at, TimeSpan lately, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        return await Events(connection, feed, at, lately, cancel);
    }

    /// <summary>Every version reported within a time and known at an instant, oldest first.</summary>
    public async Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, DateTimeOffset knownAt, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        var versions = await connection.Rows(EventQuery($"{Q("ReportedAt")} >= @from AND {Q("ReportedAt")} < @to AND {Q("FetchedAt")} <= @at ORDER BY {Q("ReportedAt")}, {Q("FetchedAt")}, {Q("Version")}"),
            [("feed", feed), ("from", from.Ms()), ("to", to.Ms()), ("at", knownAt.Ms())], ReadEvent, cancel);
        return versions.ConvertAll(v => v.Event);
    }

    /// <summary>Ends what is known of things and begins what is new.</summary>
    public Task AddThings(string feed, IReadOnlyList<ThingVersion> versions, CancellationToken cancel) => versions.Count == 0 ? Task.CompletedTask : InOne(feed, async (connection, transaction) =>
    {
        await using var newest = Command(connection, transaction, $"SELECT {Q("Body")} FROM {database.T("things")} WHERE {Q("Feed")} = @feed AND {Q("Key")} = @key AND {Q("Until")} IS NULL", "feed", "key");
        await using var end = Command(connection, transaction, $"UPDATE {database.T("things")} SET {Q("Until")} = @until WHERE {Q("Feed")} = @feed AND {Q("Key")} = @key AND {Q("Until")} IS NULL", "until", "feed", "key");
        await using var insert = Command(connection, transaction, Sql.Insert(database.T("things"), "Feed", "Key", "From", "Body") + " ON CONFLICT DO NOTHING", "Feed", "Key", "From", "Body");
        foreach (var (key, thing, from) in versions)
        {
            var body = thing is null ? null : RecordBodies.Of(thing);
            newest.Set(feed, key);
            if (await newest.ExecuteScalarAsync(cancel) as string is { } known)
            {
                if (known == body) continue;
                await end.Run(cancel, from.Ms(), feed, key);
            }
            if (body is not null) await insert.Run(cancel, feed, key, from.Ms(), body);
        }
    }, cancel);

    /// <summary>The things of a feed as they were known at an instant: the versions that began shortly before it, the long ones that
    /// began earlier, and those that still hold; each found by an index of its own.</summary>
    public async Task<IReadOnlyList<Thing>> Things(DbConnection connection, string feed, DateTimeOffset at, CancellationToken cancel) =>
        await connection.Rows(ThingsQuestion, [("feed", feed), ("at", at.Ms()), ("before", at.Ms() - StoredThing.ShortMs)], row => RecordBodies.Thing(row.GetString(0), row.GetString(1)), cancel);

    internal string ThingsQuestion
    {
        get
        {
            var of = $"SELECT {Q("Key")}, {Q("Body")} FROM {database.T("things")} WHERE {Q("Feed")} = @feed AND";
            // the plus keeps the third part away from the index by time, which would lead through the whole past
            return $"{of} {Q("From")} > @before AND {Q("From")} <= @at AND ({Q("Until")} IS NULL OR {Q("Until")} > @at) " +
                $"UNION ALL {of} {StoredThing.Long} AND {Q("Until")} > @at AND {Q("From")} <= @before " +
                $"UNION ALL {of} {StoredThing.Present} AND +{Q("From")} <= @before";
        }
    }

    public async Task<IReadOnlyList<Thing>> Things(string feed, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        return await Things(connection, feed, at, cancel);
    }

    /// <summary>Adds figures that are new or corrected.</summary>
    public Task AddFigures(string feed, IReadOnlyList<Figure> figures, CancellationToken cancel) => figures.Count == 0 ? Task.CompletedTask : InOne(feed, async (connection, transaction) =>
    {
        var of = $"{Q("Feed")} = @feed AND {Q("Indicator")} = @indicator AND {Q("Area")} = @area AND {Q("Period")} = @period AND {Q("Until")} IS NULL";
        await using var newest = Command(connection, transaction, $"SELECT {Q("Value")}, {Q("Unit")}, {Q("Target")} FROM {database.T("figures")} WHERE {of}", "feed", "indicator", "area", "period");
        await using var end = Command(connection, transaction, $"UPDATE {database.T("figures")} SET {Q("Until")} = @until WHERE {of}", "until", "feed", "indicator", "area", "period");
        await using var insert = Command(connection, transaction, Sql.Insert(database.T("figures"), FigureColumns) + " ON CONFLICT DO NOTHING", FigureColumns);
        foreach (var f in figures)
        {
            newest.Set(feed, f.Indicator, f.Area ?? "", f.Period);
            (double?, string, double?)? known = null;
            await using (var row = await newest.ExecuteReaderAsync(cancel))
                if (await row.ReadAsync(cancel)) known = (row.Double(0), row.GetString(1), row.Double(2));
            if (known == (f.Value, f.Unit, f.Target)) continue;
            if (known is not null) await end.Run(cancel, f.FetchedAt.Ms(), feed, f.Indicator, f.Area ?? "", f.Period);
            await insert.Run(cancel, feed, f.Indicator, f.Area ?? "", f.Period, f.FetchedAt.Ms(), f.Value, f.Unit, f.Target);
        }
    }, cancel);

    /// <summary>Every figure of a feed, each period once, as it was known at an instant, oldest period first.</summary>
    public async Task<IReadOnlyList<Figure>> Figures(string feed, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return await connection.Rows($"SELECT {List(FigureColumns.Skip(1))} FROM {database.T("figures")} WHERE {Q("Feed")} = @feed AND {Q("FetchedAt")} <= @at AND ({Q("Until")} IS NULL OR {Q("Until")} > @at) ORDER BY {Q("Period")}, {Q("Indicator")}, {Q("Area")}",
            [("feed", feed), ("at", at.Ms())], row => new Figure(row.GetString(0), row.GetString(1) is { Length: > 0 } area ? area : null, row.GetString(2), row.Double(4), row.GetString(5), row.Double(6), row.Instant(3)), cancel);
    }

    /// <summary>Adds documents that are new or have changed; what was said before is kept beside. The time of publication stays.</summary>
    public Task AddDocuments(string feed, IReadOnlyList<FetchedDocument> documents, CancellationToken cancel) => documents.Count == 0 ? Task.CompletedTask : InOne(feed, async (connection, transaction) =>
    {
        var (now, then) = (database.T("documents"), database.T("document_versions"));
        await using var newest = Command(connection, transaction, $"SELECT {Q("Title")}, {Q("Link")}, {Q("Summary")}, {Q("Language")}, {Q("Attributes")} FROM {now} WHERE {Q("Feed")} = @feed AND {Q("Id")} = @id", "feed", "id");
        await using var keep = Command(connection, transaction, $"INSERT INTO {then} ({List(DocumentColumns)}, {Q("Until")}) SELECT {List(DocumentColumns)}, @until FROM {now} WHERE {Q("Feed")} = @feed AND {Q("Id")} = @id ON CONFLICT DO NOTHING", "until", "feed", "id");
        await using var change = Command(connection, transaction, $"UPDATE {now} SET {Q("Title")} = @title, {Q("Link")} = @link, {Q("Summary")} = @summary, {Q("Language")} = @language, {Q("Attributes")} = @attributes, {Q("FetchedAt")} = @fetched WHERE {Q("Feed")} = @feed AND {Q("Id")} = @id",
            "title", "link", "summary", "language", "attributes", "fetched", "feed", "id");
        await using var insert = Command(connection, transaction, Sql.Insert(now, DocumentColumns), DocumentColumns);
        foreach (var (d, fetchedAt) in documents)
        {
            var attributes = RecordBodies.Of(d.Attributes);
            newest.Set(feed, d.Id);
            (string, string?, string, string?, string)? known = null;
            await using (var row = await newest.ExecuteReaderAsync(cancel))
                if (await row.ReadAsync(cancel)) known = (row.GetString(0), row.Text(1), row.GetString(2), row.Text(3), row.GetString(4));
            if (known == (d.Title, d.Link, d.Summary, d.Language, attributes)) continue;
            if (known is null) await insert.Run(cancel, feed, d.Id, d.Title, d.Link, d.Published.Ms(), d.Summary, d.Language, attributes, fetchedAt.Ms());
            else
            {
                await keep.Run(cancel, fetchedAt.Ms(), feed, d.Id);
                await change.Run(cancel, d.Title, d.Link, d.Summary, d.Language, attributes, fetchedAt.Ms(), feed, d.Id);
            }
        }
    }, cancel);

    /// <summary>The newest documents of a feed as they were known at an instant, newest first.</summary>
    public async Task<IReadOnlyList<Document>> Documents(DbConnection connection, string feed, int count, DateTimeOffset at, CancellationToken cancel)
    {
        // where the time of the fetch was not noted, the time of publication stands for it
        var columns = List(DocumentColumns.Skip(1));
        return await connection.Rows(
            $"SELECT {columns} FROM {database.T("documents")} WHERE {Q("Feed")} = @feed AND {Q("Published")} <= @ahead AND {Q("FetchedAt")} <= @at UNION ALL " +
            $"SELECT {columns} FROM {database.T("document_versions")} WHERE {Q("Feed")} = @feed AND {Q("FetchedAt")} <= @at AND {Q("Until")} > @at ORDER BY {Q("Published")} DESC, {Q("Id")} LIMIT @count",
            [("feed", feed), ("ahead", at.AddDays(1).Ms()), ("at", at.Ms()), ("count", count)],
            row => RecordBodies.Document(row.GetString(0), row.GetString(1), row.Text(2), row.Instant(3), row.GetString(4), row.Text(5), row.GetString(6)), cancel);
    }

    public Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel) => Documents(feed, count, DateTimeOffset.MaxValue.AddDays(-2), cancel);

    public async Task<IReadOnlyList<Document>> Documents(string feed, int count, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenToRead(cancel);
        return await Documents(connection, feed, count, at, cancel);
    }
}

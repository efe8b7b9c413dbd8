using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

/// <summary>Events, things, figures, documents, days and raw answers: nothing that was known is overwritten.</summary>
public sealed class RecordTests
{
    private const string Feed = "test.feed";
    private static readonly DateTimeOffset Noon = new(2026, 7, 20, 3, 0, 0, TimeSpan.Zero);

    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static Event Fire(string id = "1", long version = 0, string title = "Fire", EventStatus status = EventStatus.Active, DateTimeOffset? reported = null) =>
        new(id, version, "fire", status, Text.Of(title, title), reported ?? Noon.AddMinutes(-5), Noon);

    private static string Told(IEnumerable<EventVersion> versions) => string.Join("; ", versions.Select(v => $"{v.Event.Id} v{v.Event.Version} {v.Event.Status}"));

    [Fact]
    public void An_event_said_again_is_no_new_version_a_change_is_one_and_silence_ends_it()
    {
        var memory = new EventMemory();
        Assert.Equal("1 v1 Active", Told(memory.Take([Fire()], true, Noon)));
        Assert.Equal("", Told(memory.Take([Fire()], true, Noon.AddMinutes(1))));
        Assert.Equal("1 v2 Updated", Told(memory.Take([Fire(title: "Bigger")], true, Noon.AddMinutes(2))));
        Assert.Equal("1 v3 Ended", Told(memory.Take([], true, Noon.AddMinutes(3))));
        Assert.Equal("", Told(memory.Take([], true, Noon.AddMinutes(4))));
        // back again as it was
        Assert.Equal("1 v4 Active", Told(memory.Take([Fire(title: "Bigger")], true, Noon.AddMinutes(5))));
        // a source that only tells what is new ends nothing by silence
        Assert.Equal("", Told(memory.Take([], false, Noon.AddMinutes(6))));
        Assert.Equal(4, Assert.Single(memory.Shown).Version);
    }

    [Fact]
    public void A_lower_number_is_old_and_the_end_by_silence_does_not_use_up_the_sources_numbers()
    {
        var memory = new EventMemory();
        Assert.Equal("1 v7 Active", Told(memory.Take([Fire(version: 7)], true, Noon)));
        Assert.Equal("", Told(memory.Take([Fire(version: 6, title: "Old")], true, Noon.AddMinutes(1))));
        Assert.Equal("1 v8 Ended", Told(memory.Take([], true, Noon.AddMinutes(2))));
        Assert.Equal("1 v9 Active", Told(memory.Take([Fire(version: 7)], true, Noon.AddMinutes(3))));
        Assert.Equal("1 v10 Updated", Told(memory.Take([Fire(version: 8, title: "New")], true, Noon.AddMinutes(4))));
    }

    [Fact]
    public void Ten_thousand_updates_of_one_alert_are_one_and_the_cancel_of_an_unknown_one_is_kept_for_a_day()
    {
        var memory = new EventMemory();
        var random = new Random(1);
        var storm = Enumerable.Range(1, 10_000).Select(n => Fire(version: n, title: $"Update {n}")).OrderBy(_ => random.Next()).ToList();
        Assert.Equal("1 v10000 Active", Told(memory.Take(storm, false, Noon)));
        Assert.Equal("2 v1 Cancelled", Told(memory.Take([Fire("2", status: EventStatus.Cancelled)], false, Noon)));
        Assert.Equal(2, memory.Shown.Count);
        memory.Take([], false, Noon.AddHours(25));
        Assert.Equal("1", Assert.Single(memory.Shown).Id);
    }

    [Fact]
    public void Memory_holds_so_many_open_events_and_says_how_many_it_left_out()
    {
        var memory = new EventMemory();
        var many = Enumerable.Range(0, EventMemory.MostOpen + 10).Select(n => Fire($"{n:00000}", reported: Noon.AddSeconds(n))).ToList();
        Assert.Equal(EventMemory.MostOpen, memory.Take(many, true, Noon.AddDays(1)).Count);
        Assert.Equal((EventMemory.MostOpen, 10), (memory.Shown.Count, memory.LeftOut));
        // the latest report first, and the same ones stay
        Assert.Equal($"{EventMemory.MostOpen + 9:00000}", memory.Shown[0].Id);
        Assert.Empty(memory.Take(many, true, Noon.AddDays(1)));
        // those that are over make room
        Assert.Equal(10 + 20, memory.Take([.. many.SkipLast(20)], true, Noon.AddDays(1)).Count);
        Assert.Equal(0, memory.LeftOut);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_version_of_an_event_is_kept_and_any_moment_can_be_asked_for(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var memory = new EventMemory();
        var first = Fire(version: 3) with { Areas = ["11010", "11020"], Shape = new(ShapeKind.Area, [[new(37, 127), new(37.1, 127), new(37, 127.1), new(37, 127)]]), Severity = Severity.Severe, Onset = Noon, Expires = Noon.AddHours(9), Link = "https://city.example/1", Attributes = new Dictionary<string, string> { ["b"] = "2", ["a"] = "\"1\"" } };
        foreach (var (events, minute) in new (Event[], int)[] { ([first, Fire("2")], 0), ([first with { Title = Text.Of("큰 불", "Big fire"), Version = 4 }, Fire("2")], 10), ([Fire("2")], 20) })
            await database.Store.Records.AddEvents(Feed, memory.Take(events, true, Noon.AddMinutes(minute)), TestDatabase.Cancel);
        async Task<string> At(double minute) => Told((await database.Store.Records.Events(Feed, Noon.AddMinutes(minute), TimeSpan.FromHours(1), TestDatabase.Cancel)).OrderBy(v => v.Event.Id, StringComparer.Ordinal));
        Assert.Equal("", await At(-1));
        Assert.Equal("1 v3 Active; 2 v1 Active", await At(0));
        Assert.Equal("1 v4 Updated; 2 v1 Active", await At(15));
        Assert.Equal("1 v5 Ended; 2 v1 Active", await At(30));
        Assert.Equal("2 v1 Active", await At(90));
        var log = await database.Store.Records.EventLog(Feed, Noon.AddHours(-1), Noon.AddHours(1), Noon.AddDays(1), TestDatabase.Cancel);
        Assert.Equal(["1 v3", "2 v1", "1 v4", "1 v5"], log.OrderBy(e => e.FetchedAt).ThenBy(e => e.Id).Select(e => $"{e.Id} v{e.Version}"));
        var kept = log.First(e => e is { Id: "1", Version: 3 });
        Assert.Equal((first.Title, first.Severity, first.Onset, first.Expires, first.Link, first.Shape!.Centre, "11010,11020", "\"1\"2"), (kept.Title, kept.Severity, kept.Onset, kept.Expires, kept.Link, kept.Shape!.Centre, string.Join(',', kept.Areas), kept.Attributes["a"] + kept.Attributes["b"]));
        // a host that starts anew and is told the same stores nothing twice, and goes on counting
        var again = new EventMemory();
        again.Recall(await database.Store.Records.Events(Feed, Noon.AddMinutes(30), EventMemory.Lately, TestDatabase.Cancel), Noon.AddMinutes(30));
        Assert.Empty(again.Take([Fire("2")], true, Noon.AddMinutes(31)));
        await database.Store.Records.AddEvents(Feed, new EventMemory().Take([Fire("2")], true, Noon.AddMinutes(32)), TestDatabase.Cancel);
        Assert.Equal(4, await database.Count(database.Database.T("events")));
        Assert.Equal("2 v2 Updated", Told(again.Take([Fire("2", title: "Changed")], true, Noon.AddMinutes(33))));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Things_figures_and_documents_are_known_as_they_were(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var records = database.Store.Records;
        var shelter = new Thing("s", Text.Of("대피소", "Shelter"), "11010", new(37.5, 127)) { Kind = "shelter", Attributes = new Dictionary<string, string> { ["beds"] = "20" } };
        await records.AddThings(Feed, [new("s", shelter, Noon)], TestDatabase.Cancel);
        await records.AddThings(Feed, [new("s", shelter with { Attributes = new Dictionary<string, string> { ["beds"] = "30" } }, Noon.AddDays(1))], TestDatabase.Cancel);
        await records.AddThings(Feed, [new("s", null, Noon.AddDays(2))], TestDatabase.Cancel);
        async Task<string> Beds(double day) => string.Join(',', (await records.Things(Feed, Noon.AddDays(day), TestDatabase.Cancel)).Select(t => $"{t.Kind} {t.Attributes["beds"]} {t.Name.In("en")}"));
        Assert.Equal(("", "shelter 20 Shelter", "shelter 30 Shelter", ""), (await Beds(-1), await Beds(0.5), await Beds(1.5), await Beds(2)));

        await records.AddFigures(Feed, [new("green", null, "2025", 12, "m2", 15, Noon), new("green", "11010", "2025", null, "m2", null, Noon)], TestDatabase.Cancel);
        await records.AddFigures(Feed, [new("green", null, "2025", 13, "m2", 15, Noon.AddDays(1)), new("green", "11010", "2025", null, "m2", null, Noon.AddDays(1))], TestDatabase.Cancel);
        async Task<string> Figures(double day) => string.Join(',', (await records.Figures(Feed, Noon.AddDays(day), TestDatabase.Cancel)).Select(f => $"{f.Area}:{f.Value}"));
        Assert.Equal((":12,11010:", ":13,11010:"), (await Figures(0.5), await Figures(1)));
        Assert.Equal(3, await database.Count(database.Database.T("figures")));

        var document = new Document("d", "Old", null, Noon, "s", "ko") { Attributes = new Dictionary<string, string> { ["owner"] = "시" } };
        await records.AddDocuments(Feed, [new(document, Noon)], TestDatabase.Cancel);
        await records.AddDocuments(Feed, [new(document with { Title = "New" }, Noon.AddDays(1))], TestDatabase.Cancel);
        async Task<string> Titles(double day)
        {
            await using var connection = await database.Database.Open(TestDatabase.Cancel);
            return string.Join(',', (await records.Documents(connection, Feed, 10, Noon.AddDays(day), TestDatabase.Cancel)).Select(d => d.Title + d.Attributes["owner"]));
        }
        Assert.Equal(("", "Old시", "New시"), (await Titles(-1), await Titles(0.5), await Titles(2)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Things_of_any_instant_are_found_however_long_their_versions_held(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var records = database.Store.Records;
        var random = new Random(4711);
        // what moves every minute, what changes now and then, what never does, and what comes and goes
        var versions = new List<(string Key, Thing? Thing, DateTimeOffset From)>();
        foreach (var (key, longest) in Enumerable.Range(0, 24).Select(i => ($"t{i:00}", new[] { 1.0, 12, 60 * 30, 60 * 24 * 9 }[i % 4])))
            for (var (at, count) = (Noon.AddMinutes(random.NextDouble() * longest), 0); at < Noon.AddDays(3) && count < 40; at = at.AddMinutes(1 + random.NextDouble() * longest), count++)
                versions.Add((key, random.Next(6) == 0 ? null : new Thing(key, Text.Same($"{key} {count}"), null, null), at));
        foreach (var one in versions.OrderBy(v => v.From)) await records.AddThings(Feed, [new(one.Key, one.Thing, one.From)], TestDatabase.Cancel);
        var instants = versions.SelectMany(v => new[] { v.From, v.From.AddMilliseconds(-1), v.From.AddMilliseconds(StoredThing.ShortMs), v.From.AddMilliseconds(StoredThing.ShortMs + 1) })
            .OrderBy(_ => random.Next()).Take(250).Append(Noon.AddDays(-1)).Append(Noon.AddDays(30));
        foreach (var at in instants)
        {
            var expected = versions.Where(v => v.From <= at).GroupBy(v => v.Key).Select(g => g.MaxBy(v => v.From).Thing).OfType<Thing>().Select(t => t.Name.In("en")).Order(StringComparer.Ordinal);
            Assert.Equal(expected, (await records.Things(Feed, at, TestDatabase.Cancel)).Select(t => t.Name.In("en")).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Things_of_an_instant_are_found_by_indexes_that_do_not_grow_with_the_past()
    {
        await using var database = await TestDatabase.Migrated(Db.Sqlite);
        await using var connection = await database.Database.Open(TestDatabase.Cancel);
        var plan = string.Join('\n', await connection.Rows("EXPLAIN QUERY PLAN " + database.Store.Records.ThingsQuestion, [("feed", Feed), ("at", 1L), ("before", 1L)], row => row.GetString(3), TestDatabase.Cancel));
        Assert.All(["IX_feeds_things_from (Feed=? AND From>? AND From<?)", "IX_feeds_things_long (Feed=? AND Until>?)", "IX_feeds_things_now (Feed=?)"], index => Assert.Contains(index, plan, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Days_follow_their_hours_from_midnight_to_midnight_of_the_city(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        // 15:00 UTC is midnight there
        var midnight = new DateTimeOffset(2026, 7, 20, 15, 0, 0, TimeSpan.Zero);
        Reading Value(double hour, double? value, double fetched = 0) => new("a", "p", midnight.AddHours(hour), midnight.AddHours(hour), midnight.AddHours(100 + fetched), value, Quality.Good);
        async Task<string> Days() => string.Join("; ", (await database.Store.Sums(Step.Day, Feed, "p", null, midnight.AddDays(-9), midnight.AddDays(9), TestDatabase.Cancel)).OrderBy(d => d.At).Select(d => $"{Sql.At(d.At):dd HH} {d.Count}x {d.Sum}"));
        await database.Store.Add(Feed, [Value(-1, 1), Value(0, 2), Value(23.9, 3), Value(24, 4)], TestDatabase.Cancel);
        Assert.Equal("19 15 1x 1; 20 15 2x 5; 21 15 1x 4", await Days());
        await database.Store.Add(Feed, [Value(0, 20, 1), Value(24, null, 1)], TestDatabase.Cancel);
        Assert.Equal("19 15 1x 1; 20 15 2x 23", await Days());
        // hours of a version that had no days
        await database.Ask($"DELETE FROM {database.Database.T("days")}");
        await database.Store.FillDays(TestDatabase.Cancel);
        Assert.Equal("19 15 1x 1; 20 15 2x 23", await Days());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Many_values_at_once_are_the_same_as_one_by_one_also_where_another_has_written(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await using var other = database.Again();
        var readings = Enumerable.Range(0, 3_000).Select(n => new Reading($"t{n % 7}", "p", Noon.AddSeconds(n), Noon.AddSeconds(n), Noon.AddDays(1), n % 11 == 0 ? null : n, Quality.Good)).ToList();
        await database.Store.Add(Feed, readings[..1], TestDatabase.Cancel);
        // behind the first one's back: its copy will meet rows that are there
        await other.Store.Add(Feed, readings[500..1500], TestDatabase.Cancel);
        await database.Store.Add(Feed, readings, TestDatabase.Cancel);
        Assert.Equal(3_000, await database.Count(database.Database.T("observations")));
        var hours = await database.Store.Hours(Feed, "p", null, Noon, Noon.AddHours(1), TestDatabase.Cancel);
        Assert.Equal((readings.Count(r => r.Value is not null), readings.Sum(r => r.Value ?? 0)), (hours.Sum(h => h.Count), hours.Sum(h => h.Sum)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Raw_answers_are_kept_once_and_fetches_that_came_to_the_same_are_one_row(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var answers = database.Services.GetRequiredService<AnswerLog>();
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"공기\": 11},", 500)));
        void Put(string feed, double minute, FetchOutcome outcome, byte[] bytes) => answers.Put(new(feed, Noon.AddMinutes(minute), outcome, outcome == FetchOutcome.Ok ? null : "why", 25, TimeSpan.FromMilliseconds(12), "application/json", bytes, TimeSpan.FromDays(7)));
        for (var minute = 0; minute < 100; minute++) Put(Feed, minute, FetchOutcome.Ok, body);
        Put("test.twin", 50, FetchOutcome.Ok, body);
        await answers.Flush(TestDatabase.Cancel);
        for (var minute = 100; minute < 110; minute++) Put(Feed, minute, FetchOutcome.Ok, body);
        Put(Feed, 110, FetchOutcome.Ok, [.. body, 32]);
        Put(Feed, 111, FetchOutcome.UpstreamDown, []);
        await answers.Flush(TestDatabase.Cancel);
        string T(string table) => database.Database.T(table);
        Assert.Equal((4, 3, 2), (await database.Count(T("answers")), await database.Count(T("fetches")), await database.Count(T("raw"))));
        var last = await answers.Last(Feed, 10, TestDatabase.Cancel);
        Assert.Equal([(FetchOutcome.UpstreamDown, 1, 0), (FetchOutcome.Ok, 1, body.Length + 1), (FetchOutcome.Ok, 110, body.Length)], last.Select(a => (a.Outcome, a.Count, a.Size)));
        // from a record to its answer, by feed and time of the fetch
        var origin = (await answers.At(Feed, Noon.AddMinutes(42), TestDatabase.Cancel))!;
        Assert.Equal(body, await answers.Body(origin.Hash, TestDatabase.Cancel));
        Assert.True(Convert.ToInt64(await database.Ask($"SELECT sum(length(\"Bytes\")) FROM {T("raw")}"), System.Globalization.CultureInfo.InvariantCulture) < body.Length / 10);

        // seven days after the first answer its content is still that of a later one
        await answers.Prune([new(Feed, TimeSpan.FromDays(7)), new("test.twin", TimeSpan.FromDays(7))], Noon.AddDays(7).AddMinutes(60), Noon, TestDatabase.Cancel);
        Assert.Equal((3, 3, 2), (await database.Count(T("answers")), await database.Count(T("fetches")), await database.Count(T("raw"))));
        await answers.Prune([new(Feed, TimeSpan.FromDays(7))], Noon.AddDays(8), Noon.AddDays(1), TestDatabase.Cancel);
        Assert.Equal((0, 0, 0), (await database.Count(T("answers")), await database.Count(T("fetches")), await database.Count(T("raw"))));
    }

    [Fact]
    public async Task Answers_that_cannot_be_kept_wait_within_bounds_and_cost_no_beat()
    {
        await using var database = await TestDatabase.Empty(Db.Sqlite);
        var answers = database.Services.GetRequiredService<AnswerLog>();
        for (var n = 0; n < AnswerLog.MostWaiting + 3; n++) answers.Put(new(Feed, Noon.AddSeconds(n), FetchOutcome.Ok, null, 1, default, null, [1, 2, (byte)n], TimeSpan.FromDays(1)));
        Assert.Equal((AnswerLog.MostWaiting, 3), (answers.Waiting, answers.GivenUp));
        // there are no tables yet: nothing is lost by trying
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => answers.Flush(TestDatabase.Cancel));
        Assert.Equal(AnswerLog.MostWaiting, answers.Waiting);
        await database.Migrator.Apply(TestDatabase.Cancel);
        await answers.Flush(TestDatabase.Cancel);
        Assert.Equal(0, answers.Waiting);
        Assert.Equal(AnswerLog.MostWaiting, (await answers.Last(Feed, 10_000, TestDatabase.Cancel)).Sum(a => a.Count));
        answers.Put(new(Feed, Noon, FetchOutcome.Ok, null, 1, default, null, new byte[AnswerLog.MostBytes + 1], default));
        Assert.Equal((0, 4), (answers.Waiting, answers.GivenUp));
    }
}

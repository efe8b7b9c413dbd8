using System.Globalization;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

/// <summary>The same questions to both databases, and the same answers.</summary>
public sealed class ReadingStoreTests
{
    private const string Feed = "test.feed";
    private static readonly DateTimeOffset Noon = new(2026, 7, 20, 3, 0, 0, TimeSpan.Zero);

    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static Reading Value(double minute, double? value, string thing = "a", double fetched = 100, string property = "pm10", Quality? quality = null) =>
        new(thing, property, Noon.AddMinutes(minute), Noon.AddMinutes(minute + 1), Noon.AddMinutes(fetched), value, quality ?? (value is null ? Quality.Missing : Quality.Good));

    private static async Task<string> Hours(ReadingStore store, string? thing = null) => string.Join("; ", (await store.Hours(Feed, "pm10", thing, Noon.AddDays(-30), Noon.AddDays(30), TestDatabase.Cancel))
        .OrderBy(h => h.At).ThenBy(h => h.Thing, StringComparer.Ordinal)
        .Select(h => string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(h.At):HH} {h.Thing} {h.Count}x {h.Sum:0.###} {h.Min:0.###}..{h.Max:0.###}")));

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_stored_is_read_back_whole(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        Reading[] readings = [Value(0, 12.5), Value(0, null, "b", quality: Quality.Maintenance), Value(1, -0.1), Value(1, 1e-300, "c 구"), Value(2, double.MaxValue), Value(2, 5, property: "o3")];
        await database.Store.Add(Feed, readings, TestDatabase.Cancel);
        await database.Store.Add("another.feed", [Value(3, 99)], TestDatabase.Cancel);
        Assert.Equal(readings.Where(r => r.Property == "pm10").OrderBy(r => (r.ObservedAt, r.Thing)), (await database.Store.Since(Feed, "pm10", Noon, TestDatabase.Cancel)).OrderBy(r => (r.ObservedAt, r.Thing)));
        Assert.Equal(6, (await database.Store.Since(Feed, null, Noon, TestDatabase.Cancel)).Count);
        Assert.Equal(3, (await database.Store.Since(Feed, null, Noon.AddMinutes(1.5), TestDatabase.Cancel)).Count + 1);
        Assert.Equal([double.MaxValue, 5, 1e-300, null], (await database.Store.Newest(Feed, Noon, TestDatabase.Cancel)).OrderByDescending(r => r.Value).Select(r => r.Value));
        Assert.Empty(await database.Store.Since("no.feed", null, Noon, TestDatabase.Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_correction_is_a_further_row_and_the_answer(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await database.Store.Add(Feed, [Value(0, 10), Value(1, 20)], TestDatabase.Cancel);
        await database.Store.Add(Feed, [Value(0, 30, fetched: 101)], TestDatabase.Cancel);
        Assert.Equal([30, 20], (await database.Store.Since(Feed, "pm10", Noon, TestDatabase.Cancel)).Select(r => r.Value));
        Assert.Equal("03 a 2x 50 20..30", await Hours(database.Store));
        var table = kind == Db.Postgres ? "feeds.observations" : "feeds_observations";
        Assert.Equal(3, await database.Count(table));
        // and the first word is still there
        Assert.Equal(10d, await database.Ask($"SELECT \"Value\" FROM {table} ORDER BY \"ObservedAt\", \"FetchedAt\" LIMIT 1"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_value_that_is_taken_back_leaves_its_hour(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await database.Store.Add(Feed, [Value(0, 10), Value(1, 20), Value(60, 7)], TestDatabase.Cancel);
        await database.Store.Add(Feed, [Value(1, null, fetched: 101), Value(60, null, fetched: 101)], TestDatabase.Cancel);
        Assert.Equal("03 a 1x 10 10..10", await Hours(database.Store));
        // and after a start, when the hour is read anew
        await using var again = database.Again();
        await again.Store.Add(Feed, [Value(2, 30)], TestDatabase.Cancel);
        Assert.Equal("03 a 2x 40 10..30", await Hours(database.Store));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Hours_are_exact_whatever_comes_in_whichever_order(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var random = new Random(20170520);
        var truth = new Dictionary<(string Thing, int Minute), double?>();
        TestDatabase? other = null;
        for (var batch = 0; batch < 30; batch++)
        {
            var readings = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Value(random.Next(0, 300), random.Next(6) == 0 ? null : random.Next(0, 1000) / 4d, "abc"[random.Next(3)].ToString(), 400 + batch))
                .DistinctBy(r => (r.Thing, r.ObservedAt)).ToList();
            foreach (var reading in readings) truth[(reading.Thing, (int)(reading.ObservedAt - Noon).TotalMinutes)] = reading.Value;
            // every now and then by a host that has just started and knows nothing
            if (batch % 10 == 9) other = database.Again();
            await (other ?? database).Store.Add(Feed, readings, TestDatabase.Cancel);
            if (other is null) continue;
            await other.DisposeAsync();
            other = null;
            // the first host's memory is behind now; a new one takes over
            await database.Store.Forget(TestDatabase.Cancel);
        }
        var expected = truth.Where(t => t.Value is not null).GroupBy(t => (Hour: t.Key.Minute / 60, t.Key.Thing)).OrderBy(g => g.Key.Hour).ThenBy(g => g.Key.Thing, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{3 + g.Key.Hour:00} {g.Key.Thing} {g.Count()}x {g.Sum(v => v.Value):0.###} {g.Min(v => v.Value):0.###}..{g.Max(v => v.Value):0.###}"));
        Assert.Equal(string.Join("; ", expected), await Hours(database.Store));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_hour_that_is_being_filled_costs_memory_for_its_latest_values_only(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        for (var minute = 0; minute < 40; minute++) await database.Store.Add(Feed, [Value(minute, minute), Value(minute, 2, "b")], TestDatabase.Cancel);
        Assert.InRange(database.Store.Held, 2, 2 * 2 * OpenHour.Kept);
        Assert.Equal("03 a 40x 780 0..39; 03 b 40x 80 2..2", await Hours(database.Store));
        // the newest is corrected, a value from before what is held is said again, another is corrected, a third comes late
        await database.Store.Add(Feed, [Value(39, 100, fetched: 101), Value(3, 3, fetched: 101), Value(0, 7, fetched: 101), Value(4.5, -1, fetched: 101)], TestDatabase.Cancel);
        Assert.Equal("03 a 41x 847 -1..100; 03 b 40x 80 2..2", await Hours(database.Store));
        Assert.Equal(83, await database.Count(kind == Db.Postgres ? "feeds.observations" : "feeds_observations"));
        // one that looks back again is not read again, and others stay small
        for (var minute = 40; minute < 59; minute++) await database.Store.Add(Feed, [Value(minute, 1, fetched: 102), Value(3, 3, fetched: 102)], TestDatabase.Cancel);
        Assert.Equal("03 a 60x 866 -1..100; 03 b 40x 80 2..2", await Hours(database.Store));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_foretold_does_not_push_out_the_hours_that_are_being_filled(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await database.Store.Add("another.feed", [Value(0, 1, fetched: 1)], TestDatabase.Cancel);
        await database.Store.Add(Feed, [Value(60 * 48, 10, fetched: 1)], TestDatabase.Cancel);
        Assert.Equal(2, database.Store.Held);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Deleting_single_values_leaves_their_hours_also_when_a_late_one_comes(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await database.Store.Add(Feed, [Value(0, 10), Value(30, 20), Value(90, 30)], TestDatabase.Cancel);
        await database.Ask($"DELETE FROM {database.Database.T("observations")} WHERE \"ObservedAt\" < {Noon.AddMinutes(15).ToUnixTimeMilliseconds()}");
        await using var again = database.Again();
        await again.Store.Add(Feed, [Value(40, 5, fetched: 200)], TestDatabase.Cancel);
        // the sum cannot be made again from what is left, so it is left
        Assert.Equal("03 a 2x 30 10..20; 04 a 1x 30 30..30", await Hours(database.Store));
        Assert.Equal([20, 5, 30], (await database.Store.Since(Feed, "pm10", Noon.AddDays(-1), TestDatabase.Cancel)).Select(r => r.Value));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_known_of_the_past_is_told_by_hour_and_by_time(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await database.Store.Add(Feed, [Value(0, 10), Value(61, 20), Value(62, null), Value(200, 30)], TestDatabase.Cancel);
        await database.Store.Add("another.feed", [Value(130, 10)], TestDatabase.Cancel);
        var (hours, times) = await database.Store.Known(Feed, Noon, Noon.AddHours(3), TestDatabase.Cancel);
        var first = Noon.ToUnixTimeMilliseconds() / ReadingStore.HourMs;
        Assert.Equal([first, first + 1], hours.Order());
        Assert.Equal([Noon.ToUnixTimeMilliseconds(), Noon.AddMinutes(61).ToUnixTimeMilliseconds(), Noon.AddMinutes(62).ToUnixTimeMilliseconds()], times.Order());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_same_readings_twice_are_stored_once(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        for (var i = 0; i < 2; i++) await database.Store.Add(Feed, [Value(0, 10), Value(1, 20)], TestDatabase.Cancel);
        Assert.Equal(2, await database.Count(kind == Db.Postgres ? "feeds.observations" : "feeds_observations"));
        Assert.Equal("03 a 2x 30 10..20", await Hours(database.Store));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Documents_keep_the_time_when_they_were_first_seen_and_take_over_changes(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var first = new Document("1", "제목 “하나”", "https://city.example/1", Noon, "s", "ko");
        await database.Store.Records.AddDocuments(Feed, [new(first, Noon), new(new("2", "Two", null, Noon.AddHours(1), "", null), Noon)], TestDatabase.Cancel);
        await database.Store.Records.AddDocuments(Feed, [new(first with { Title = "New", Published = Noon.AddHours(5) }, Noon.AddHours(5))], TestDatabase.Cancel);
        Assert.Equal([new("2", "Two", null, Noon.AddHours(1), "", null), first with { Title = "New" }], await database.Store.Records.Documents(Feed, 10, TestDatabase.Cancel));
        Assert.Equal("2", Assert.Single(await database.Store.Records.Documents(Feed, 1, TestDatabase.Cancel)).Id);
        Assert.Empty(await database.Store.Records.Documents("another.feed", 10, TestDatabase.Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_picture_replaces_the_one_before(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        foreach (var hash in new[] { "one", "two" })
            await database.Store.SavePicture(new() { Feed = Feed, TakenAt = 4711, ContentType = "image/png", Width = 2, Height = 3, Hash = hash, Bytes = [0, 255, 1] }, TestDatabase.Cancel);
        var picture = await database.Store.Picture(Feed, TestDatabase.Cancel);
        Assert.Equal(("two", 4711, 2, 3), (picture!.Hash, picture.TakenAt, picture.Width, picture.Height));
        Assert.Equal([0, 255, 1], picture.Bytes);
        Assert.Null(await database.Store.Picture("another.feed", TestDatabase.Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Many_feeds_write_at_once_and_pages_read_meanwhile(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                if (n % 3 == 0) await database.Store.Records.AddDocuments($"feed.{n}", [new(new($"{i}", "t", null, Noon, "", null), Noon)], TestDatabase.Cancel);
                else if (n % 3 == 1) await database.Store.Add($"feed.{n}", [.. Enumerable.Range(0, 20).Select(t => Value(i, t, $"{t}"))], TestDatabase.Cancel);
                else await database.Store.Since($"feed.{n - 1}", null, Noon, TestDatabase.Cancel);
            }
        })));
        Assert.Equal(4 * 10 * 20, await database.Count(kind == Db.Postgres ? "feeds.observations" : "feeds_observations"));
        Assert.Equal(4 * 10, await database.Count(kind == Db.Postgres ? "feeds.documents" : "feeds_documents"));
    }
}

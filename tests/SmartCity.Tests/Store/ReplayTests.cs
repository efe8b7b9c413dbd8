using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Replay;
using SmartCity.Shell.Store;
using SmartCity.Tests.Feeds;

namespace SmartCity.Tests.Store;

/// <summary>Any screen as it was: by what had been fetched until then, and by nothing that came later.</summary>
public sealed class ReplayTests
{
    private const string Air = FeedBench.Air;
    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static async Task<string> Told(IFeeds feeds, DateTimeOffset now)
    {
        var lines = new List<string>();
        foreach (var feed in new[] { FeedBench.Air, FeedBench.Rain, FeedBench.Snow, FeedBench.News })
        {
            var asOf = feeds.AsOf(feed)!;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{feed} {asOf.At:O} {asOf.Freshness} {asOf.Outcome}"));
            var latest = feeds.Latest(feed);
            lines.AddRange(latest.Values.Values.OrderBy(r => r.Thing, StringComparer.Ordinal).ThenBy(r => r.Property, StringComparer.Ordinal).Select(r => r.ToString()));
            lines.AddRange(latest.Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {t.Name.In("ko")} {t.Area} {t.Place}"));
            lines.AddRange((await feeds.Documents(feed, 10, FeedBench.Cancel)).Select(d => d.ToString()));
        }
        foreach (var step in new[] { Step.Hour, Step.Day })
            lines.AddRange((await feeds.History(Air, "pm25", null, now.AddDays(-2), now, step, FeedBench.Cancel)).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.At:O} {p.Value:0.######} {p.Min} {p.Max}")));
        return string.Join('\n', lines);
    }

    [Fact]
    public async Task Any_beat_is_replayed_as_it_was_with_losses_and_returns()
    {
        await using var bench = await FeedBench.Start();
        var answers = bench.Services.GetRequiredService<AnswerLog>();
        var was = new List<(DateTimeOffset At, string Told)>();
        string[] feeds = [FeedBench.Air, FeedBench.Rain, FeedBench.Snow, FeedBench.News];
        for (var beat = 0; beat < 40; beat++)
        {
            // sources are lost for a while, long enough to be late and stale, and come back
            if (beat == 12) await bench.Simulator.StopAsync();
            if (beat == 24) await bench.Simulator.StartAsync();
            bench.Clock.Advance(TimeSpan.FromMinutes(beat % 3 == 0 ? 1 : 7));
            foreach (var feed in feeds)
            {
                var health = await bench.Beat(feed);
                bench.Book.KeepAnswer(bench.Plan(feed), bench.Clock.GetUtcNow(), health.Outcome, health.Detail, health.Rows, health.Took, null, []);
            }
            was.Add((bench.Clock.GetUtcNow(), await Told(bench.Book, bench.Clock.GetUtcNow())));
        }
        await answers.Flush(FeedBench.Cancel);
        bench.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains(was, w => w.Told.Contains("Stale", StringComparison.Ordinal));
        foreach (var (at, told) in was)
        {
            var past = await PastFeeds.Load(bench.Book, bench.Store, answers, bench.Services.GetRequiredService<CityDatabase>(), at, FeedBench.Cancel);
            Assert.Equal(told, await Told(past, at));
        }
        // before the first beat nothing was known
        var before = await PastFeeds.Load(bench.Book, bench.Store, answers, bench.Services.GetRequiredService<CityDatabase>(), was[0].At.AddMinutes(-1), FeedBench.Cancel);
        Assert.Empty(before.Latest(Air).Values);
        Assert.Equal(Freshness.NoData, before.AsOf(Air)!.Freshness);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_store_answers_as_of_any_instant_also_after_corrections(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var start = new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero);
        var random = new Random(20260720);
        var all = new List<Reading>();
        for (var minute = 0; minute < 300; minute += 5)
        {
            // now, or late by hours
            var batch = Enumerable.Range(0, 4).Select(n => start.AddMinutes(random.Next(4) == 0 ? random.Next(minute + 1) : minute)).Distinct()
                .Select((at, n) => new Reading($"t{n % 2}", "p", at, at.AddMinutes(5), start.AddMinutes(minute + 1), random.Next(8) == 0 ? null : random.Next(100), Quality.Good)).ToList();
            await database.Store.Add(Air, batch, TestDatabase.Cancel);
            foreach (var reading in batch)
                if (all.Where(r => (r.Thing, r.ObservedAt) == (reading.Thing, reading.ObservedAt)).MaxBy(r => r.FetchedAt) is not { } known || (known.Value, known.Quality) != (reading.Value, reading.Quality)) all.Add(reading);
        }
        await using var connection = await database.Database.OpenToRead(TestDatabase.Cancel);
        for (var minute = -3; minute < 310; minute += 7)
        {
            var at = start.AddMinutes(minute);
            var known = all.Where(r => r.FetchedAt <= at).GroupBy(r => (r.Thing, r.ObservedAt)).Select(g => g.MaxBy(r => r.FetchedAt)!).ToList();
            var newest = await database.Store.NewestAt(connection, new Dictionary<string, TimeSpan> { [Air] = TimeSpan.FromDays(1) }, at, TestDatabase.Cancel);
            Assert.Equal(known.GroupBy(r => r.Thing).Select(g => g.MaxBy(r => r.ObservedAt)!).OrderBy(r => r.Thing), newest.GetValueOrDefault(Air, []).OrderBy(r => r.Thing));
            var hours = await database.Store.HoursAt(Air, "p", null, start, start.AddDays(1), at, TestDatabase.Cancel);
            Assert.Equal(known.Where(r => r.Value is not null).GroupBy(r => (Hour: r.ObservedAt.ToUnixTimeMilliseconds() / ReadingStore.HourMs, r.Thing)).Select(g => $"{g.Key.Hour} {g.Key.Thing} {g.Count()} {g.Sum(r => r.Value)} {g.Min(r => r.Value)} {g.Max(r => r.Value)}").Order(StringComparer.Ordinal),
                hours.Select(h => $"{h.At / ReadingStore.HourMs} {h.Thing} {h.Count} {h.Sum} {h.Min} {h.Max}").Order(StringComparer.Ordinal));
            Assert.Equal(known.OrderBy(r => r.ObservedAt).ThenBy(r => r.Thing), (await database.Store.Since(Air, "p", start, at, TestDatabase.Cancel)).OrderBy(r => r.ObservedAt).ThenBy(r => r.Thing));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_for_the_past_cannot_write_and_is_not_held_up_by_a_writer(Db kind)
    {
        await using var database = await TestDatabase.Migrated(kind);
        await using var reader = await database.Database.OpenToRead(TestDatabase.Cancel);
        await using var write = reader.CreateCommand();
        write.CommandText = $"DELETE FROM {database.Database.T("raw")}";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => write.ExecuteNonQueryAsync(TestDatabase.Cancel));
        await database.Database.Write(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(TestDatabase.Cancel);
            await using var insert = connection.CreateCommand();
            insert.Transaction = transaction;
            insert.CommandText = $"INSERT INTO {database.Database.T("restored")} VALUES ('2026-01', 1)";
            await insert.ExecuteNonQueryAsync(TestDatabase.Cancel);
            // while the writer writes
            Assert.Empty(await database.Store.Since(Air, null, DateTimeOffset.UnixEpoch, TestDatabase.Cancel));
            await transaction.RollbackAsync(TestDatabase.Cancel);
        }, TestDatabase.Cancel);
    }

    [Theory]
    [InlineData("2026-11-21T13:05:00Z", "2026-11-21T13:05:00Z")]
    [InlineData("2026-11-21T22:05", "2026-11-21T13:05:00Z")]
    [InlineData("2026-11-21T22:05:07", "2026-11-21T13:05:07Z")]
    [InlineData("2026-11-21T22:05:07+09:00", "2026-11-21T13:05:07Z")]
    [InlineData("2026-11-21T22:05:07 09:00", "2026-11-21T13:05:07Z")]
    [InlineData("yesterday", null)]
    [InlineData("2026-02-30T10:00", null)]
    [InlineData("0001-01-01T00:00:00Z", null)]
    public void An_instant_is_read_as_the_world_writes_it_or_as_the_city_does(string text, string? expected) =>
        Assert.Equal(expected, ReplayRequest.Read(text, TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul")) is { } at ? ReplayRequest.Write(at) : null);

    /// <summary>A running city, in which two days ago the air was known to be 77, and a while later corrected to 88.</summary>
    private static async Task<(TestCity City, DateTimeOffset At)> Yesterday()
    {
        var city = await TestCity.Start();
        await city.UntilFed();
        var at = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(-2).ToUnixTimeSeconds() / 3600 * 3600 + 1800);
        var store = city.Services.GetRequiredService<ReadingStore>();
        var book = city.Services.GetRequiredService<FeedBook>();
        var answers = city.Services.GetRequiredService<AnswerLog>();
        foreach (var (value, fetched) in new[] { (77, at.AddSeconds(-20)), (88, at.AddSeconds(40)) })
        {
            await store.Add(Air, [.. city.Services.GetRequiredService<CityPack>().Areas.Select(a => new Reading(a.Code, "pm25", at.AddMinutes(-1), at, fetched, value, Quality.Good))], TestDatabase.Cancel);
            answers.Put(new(Air, fetched, FetchOutcome.Ok, null, 25, default, null, [], TimeSpan.FromDays(7)));
        }
        var picture = book.StoredPicture(FeedBench.Picture)!.Bytes;
        answers.Put(new(FeedBench.Picture, at.AddSeconds(-30), FetchOutcome.Ok, null, 1, default, "image/png", picture, TimeSpan.FromDays(7)));
        await answers.Flush(TestDatabase.Cancel);
        return (city, at);
    }

    [Fact]
    public async Task The_main_screen_of_the_past_says_so_stands_still_and_has_an_address_to_share()
    {
        var (city, at) = await Yesterday();
        await using var _ = city;
        var client = city.Client();
        var address = $"?at={ReplayRequest.Write(at)}";
        var english = await client.GetStringAsync("/en" + address);
        Assert.Contains("This is the past: the city as it was known at", english, StringComparison.Ordinal);
        Assert.Contains("<data value=\"77\">", english, StringComparison.Ordinal);
        Assert.Contains("지금이 아닌 과거입니다", await client.GetStringAsync("/ko" + address), StringComparison.Ordinal);
        Assert.Contains("<data value=\"88\">", await client.GetStringAsync($"/en?at={ReplayRequest.Write(at.AddMinutes(1))}"), StringComparison.Ordinal);
        Assert.DoesNotContain("<data value=\"77\">", await client.GetStringAsync($"/en?at={ReplayRequest.Write(at.AddMinutes(-1))}"), StringComparison.Ordinal);
        // nothing follows anything, and no number claims to be now
        foreach (var word in new[] { "id=\"live\"", "hx-get", "hx-sse:connect" }) Assert.DoesNotContain(word, english, StringComparison.Ordinal);
        Assert.Contains($"data-now=\"{at.ToUnixTimeMilliseconds()}\" data-past=\"true\"", english, StringComparison.Ordinal);
        // back to now, steps, and links that stay in the past
        Assert.Contains("<a href=\"/en\">Back to now</a>", english, StringComparison.Ordinal);
        Assert.Contains($"href=\"/en?at={ReplayRequest.Write(at.AddMinutes(-10))}\"", english, StringComparison.Ordinal);
        Assert.Contains($"href=\"/en/atmosphere?at={ReplayRequest.Write(at)}\"", english, StringComparison.Ordinal);
        var local = ((ICity)city.Services.GetRequiredService<CityPack>()).Local(at);
        Assert.Contains($"value=\"{local:yyyy-MM-ddTHH:mm:ss}\"", english, StringComparison.Ordinal);
        Assert.Contains("<data value=\"77\">", await client.GetStringAsync($"/en?at={local:yyyy-MM-ddTHH:mm:ss}"), StringComparison.Ordinal);

        // the present has the way there, and none of it
        var now = await client.GetStringAsync("/en");
        Assert.Contains("Look back", now, StringComparison.Ordinal);
        Assert.Contains("type=\"datetime-local\"", now, StringComparison.Ordinal);
        Assert.Contains("id=\"live\"", now, StringComparison.Ordinal);
        Assert.DoesNotContain("This is the past", now, StringComparison.Ordinal);
        Assert.Contains("cannot be read", await client.GetStringAsync("/en?at=yesterday"), StringComparison.Ordinal);
        Assert.Contains("has not come yet", await client.GetStringAsync("/en?at=2999-01-01T00:00:00Z"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_screen_has_its_past_and_a_screen_is_made_once_for_all_its_viewers()
    {
        var (city, at) = await Yesterday();
        await using var _ = city;
        var replays = city.Services.GetRequiredService<Replays>();
        var address = $"?at={ReplayRequest.Write(at)}";
        var pages = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => city.Client().GetStringAsync("/en" + address)));
        // but for the latest time that may be asked for, which moves on
        Assert.Single(pages.Select(p => p[p.IndexOf("<main", StringComparison.Ordinal)..]).Distinct());
        Assert.Equal(1, replays.Loads);
        var renderings = replays.Renderings;
        await city.Client().GetStringAsync("/en" + address);
        Assert.Equal(renderings, replays.Renderings);

        var area = city.Services.GetRequiredService<CityPack>().Areas[0].Code;
        foreach (var page in new[] { "/en/areas/" + area, "/en/atmosphere", "/en/atmosphere/history", "/en/data/atmosphere.air-now", "/en/map" })
        {
            var html = await city.Client().GetStringAsync(page + address);
            Assert.Contains("This is the past", html, StringComparison.Ordinal);
            Assert.DoesNotContain("hx-get", html, StringComparison.Ordinal);
        }
        Assert.Matches(">77 ", await city.Client().GetStringAsync("/en/areas/" + area + address));
        Assert.Contains(",77,", await city.Client().GetStringAsync("/data/atmosphere.air-now.csv" + address), StringComparison.Ordinal);
        // what is about the reader or this host is about now
        Assert.DoesNotContain("This is the past", await city.Client().GetStringAsync("/en/feeds" + address), StringComparison.Ordinal);
        // however many instants are asked for, few are remembered
        for (var minute = 0; minute < Replays.Most + 3; minute++) await city.Client().GetStringAsync($"/en/map?at={ReplayRequest.Write(at.AddMinutes(-minute))}");
        Assert.Equal(Replays.Most + 3, replays.Loads);
        await city.Client().GetStringAsync("/en" + address);
        Assert.Equal(Replays.Most + 4, replays.Loads);
    }

    [Fact]
    public async Task The_past_asks_for_the_same_rights_and_pictures_come_from_what_was_kept()
    {
        var (city, at) = await Yesterday();
        await using var _ = city;
        var address = $"?at={ReplayRequest.Write(at)}";
        using var closed = await city.Client().GetAsync("/en/people" + address, TestDatabase.Cancel);
        Assert.NotEqual(HttpStatusCode.OK, closed.StatusCode);
        using var picture = await city.Client().GetAsync($"/pictures/{FeedBench.Picture}{address}", TestDatabase.Cancel);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"/pictures/{FeedBench.Picture}{address}", WebUtility.HtmlDecode(await city.Client().GetStringAsync("/en/atmosphere/pictures" + address)), StringComparison.Ordinal);
        Assert.DoesNotContain("Pictures of that time are no longer kept", await city.Client().GetStringAsync("/en" + address), StringComparison.Ordinal);
        // told, and not kept: said plainly
        var answers = city.Services.GetRequiredService<AnswerLog>();
        answers.Put(new(FeedBench.Picture, at.AddDays(-3), FetchOutcome.Ok, null, 1, default, "image/png", [], TimeSpan.FromDays(7)));
        await answers.Flush(TestDatabase.Cancel);
        Assert.Contains("Pictures of that time are no longer kept", await city.Client().GetStringAsync($"/en?at={ReplayRequest.Write(at.AddDays(-3))}"), StringComparison.Ordinal);
        // the raw answer of a feed that brings no pictures is not to be had here
        using var other = await city.Client().GetAsync($"/pictures/{Air}{address}", TestDatabase.Cancel);
        using var before = await city.Client().GetAsync($"/pictures/{FeedBench.Picture}?at={ReplayRequest.Write(at.AddDays(-1))}", TestDatabase.Cancel);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (other.StatusCode, before.StatusCode));
    }
}

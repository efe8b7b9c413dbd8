using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Store;

/// <summary>Old months become plain files, and come back from them, on this machine or on another.</summary>
public sealed class ArchiveTests
{
    private const string Feed = "test.feed", Other = "test.other";
    private static readonly DateTimeOffset September = new(2026, 9, 10, 0, 0, 0, TimeSpan.Zero), Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<Db> Kinds => TestDatabase.Kinds;

    private static string Folder() => Directory.CreateTempSubdirectory("smartcity-archive-").FullName;
    private static Archive Of(TestDatabase database, string folder, DateTimeOffset? now = null) =>
        ActivatorUtilities.CreateInstance<Archive>(database.Services, new ArchiveFolder(folder), new HandClock(now ?? Now));

    private static Reading Value(DateTimeOffset at, double? value, string thing = "a", DateTimeOffset? fetched = null) =>
        new(thing, "pm10", at, at.AddMinutes(10), fetched ?? at.AddMinutes(1), value, value is null ? Quality.Maintenance : Quality.Good);

    private static async Task Fill(TestDatabase database)
    {
        await database.Store.Add(Feed, [Value(September, 10), Value(September.AddHours(1), 0.1 + 0.2), Value(September.AddHours(2), null), Value(September.AddHours(1), 9, "b, \"the\" second")], TestDatabase.Cancel);
        // corrected later: both stay
        await database.Store.Add(Feed, [Value(September, 12, fetched: September.AddDays(2))], TestDatabase.Cancel);
        await database.Store.Add(Other, [Value(September.AddDays(5), 1), Value(Now.AddDays(-3), 2)], TestDatabase.Cancel);
        var first = new Event("e1", 1, "fire", EventStatus.Active, Text.Of("화재", "Fire, \"big\"\nsecond line"), September, September) { Areas = ["11010"], Shape = Shape.At(new(37.5, 127)), Attributes = new Dictionary<string, string> { ["k"] = "v" } };
        await database.Store.Records.AddEvents(Feed, [new(first, 1, 11)], TestDatabase.Cancel);
        await database.Store.Records.AddEvents(Feed, [new(first with { Version = 2, Status = EventStatus.Ended, FetchedAt = September.AddHours(3) }, 1, 0)], TestDatabase.Cancel);
        await database.Store.Records.AddThings(Feed, [new("a", new Thing("a", Text.Same("A"), null, new(37.1, 127.2)), September)], TestDatabase.Cancel);
        await database.Store.Records.AddFigures(Feed, [new("i", null, "2026", 1.5, "%", null, September)], TestDatabase.Cancel);
        await database.Store.Records.AddDocuments(Feed, [new(new Document("d", "제목", null, September, "s", "ko") { Attributes = new Dictionary<string, string> { ["owner"] = "시" } }, September)], TestDatabase.Cancel);
    }

    private static async Task<string> All(TestDatabase database)
    {
        var values = await database.Store.Since(Feed, null, DateTimeOffset.UnixEpoch, TestDatabase.Cancel);
        var hours = await database.Store.Hours(Feed, "pm10", null, September.AddDays(-1), September.AddDays(9), TestDatabase.Cancel);
        var days = await database.Store.Sums(Step.Day, Feed, "pm10", null, September.AddDays(-1), September.AddDays(9), TestDatabase.Cancel);
        var events = await database.Store.Records.EventLog(Feed, September.AddDays(-1), September.AddDays(9), Now, TestDatabase.Cancel);
        return JsonSerializer.Serialize(new
        {
            values, hours = hours.Select(h => h.ToString()).Order(), days = days.Select(d => d.ToString()).Order(), events = events.Select(e => (e.Title.In("en"), e.Version, e.Status, e.Shape?.Centre, e.Attributes.Count).ToString()),
            things = (await database.Store.Records.Things(Feed, Now, TestDatabase.Cancel)).Select(t => (t.Name.In("ko"), t.Place).ToString()),
            figures = await database.Store.Records.Figures(Feed, Now, TestDatabase.Cancel),
            documents = (await database.Store.Records.Documents(Feed, 9, TestDatabase.Cancel)).Select(d => (d.Title, d.Attributes["owner"]).ToString()),
        });
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_month_moves_to_a_bundle_comes_back_and_survives_a_change_of_machine(Db kind)
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(kind);
        await Fill(database);
        var before = await All(database);
        var observations = database.Database.T("observations");

        var moved = await Of(database, folder).Run(TestDatabase.Cancel);
        Assert.Equal([("2026-09", 6L)], moved);
        // what is young stays, what is old is gone, its hours are not
        Assert.Equal(1, await database.Count(observations));
        Assert.Equal(3, (await database.Store.Hours(Feed, "pm10", null, September, September.AddDays(1), TestDatabase.Cancel)).Count);
        // a second time changes nothing
        Assert.Empty(await Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Single(Directory.GetFiles(folder, "*.zip"));

        Assert.Equal(6, await Of(database, folder).Restore("2026-09", TestDatabase.Cancel));
        Assert.Equal(6, await Of(database, folder).Restore("2026-09", TestDatabase.Cancel));
        Assert.Equal(before, await All(database));
        // brought back, it is not moved again at once; after its stay it goes, and no second file is written
        Assert.Empty(await Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Equal(7, await database.Count(observations));
        Assert.DoesNotContain(await Of(database, folder, Now.AddDays(5) + Archive.Stay).Run(TestDatabase.Cancel), m => m.Month == "2026-09");
        Assert.Empty(await database.Store.Since(Feed, null, DateTimeOffset.UnixEpoch, TestDatabase.Cancel));

        // another machine: an empty database of the other kind, and the folder
        await using var elsewhere = await TestDatabase.Migrated(kind == Db.Sqlite ? Db.Postgres : Db.Sqlite);
        Assert.Equal(6, await Of(elsewhere, folder).Restore("2026-09", TestDatabase.Cancel));
        Assert.Equal(before, await All(elsewhere));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> Where(TestDatabase database) => (string)(await database.Ask("SELECT coalesce(string_agg(place || ' ' || n, ', ' ORDER BY place), '') FROM (SELECT tableoid::regclass::text AS place, count(*) AS n FROM feeds.observations GROUP BY 1) AS by_place"))!;
    private static async Task<string> Tables(TestDatabase database) => (string)(await database.Ask("SELECT string_agg(inhrelid::regclass::text, ', ' ORDER BY inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'feeds.observations'::regclass"))!;

    [Fact]
    public async Task On_postgres_a_month_is_a_table_of_its_own_that_goes_whole_when_it_is_in_the_archive()
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        var months = database.Services.GetRequiredService<Months>();
        for (var i = 0; i < 2; i++) await months.MakeAhead(September, TestDatabase.Cancel);
        Assert.Equal("feeds.observations_2026_08, feeds.observations_2026_09, feeds.observations_2026_10, feeds.observations_2026_11, feeds.observations_rest", await Tables(database));
        await Fill(database);
        // the month begins with the city's midnight; the far past is in the rest
        await database.Store.Add(Other, [Value(new(2026, 10, 31, 15, 0, 0, TimeSpan.Zero), 1), Value(new(2026, 10, 31, 14, 59, 0, TimeSpan.Zero), 1), Value(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), 1)], TestDatabase.Cancel);
        Assert.Equal("feeds.observations_2026_09 6, feeds.observations_2026_10 1, feeds.observations_2026_11 2, feeds.observations_rest 1", await Where(database));
        var folder = Folder();
        Assert.Contains(("2026-09", 6L), await Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Equal("feeds.observations_2026_08, feeds.observations_2026_10, feeds.observations_2026_11, feeds.observations_rest", await Tables(database));
        // what comes back has no table any more and is found all the same
        await Of(database, folder).Restore("2026-09", TestDatabase.Cancel);
        Assert.Contains("feeds.observations_rest 6", await Where(database), StringComparison.Ordinal);
        Assert.Equal(4, (await database.Store.Since(Feed, null, DateTimeOffset.UnixEpoch, TestDatabase.Cancel)).Count);
    }

    [Fact]
    public async Task On_postgres_a_month_with_other_values_is_not_dropped_and_one_that_began_before_there_were_months_stays()
    {
        await using var database = await TestDatabase.Migrated(Db.Postgres);
        var months = database.Services.GetRequiredService<Months>();
        await database.Store.Add(Feed, [Value(September, 10)], TestDatabase.Cancel);
        await months.MakeAhead(September, TestDatabase.Cancel);
        Assert.Equal("feeds.observations_2026_08, feeds.observations_2026_10, feeds.observations_2026_11, feeds.observations_rest", await Tables(database));
        await database.Store.Add(Feed, [Value(September.AddMonths(1), 11)], TestDatabase.Cancel);
        Assert.False(await months.Drop("2026-10", 0, TestDatabase.Cancel));
        Assert.False(await months.Drop("2026-09", 1, TestDatabase.Cancel));
        Assert.True(await months.Drop("2026-08", 0, TestDatabase.Cancel));
        Assert.Equal("feeds.observations_2026_10 1, feeds.observations_rest 1", await Where(database));
        // while somebody uses it, it is left for later
        await using var reader = await database.Database.Open(TestDatabase.Cancel);
        await using var holds = await reader.BeginTransactionAsync(TestDatabase.Cancel);
        await using (var look = Sql.Command(reader, holds, "SELECT count(*) FROM feeds.observations_2026_10")) await look.ExecuteScalarAsync(TestDatabase.Cancel);
        Assert.False(await months.Drop("2026-10", 1, TestDatabase.Cancel));
        await holds.RollbackAsync(TestDatabase.Cancel);
        Assert.True(await months.Drop("2026-10", 1, TestDatabase.Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Versions_of_what_moves_go_with_their_month_and_come_back_with_it(Db kind)
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(kind);
        await Fill(database);
        var (records, things) = (database.Store.Records, database.Database.T("things"));
        Thing Bus(int minute) => new("bus", Text.Same($"at {minute}"), null, new(37.5, 127 + minute / 1e4));
        foreach (var minute in Enumerable.Range(0, 90)) await records.AddThings(Other, [new("bus", Bus(minute), September.AddMinutes(minute))], TestDatabase.Cancel);
        async Task<string> At(double minute) => string.Join(',', (await records.Things(Other, September.AddMinutes(minute), TestDatabase.Cancel)).Select(t => t.Name.In("en")));
        Assert.Equal(("at 3", "at 89"), (await At(3.5), await At(200)));

        await Of(database, folder).Run(TestDatabase.Cancel);
        // what holds still is still there: the shelter of the fill, and where the bus stood last
        Assert.Equal(2, await database.Count(things));
        Assert.Equal(("", "at 89"), (await At(3.5), await At(200)));

        await Of(database, folder).Restore("2026-09", TestDatabase.Cancel);
        Assert.Equal(("at 3", "at 89"), (await At(3.5), await At(200)));
        // for its stay, and then they go again
        await Of(database, folder).Run(TestDatabase.Cancel);
        Assert.Equal(91, await database.Count(things));
        await Of(database, folder, Now.AddDays(5) + Archive.Stay).Run(TestDatabase.Cancel);
        Assert.Equal(2, await database.Count(things));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Versions_stay_where_the_bundle_that_holds_them_is_not_as_it_was_written()
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(Db.Sqlite);
        await Fill(database);
        await Of(database, folder).Run(TestDatabase.Cancel);
        var records = database.Store.Records;
        foreach (var minute in Enumerable.Range(0, 5)) await records.AddThings(Other, [new("bus", new Thing("bus", Text.Same($"at {minute}"), null, null), September.AddMinutes(minute))], TestDatabase.Cancel);
        var file = Directory.GetFiles(folder, "*.zip").Single();
        await File.AppendAllTextAsync(file, "x", TestDatabase.Cancel);
        await Assert.ThrowsAsync<CannotStartException>(() => Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Equal(6, await database.Count(database.Database.T("things")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_bundle_is_plain_files_with_a_header_listed_with_its_checksum()
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(Db.Sqlite);
        await Fill(database);
        await Of(database, folder).Run(TestDatabase.Cancel);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json"), TestDatabase.Cancel));
        var bundle = manifest.RootElement.GetProperty("bundles")[0];
        var path = Path.Combine(folder, bundle.GetProperty("file").GetString()!);
        Assert.Equal(bundle.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, TestDatabase.Cancel))));
        Assert.Equal(bundle.GetProperty("bytes").GetInt64(), new FileInfo(path).Length);
        await using var zip = await ZipFile.OpenReadAsync(path, TestDatabase.Cancel);
        string Text(string name)
        {
            using var reader = new StreamReader(zip.GetEntry(name)!.Open());
            return reader.ReadToEnd();
        }
        var lines = Text("observations.csv").Split("\r\n");
        Assert.Equal("feed,thing,property,observed_at,observed_until,fetched_at,value,quality", lines[0]);
        Assert.Equal("test.feed,a,pm10,2026-09-10T00:00:00.000Z,2026-09-10T00:10:00.000Z,2026-09-10T00:01:00.000Z,10,good", lines[1]);
        Assert.Contains("test.feed,\"b, \"\"the\"\" second\",pm10,", Text("observations.csv"), StringComparison.Ordinal);
        Assert.Contains(",,maintenance", Text("observations.csv"), StringComparison.Ordinal);
        using var header = JsonDocument.Parse(Text("header.json"));
        Assert.Equal("2026-09 6 2026-08-31T15:00:00+00:00", $"{header.RootElement.GetProperty("month")} {header.RootElement.GetProperty("rows").GetProperty("observations")} {header.RootElement.GetProperty("from")}");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_changed_byte_is_refused_and_nothing_is_changed()
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(Db.Sqlite);
        await Fill(database);
        await Of(database, folder).Run(TestDatabase.Cancel);
        var path = Directory.GetFiles(folder, "*.zip").Single();
        var bytes = await File.ReadAllBytesAsync(path, TestDatabase.Cancel);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestDatabase.Cancel);
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => Of(database, folder).Restore("2026-09", TestDatabase.Cancel));
        Assert.Equal("The bundle seoul-2026-09.zip is not as it was written: its SHA-256 is not the one in manifest.json. Nothing was changed; take the file from a backup.", refused.Message);
        Assert.Equal((1, 0), (await database.Count("feeds_observations"), await database.Count("feeds_restored")));
        Assert.Contains("has no 2026-08; it has 2026-09", (await Assert.ThrowsAsync<CannotStartException>(() => Of(database, folder).Restore("2026-08", TestDatabase.Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("'09/2026' is not a month", (await Assert.ThrowsAsync<CannotStartException>(() => Of(database, folder).Restore("09/2026", TestDatabase.Cancel))).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_was_interrupted_between_writing_and_deleting_is_finished_and_what_came_late_gets_a_further_part(Db kind)
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(kind);
        await Fill(database);
        await Of(database, folder).Run(TestDatabase.Cancel);
        await Of(database, folder).Restore("2026-09", TestDatabase.Cancel);
        await database.Ask($"DELETE FROM {database.Database.T("restored")}");
        // as after a crash behind the manifest: the file is listed, the rows are all there
        var list = Path.Combine(folder, "manifest.json");
        await File.WriteAllTextAsync(list, (await File.ReadAllTextAsync(list, TestDatabase.Cancel)).Replace("\"moved\": true", "\"moved\": false", StringComparison.Ordinal), TestDatabase.Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "seoul-2026-09.zip.part"), "half a file", TestDatabase.Cancel);
        Assert.Empty(await Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Equal(1, await database.Count(database.Database.T("observations")));
        Assert.DoesNotContain("\"moved\": false", await File.ReadAllTextAsync(list, TestDatabase.Cancel), StringComparison.Ordinal);

        await database.Store.Add(Feed, [Value(September.AddMinutes(20), 77, fetched: Now.AddDays(-1))], TestDatabase.Cancel);
        Assert.Equal([("2026-09", 1L)], await Of(database, folder).Run(TestDatabase.Cancel));
        Assert.Equal(["seoul-2026-09.2.zip", "seoul-2026-09.zip"], Directory.GetFiles(folder, "*.zip").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(7, await Of(database, folder).Restore("2026-09", TestDatabase.Cancel));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_words_archive_and_restore_do_it_from_the_command_line()
    {
        var folder = Folder();
        await using var database = await TestDatabase.Migrated(Db.Sqlite);
        await database.Store.Add(Feed, [Value(DateTimeOffset.UtcNow.AddDays(-100), 5)], TestDatabase.Cancel);
        var month = ((ICity)database.Services.GetRequiredService<SmartCity.Shell.City.CityPack>()).Local(DateTimeOffset.UtcNow.AddDays(-100)).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        var (said, told) = (Console.Out, Console.Error);
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        (int, int, int) codes;
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            Task<int> Say(params string[] words) => SmartCityApp.Create([.. words, "--environment=Production", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={database.Setting}", $"--Archive={Path.Combine(folder, "kept")}", "--Logging:Console:LogLevel:Default=None"], city => city.Modules(TierD.Modules)).RunAsync();
            codes = (await Say("archive"), await Say("archive", "restore", month), await Say("archive", "restore", "1999-01"));
        }
        finally
        {
            Console.SetOut(said);
            Console.SetError(told);
        }
        Assert.Equal((0, 0, 1), codes);
        // hosts of other tests may log beside it
        Assert.Matches($"(?s)Moved to [^\n]*kept: {month} \\(1 values\\)\n.*{month} is back with 1 values\\. ", output.ToString().ReplaceLineEndings("\n"));
        Assert.Matches($"The archive .*kept has no 1999-01; it has {month}\\.\n", error.ToString().ReplaceLineEndings("\n"));
        Directory.Delete(folder, recursive: true);
    }
}

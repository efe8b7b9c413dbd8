using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Access;
using SmartCity.Shell.Backup;
using SmartCity.Shell.Store;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.Store;

/// <summary>The whole of a city's data in one file, taken while it runs, and back into an empty machine.</summary>
public sealed class BackupTests
{
    private const string Feed = "test.feed";
    private static readonly DateTimeOffset At = new(2026, 9, 10, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<Db> Kinds => TestDatabase.Kinds;
    private static CancellationToken Cancel => TestDatabase.Cancel;

    private static Reading Value(int i) => new($"t{i % 7}", "n", At.AddMinutes(i), At.AddMinutes(i), At.AddMinutes(i), i, Quality.Good);

    // something of everything: values, a person with a session, a document with its file, a month in the archive
    private static async Task<string> Fill(TestDatabase city)
    {
        await city.Store.Add(Feed, [.. Enumerable.Range(0, 500).Select(Value)], Cancel);
        await using var scope = city.Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create("somebody", Roles.Official);
        Assert.True(person is not null, string.Join(", ", wrong));
        var (name, sha) = await city.Services.GetRequiredService<PaperStore>().Lay("a document"u8.ToArray(), Cancel);
        await using (var db = await city.Services.GetRequiredService<IDbContextFactory<UrbanProjectsDb>>().CreateDbContextAsync(Cancel))
        {
            db.Papers.Add(new() { Project = "p", Series = "s", Version = 1, Title = "t", Name = "n.pdf", Kind = "pdf", File = name, Bytes = 10, Sha256 = sha, At = 1, Person = "somebody", Why = "w" });
            await db.SaveChangesAsync(Cancel);
        }
        Assert.NotEmpty(await city.Services.GetRequiredService<Archive>().Run(Cancel));
        // newer than what the archive takes
        await city.Store.Add(Feed, [new("t1", "n", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow, 7, Quality.Good)], Cancel);
        return Path.Combine(city.Services.GetRequiredService<PaperStore>().Folder, name);
    }

    private static async Task<string> RefusalOf(Func<Task> work) => (await Assert.ThrowsAsync<CannotStartException>(work)).Message;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_backup_of_a_running_city_is_restored_into_an_empty_machine_row_by_row(Db kind)
    {
        await using var city = await TestDatabase.Migrated(kind);
        var document = await Fill(city);
        Assert.Empty(await city.Services.GetRequiredService<DataCheck>().Run(Cancel));
        var folder = Directory.CreateTempSubdirectory("smartcity-backup-").FullName;
        // the city goes on writing while it is taken
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 1000; !stop.IsCancellationRequested; i++) await city.Store.Add(Feed, [Value(i) with { ObservedAt = DateTimeOffset.UtcNow, ObservedUntil = DateTimeOffset.UtcNow, FetchedAt = DateTimeOffset.UtcNow }], CancellationToken.None);
        }, Cancel);
        var file = await city.Services.GetRequiredService<Backups>().Make(folder, Cancel);
        await stop.CancelAsync();
        await writing;
        Assert.Equal([file], Directory.GetFiles(folder));

        await using var machine = await TestDatabase.Empty(kind);
        var restored = machine.Services.GetRequiredService<Backups>();
        Assert.StartsWith("Restored seoul as it was at ", await restored.Restore(file, over: false, Cancel), StringComparison.Ordinal);
        var manifest = Manifest(file);
        Assert.Equal(manifest.Rows, await machine.Services.GetRequiredService<DatabaseCopy>().Rows(Cancel));
        // every table of the one is in the other, and what stood still is the same to the last column
        foreach (var table in manifest.Rows.Keys.Where(t => !t.Contains("observations", StringComparison.Ordinal) && !t.Contains("hours", StringComparison.Ordinal) && !t.Contains("days", StringComparison.Ordinal) && !t.Contains("series", StringComparison.Ordinal)))
            Assert.Equal(await Content(city, table), await Content(machine, table));
        Assert.Empty(await machine.Services.GetRequiredService<DataCheck>().Run(Cancel));
        Assert.Equal("a document", await File.ReadAllTextAsync(Path.Combine(machine.Services.GetRequiredService<PaperStore>().Folder, Path.GetFileName(document)), Cancel));
        Assert.Equal(city.Services.GetRequiredService<Archive>().Read().Bundles.Select(b => b.Sha256), machine.Services.GetRequiredService<Archive>().Read().Bundles.Select(b => b.Sha256));
        // and it takes new values where it stands
        await machine.Store.Add(Feed, [Value(2) with { ObservedAt = DateTimeOffset.UtcNow, ObservedUntil = DateTimeOffset.UtcNow, FetchedAt = DateTimeOffset.UtcNow }], Cancel);

        // a place that is not empty stays as it is, unless it is said; then what was there is kept beside it
        Assert.Contains("The place is not empty", await RefusalOf(() => restored.Restore(file, over: false, Cancel)), StringComparison.Ordinal);
        Assert.Contains("is kept", await restored.Restore(file, over: true, Cancel), StringComparison.Ordinal);
        Assert.Equal(manifest.Rows, await machine.Services.GetRequiredService<DatabaseCopy>().Rows(Cancel));
        if (kind == Db.Sqlite) Assert.Single(Directory.GetFiles(Path.GetDirectoryName(machine.Setting)!, "*.before-*"));
        else Assert.True(await machine.Count("information_schema.schemata WHERE schema_name LIKE 'feeds_before_%'") == 1);
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(machine.Services.GetRequiredService<ArchiveFolder>().Path)!, "*.restoring"));
        Directory.Delete(folder, recursive: true);
    }

    private static BackupManifest Manifest(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        using var head = zip.GetEntry(BackupManifest.Name)!.Open();
        return System.Text.Json.JsonSerializer.Deserialize<BackupManifest>(head, BackupManifest.Json)!;
    }

    private static async Task<string> Content(TestDatabase city, string table)
    {
        await using var connection = await city.Database.Open(Cancel);
        var rows = await connection.Rows($"SELECT * FROM {string.Join('.', table.Split('.').Select(DatabaseCopy.Quoted))}", [], r =>
        {
            var values = new object[r.FieldCount];
            r.GetValues(values);
            return string.Join('|', values.Select(v => v is byte[] bytes ? Convert.ToHexString(SHA256.HashData(bytes)) : Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture)));
        }, Cancel);
        return string.Join('\n', rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_damaged_a_foreign_or_a_newer_backup_is_refused_before_anything_is_changed(Db kind)
    {
        await using var city = await TestDatabase.Migrated(kind);
        await Fill(city);
        var folder = Directory.CreateTempSubdirectory("smartcity-backup-").FullName;
        var good = await city.Services.GetRequiredService<Backups>().Make(Path.Combine(folder, "good.backup"), Cancel);
        Assert.Contains("is not overwritten", await RefusalOf(() => city.Services.GetRequiredService<Backups>().Make(good, Cancel)), StringComparison.Ordinal);

        await using var machine = await TestDatabase.Empty(kind);
        async Task Refused(string because, Action<string> spoil)
        {
            var bad = Path.Combine(folder, "bad.backup");
            File.Copy(good, bad, overwrite: true);
            spoil(bad);
            Assert.Contains(because, await RefusalOf(() => machine.Services.GetRequiredService<Backups>().Restore(bad, over: true, Cancel)), StringComparison.Ordinal);
            Assert.True(await machine.Services.GetRequiredService<DatabaseCopy>().IsEmpty(Cancel));
            Assert.False(Directory.Exists(machine.Services.GetRequiredService<ArchiveFolder>().Path));
        }
        void Edit(string file, string name, Func<byte[], byte[]?> change)
        {
            using var zip = ZipFile.Open(file, ZipArchiveMode.Update);
            var entry = zip.GetEntry(name)!;
            using var bytes = new MemoryStream();
            using (var from = entry.Open()) from.CopyTo(bytes);
            entry.Delete();
            if (change(bytes.ToArray()) is not { } changed) return;
            using var to = zip.CreateEntry(name).Open();
            to.Write(changed);
        }
        void Say(string file, string from, string to) => Edit(file, BackupManifest.Name, b => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(b).Replace(from, to, StringComparison.Ordinal)));

        await Refused("cut off", f => { using var cut = File.OpenWrite(f); cut.SetLength(cut.Length / 2); });
        await Refused("database is not as it was written", f => Edit(f, "database", b => { b[b.Length / 2] ^= 1; return b; }));
        await Refused("database is missing", f => Edit(f, "database", _ => null));
        await Refused("it has no manifest", f => Edit(f, BackupManifest.Name, _ => null));
        await Refused("archive/manifest.json is not as it was written", f => Edit(f, "archive/manifest.json", b => [.. b, (byte)' ']));
        await Refused("outside of itself", f => Say(f, "\"archive/manifest.json\"", "\"../manifest.json\""));
        await Refused("is of the city another", f => Say(f, "\"city\": \"seoul\"", "\"city\": \"another\""));
        await Refused("holds a database of other", f => Say(f, kind == Db.Sqlite ? "\"sqlite\"" : "\"postgres\"", "\"other\""));
        await Refused("was made by a newer build", f => Say(f, "20261122210000_Hosts", "20991231000000_Later"));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Check_finds_what_does_not_belong_together(Db kind)
    {
        await using var city = await TestDatabase.Empty(kind);
        var check = city.Services.GetRequiredService<DataCheck>();
        Assert.NotEmpty(await check.Run(Cancel));
        await city.Migrator.Apply(Cancel);
        var document = await Fill(city);
        Assert.Empty(await check.Run(Cancel));

        // a session of nobody, as a constraint that is switched off would let in
        var table = kind == Db.Sqlite ? "access_sessions" : "access.sessions";
        await using (var connection = await city.Database.Open(Cancel))
            await connection.Run($"{(kind == Db.Sqlite ? "PRAGMA foreign_keys = OFF" : "SET session_replication_role = replica")}; INSERT INTO {table} (\"Id\", \"PersonId\", \"StartedAt\") VALUES ('{Guid.NewGuid()}', '{Guid.NewGuid()}', 1); {(kind == Db.Sqlite ? "PRAGMA foreign_keys = ON" : "SET session_replication_role = DEFAULT")}", Cancel);
        Assert.Matches("^1 rows of access.sessions name a row of access.people that is not there", Assert.Single(await check.Run(Cancel)));
        await using (var connection = await city.Database.Open(Cancel)) await connection.Run($"DELETE FROM {table}", Cancel);

        var stray = Path.Combine(Path.GetDirectoryName(document)!, "stray");
        await File.WriteAllTextAsync(stray, "nobody's", Cancel);
        File.SetLastWriteTimeUtc(stray, DateTime.UtcNow.AddHours(-1));
        await File.AppendAllTextAsync(document, "!", Cancel);
        var month = Directory.GetFiles(city.Services.GetRequiredService<ArchiveFolder>().Path, "*.zip").Single();
        await File.AppendAllTextAsync(month, "!", Cancel);
        var problems = await check.Run(Cancel);
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, p => p.Contains("of the archive is not as it was written", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("is not as it was stored", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("No row of urban-projects.documents names the file", StringComparison.Ordinal));
        File.Delete(document);
        File.Delete(month);
        Assert.Equal(2, (await check.Run(Cancel)).Count(p => p.Contains("take it from a backup", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_commands_say_what_they_did_and_end_with_its_status()
    {
        await using var city = await TestDatabase.Migrated(Db.Sqlite);
        await Fill(city);
        var folder = Path.GetDirectoryName(city.Setting)!;
        var backup = Path.Combine(folder, "kept.backup");
        Assert.Equal(0, await Command(folder, city.Setting, "check"));
        Assert.Equal(0, await Command(folder, city.Setting, "backup", backup));
        Assert.Equal(1, await Command(folder, city.Setting, "backup", backup));
        Assert.Equal(1, await Command(folder, city.Setting, "restore", backup));
        Assert.Equal(0, await Command(folder, city.Setting, "restore", backup, "--over"));
        Assert.Equal(0, await Command(folder, city.Setting, "check"));
        File.Delete(Directory.GetFiles(Path.Combine(folder, "data", "archive", "seoul"), "*.zip").Single());
        Assert.Equal(1, await Command(folder, city.Setting, "check"));
    }

    private static async Task<int> Command(string folder, string setting, params string[] words) => await TestDatabase.Put(folder, setting, null, words).RunAsync();
}

using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.Shell.City;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Backup;

/// <summary>The whole of a city's data in one file, and back: the database, the archive, and the folders that modules keep. Taken while the city
/// runs; put into an empty place, after every byte has been checked.</summary>
internal sealed class Backups(CityDatabase database, DatabaseCopy copies, CityPack city, ArchiveFolder archive, Migrator migrator, IEnumerable<ModuleDb> owners, IEnumerable<KeptFolder> kept, IServiceScopeFactory scopes, TimeProvider time)
{
    private const string DatabaseName = "database", ArchiveName = "archive";

    private static string Build => typeof(Backups).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private string Kind => database.Kind == DatabaseKind.Sqlite ? "sqlite" : "postgres";

    private IEnumerable<(string Name, string Path)> Folders => kept.Select(k => (k.Key, k.Path)).Prepend((ArchiveName, archive.Path));

    /// <summary>Makes a backup. Returns its file, which is there whole or not at all.</summary>
    /// <param name="target">A folder, in which it gets a name of its own; or the name of a file that is not there yet.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="CannotStartException">It cannot be made; the message says why.</exception>
    public async Task<string> Make(string target, CancellationToken cancel)
    {
        var made = time.GetUtcNow();
        var file = Path.GetFullPath(Directory.Exists(target) || target.EndsWith('/') ? Path.Combine(target, $"{city.Key}-{made.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.backup") : target);
        if (File.Exists(file)) throw new CannotStartException($"{file} is there already, and is not overwritten. Name another file, or a folder.");
        if (database.File is { } own && !File.Exists(own)) throw new CannotStartException($"There is no database at {own}, so there is nothing to back up. Check the setting Database.");
        var (part, copy) = (file + ".part", file + ".database.part");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Delete(copy);
            // the database first: what a row speaks of is then in the folders, and what is moved to the archive meanwhile is in both
            var applied = await Applied(cancel);
            var rows = await copies.Take(copy, cancel);
            var entries = new List<BackupManifest.Entry>();
            await using (var to = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
            {
                await using (var zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, null, cancel))
                {
                    entries.Add(await Add(zip, DatabaseName, copy, cancel));
                    foreach (var (name, folder) in Folders)
                        foreach (var path in FilesOf(folder))
                            entries.Add(await Add(zip, $"{name}/{Path.GetRelativePath(folder, path).Replace('\\', '/')}", path, cancel));
                    await using var head = await zip.CreateEntry(BackupManifest.Name).OpenAsync(cancel);
                    await JsonSerializer.SerializeAsync(head, new BackupManifest(BackupManifest.Current, city.Key, made, Build, Kind, applied, rows, entries), BackupManifest.Json, cancel);
                }
                to.Flush(flushToDisk: true);
            }
            File.Move(part, file);
            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException) { throw new CannotStartException($"The backup cannot be written to {file}: {refused.Message}", refused); }
        finally
        {
            File.Delete(part);
            File.Delete(copy);
        }
    }

    // a file that is being written or guarded has no place in a backup
    private static IEnumerable<string> FilesOf(string folder) => !Directory.Exists(folder) ? []
        : Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".part", StringComparison.Ordinal) && Path.GetFileName(f) != ".lock").Order(StringComparer.Ordinal);

    private static async Task<BackupManifest.Entry> Add(ZipArchive zip, string name, string path, CancellationToken cancel)
    {
        // dumps and months are packed already
        await using var to = await zip.CreateEntry(name, name == DatabaseName ? CompressionLevel.Fastest : CompressionLevel.NoCompression).OpenAsync(cancel);
        await using var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var (bytes, sha) = await CopyHashed(from, to, cancel);
        return new(name, bytes, sha);
    }

    private static async Task<(long Bytes, string Sha256)> CopyHashed(Stream from, Stream to, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        long bytes = 0;
        for (int read; (read = await from.ReadAsync(buffer, cancel)) > 0; bytes += read)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private async Task<SortedDictionary<string, IReadOnlyList<string>>> Applied(CancellationToken cancel)
    {
        var applied = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var owner in owners)
        {
            await using var scope = scopes.CreateAsyncScope();
            applied[owner.ModuleKey] = [.. await ((DbContext)scope.ServiceProvider.GetRequiredService(owner.Context)).Database.GetAppliedMigrationsAsync(cancel)];
        }
        return applied;
    }

    /// <summary>Puts a backup in place, on this build or a newer one than made it.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="over">True to put what stands there aside first, beside its place; else the place must be empty.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>What was done, in sentences.</returns>
    /// <exception cref="CannotStartException">It is damaged, of another city, of a newer build, or the place is not empty. Nothing was changed.</exception>
    public async Task<string> Restore(string file, bool over, CancellationToken cancel)
    {
        if (!File.Exists(file)) throw new CannotStartException($"There is no file {file}.");
        var stamp = time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var half = new Dictionary<string, string>(StringComparer.Ordinal);
        var copy = $"{(database.File is { } own ? Path.GetFullPath(own) : Path.Combine(Path.GetTempPath(), "smartcity-" + stamp))}.restoring";
        try
        {
            await using var zip = await OpenZip(file, cancel);
            var manifest = await Check(zip, file, cancel);
            await copies.CheckAlone(cancel);
            var full = new List<string>();
            if (!await copies.IsEmpty(cancel)) full.Add(database.File ?? "the database");
            full.AddRange(Folders.Where(f => FilesOf(f.Path).Any()).Select(f => f.Path));
            if (full.Count > 0 && !over) throw new CannotStartException($"The place is not empty: {string.Join(", ", full)}. Nothing was changed. Restore into an empty place, or say --over: what is there is then kept beside it.");

            // unpacked beside their places and checked once more, so that what follows only renames
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            foreach (var (name, folder) in Folders) half[name] = Path.GetFullPath(folder) + ".restoring";
            foreach (var entry in manifest.Files)
            {
                var slash = entry.Path.IndexOf('/', StringComparison.Ordinal);
                if (slash >= 0 && !half.ContainsKey(entry.Path[..slash])) continue;
                var to = slash < 0 ? copy : Path.Combine(half[entry.Path[..slash]], entry.Path[(slash + 1)..]);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                await using var from = await zip.GetEntry(entry.Path)!.OpenAsync(cancel);
                await using var written = new FileStream(to, FileMode.Create);
                await CopyHashed(from, written, cancel);
                written.Flush(flushToDisk: true);
            }
            var told = new List<string>();
            if (full.Count > 0)
            {
                if (!await copies.IsEmpty(cancel)) told.Add($"What the database held is kept: {await copies.PutAside(stamp, cancel)}.");
                foreach (var (_, folder) in Folders.Where(f => Directory.Exists(f.Path)))
                {
                    Directory.Move(folder, $"{Path.GetFullPath(folder)}.before-{stamp}");
                    told.Add($"What {folder} held is kept: {Path.GetFullPath(folder)}.before-{stamp}.");
                }
            }
            await copies.Put(copy, cancel);
            foreach (var (name, folder) in Folders)
                if (Directory.Exists(half[name]))
                {
                    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                    Directory.Move(half[name], Path.GetFullPath(folder));
                }
            var rows = await copies.Rows(cancel);
            if (manifest.Rows.FirstOrDefault(r => rows.GetValueOrDefault(r.Key, -1) != r.Value) is { Key: { } table } wrong)
                throw new CannotStartException($"The table {table} holds {rows.GetValueOrDefault(table)} rows where the backup has {wrong.Value}. Do not start the city; restore again, with --over.");
            var pending = await migrator.Pending(cancel);
            if (pending.Count > 0) await migrator.Apply(cancel);
            told.Insert(0, string.Create(CultureInfo.InvariantCulture, $"Restored {city.Key} as it was at {manifest.Made.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {rows.Values.Sum():n0} rows, {manifest.Files.Count - 1} files."));
            if (pending.Count > 0) told.Add($"This build is newer: {pending.Count} migrations were applied.");
            return string.Join(Environment.NewLine, told);
        }
        finally
        {
            File.Delete(copy);
            foreach (var folder in half.Values) if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ZipArchive> OpenZip(string file, CancellationToken cancel)
    {
        try { return await ZipFile.OpenReadAsync(file, cancel); }
        catch (InvalidDataException broken) { throw new CannotStartException($"{file} is no backup, or is cut off: {broken.Message} Nothing was changed.", broken); }
    }

    private async Task<BackupManifest> Check(ZipArchive zip, string file, CancellationToken cancel)
    {
        BackupManifest manifest;
        try
        {
            await using var head = await (zip.GetEntry(BackupManifest.Name) ?? throw new InvalidDataException("it has no manifest")).OpenAsync(cancel);
            manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(head, BackupManifest.Json, cancel) ?? throw new InvalidDataException("its manifest is empty");
            if (manifest is not { Format: BackupManifest.Current, Files: not null, Rows: not null, Migrations: not null }) throw new InvalidDataException("its manifest is of another kind");
            if (manifest.Files.FirstOrDefault(f => f.Path.Contains("..", StringComparison.Ordinal) || f.Path.StartsWith('/') || f.Path.Contains('\\', StringComparison.Ordinal)) is { } outside) throw new InvalidDataException($"it names a file outside of itself, {outside.Path}");
            foreach (var entry in manifest.Files)
            {
                await using var from = await (zip.GetEntry(entry.Path) ?? throw new InvalidDataException($"{entry.Path} is missing")).OpenAsync(cancel);
                var (bytes, sha) = await CopyHashed(from, Stream.Null, cancel);
                if (bytes != entry.Bytes || sha != entry.Sha256) throw new InvalidDataException($"{entry.Path} is not as it was written");
            }
            if (!manifest.Files.Any(f => f.Path == DatabaseName)) throw new InvalidDataException("it holds no database");
        }
        catch (Exception broken) when (broken is InvalidDataException or JsonException) { throw new CannotStartException($"{file} is damaged: {broken.Message}. Nothing was changed.", broken); }
        if (manifest.City != city.Key) throw new CannotStartException($"{file} is of the city {manifest.City}, and this is {city.Key}. Nothing was changed.");
        if (manifest.Database != Kind) throw new CannotStartException($"{file} holds a database of {manifest.Database}, and the setting Database names one of {Kind}. Nothing was changed.");
        foreach (var (module, applied) in manifest.Migrations)
        {
            if (owners.FirstOrDefault(o => o.ModuleKey == module) is not { } owner) continue;
            await using var scope = scopes.CreateAsyncScope();
            var known = ((DbContext)scope.ServiceProvider.GetRequiredService(owner.Context)).Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
            if (applied.FirstOrDefault(m => !known.Contains(m)) is { } newer) throw new CannotStartException($"{file} was made by a newer build ({manifest.Build}; {module}/{newer}) than this one ({Build}). Restore it with that build or a later one. Nothing was changed.");
        }
        return manifest;
    }
}

using System.Security.Cryptography;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Backup;

/// <summary>Looks whether everything that belongs together is there and whole. Changes nothing; may run beside the city.</summary>
internal sealed class DataCheck(CityDatabase database, Migrator migrator, Archive archive, ArchiveFolder archived, IEnumerable<KeptFolder> kept, IServiceScopeFactory scopes)
{
    // a file may be laid down a moment before the row that names it
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(1);

    /// <summary>Every problem, in a sentence each; none when all is well.</summary>
    public async Task<IReadOnlyList<string>> Run(CancellationToken cancel)
    {
        var problems = new List<string>();
        if (database.File is { } file && !File.Exists(file)) return [$"There is no database at {file}."];
        var pending = await migrator.Pending(cancel);
        problems.AddRange(pending.Select(p => $"The migration {p.Migration} of {p.Module} has not been applied: run this program once with the word migrate."));
        await using (var connection = await database.Open(cancel))
            problems.AddRange(database.Kind == DatabaseKind.Sqlite ? await Sqlite(connection, cancel) : await Postgres(connection, cancel));
        problems.AddRange(await Archived(cancel));
        if (pending.Count > 0) return problems;
        foreach (var folder in kept) problems.AddRange(await Folder(folder, cancel));
        return problems;
    }

    private static async Task<IEnumerable<string>> Sqlite(System.Data.Common.DbConnection connection, CancellationToken cancel) =>
    [
        .. (await connection.Rows("PRAGMA integrity_check", [], r => r.GetString(0), cancel)).Where(l => l != "ok").Select(l => $"The database is damaged: {l}"),
        .. await connection.Rows("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2", [], r => $"{r.GetInt64(2)} rows of {r.GetString(0)} name a row of {r.GetString(1)} that is not there.", cancel),
    ];

    private static async Task<IEnumerable<string>> Postgres(System.Data.Common.DbConnection connection, CancellationToken cancel)
    {
        // asked of the rows themselves: a constraint can be switched off while rows are brought in
        var keys = await connection.Rows("""
            SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
              string_agg(format('p.%I = c.%I', p.attname, a.attname), ' AND ' ORDER BY k.n), string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY k.n)
            FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, other, n)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = k.other
            WHERE c.contype = 'f' GROUP BY c.oid, c.conrelid, c.confrelid
            """, [], r => (Table: r.GetString(0), Parent: r.GetString(1), On: r.GetString(2), Set: r.GetString(3)), cancel);
        var problems = new List<string>();
        foreach (var (table, parent, on, set) in keys)
            if (await connection.Number($"SELECT count(*) FROM {table} c WHERE {set} AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {on})", [], cancel) is > 0 and var lost)
                problems.Add($"{lost} rows of {table} name a row of {parent} that is not there.");
        return problems;
    }

    private async Task<IEnumerable<string>> Archived(CancellationToken cancel)
    {
        var problems = new List<string>();
        IReadOnlyList<Archive.Bundle> bundles;
        try { bundles = archive.Read().Bundles; }
        catch (CannotStartException unreadable) { return [unreadable.Message]; }
        foreach (var bundle in bundles)
        {
            var path = Path.Combine(archived.Path, bundle.File);
            if (!File.Exists(path)) problems.Add($"The month {bundle.File} is listed in the archive and is not there: take it from a backup.");
            else if (await Sha(path, cancel) != bundle.Sha256) problems.Add($"The month {bundle.File} of the archive is not as it was written: take it from a backup.");
        }
        if (Directory.Exists(archived.Path))
            problems.AddRange(Directory.EnumerateFiles(archived.Path, "*.zip").Select(f => Path.GetFileName(f)!).Where(f => !bundles.Any(b => b.File == f)).Select(f => $"The file {f} lies in the archive and is not on its list."));
        return problems;
    }

    private async Task<IEnumerable<string>> Folder(KeptFolder folder, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var named = await folder.Files(scope.ServiceProvider, cancel);
        var problems = new List<string>();
        foreach (var (name, sha) in named)
        {
            var path = Path.Combine(folder.Path, name);
            if (!File.Exists(path)) problems.Add($"A file of {folder.Key} is missing, {path}: take it from a backup.");
            else if (await Sha(path, cancel) != sha) problems.Add($"A file of {folder.Key} is not as it was stored, {path}: take it from a backup.");
        }
        if (Directory.Exists(folder.Path))
            problems.AddRange(Directory.EnumerateFiles(folder.Path).Where(f => !f.EndsWith(".part", StringComparison.Ordinal) && !File.Exists(f + ".part") && !named.ContainsKey(Path.GetFileName(f)) && DateTime.UtcNow - File.GetLastWriteTimeUtc(f) > JustNow).Order(StringComparer.Ordinal).Select(f => $"No row of {folder.Key} names the file {f}: it may be removed."));
        return problems;
    }

    private static async Task<string> Sha(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }
}

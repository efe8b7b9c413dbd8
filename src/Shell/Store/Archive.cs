using System.Data.Common;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>Old months as plain files: a bundle a month, a zip of CSV files with a header, its checksum in a manifest beside it.
/// Written, read back, and only then are the rows deleted; whatever is interrupted is finished by the next run.</summary>
internal sealed class Archive(CityDatabase database, CityPack city, IReadOnlyList<FeedPlan> plans, ReadingStore store, Months months, ArchiveFolder folder, TimeProvider time)
{
    public const string Format = "smartcity-archive/1";
    /// <summary>A month that was brought back stays at hand for so long.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromDays(30);
    /// <summary>What was fetched within it may still be on its way into the database.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);
    private const int Many = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One file of the archive, as the manifest lists it.</summary>
    /// <param name="UpTo">Rows fetched until then are in it.</param>
    /// <param name="Moved">True when its single values have been deleted from the database.</param>
    internal sealed record Bundle(string File, string Month, int Part, long Bytes, string Sha256, DateTimeOffset Written, DateTimeOffset UpTo, bool Moved, IReadOnlyDictionary<string, long> Rows);
    internal sealed record Manifest(string Format, string City, IReadOnlyList<Bundle> Bundles);
    /// <param name="Hours">Single values by the hour they were observed in, for the deletion.</param>
    internal sealed record Header(string Format, string City, IReadOnlyDictionary<string, string> Name, string TimeZone, string Month, int Part, DateTimeOffset From, DateTimeOffset To, DateTimeOffset Written, DateTimeOffset UpTo,
        IReadOnlyList<string> Feeds, IReadOnlyDictionary<string, long> Rows, IReadOnlyDictionary<string, long> Hours);

    private string ManifestFile => Path.Combine(folder.Path, "manifest.json");

    public Manifest Read()
    {
        if (!File.Exists(ManifestFile)) return new(Format, city.Key, []);
        try { return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(ManifestFile), Json) ?? throw new JsonException("it is empty"); }
        catch (JsonException broken) { throw new CannotStartException($"The archive's list {ManifestFile} cannot be read: {broken.Message}", broken); }
    }

    private void Save(Manifest manifest) => Put(ManifestFile, file => file.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, Json)));

    // beside its place first, so that a reader never sees half of it
    private static void Put(string path, Action<FileStream> write)
    {
        var part = path + ".part";
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    private (DateTimeOffset From, DateTimeOffset To) Span(string month) => Months.Span(city, month);

    private string MonthOf(DateTimeOffset at) => ((ICity)city).Local(at).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Moves every month whose feeds have kept their values long enough. Returns what was moved, by month.</summary>
    public async Task<IReadOnlyList<(string Month, long Values)>> Run(CancellationToken cancel)
    {
        var done = new List<(string, long)>();
        // one at a time: the command and the host's own clockwork
        Directory.CreateDirectory(folder.Path);
        using var one = Exclusive();
        var manifest = Read();
        foreach (var unfinished in manifest.Bundles.Where(b => !b.Moved).ToList()) manifest = await Delete(manifest, unfinished, cancel);
        var now = time.GetUtcNow();
        await using var connection = await database.OpenToRead(cancel);
        var first = await First(connection, cancel);
        if (first is null) return done;
        var feeds = await connection.Rows($"SELECT DISTINCT {Q("Feed")} FROM {database.T("series")}", [], row => row.GetString(0), cancel);
        var keep = plans.ToDictionary(p => p.Feed.Key, p => p.KeepValues, StringComparer.Ordinal);
        var restored = (await connection.Rows($"SELECT {Q("Month")}, {Q("At")} FROM {database.T("restored")}", [], row => (row.GetString(0), row.Instant(1)), cancel)).ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);
        for (var (month, next) = (MonthOf(first.Value), ""); ; month = next)
        {
            var (from, to) = Span(month);
            next = MonthOf(to.AddDays(1));
            if (to > now) break;
            var due = feeds.Where(f => to + keep.GetValueOrDefault(f, Default) <= now).Order(StringComparer.Ordinal).ToList();
            if (due.Count == 0) continue;
            if (restored.TryGetValue(month, out var since))
            {
                if (now - since < Stay) continue;
                await PutAway(manifest, month, due, cancel);
            }
            var parts = manifest.Bundles.Count(b => b.Month == month);
            var (values, upTo) = (await Count(connection, from, to, due, now - Settled, cancel), now - Settled);
            if (values == 0 && (parts > 0 || !await Anything(connection, from, to, cancel))) continue;
            var bundle = await Write(connection, month, parts + 1, due, upTo, cancel);
            manifest = manifest with { Bundles = [.. manifest.Bundles, bundle] };
            Save(manifest);
            manifest = await Delete(manifest, bundle, cancel);
            done.Add((month, bundle.Rows["observations"]));
        }
        await SweepThings(connection, manifest, keep, restored, now, cancel);
        return done;
    }

    // what moves writes a version at every fetch: those that a bundle holds with their end go like single values do, what still
    // held when it was written stays. A version begins with its fetch, so none comes into a month that is written
    private async Task SweepThings(DbConnection connection, Manifest manifest, IReadOnlyDictionary<string, TimeSpan> keep, IReadOnlyDictionary<string, DateTimeOffset> restored, DateTimeOffset now, CancellationToken cancel)
    {
        var feeds = await connection.Rows($"SELECT DISTINCT {Q("Feed")} FROM {database.T("things")}", [], row => row.GetString(0), cancel);
        foreach (var bundle in manifest.Bundles.Where(b => b is { Part: 1, Moved: true } && !(restored.TryGetValue(b.Month, out var since) && now - since < Stay)))
        {
            var (from, to) = Span(bundle.Month);
            foreach (var feed in feeds.Where(f => to + keep.GetValueOrDefault(f, Default) <= now))
            {
                (string, object?)[] Within(long start, long end) => [("feed", feed), ("from", start), ("to", end), ("upto", bundle.UpTo.Ms())];
                var of = $"{Q("Feed")} = @feed AND {Q("From")} >= @from AND {Q("From")} < @to AND {Q("Until")} <= @upto";
                var checkedFile = false;
                // an hour at a time: beats wait for no more than that
                for (var start = from.Ms(); await connection.Number($"SELECT min({Q("From")}) FROM {database.T("things")} WHERE {of}", Within(start, to.Ms()), cancel) is > 0 and var first; start = first + HourMs)
                {
                    if (!checkedFile) checkedFile = await Checked(bundle, cancel) is not null;
                    await database.Write(async writer =>
                    {
                        await using var delete = Command(writer, null, $"DELETE FROM {database.T("things")} WHERE {of}", "feed", "from", "to", "upto");
                        await delete.Run(cancel, feed, first, Math.Min(first + HourMs, to.Ms()), bundle.UpTo.Ms());
                    }, cancel);
                }
            }
        }
    }

    private const long HourMs = 3_600_000;

    private static readonly TimeSpan Default = TimeSpan.FromDays(30);

    private FileStream Exclusive()
    {
        try { return new(Path.Combine(folder.Path, ".lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None); }
        catch (IOException busy) { throw new CannotStartException($"The archive {folder.Path} is in use by another program; try again when it has finished.", busy); }
    }

    private async Task<DateTimeOffset?> First(DbConnection connection, CancellationToken cancel)
    {
        var first = long.MaxValue;
        foreach (var (table, column) in new[] { ("observations", "ObservedAt"), ("hours", "Hour"), ("events", "FetchedAt"), ("figures", "FetchedAt"), ("documents", "FetchedAt"), ("things", "From") })
            if (await connection.Number($"SELECT min({Q(column)}) FROM {database.T(table)} WHERE {Q(column)} > 0", [], cancel) is > 0 and var at) first = Math.Min(first, at);
        return first == long.MaxValue ? null : At(first);
    }

    private async Task<bool> Anything(DbConnection connection, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        foreach (var table in ArchiveTable.Copied.Where(t => t.Name != "fetches"))
            if (await connection.Number($"SELECT count(*) FROM (SELECT 1 FROM {database.T(table.Name)} WHERE {Q(table.Time)} >= @from AND {Q(table.Time)} < @to LIMIT 1) AS one", [("from", from.Ms()), ("to", to.Ms())], cancel) > 0) return true;
        return false;
    }

    // names are parameters as everything else; there are few hundred
    private string OfFeeds(IReadOnlyList<string> feeds) => $" AND t.{Q("SeriesId")} IN (SELECT {Q("Id")} FROM {database.T("series")} WHERE {Q("Feed")} IN ({string.Join(", ", feeds.Select((_, i) => $"@feed{i}"))})) AND t.{Q("FetchedAt")} <= @upto";

    private static (string Name, object? Value)[] Parameters(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<string> feeds, DateTimeOffset upTo) =>
        [("from", from.Ms()), ("to", to.Ms()), ("upto", upTo.Ms()), .. feeds.Select((f, i) => ($"feed{i}", (object?)f))];

    private Task<long> Count(DbConnection connection, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<string> feeds, DateTimeOffset upTo, CancellationToken cancel) =>
        connection.Number($"SELECT count(*) FROM {database.T("observations")} t WHERE t.{Q("ObservedAt")} >= @from AND t.{Q("ObservedAt")} < @to{OfFeeds(feeds)}", Parameters(from, to, feeds, upTo), cancel);

    private async Task<Bundle> Write(DbConnection connection, string month, int part, IReadOnlyList<string> feeds, DateTimeOffset upTo, CancellationToken cancel)
    {
        var (from, to) = Span(month);
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var hours = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var name = $"{city.Key}-{month}{(part == 1 ? "" : $".{part}")}.zip";
        var path = Path.Combine(folder.Path, name);
        var written = time.GetUtcNow();
        await using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.ReadWrite))
        {
            await using (var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, null, cancel))
            {
                // hour by hour, so that neither side holds more
                rows["observations"] = await Entry(zip, ArchiveTable.Observations, written, async to0 =>
                {
                    long all = 0;
                    for (var hour = from; hour < to; hour = hour.AddHours(1))
                    {
                        var count = await Copy(connection, ArchiveTable.Observations, OfFeeds(feeds), Parameters(hour, hour.AddHours(1), feeds, upTo), to0, cancel);
                        if (count > 0) hours[Iso(hour)] = count;
                        all += count;
                    }
                    return all;
                }, cancel);
                foreach (var table in part == 1 ? ArchiveTable.Copied : [])
                    rows[table.Name] = await Entry(zip, table, written, to0 => Copy(connection, table, "", [("from", from.Ms()), ("to", to.Ms())], to0, cancel), cancel);
                var header = new Header(Format, city.Key, city.Languages.ToDictionary(l => l, city.Name.In), city.Zone.Id, month, part, from, to, written, upTo, feeds, rows, hours);
                await using var head = await zip.CreateEntry("header.json").OpenAsync(cancel);
                await JsonSerializer.SerializeAsync(head, header, Json, cancel);
            }
            file.Flush(flushToDisk: true);
        }
        // read back before anything is deleted: every file to its end, with the checks that a zip carries, and counted
        await Verify(path + ".part", rows, cancel);
        var sha = await Sha(path + ".part", cancel);
        File.Move(path + ".part", path, overwrite: true);
        return new(name, month, part, new FileInfo(path).Length, sha, written, upTo, false, rows);
    }

    private static async Task<long> Entry(ZipArchive zip, ArchiveTable table, DateTimeOffset written, Func<TextWriter, Task<long>> fill, CancellationToken cancel)
    {
        var entry = zip.CreateEntry(table.Name + ".csv", CompressionLevel.Optimal);
        entry.LastWriteTime = written;
        await using var stream = await entry.OpenAsync(cancel);
        await using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16);
        table.WriteHead(text);
        return await fill(text);
    }

    private async Task<long> Copy(DbConnection connection, ArchiveTable table, string where, (string Name, object? Value)[] parameters, TextWriter to, CancellationToken cancel)
    {
        await using var command = Command(connection, null, table.Select(database, where), [.. parameters.Select(p => p.Name)]);
        command.CommandTimeout = 0;
        command.Set([.. parameters.Select(p => p.Value)]);
        long count = 0;
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            table.Write(rows, to);
            count++;
        }
        return count;
    }

    private static async Task Verify(string path, IReadOnlyDictionary<string, long> rows, CancellationToken cancel)
    {
        await using var zip = await ZipFile.OpenReadAsync(path, cancel);
        foreach (var (table, expected) in rows)
        {
            using var csv = Csv(await zip.GetEntry(table + ".csv")!.OpenAsync(cancel));
            long count = -1;
            while (await csv.ReadAsync()) count++;
            if (count != expected) throw new InvalidDataException($"{Path.GetFileName(path)} holds {count} rows of {table} where {expected} were written; nothing was deleted");
        }
    }

    private static CsvParser Csv(Stream stream) => new(new StreamReader(stream, Encoding.UTF8), new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.None, IgnoreBlankLines = false });

    private static async Task<string> Sha(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    private async Task<Header> Checked(Bundle bundle, CancellationToken cancel)
    {
        var path = Path.Combine(folder.Path, bundle.File);
        if (!File.Exists(path)) throw new CannotStartException($"The bundle {bundle.File} is listed in manifest.json and is not in {folder.Path}.");
        if (await Sha(path, cancel) != bundle.Sha256) throw new CannotStartException($"The bundle {bundle.File} is not as it was written: its SHA-256 is not the one in manifest.json. Nothing was changed; take the file from a backup.");
        await using var zip = await ZipFile.OpenReadAsync(path, cancel);
        await using var head = await zip.GetEntry("header.json")!.OpenAsync(cancel);
        return (await JsonSerializer.DeserializeAsync<Header>(head, Json, cancel))!;
    }

    // an hour at a time, and only what is known to be in the file: beats wait for no more than that
    private async Task<Manifest> Delete(Manifest manifest, Bundle bundle, CancellationToken cancel)
    {
        var header = await Checked(bundle, cancel);
        // where nothing is left but what is in the file, at once
        if (!await months.Drop(header.Month, header.Hours.Values.Sum(), cancel))
        {
            foreach (var (hour, expected) in header.Hours)
            {
                var from = DateTimeOffset.Parse(hour, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                await DeleteHour(from, header.Feeds, header.UpTo, expected, cancel);
            }
            await months.Drop(header.Month, 0, cancel);
        }
        manifest = manifest with { Bundles = [.. manifest.Bundles.Select(b => b.File == bundle.File ? b with { Moved = true } : b)] };
        Save(manifest);
        return manifest;
    }

    private Task DeleteHour(DateTimeOffset from, IReadOnlyList<string> feeds, DateTimeOffset upTo, long most, CancellationToken cancel) => database.Write(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var parameters = Parameters(from, from.AddHours(1), feeds, upTo);
        await using var delete = Command(connection, transaction, $"DELETE FROM {database.T("observations")} AS t WHERE t.{Q("ObservedAt")} >= @from AND t.{Q("ObservedAt")} < @to{OfFeeds(feeds)}", [.. parameters.Select(p => p.Name)]);
        // more than was written: something came in between, and goes with a further part
        if (await delete.Run(cancel, [.. parameters.Select(p => p.Value)]) > most) await transaction.RollbackAsync(cancel);
        else await transaction.CommitAsync(cancel);
    }, cancel);

    // what was brought back goes again, by the files it came from
    private async Task PutAway(Manifest manifest, string month, IReadOnlyList<string> due, CancellationToken cancel)
    {
        var hours = new Dictionary<string, long>(StringComparer.Ordinal);
        var upTo = DateTimeOffset.MinValue;
        foreach (var bundle in manifest.Bundles.Where(b => b.Month == month))
        {
            var header = await Checked(bundle, cancel);
            if (header.UpTo > upTo) upTo = header.UpTo;
            foreach (var (hour, count) in header.Hours) hours[hour] = hours.GetValueOrDefault(hour) + count;
        }
        foreach (var (hour, count) in hours) await DeleteHour(DateTimeOffset.Parse(hour, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), due, upTo, count, cancel);
        await database.Write(async connection =>
        {
            await using var forget = Command(connection, null, $"DELETE FROM {database.T("restored")} WHERE {Q("Month")} = @month", "month");
            await forget.Run(cancel, month);
        }, cancel);
    }

    /// <summary>Brings a month back, so that it can be asked for. Twice changes nothing. Returns how many single values it has.</summary>
    /// <exception cref="CannotStartException">There is no such month, or a file is not as it was written.</exception>
    public async Task<long> Restore(string month, CancellationToken cancel)
    {
        if (!DateTime.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) throw new CannotStartException($"'{month}' is not a month: write it as 2026-09.");
        var manifest = Read();
        if (manifest.City != city.Key) throw new CannotStartException($"The archive {folder.Path} is that of {manifest.City}, and this city is {city.Key}.");
        var bundles = manifest.Bundles.Where(b => b.Month == month).OrderBy(b => b.Part).ToList();
        if (bundles.Count == 0)
            throw new CannotStartException($"The archive {folder.Path} has no {month}; it has {(manifest.Bundles.Count == 0 ? "no month" : string.Join(", ", manifest.Bundles.Select(b => b.Month).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)))}.");
        using var one = Exclusive();
        // all files are checked before the first row is written
        foreach (var bundle in bundles) await Checked(bundle, cancel);
        // first, so that the clockwork of a running host leaves the month alone
        await database.Write(async connection =>
        {
            await using var note = Command(connection, null, Sql.Insert(database.T("restored"), "Month", "At") + $" ON CONFLICT ({Q("Month")}) DO UPDATE SET {Q("At")} = excluded.{Q("At")}", "Month", "At");
            await note.Run(cancel, month, time.GetUtcNow().Ms());
        }, cancel);
        long values = 0;
        var series = new Dictionary<(string, string, string), int>();
        foreach (var bundle in bundles)
        {
            await using var zip = await ZipFile.OpenReadAsync(Path.Combine(folder.Path, bundle.File), cancel);
            foreach (var table in ArchiveTable.Copied.Prepend(ArchiveTable.Observations))
                if (zip.GetEntry(table.Name + ".csv") is { } entry)
                {
                    var count = await Load(table, await entry.OpenAsync(cancel), series, cancel);
                    if (table == ArchiveTable.Observations) values += count;
                }
        }
        await store.Forget(cancel);
        return values;
    }

    private async Task<long> Load(ArchiveTable table, Stream stream, Dictionary<(string, string, string), int> series, CancellationToken cancel)
    {
        using var csv = Csv(stream);
        await csv.ReadAsync();
        // by name: a later version of the product may write more columns
        var at = table.Columns.Select(c => Array.IndexOf(csv.Record!, c.File)).ToArray();
        if (at.Contains(-1)) throw new CannotStartException($"{table.Name}.csv has no column {table.Columns[Array.IndexOf(at, -1)].File}.");
        long count = 0;
        var rows = new List<object?[]>();
        while (true)
        {
            var more = await csv.ReadAsync();
            if (more) rows.Add([.. table.Columns.Select((c, i) => ArchiveTable.Read(c.Kind, csv.Record![at[i]]))]);
            if (rows.Count < (more ? 20_000 : 1)) { if (more) continue; break; }
            count += rows.Count;
            await database.Write(async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                if (table.OfSeries) await Series(connection, transaction, rows, series, cancel);
                int Id(object?[] row) => series[((string)row[0]!, (string)row[1]!, (string)row[2]!)];
                if (table == ArchiveTable.Observations)
                    ReadingRows.On(database, connection).Observations(rows.ConvertAll(r => new ObservationRow((long)r[3]!, Id(r), (long)r[5]!, (long)r[4]!, (double?)r[6] ?? double.NaN, (short)r[7]!)), certain: false);
                else
                    await InsertMany(connection, transaction, table, table.OfSeries ? rows.ConvertAll(r => new object?[] { Id(r) }.Concat(r.Skip(3)).ToArray()) : rows, cancel);
                await transaction.CommitAsync(cancel);
            }, cancel);
            rows.Clear();
            if (!more) break;
        }
        return count;
    }

    private async Task Series(DbConnection connection, DbTransaction transaction, List<object?[]> rows, Dictionary<(string, string, string), int> known, CancellationToken cancel)
    {
        await using var insert = Command(connection, transaction, Sql.Insert(database.T("series"), "Feed", "Thing", "Property") + " ON CONFLICT DO NOTHING", "Feed", "Thing", "Property");
        await using var find = Command(connection, transaction, $"SELECT {Q("Id")} FROM {database.T("series")} WHERE {Q("Feed")} = @Feed AND {Q("Thing")} = @Thing AND {Q("Property")} = @Property", "Feed", "Thing", "Property");
        foreach (var row in rows)
        {
            var key = ((string)row[0]!, (string)row[1]!, (string)row[2]!);
            if (known.ContainsKey(key)) continue;
            await insert.Run(cancel, row[0], row[1], row[2]);
            find.Set(row[0], row[1], row[2]);
            known[key] = Convert.ToInt32(await find.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
        }
    }

    // what is there stays: it may have been corrected since
    private async Task InsertMany(DbConnection connection, DbTransaction transaction, ArchiveTable table, List<object?[]> rows, CancellationToken cancel)
    {
        string[] columns = table.OfSeries ? ["SeriesId", .. table.Own.Select(c => c.Table)] : [.. table.Own.Select(c => c.Table)];
        string Statement(int count) => $"INSERT INTO {database.T(table.Name)} ({List(columns)}) VALUES {string.Join(", ", Enumerable.Range(0, count).Select(r => $"({string.Join(", ", columns.Select((_, c) => $"@p{r * columns.Length + c}"))})"))} ON CONFLICT DO NOTHING";
        string[] Names(int count) => [.. Enumerable.Range(0, count * columns.Length).Select(i => $"p{i}")];
        foreach (var chunk in rows.Chunk(Many))
        {
            await using var insert = Command(connection, transaction, Statement(chunk.Length), Names(chunk.Length));
            await insert.Run(cancel, [.. chunk.SelectMany(r => r)]);
        }
    }
}

/// <summary>Where the archive stands: the setting <c>Archive</c>, else <c>data/archive/{city}</c> below the content root.</summary>
internal sealed record ArchiveFolder(string Path);

/// <summary>Deletes what has been kept long enough, after it has been moved to the archive. Once an hour, on one host.</summary>
internal sealed class Retention(Archive archive, Months months, AnswerLog answers, IReadOnlyList<FeedPlan> plans, IDuty duty, TimeProvider time, ILogger<Retention> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                try { if (duty.IsMine) await Run(stoppingToken); }
                catch (Exception broken) when (broken is not OperationCanceledException) { log.LogError(broken, "What is old could not be put away"); }
        }
        catch (OperationCanceledException) { /* the host stops */ }
    }

    public async Task Run(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await answers.Prune(plans.Select(p => KeyValuePair.Create(p.Feed.Key, p.KeepRaw)), now, now - plans.Select(p => p.KeepValues).Append(TimeSpan.FromDays(30)).Max() - TimeSpan.FromDays(2), cancel);
        await months.MakeAhead(now, cancel);
        foreach (var (month, values) in await archive.Run(cancel)) log.LogInformation("{Month} was moved to the archive: {Values} values", month, values);
    }
}

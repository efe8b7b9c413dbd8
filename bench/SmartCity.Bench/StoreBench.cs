using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Mapping;
using SmartCity.Shell.Store;

namespace SmartCity.Bench;

/// <summary>The store against its own tables without it: what the rules cost that keep values once, right and summed up.</summary>
internal static class StoreBench
{
    private const int Things = 25, Properties = 6, Rows = 1_000_000;
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Measures = [.. Enumerable.Range(0, Properties).Select(p => $"m{p}")];
    private static readonly string[] Areas = [.. Enumerable.Range(0, Things).Select(t => $"{11000 + t * 30}")];

    /// <summary>A database of its own with the tables of the feeds.</summary>
    private sealed class Tables : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly string _folder = Directory.CreateTempSubdirectory("smartcity-bench-").FullName;

        public Tables(string? postgres)
        {
            Database = new(postgres ?? Path.Combine(_folder, "city.db"));
            _services = new ServiceCollection().AddLogging().AddSingleton<ICityDatabase>(Database).AddModuleDb<FeedsDb>(FeedsDb.Module).BuildServiceProvider();
            Store = NewStore();
        }

        public CityDatabase Database { get; }
        public ReadingStore Store { get; }
        public ReadingStore NewStore() => new(Database, _services.GetRequiredService<IDbContextFactory<FeedsDb>>(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Seoul"));

        public async Task Migrate()
        {
            await using var db = await _services.GetRequiredService<IDbContextFactory<FeedsDb>>().CreateDbContextAsync();
            await db.Database.MigrateAsync();
        }

        public async Task Empty()
        {
            await using var connection = await Database.Open(default);
            foreach (var table in new[] { "observations", "hours", "days", "series" }) await Do(connection, $"DELETE FROM {Database.T(table)}");
            if (Database.Kind == DatabaseKind.Postgres) await Do(connection, $"VACUUM FULL {Database.T("observations")}");
            else await Do(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        public async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            await Database.DisposeAsync();
            try { Directory.Delete(_folder, recursive: true); }
            catch (IOException) { /* a file that is still closing */ }
        }
    }

    private static async Task Do(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    // what a beat every ten seconds brings, for as long as it takes
    private static IEnumerable<Reading> Readings(int count, TimeSpan every)
    {
        var random = new Random(4711);
        for (var (at, n) = (Start, 0); n < count; at += every)
            foreach (var area in Areas)
                foreach (var measure in Measures)
                    if (n++ < count) yield return new(area, measure, at, at + every, at + every, Math.Round(random.NextDouble() * 100, 1), Quality.Good);
    }

    public static async Task Ingest()
    {
        Console.WriteLine($"{Rows:n0} values of {Things * Properties} series, ten seconds apart; dedupe, hours and days included. The peer writes the same rows into the same table, in transactions of the same size, and nothing else.");
        Console.WriteLine();
        Console.WriteLine("The last line of each database is the whole path: JSON answers of 2,500 rows, read, mapped, deduped, summed up.");
        Console.WriteLine();
        Console.WriteLine("| database | values a transaction | store /s (median) | bare /s | ratio, median of 3 turns | lowest to highest |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var readings = Readings(Rows, TimeSpan.FromSeconds(10)).ToList();
        await using var server = await BenchPostgres.Start();
        foreach (var setting in server is null ? new string?[] { null } : [null, server.Setting])
        {
            await using var tables = new Tables(setting);
            await tables.Migrate();
            foreach (var (batch, whole) in new[] { (150, false), (15_000, false), (Rows, false), (15_000, true) })
            {
                if (batch == 150) readings = readings[..(Rows / 5)];
                else readings = [.. Readings(Rows, TimeSpan.FromSeconds(10))];
                var chunks = readings.Chunk(batch).ToList();
                var answers = whole ? chunks.ConvertAll(Answer) : [];
                var turns = new List<(double Store, double Bare)>();
                for (var turn = 0; turn < 3; turn++)
                {
                    await tables.Empty();
                    var store = tables.NewStore();
                    GC.Collect();
                    var watch = Stopwatch.StartNew();
                    if (whole) foreach (var answer in answers) await store.Add("bench.feed", Mapped(answer), default);
                    else foreach (var chunk in chunks) await store.Add("bench.feed", chunk, default);
                    var ours = watch.Elapsed.TotalSeconds;
                    await tables.Empty();
                    GC.Collect();
                    watch.Restart();
                    foreach (var chunk in chunks) await Bare(tables.Database, chunk);
                    turns.Add((ours, watch.Elapsed.TotalSeconds));
                }
                var ratios = turns.Select(t => t.Bare / t.Store).Order().ToList();
                Console.WriteLine($"| {tables.Database.Kind}{(whole ? ", from the answer on" : "")} | {batch:n0} | {readings.Count / turns.Select(t => t.Store).Order().ElementAt(1):n0} | {readings.Count / turns.Select(t => t.Bare).Order().ElementAt(1):n0} | {ratios[1]:0.00} | {ratios[0]:0.00} to {ratios[^1]:0.00} |");
            }
        }
    }

    private static readonly CityPack City = CityPack.Load(Path.Combine(BenchCity.Root, "cities", "seoul"));
    private static readonly FeedPlan Plan = FeedTrial.PlanOf(new FeedDescriptor
    {
        Feed = "city.bench",
        Format = "json",
        Envelope = new() { Rows = ["rows"] },
        Map = new()
        {
            Thing = new() { From = ["area"] },
            Time = new() { From = ["at"], Format = ["yyyyMMddHHmmss"], Covers = "10s" },
            Values = Measures.ToDictionary(m => m, m => new FeedDescriptor.FieldOf { From = [m] }),
        },
    });

    private static Answer Answer(Reading[] chunk)
    {
        var rows = chunk.GroupBy(r => (r.Thing, r.ObservedAt)).Select(g => $$"""{"area":"{{g.Key.Thing}}","at":"{{((ICity)City).Local(g.Key.ObservedAt):yyyyMMddHHmmss}}",{{string.Join(',', g.Select(r => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{r.Property}\":\"{r.Value}\"")))}}}""");
        return new(FetchOutcome.Ok, System.Text.Encoding.UTF8.GetBytes($$"""{"rows":[{{string.Join(',', rows)}}]}"""));
    }

    private static IReadOnlyList<Reading> Mapped(Answer answer)
    {
        var now = Start.AddYears(1);
        var mapped = RowMap.Map(Plan, City, TableReader.Read(Plan, answer, City.Zone, now), Plan.Covers, now);
        return mapped.Outcome == FetchOutcome.Ok ? mapped.Readings : throw new InvalidOperationException(mapped.Detail);
    }

    private static async Task Bare(CityDatabase database, Reading[] chunk)
    {
        await using var connection = await database.Open(default);
        var series = new Dictionary<(string, string), int>();
        int Of(Reading r) => series.TryGetValue((r.Thing, r.Property), out var id) ? id : series[(r.Thing, r.Property)] = Array.IndexOf(Areas, r.Thing) * Properties + Array.IndexOf(Measures, r.Property) + 1;
        if (connection is NpgsqlConnection postgres)
        {
            await using var copy = await postgres.BeginBinaryImportAsync("COPY feeds.observations (\"ObservedAt\", \"SeriesId\", \"FetchedAt\", \"ObservedUntil\", \"Value\", \"Quality\") FROM STDIN (FORMAT BINARY)");
            foreach (var r in chunk)
            {
                copy.StartRow();
                copy.Write(r.ObservedAt.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint);
                copy.Write(Of(r), NpgsqlDbType.Integer);
                copy.Write(r.FetchedAt.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint);
                copy.Write(r.ObservedUntil.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint);
                copy.Write(r.Value!.Value, NpgsqlDbType.Double);
                copy.Write((short)r.Quality, NpgsqlDbType.Smallint);
            }
            await copy.CompleteAsync();
            return;
        }
        var sqlite = (SqliteConnection)connection;
        await using var transaction = sqlite.BeginTransaction();
        await using var insert = sqlite.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO feeds_observations (ObservedAt, SeriesId, FetchedAt, ObservedUntil, Value, Quality) VALUES ($a, $b, $c, $d, $e, $f)";
        var parameters = new[] { "$a", "$b", "$c", "$d", "$e", "$f" }.Select(name => insert.Parameters.Add(new SqliteParameter(name, (object)0L))).ToArray();
        insert.Prepare();
        foreach (var r in chunk)
        {
            parameters[0].Value = r.ObservedAt.ToUnixTimeMilliseconds();
            parameters[1].Value = Of(r);
            parameters[2].Value = r.FetchedAt.ToUnixTimeMilliseconds();
            parameters[3].Value = r.ObservedUntil.ToUnixTimeMilliseconds();
            parameters[4].Value = r.Value!.Value;
            parameters[5].Value = (int)r.Quality;
            insert.ExecuteNonQuery();
        }
        await transaction.CommitAsync();
    }

    public static async Task Hours()
    {
        const int many = 10_000_000;
        Console.WriteLine($"24 hourly means of {Things} areas x {Properties} measures, out of {many:n0} values; the peer is a plain GROUP BY over the single values of that day.");
        Console.WriteLine();
        Console.WriteLine("| database | from the hours, ms (median of 9) | GROUP BY, ms (median of 3) | times faster |");
        Console.WriteLine("|---|---|---|---|");
        await using var server = await BenchPostgres.Start();
        foreach (var setting in server is null ? new string?[] { null } : [null, server.Setting])
        {
            await using var tables = new Tables(setting);
            await tables.Migrate();
            foreach (var chunk in Readings(many, TimeSpan.FromSeconds(10)).Chunk(150_000)) await tables.Store.Add("bench.feed", chunk, default);
            var to = Start.AddDays(6);
            if (server is not null && setting is not null)
            {
                await using var analyze = await tables.Database.Open(default);
                await Do(analyze, "ANALYZE");
            }
            var (fast, slow) = (new List<double>(), new List<double>());
            var (sum, check) = (0.0, 0.0);
            for (var turn = 0; turn < 10; turn++)
            {
                var watch = Stopwatch.StartNew();
                sum = 0;
                var cells = 0;
                foreach (var measure in Measures)
                    foreach (var hour in await tables.Store.Hours("bench.feed", measure, null, to.AddHours(-24), to, default)) (sum, cells) = (sum + hour.Sum / hour.Count, cells + 1);
                if (cells != 24 * Things * Properties) throw new InvalidOperationException($"{cells} hours");
                if (turn > 0) fast.Add(watch.Elapsed.TotalMilliseconds);
            }
            await using var connection = await tables.Database.Open(default);
            for (var turn = 0; turn < 3; turn++)
            {
                var watch = Stopwatch.StartNew();
                await using var query = connection.CreateCommand();
                query.CommandTimeout = 0;
                query.CommandText = $"SELECT s.\"Thing\", s.\"Property\", o.\"ObservedAt\" / 3600000 AS hour, avg(o.\"Value\") FROM {tables.Database.T("observations")} o JOIN {tables.Database.T("series")} s ON s.\"Id\" = o.\"SeriesId\" " +
                    $"WHERE s.\"Feed\" = 'bench.feed' AND o.\"ObservedAt\" >= {to.AddHours(-24).ToUnixTimeMilliseconds()} AND o.\"ObservedAt\" < {to.ToUnixTimeMilliseconds()} GROUP BY s.\"Thing\", s.\"Property\", o.\"ObservedAt\" / 3600000";
                check = 0;
                await using var rows = await query.ExecuteReaderAsync();
                while (await rows.ReadAsync()) check += rows.GetDouble(3);
                slow.Add(watch.Elapsed.TotalMilliseconds);
            }
            if (Math.Abs(sum - check) > 1e-3) throw new InvalidOperationException($"{sum} is not {check}");
            var (hours, group) = (fast.Order().ElementAt(4), slow.Order().ElementAt(1));
            Console.WriteLine($"| {tables.Database.Kind} | {hours:0.0} | {group:0} | {group / hours:0} |");
        }
    }
}

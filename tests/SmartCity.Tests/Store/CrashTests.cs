using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

/// <summary>A process that is killed at any moment loses nothing that it has acknowledged.</summary>
public sealed class CrashTests
{
    private const string Variable = "SMARTCITY_TEST_WRITES_TO", Feed = "crash.feed";
    private const int Batch = 7;
    private static readonly DateTimeOffset Start = new(2026, 7, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Db.Sqlite, 20)]
    [InlineData(Db.Postgres, 5)]
    public async Task What_was_acknowledged_before_a_kill_is_there_after_it(Db kind, int rounds)
    {
        await using var database = await TestDatabase.Migrated(kind);
        var random = new Random(4711);
        var acknowledged = 0;
        for (var round = 0; round < rounds; round++)
        {
            var writer = new ProcessStartInfo("dotnet", [typeof(CrashTests).Assembly.Location]) { RedirectStandardOutput = true, UseShellExecute = false };
            writer.Environment[Variable] = $"{acknowledged} {database.Setting}";
            using var process = Process.Start(writer)!;
            // how much is acknowledged before the blow is different in each round, and the blow falls within the next write
            var until = acknowledged + random.Next(1, 25);
            while (acknowledged < until)
                acknowledged = int.Parse(await process.StandardOutput.ReadLineAsync(TestDatabase.Cancel) ?? throw new InvalidOperationException("The writer ended by itself."), CultureInfo.InvariantCulture);
            process.Kill();
            // what it had still said when it died counts as well
            while (await process.StandardOutput.ReadLineAsync(TestDatabase.Cancel) is { } line) if (int.TryParse(line, CultureInfo.InvariantCulture, out var last)) acknowledged = last;
            await process.WaitForExitAsync(TestDatabase.Cancel);

            await using var after = database.Again();
            await after.Migrator.Apply(TestDatabase.Cancel);
            var found = (await after.Store.Since(Feed, "n", Start, TestDatabase.Cancel)).Select(r => (int)r.Value!.Value).ToHashSet();
            Assert.Empty(Enumerable.Range(1, acknowledged).SelectMany(b => Enumerable.Range(0, Batch).Select(i => b * Batch + i)).Except(found));
            // a batch is whole or absent, and the hours agree with the values
            Assert.Equal(0, found.Count % Batch);
            var hours = await after.Store.Hours(Feed, "n", null, Start, Start.AddYears(1), TestDatabase.Cancel);
            Assert.Equal((found.Count, found.Sum(v => (double)v)), (hours.Sum(h => h.Count), hours.Sum(h => h.Sum)));
            if (kind == Db.Sqlite) Assert.Equal("ok", await after.Ask("PRAGMA integrity_check"));
            // a batch that was committed and not acknowledged is there too; the next writer goes on behind it
            acknowledged = found.Count / Batch;
        }
    }

    // the same binaries, started again with this variable, are the process that is killed
    [ModuleInitializer]
    internal static void Write()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } task) return;
        var (from, setting) = (int.Parse(task.Split(' ', 2)[0], CultureInfo.InvariantCulture), task.Split(' ', 2)[1]);
        // all of it on this thread: no other may enter a module that is still being initialised
        var store = new ReadingStore(new CityDatabase(setting), null!, TimeZoneInfo.Utc);
        for (var batch = from + 1; ; batch++)
        {
            var at = Start.AddMinutes(batch);
            store.Add(Feed, [.. Enumerable.Range(0, Batch).Select(i => new Reading($"t{i}", "n", at, at, at, batch * Batch + i, Quality.Good))], CancellationToken.None).GetAwaiter().GetResult();
            Console.Out.WriteLine(batch.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }
}

using System.Diagnostics;
using Npgsql;

namespace SmartCity.Bench;

/// <summary>A PostgreSQL server out of the installed binaries, as it comes: with syncing. Or the one that SMARTCITY_TEST_POSTGRES names.</summary>
internal sealed class BenchPostgres(string folder, Process? server, string setting) : IAsyncDisposable
{
    public string Setting => setting;

    /// <summary>Null, with the reason on the output, where there is none.</summary>
    public static async Task<BenchPostgres?> Start()
    {
        if (Environment.GetEnvironmentVariable("SMARTCITY_TEST_POSTGRES") is { Length: > 0 } given)
        {
            await Run(given, "DROP DATABASE IF EXISTS smartcity_bench WITH (FORCE)");
            await Run(given, "CREATE DATABASE smartcity_bench");
            return new("", null, new NpgsqlConnectionStringBuilder(given) { Database = "smartcity_bench" }.ConnectionString);
        }
        var binaries = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) : null;
        if (binaries is null)
        {
            Console.WriteLine("PostgreSQL is not installed here, and SMARTCITY_TEST_POSTGRES names no server: left out.");
            return null;
        }
        var folder = Directory.CreateTempSubdirectory("smartcity-bench-pg-").FullName;
        string[] asUser = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        if (asUser.Length > 0) await Finish("chown", "postgres", folder);
        var data = Path.Combine(folder, "data");
        await Finish([.. asUser, Path.Combine(binaries, "initdb"), "-D", data, "-U", "city", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        var port = StartBench.Free();
        var server = Start([.. asUser, Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{port}", "-k", folder, "-h", "127.0.0.1", "-c", "log_min_messages=panic", "-c", "max_wal_size=4GB", "-c", "shared_buffers=256MB"]);
        var setting = $"Host=127.0.0.1;Port={port};Username=city;Database=postgres;Command Timeout=600";
        for (var attempt = 0; ; attempt++)
            try
            {
                await Run(setting, "SELECT 1");
                return new(folder, server, setting);
            }
            catch (NpgsqlException) when (attempt < 150) { await Task.Delay(100); }
    }

    private static async Task Run(string setting, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(setting) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static Process Start(string[] command)
    {
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task Finish(params string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} failed");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null) return;
        NpgsqlConnection.ClearAllPools();
        var pid = (await File.ReadAllLinesAsync(Path.Combine(folder, "data", "postmaster.pid")))[0];
        await Finish("kill", "-INT", pid);
        await server.WaitForExitAsync();
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

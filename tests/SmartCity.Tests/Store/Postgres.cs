using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(SmartCity.Tests.Store.Postgres))]

namespace SmartCity.Tests.Store;

/// <summary>
/// A PostgreSQL server for the tests: the one that SMARTCITY_TEST_POSTGRES names, else one of our own out of the installed
/// binaries, in a temporary folder, on a free port, without syncing, started when the first test asks and ended with the last.
/// Each test gets a database of its own.
/// </summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly Lazy<Task<Postgres>> Started = new(() => Task.Run(Start));
    private static int _databases;

    private string? _folder;
    private Process? _server;
    private string _connection = "";

    // initdb and postgres refuse to run as root; the package has made a user for them
    private static string[] AsUser => Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];

    /// <summary>Connection string of a new, empty database.</summary>
    public static async Task<string> NewDatabase()
    {
        var server = await Started.Value;
        var name = $"smartcity_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await Run(server._connection, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(server._connection) { Database = name, MaxPoolSize = 20, Timeout = 10 }.ConnectionString;
    }

    /// <summary>A standby that follows the server from now on; null where the server is not one of our own.</summary>
    public static async Task<Standby?> Follow()
    {
        var server = await Started.Value;
        if (server._folder is null) return null;
        var data = Path.Combine(server._folder, $"standby{Interlocked.Increment(ref _databases)}");
        var at = new NpgsqlConnectionStringBuilder(server._connection);
        await Finish([.. AsUser, Path.Combine(Binaries()!, "pg_basebackup"), "-D", data, "-h", at.Host!, "-p", $"{at.Port}", "-U", at.Username!, "-R", "--checkpoint=fast", "--no-sync", "--wal-method=stream"]);
        return new(data, [.. AsUser, Path.Combine(Binaries()!, "postgres"), "-D", data, "-k", server._folder, "-h", "127.0.0.1", "-F", "-c", "shared_buffers=16MB", "-c", "max_connections=60", "-c", "log_min_messages=panic"]);
    }

    /// <summary>A server that only follows another.</summary>
    public sealed class Standby(string data, string[] command) : IAsyncDisposable
    {
        private readonly int _port = FreePort();
        private Process? _server;

        /// <summary>Where a database of the server is on it.</summary>
        public string Of(string database) => new NpgsqlConnectionStringBuilder(database) { Port = _port }.ConnectionString;

        public async Task Start(string database)
        {
            _server = Begin([.. command, "-p", $"{_port}"]);
            await Answers(Of(database), _server);
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not { } server) return;
            _server = null;
            await Finish("kill", "-QUIT", File.ReadLines(Path.Combine(data, "postmaster.pid")).First());
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    /// <summary>Forgets a database that <see cref="NewDatabase"/> made.</summary>
    public static async Task Drop(string database)
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
        await Run((await Started.Value)._connection, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(database).Database} WITH (FORCE)");
    }

    public static async Task Run(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<Postgres> Start()
    {
        if (Environment.GetEnvironmentVariable("SMARTCITY_TEST_POSTGRES") is { Length: > 0 } given) return new() { _connection = given };
        var binaries = Binaries() ?? throw new InvalidOperationException("The storage tests need PostgreSQL: install it (Debian: apt-get install postgresql), or set SMARTCITY_TEST_POSTGRES to a connection string of a server where databases may be made.");
        var postgres = new Postgres { _folder = Directory.CreateTempSubdirectory("smartcity-pg-").FullName };
        var data = Path.Combine(postgres._folder, "data");
        if (AsUser.Length > 0) await Finish("chown", "postgres", postgres._folder);
        await Finish([.. AsUser, Path.Combine(binaries, "initdb"), "-D", data, "-U", "city", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]);
        var port = FreePort();
        postgres._server = Begin([.. AsUser, Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{port}", "-k", postgres._folder, "-h", "127.0.0.1",
            "-F", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60", "-c", "log_min_messages=panic"]);
        postgres._connection = $"Host=127.0.0.1;Port={port};Username=city;Database=postgres;Include Error Detail=true";
        // also when the tests are killed politely
        AppDomain.CurrentDomain.ProcessExit += (_, _) => postgres.Stop();
        await Answers(postgres._connection, postgres._server);
        return postgres;
    }

    private static string? Binaries()
    {
        static bool Has(string? folder) => folder is not null && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
        var named = new List<string>();
        if (Directory.Exists("/usr/lib/postgresql")) named.AddRange(Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0).Select(d => Path.Combine(d, "bin")));
        named.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        if (named.FirstOrDefault(Has) is { } found) return found;
        try
        {
            using var asked = Process.Start(new ProcessStartInfo("pg_config", "--bindir") { RedirectStandardOutput = true, UseShellExecute = false })!;
            return asked.StandardOutput.ReadToEnd().Trim() is var told && Has(told) ? told : null;
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo Quiet(string[] command) => new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() };

    // what it prints is read and dropped, so that it never waits for a reader
    private static Process Begin(string[] command)
    {
        var server = Process.Start(Quiet(command))!;
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        return server;
    }

    private static async Task Answers(string connection, Process server)
    {
        for (var attempt = 0; ; attempt++)
            try
            {
                await Run(connection, "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 150 && !server.HasExited) { await Task.Delay(100); }
    }

    private static async Task Finish(params string[] command)
    {
        using var process = Process.Start(Quiet(command))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await output}{await error}");
    }

    private void Stop()
    {
        if (_folder is null || Interlocked.Exchange(ref _server, null) is not { } server) return;
        // the first line of its lock file is the server's own process: the one that was started may only be the change of user
        try
        {
            var pid = int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
            using var stop = Process.Start(Quiet(["kill", "-QUIT", $"{pid}"]));
            stop?.WaitForExit(5000);
            server.WaitForExit(5000);
        }
        catch (IOException) { server.Kill(entireProcessTree: true); }
        server.Dispose();
        try { Directory.Delete(_folder, recursive: true); }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException) { /* the system's temporary folder is cleaned anyway */ }
    }

    public async ValueTask DisposeAsync()
    {
        if (Started.IsValueCreated && Started.Value.IsCompletedSuccessfully) (await Started.Value).Stop();
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using SmartCity.Tests.Store;

namespace PackagedCity.Tests;

/// <summary>One city, made once of the packed files by the guide's own commands, and taken through its life: tier A, B, back to A, B again,
/// changed, upgraded. The tests look at what was seen on the way.</summary>
public sealed class TheCity : IAsyncLifetime
{
    private readonly Workshop _shop = new();
    internal string Project { get; private set; } = "";
    internal Dictionary<string, (int Status, string Html)> TierA { get; private set; } = [];
    internal Dictionary<string, (int Status, string Html)> TierB { get; private set; } = [];
    internal Dictionary<string, (int Status, string Html)> TierAAgain { get; private set; } = [];
    internal Dictionary<string, (int Status, string Html)> Changed { get; private set; } = [];
    internal string Fingerprint { get; private set; } = "";
    internal string AskedToCompare { get; private set; } = "";
    internal string DryRun { get; private set; } = "";
    internal string LineAfterDryRun { get; private set; } = "";
    internal string Returning { get; private set; } = "";
    internal string Mismatch { get; private set; } = "";
    internal string LineAfterMismatch { get; private set; } = "";
    internal string BadUpgrade { get; private set; } = "";
    internal string LineAfterBadUpgrade { get; private set; } = "";
    internal string GoodUpgrade { get; private set; } = "";
    internal string LineAfterGoodUpgrade { get; private set; } = "";
    internal IReadOnlyDictionary<string, long> RowsAtB { get; private set; } = new Dictionary<string, long>();
    internal IReadOnlyDictionary<string, long> RowsAtBAgain { get; private set; } = new Dictionary<string, long>();
    internal IReadOnlyDictionary<string, long> RowsBeforeUpgrade { get; private set; } = new Dictionary<string, long>();
    internal IReadOnlyDictionary<string, long> RowsAfterBadUpgrade { get; private set; } = new Dictionary<string, long>();
    /// <summary>What systemd's own check says of the unit, after its exit code; null where it is not there.</summary>
    internal string? UnitFile { get; private set; }
    internal bool OwnRowFound { get; private set; }
    internal string DryRunOnPostgres { get; private set; } = "";
    internal string UpgradeOnPostgres { get; private set; } = "";
    internal string LineAfterPostgres { get; private set; } = "";
    internal IReadOnlyList<string> PostgresBefore { get; private set; } = [];
    internal IReadOnlyList<string> PostgresAfter { get; private set; } = [];
    internal IReadOnlyList<string> Dumps { get; private set; } = [];
    private string _postgres = "";

    private string Line => File.ReadAllLines(Path.Combine(Project, "City.csproj")).Single(l => l.Contains("PackageReference", StringComparison.Ordinal)).Trim();
    private static string Key => Convert.ToHexStringLower(SHA256.HashData(Publics()));

    private static byte[] Publics()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(Packed.Bundles, "smartcity-signing-key.pem")));
        return key.ExportSubjectPublicKeyInfo();
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var file in new[] { Packed.Bundle("B"), Path.Combine(Packed.Bundles, "install.cs"), Path.Combine(Packed.Bundles, "smartcity-signing-key.pem") })
            File.Copy(file, Path.Combine(_shop.Folder, Path.GetFileName(file)));
        Fingerprint = Key;
        await ByTheGuide();
        UnitFile = await Verified(Path.Combine(Project, "deploy", "city.service"));
        await Tiers();
        await Change();
        await Versions();
    }

    private async Task ByTheGuide()
    {
        var at = _shop.Folder;
        foreach (var command in Guide.Commands.Select(c => c.Replace("0.1.0", Packed.Version, StringComparison.Ordinal).Replace("FINGERPRINT", Fingerprint, StringComparison.Ordinal)))
        {
            if (command.StartsWith("cd ", StringComparison.Ordinal)) Project = at = Path.Combine(at, command[3..]);
            else if (command == "dotnet run")
            {
                MakeItItsOwn();
                TierA = await _shop.Visit(at, "run --", "/en", "/en/indicators/walk-and-wheel", "/en/urban-projects", "/en/atmosphere", "/lib/leaflet/leaflet.js", "/lib/fonts/fonts.css", "/brand.css");
            }
            else if (!command.Contains("install.cs", StringComparison.Ordinal) || command.Contains("--fingerprint", StringComparison.Ordinal)) await _shop.Well(command["dotnet ".Length..], at);
            // without a fingerprint the installer only says what to compare
            else AskedToCompare = (await _shop.Dotnet(command["dotnet ".Length..], at)) is { Code: 1 } said ? said.Text : "";
        }
    }

    // the two edits of the guide: names of areas, and where they lie
    private void MakeItItsOwn()
    {
        var names = Path.Combine(Project, "pack", "city.json");
        File.WriteAllText(names, File.ReadAllText(names).Replace("Riverside", "Chilonzor", StringComparison.Ordinal).Replace("\"timeZone\": \"UTC\"", "\"timeZone\": \"Asia/Tashkent\"", StringComparison.Ordinal));
        var outline = Path.Combine(Project, "pack", "outline.geojson");
        var map = JsonNode.Parse(File.ReadAllText(outline))!;
        foreach (var feature in map["features"]!.AsArray())
            foreach (var point in feature!["geometry"]!["coordinates"]![0]!.AsArray().Append(feature["properties"]!["centre"]))
                (point![0], point[1]) = (point[0]!.GetValue<double>() + 59.2, point[1]!.GetValue<double>() - 8.7);
        File.WriteAllText(outline, map.ToJsonString());
    }

    private async Task Tiers()
    {
        await OneModuleOfAnotherVersion();
        await TierAOnPostgres();
        DryRun = await _shop.Well("run --no-build -- tier set B --dry-run", Project);
        LineAfterDryRun = Line;
        await _shop.Well("run --no-build -- tier set B", Project);
        TierB = await _shop.Visit(Project, "run --", "/en", "/en/atmosphere", "/en/indicators/walk-and-wheel");
        // a row that a person might have written, in a table of a module that goes and comes
        await Sql("CREATE TABLE IF NOT EXISTS traffic_witness (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO traffic_witness (note) VALUES ('kept')");
        RowsAtB = await Rows();
        Returning = await _shop.Well("run --no-build -- tier set A", Project);
        TierAAgain = await _shop.Visit(Project, "run --", "/en", "/en/atmosphere");
        await _shop.Well("run --no-build -- tier set B", Project);
    }

    private async Task OneModuleOfAnotherVersion()
    {
        var feed = Path.Combine(_shop.Folder, "packages");
        var traffic = Path.Combine(feed, $"SmartCity.Traffic.{Packed.Version}.nupkg");
        Packed.Renumber(traffic, Packed.Version, "9.9.8", feed);
        File.Move(traffic, traffic + ".away");
        Mismatch = (await _shop.Dotnet("run --no-build -- tier set B", Project)).Text;
        LineAfterMismatch = Line;
        File.Move(traffic + ".away", traffic);
        File.Delete(Path.Combine(feed, "SmartCity.Traffic.9.9.8.nupkg"));
    }

    private async Task Change()
    {
        var changes = Path.Combine(AppContext.BaseDirectory, "Changes");
        foreach (var file in Directory.GetFiles(changes, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(Project, Path.GetRelativePath(changes, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }
        File.WriteAllText(Path.Combine(Project, "pack", "words", "en.json"), """{"shell.now": "Right now"}""");
        File.WriteAllText(Path.Combine(Project, "wwwroot", "brand.css"), "[data-theme=day], [data-theme=auto] { --accent: #7a1f5c; }");
        File.WriteAllText(Path.Combine(Project, "wwwroot", "brand.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 8 4 0l4 8z\"/></svg>");
        Changed = await _shop.Visit(Project, "run --", "/en", "/en/trees", "/en/broken", "/en/atmosphere", "/en/indicators", "/brand.css", "/brand.svg", "/en/search?q=on+foot", "/en/data");
        RowsAtBAgain = await Rows();
        OwnRowFound = await Scalar("SELECT count(*) FROM traffic_witness WHERE note = 'kept'") == 1;
    }

    private async Task Versions()
    {
        var feed = Path.Combine(_shop.Folder, "packages");
        var (now, traffic) = (Packed.Version, Path.Combine(feed, $"SmartCity.Traffic.{Packed.Version}.nupkg"));
        RowsBeforeUpgrade = await Rows();
        foreach (var package in Directory.GetFiles(feed, $"SmartCity.*.{now}.nupkg").Where(p => !p.Contains("Templates", StringComparison.Ordinal)))
        {
            // of the first later version a program is missing: it builds, and cannot start
            Packed.Renumber(package, now, "9.9.1", feed, package == traffic ? "SmartCity.Traffic.dll" : null);
            Packed.Renumber(package, now, "9.9.2", feed);
        }
        await UpgradeThatFailsOnPostgres();
        BadUpgrade = (await _shop.Dotnet("run --no-build -- upgrade 9.9.1", Project)).Text;
        LineAfterBadUpgrade = Line;
        RowsAfterBadUpgrade = await Rows();
        GoodUpgrade = (await _shop.Dotnet("run --no-build -- upgrade", Project)).Text;
        LineAfterGoodUpgrade = Line;
    }

    private static async Task<string?> Verified(string unit)
    {
        // the program lies elsewhere on some machines, and that is not what is asked
        var copy = Path.Combine(Directory.CreateTempSubdirectory("smartcity-unit-").FullName, "city.service");
        await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(unit)).Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal));
        try
        {
            using var check = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("systemd-analyze", ["verify", "--recursive-errors=no", copy]) { RedirectStandardError = true, UseShellExecute = false })!;
            var said = await check.StandardError.ReadToEndAsync();
            await check.WaitForExitAsync();
            return $"{check.ExitCode} {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
        finally { Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true); }
    }

    private string OnPostgres => $"\"--Database={_postgres}\"";

    // the same city on the other database, which has had tier A only
    private async Task TierAOnPostgres()
    {
        _postgres = await Postgres.NewDatabase();
        await _shop.Well($"run --no-build -- migrate {OnPostgres}", Project);
        await Postgres.Run(_postgres, "CREATE TABLE urban_projects.witness (note text); INSERT INTO urban_projects.witness VALUES ('kept')");
        DryRunOnPostgres = await _shop.Well($"run --no-build -- tier set B --dry-run {OnPostgres}", Project);
    }

    // the new version brings tables, and is given no time to become ready
    private async Task UpgradeThatFailsOnPostgres()
    {
        PostgresBefore = await Everything();
        UpgradeOnPostgres = (await _shop.Dotnet($"run --no-build -- upgrade 9.9.2 {OnPostgres} --Upgrade:Wait=0", Project)).Text;
        LineAfterPostgres = Line;
        PostgresAfter = await Everything();
        Dumps = [.. Directory.GetFiles(Path.Combine(Project, "data", "backups"), "*.dump").Select(f => System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(f).AsSpan(0, 5)))];
        await Postgres.Drop(_postgres);
    }

    // every table with its rows: "urban_projects.witness 1"
    private async Task<IReadOnlyList<string>> Everything()
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        async Task<List<string>> Texts(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync();
            var texts = new List<string>();
            while (await reader.ReadAsync()) texts.Add(reader.GetString(0));
            return texts;
        }
        var all = new List<string>();
        foreach (var table in await Texts("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"))
            all.Add($"{table} {(await Texts($"SELECT count(*)::text FROM {table}"))[0]}");
        return all;
    }

    private SqliteConnection Open() => new(new SqliteConnectionStringBuilder { DataSource = Directory.GetFiles(Path.Combine(Project, "data"), "*.db").Single(), Pooling = false }.ConnectionString);

    private async Task<Dictionary<string, long>> Rows()
    {
        await using var connection = Open();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%EFMigrationsLock'";
        var names = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in names) rows[name] = await Scalar($"SELECT count(*) FROM \"{name}\"");
        return rows;
    }

    private async Task<long> Scalar(string sql)
    {
        await using var connection = Open();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task Sql(string sql)
    {
        await using var connection = Open();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync()
    {
        _shop.Dispose();
        return ValueTask.CompletedTask;
    }
}

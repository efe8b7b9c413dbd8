using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SmartCity.Shell.Backup;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Packages;

/// <summary>Changes the tier and the version of a city: says first what that means, and changes one line.</summary>
internal sealed class TierCommands(IServiceProvider services, TextWriter to, TextWriter errors)
{
    /// <summary>Setting: true to say what would be done, and do nothing.</summary>
    public const string DryRun = "dry-run";
    /// <summary>Setting: how long a new version may take until it is ready.</summary>
    private const string Wait = "Upgrade:Wait";

    private readonly IConfiguration _settings = services.GetRequiredService<IConfiguration>();
    private readonly IHostEnvironment _environment = services.GetRequiredService<IHostEnvironment>();
    private readonly CityDatabase _database = services.GetRequiredService<CityDatabase>();
    private readonly DatabaseCopy _copies = services.GetRequiredService<DatabaseCopy>();
    private bool OnlySay => _settings[DryRun] is not null;

    private CityProject Project() => CityProject.Find(_environment.ContentRootPath, Directory.GetCurrentDirectory());

    /// <summary><c>tier set B</c></summary>
    public async Task<int> Set(string tier)
    {
        tier = tier.ToUpperInvariant();
        var project = Project();
        if (tier is not ("A" or "B" or "C" or "D")) return await Refuse($"'{tier}' is not a tier. There are A, B, C and D.");
        if (tier == project.Tier) return await Refuse($"The city has tier {tier} already ({Path.GetFileName(project.File)}).");
        if (!await Say(project, tier, project.Version)) return 1;
        if (OnlySay) return await Unchanged();
        project.Write(tier, project.Version);
        var (restored, said) = await Dotnet(project, "restore");
        if (!restored)
        {
            project.Undo();
            return await Refuse($"The packages of tier {tier} could not be put together, so {Path.GetFileName(project.File)} is as it was:\n{said}");
        }
        await to.WriteLineAsync($"{Path.GetFileName(project.File)} names tier {tier} now. Start the city again{(_database.Kind == DatabaseKind.Postgres ? "; before that, back the database up and run: dotnet run -- migrate" : "")}.");
        return 0;
    }

    /// <summary><c>upgrade</c>, or <c>upgrade 0.2.0</c></summary>
    public async Task<int> Upgrade(string? wanted)
    {
        var project = Project();
        var versions = new PackageFeed(project.Feeds).Versions("SmartCity.Tier" + project.Tier);
        var version = wanted ?? (versions.Count > 0 ? versions[0] : project.Version);
        if (PackageFeed.Order(version).CompareTo(PackageFeed.Order(project.Version)) <= 0)
            return await Refuse(wanted is null ? $"The city has version {project.Version}, and the package folder holds none that is newer." : $"The city has version {project.Version}, which is not older than {version}.");
        if (!await Say(project, project.Tier, version)) return 1;
        if (OnlySay) return await Unchanged();
        // what a running city wrote meanwhile would be lost if the new version had to be taken back
        await _copies.CheckAlone(default);
        var backup = await _copies.IsEmpty(default) ? null : Path.Combine(Directory.CreateDirectory(Path.Combine(_environment.ContentRootPath, "data", "backups")).FullName, $"before-{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.{(_database.Kind == DatabaseKind.Sqlite ? "db" : "dump")}");
        if (backup is not null)
        {
            await _copies.Take(backup, default);
            await to.WriteLineAsync($"Backup: {backup}");
        }
        project.Write(project.Tier, version);
        var program = Directory.CreateTempSubdirectory("smartcity-upgrade-").FullName;
        try
        {
            var (built, said) = await Dotnet(project, "build", "-c", "Release", "-o", program);
            var why = built ? await NotReady(project, program) : said;
            if (why is null)
            {
                await to.WriteLineAsync($"Version {version} became ready. {Path.GetFileName(project.File)} names it now; start the city again.");
                return 0;
            }
            project.Undo();
            if (built) await _copies.Return(backup, default);
            await Dotnet(project, "restore");
            return await Refuse($"Version {version} did not become ready, so everything is as it was: version {project.Version}{(backup is null ? "" : ", the database of before")}.\n{why}");
        }
        finally { Directory.Delete(program, recursive: true); }
    }

    private async Task<int> Refuse(string why)
    {
        await errors.WriteLineAsync(why);
        return 1;
    }

    private async Task<int> Unchanged()
    {
        await to.WriteLineAsync("Nothing was changed (dry run).");
        return 0;
    }

    // what comes, what goes, what happens to the database; false when versions do not fit
    private async Task<bool> Say(CityProject project, string tier, string version)
    {
        var feed = new PackageFeed(project.Feeds);
        var wrong = new List<string>();
        var next = feed.Closure(tier, version, project.Others, wrong);
        if (wrong.Count > 0)
        {
            await errors.WriteLineAsync($"Tier {tier} {version} cannot be put together from {string.Join(", ", project.Feeds)}. Nothing was changed.\n{string.Join('\n', wrong.Distinct(StringComparer.Ordinal).Select(w => "  - " + w))}");
            return false;
        }
        static bool IsTier(CityPackage p) => p.Name.Id.StartsWith("SmartCity.Tier", StringComparison.Ordinal);
        var now = feed.Closure(project.Tier, project.Version, [], []);
        var (come, go) = (next.Where(p => !IsTier(p) && now.All(n => n.Name.Id != p.Name.Id)).ToList(), now.Where(p => !IsTier(p) && next.All(n => n.Name.Id != p.Name.Id)).ToList());
        await to.WriteLineAsync($"From tier {project.Tier} {project.Version} to tier {tier} {version}, one line in {Path.GetFileName(project.File)}.");
        foreach (var package in come) await to.WriteLineAsync($"  adds     {package.Name.Id} {version}: {package.Description}");
        var state = await TableState.Read(_database);
        foreach (var package in go) await to.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  removes  {package.Name.Id}: its pages go, its data stays ({state.Rows(package.Schema):n0} rows in its tables) and is found again when it returns"));
        var pending = next.SelectMany(p => p.Migrations().Where(m => !state.Applied.Contains(m)).Select(m => (Package: p, Migration: m))).ToList();
        foreach (var (package, migration) in pending) await to.WriteLineAsync($"  migrates {package.Name.Id}: {migration}");
        var seconds = pending.Count * TableState.SecondsEach + pending.Select(p => p.Package.Schema).Distinct(StringComparer.Ordinal).Sum(s => s == "shell" ? state.AllRows : state.Rows(s)) / TableState.RowsEachSecond;
        await to.WriteLineAsync(pending.Count == 0 ? "  No migration is needed." : $"  Migrations take {(seconds < 2 ? "a second or two" : string.Create(CultureInfo.InvariantCulture, $"about {seconds:0} s"))}, reckoned from their number and the rows they stand on.");
        await to.WriteLineAsync("  The first start builds the program: about a minute.");
        return true;
    }

    // null when the new version, started on free ports, says that it is ready; else why not
    private async Task<string?> NotReady(CityProject project, string program)
    {
        var name = Path.Combine(program, Path.GetFileNameWithoutExtension(project.File) + ".dll");
        string[] Words(params string[] rest) => [name, .. rest, $"--contentRoot={_environment.ContentRootPath}", $"--environment={_environment.EnvironmentName}", .. new[] { "City", "Database", "Archive" }.Where(s => _settings[s] is not null).Select(s => $"--{s}={_settings[s]}")];
        if (_database.Kind == DatabaseKind.Postgres && await Run("dotnet", project.Folder, Words("migrate")) is (false, var refused)) return refused;
        var port = FreePort();
        var told = new StringBuilder();
        using var city = Process.Start(new ProcessStartInfo("dotnet", [.. Words(), $"--urls=http://127.0.0.1:{port}", .. _settings["Simulator"] is { Length: > 0 } ? new[] { $"--Simulator=http://127.0.0.1:{FreePort()}" } : []])
            { WorkingDirectory = project.Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        void Note(object _, DataReceivedEventArgs line) { lock (told) told.AppendLine(line.Data); }
        city.OutputDataReceived += Note;
        city.ErrorDataReceived += Note;
        city.BeginOutputReadLine();
        city.BeginErrorReadLine();
        try
        {
            var patience = TimeSpan.FromSeconds(_settings.GetValue(Wait, 120));
            for (var since = Stopwatch.StartNew(); since.Elapsed < patience && !city.HasExited; await Task.Delay(500))
                if (await Answer(port) is { } ready) return NewlyBroken(ready);
            lock (told) return $"{(city.HasExited ? $"It ended with {city.ExitCode}" : $"It was not ready after {patience.TotalSeconds:0} s")}. What it said last:\n{string.Join('\n', told.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12))}";
        }
        finally
        {
            if (!city.HasExited) city.Kill(entireProcessTree: true);
            await city.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    // a module that breaks in the new version and is whole in this one
    private string? NewlyBroken(string ready)
    {
        var known = services.GetRequiredService<BrokenModules>().All;
        var broken = (ready.Split("; broken: ") is [_, var list] ? list.Split(", ") : []).Where(m => !known.ContainsKey(m)).ToList();
        return broken.Count == 0 ? null : $"It became ready, but of its modules these are broken: {string.Join(", ", broken)}.";
    }

    // what it says when all is well; null when it says anything else, or nothing
    private static async Task<string?> Answer(int port)
    {
        // its own machine only: the one address that is asked is agreed to here
        var at = $"http://127.0.0.1:{port}";
        var agreed = AllowList.Of(new ConfigurationBuilder().Build(), at, []);
        using var client = new SourceClient(agreed, new Dialer(agreed));
        var said = await client.Get(at + "/health/ready", TimeSpan.FromSeconds(3), null, default);
        return said.Outcome == FetchOutcome.Ok ? Encoding.UTF8.GetString(said.Body) : null;
    }

    private static Task<(bool Well, string Said)> Dotnet(CityProject project, string verb, params string[] rest) => Run("dotnet", project.Folder, [verb, project.File, "--nologo", "-v", "quiet", .. rest]);

    private static async Task<(bool Well, string Said)> Run(string program, string folder, IEnumerable<string> words)
    {
        using var run = Process.Start(new ProcessStartInfo(program, words) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return (run.ExitCode == 0, string.Join('\n', string.Concat(said).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12)));
    }
}

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace SmartCity.Tests.Architecture;

/// <summary>A copy of what a build of the product needs, to be changed and built in a temporary folder.</summary>
public sealed partial class RepositoryCopy : IDisposable
{
    private static readonly string[] Left = ["bin", "obj", "node_modules", "tests", "docs", "bench", "artifacts", "data", "TestResults"];

    public string Root { get; } = Directory.CreateTempSubdirectory("smartcity-copy-").FullName;

    public RepositoryCopy() => Copy(new(Repository.Root), new(Root));

    public string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        to.Create();
        foreach (var file in from.EnumerateFiles()) file.CopyTo(System.IO.Path.Combine(to.FullName, file.Name));
        foreach (var folder in from.EnumerateDirectories().Where(d => !Left.Contains(d.Name) && (!d.Name.StartsWith('.') || d.Name == ".config")))
            Copy(folder, new(System.IO.Path.Combine(to.FullName, folder.Name)));
    }

    /// <summary>Every text of the copy that a person writes, by its path.</summary>
    public IReadOnlyDictionary<string, string[]> Texts() => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(f => (File: f, Path: System.IO.Path.GetRelativePath(Root, f).Replace('\\', '/')))
        .Where(f => !f.Path.Split('/').Any(Left.Contains) && System.IO.Path.GetExtension(f.Path) is ".cs" or ".cshtml" or ".csproj" or ".sln" or ".props" or ".targets" or ".json" or ".yaml" && !f.Path.EndsWith("packages.lock.json", StringComparison.Ordinal))
        .ToDictionary(f => f.Path, f => File.ReadAllLines(f.File), StringComparer.Ordinal);

    /// <summary>New files, and edited lines: those that one text has and the other has not, a changed line counted once.</summary>
    public static (IReadOnlyList<string> NewFiles, IReadOnlyList<string> EditedLines) Difference(IReadOnlyDictionary<string, string[]> before, IReadOnlyDictionary<string, string[]> after)
    {
        var edited = new List<string>();
        foreach (var (path, old) in before)
        {
            var now = after.GetValueOrDefault(path, []);
            var (gone, come) = (Lines(old).Except(Lines(now)).Count(), Lines(now).Except(Lines(old)).Select(l => l.Text).ToList());
            edited.AddRange(come.Concat(Enumerable.Repeat("(removed)", Math.Max(0, gone - come.Count))).Select(l => $"{path}: {l.Trim()}"));
        }
        return ([.. after.Keys.Except(before.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)], edited);

        // the same line may stand in a file more than once
        static IEnumerable<(string Text, int Time)> Lines(string[] lines) => lines.GroupBy(l => l, StringComparer.Ordinal).SelectMany(g => g.Select((l, i) => (l, i)));
    }

    /// <summary>Runs the build and gives its exit code and everything it said.</summary>
    public Task<(int Exit, string Said)> Build(string project, params string[] more) => Dotnet(["build", project, "-nologo", "-v", "q", "-p:SkipClientLibs=true", "-p:NuGetAudit=false", .. more]);

    /// <summary>Runs a command of the SDK and gives its exit code and everything it said.</summary>
    public async Task<(int Exit, string Said)> Dotnet(params string[] words)
    {
        var said = new StringBuilder();
        using var process = Start(words, line => { lock (said) said.AppendLine(line); });
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        lock (said) return (process.ExitCode, said.ToString());
    }

    /// <summary>Starts the built host and waits until it says where it listens.</summary>
    public async Task<(Process Host, Uri Address)> Run(params string[] settings)
    {
        var said = new StringBuilder();
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = Start([Path("src", "Host", "bin", "Debug", "net10.0", "SmartCity.Host.dll"), "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", .. settings], line =>
        {
            lock (said) said.AppendLine(line);
            if (Listening().Match(line) is { Success: true } found) address.TrySetResult(new(found.Groups["address"].Value));
        });
        var ended = host.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(address.Task, ended) == ended) Assert.Fail($"The host ended: {said}");
        return (host, await address.Task);
    }

    private Process Start(IEnumerable<string> arguments, Action<string> line)
    {
        var process = new Process
        {
            StartInfo = new("dotnet", arguments)
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
            },
        };
        process.OutputDataReceived += (_, e) => line(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => line(e.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public void Dispose()
    {
        try { Directory.Delete(Root, recursive: true); }
        catch (IOException) { /* a build server may still hold a file; the system cleans its temporary folder */ }
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PackagedCity.Tests;

/// <summary>A machine without registry and without anybody's earlier packages: a folder, and programs that run in it.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public string Folder { get; } = Directory.CreateTempSubdirectory("smartcity-closed-").FullName;

    /// <summary>What a program said, and whether it went well.</summary>
    internal sealed record Said(int Code, string Text);

    private ProcessStartInfo Start(string words, string folder)
    {
        var start = new ProcessStartInfo("dotnet", words) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(Folder, ".packages");
        start.Environment["DOTNET_CLI_HOME"] = Path.Combine(Folder, ".home");
        start.Environment["DOTNET_NOLOGO"] = start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // whoever asks a registry asks a port where nobody answers
        foreach (var proxy in new[] { "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy" }) start.Environment[proxy] = "http://127.0.0.1:9";
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "localhost,127.0.0.1";
        foreach (var inherited in new[] { "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPNETCORE_URLS" }) start.Environment.Remove(inherited);
        return start;
    }

    public async Task<Said> Dotnet(string words, string folder)
    {
        using var run = Process.Start(Start(words, folder))!;
        var said = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return new(run.ExitCode, string.Concat(said));
    }

    public async Task<string> Well(string words, string folder)
    {
        var said = await Dotnet(words, folder);
        return said.Code == 0 ? said.Text : throw new InvalidOperationException($"dotnet {words} ended with {said.Code} in {folder}:\n{said.Text}");
    }

    /// <summary>Runs a city until it is ready, asks its pages, and stops it.</summary>
    public async Task<Dictionary<string, (int Status, string Html)>> Visit(string project, string words, params string[] pages)
    {
        var (port, sources) = (FreePort(), FreePort());
        var told = new StringBuilder();
        using var city = Process.Start(Start($"{words} --urls http://127.0.0.1:{port} --Simulator http://127.0.0.1:{sources} --Logging:LogLevel:Default=Warning", project))!;
        void Note(object _, DataReceivedEventArgs line) { lock (told) told.AppendLine(line.Data); }
        city.OutputDataReceived += Note;
        city.ErrorDataReceived += Note;
        city.BeginOutputReadLine();
        city.BeginErrorReadLine();
        try
        {
            for (var since = Stopwatch.StartNew(); ; await Task.Delay(300))
            {
                if (city.HasExited || since.Elapsed > TimeSpan.FromMinutes(3)) lock (told) throw new InvalidOperationException($"The city did not become ready:\n{told}");
                if (await Ask($"http://127.0.0.1:{port}/health/ready") is { Status: 200 }) break;
            }
            var seen = new Dictionary<string, (int, string)>(StringComparer.Ordinal);
            foreach (var page in pages) seen[page] = await Ask($"http://127.0.0.1:{port}{page}");
            // what has been fetched is written a moment later
            await Task.Delay(1500);
            lock (told) seen["told"] = (0, told.ToString());
            return seen;
        }
        finally
        {
            if (!city.HasExited) city.Kill(entireProcessTree: true);
            await city.WaitForExitAsync();
        }
    }

    private async Task<(int Status, string Html)> Ask(string address)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(address));
            return ((int)answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException) { return (0, silent.Message); }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace SmartCity.Bench;

/// <summary>A folder that leaves nothing behind.</summary>
internal sealed record Temporary(string Path) : IDisposable
{
    public string File(string name) => System.IO.Path.Combine(Path, name);
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>What the product is compared with, installed anew each time.</summary>
internal static class Peers
{
    /// <summary>Copies a folder of <c>bench/peers</c> and lets npm install what it names.</summary>
    public static async Task<Temporary> Install(string folder = "")
    {
        var to = new Temporary(Directory.CreateTempSubdirectory("smartcity-peers-").FullName);
        foreach (var file in Directory.GetFiles(Path.Combine(BenchCity.Root, "bench", "peers", folder))) File.Copy(file, to.File(Path.GetFileName(file)));
        await Said("npm", to.Path, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        return to;
    }

    /// <summary>What a program prints. Throws with what it complains of when it fails.</summary>
    public static async Task<string> Said(string program, string? folder, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {words[0]} failed: {await errors}");
    }
}

/// <summary>Node-RED with a page of 24 tiles, in a process of its own.</summary>
internal sealed class NodeRed(Process process, Temporary folder, string address) : IDisposable
{
    public string Address => address;
    public const string Page = "/dashboard/wall", Tile = ".wall-tile *";

    /// <summary>Null, with a line that says so, where it cannot be installed.</summary>
    public static async Task<NodeRed?> Start()
    {
        try
        {
            var folder = await Peers.Install("node-red");
            var port = StartBench.Free();
            var info = new ProcessStartInfo("node", [folder.File("node_modules/node-red/red.js"), "--settings", folder.File("settings.js"), "--userDir", folder.Path]) { UseShellExecute = false, RedirectStandardOutput = true };
            info.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
            var process = Process.Start(info)!;
            process.BeginOutputReadLine();
            var red = new NodeRed(process, folder, $"http://127.0.0.1:{port}");
            using var client = new HttpClient();
            for (var watch = Stopwatch.StartNew(); ; await Task.Delay(200))
            {
                try { if ((await client.GetAsync(red.Address + Page)).IsSuccessStatusCode) return red; }
                catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromMinutes(1)) { /* not yet */ }
                if (watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException("Node-RED did not come up");
            }
        }
        catch (Exception missing) when (missing is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.WriteLine($"Node-RED is left out: {missing.Message.Split('\n')[0]}");
            return null;
        }
    }

    /// <summary>Shows a tile of given HTML in the first few templates.</summary>
    public async Task Publish(HttpClient client, string html, int tiles) => (await client.PostAsync($"{address}/publish?tiles={tiles}", new StringContent(html, null, "text/html"))).EnsureSuccessStatusCode();

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit(5000);
        process.Dispose();
        folder.Dispose();
    }
}

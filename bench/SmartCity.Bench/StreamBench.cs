using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace SmartCity.Bench;

/// <summary>One tile, and a beat of 24, from the word to publish to the last receipt by thousands of open streams: ours, a bare loop over the same bytes, a SignalR hub, nginx with nchan where it
/// is installed, Node-RED Dashboard where npm can install it. Each server is a process of its own; the viewers are plain sockets in this one; the servers take turns.</summary>
internal static partial class StreamBench
{
    private const int Rounds = 3, Beats = 7;

    [GeneratedRegex("/live\\?[^\"]*", RegexOptions.None, 1000)]
    private static partial Regex Stream();

    public static async Task Run()
    {
        var viewers = int.Parse(Environment.GetEnvironmentVariable("SMARTCITY_VIEWERS") ?? "5000", CultureInfo.InvariantCulture);
        using var client = new HttpClient();
        using var city = await Server.Start("city");
        using var bare = await Server.Start("bare");
        using var hub = await Server.Start("hub");
        var path = WebUtility.HtmlDecode(Stream().Match(await client.GetStringAsync(city.Address + "/ko")).Value);
        var peers = new List<Peer>
        {
            new("SmartCity", city.Address, path, Peer.Sse, _ => 1, n => client.GetAsync($"{city.Control}/publish?tiles={n}"), city),
            new("bare Kestrel, one loop, the same bytes", bare.Address, "/live", Peer.Sse, _ => 1, n => client.GetAsync($"{bare.Control}/publish?tiles={n}"), bare),
            new("SignalR", hub.Address, "/live", Peer.WebSocket, n => n, n => client.GetAsync($"{hub.Control}/publish?tiles={n}"), hub),
        };
        using var nchan = Nchan.Start();
        // what one event of ours is on the wire, for the others to send
        var events = new Dictionary<int, byte[]>();
        foreach (var tiles in new[] { 1, WallModule.Tiles })
        {
            events[tiles] = await Capture(peers[0], tiles);
            foreach (var other in new[] { bare, hub }) await client.PostAsync($"{other.Address}/bytes/{tiles}", new ByteArrayContent(events[tiles]));
        }
        if (nchan is not null)
            peers.Add(new("nginx with nchan", nchan.Address, "/live", Peer.Plain, n => n, async n =>
            {
                var html = string.Join('\n', Encoding.UTF8.GetString(events[1]).Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..]));
                for (var i = 0; i < n; i++) await client.PostAsync(nchan.Address + "/publish", new StringContent(html));
            }, null));
        else Console.WriteLine("nginx with nchan is not installed here (Debian: libnginx-mod-nchan) and is left out.");

        using var red = await NodeRed.Start();
        if (red is not null)
        {
            // the end of the tile is a word that is in it once
            var html = "<b>" + new string('x', events[1].Length - 10) + "</b>" + Peer.Mark;
            peers.Add(new("Node-RED Dashboard", red.Address, "/dashboard/socket.io/?EIO=4&transport=websocket", Peer.SocketIo, n => n, n => red.Publish(client, html, n), null));
        }

        // all viewers of all servers at once would be more files than a process may have open: the servers take turns
        var times = peers.ToDictionary(p => p, _ => (One: new List<double>(), Beat: new List<double>()));
        var perStream = new Dictionary<Peer, (double Open, double Busy)>();
        for (var round = 0; round < Rounds; round++)
            foreach (var peer in peers)
            {
                var before = await Memory(peer);
                await peer.Open(viewers);
                var open = await Memory(peer);
                for (var beat = -2; beat < Beats; beat++)
                {
                    var (one, all) = (await peer.Publish(1), await peer.Publish(WallModule.Tiles));
                    if (beat < 0) continue;
                    times[peer].One.Add(one);
                    times[peer].Beat.Add(all);
                }
                if (round == 0 && await Memory(peer) is { } busy) perStream[peer] = ((open - before)!.Value / 1024.0 / viewers, (busy - before)!.Value / 1024.0 / viewers);
                peer.Close();
                await Task.Delay(2000);
            }
        async Task<long?> Memory(Peer peer) => peer.Server is { } server ? long.Parse(await client.GetStringAsync(server.Control + "/memory"), CultureInfo.InvariantCulture) : null;
        Console.WriteLine($"{viewers:n0} streams each; an event of one tile is {events[1].Length:n0} bytes, a beat of {WallModule.Tiles} {events[WallModule.Tiles].Length:n0}; medians of {Rounds} turns of {Beats}.");
        Console.WriteLine();
        Console.WriteLine("| server | one tile, ms | to the bare loop | beat of 24 tiles, ms | to the bare loop | memory a stream, open, KB | after beats, KB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var peer in peers)
        {
            double Ratio(Func<(List<double> One, List<double> Beat), List<double>> of) => Median([.. of(times[peer]).Chunk(Beats).Zip(of(times[peers[1]]).Chunk(Beats), (a, b) => Median([.. a]) / Median([.. b]))]);
            Console.WriteLine($"| {peer.Name} | {Median(times[peer].One):0} | {Ratio(t => t.One):0.00} | {Median(times[peer].Beat):0} | {Ratio(t => t.Beat):0.00} | {(perStream.TryGetValue(peer, out var kb) ? string.Create(CultureInfo.InvariantCulture, $"{kb.Open:0.0} | {kb.Busy:0.0}") : " | ")} |");
        }
    }

    private static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);

    private static async Task<byte[]> Capture(Peer peer, int tiles)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(peer.Address + peer.Path, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        async Task<string> Event()
        {
            var text = new StringBuilder();
            while (await reader.ReadLineAsync() is { Length: > 0 } line) text.Append(line).Append('\n');
            return text.Append('\n').ToString();
        }
        await Event();
        await peer.Tell(tiles);
        while (true)
            if (await Event() is { Length: > 1000 } told) return Encoding.UTF8.GetBytes(told);
    }

    /// <summary>One of the servers, and the viewers that have it open.</summary>
    private sealed class Peer(string name, string address, string path, Peer.Kind kind, Func<int, int> events, Func<int, Task> tell, Server? server)
    {
        internal sealed record Kind(string Request, byte[] End, byte[]? Hello);

        // the end of an event and of its chunk
        public static readonly Kind Sse = new("Accept: text/event-stream\r\n", "\n\n\r\n"u8.ToArray(), null);
        // nchan writes its events without chunks
        public static readonly Kind Plain = new("Accept: text/event-stream\r\n", "\n\n"u8.ToArray(), null);
        // a masked text frame with the hub's handshake
        public static readonly Kind WebSocket = new("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", [0x1e], Frame("{\"protocol\":\"json\",\"version\":1}\u001e"));

        // socket.io: joins with a word of its own, and is asked for a sign of life
        public const string Mark = "<!--end-->";
        public static readonly Kind SocketIo = new(WebSocket.Request, Encoding.ASCII.GetBytes(Mark), Frame("40"));
        private static readonly byte[] Asked = [0x81, 1, (byte)'2'], Alive = Frame("3");

        private readonly List<Socket> _sockets = [];
        private int _awaited;
        private long _lastReceipt;
        private TaskCompletionSource _all = new();

        public string Name => name;
        public string Address => address;
        public string Path => path;
        public Server? Server => server;

        public Task Tell(int tiles) => tell(tiles);

        private static byte[] Frame(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return [0x81, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes];
        }

        public async Task Open(int viewers)
        {
            var uri = new Uri(address);
            var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {uri.Authority}\r\n{kind.Request}\r\n");
            for (var at = 0; at < viewers; at += 100)
                await Task.WhenAll(Enumerable.Range(0, Math.Min(100, viewers - at)).Select(async number =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(IPAddress.Loopback, uri.Port);
                    await socket.SendAsync(request);
                    lock (_sockets) _sockets.Add(socket);
                    var first = new TaskCompletionSource();
                    _ = Follow(socket, first);
                    await first.Task.WaitAsync(TimeSpan.FromSeconds(30));
                }));
            await Task.Delay(1000);
        }

        // an event is what ends like one and is longer than a sign of life
        private async Task Follow(Socket socket, TaskCompletionSource first)
        {
            var buffer = new byte[16 * 1024];
            var (kept, length, greeted) = (0, 0, kind.Hello is null);
            try
            {
                while (await socket.ReceiveAsync(buffer.AsMemory(kept), SocketFlags.None) is > 0 and var read)
                {
                    if (!greeted)
                    {
                        greeted = true;
                        await socket.SendAsync(kind.Hello!);
                        continue;
                    }
                    first.TrySetResult();
                    if (kind == SocketIo && buffer.AsSpan(kept, read).EndsWith(Asked)) await socket.SendAsync(Alive);
                    var bytes = buffer.AsSpan(0, kept + read);
                    var from = 0;
                    for (int at; (at = bytes[from..].IndexOf(kind.End)) >= 0; from += at + kind.End.Length, length = 0)
                        if (length + at > 1000) Received();
                    // an end may be cut in two
                    kept = Math.Min(bytes.Length - from, kind.End.Length - 1);
                    length += bytes.Length - from - kept;
                    bytes[^kept..].CopyTo(buffer);
                }
            }
            catch (SocketException) { /* closed */ }
            catch (ObjectDisposedException) { /* closed */ }
        }

        private void Received()
        {
            if (Interlocked.Decrement(ref _awaited) != 0) return;
            _lastReceipt = Stopwatch.GetTimestamp();
            _all.TrySetResult();
        }

        /// <summary>From the word to publish to the last viewer's receipt, ms.</summary>
        public async Task<double> Publish(int tiles)
        {
            _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _awaited, _sockets.Count * events(tiles));
            var began = Stopwatch.GetTimestamp();
            await tell(tiles);
            try { await _all.Task.WaitAsync(TimeSpan.FromSeconds(60)); }
            catch (TimeoutException late) { throw new InvalidOperationException($"{name}: {_awaited} of {_sockets.Count * events(tiles)} events did not arrive within a minute", late); }
            await Task.Delay(200);
            return Stopwatch.GetElapsedTime(began, _lastReceipt).TotalMilliseconds;
        }

        public void Close()
        {
            _sockets.ForEach(s => s.Dispose());
            _sockets.Clear();
        }
    }

    private sealed class Nchan(Process process, string folder, string address) : IDisposable
    {
        private const string Module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

        public string Address => address;

        public static Nchan? Start()
        {
            if (!File.Exists(Module)) return null;
            var folder = Directory.CreateTempSubdirectory("smartcity-nchan-").FullName;
            var port = StartBench.Free();
            File.WriteAllText(System.IO.Path.Combine(folder, "nginx.conf"), $$"""
                load_module {{Module}};
                daemon off; pid {{folder}}/pid; error_log stderr crit; worker_processes 2; worker_rlimit_nofile 20000;
                events { worker_connections 12000; }
                http {
                  access_log off; client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}}; uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
                  client_max_body_size 1m; nchan_max_reserved_memory 256M;
                  server {
                    listen 127.0.0.1:{{port}};
                    location /live { nchan_subscriber eventsource; nchan_channel_id wall; nchan_subscriber_first_message newest; nchan_eventsource_ping_interval 0; }
                    location /publish { nchan_publisher; nchan_channel_id wall; nchan_store_messages off; }
                  }
                }
                """);
            return new(Process.Start(new ProcessStartInfo("nginx", ["-c", System.IO.Path.Combine(folder, "nginx.conf"), "-p", folder]))!, folder, $"http://127.0.0.1:{port}");
        }

        public void Dispose()
        {
            // its workers end with it when it is asked to end, and not when it is killed
            using (var quit = Process.Start("kill", ["-QUIT", process.Id.ToString(CultureInfo.InvariantCulture)])) quit.WaitForExit();
            process.WaitForExit(5000);
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmartCity.Tests.Feeds;

/// <summary>A source that answers exactly the bytes it is told to, or less. It knows no HTTP, so it can break all of it.</summary>
internal sealed class StubSource : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _requests;

    public StubSource()
    {
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = Accept();
    }

    public Uri Address { get; }
    public int Requests => Volatile.Read(ref _requests);
    public string LastRequest { get; private set; } = "";
    /// <summary>Bytes that were taken off this source, for answers that never end.</summary>
    public long Sent { get; private set; }

    /// <summary>Answers a request on its connection, which is closed afterwards.</summary>
    public Func<NetworkStream, string, CancellationToken, Task> Answer { get; set; } = (_, _, _) => Task.CompletedTask;

    public static Func<NetworkStream, string, CancellationToken, Task> Ok(string type, string body, params string[] headers) => Ok(type, Encoding.UTF8.GetBytes(body), headers);

    public static Func<NetworkStream, string, CancellationToken, Task> Ok(string type, byte[] body, params string[] headers) =>
        Raw(["HTTP/1.1 200 OK", $"Content-Type: {type}", $"Content-Length: {body.Length}", "Connection: close", .. headers], body);

    /// <summary>A head and whatever follows it.</summary>
    public static Func<NetworkStream, string, CancellationToken, Task> Raw(string[] head, byte[] body) => async (stream, _, stop) =>
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(string.Join("\r\n", head) + "\r\n\r\n"), .. body], stop);

    /// <summary>A head, then a block again and again.</summary>
    public Func<NetworkStream, string, CancellationToken, Task> Endless(string[] head, byte[] block) => async (stream, request, stop) =>
    {
        await Raw(head, [])(stream, request, stop);
        for (Sent = 0; ; Sent += block.Length) await stream.WriteAsync(block, stop);
    };

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try { client = await _listener.AcceptTcpClientAsync(_stop.Token); }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException) { return; }
            _ = Serve(client);
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0) head.Append((char)one[0]);
                LastRequest = head.ToString();
                Interlocked.Increment(ref _requests);
                await Answer(stream, LastRequest, _stop.Token);
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException or SocketException) { /* the client had enough */ }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }
}

internal static class Pictures
{
    /// <summary>A picture of one grey pixel.</summary>
    public static byte[] Png { get; } = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");
}

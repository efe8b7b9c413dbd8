using System.Net;
using System.Net.Sockets;

namespace SmartCity.Tests.Hosts;

/// <summary>A wire between a host and its database that a test can cut, or hold still with all its connections open.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly (string Host, int Port) _to;
    private readonly List<TcpClient> _ends = [];
    private readonly CancellationTokenSource _over = new();
    private TcpListener _listener;
    private volatile TaskCompletionSource _flows = Flowing();

    public Relay(string host, int port)
    {
        _to = (host, port);
        _listener = new(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Accept(_listener);
    }

    public int Port { get; }

    private static TaskCompletionSource Flowing()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    /// <summary>Nothing passes any more, and nobody is told.</summary>
    public void Freeze() => _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nothing passes on what is open, and nothing new can be opened.</summary>
    public void Strand()
    {
        Freeze();
        _listener.Stop();
    }

    public void Thaw() => _flows.TrySetResult();

    /// <summary>Every connection breaks, and new ones are refused.</summary>
    public void Cut()
    {
        _listener.Stop();
        lock (_ends)
        {
            foreach (var end in _ends) end.Client?.Close(0);
            _ends.Clear();
        }
    }

    public void Mend()
    {
        Thaw();
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        _ = Accept(_listener);
    }

    private async Task Accept(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptTcpClientAsync(_over.Token);
                var far = new TcpClient();
                lock (_ends) _ends.AddRange([near, far]);
                _ = Join(near, far);
            }
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException or ObjectDisposedException) { /* cut */ }
    }

    private async Task Join(TcpClient near, TcpClient far)
    {
        try
        {
            await far.ConnectAsync(_to.Host, _to.Port, _over.Token);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAny(Pass(near, far), Pass(far, near));
        }
        catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException) { /* cut */ }
        finally
        {
            near.Dispose();
            far.Dispose();
        }
    }

    private async Task Pass(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.GetStream().ReadAsync(buffer, _over.Token)) > 0;)
            {
                await _flows.Task.WaitAsync(_over.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _over.Token);
            }
        }
        catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException) { /* cut */ }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        Cut();
        _over.Dispose();
    }
}

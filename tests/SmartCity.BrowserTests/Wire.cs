using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SmartCity.BrowserTests;

/// <summary>The wire between a browser and a city, which can be cut and healed. Copies bytes and knows no more.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = [];
    private readonly CancellationTokenSource _end = new();
    private volatile Uri _to;
    private volatile bool _cut;

    private Wire(Uri to)
    {
        _to = to;
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = Accept();
    }

    public static Wire To(Uri city) => new(city);

    public Uri Address { get; }

    /// <summary>Ends what is open and refuses what is new.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (var one in _open.Keys) one.Close();
    }

    public void Heal() => _cut = false;

    /// <summary>Leads what is new to another city, such as the same one after a restart.</summary>
    public void Lead(Uri to) => _to = to;

    private async Task Accept()
    {
        try
        {
            while (true) _ = Carry(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException) { /* the test is over */ }
    }

    private async Task Carry(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            _open[near] = _open[far] = 0;
            try
            {
                if (_cut) return;
                await far.ConnectAsync(_to.Host, _to.Port, _end.Token);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _end.Token), far.GetStream().CopyToAsync(near.GetStream(), _end.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException) { /* cut */ }
            finally
            {
                _open.TryRemove(near, out _);
                _open.TryRemove(far, out _);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        _end.Dispose();
    }
}

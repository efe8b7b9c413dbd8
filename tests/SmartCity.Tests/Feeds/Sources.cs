using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Outbound;

namespace SmartCity.Tests.Feeds;

/// <summary>The platform's client, for a test that has no city.</summary>
internal static class Sources
{
    public static readonly IReadOnlySet<string> Nothing = new HashSet<string>();

    /// <summary>A list that agrees to these addresses, as the setting <c>Outbound:Allow</c> would.</summary>
    public static AllowList Agreed(params Uri[] inside) => new(inside.Select(a => AllowList.Key(a.IdnHost, a.Port)).ToHashSet(), Nothing);

    public static SourceClient Client(params Uri[] inside) => new(Agreed(inside), new(Agreed(inside)));

    /// <summary>Asks, with time enough on a busy machine.</summary>
    public static Task<Answer> Ask(this SourceClient client, string url, TimeSpan? timeout = null) => client.Get(url, timeout ?? TimeSpan.FromSeconds(60), null, FeedBench.Cancel);
}

/// <summary>A port on every address of this machine, old and new, that counts who comes.</summary>
internal sealed class Doorstep : IAsyncDisposable
{
    private readonly TcpListener _listener = TcpListener.Create(0);
    private readonly ConcurrentQueue<int> _visitors = [];
    private readonly Task _counting;

    public Doorstep()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _counting = Count();
    }

    public int Port { get; }

    /// <summary>Connections so far, besides the one that asks: the system tells of visitors in their order, so that nobody came
    /// before it unseen.</summary>
    public async Task<int> Visits()
    {
        using var own = new TcpClient();
        await own.ConnectAsync(IPAddress.Loopback, Port, FeedBench.Cancel);
        var port = ((IPEndPoint)own.Client.LocalEndPoint!).Port;
        await TestCity.Until(() => _visitors.Contains(port), "our own visit is counted");
        return _visitors.TakeWhile(v => v != port).Count();
    }

    private async Task Count()
    {
        while (true)
            try
            {
                using var visitor = await _listener.AcceptTcpClientAsync();
                _visitors.Enqueue(((IPEndPoint)visitor.Client.RemoteEndPoint!).Port);
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException or InvalidOperationException) { return; }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _counting;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SmartCity.Shell.Outbound;

/// <summary>Opens the connections. A name is looked up once; every answer is checked, and one of the checked answers is
/// dialled: there is no second look-up that could say something else.</summary>
/// <param name="agreed">Where an internal address is right.</param>
/// <param name="lookUp">The addresses of a name; the system's answer when null.</param>
/// <param name="connect">A connection to an address; one of the system's when null.</param>
internal sealed class Dialer(AllowList agreed, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null, Func<IPEndPoint, CancellationToken, ValueTask<Stream>>? connect = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp = lookUp ?? ((host, stop) => Apart(() => Dns.GetHostAddresses(host), stop));
    private static readonly SemaphoreSlim LookingUp = new(64);
    private readonly Func<IPEndPoint, CancellationToken, ValueTask<Stream>> _connect = connect ?? Connect;

    /// <summary>Connects to a host that a client names.</summary>
    /// <exception cref="OutboundRefusal">One of its addresses is none of the public network, and nobody agreed to that.</exception>
    public async ValueTask<Stream> Dial(string host, int port, CancellationToken stop)
    {
        var answers = IPAddress.TryParse(host, out var literal) ? [literal] : await _lookUp(host, stop);
        var inside = agreed.IsInside(host, port);
        foreach (var answer in answers)
            if (SpecialAddresses.Of(answer) is { } special && !(special.Private && inside))
                throw new OutboundRefusal(FetchOutcome.Blocked, string.Create(CultureInfo.InvariantCulture,
                    $"{AddressRule.Internal.In("en")}: {host} is {answer} ({special.What}){(special.Private ? $"; where it is meant, the setting {AllowList.Setting} names {AllowList.Key(host, port)}" : "")}"));
        Exception? last = null;
        // IPv4 first: where IPv6 is announced and does not work, it fails by standing still
        foreach (var answer in answers.OrderBy(a => a.AddressFamily == AddressFamily.InterNetworkV6))
            try { return await _connect(new(answer, port), stop); }
            catch (SocketException refused) { last = refused; }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Asks the system for a name on a thread of its own: it holds its thread until a name server has answered, for many seconds where there is none, as in a closed network, and a few such
    /// would leave the rest of the host without threads.</summary>
    internal static async Task<T> Apart<T>(Func<T> ask, CancellationToken stop)
    {
        await LookingUp.WaitAsync(stop);
        return await Task.Factory.StartNew(() =>
        {
            try { return ask(); }
            finally { LookingUp.Release(); }
        }, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).WaitAsync(stop);
    }

    private static async ValueTask<Stream> Connect(IPEndPoint to, CancellationToken stop)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

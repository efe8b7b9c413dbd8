using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace SmartCity.Shell.Live;

/// <summary>What a connection's reader has yet to take.</summary>
/// <param name="Waits">True when something waits for it.</param>
/// <param name="Taken">Bytes that it has taken; 0 where nobody counts.</param>
internal readonly record struct Unread(bool Waits, ulong Taken);

/// <summary>How long a reader may take nothing of what waits for it.</summary>
/// <param name="began">Now, ms.</param>
/// <param name="limit">Most, ms.</param>
internal struct Patience(long began, int limit = Patience.Longest)
{
    public const int Longest = 12_000;
    private long _since = began;
    private ulong _taken;

    /// <summary>True when something has waited all the time, and nothing of it was taken; a slow reader takes something.</summary>
    public bool IsOver(long now, Unread unread)
    {
        if (unread.Waits && unread.Taken == _taken) return now - _since >= limit;
        (_since, _taken) = (now, unread.Taken);
        return false;
    }
}

/// <summary>Keeps the system from hiding for minutes, in megabytes of its own, that a reader does not read.</summary>
internal static class SlowReaders
{
    private const int Tcp = 6, NotSentLowWater = 25, Info = 11, Bytes = 16 * 1024;
    // in the system's struct tcp_info
    private const int Unacknowledged = 24, Acknowledged = 120, NotSent = 144, Enough = 148;

    /// <summary>A listening socket whose connections take no more than 16 KB beyond what is on its way: then writing waits.</summary>
    public static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // the connections inherit it; what is on its way is not limited, so that distant readers lose nothing
        if (OperatingSystem.IsLinux() && endpoint is IPEndPoint) socket.SetRawSocketOption(Tcp, NotSentLowWater, BitConverter.GetBytes(Bytes));
        return socket;
    }

    /// <summary>The request's own connection, where there is one.</summary>
    public static Socket? SocketOf(HttpContext http) => OperatingSystem.IsLinux() ? http.Features.Get<IConnectionSocketFeature>()?.Socket : null;

    /// <summary>What the system says that the reader's own has not acknowledged; null where it does not say.</summary>
    public static Unread? Waits(Socket? socket)
    {
        if (socket is not { ProtocolType: ProtocolType.Tcp }) return null;
        Span<byte> info = stackalloc byte[Enough];
        try
        {
            if (socket.GetRawSocketOption(Tcp, Info, info) < Enough) return null;
            return new(BinaryPrimitives.ReadUInt32LittleEndian(info[Unacknowledged..]) > 0 || BinaryPrimitives.ReadUInt32LittleEndian(info[NotSent..]) > 0, BinaryPrimitives.ReadUInt64LittleEndian(info[Acknowledged..]));
        }
        // closed meanwhile
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException) { return null; }
    }
}

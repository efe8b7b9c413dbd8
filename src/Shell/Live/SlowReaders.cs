using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace SmartCity.Shell.Live;

/// <summary>Keeps the system from hiding for minutes, in megabytes of its own, that a reader does not read.</summary>
internal static class SlowReaders
{
    private const int Tcp = 6, NotSentLowWater = 25, Bytes = 16 * 1024;

    /// <summary>A listening socket whose connections take no more than 16 KB beyond what is on its way: then writing waits, and the half minute of a stream begins.</summary>
    public static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // the connections inherit it; what is on its way is not limited, so that distant readers lose nothing
        if (OperatingSystem.IsLinux() && endpoint is IPEndPoint) socket.SetRawSocketOption(Tcp, NotSentLowWater, BitConverter.GetBytes(Bytes));
        return socket;
    }
}

using System.Net;
using SmartCity.Shell.Live;

namespace SmartCity.Tests.Live;

/// <summary>The system's own buffers do not hide that a reader does not read.</summary>
public sealed class SlowReaderTests
{
    [Fact]
    public void A_connection_of_the_host_holds_little_that_is_not_on_its_way()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The option is Linux's.");
        using var listening = SlowReaders.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        client.Connect(listening.LocalEndPoint!);
        using var accepted = listening.Accept();
        var bytes = new byte[4];
        accepted.GetRawSocketOption(6, 25, bytes);
        Assert.Equal(16 * 1024, BitConverter.ToInt32(bytes));
    }
}

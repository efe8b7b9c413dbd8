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

    [Fact]
    public void Who_takes_nothing_of_what_waits_is_given_up()
    {
        var patience = new Patience(0, limit: 20_000);
        Assert.False(patience.IsOver(5_000, new(true, 700)));
        Assert.False(patience.IsOver(10_000, new(true, 700)));
        Assert.False(patience.IsOver(24_999, new(true, 700)));
        Assert.True(patience.IsOver(25_000, new(true, 700)));
    }

    [Fact]
    public void Who_is_slow_but_takes_something_is_not()
    {
        var patience = new Patience(0, limit: 20_000);
        for (var now = 0; now < 600_000; now += 15_000) Assert.False(patience.IsOver(now, new(true, (ulong)now)));
    }

    [Fact]
    public void Who_has_taken_everything_may_rest_for_long()
    {
        var patience = new Patience(0, limit: 20_000);
        for (var now = 0; now < 600_000; now += 5_000) Assert.False(patience.IsOver(now, new(false, 700)));
        Assert.False(patience.IsOver(605_000, new(true, 700)));
    }

    [Fact]
    public async Task The_system_tells_whether_a_reader_takes_what_waits()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Linux says it.");
        using var listening = SlowReaders.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        client.Connect(listening.LocalEndPoint!);
        using var accepted = listening.Accept();
        Assert.Equal(false, SlowReaders.Waits(accepted)?.Waits);
        // until the system of the reader, and then our own, take no more
        accepted.Blocking = false;
        var sent = 0;
        try { while (true) sent += accepted.Send(new byte[4096]); }
        catch (System.Net.Sockets.SocketException full) when (full.SocketErrorCode == System.Net.Sockets.SocketError.WouldBlock) { }
        Unread? before = null;
        await TestCity.Until(() => { var last = before; before = SlowReaders.Waits(accepted); return last == before; }, "the reader's system takes no more");
        Assert.True(before!.Value.Waits);
        for (var read = 0; read < sent;) read += client.Receive(new byte[4096]);
        await TestCity.Until(() => SlowReaders.Waits(accepted) is { Waits: false } taken && taken.Taken > before.Value.Taken, "everything is taken");
    }

    [Fact]
    public void A_connection_that_is_closed_says_nothing()
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Dispose();
        Assert.Null(SlowReaders.Waits(socket));
        Assert.Null(SlowReaders.Waits(null));
    }
}

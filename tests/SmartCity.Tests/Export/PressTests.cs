using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell.Export;

namespace SmartCity.Tests.Export;

/// <summary>Printing neither takes the whole machine nor leaves anything behind.</summary>
public sealed class PressTests
{
    private static async IAsyncEnumerable<ReportPart> Parts(params ReportPart[] parts)
    {
        await Task.Yield();
        foreach (var part in parts) yield return part;
    }

    // writes each part's text, and waits where it says so
    private sealed class Plain(Task? wait = null) : IDocumentFormat, IDocumentWriter
    {
        private Stream _to = Stream.Null;
        public string Ending => "plain";
        public string ContentType => "text/plain";
        public string? File { get; private set; }

        public IDocumentWriter Begin(DocumentHead head, Stream to)
        {
            (_to, File) = (to, (to as FileStream)?.Name);
            return this;
        }

        public void Add(ReportPart part)
        {
            wait?.GetAwaiter().GetResult();
            if (part is FilledTable table) foreach (var row in table.Rows) _to.Write([(byte)row.ToString()![0]]);
            else _to.Write("words "u8);
        }

        public void End() => _to.Write("end"u8);
        public void Dispose() { }
    }

    [Fact]
    public async Task Two_print_at_a_time_and_a_third_is_told_to_come_back()
    {
        var wait = new TaskCompletionSource();
        var format = new Plain(wait.Task);
        using var press = new Press([format], NullLogger<Press>.Instance) { Patience = TimeSpan.FromMilliseconds(50) };
        Task<IResult> Ask() => Task.Run(() => press.Answer(format, Printed.Head(), Parts(new ReportWords("x")), "x", TestContext.Current.CancellationToken));
        var three = new[] { Ask(), Ask(), Ask() };
        var refused = await Task.WhenAny(three);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, Assert.IsType<ProblemHttpResult>(await refused).StatusCode);
        wait.SetResult();
        foreach (var answer in await Task.WhenAll(three.Where(t => t != refused))) await Assert.IsType<FileStreamHttpResult>(answer).FileStream.DisposeAsync();
        await Assert.IsType<FileStreamHttpResult>(await Ask()).FileStream.DisposeAsync();
    }

    [Fact]
    public async Task A_print_that_is_stopped_or_fails_leaves_no_file()
    {
        var format = new Plain();
        using var press = new Press([format], NullLogger<Press>.Instance);
        using var stop = new CancellationTokenSource();
        IEnumerable<object> Rows()
        {
            yield return "1";
            stop.Cancel();
            yield return "2";
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => press.Print(format, Printed.Head(), Parts(new FilledTable("", [], Rows(), "", 2)), null, stop.Token));
        Assert.False(File.Exists(format.File));
        IEnumerable<object> Broken() { yield return "1"; throw new InvalidOperationException("on purpose"); }
        await Assert.ThrowsAsync<InvalidOperationException>(() => press.Print(format, Printed.Head(), Parts(new FilledTable("", [], Broken(), "", 2)), null, CancellationToken.None));
        Assert.False(File.Exists(format.File));
    }

    [Fact]
    public async Task What_takes_too_long_to_wait_for_is_given_up_and_its_place_is_free_again()
    {
        using var press = new Press([new Plain()], NullLogger<Press>.Instance) { Patience = TimeSpan.Zero, Longest = TimeSpan.FromMilliseconds(50) };
        static async IAsyncEnumerable<ReportPart> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
        {
            yield return new ReportWords("a");
            await Task.Delay(Timeout.Infinite, cancel);
        }
        for (var i = 0; i < 3; i++)
            Assert.Contains("too long", Assert.IsType<ProblemHttpResult>(await press.Answer(press.Find("plain")!, Printed.Head(), Endless(), "x", TestContext.Current.CancellationToken)).ProblemDetails.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_part_is_told_as_it_is_done()
    {
        var format = new Plain();
        using var press = new Press([format], NullLogger<Press>.Instance);
        var told = new List<int>();
        await using var file = await press.Print(format, Printed.Head(), Parts(new ReportWords("a"), new ReportWords("b")), told.Add, CancellationToken.None);
        Assert.Equal([1, 2], told);
        Assert.Equal("words words end", await new StreamReader(file).ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}

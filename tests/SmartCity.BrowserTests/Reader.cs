using System.Collections.Concurrent;

namespace SmartCity.BrowserTests;

/// <summary>One person in front of one page. Notes whatever the browser complains about.</summary>
internal sealed class Reader : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    public Reader(IBrowserContext context, IPage page)
    {
        (Context, Page) = (context, page);
        // what a policy forbids is told on the console as well
        page.Console += (_, message) => { if (message.Type is "error" or "warning") _complaints.Enqueue($"{message.Type}: {message.Text}"); };
        page.PageError += (_, error) => _complaints.Enqueue("exception: " + error);
    }

    public IBrowserContext Context { get; }
    public IPage Page { get; }

    /// <summary>What the console has said since the last look.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            var all = new List<string>();
            while (_complaints.TryDequeue(out var one)) all.Add(one);
            return all;
        }
    }

    /// <summary>Opens a page and waits until its live stream is connected, where scripts run.</summary>
    public async Task<IResponse> Open(string address)
    {
        var response = await Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Load });
        return response!;
    }

    public Task IsLive() => Expect(Page.Locator("[data-live-state]")).ToHaveAttributeAsync("data-live", "on");

    /// <summary>Chooses a look as the button of the page does, without leaving it.</summary>
    public Task Look(string theme) => Page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);

    public async ValueTask DisposeAsync() => await Context.CloseAsync();
}

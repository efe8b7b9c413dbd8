namespace SmartCity.Shell.Access;

/// <summary>A live stream, whose address ends in <c>/live</c>, is one request for hours: it ends when its session does, or when its reader's rights change. The
/// page opens a new one by itself, with what the reader may see then.</summary>
internal sealed class StreamsEndWithRights(RequestDelegate next, Grants grants, Sessions sessions, TimeProvider time, ILogger<StreamsEndWithRights> log)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Path.Value?.EndsWith("/live", StringComparison.Ordinal) != true)
        {
            await next(http);
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        http.RequestAborted = end.Token;
        var watch = Watch(http.User, end);
        try { await next(http); }
        finally
        {
            await end.CancelAsync();
            await watch;
        }
    }

    private async Task Watch(System.Security.Claims.ClaimsPrincipal reader, CancellationTokenSource end)
    {
        var signedIn = reader.Identity?.IsAuthenticated == true;
        var rights = grants.Of(reader).Key;
        try
        {
            while (true)
            {
                var change = grants.NextChange;
                if (grants.Of(reader).Key != rights || (signedIn && !await sessions.Holds(reader, end.Token))) break;
                if (signedIn) await Task.WhenAny(change, Task.Delay(Look, time, end.Token));
                else await change.WaitAsync(end.Token);
                end.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) { return; }
        // closed when in doubt
        catch (Exception broken) { log.LogWarning(broken, "A live stream is ended because its session cannot be checked"); }
        await end.CancelAsync();
    }
}

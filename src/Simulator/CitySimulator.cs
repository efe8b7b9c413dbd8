using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace SmartCity.Simulator;

/// <summary>
/// Stands in for the source systems of a city, over HTTP, in their real wire formats. Everything it says is made up for
/// demonstration. Can be stopped, started again at the same address, and given faults while it runs.
/// </summary>
public sealed class CitySimulator : IHostedService, IAsyncDisposable
{
    private readonly BindingAddress _asked;
    private readonly TimeProvider _time;
    private readonly Scenario _scenario;
    private readonly Formats _formats;
    private readonly List<Standing> _standings;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private WebApplication? _app;
    private int _port;

    private CitySimulator(CityGround ground, Scenario scenario, IReadOnlyList<Story> stories, BindingAddress asked, TimeProvider time)
    {
        (_asked, _time, _scenario, _port) = (asked, time, scenario, asked.Port);
        _formats = new(scenario, ground, new(scenario, ground.Zone, [.. ground.Areas.Select(a => a.Spot)]), stories);
        _standings = [.. scenario.Sources.Select(s => new Standing(s))];
        SourceIds = [.. scenario.Sources.Select(s => s.Id)];
        City = ground.Key;
        Address = At(_port);
    }

    /// <summary>Reads a city pack and its <c>simulator.yaml</c>.</summary>
    /// <param name="packFolder">The pack's folder.</param>
    /// <param name="url">Where to answer, for example <c>http://localhost:5081</c>. With port 0 the system chooses a free
    /// one, see <see cref="Address"/>. Any host that is not this machine's own loopback opens it to the network.</param>
    /// <param name="time">The clock that values, faults and stories follow; the system's when null.</param>
    /// <exception cref="InvalidDataException">The pack or the scenario is wrong; everything wrong is listed.</exception>
    /// <exception cref="ArgumentException">The url cannot be listened at.</exception>
    public static CitySimulator Load(string packFolder, string url, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(packFolder);
        ArgumentNullException.ThrowIfNull(url);
        BindingAddress asked;
        try { asked = BindingAddress.Parse(url); }
        catch (FormatException wrong) { throw new ArgumentException($"{url} is no address to answer at; write for example http://localhost:5081.", nameof(url), wrong); }
        if (asked.Scheme != "http" || asked.PathBase.Length > 0) throw new ArgumentException($"{url}: only http without a path can be answered.", nameof(url));
        var path = Path.Combine(packFolder, "simulator.yaml");
        var scenario = Scenario.Read<Scenario>(path);
        var ground = CityGround.Load(packFolder, scenario);
        var problems = scenario.Problems(ground.StationColumns).ToList();
        var stories = scenario.News.Length == 0 ? [] : Scenario.Read<List<Story>>(Path.Combine(packFolder, scenario.News));
        if (scenario.Sources.Exists(s => s.Format == "rss") && stories.Count == 0) problems.Add("news has no headlines.");
        if (problems.Count == 0) problems.AddRange(new Formats(scenario, ground, new(scenario, ground.Zone, [.. ground.Areas.Select(a => a.Spot)]), stories).Problems());
        if (problems.Count > 0) throw new InvalidDataException($"{path} is wrong:{Environment.NewLine}" + string.Join(Environment.NewLine, problems.Select(p => "  - " + p)));
        return new(ground, scenario, stories, asked, time ?? TimeProvider.System);
    }

    /// <summary>Key of the city.</summary>
    public string City { get; }

    /// <summary>Where it answers. Known after the first start when port 0 was asked for, and kept from then on.</summary>
    public Uri Address { get; private set; }

    /// <summary>Keys of the sources, in the scenario's order.</summary>
    public IReadOnlyList<string> SourceIds { get; }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => StartAsync();

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => StopAsync();

    /// <summary>Requests that a source has had since loading, those that were answered badly included.</summary>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public int RequestCount(string sourceId) => Find(sourceId)[0].Requests;

    /// <summary>Makes something wrong with a source, or well again with <see cref="Fault.None"/>.</summary>
    /// <param name="sourceId">Key of the source, or <c>*</c> for all.</param>
    /// <param name="fault">What is wrong from now on.</param>
    /// <param name="duration">How long; until told otherwise when null.</param>
    /// <param name="percent">Share of requests that get the fault, 0 to 100, spread evenly.</param>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public void SetFault(string sourceId, Fault fault, TimeSpan? duration = null, int percent = 100)
    {
        if (!Enum.IsDefined(fault)) throw new ArgumentOutOfRangeException(nameof(fault));
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        foreach (var standing in Find(sourceId)) standing.Set(fault, _time.GetUtcNow(), duration, percent);
    }

    /// <summary>Lets a source use the names its columns have now, or those they once had.</summary>
    /// <param name="sourceId">Key of the source, or <c>*</c> for all.</param>
    /// <param name="old">True for the names they once had.</param>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public void SetNaming(string sourceId, bool old)
    {
        foreach (var standing in Find(sourceId)) standing.OldNames = old;
    }

    private List<Standing> Find(string sourceId)
    {
        var found = sourceId == "*" ? _standings : _standings.FindAll(s => string.Equals(s.Source.Id, sourceId, StringComparison.Ordinal));
        return found.Count > 0 ? found : throw new ArgumentException($"There is no source {sourceId}; there are {string.Join(", ", SourceIds)}.", nameof(sourceId));
    }

    /// <summary>Begins to answer. Does nothing when it already does.</summary>
    /// <exception cref="IOException">Somebody else answers at that address.</exception>
    public async Task StartAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_app is not null) return;
            var app = Build();
            try
            {
                await app.StartAsync(CancellationToken.None);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
            _app = app;
            var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            _port = BindingAddress.Parse(bound).Port;
            Address = At(_port);
        }
        finally { _turn.Release(); }
    }

    /// <summary>Ends answering; requests that are still waiting are cut. Does nothing when it does not answer.</summary>
    public async Task StopAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_app is not { } app) return;
            _app = null;
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await app.StopAsync(soon.Token);
            await app.DisposeAsync();
        }
        finally { _turn.Release(); }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private Uri At(int port) => new UriBuilder("http", Loopback ? LoopbackHost : "127.0.0.1", port).Uri;
    // a free port can only be chosen for one of the two loopback addresses
    private string LoopbackHost => _asked.Host == "localhost" && _asked.Port == 0 ? "127.0.0.1" : _asked.Host;
    private bool Loopback => _asked.Host == "localhost" || (IPAddress.TryParse(_asked.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    // An empty builder reads no settings and no environment and logs nothing: this may run inside another host's process.
    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(CitySimulator).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton<IHostLifetime, NoConsole>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024;
            if (!Loopback && IPAddress.TryParse(_asked.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, _port);
            else if (!Loopback) kestrel.ListenAnyIP(_port);
            else if (LoopbackHost == "localhost") kestrel.ListenLocalhost(_port);
            else kestrel.Listen(IPAddress.Parse(LoopbackHost.Trim('[', ']')), _port);
        });
        var app = builder.Build();
        var control = new Control(this, _standings, _time, Loopback);
        var stopping = app.Lifetime.ApplicationStopping;
        app.Run(context => Handle(context, control, stopping));
        return app;
    }

    private async Task Handle(HttpContext context, Control control, CancellationToken stopping)
    {
        var address = context.Request.Path.Value ?? "/";
        if (address == "/" || address.StartsWith("/control", StringComparison.Ordinal))
        {
            await control.Handle(context);
            return;
        }
        var segments = address.TrimEnd('/').Split('/').Skip(1).ToList();
        foreach (var standing in _standings)
            foreach (var pattern in standing.Source.Patterns)
                if (pattern.Match(segments) is { } named)
                {
                    foreach (var (name, value) in context.Request.Query) named["?" + name] = value.ToString();
                    // a host that is written oddly is none that anybody could ask
                    if (Uri.TryCreate("http://" + context.Request.Host, UriKind.Absolute, out var host) && host.PathAndQuery == "/") named["base"] = host.GetLeftPart(UriPartial.Authority);
                    await Answer(context, standing, named, stopping);
                    return;
                }
        if (_formats.Stray(segments) is { } stray) await Send(context, stray);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task Answer(HttpContext context, Standing standing, Dictionary<string, string> named, CancellationToken stopping)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }
        var (fault, moment) = standing.Ask(_time.GetUtcNow());
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            switch (fault)
            {
                case Fault.Refuse:
                    context.Abort();
                    return;
                case Fault.Hang:
                    await Task.Delay(_scenario.HangFor, _time, leave.Token);
                    context.Abort();
                    return;
                case Fault.Slow:
                    await Task.Delay(_scenario.SlowBy, _time, leave.Token);
                    moment = _time.GetUtcNow();
                    break;
                case Fault.ServerError:
                    await Send(context, Wire.Text("text/plain; charset=utf-8", "Internal Server Error\n", 500));
                    return;
                case Fault.HtmlWith200:
                    await Send(context, Wire.Text("text/html; charset=utf-8", SignIn));
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }
        var wire = _formats.Answer(new(standing.Source, moment, fault, standing.OldNames, named));
        if (wire.Cut)
        {
            context.Abort();
            return;
        }
        try { if (wire.Late > TimeSpan.Zero) await Task.Delay(wire.Late, _time, leave.Token); }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }
        if (wire.Frame is not null)
        {
            await Frames(context, wire, leave.Token);
            return;
        }
        if (fault == Fault.Truncated) wire = wire with { Body = wire.Body[..(wire.Body.Length * 6 / 10)], ETag = null, LastModified = null };
        await Send(context, wire);
    }

    private const string SignIn = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in</title></head>"
        + "<body><h1>Sign in</h1><form method=\"post\" action=\"/login\"><label>Name <input name=\"user\"></label> <button>Sign in</button></form></body></html>\n";

    // a picture a second, until whoever looks leaves
    private async Task Frames(HttpContext context, Wire wire, CancellationToken leave)
    {
        context.Response.ContentType = wire.ContentType;
        context.Response.Headers.CacheControl = "no-cache";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        try
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(wire.Frame!(_time.GetUtcNow()), leave);
                await context.Response.Body.FlushAsync(leave);
                await Task.Delay(TimeSpan.FromSeconds(1), _time, leave);
            }
        }
        catch (OperationCanceledException) { context.Abort(); }
    }

    private static async Task Send(HttpContext context, Wire wire)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-cache";
        if (wire.ETag is { } tag) response.Headers.ETag = tag;
        if (wire.LastModified is { } since) response.GetTypedHeaders().LastModified = since;
        if (wire.Status == StatusCodes.Status200OK && Unchanged(request, wire))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.StatusCode = wire.Status;
        response.ContentType = wire.ContentType;
        response.ContentLength = wire.Body.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(wire.Body, context.RequestAborted);
    }

    private static bool Unchanged(HttpRequest request, Wire wire)
    {
        // a tag says more than a date, so the date is only asked for without one
        if (wire.ETag is { } tag && request.Headers.IfNoneMatch.Count > 0)
            return request.GetTypedHeaders().IfNoneMatch.Any(t => t.Tag == "*" || t.Tag == tag);
        return wire.LastModified is { } since && request.GetTypedHeaders().IfModifiedSince >= since;
    }

    /// <summary>Leaves Ctrl+C to whoever owns the process.</summary>
    private sealed class NoConsole : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

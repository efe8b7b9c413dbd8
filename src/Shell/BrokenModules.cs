using System.Collections.Concurrent;
using Microsoft.AspNetCore.Diagnostics;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>Modules whose own code failed while the city was put together, or in the background later. Their pages say so, their tiles show their own
/// error, what they would list is left out; the city stands. A wrong declaration is another matter and stops the start.</summary>
internal sealed class BrokenModules(Catalogue catalogue)
{
    private readonly ConcurrentDictionary<string, Exception> _broken = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Exception> All => _broken;

    /// <summary>Lets a module do its part; when that fails, nothing of the part stays.</summary>
    public void Try(IModule module, IServiceCollection? services, Action part)
    {
        if (_broken.ContainsKey(module.Key)) return;
        var before = services?.ToList();
        try
        {
            part();
            if (services is not null) HoldApart(module, services, before!);
        }
        catch (Exception broken) when (IsTheModules(broken))
        {
            Break(module.Key, broken);
            if (services is null) return;
            services.Clear();
            foreach (var service in before!) services.Add(service);
        }
    }

    /// <summary>False for what the module tells a person on purpose: that stops the start.</summary>
    public static bool IsTheModules(Exception broken) => broken is not CannotStartException and not WrongPackException;

    /// <summary>From now on the module counts as broken. True for whoever says so first.</summary>
    public bool Break(string module, Exception broken)
    {
        if (!_broken.TryAdd(module, broken)) return false;
        catalogue.Silence(module);
        return true;
    }

    // the host stops a city when one hosted service fails: the module's are put behind one that does not
    private void HoldApart(IModule module, IServiceCollection services, List<ServiceDescriptor> before)
    {
        var others = before.ToHashSet();
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is not { IsKeyedService: false } work || work.ServiceType != typeof(IHostedService) || others.Contains(work)) continue;
            // under a key of its own the container makes it, and disposes of it, as before
            var key = new object();
            services.Add(work.ImplementationType is { } type ? new(typeof(IHostedService), key, type, work.Lifetime)
                : work.ImplementationInstance is { } made ? new(typeof(IHostedService), key, made)
                : new(typeof(IHostedService), key, (s, _) => work.ImplementationFactory!(s), work.Lifetime));
            services[i] = ServiceDescriptor.Singleton<IHostedService>(s => new ModuleWork(module.Key, () => s.GetRequiredKeyedService<IHostedService>(key), this,
                s.GetRequiredService<CityDatabase>(), s.GetRequiredService<IHostApplicationLifetime>(), s.GetRequiredService<ILogger<ModuleWork>>()));
        }
    }

    /// <summary>The module to which an address belongs, if it is a broken one.</summary>
    public IModule? At(PathString path) =>
        _broken.IsEmpty ? null : (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => _broken.ContainsKey(part) ? catalogue.Modules.First(m => m.Key == part) : null).FirstOrDefault(m => m is not null);

    /// <summary>Answers every address of a broken module with 503, for those who may see it.</summary>
    public static void Use(WebApplication app)
    {
        var broken = app.Services.GetRequiredService<BrokenModules>();
        app.Use((http, next) =>
        {
            if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null || broken.At(http.Request.Path) is null) return next(http);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
    }

    /// <summary>Tells whoever looks after the city.</summary>
    public void Log(ILogger log)
    {
        foreach (var (key, broken) in _broken) log.LogError(broken, "The module {Module} failed while the city was put together; its pages say so and the others go on", key);
    }
}

/// <summary>Work of a module in the background, held apart: where it fails, at the start or later, the module is broken and the city goes on.</summary>
internal sealed class ModuleWork(string module, Func<IHostedService> make, BrokenModules broken, CityDatabase database, IHostApplicationLifetime life, ILogger<ModuleWork> log) : IHostedLifecycleService
{
    private IHostedService? _work;

    public Task StartingAsync(CancellationToken cancellationToken) => Begin(work => (work as IHostedLifecycleService)?.StartingAsync(cancellationToken), cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Begin(work => work.StartAsync(cancellationToken), cancellationToken);
        if (_work is BackgroundService { ExecuteTask: { } run }) _ = Watch(run);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Begin(work => (work as IHostedLifecycleService)?.StartedAsync(cancellationToken), cancellationToken);
    public Task StoppingAsync(CancellationToken cancellationToken) => End(work => (work as IHostedLifecycleService)?.StoppingAsync(cancellationToken));
    public Task StopAsync(CancellationToken cancellationToken) => End(work => work.StopAsync(cancellationToken));
    public Task StoppedAsync(CancellationToken cancellationToken) => End(work => (work as IHostedLifecycleService)?.StoppedAsync(cancellationToken));

    private async Task Begin(Func<IHostedService, Task?> part, CancellationToken cancel)
    {
        try { await (part(_work ??= make()) ?? Task.CompletedTask); }
        // a database that is gone is not the module's doing, and its start is tried again with the host's
        catch (Exception failed) when (BrokenModules.IsTheModules(failed) && !cancel.IsCancellationRequested && !(database.IsGone && DatabaseTrouble.Is(failed))) { Break(failed); }
    }

    private async Task Watch(Task run)
    {
        try { await run; }
        catch (Exception failed) { if (!life.ApplicationStopping.IsCancellationRequested) Break(failed); }
    }

    private async Task End(Func<IHostedService, Task?> part)
    {
        if (_work is null) return;
        try { await (part(_work) ?? Task.CompletedTask); }
        catch (Exception failed) { log.LogWarning(failed, "The module {Module} did not stop as it should", module); }
    }

    private void Break(Exception failed)
    {
        if (broken.Break(module, failed)) log.LogError(failed, "The module {Module} failed in the background; its pages say so and the others go on. It is tried again when the program is started again", module);
    }
}

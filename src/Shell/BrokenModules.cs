using Microsoft.AspNetCore.Diagnostics;

namespace SmartCity.Shell;

/// <summary>Modules whose own code failed while the city was put together. Their pages say so, their tiles show their own error, what they would
/// list is left out; the city stands. A wrong declaration is another matter and stops the start.</summary>
internal sealed class BrokenModules(Catalogue catalogue)
{
    private readonly Dictionary<string, Exception> _broken = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Exception> All => _broken;

    /// <summary>Lets a module do its part; when that fails, nothing of the part stays.</summary>
    public void Try(IModule module, IServiceCollection? services, Action part)
    {
        if (_broken.ContainsKey(module.Key)) return;
        var before = services?.ToList();
        try { part(); }
        // what the module tells a person on purpose stops the start
        catch (Exception broken) when (broken is not CannotStartException and not WrongPackException)
        {
            _broken[module.Key] = broken;
            catalogue.Silence(module.Key);
            if (services is null) return;
            services.Clear();
            foreach (var service in before!) services.Add(service);
        }
    }

    /// <summary>The module to which an address belongs, if it is a broken one.</summary>
    public IModule? At(PathString path) =>
        _broken.Count == 0 ? null : (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => _broken.ContainsKey(part) ? catalogue.Modules.First(m => m.Key == part) : null).FirstOrDefault(m => m is not null);

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

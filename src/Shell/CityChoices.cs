namespace SmartCity.Shell;

/// <summary>What a city chooses in its <c>Program.cs</c>.</summary>
public sealed class CityChoices
{
    private readonly List<IModule> _modules = [];
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly List<Contribution> _added = [];

    internal CityChoices(IServiceCollection services, IConfiguration settings, IHostEnvironment environment) =>
        (Services, Settings, Environment) = (services, settings, environment);

    /// <summary>For a city's own implementation of a public seam; put it before the modules'.</summary>
    public IServiceCollection Services { get; }
    /// <summary>The settings.</summary>
    public IConfiguration Settings { get; }
    /// <summary>Development, Production or another.</summary>
    public IHostEnvironment Environment { get; }

    internal IReadOnlyList<IModule> Chosen => _modules;
    internal IReadOnlySet<string> Hidden => _hidden;
    internal IReadOnlyList<Contribution> Added => _added;
    internal string? SimulatorAddress { get; private set; }
    internal Func<string, string, IHostedService>? Simulator { get; private set; }

    /// <summary>Adds modules: a bundle's list, or the city's own.</summary>
    public CityChoices Modules(IEnumerable<IModule> modules)
    {
        _modules.AddRange(modules);
        return this;
    }

    /// <summary>Leaves out contributions, by key.</summary>
    public CityChoices Without(params string[] keys)
    {
        _hidden.UnionWith(keys);
        return this;
    }

    /// <summary>Puts a contribution in place of the one with the same key, or adds one to a module.</summary>
    public CityChoices With(Contribution contribution)
    {
        ArgumentNullException.ThrowIfNull(contribution);
        _hidden.Add(contribution.Key);
        _added.Add(contribution);
        return this;
    }

    /// <summary>Lets a simulator stand in for every source of the pack where the setting <c>Simulator</c> names its
    /// address, and never in Production. Every number is then marked as demonstration.</summary>
    /// <param name="start">Makes the simulator from the pack's folder and the address; it is started and stopped with the host, unless
    /// <c>Simulator:Elsewhere</c> says that another program answers there.</param>
    public CityChoices DemonstrationSources(Func<string, string, IHostedService> start)
    {
        if (Environment.IsProduction() || Settings["Simulator"] is not { Length: > 0 } address) return this;
        SimulatorAddress = address;
        Simulator = Settings["Simulator:Elsewhere"] == "true" ? null : start;
        return this;
    }
}

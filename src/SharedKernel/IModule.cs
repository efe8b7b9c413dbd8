using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity;

/// <summary>
/// One menu area of the city. A module states, as data, what it offers; the shell draws and runs what is common.
/// Modules never see each other: they signal a topic (that something changed) and read datasets (what it is now).
/// </summary>
public interface IModule
{
    /// <summary>Lower-case words joined by hyphens, for example <c>disaster-safety</c>. Also the first part of every
    /// key, the first segment of every address and the schema of the module's tables.</summary>
    string Key { get; }

    /// <summary>The name people read in the menu.</summary>
    Text Title { get; }

    /// <summary>Everything the module offers, in any order. Read once, when the city starts.</summary>
    IEnumerable<Contribution> Contributions { get; }

    /// <summary>Registers what the module's own pages and contributions need. Use <c>TryAdd</c> for a public seam, so
    /// that a city can put its own implementation first.</summary>
    void AddServices(IServiceCollection services, IConfiguration settings) { }

    /// <summary>Maps endpoints that are not pages. <paramref name="endpoints"/> is already below the module's key and
    /// already demands its view permission.</summary>
    void MapEndpoints(IEndpointRouteBuilder endpoints) { }

    /// <summary>True where its pages must be answered also when more is asked than the city can answer.</summary>
    bool Urgent => false;

    /// <summary>Everything wrong with what the module reads of a city's pack, each a sentence that begins with its file and line. Asked by
    /// <c>city check</c>, which has no database and no other services.</summary>
    IEnumerable<string> Check(ICity city, IWords words) => [];
}

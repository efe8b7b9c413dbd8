#pragma warning disable MA0036, CA1812, CA1052 // wrong on purpose: each type here breaks a rule, and a test sees to it that the rule finds it
namespace SmartCity.Tests.Architecture.Canaries.Surface
{
    public sealed class LeakyModule : IModule
    {
        public string Key => "leaky";
        public Text Title => Text.Same("leaky");
        public IEnumerable<Contribution> Contributions => [];
    }

    public sealed record Leak(string Text);

    /// <summary>Right: a seam for the city, and the noun that it speaks of.</summary>
    public interface ISpillSource
    {
        Task<IReadOnlyList<Spill>> Now();
    }

    public sealed record Spill(string Text);
}

namespace SmartCity.Tests.Architecture.Canaries.Open
{
    internal class LeftOpen;

    internal abstract class Grounded;

    internal sealed class Extends : Grounded;
}

namespace SmartCity.Tests.Architecture.Canaries.Names
{
    internal sealed class IncidentManager;

    internal sealed class StringUtil;

    /// <summary>Right: the ending is the framework's word.</summary>
    internal sealed class RightTagHelper : Microsoft.AspNetCore.Razor.TagHelpers.TagHelper;
}

namespace SmartCity.Tests.Architecture.Canaries.Bundles
{
    public static class TierWithLogic
    {
        private static readonly bool Rich = Environment.ProcessorCount > 1;
        public static IEnumerable<IModule> Modules => Rich ? [] : Poor();
        private static IModule[] Poor() => [];
    }

    public sealed class SecondType;
}
#pragma warning restore MA0036, CA1812, CA1052

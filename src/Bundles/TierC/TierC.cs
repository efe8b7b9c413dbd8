namespace SmartCity;

/// <summary>Tier C, money and the world: tier B and these. None of its own modules is built yet.</summary>
public static class TierC
{
    /// <summary>The modules of the tier and of those below it.</summary>
    public static IEnumerable<IModule> Modules => [.. TierB.Modules];
}

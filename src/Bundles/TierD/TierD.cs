namespace SmartCity;

/// <summary>Tier D, the citizens: tier C and these. None of its own modules is built yet.</summary>
public static class TierD
{
    /// <summary>The modules of the tier and of those below it.</summary>
    public static IEnumerable<IModule> Modules => [.. TierC.Modules];
}

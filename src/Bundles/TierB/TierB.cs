namespace SmartCity;

/// <summary>Tier B, the city in real time: tier A and these.</summary>
public static class TierB
{
    /// <summary>The modules of the tier and of those below it.</summary>
    public static IEnumerable<IModule> Modules => [.. TierA.Modules, new Atmosphere.AtmosphereModule(), new DisasterSafety.DisasterSafetyModule(), new Traffic.TrafficModule()];
}

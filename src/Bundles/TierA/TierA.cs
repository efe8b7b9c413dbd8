namespace SmartCity;

/// <summary>Tier A, running the administration: a list of modules and nothing else.</summary>
public static class TierA
{
    /// <summary>The modules of the tier.</summary>
    public static IEnumerable<IModule> Modules => [new AdministrativeContent.AdministrativeContentModule(), new Indicators.IndicatorsModule(), new UrbanProjects.UrbanProjectsModule()];
}

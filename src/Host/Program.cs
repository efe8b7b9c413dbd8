using SmartCity;
using SmartCity.Shell;
using SmartCity.Simulator;

return await SmartCityApp.RunAsync(args, city => city
    .Modules(TierD.Modules)
    .DemonstrationSources((pack, address) => CitySimulator.Load(pack, address)));

/// <summary>The program, for tests that start it.</summary>
internal sealed partial class Program;

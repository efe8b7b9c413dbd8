using SmartCity;
using SmartCity.Shell;
using SmartCity.Simulator;

// The tier is the package reference in City.csproj; what is left out, replaced or added stands here.
return await SmartCityApp.RunAsync(args, city => city
    .Modules(Tier.Modules)
    .DemonstrationSources((pack, address) => CitySimulator.Load(pack, address)));

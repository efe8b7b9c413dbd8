using SmartCity;
using SmartCity.Shell;
using SmartCity.Simulator;
using City;

return await SmartCityApp.RunAsync(args, city =>
{
    city.Modules(Tier.Modules)
        .Modules([new TreesModule(), new BrokenModule()])
        // hide one contribution, put another in place of the platform's
        .Without("indicators.best-tile")
        .With(new Tile("atmosphere.air-tile", Text.Of("우리 공기", "Our own air tile"), ["atmosphere.air"], _ => new(new TileFace { Feed = "atmosphere.air", ValueText = "drawn by the city" })) { Url = "/atmosphere" })
        .DemonstrationSources((pack, address) => CitySimulator.Load(pack, address));
    city.Services.AddSingleton<ICitySource>(new AirFile());
});

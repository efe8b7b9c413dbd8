namespace SmartCity.Atmosphere;

/// <summary>Air, weather, rain and snow by area, and the pictures of both.</summary>
public sealed class AtmosphereModule : IModule
{
    internal const string AirFeed = "atmosphere.air", WeatherFeed = "atmosphere.weather", RainFeed = "atmosphere.rain", SnowFeed = "atmosphere.snow",
        AirPicture = "atmosphere.air-picture", Satellite = "atmosphere.satellite";

    /// <inheritdoc/>
    public string Key => "atmosphere";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("대기환경", "Air and weather");

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission("atmosphere.view", Text.Of("대기환경 보기", "See air and weather"), Roles.Anyone),

        new MenuItem("atmosphere.menu", Title, "/atmosphere") { Order = 30 },
        new Command("atmosphere.panorama", Text.Of("자치구별 대기질", "Air by area"), "/atmosphere", Text.Of("공기|대기|미세먼지|초미세먼지", "air|air quality|dust|pollution")),
        new Command("atmosphere.past", Text.Of("대기질 추이", "Air over time"), "/atmosphere/history", Text.Of("추이|대기질 추이|어제 공기", "history|air history|trend")),
        new Command("atmosphere.rain-and-snow", Text.Of("비와 눈", "Rain and snow"), "/atmosphere/rain-and-snow", Text.Of("비|눈|강수|적설", "rain|snow|rainfall|snowfall")),
        new Command("atmosphere.pictures", Text.Of("대기질·위성 영상", "Air and satellite pictures"), "/atmosphere/pictures", Text.Of("위성|영상|위성 영상", "satellite|pictures|clouds")),

        new Feed(AirFeed, Text.Of("자치구별 대기질", "Air quality by area"), FeedKind.Observations) { Properties = AirMeasures.All },
        new Feed(WeatherFeed, Text.Of("관측소 날씨", "Weather stations"), FeedKind.Observations) { Properties = WeatherMeasures.All },
        new Feed(RainFeed, Text.Of("강우량계", "Rain gauges"), FeedKind.Observations) { Properties = [RainMeasures.TenMinutes] },
        new Feed(SnowFeed, Text.Of("적설", "Snow"), FeedKind.Observations) { Properties = [RainMeasures.NewSnow, RainMeasures.SnowDepth] },
        new Feed(AirPicture, Text.Of("대기질 영상", "Air-quality picture"), FeedKind.Pictures),
        new Feed(Satellite, Text.Of("위성 영상", "Satellite picture"), FeedKind.Pictures),

        AirDatasets.Now, AirDatasets.Past, WeatherDatasets.Now, RainDatasets.Now, RainDatasets.Past, RainDatasets.Snow,

        new Brief("atmosphere.brief", Title, AirBrief.Lines) { Order = 30 },
        new Report("atmosphere.day", Text.Of("대기환경 일지", "Air and weather of the day"), [AirDatasets.Now.Key, WeatherDatasets.Now.Key, RainDatasets.Now.Key, RainDatasets.Snow.Key])
        {
            Preface = Text.Of("지역별 공기와 비, 관측소 날씨, 눈의 가장 새로운 값과 지난 24시간.", "The newest values of air and rain by area, of the weather stations and of snow, and the last 24 hours."),
            Parts = AirReport.Parts,
        },

        new Tile("atmosphere.air-tile", Text.Of("초미세먼지", "Fine dust"), [AirFeed], AirTile.Face) { Url = "/atmosphere", Order = 10, Size = TileSize.Wide },
        new Tile("atmosphere.weather-tile", Text.Of("기온", "Temperature"), [WeatherFeed], WeatherTiles.Temperature) { Url = "/atmosphere/rain-and-snow", Order = 11 },
        new Tile("atmosphere.wind-tile", Text.Of("바람", "Wind"), [WeatherFeed], WeatherTiles.Wind) { Url = "/atmosphere/rain-and-snow", Order = 21 },
        new Tile("atmosphere.rain-tile", Text.Of("비", "Rain"), [RainFeed], WeatherTiles.Rain) { Url = "/atmosphere/rain-and-snow", Order = 12 },
        new Tile("atmosphere.ozone-tile", Text.Of("오존", "Ozone"), [AirFeed], AirTile.Ozone) { Url = "/atmosphere?measure=o3", Order = 23 },
        new Tile("atmosphere.snow-tile", Text.Of("적설", "Snow"), [SnowFeed], WeatherTiles.Snow) { Url = "/atmosphere/rain-and-snow", Order = 24 },
        new Tile("atmosphere.satellite-tile", Text.Of("위성 영상", "From above"), [Satellite], WeatherTiles.FromAbove) { Url = "/atmosphere/pictures", Order = 25 },

        new MapLayer("atmosphere.air-map", Text.Of("초미세먼지", "Fine dust"), AirDatasets.Now.Key, "pm25", MapStyle.Fill) { Classes = city => AirGrades.Classes(city, "pm25"), Url = "/atmosphere/history?area={area}", Order = 10 },
        new MapLayer("atmosphere.dust-map", Text.Of("미세먼지", "Coarse dust"), AirDatasets.Now.Key, "pm10", MapStyle.Fill) { Classes = city => AirGrades.Classes(city, "pm10"), Url = "/atmosphere/history?measure=pm10&area={area}", Order = 11 },
        new MapLayer("atmosphere.rain-map", Text.Of("비", "Rain"), RainDatasets.Now.Key, "rain-hour", MapStyle.Fill) { Classes = _ => RainMeasures.Classes, Palette = Palette.Water, Url = "/atmosphere/rain-and-snow", Order = 12 },
        new MapLayer("atmosphere.temperature-map", Text.Of("기온", "Temperature"), WeatherDatasets.Now.Key, "temperature", MapStyle.Glyph) { Url = "/atmosphere/rain-and-snow", Order = 20 },
    ];

    /// <inheritdoc/>
    public IEnumerable<string> Check(ICity city, IWords words) => WrongPackException.In(() => city.Settings<AirSettings>(Key));
}

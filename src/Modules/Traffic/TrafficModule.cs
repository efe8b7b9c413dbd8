using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>Cameras, buses and subway, roads.</summary>
public sealed class TrafficModule : IModule
{
    internal const string View = "traffic.view", OfficialCameras = "traffic.cameras-officials", ClosedCameras = "traffic.cameras-closed", ReleaseCameras = "traffic.release";
    internal const string CameraFeed = "traffic.cameras", IncidentFeed = "traffic.road-incidents", WorksFeed = "traffic.road-works", SituationFeed = "traffic.road-situations", SpeedFeed = "traffic.road-speeds", DroneFeed = "traffic.drones",
        BusFeed = "traffic.bus-arrivals", SubwayFeed = "traffic.subway-arrivals", DelayFeed = "traffic.transit-delays", VehicleFeed = "traffic.transit-vehicles", NoticeFeed = "traffic.transit-alerts",
        StopFeed = "traffic.transit-stops", RouteFeed = "traffic.transit-routes";

    /// <inheritdoc/>
    public string Key => "traffic";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("교통", "Traffic");

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission(View, Text.Of("교통 보기", "See traffic"), Roles.Anyone),
        new Permission(OfficialCameras, Text.Of("공무원용 CCTV 보기", "See the cameras of officials"), Roles.Staff),
        new Permission(ClosedCameras, Text.Of("별도 권한 CCTV 보기", "See the cameras with a permission of their own"), Roles.MayorsOffice, Roles.Mayor),
        new Permission(ReleaseCameras, Text.Of("CCTV 공개와 공개 해제", "Open cameras to everyone and take them back"), Roles.DepartmentHead, Roles.MayorsOffice),

        new MenuItem("traffic.menu", Title, "/traffic") { Order = 20 },
        new Command("traffic.open-cameras", Text.Of("도로 CCTV", "Road cameras"), "/traffic/cameras", Text.Of("CCTV|카메라|도로 CCTV|교통 CCTV", "cameras|cctv|road cameras")),
        new Command("traffic.open-wall", Text.Of("CCTV 상황판", "Camera wall"), "/traffic/cameras/wall", Text.Of("CCTV 상황판|카메라 벽", "camera wall|cctv wall|video wall")),

        new Command("traffic.open-lines", Text.Of("지하철 노선도", "Subway line map"), "/traffic/lines", Text.Of("지하철|노선도|지하철 노선도|올빼미버스|막차", "subway|line map|metro|owl bus|last train")),
        new Command("traffic.open-stops", Text.Of("정류장 도착 정보", "Arrivals at a stop"), "/traffic/stops", Text.Of("버스|정류장|도착 정보", "bus|bus stop|arrivals")),
        new Command("traffic.open-roads", Text.Of("도로 상황", "Roads now"), "/traffic/roads", Text.Of("도로|교통 상황|돌발 상황|정체", "roads|road incidents|traffic jam|speeds")),
        new Command("traffic.open-hot-spots", Text.Of("보행자 사고 잦은 곳", "Pedestrian hot spots"), "/traffic/hot-spots", Text.Of("보행자 사고|사고 잦은 곳", "hot spots|pedestrian accidents")),

        new Feed(CameraFeed, Text.Of("도로 CCTV 목록", "List of road cameras"), FeedKind.Things),
        new Feed(DroneFeed, Text.Of("드론 목록", "List of drones"), FeedKind.Things) { Permission = OfficialCameras },
        new Feed(IncidentFeed, Text.Of("도로 돌발 상황", "Road incidents"), FeedKind.Events),
        new Feed(WorksFeed, Text.Of("도로 공사", "Road works"), FeedKind.Events),
        new Feed(SituationFeed, Text.Of("도로 상황 (DATEX II)", "Road situations (DATEX II)"), FeedKind.Events),
        new Feed(SpeedFeed, Text.Of("도로 속도", "Road speeds"), FeedKind.Observations) { Properties = [new("speed", Text.Of("속도", "Speed"), "km/h", 0, 200), new("time", Text.Of("통행시간", "Travel time"), "s", 0, 36000)] },
        new Feed(BusFeed, Text.Of("버스 도착", "Bus arrivals"), FeedKind.Observations) { Properties = [new("arrives", Text.Of("도착까지", "Arrives in"), "s", 0, 14400), new("crowd", Text.Of("혼잡도", "Crowd"), "", 0, 6)] },
        new Feed(SubwayFeed, Text.Of("지하철 도착", "Subway arrivals"), FeedKind.Observations) { Properties = [new("arrives", Text.Of("도착까지", "Arrives in"), "s", 0, 7200)] },
        new Feed(DelayFeed, Text.Of("운행 지연", "Delays"), FeedKind.Observations) { Properties = [new("delay", Text.Of("지연", "Delay"), "s", -86400, 86400)] },
        new Feed(VehicleFeed, Text.Of("차량 위치", "Vehicles"), FeedKind.Observations)
        {
            Properties = [new("speed", Text.Of("속도", "Speed"), "m/s", 0, 150, 1), new("bearing", Text.Of("방향", "Bearing"), "deg", 0, 360), new("occupancy", Text.Of("혼잡도", "Occupancy"), "%", 0, 300), new("stop", Text.Of("정류장 순번", "Stop number"), "", 0, 1000)],
        },
        new Feed(NoticeFeed, Text.Of("대중교통 안내", "Transit notices"), FeedKind.Events),
        new Feed(StopFeed, Text.Of("정류장", "Stops"), FeedKind.Things),
        new Feed(RouteFeed, Text.Of("노선", "Routes"), FeedKind.Things),

        CameraDatasets.Public, CameraDatasets.Officials,
        TransitDatasets.Arrivals, TransitDatasets.Lines, TransitDatasets.Vehicles, TransitDatasets.Stops,
        RoadDatasets.Incidents, RoadDatasets.Speeds, RoadDatasets.Pieces, RoadDatasets.HotSpots,

        new Brief("traffic.brief", Title, TrafficBrief.Lines) { Order = 20 },

        new Tile("traffic.incidents-tile", Text.Of("도로 돌발 상황", "Road incidents"), [IncidentFeed], Tiles.Incidents) { Url = "/traffic/roads", Order = 30, Size = TileSize.Tall },
        new Tile("traffic.subway-tile", Text.Of("지하철", "Subway"), [SubwayFeed, NoticeFeed], Tiles.Subway) { Url = "/traffic/lines", Order = 14 },
        new Tile("traffic.speed-tile", Text.Of("도로 속도", "Road speed"), [SpeedFeed], Tiles.Speed) { Url = "/traffic/roads", Order = 13 },

        new MapLayer("traffic.incidents-map", Text.Of("도로 돌발 상황", "Road incidents"), RoadDatasets.Incidents.Key, "minutes", MapStyle.Glyph) { Url = "/traffic/roads", Order = 30, StreetOnly = true },
        new MapLayer("traffic.speeds-map", Text.Of("도로 속도", "Road speeds"), RoadDatasets.Pieces.Key, "speed", MapStyle.Glyph) { Classes = _ => Roads.Classes, Url = "/traffic/roads", Order = 31, StreetOnly = true },
        new MapLayer("traffic.vehicles-map", Text.Of("버스 위치", "Vehicles"), TransitDatasets.Vehicles.Key, "occupancy", MapStyle.Glyph) { Url = "/traffic/lines", Order = 41, StreetOnly = true },
        new MapLayer("traffic.stops-map", Text.Of("정류장", "Stops"), TransitDatasets.Stops.Key, "name", MapStyle.Glyph) { Url = "/traffic/stops", Order = 42, StreetOnly = true },
        new MapLayer("traffic.hot-spots-map", Text.Of("보행자 사고 잦은 곳", "Pedestrian hot spots"), RoadDatasets.HotSpots.Key, "accidents", MapStyle.Glyph) { Url = "/traffic/hot-spots", Order = 43, StreetOnly = true },
        new MapLayer("traffic.cameras-map", Text.Of("도로 CCTV", "Road cameras"), CameraDatasets.Public.Key, "name", MapStyle.Glyph) { Url = "/traffic/cameras?area={area}", Order = 40, StreetOnly = true },
    ];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddModuleDb<TrafficDb>(TrafficDb.Module);
        services.AddSingleton<Releases>().AddHostedService(s => s.GetRequiredService<Releases>()).AddScoped<CameraLedger>();
        services.AddSingleton<Emergencies>().AddHostedService(s => s.GetRequiredService<Emergencies>());
        services.AddSingleton<CameraRegister>().AddSingleton<Stills>().AddSingleton<Videos>().AddSingleton<Hls>();
        services.AddSingleton<Transit>().AddSingleton<HotSpots>();
    }

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints) => CameraEndpoints.Map(endpoints);

    /// <inheritdoc/>
    public IEnumerable<string> Check(ICity city, IWords words) =>
        [.. WrongPackException.In(() => city.Settings<CameraSettings>(Key)), .. WrongPackException.In(() => TransitPack.Load(city)), .. WrongPackException.In(() => _ = new HotSpots(city).All)];
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.DisasterSafety;

/// <summary>Disasters, fires, rescues and medical calls: what happens, who does what about it, and what surrounds it.</summary>
public sealed class DisasterSafetyModule : IModule
{
    internal const string View = "disaster-safety.view", Desk = "disaster-safety.desk", Act = "disaster-safety.act", Declare = "disaster-safety.declare";
    internal const string Dispatch = "disaster-safety.dispatch", Alerts = "disaster-safety.alerts", Messages = "disaster-safety.messages", Earthquakes = "disaster-safety.earthquakes", QuakeNotices = "disaster-safety.earthquake-notices",
        River = "disaster-safety.river", Sewer = "disaster-safety.sewer", Facilities = "disaster-safety.facilities", FloodAreas = "disaster-safety.flood-areas";

    /// <inheritdoc/>
    public string Key => "disaster-safety";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("재난안전", "Disaster and safety");

    public bool Urgent => true;

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission(View, Text.Of("재난안전 보기 (공개 항목)", "See incidents, as far as they are open"), Roles.Anyone),
        new Permission(Desk, Text.Of("상황실 보기 (모든 항목)", "See everything of incidents"), [.. Roles.Staff]),
        new Permission(Act, Text.Of("상황 조치와 지시, 경보 확인", "Act on incidents, give orders, acknowledge alarms"), [.. Roles.Staff]),
        new Permission(Declare, Text.Of("긴급 상황 선포", "Declare an emergency"), Roles.DepartmentHead, Roles.MayorsOffice, Roles.Mayor),

        new MenuItem("disaster-safety.menu", Title, "/disaster-safety") { Order = 10 },
        new Command("disaster-safety.open", Title, "/disaster-safety", Text.Of("재난|안전|상황|사고|화재|구조|구급", "disaster|safety|incidents|fire|rescue|medical")),
        new Command("disaster-safety.water", Text.Of("수위와 침수", "Water levels and flooding"), "/disaster-safety/water", Text.Of("수위|하천 수위|하수관로|침수|홍수", "water level|river level|sewer|flood|flooding")),
        new Command("disaster-safety.notices-page", Text.Of("재난문자와 지진", "Notices and earthquakes"), "/disaster-safety/notices", Text.Of("재난문자|경보|지진", "notices|alerts|earthquake")),
        new Command("disaster-safety.facilities-page", Text.Of("안전시설", "Safety facilities"), "/disaster-safety/facilities", Text.Of("대피소|소화전|자동심장충격기|응급실", "shelter|hydrant|defibrillator|hospital")),
        new Command("disaster-safety.alarms", Text.Of("경보", "Alarms"), "/disaster-safety/alarms", Text.Of("경보 확인|알람", "alarms|acknowledge")) { Permission = Desk },
        new Command("disaster-safety.situation", Text.Of("상황판", "Situation view"), "/disaster-safety/situation", Text.Of("상황판|상황실", "situation|situation room")) { Permission = Desk },

        new Feed(Dispatch, Text.Of("소방 출동", "Dispatches"), FeedKind.Events),
        new Feed(Alerts, Text.Of("통합 경보", "Alerts"), FeedKind.Events),
        new Feed(Messages, Text.Of("긴급재난문자", "Emergency text messages"), FeedKind.Events),
        new Feed(Earthquakes, Text.Of("지진 (국제 관측망)", "Earthquakes (international)"), FeedKind.Events),
        new Feed(QuakeNotices, Text.Of("지진 통보 (국가 관측망)", "Earthquakes (national)"), FeedKind.Events),
        new Feed(River, Text.Of("하천 수위", "River levels"), FeedKind.Observations) { Properties = [new("level", Text.Of("수위", "Level"), "m", -5, 30, 2)] },
        new Feed(Sewer, Text.Of("하수관로 수위", "Sewer levels"), FeedKind.Observations) { Properties = [new("level", Text.Of("수위", "Level"), "m", 0, 10, 2)] },
        new Feed(Facilities, Text.Of("안전시설", "Safety facilities"), FeedKind.Things),
        new Feed(FloodAreas, Text.Of("침수 취약 지역", "Flood-prone places"), FeedKind.Things) { Permission = Desk },

        DisasterTables.Incidents, DisasterTables.Desk, DisasterTables.Cells, DisasterTables.Count, DisasterTables.Orders, DisasterTables.AlarmTable, DisasterTables.Gauge, DisasterTables.Facilities, DisasterTables.Flood,
        DisasterTables.QuakeTable, DisasterTables.Notices, DisasterTables.Cameras,

        new Tile("disaster-safety.today-tile", Text.Of("오늘의 재난·안전", "Safety today"), [DisasterTables.IncidentsKey], Tiles.Today) { Url = "/disaster-safety", Order = 1, Size = TileSize.Tall },
        new Tile("disaster-safety.incidents-tile", Text.Of("진행 상황", "Incidents"), [DisasterTables.IncidentsKey], Tiles.Incidents) { Url = "/disaster-safety", Order = 2, Size = TileSize.Tall },
        new Tile("disaster-safety.alarms-tile", Text.Of("경보", "Alarms"), [DisasterTables.AlarmsKey], Tiles.AlarmCount) { Url = "/disaster-safety/alarms", Order = 3, Permission = Desk },
        new Tile("disaster-safety.water-tile", Text.Of("하천 수위", "Rivers"), [River], Tiles.Water) { Url = "/disaster-safety/water", Order = 4 },

        new MapLayer("disaster-safety.incident-map", Text.Of("상황", "Incidents"), DisasterTables.CellsKey, "count", MapStyle.Glyph) { Url = "/disaster-safety", Order = 1 },
        new MapLayer("disaster-safety.gauge-map", Text.Of("수위 (%)", "Water levels (%)"), DisasterTables.GaugesKey, "ratio", MapStyle.Glyph) { Url = "/disaster-safety/water", Order = 30 },
        new MapLayer("disaster-safety.flood-map", Text.Of("침수 취약", "Flood-prone"), DisasterTables.FloodKey, "households", MapStyle.Glyph) { Permission = Desk, Url = "/disaster-safety/water", Order = 31, StreetOnly = true },
        new MapLayer("disaster-safety.facility-map", Text.Of("안전시설", "Facilities"), DisasterTables.FacilitiesKey, "capacity", MapStyle.Glyph) { Url = "/disaster-safety/facilities", Order = 32, StreetOnly = true },

        new Brief("disaster-safety.brief", Title, DisasterBrief.Lines) { Order = 10 },
        new Report("disaster-safety.day", Text.Of("재난·안전 일지", "Safety of the day"), [DisasterTables.CountsKey, DisasterTables.IncidentsKey, DisasterTables.NoticesKey, DisasterTables.GaugesKey])
        {
            Preface = Text.Of("오늘 지역마다 일어난 일과 진행 중인 상황, 재난 알림, 수위.", "What happened today by area, what is open, notices and water levels."),
        },
    ];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddModuleDb<DisasterDb>(DisasterDb.Module);
        services.AddScoped<Deeds>().AddSingleton<IncidentBook>();
        services.AddSingleton<Watch>().AddHostedService(s => s.GetRequiredService<Watch>());
    }

    /// <inheritdoc/>
    public IEnumerable<string> Check(ICity city, IWords words)
    {
        IReadOnlyList<string> wrong = [];
        return [.. WrongPackException.In(() => wrong = DisasterSettings.Of(city).Problems()), .. wrong];
    }
}

using SmartCity.Shell.Feeds.Desk;

namespace SmartCity.Shell;

/// <summary>What the shell itself offers: permissions, menu lines and commands that every city has.</summary>
internal static class ShellContributions
{
    public const string Administer = "city.administer";
    public const string SeeFeeds = "city.feeds";
    public const string SeeFeedData = "city.feed-data";
    public const string SeeAudit = "city.audit";
    public const string OwnAccount = "city.account";

    public const string KeepScreen = "city.kept-screen";

    public const string KeepReports = "city.reports";

    public static IEnumerable<Contribution> All { get; } =
    [
        new Permission(Administer, Text.Of("사용자와 역할 관리", "Manage people and roles"), Roles.Administrator),
        new Permission(SeeAudit, Text.Of("감사 기록 보기", "See the audit trail"), Roles.Administrator),
        new Permission(OwnAccount, Text.Of("자기 계정 관리", "Look after one's own account"), [Roles.Citizen, .. Roles.Staff, Roles.Administrator]),
        new Permission(SeeFeeds, Text.Of("원천 상태 보기", "See the state of the sources"), Roles.Anyone),
        new Permission(SeeFeedData, Text.Of("도시가 직접 연결한 자료 보기", "See what the city's own feeds bring"), Roles.Staff),
        new Permission("city.view", Text.Of("첫 화면 보기", "See the main screen"), Roles.Anyone),
        new Permission(KeepScreen, Text.Of("상황판을 계속 로그인해 두기", "Keep a screen signed in while it is used"), [.. Roles.Staff]),
        new Permission(KeepReports, Text.Of("보고서를 만들어 보관하고 예약하기", "Make, keep and schedule reports"), [.. Roles.Staff, Roles.Administrator]),
        Reports.CityBrief.Report, Reports.CityBrief.Sources, Reports.KeptReports.Dataset,
        new Command("city.home", Text.Of("첫 화면", "Main screen"), "/", Text.Of("첫 화면|홈|지금 도시", "home|main screen|city now")) { Permission = "city.view" },
        new Command("city.map", Text.Of("상세 지도", "Street map"), "/map", Text.Of("지도|상세 지도", "map|street map")) { Permission = "city.view" },
        new Command("city.data", Text.Of("자료 목록", "Datasets"), "/data", Text.Of("자료|데이터|내려받기", "data|datasets|download")) { Permission = "city.view" },
        new Command("city.reports", Text.Of("보고서", "Reports"), "/reports", Text.Of("보고서|브리핑|오늘의 브리핑", "reports|brief|city brief")) { Permission = "city.view" },
        new Command("city.feeds", Text.Of("원천 상태", "State of the sources"), "/feeds", Text.Of("원천|원천 상태|수신", "feeds|sources|health")) { Permission = SeeFeeds },
        new Command("city.feed-desk", Text.Of("원천 연결하기", "Connect a source"), "/feeds/desk", Text.Of("원천 연결|원천 추가|연결하기", "connect a source|add a feed|feed desk")) { Permission = Administer },
        new Feed(LostFeeds.Feed, Text.Of("끊긴 원천", "Lost sources"), FeedKind.Events) { Permission = SeeFeeds },
        HealthTable.Dataset,
        HealthTable.Tile,
    ];
}

using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>The cameras as tables. No address of a picture is in them.</summary>
internal static class CameraDatasets
{
    public static Dataset Public { get; } = Of("traffic.cameras", Text.Of("도로 CCTV", "Road cameras"),
        Text.Of("누구나 볼 수 있는 도로 CCTV의 위치와 종류.", "Where the road cameras stand that everyone may see, and how their pictures come."), r => r is Release.Public);

    public static Dataset Officials { get; } = Of("traffic.cameras-all", Text.Of("도로 CCTV (공무원용 포함)", "Road cameras, those of officials too"),
        Text.Of("공개 CCTV와 공무원만 볼 수 있는 CCTV. 따로 권한이 있어야 보는 CCTV는 빠져 있음.", "Open cameras and those for officials. Cameras with a permission of their own are left out."), r => r is Release.Public or Release.Officials) with
    { Permission = TrafficModule.OfficialCameras };

    private static Dataset Of(string key, Text title, Text summary, Func<Release, bool> fits) => Dataset.Of(key, title, [TrafficModule.CameraFeed, TrafficModule.DroneFeed], summary,
        context => Task.FromResult<IReadOnlyList<Camera>>([.. context.Services.GetRequiredService<CameraRegister>().All(context.Feeds).Where(c => fits(c.Release))]),
        Column.Text<Camera>("name", Text.Of("이름", "Name"), c => c.Name),
        Column.Text<Camera>("id", Text.Of("식별자", "Identifier"), c => c.Id),
        Column.Area<Camera>("area", Text.Of("지역", "Area"), c => c.Area),
        Column.Text<Camera>("road", Text.Of("도로", "Road"), c => c.Road),
        Column.Place<Camera>("place", Text.Of("위치", "Place"), c => c.At),
        Column.Text<Camera>("kind", Text.Of("영상 방식", "Kind"), c => KindWord(c.Kind)),
        Column.Text<Camera>("owner", Text.Of("관리 부서", "Owner"), c => c.Owner),
        Column.Text<Camera>("release", Text.Of("공개 범위", "Release"), c => ReleaseWord(c.Release)),
        Column.Text<Camera>("incident", Text.Of("상황", "Incident"), c => c.Incident)) with
    { Feed = TrafficModule.CameraFeed, Licence = Dataset.CityLicence, Page = RowPage.Of<Camera>(c => c.Name, c => "/traffic/cameras/" + c.Id, c => $"/traffic/cameras/{c.Id}/still") };

    public static Text KindWord(CameraKind kind) => kind switch
    {
        CameraKind.Hls => Text.Same("HLS"),
        CameraKind.Mjpeg => Text.Same("MJPEG"),
        _ => Text.Of("정지 영상", "Still pictures"),
    };

    public static Text ReleaseWord(Release release) => release switch
    {
        Release.Public => Text.Of("공개", "Public"),
        Release.Officials => Text.Of("공무원", "Officials"),
        _ => Text.Of("별도 권한", "Own permission"),
    };
}

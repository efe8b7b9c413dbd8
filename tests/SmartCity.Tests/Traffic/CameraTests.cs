using SmartCity.Shell.City;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

/// <summary>What a camera of the list is, and how one is found.</summary>
public sealed class CameraTests
{
    private static readonly CityPack City = CityPack.Load(Repository.Path("cities", "seoul"));
    private static readonly CameraSettings Settings = City.Settings<CameraSettings>("traffic");

    private static Camera Of(string name, string? still = "http://c.example/1.jpg", string? stream = null, string? format = null, Place? at = null, string? area = null)
    {
        var attributes = new Dictionary<string, string>();
        if (still is not null) attributes["still"] = still;
        if (stream is not null) attributes["stream"] = stream;
        if (format is not null) attributes["format"] = format;
        return Camera.Of(new Thing(name, Text.Same(name), area, at) { Attributes = attributes }, City, Settings, Text.Same("owner"));
    }

    [Fact]
    public void A_name_has_its_road_and_its_place_in_both_languages()
    {
        var camera = Of("[올림픽대로] 강남 12");
        Assert.Equal(("올림픽대로 강남 12", "Olympic-daero, Gangnam-gu 12"), (camera.Name.In("ko"), camera.Name.In("en")));
        Assert.Equal("올림픽대로", camera.Road!.In("ko"));
        Assert.Equal("somewhere without brackets", Of("somewhere without brackets").Name.In("en"));
        Assert.Null(Of("]odd[ name").Road);
    }

    [Theory]
    [InlineData(null, null, nameof(CameraKind.Still), "http://c.example/1.jpg")]
    [InlineData("http://c.example/a.m3u8?token=1", null, nameof(CameraKind.Hls), "http://c.example/1.jpg")]
    [InlineData("http://c.example/video.mjpg", null, nameof(CameraKind.Mjpeg), "http://c.example/1.jpg")]
    [InlineData("http://c.example/stream", "MJPEG", nameof(CameraKind.Mjpeg), "http://c.example/1.jpg")]
    public void The_kind_is_what_the_addresses_say(string? stream, string? format, string kind, string picture)
    {
        var camera = Of("x", stream: stream, format: format);
        Assert.Equal((kind, picture), (camera.Kind.ToString(), camera.Picture));
    }

    [Fact]
    public void Without_a_still_a_stream_of_pictures_gives_one_and_a_video_none()
    {
        Assert.Equal("http://c.example/video.mjpg", Of("x", still: null, stream: "http://c.example/video.mjpg").Picture);
        Assert.Null(Of("x", still: null, stream: "http://c.example/live.m3u8").Picture);
    }

    [Fact]
    public void The_pack_says_for_whom_a_camera_is()
    {
        Assert.Equal(Release.Public, Of("[올림픽대로] 강남 1").Release);
        Assert.Equal((Release.Officials, TrafficModule.OfficialCameras), (Of("[세종대로] 종로 1").Release, Of("[세종대로] 종로 1").Permission));
        Assert.Equal((Release.Closed, TrafficModule.ClosedCameras), (Of("[통일로] 은평 1").Release, Of("[통일로] 은평 1").Permission));
        Assert.Equal("Seoul Police, Security", Of("[통일로] 은평 1").Owner.In("en"));
    }

    [Fact]
    public void An_id_is_short_stable_and_its_own()
    {
        Assert.Equal(Camera.IdOf("[올림픽대로] 강남 1"), Camera.IdOf("[올림픽대로] 강남 1"));
        Assert.Equal(2000, Enumerable.Range(0, 2000).Select(i => Camera.IdOf($"[올림픽대로] 강남 {i}")).Distinct().Count());
        Assert.Matches("^[0-9a-f]{10}$", Camera.IdOf("../../etc/passwd"));
    }

    [Fact]
    public void The_nearest_come_first_and_those_without_a_place_not_at_all()
    {
        var cameras = new[] { Of("far", at: new(37.60, 127.0)), Of("near", at: new(37.501, 127.0)), Of("nowhere") };
        var found = new CameraQuery(Near: new(37.5, 127.0)).Of(cameras, City.Languages);
        Assert.Equal(["near", "far"], found.Select(f => f.Camera.Name.In("en")));
        Assert.InRange(found[0].Metres!.Value, 110, 112.5);
    }

    [Fact]
    public void Cameras_are_found_by_a_word_of_either_language_by_area_road_and_kind()
    {
        var cameras = new[] { Of("[올림픽대로] 강남 1", area: "11680"), Of("[강변북로] 마포 2", stream: "http://c.example/x.m3u8", area: "11440") };
        string[] Found(CameraQuery query) => [.. query.Of(cameras, City.Languages).Select(f => f.Camera.Name.In("ko"))];
        Assert.Equal(["올림픽대로 강남 1"], Found(new(Text: "olympic")));
        Assert.Equal(["강변북로 마포 2"], Found(new(Text: "마포")));
        Assert.Equal(["강변북로 마포 2"], Found(new(Area: "11440")));
        Assert.Equal(["올림픽대로 강남 1"], Found(new(Road: "올림픽대로")));
        Assert.Equal(["강변북로 마포 2"], Found(new(Kind: CameraKind.Hls)));
        Assert.Empty(Found(new(Area: "11440", Road: "올림픽대로")));
        Assert.Equal(2, Found(new()).Length);
    }

    [Theory]
    [InlineData("37.5665,126.978", true)]
    [InlineData(" 37.5665 , 126.978 ", true)]
    [InlineData("37.5665", false)]
    [InlineData("126.978,37.5665", false)]
    [InlineData("NaN,127", false)]
    [InlineData("37,5665,126,978", false)]
    [InlineData("", false)]
    public void A_point_is_two_numbers_in_degrees(string text, bool right) => Assert.Equal(right, Distance.Read(text) is not null);
}

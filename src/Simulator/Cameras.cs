using System.Globalization;
using System.Text;

namespace SmartCity.Simulator;

/// <summary>Live pictures of cameras that do not exist: a drawn road with cars that move, the camera's name and its clock, as JPEG, as
/// pictures one behind the other, and as video in pieces (HLS). Some stand still, some are dead, some are slow, some answer with a page.</summary>
internal sealed class Cameras(Scenario scenario, CityGround ground)
{
    private const int Width = 320, Height = 240, Horizon = 96;
    public const string Boundary = "cameraframe";
    /// <summary>Length of a piece of video, pieces in a playlist, and the second from which pieces are counted.</summary>
    public const int PieceSeconds = 2, Kept = 6;
    private const long Epoch = 1_577_836_800;
    private static readonly DateTimeOffset StoppedAt = new(2026, 1, 5, 3, 14, 7, TimeSpan.Zero);
    private static readonly Video Film = new(Width, Height);
    private static readonly int[] Cars = [0xC8453C, 0x3C6EC8, 0xE8E8E8, 0x2A2A2E, 0xD9A93C, 0x5F8F5F];

    /// <summary>How a camera is, always the same for the same camera.</summary>
    internal enum Condition { Well, Frozen, Dead, Slow, Page }

    public Condition Of(int number) => Noise.Die(Noise.Seed(scenario.Seed + "camera conditions"), number) switch
    {
        < 0.02 => Condition.Frozen,
        < 0.04 => Condition.Dead,
        < 0.06 => Condition.Slow,
        < 0.07 => Condition.Page,
        _ => Condition.Well,
    };

    public Wire Answer(Question question)
    {
        var (source, named) = (question.Source, question.Named);
        var list = scenario.Sources.First(s => s.Id == source.Of);
        // what flies is listed for as long as it does, by the number of what it flies above
        var flies = list.Parts[0].Rows == "events";
        if (!int.TryParse(named.GetValueOrDefault("camera"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || !flies && number > list.Parts.Max(p => p.Count))
            return Wire.Text("text/plain; charset=utf-8", "There is no such camera.\n", 404);
        // an address holds for a while; whoever kept it for longer asks the list again
        if (!long.TryParse(named.GetValueOrDefault("token"), NumberStyles.None, CultureInfo.InvariantCulture, out var issued)
            || question.Moment - DateTimeOffset.FromUnixTimeSeconds(Math.Min(issued, 253402300799)) > source.LastsLength || issued > question.Moment.ToUnixTimeSeconds() + 60)
            return Wire.Text("text/plain; charset=utf-8", "This address has expired.\n", 403);
        var condition = flies ? Condition.Well : Of(number);
        var late = condition == Condition.Slow ? scenario.SlowBy : TimeSpan.Zero;
        if (condition == Condition.Dead || question.Fault == Fault.Empty) return new(503, "text/plain; charset=utf-8", []) { Cut = true };
        if (condition == Condition.Page) return Wire.Text("text/html; charset=utf-8", "<!DOCTYPE html><html lang=\"en\"><title>Camera</title><p>Please sign in to the camera.</p></html>\n");
        var area = Listing.Somewhere(scenario.Seed + (list.Like ?? list.Id) + list.Parts[0].Name, ground, number).OfArea("name.en");
        (byte[] Body, DateTimeOffset At) Now(DateTimeOffset moment)
        {
            // what a camera sees arrives somewhat later, each camera in its own time
            var at = condition == Condition.Frozen ? StoppedAt : moment - TimeSpan.FromSeconds(Noise.Die(Noise.Seed("lag"), number) * 4);
            at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
            return (Jpeg.Encode(Width, Height, (flies ? Above(number, area, at) : Draw(number, area, at)).Pixels), condition == Condition.Frozen ? moment : at);
        }
        switch (named.GetValueOrDefault("file"))
        {
            case "still.jpg":
                var (body, at) = Now(question.Moment);
                return new(200, "image/jpeg", body) { LastModified = condition == Condition.Frozen ? null : at, Late = late };
            case "video.mjpg":
                return new(200, "multipart/x-mixed-replace; boundary=" + Boundary, []) { Late = late, Frame = moment => Part(Now(moment)) };
            case "live.m3u8":
                return Wire.Text("application/vnd.apple.mpegurl", Playlist(question.Moment)) with { Late = late };
            case "init.mp4":
                return new(200, "video/mp4", Film.Init()) { Late = late };
            case { } piece when piece.EndsWith(".m4s", StringComparison.Ordinal) && long.TryParse(piece.AsSpan(0, piece.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var begins) && Listed(begins, question.Moment):
                byte[] Seen(long second) => condition == Condition.Frozen ? Scene(StoppedAt) : Scene(DateTimeOffset.FromUnixTimeSeconds(second));
                byte[] Scene(DateTimeOffset when) => (flies ? Above(number, area, when) : Draw(number, area, when)).Pixels;
                return new(200, "video/mp4", Film.Piece((uint)((begins - Epoch) / PieceSeconds) + 1, begins - Epoch, [.. Enumerable.Range(0, PieceSeconds).Select(i => Seen(begins + i))])) { Late = late };
            default:
                return Wire.Text("text/plain; charset=utf-8", "There is no such file.\n", 404);
        }
    }

    // the pieces that are whole by now, the last six; a piece begins at an even second
    private static string Playlist(DateTimeOffset moment)
    {
        var end = moment.ToUnixTimeSeconds() / PieceSeconds * PieceSeconds;
        var list = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{PieceSeconds}\n#EXT-X-MEDIA-SEQUENCE:{(end - Epoch) / PieceSeconds - Kept}\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for (var begins = end - Kept * PieceSeconds; begins < end; begins += PieceSeconds)
            list.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{DateTimeOffset.FromUnixTimeSeconds(begins).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z\n#EXTINF:{PieceSeconds}.0,\n{begins}.m4s\n");
        return list.ToString();
    }

    // somewhat longer than it is listed, as servers do
    private static bool Listed(long begins, DateTimeOffset moment) => begins % PieceSeconds == 0 && begins + PieceSeconds <= moment.ToUnixTimeSeconds() && begins >= moment.ToUnixTimeSeconds() - 4 * Kept * PieceSeconds;

    private static byte[] Part((byte[] Body, DateTimeOffset At) picture) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Body.Length}\r\nLast-Modified: {picture.At.UtcDateTime:r}\r\n\r\n")), .. picture.Body, 13, 10];

    // roofs from above, passing slowly; in the middle what the drone was sent to, with its smoke
    private Canvas Above(int number, string area, DateTimeOffset at)
    {
        var canvas = new Canvas(Width, Height);
        var seed = Noise.Mix(Noise.Seed(scenario.Seed + "above"), (ulong)number);
        var seconds = at.ToUnixTimeSeconds();
        var (east, south) = ((int)(14 * Math.Sin(seconds / 9.0)), (int)(10 * Math.Cos(seconds / 7.0)));
        canvas.Block(0, 0, Width, Height, 0x5A5F63);
        for (var row = -1; row < 6; row++)
            for (var column = -1; column < 7; column++)
            {
                var (left, top, grey) = (column * 56 + east, row * 52 + south, 0x68 + (int)(Noise.Die(seed, row * 9 + column + 20) * 0x60));
                canvas.Block(left, top, 44, 40, grey << 16 | grey << 8 | grey - 8);
                canvas.Block(left + 6 + (int)(Noise.Die(seed, row * 9 + column + 120) * 22), top + 8, 10, 8, 0x3E464E);
            }
        var (x, y) = (Width / 2 + east, Height / 2 + south);
        canvas.Block(x - 9, y - 8, 18, 16, seconds % 2 == 0 ? 0xE8632A : 0xF09A2E);
        for (var puff = 0; puff < 14; puff++)
        {
            var (drift, size, shade) = ((int)((seconds * 5 + puff * 13) % 130), 8 + puff % 5 * 4, 0x90 + puff * 5);
            canvas.Block(x + drift - size / 2, y - drift / 2 + (int)(Noise.Die(seed, puff + 300) * 16) - size / 2, size, size, shade << 16 | shade << 8 | shade);
        }
        canvas.Block(0, 0, Width, 18, 0x10161C);
        canvas.Digits(string.Create(CultureInfo.InvariantCulture, $"DRONE {number} {area.ToUpperInvariant()}"), 6, 4, 2, 0xF4F6F8);
        canvas.Block(0, Height - 18, Width, 18, 0x10161C);
        canvas.Digits(TimeZoneInfo.ConvertTime(at, ground.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), 6, Height - 14, 2, 0xF4F6F8);
        return canvas;
    }

    private Canvas Draw(int number, string area, DateTimeOffset at)
    {
        var canvas = new Canvas(Width, Height);
        var seed = Noise.Mix(Noise.Seed(scenario.Seed + "scene"), (ulong)number);
        var local = TimeZoneInfo.ConvertTime(at, ground.Zone);
        var light = Math.Clamp(0.5 + 0.9 * Math.Sin((local.TimeOfDay.TotalHours - 6.5) / 12 * Math.PI), 0.3, 1);
        int Lit(int colour) => (int)((colour >> 16) * light) << 16 | (int)((colour >> 8 & 255) * light) << 8 | (int)((colour & 255) * light);
        for (var y = 0; y < Horizon; y++) canvas.Block(0, y, Width, 1, Lit(0x9FC4E6 - (Horizon - y) / 3 * 0x020201));
        canvas.Block(0, Horizon, Width, Height - Horizon, Lit(0x6F8562));
        // buildings, each in its own grey, with windows that are lit in the dark
        for (var i = 0; i < 9; i++)
        {
            var (left, high, grey) = ((int)(i * 37 - 8), (int)(18 + Noise.Die(seed, i) * 58), 0x70 + (int)(Noise.Die(seed, i + 20) * 0x50));
            canvas.Block(left, Horizon - high, 34, high, Lit(grey << 16 | grey << 8 | grey + 6));
            for (var w = 0; w < 12 && 12 + w / 3 * 11 < high; w++)
                if (Noise.Die(seed, i * 40 + w + local.Hour * 1000L) > 0.45) canvas.Block(left + 5 + w % 3 * 9, Horizon - high + 6 + w / 3 * 11, 5, 6, light < 0.55 ? 0xE8CF7A : Lit(0xB8C8D4));
        }
        // the road runs to a point on the horizon
        var vanish = 110 + (int)(Noise.Die(seed, 77) * 100);
        (int Left, int Right) Road(int y)
        {
            var near = (y - Horizon) / (double)(Height - Horizon);
            return ((int)(vanish - 8 - near * (vanish + 20)), (int)(vanish + 8 + near * (Width - vanish + 20)));
        }
        for (var y = Horizon; y < Height; y++)
        {
            var (left, right) = Road(y);
            canvas.Block(left, y, right - left, 1, Lit(0x55585C));
            if ((y - Horizon) % 26 < 13) for (var lane = 1; lane < 4; lane++) canvas.Block(left + (right - left) * lane / 4, y, 1 + (y - Horizon) / 50, 1, Lit(0xE4E4DC));
        }
        var seconds = at.ToUnixTimeSeconds() % 86_400;
        for (var car = 0; car < 9; car++)
        {
            var (lane, speed) = (car % 4, 0.045 + Noise.Die(seed, car + 300) * 0.05);
            var along = (seconds * speed + Noise.Die(seed, car + 400)) % 1;
            if (lane >= 2) along = 1 - along;
            var y = Horizon + 6 + (int)(along * along * (Height - Horizon - 30));
            var (left, right) = Road(y);
            var wide = Math.Max(3, (right - left) / 7);
            var x = left + (right - left) * (2 * lane + 1) / 8 - wide / 2;
            canvas.Block(x, y - wide / 2, wide, wide * 2 / 3, Lit(Cars[(int)(Noise.Die(seed, car + 500) * Cars.Length)]));
            canvas.Block(x + wide / 5, y - wide / 2 + 1, Math.Max(1, wide * 3 / 5), Math.Max(1, wide / 5), Lit(0x22303C));
            if (light < 0.55) canvas.Block(x, y + wide / 8, Math.Max(1, wide / 6), Math.Max(1, wide / 8), lane < 2 ? 0xFFF2C0 : 0xE03020);
        }
        canvas.Block(0, 0, Width, 18, 0x10161C);
        canvas.Digits(string.Create(CultureInfo.InvariantCulture, $"CAM {number:0000} {area.ToUpperInvariant()}"), 6, 4, 2, 0xF4F6F8);
        canvas.Block(0, Height - 18, Width, 18, 0x10161C);
        canvas.Digits(local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), 6, Height - 14, 2, 0xF4F6F8);
        return canvas;
    }
}

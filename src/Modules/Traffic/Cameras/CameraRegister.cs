namespace SmartCity.Traffic;

/// <summary>The cameras of the city, put together once for each list that came, with what people decided since.</summary>
internal sealed class CameraRegister(ICity city, Releases releases, Emergencies emergencies, TimeProvider time)
{
    private sealed record Known(Snapshot From, Snapshot Drones, IReadOnlyList<Camera> All, IReadOnlyDictionary<string, Camera> ById);
    private volatile Known _known = new(Snapshot.None, Snapshot.None, [], new Dictionary<string, Camera>());

    /// <summary>Every camera, whoever may see it.</summary>
    public IReadOnlyList<Camera> All(IFeeds feeds)
    {
        var all = Of(feeds).All;
        return releases.Any || emergencies.Any ? [.. all.Select(Now)] : all;
    }

    /// <summary>The cameras that a reader may see.</summary>
    public IReadOnlyList<Camera> For(IFeeds feeds, IAudience audience)
    {
        // few permissions and many cameras: each is asked once
        var can = new Dictionary<string, bool>(StringComparer.Ordinal);
        return [.. All(feeds).Where(c => can.TryGetValue(c.Permission, out var may) ? may : can[c.Permission] = audience.Can(c.Permission))];
    }

    /// <summary>A camera that the reader may see; null when there is none, or not for this reader.</summary>
    public Camera? Find(string id, IFeeds feeds, IAudience audience) => Of(feeds).ById.GetValueOrDefault(id) is { } camera && Now(camera) is var now && audience.Can(now.Permission) ? now : null;

    // an emergency opens what is for officials, whatever was decided before; a camera with a permission of its own stays closed
    private Camera Now(Camera camera) => Decided(camera) is var decided && decided.Permission == TrafficModule.OfficialCameras && emergencies.Until(camera.Id, time.GetUtcNow()) is { } until
        ? decided with { Permission = TrafficModule.View, Until = until }
        : decided;

    private Camera Decided(Camera camera) => releases.Of(camera.Id, time.GetUtcNow()) is { } release
        ? camera with { Permission = release.Open ? TrafficModule.View : camera.Permission == TrafficModule.View ? TrafficModule.OfficialCameras : camera.Permission, Until = release.UntilAt }
        : camera;

    private Known Of(IFeeds feeds)
    {
        var latest = feeds.Latest(TrafficModule.CameraFeed);
        var known = _known;
        // what flies is listed apart, and only while it does: a list that is too old to be shown holds none
        var drones = feeds.AsOf(TrafficModule.DroneFeed) is { Shown: true } ? feeds.Latest(TrafficModule.DroneFeed) : Snapshot.None;
        if (ReferenceEquals(known.From, latest) && ReferenceEquals(known.Drones, drones)) return known;
        var settings = city.Settings<CameraSettings>("traffic");
        var owner = feeds.AsOf(TrafficModule.CameraFeed)?.Owner ?? Text.Same("");
        var pilot = feeds.AsOf(TrafficModule.DroneFeed)?.Owner ?? owner;
        var flying = drones.Things.Values.Where(t => t.Kind == "drone").Select(t => Camera.Of(t with { Key = "drone " + t.Key }, city, settings, pilot));
        var all = latest.Things.Values.Select(t => Camera.Of(t, city, settings, owner)).Concat(flying).DistinctBy(c => c.Id).OrderBy(c => c.Name.In(city.Languages[0]), StringComparer.Ordinal).ToList();
        return _known = new(latest, drones, all, all.ToDictionary(c => c.Id, StringComparer.Ordinal));
    }
}

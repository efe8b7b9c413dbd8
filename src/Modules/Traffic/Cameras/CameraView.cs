using System.Globalization;

namespace SmartCity.Traffic;

/// <summary>How a camera's picture is told, in words: the same for a page and for what the page asks every ten seconds.</summary>
/// <param name="Id">The camera.</param>
/// <param name="State">The state's name, for the style.</param>
/// <param name="Version">Of the picture; empty when there is none to show.</param>
/// <param name="Word">The state and its time.</param>
internal sealed record CameraView(string Id, string State, string Version, string Word)
{
    public static CameraView Of(Camera camera, Still still, ICity city, IWords words)
    {
        string At(DateTimeOffset? at) => at is { } moment ? city.Local(moment).ToString("HH:mm:ss", CultureInfo.InvariantCulture) : "";
        var word = still.State switch
        {
            StillState.Live => still.Behind is { } behind ? words.Of("traffic.still.behind", At(still.Picture!.TakenAt), (long)Math.Round(behind.TotalSeconds)) : words.Of("traffic.still.at", At(still.FetchedAt)),
            StillState.Frozen => words.Of("traffic.still.frozen", At(still.SameSince)),
            StillState.Waiting => words["traffic.still.waiting"],
            StillState.Renewed => words["traffic.still.renewed"],
            _ when still.LastSeen is { } seen => words.Of("traffic.still.deadsince", words["outcome." + still.Outcome.ToString().ToLowerInvariant()], At(seen)),
            _ => words.Of("traffic.still.dead", words["outcome." + still.Outcome.ToString().ToLowerInvariant()]),
        };
        return new(camera.Id, still.State.ToString().ToLowerInvariant(), still.Picture is null || still.State is StillState.Dead ? "" : still.Version, word);
    }
}

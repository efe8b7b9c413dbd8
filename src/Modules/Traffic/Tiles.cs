using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>Traffic on the main screen.</summary>
internal static class Tiles
{
    public static ValueTask<TileFace> Cameras(TileContext context)
    {
        var open = context.Services.GetRequiredService<CameraRegister>().All(context.Feeds).Where(c => c.Release == Release.Public).ToList();
        return ValueTask.FromResult(new TileFace
        {
            Feed = TrafficModule.CameraFeed,
            Value = open.Count == 0 ? null : open.Count,
            Measure = context.Words["traffic.cameras.open"],
            Note = open.Count == 0 ? null : string.Join(" · ", open.GroupBy(c => c.Kind).OrderByDescending(g => g.Key).Select(g => $"{CameraDatasets.KindWord(g.Key)} {Units.Number(g.Count())}")),
        });
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages.Cameras;

/// <summary>A camera and how its picture is.</summary>
internal sealed record CameraFace(Camera Camera, CameraView View, bool Lazy = false, bool Video = false, bool Hls = false);

/// <summary>Cameras side by side under one clock. Which ones stands in the address, so that it can be passed on.</summary>
internal sealed class WallModel(CameraRegister register, CameraLedger ledger, Stills stills, ICity city, IFeeds feeds, IAudience audience, IWords words) : PageModel
{
    public static readonly IReadOnlyList<int> Sizes = [4, 9, 16, 64];
    /// <summary>Viewers do not wait for the slowest: its picture comes with the next question.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    [BindProperty(SupportsGet = true, Name = "camera")]
    public List<string> Asked { get; set; } = [];
    [BindProperty(SupportsGet = true, Name = "size")]
    public string? AskedSize { get; set; }

    public int Size { get; private set; } = 9;
    public IReadOnlyList<CameraFace> Faces { get; private set; } = [];
    /// <summary>Cameras of the address that are not there, or not for this reader.</summary>
    public int Missing { get; private set; }
    public AsOf? AsOf => feeds.AsOf(TrafficModule.CameraFeed);
    /// <summary>True on a page of the past: nothing is recorded, so there is nothing to show.</summary>
    public bool Past => HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var wanted = Asked.Distinct(StringComparer.Ordinal).Take(Sizes[^1]).ToList();
        Size = int.TryParse(AskedSize, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Sizes.Contains(size) ? size : Sizes.First(s => s >= Math.Min(wanted.Count == 0 ? 9 : wanted.Count, Sizes[^1]));
        var cameras = wanted.Select(id => register.Find(id, feeds, audience)).OfType<Camera>().ToList();
        Missing = wanted.Count - cameras.Count;
        if (wanted.Count == 0) cameras = await Usual(cancel);
        // what is known already, without waiting: the pictures come by themselves
        Faces = [.. cameras.Take(Size).Select((c, i) => new CameraFace(c, CameraView.Of(c, stills.Known(c.Id), city, words), i >= 16))];
    }

    // the reader's favourites first, then one of each area in turn
    private async Task<List<Camera>> Usual(CancellationToken cancel)
    {
        var all = register.For(feeds, audience).Where(c => c.Picture is not null).ToList();
        var favourites = await ledger.Favourites(cancel);
        var turns = all.GroupBy(c => c.Area).SelectMany(g => g.Select((c, turn) => (Camera: c, Turn: turn))).OrderBy(t => t.Turn).ThenBy(t => t.Camera.Area, StringComparer.Ordinal).Select(t => t.Camera);
        return [.. all.Where(c => favourites.Contains(c.Id)).Concat(turns).Distinct().Take(Size)];
    }

    /// <summary>How the pictures are now, asked by the page every ten seconds: this is what it means that somebody watches.</summary>
    public async Task<IActionResult> OnGetStatesAsync(CancellationToken cancel)
    {
        Response.Headers.CacheControl = "no-store";
        var cameras = Asked.Distinct(StringComparer.Ordinal).Take(Sizes[^1]).Select(id => register.Find(id, feeds, audience)).OfType<Camera>().ToList();
        var told = await Task.WhenAll(cameras.Select(async c => CameraView.Of(c, await stills.Of(c, Patience, cancel), city, words)));
        return new JsonResult(told);
    }

    /// <summary>The address of this wall in another size.</summary>
    public string SizeUrl(int size) => $"/{words.Language}/traffic/cameras/wall?size={size.ToString(CultureInfo.InvariantCulture)}{string.Concat(Asked.Count == 0 ? [] : Faces.Select(f => "&camera=" + f.Camera.Id))}";

    /// <summary>The address with these cameras in it.</summary>
    public string ShareUrl => $"/{words.Language}/traffic/cameras/wall?size={Size.ToString(CultureInfo.InvariantCulture)}{string.Concat(Faces.Select(f => "&camera=" + f.Camera.Id))}";
}

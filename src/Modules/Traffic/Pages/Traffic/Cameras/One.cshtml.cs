using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages.Cameras;

/// <summary>One camera: its picture, how it is, whose it is, for whom it is, what stands near.</summary>
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class OneModel(CameraRegister register, CameraLedger ledger, Stills stills, ICity city, IFeeds feeds, IAudience audience, IWords words, TimeProvider time) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Said { get; set; }

    public Camera Camera { get; private set; } = null!;
    public CameraView View { get; private set; } = null!;
    public Still Still { get; private set; } = Still.Unasked;
    public bool Favourite { get; private set; }
    public IReadOnlyList<(Camera Camera, double? Metres)> Near { get; private set; } = [];
    public AsOf? AsOf => feeds.AsOf(TrafficModule.CameraFeed);
    public bool SignedIn => audience.UserName is not null;
    /// <summary>Who decides has to see it too, whatever was decided before.</summary>
    public bool MayDecide => SignedIn && audience.Can(TrafficModule.ReleaseCameras) && audience.Can(Camera.OwnPermission);
    public bool MaySeeWhy => audience.Can(TrafficModule.OfficialCameras);
    public bool Past => HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);
    public string? Done => Said is "opened" or "closed" ? Said : null;
    public string? Problem { get; private set; }
    public string? WrongField { get; private set; }
    public string TypedWhy { get; private set; } = "";
    public string TypedHours { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string camera, CancellationToken cancel) => await Load(camera, cancel) ? Page() : NotFound();

    private async Task<bool> Load(string camera, CancellationToken cancel)
    {
        if (register.Find(camera, feeds, audience) is not { } found) return false;
        Camera = found;
        if (found.PlaysHls && !Past) HttpContext.Items[ILivePictures.PageOfVideo] = true;
        Still = stills.Known(found.Id);
        View = CameraView.Of(found, Still, city, words);
        Favourite = (await ledger.Favourites(cancel)).Contains(found.Id);
        if (found.At is { } at) Near = [.. new CameraQuery(Near: at).Of(register.For(feeds, audience), city.Languages).Where(c => c.Camera.Id != found.Id).Take(6)];
        return true;
    }

    private PageResult Refuse(string field, string problem)
    {
        (WrongField, Problem) = (field, problem);
        return Page();
    }

    public async Task<IActionResult> OnPostDecideAsync(string camera, bool open, string? hours, string? why, CancellationToken cancel)
    {
        if (!await Load(camera, cancel)) return NotFound();
        if (!MayDecide) return Forbid();
        (TypedWhy, TypedHours) = (why?.Trim() ?? "", hours?.Trim() ?? "");
        double? until = null;
        if (TypedHours.Length > 0)
        {
            if (!double.TryParse(TypedHours, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number is not (> 0 and <= 8760)) return Refuse("hours", words["traffic.release.badhours"]);
            until = number;
        }
        if (TypedWhy.Length < 3) return Refuse("why", words["traffic.release.nowhy"]);
        if (TypedWhy.Length > 200) return Refuse("why", words.Of("traffic.release.longwhy", 200));
        await ledger.Decide(Camera, open, until is { } length ? time.GetUtcNow().AddHours(length) : null, TypedWhy, cancel);
        return LocalRedirect($"/{words.Language}/traffic/cameras/{Camera.Id}?done={(open ? "opened" : "closed")}");
    }

    public async Task<IActionResult> OnPostFavouriteAsync(string camera, bool wanted, CancellationToken cancel)
    {
        if (!await Load(camera, cancel)) return NotFound();
        if (!SignedIn) return Forbid();
        return await ledger.Favour(Camera.Id, wanted, cancel) ? LocalRedirect($"/{words.Language}/traffic/cameras/{Camera.Id}") : Refuse("favourite", words.Of("traffic.favourites.full", CameraLedger.Most));
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Atmosphere.Pages;

/// <summary>The newest picture of the air and from the satellite.</summary>
internal sealed class PicturesModel(IFeeds feeds, IWords words) : PageModel
{
    public IEnumerable<(string Title, string Alt, Picture? Picture, AsOf? AsOf)> Pictures =>
    [
        (words["atmosphere.airpicture"], words["atmosphere.airpicturealt"], feeds.Picture(AtmosphereModule.AirPicture), feeds.AsOf(AtmosphereModule.AirPicture)),
        (words["atmosphere.satellite"], words["atmosphere.satellitealt"], feeds.Picture(AtmosphereModule.Satellite), feeds.AsOf(AtmosphereModule.Satellite)),
    ];

    public void OnGet() { }

    public IActionResult OnGetPictures() => Partial("_Pictures", this);
}

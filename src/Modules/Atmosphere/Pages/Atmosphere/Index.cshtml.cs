using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Atmosphere.Pages;

/// <summary>The air of every area, worst first, with its grade in words.</summary>
internal sealed class IndexModel(ICity city, IFeeds feeds) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "measure")]
    public string? Asked { get; set; }

    public Property Measure => AirMeasures.Of(Asked);
    public IReadOnlyList<MapClass> Classes => AirGrades.Classes(city, Measure.Key);
    public AsOf? AsOf => feeds.AsOf(AtmosphereModule.AirFeed);
    public IReadOnlyList<(Area Area, double? Value, MapClass? Grade)> Rows { get; private set; } = [];
    /// <summary>The largest value there is, for the length of the bars.</summary>
    public double Largest => Math.Max(Rows.Max(r => r.Value) ?? 0, Classes.FirstOrDefault(c => c.Below is not null)?.Below ?? 1);

    public void OnGet()
    {
        var shown = AsOf?.Shown ?? false;
        Rows = [.. AirDatasets.Rows(city, feeds).Select(r => (city.Area(r.Area)!, shown ? r.Values[Measure.Key] : null))
            .Select(r => (r.Item1, r.Item2, AirGrades.Of(Classes, r.Item2)))
            .OrderByDescending(r => r.Item2 ?? double.MinValue)];
    }

    public IActionResult OnGetPanorama()
    {
        OnGet();
        return Partial("_Panorama", this);
    }
}

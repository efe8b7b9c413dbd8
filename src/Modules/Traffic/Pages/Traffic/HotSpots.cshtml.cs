using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>Where people on foot were hurt most often, by year.</summary>
internal sealed class HotSpotsModel(HotSpots spots) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "year")]
    public string? AskedYear { get; set; }

    public IReadOnlyList<int> Years => spots.Years;
    public int Year => int.TryParse(AskedYear, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && Years.Contains(year) ? year : Years.FirstOrDefault();
    public IReadOnlyList<HotSpot> Rows => spots.Of(Year);
    /// <summary>Accidents of all hot spots, by year, the oldest first.</summary>
    public IReadOnlyList<(int Year, int Accidents, int Deaths)> ByYear => [.. Years.Order().Select(y => (y, spots.Of(y).Sum(s => s.Accidents), spots.Of(y).Sum(s => s.Deaths)))];

    public void OnGet() { }
}

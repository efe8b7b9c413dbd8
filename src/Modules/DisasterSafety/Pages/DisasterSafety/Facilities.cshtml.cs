using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>Shelters, hydrants, defibrillators and hospitals.</summary>
internal sealed class FacilitiesModel(ICity city, IFeeds feeds) : PageModel
{
    public const int Most = 200;

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }
    [BindProperty(SupportsGet = true, Name = "area")]
    public string? AreaCode { get; set; }
    public Area? Area => AreaCode is null ? null : city.Area(AreaCode);
    private IEnumerable<Thing> All => feeds.Latest(DisasterSafetyModule.Facilities).Things.Values;
    public IReadOnlyList<(string Kind, int Count)> Kinds => [.. All.Where(t => Area is null || t.Area == Area.Code).CountBy(t => t.Kind).Select(k => (k.Key, k.Value)).OrderBy(k => Facility.OrderOf(k.Key))];
    public IReadOnlyList<Thing> Rows => [.. All.Where(t => (string.IsNullOrEmpty(Kind) || t.Kind == Kind) && (Area is null || t.Area == Area.Code)).OrderBy(t => Facility.OrderOf(t.Kind)).ThenBy(t => t.Area, StringComparer.Ordinal).ThenBy(t => t.Key, StringComparer.Ordinal)];
    public AsOf? AsOf => feeds.AsOf(DisasterSafetyModule.Facilities);
}

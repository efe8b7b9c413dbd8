using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Pages;

/// <summary>Every page the reader may open, by module.</summary>
[Authorize("city.view")]
internal sealed class SiteMapModel(Catalogue catalogue, CityPack city, IAudience audience, IWords words) : PageModel
{
    public IEnumerable<(string Title, IEnumerable<(string Name, string Url)> Links)> Groups
    {
        get
        {
            yield return (city.Name.ToString(), Links("city"));
            foreach (var module in catalogue.Modules.OrderBy(m => m.Title.ToString(), StringComparer.CurrentCulture))
                if (Links(module.Key).ToList() is { Count: > 0 } links) yield return (module.Title.ToString(), links);
            yield return (city.AreaWord.ToString(), city.Areas.Select(a => (a.Name.ToString(), $"/{words.Language}/areas/{a.Code}")));
        }
    }

    public void OnGet() { }

    private IEnumerable<(string, string)> Links(string moduleKey) =>
        catalogue.All.Where(c => c.ModuleKey == moduleKey && audience.Can(Catalogue.PermissionOf(c)))
            .Select(c => c switch
            {
                MenuItem menu => (words.Title(menu), menu.Url),
                Command command => (words.Title(command), command.Url),
                Report report => (words.Title(report), $"/reports/{report.Key}"),
                Dataset dataset => (words.Title(dataset), $"/data/{dataset.Key}"),
                _ => ("", ""),
            })
            .Where(l => l.Item1.Length > 0).DistinctBy(l => l.Item2).Select(l => (l.Item1, $"/{words.Language}{l.Item2}".TrimEnd('/')));
}

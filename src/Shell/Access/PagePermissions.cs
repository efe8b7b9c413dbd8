using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace SmartCity.Shell.Access;

/// <summary>Closed unless opened: a module's page asks for the module's view, a page of the shell for an administrator,
/// unless the page states otherwise.</summary>
internal sealed class PagePermissions(Catalogue catalogue) : IPageApplicationModelConvention
{
    private readonly ILookup<System.Reflection.Assembly, IModule> _modules = catalogue.Modules.ToLookup(m => m.GetType().Assembly);

    public void Apply(PageApplicationModel model)
    {
        if (model.EndpointMetadata.OfType<IAuthorizeData>().Any() || model.EndpointMetadata.OfType<IAllowAnonymous>().Any()) return;
        if (model.HandlerTypeAttributes.OfType<IAuthorizeData>().Any() || model.HandlerTypeAttributes.OfType<IAllowAnonymous>().Any()) return;
        var assembly = model.PageType.Assembly;
        // a city's own assembly may hold several modules: the page belongs to the one whose folder it lies in
        var folder = model.ViewEnginePath.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        var modules = _modules[assembly].ToList();
        var module = modules.Count == 1 ? modules[0] : modules.Find(m => string.Equals(m.Key.Replace("-", "", StringComparison.Ordinal), folder, StringComparison.OrdinalIgnoreCase));
        var policy = module is not null ? Catalogue.ViewOf(module.Key) : ShellContributions.Administer;
        model.EndpointMetadata.Add(new AuthorizeAttribute(policy));
    }
}

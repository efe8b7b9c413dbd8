using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace SmartCity.Shell.Access;

/// <summary>Closed unless opened: a module's page asks for the module's view, a page of the shell for an administrator,
/// unless the page states otherwise.</summary>
internal sealed class PagePermissions(Catalogue catalogue) : IPageApplicationModelConvention
{
    private readonly Dictionary<System.Reflection.Assembly, IModule> _modules = catalogue.Modules.ToDictionary(m => m.GetType().Assembly);

    public void Apply(PageApplicationModel model)
    {
        if (model.EndpointMetadata.OfType<IAuthorizeData>().Any() || model.EndpointMetadata.OfType<IAllowAnonymous>().Any()) return;
        if (model.HandlerTypeAttributes.OfType<IAuthorizeData>().Any() || model.HandlerTypeAttributes.OfType<IAllowAnonymous>().Any()) return;
        var assembly = model.PageType.Assembly;
        var policy = _modules.TryGetValue(assembly, out var module) ? Catalogue.ViewOf(module.Key) : ShellContributions.Administer;
        model.EndpointMetadata.Add(new AuthorizeAttribute(policy));
    }
}

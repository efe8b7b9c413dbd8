using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace SmartCity.Shell.Live;

/// <summary>A partial as text, outside any request: the same renderer that draws it in a page.</summary>
internal sealed class PartialRenderer(IRazorViewEngine engine, ITempDataProvider tempData)
{
    public async Task<string> Render(IServiceProvider services, string partial, object model, string language)
    {
        var http = new DefaultHttpContext { RequestServices = services };
        var action = new ActionContext(http, new RouteData { Values = { ["lang"] = language } }, new ActionDescriptor());
        var found = engine.GetView(null, partial, isMainPage: false);
        if (!found.Success) throw new InvalidOperationException($"The partial {partial} was not found in {string.Join(", ", found.SearchedLocations)}");
        await using var text = new StringWriter();
        var data = new ViewDataDictionary(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = model };
        await found.View.RenderAsync(new ViewContext(action, found.View, data, new TempDataDictionary(http, tempData), text, new HtmlHelperOptions()));
        return text.ToString().Trim();
    }
}

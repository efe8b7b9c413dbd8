using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Shell.Pages;

/// <summary>Says what went wrong and what to do next, never how it is built.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class ErrorModel(BrokenModules broken) : PageModel
{
    public string Title { get; private set; } = "error.500";
    /// <summary>The broken module whose page was asked for.</summary>
    public IModule? Module { get; private set; }
    public string RequestId => Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier;

    public void OnGet(int? status) => Show(status);
    public void OnPost(int? status) => Show(status);

    private void Show(int? status)
    {
        var code = status ?? HttpContext.Response.StatusCode;
        Module = code == 503 && HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } asked ? broken.At(asked.OriginalPath) : null;
        Title = code switch { 503 when Module is not null => "error.module", 400 => "error.400", 401 or 403 => "error.403", 404 => "error.404", 405 => "error.405", 429 => "error.429", 503 => "error.503", 507 => "error.507", _ => "error.500" };
    }
}
